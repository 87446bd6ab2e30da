"""Options on compute, and sales of it. One kH100e throughout a year costs one MUSD."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gwplan.model.exchange import Exchange
from tests.contracts.small import LEAST_COST, NO_NEW_RACKS, OPTION, PARTS, SALE, plan, target
from tests.exploits.taken import Taken

ALL = ("own", "leased", "cloud")


def wanted(amount: float, by: str = "2028", until: str = "2028") -> list[str]:
    """Compute that is wanted, of whatever kind."""
    return [target("compute", f"{amount} kH100e", f"{by}-Q1", f"{until}-Q4", ALL)]


def running(found: Taken, cost_class: str) -> dict[int, float]:
    """Running cost of a class by period."""
    return {period: amount for (name, period), amount in found.levels("money", "running").items() if name == cost_class}


def test_an_option_is_held_exercised_and_paid_in_full(tmp_path: Path) -> None:
    """Three MW exercised in 2026 give 6 kH100e in 2027 and 2028: 0.5 for the option of 5 MW, and 6 in each year, wanted or not."""
    found = plan(tmp_path, *OPTION, NO_NEW_RACKS, targets=wanted(6))
    assert found.levels("contracts", "held") == {("more", 0): 1}
    assert found.levels("contracts", "exercised") == {("more", 0): 3}
    assert running(found, "premiums") == {0: 0.5}
    assert running(found, "cloud") == pytest.approx({1: 6, 2: 6})
    assert found.objective == pytest.approx(12.5)


def test_an_option_without_a_premium_is_held_for_nothing(tmp_path: Path) -> None:
    """The 6 of each of two years that are exercised are all that it costs."""
    found = plan(tmp_path, *(row for row in OPTION if not row.startswith("more.premium")), NO_NEW_RACKS, targets=wanted(6))
    assert running(found, "premiums") == {}
    assert found.objective == pytest.approx(12)


def test_an_option_ends_with_its_term(tmp_path: Path) -> None:
    """A year of service from 2027 on does not serve 2028."""
    found = plan(tmp_path / "served", *OPTION, "more.term=1 year", NO_NEW_RACKS, targets=wanted(6, "2027", "2027"))
    assert found.levels("contracts", "reserved") == {("more", 1): 3}
    assert found.objective == pytest.approx(6.5)
    late = plan(tmp_path / "late", *OPTION, "more.term=1 year", NO_NEW_RACKS, targets=wanted(6))
    assert late.levels("contracts", "held") == {}


@pytest.mark.parametrize(("opens", "closes", "periods"), [("2026", "2026", [0]), ("2026-07", "2027", [1]), ("2027", "2028", [1]), ("2025", "2027", [0, 1])])
def test_an_option_is_exercised_within_its_window(tmp_path: Path, opens: str, closes: str, periods: list[int]) -> None:
    """Serving takes a year: what would serve after the horizon is not exercised."""
    found = plan(tmp_path, *OPTION, f"more.exercise_from={opens} date", f"more.exercise_until={closes} date", NO_NEW_RACKS)
    assert [key[1] for key in found.plan.blocks["contracts"].variables["exercised"].data] == periods
    assert list(found.plan.blocks["contracts"].variables["held"].data) == [("more", periods[0])]


def test_no_more_is_exercised_than_the_option_is_for(tmp_path: Path) -> None:
    """Beyond 5 MW, 10 kH100e, racks are needed; what is not held is not exercised."""
    assert plan(tmp_path / "more", *OPTION, NO_NEW_RACKS, targets=wanted(11)).levels("accelerators", "bought") != {}
    free = plan(tmp_path / "free", *OPTION, NO_NEW_RACKS, targets=wanted(6), taken_out=["exercise_within_option"])
    assert free.objective == pytest.approx(12), "without the rule nobody pays the premium"


def test_what_an_option_asks_for_beyond_the_horizon(tmp_path: Path) -> None:
    """Five years from 2027 on: three of them after 2028, at 6 a year."""
    found = plan(tmp_path, *OPTION, "more.term=5 year", NO_NEW_RACKS, targets=wanted(6))
    assert found.levels("contracts", "committed_beyond") == pytest.approx({("more",): 18})


def test_an_option_that_must_be_held(tmp_path: Path) -> None:
    assert plan(tmp_path, *OPTION, NO_NEW_RACKS, signed=["more"]).objective == pytest.approx(0.5)


COST = 74.187696
VALUE = 'kind = "most_value"\nmost_it = "10 MW"'
IT = [target("it", "10 MW")]


def sold(folder: Path, price: float, *rows: str, **options: Any) -> Taken:
    """Eighty racks, 8 kH100e in 2028, worth 0.5 USD an hour to the planner: 35.04 in all, 4.38 for each; others pay `price`.

    No rack can be had sooner.
    """
    changes = (*SALE, f"buyer.price={price} USD_2026/H100e/hour", NO_NEW_RACKS, "accelerators.old_rack.earliest=2028 date", *rows)
    return plan(folder, *changes, **({"targets": IT, "goal": VALUE} | options))


@pytest.mark.parametrize(("price", "amount"), [(0.6, 3), (0.4, 0)])
def test_compute_is_sold_where_it_is_worth_more(tmp_path: Path, price: float, amount: float) -> None:
    found = sold(tmp_path, price)
    assert found.total("contracts", "sold") == amount
    assert found.objective == pytest.approx((8 - amount) * 4.38 + amount * 8.76 * price - COST)


def test_what_is_sold_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it not taken out of the account, 3 kH100e would be used and sold at once: 13.14 for nothing."""
    honest = sold(tmp_path / "honest", 0.6)
    make = Exchange.make

    def forgetful(exchange: Exchange, name: str, maker: str, amounts: Any) -> None:
        make(exchange, name, maker, {key: amount for key, amount in amounts.items() if key[0] != "sold"})

    monkeypatch.setattr(Exchange, "make", forgetful)
    twice = sold(tmp_path / "twice", 0.6)
    assert honest.objective is not None and twice.objective is not None
    assert twice.objective - honest.objective == pytest.approx(3 * 4.38)


