"""Each investor beside its sales, by hand: the figures of hand_made.py, a lag, a stake, and what scale does not change."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.circular_financing.circle import Circle, as_json, circle
from gwplan.analysis.circular_financing.investors import Investor, Stake
from gwplan.results.run_folder import RunFolder
from tests.circle.hand_made import CONTRACTS, FLOWS, write_run

RATIOS = ("round_trip", "coverage", "vendor_funded_share_of_sales", "lag_months", "stake")
AMOUNTS = ("paid_in", "bought_directly", "bought_by_look_through", "returned", "net_external", "paid_out_on_claim")


def named(found: Circle, name: str) -> Investor:
    return next(each for each in found.investors if each.name == name)


def test_nvidia(found: Circle) -> None:
    """7.7 in, 15.2 bought, of which 35 % of 13.0 by way of microsoft."""
    nvidia = named(found, "nvidia")
    assert (nvidia.gross, sum(nvidia.direct), sum(nvidia.look_through), nvidia.bought) == pytest.approx((7700, 10650, 4550, 15200))
    assert (nvidia.returned, nvidia.round_trip, nvidia.net_external) == pytest.approx((7700, 1.0, -7500))
    assert (nvidia.coverage, nvidia.vendor_funded) == pytest.approx((15.2 / 7.7, 7.7 / 15.2))
    assert (nvidia.paid_out, nvidia.owed) == pytest.approx((77, 8000))


def test_microsoft(found: Circle) -> None:
    microsoft = named(found, "microsoft")
    assert (microsoft.gross, microsoft.bought, sum(microsoft.look_through)) == pytest.approx((4000, 13000, 0))
    assert (microsoft.round_trip, microsoft.coverage, microsoft.net_external) == pytest.approx((1.0, 3.25, -9000))
    assert microsoft.vendor_funded == pytest.approx(4 / 13)
    assert (microsoft.stake, microsoft.stake_value) == pytest.approx((0.1, 4000)), "4 beside the 36 GUSD that all was worth before"


def test_lags_by_hand(found: Circle) -> None:
    """nvidia: 2,000 more in after the second quarter, 1,650 after the third, 3,000 less after the fifth: 650 x 3 months / 7,700."""
    assert named(found, "nvidia").lag_months == pytest.approx(650 * 3 / 7700)
    assert named(found, "microsoft").lag_months == pytest.approx(-1000 * 3 / 4000), "it is paid 1,000 a quarter before it pays in"


def test_lag_is_the_mean_wait_of_a_dollar() -> None:
    """12 come in, 6 go back a quarter later and 6 two quarters later: (3 + 6) / 2 months; what is bought beyond them does not count."""
    paid_in, bought = (12.0, 0, 0, 0), (0, 6.0, 6.0, 99.0)
    assert Investor("x", (), 3, paid_in, bought, (0.0,) * 4).lag_months == pytest.approx(4.5)
    assert Investor("x", (), 3, (0, 0, 0, 12.0), (12.0, 0, 0, 0), (0.0,) * 4).lag_months == pytest.approx(-9)


def test_an_investor_that_sells_less_than_it_invests() -> None:
    each = Investor("x", (), 3, (10.0, 0), (0, 4.0), (0.0, 0.0))
    assert (each.returned, each.round_trip, each.coverage, each.net_external, each.vendor_funded) == pytest.approx((4, 0.4, 0.4, 6, 1))


def test_an_investor_that_sells_nothing_has_no_lag_and_no_share() -> None:
    each = Investor("x", (), 3, (10.0, 0), (0.0, 0), (0.0, 0.0))
    assert (each.returned, each.round_trip, each.lag_months, each.vendor_funded) == (0, 0, None, None)


def test_a_stake_of_27_percent_of_500() -> None:
    stake = Stake("equity", 135_000, 365_000)
    assert (stake.share, stake.value) == pytest.approx((0.27, 135_000))


def test_stock_sold_beside_it_makes_a_stake_smaller() -> None:
    """4 shares and 1 beside 12 of the sponsor's: 4 of 17."""
    assert Stake("equity", 40, 120, others=10 / 120).share == pytest.approx(4 / 17)


def test_guarantees_are_no_cash(found: Circle) -> None:
    google = named(found, "google")
    assert (google.gross, google.guarantees, google.round_trip) == (0, 3200, None)
    assert found.gross == pytest.approx(11700)
    assert list(found.not_taken) == ["amazon_equity"]


def test_double_money_doubles_amounts_and_no_ratio(tmp_path: Path, found: Circle) -> None:
    flows = {key: [2 * value for value in values] for key, values in FLOWS.items()}
    rows = [row.replace(",36000,", ",72000,").replace(",3200,", ",6400,") for row in CONTRACTS]
    double = as_json(circle(RunFolder(write_run(tmp_path / "double", flows, contracts=rows))))
    once = as_json(found)
    for one, two in zip(once["investors"], double["investors"], strict=True):
        assert [two[key] for key in AMOUNTS] == pytest.approx([2 * one[key] for key in AMOUNTS])
        assert [two[key] for key in RATIOS] == [None if one[key] is None else pytest.approx(one[key]) for key in RATIOS]
        assert two["contingent"] == {name: 2 * value for name, value in one["contingent"].items()}
    assert (double["back"], double["circulation"]) == pytest.approx((2 * once["back"], 2 * once["circulation"]))
    for one, two in zip(once["loops"], double["loops"], strict=True):
        assert (two["most"], two["carried"]) == pytest.approx((2 * one["most"], 2 * one["carried"]))


def test_a_tranche_and_a_flow_that_names_only_its_contract_count_for_the_investor(tmp_path: Path) -> None:
    flows = {key: values for key, values in FLOWS.items() if key[1] != "nvidia_equity"}
    flows["invested", "first_tranche", "nvidia_equity"] = FLOWS["invested", "nvidia_equity", "nvidia"]
    rows = [*CONTRACTS, "first_tranche,,,kind,,tranche,,label", "first_tranche,,,of,,nvidia_equity,,label"]
    found = circle(RunFolder(write_run(tmp_path / "tranche", flows, contracts=rows)))
    assert named(found, "nvidia").gross == pytest.approx(7700)
