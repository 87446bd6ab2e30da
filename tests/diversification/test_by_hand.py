"""Shares on the tiny case, with plans that are worked out by hand.

One hall is 10 MW. Per MW of IT, old racks of 2027 cost 8 x (1.6 + 0.5) = 16.8 MUSD, new racks 4 x (6 + 1.5) = 30 MUSD. Opening
and building are cheaper in the north: what may stand at one site stands there. Where a hall must stand at each, as much runs in
the south as may: with supplies that may be split, power of 2028 costs there 0.8 x 1.2 x 8.76 x 0.04 = 0.336 MUSD a MW of IT, in the
north 0.8 x 1.1 x 8.76 x 0.05 = 0.385 from the grid and more from engines; both need a connection, nearly all of whose price is left.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.model.shares import concentration
from tests.diversification.shared import amounts, solved, table, with_shares

SITES = {"site.account": "it_peak"}
SPLIT = "model.solver.whole_units_from=100 MW"
LAST = "2028"


def at_the_end(outcome: object, name: str, by: str) -> dict[str, float]:
    frame = table(outcome, name)  # type: ignore[arg-type]
    return {str(key): float(value) for key, value in frame[frame["period"] == LAST].groupby(by)["value"].sum().items()}


def test_a_cap_of_60_percent_splits_twenty_megawatts_into_a_hall_at_each_site(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, SITES | {"site.most_share": 0.6}, amount="20 MW"))
    assert amounts(outcome, "halls.started", "site") == pytest.approx({"north": 1, "south": 1})
    capital = amounts(outcome, "money.capital", "class")
    # Openings of 10 and 20; halls of 100, and 120 at an index of 1.2; 160 old racks at 1.6 and 0.5.
    assert {name: capital[name] for name in ("sites", "halls", "accelerators", "networks")} == pytest.approx(
        {"sites": 30, "halls": 220, "accelerators": 256, "networks": 80})  # fmt: skip


def test_without_the_cap_both_halls_stand_in_the_north(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, SITES, amount="20 MW"))
    assert amounts(outcome, "halls.started", "site") == pytest.approx({"north": 2})


def test_a_cap_of_60_percent_leaves_as_much_in_the_south_as_it_may(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, SITES | {"site.most_share": 0.6}), SPLIT)
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx({"north": 4, "south": 6})
    share = table(outcome, "diversification.share")
    assert dict(zip(share["member"], share["value"], strict=True)) == pytest.approx({"north": 0.4, "south": 0.6})
    assert outcome.run is not None
    facts = json.loads((outcome.run / "summary.json").read_text())["diversification"]["site"]
    assert facts["hhi"] == pytest.approx(0.6**2 + 0.4**2)
    assert facts["hhi_by_period"] == [None, None, pytest.approx(0.52)]
    assert facts["largest"] == pytest.approx({"north": 0.4, "south": 0.6})


def test_a_floor_is_a_cap_on_the_other_of_two(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, SITES | {"site.least_share": 0.4}), SPLIT)
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx({"north": 4, "south": 6})


def test_regions_share_as_their_sites_do(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, {"region.account": "it_peak", "region.most_share": 0.6}), SPLIT)
    assert at_the_end(outcome, "diversification.share", "member") == pytest.approx({"cold": 0.4, "warm": 0.6})


def test_a_share_at_the_meter_is_not_one_of_it_power(tmp_path: Path) -> None:
    """North draws 1.2 and south 1.4 MW a MW of IT: 1.4 s = 0.6 x (1.2 n + 1.4 s) and n + s = 10, so s = 5.625."""
    outcome = solved(with_shares(tmp_path, {"site.account": "facility_peak", "site.most_share": 0.6}), SPLIT)
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx({"north": 4.375, "south": 5.625})


@pytest.mark.parametrize(("share", "expected"), [(0.4, {"north": 4, "south": 6}), (0.6, {"north": 6, "south": 6})])
def test_what_remains_when_any_one_site_is_lost(share: float, expected: dict[str, float], tmp_path: Path) -> None:
    """Of 10 MW, 4 must stand without the north and without the south; or 6, which takes 12 MW in all."""
    outcome = solved(with_shares(tmp_path, SITES | {"site.rest_share": share}), SPLIT)
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx(expected)


def test_two_members_that_count_give_their_share_of_demand(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, SITES | {"site.members": 2, "site.member_share": 0.3}), SPLIT)
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx({"north": 3, "south": 7})


def test_a_cap_on_a_vendor_is_on_what_is_paid_to_it(tmp_path: Path) -> None:
    """16.8 x of old racks is 75 % of 16.8 x + 30 (10 - x)."""
    outcome = solved(with_shares(tmp_path, {"vendor.account": "purchases", "vendor.most_share": 0.75}))
    old = 0.75 * 300 / (0.25 * 16.8 + 0.75 * 30)
    assert amounts(outcome, "accelerators.bought", "system") == pytest.approx({"old_rack": old * 8, "new_rack": (10 - old) * 4})
    assert at_the_end(outcome, "diversification.share", "member") == pytest.approx({"first_vendor": 0.75, "second_vendor": 0.25})


def test_a_vendors_share_of_compute_is_another(tmp_path: Path) -> None:
    """An old rack gives 100 H100e and 800 a MW, a new one 400 and 1,600: half of the compute each is two thirds of the power."""
    outcome = solved(with_shares(tmp_path, {"vendor.account": "compute", "vendor.most_share": 0.5}))
    assert amounts(outcome, "accelerators.bought", "system") == pytest.approx({"old_rack": 80 * 2 / 3, "new_rack": 40 / 3})


def test_shares_bind_only_in_their_window(tmp_path: Path) -> None:
    """A cap that ends before there is any power does nothing."""
    rows = SITES | {"site.most_share": 0.6, "site.from": "2026", "site.until": "2027"}
    outcome = solved(with_shares(tmp_path, rows))
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx({"north": 10})


def test_a_dated_cap_holds_from_its_date(tmp_path: Path) -> None:
    """45 % each cannot be kept by two sites; from 2028 on, when all begins to run, there is no cap."""
    outcome = solved(with_shares(tmp_path, SITES | {"site.most_share": 0.45, "site.most_share@2028": 1}))
    assert at_the_end(outcome, "account.it_peak", "site") == pytest.approx({"north": 10})


def test_the_audit_finds_a_share_that_is_wrong(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, SITES | {"site.most_share": 0.6}), SPLIT)
    assert outcome.run is not None
    assert audit(outcome.run).ok
    path = outcome.run / "inputs" / "diversification.csv"
    path.write_text(path.read_text().replace("0.6", "0.59"))
    # 6 of 10 MW in the south are 0.1 above the new cap of 5.9; limits.csv says a bound of 6 with nothing left, the summary a cap of 0.6,
    # and the manifest has the digest of the table as it was.
    assert {f"{each.part}.{each.name}" for each in audit(outcome.run).failed} == {
        "diversification.site_within_its_cap", "limits.diversification_share_within_cap_bound_is_what_follows",
        "limits.diversification_share_within_cap_slack_is_what_follows", "diversification.site_most_share_is_what_follows",
        "copies.inputs_have_the_digest_of_the_manifest",
    }  # fmt: skip
    path.write_text(path.read_text().replace("0.59", "0.6"))
    shares = outcome.run / "tables" / "diversification.share.csv"
    shares.write_text(shares.read_text().replace("north,2028,0.4", "north,2028,0.5"))
    assert "site_shares_are_what_follows" in {each.name for each in audit(outcome.run).failed}


@pytest.mark.parametrize(("parts", "index"), [([1], 1), ([5, 5], 0.5), ([6, 4], 0.52), ([1, 1, 1, 1], 0.25), ([7, 2, 1, 0], 0.54)])
def test_concentration_of_known_shares(parts: list[float], index: float) -> None:
    assert concentration(parts) == pytest.approx(index)


def test_nothing_is_not_concentrated() -> None:
    assert concentration([]) is None
    assert concentration([0, 0]) is None