def test_sold_compute_does_not_meet_a_target(tmp_path: Path) -> None:
    """Six wanted of eight: two are sold, though three would be bought."""
    assert sold(tmp_path, 0.6, targets=[*IT, *wanted(6)]).levels("contracts", "sold") == {("buyer", 2): 2}


def test_only_own_compute_is_sold(tmp_path: Path) -> None:
    """Rented compute is not sold on, and none is sold before there is any: without the rule, all that is asked for is."""
    assert sold(tmp_path / "honest", 9.0, "buyer.most=20 kH100e").levels("contracts", "sold") == {("buyer", 2): 8}
    taken = sold(tmp_path / "taken", 9.0, "buyer.most=20 kH100e", taken_out=["sales_within_own_compute"])
    assert taken.levels("contracts", "sold") == {("buyer", period): 20 for period in range(3)}


CONTRACTED = ("buyer.terms=contracted label", "buyer.term=1 year", "buyer.earliest=2028 date")


def test_a_contracted_sale_is_delivered_in_full(tmp_path: Path) -> None:
    """At 0.3 USD an hour it loses money and is not signed; signed all the same, all of it is delivered."""
    assert sold(tmp_path / "open", 0.3, *CONTRACTED).levels("contracts", "sold") == {}
    forced = sold(tmp_path / "forced", 0.3, *CONTRACTED, signed=["buyer"])
    assert forced.levels("contracts", "sold") == {("buyer", 2): 3}
    assert forced.objective == pytest.approx(5 * 4.38 + 3 * 8.76 * 0.3 - COST)


def test_a_customer_takes_all_of_it_or_nothing(tmp_path: Path) -> None:
    """From 2027 on, when no rack runs yet, nothing could be delivered: it cannot be signed, at whatever price."""
    early = ("buyer.terms=contracted label", "buyer.term=2 year", "buyer.earliest=2027 date")
    assert sold(tmp_path, 9.0, *early).levels("contracts", "signed") == {}


def test_a_prepayment_comes_at_signing_and_is_credited_in_equal_parts(tmp_path: Path) -> None:
    """Signed in 2027, served in 2028: a fifth of 15.768 a year sooner; in nominal money nothing is gained."""
    rows = ("buyer.terms=contracted label", "buyer.term=1 year", "buyer.earliest=2027 date", "buyer.lead_months=12 month", "buyer.prepayment=0.2 1")
    found = sold(tmp_path / "paid", 0.6, *rows)
    revenue = {period: amount for (_, period), amount in found.levels("money", "revenue").items()}
    assert revenue == pytest.approx({1: 0.2 * 15.768, 2: 0.8 * 15.768})
    assert found.objective == pytest.approx(5 * 4.38 + 15.768 - COST)
    # Fixed in nominal money of 2026, when 10 % of inflation has gone by once and twice.
    priced = sold(tmp_path / "priced", 0.6, *rows, "buyer.indexation=0 1", inflation=0.1)
    revenue = {period: amount for (_, period), amount in priced.levels("money", "revenue").items()}
    assert revenue == pytest.approx({1: 0.2 * 15.768 / 1.1, 2: 0.8 * 15.768 / 1.21}, rel=1e-5)


def test_a_term_beyond_the_horizon_is_not_prepaid(tmp_path: Path) -> None:
    """Ten years from 2028 on: a fifth of what falls into 2028, not of ten years, so that no money comes for what is never delivered."""
    rows = (*CONTRACTED, "buyer.term=10 year", "buyer.prepayment=0.2 1")
    assert sum(sold(tmp_path, 0.6, *rows).levels("money", "revenue").values()) == pytest.approx(15.768)


def test_contracts_without_any_row_change_nothing(tmp_path: Path) -> None:
    bare = plan(tmp_path / "bare", NO_NEW_RACKS, targets=IT, goal=LEAST_COST)
    assert bare.objective == pytest.approx(COST)
    assert "contracts" in PARTS
