"""Rented compute: yearly minimums, shortfall, making up, prepayment, delay, indexation. One kH100e throughout a year costs one MUSD."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gwplan.model.parts.contracts import commitments
from tests.contracts.small import CLOUD, NO_NEW_RACKS, case, plan, target
from tests.exploits.taken import Taken

ALL = ("own", "leased", "cloud")
SIGNED = {"signed": ["rented"]}
KEY = ("rented", 0)


def demand(amounts: dict[int, float]) -> list[str]:
    """Compute that is wanted in each year, kH100e."""
    return [target("compute", f"{amount} kH100e", f"{year}-Q1", f"{year}-Q4", ALL) for year, amount in amounts.items() if amount]


def exactly(amounts: dict[int, float]) -> list[str]:
    """Rows that let no more be used than is wanted."""
    return [f"rented@@{year}.most={amount} kH100e" for year, amount in amounts.items()]


def payments(found: Taken) -> dict[int, float]:
    """Real payments for rented compute by period."""
    return {period: amount for (cost_class, period), amount in found.levels("money", "running").items() if cost_class == "cloud"}


@pytest.mark.parametrize("wanted", [0.0, 0.5, 3.0, 9.999, 10.0, 10.001, 17.25, 99.0])
def test_shortfall_is_what_use_lacks_of_the_minimum(tmp_path: Path, wanted: float) -> None:
    """Of 10 MUSD in 2028: paid is the larger of use and minimum."""
    rows = ("rented.commitment=10 MUSD_nominal", "rented@@2026.ramp=0 1/year", "rented@@2028.ramp=1 1/year", NO_NEW_RACKS)
    found = plan(tmp_path, *CLOUD, *rows, *exactly({2026: 0, 2027: 0, 2028: wanted}), targets=demand({2028: wanted}), **SIGNED)
    assert found.levels("contracts", "shortfall").get(("rented", 2028), 0) == pytest.approx(max(0, 10 - wanted), abs=1e-6)
    assert payments(found).get(2, 0) == pytest.approx(max(10, wanted))
    assert found.objective == pytest.approx(max(10, wanted))


def test_use_up_to_the_minimum_costs_no_more(tmp_path: Path) -> None:
    """What is paid for anyway is no reason to build; what lies above it is paid by use."""
    rows = ("rented.commitment=30 MUSD_nominal", NO_NEW_RACKS)
    for wanted, cost in ((4.0, 30.0), (10.0, 30.0), (12.0, 32.0)):
        assert plan(tmp_path / str(wanted), *CLOUD, *rows, targets=demand({2027: wanted}), **SIGNED).objective == pytest.approx(cost)


def test_nothing_is_signed_that_does_not_pay(tmp_path: Path) -> None:
    """For 4 kH100e in one year of three, 30 MUSD are cheaper than racks, and 100 are not; nothing wanted, nothing signed."""
    rows = ("rented.commitment=30 MUSD_nominal", NO_NEW_RACKS)
    assert plan(tmp_path / "wanted", *CLOUD, *rows, targets=demand({2028: 4.0})).levels("contracts", "signed") == {KEY: 1}
    assert plan(tmp_path / "nothing", *CLOUD, *rows).objective == 0
    dear = plan(tmp_path / "dear", *CLOUD, "rented.commitment=300 MUSD_nominal", NO_NEW_RACKS, targets=demand({2028: 4.0}))
    assert dear.levels("contracts", "signed") == dear.levels("contracts", "used") == {}


WANTED = {2026: 0.0, 2027: 15.0, 2028: 15.0}
MAKEUP = ("rented.commitment=30 MUSD_nominal", NO_NEW_RACKS, *exactly(WANTED))


@pytest.mark.parametrize(("years", "cost"), [(0, 10 + 15 + 15), (1, 10 + 10 + 15), (2, 10 + 10 + 10)])
def test_shortfall_is_made_up_within_its_years(tmp_path: Path, years: int, cost: float) -> None:
    """Ten a year: none used in 2026, and five above the minimum in each of the years after it."""
    found = plan(tmp_path, *CLOUD, *MAKEUP, f"rented.makeup_years={years} year", targets=demand(WANTED), **SIGNED)
    assert found.objective == pytest.approx(cost)
    assert found.levels("contracts", "shortfall") == {("rented", 2026): 10}


def test_a_credit_cannot_be_renewed(tmp_path: Path) -> None:
    """Without the binary, 2027 is below its minimum and above it at once: five paid as a shortfall make up for five more in 2028."""
    rows = (*MAKEUP, "rented.makeup_years=1 year")
    honest = plan(tmp_path / "honest", *CLOUD, *rows, targets=demand(WANTED), **SIGNED)
    taken = plan(tmp_path / "taken", *CLOUD, *rows, targets=demand(WANTED), taken_out=["excess_above_minimum_only"], **SIGNED)
    assert (honest.objective, taken.objective) == pytest.approx((35, 30))
    assert taken.levels("contracts", "shortfall")["rented", 2027] == pytest.approx(5)


@pytest.mark.parametrize(("rule", "cost"), [("made_up_was_paid", 10 + 10 + 10), ("made_up_is_excess", 10 + 5 + 15)])
def test_what_is_made_up_was_paid_and_is_excess(tmp_path: Path, rule: str, cost: float) -> None:
    rows = (*MAKEUP, "rented.makeup_years=1 year")
    assert plan(tmp_path, *CLOUD, *rows, targets=demand(WANTED), taken_out=[rule], **SIGNED).objective == pytest.approx(cost)


def test_a_prepayment_is_credited_once(tmp_path: Path) -> None:
    """A fifth of 30 at signing, on top of the first year's ten; as money has a price, all of it is credited in the second year."""
    rows = ("rented.commitment=30 MUSD_nominal", "rented.prepayment=0.2 1", *exactly({2026: 10, 2027: 10, 2028: 10}), NO_NEW_RACKS)
    wanted = demand({2026: 10, 2027: 10, 2028: 10})
    found = plan(tmp_path / "honest", *CLOUD, *rows, targets=wanted, rate=0.1, **SIGNED)
    assert payments(found) == pytest.approx({0: 16, 1: 4, 2: 10})
    assert found.objective == pytest.approx(16 / 1.1**0.5 + 4 / 1.1**1.5 + 10 / 1.1**2.5)
    taken = plan(tmp_path / "taken", *CLOUD, *rows, targets=wanted, rate=0.1, taken_out=["credits_within_prepayment"], **SIGNED)
    assert payments(taken) == pytest.approx({0: 16}), "without the rule it would pay for everything"


def test_a_prepayment_pays_for_shortfall_too(tmp_path: Path) -> None:
    rows = ("rented.commitment=30 MUSD_nominal", "rented.prepayment=0.2 1", *exactly({2026: 0}), NO_NEW_RACKS)
    found = plan(tmp_path, *CLOUD, *rows, **SIGNED)
    assert payments(found)[0] == pytest.approx(16)
    assert found.objective == pytest.approx(30)


def test_a_late_supplier_waives_the_minimum(tmp_path: Path) -> None:
    """A year late, of three years at ten: there is no use in 2026, and nothing is due for it."""
    rows = ("rented.commitment=30 MUSD_nominal", "rented.delay_months=12 month", NO_NEW_RACKS)
    found = plan(tmp_path, *CLOUD, *rows, **SIGNED)
    assert sorted(found.plan.blocks["contracts"].variables["used"].data) == [("rented", 1), ("rented", 2)]
    assert payments(found) == pytest.approx({1: 10, 2: 10})


@pytest.mark.parametrize(("rows", "expected"), [
    # Signed in 2026-Q1, served from 2026-Q3 for two years: two quarters, four, two of eight.
    (["rented.lead_months=6 month", "rented.term=2 year"], {2026: 7.5, 2027: 15, 2028: 7.5}),
    # A quarter late, of that first half-year.
    (["rented.lead_months=6 month", "rented.term=2 year", "rented.delay_months=3 month"], {2026: 3.75, 2027: 15, 2028: 7.5}),
    # By calendar year, whatever the lead.
    (["rented.lead_months=6 month", "rented@@2026.ramp=0.1 1/year", "rented@@2027.ramp=0.3 1/year", "rented@@2029.ramp=0 1/year"],
     {2026: 3, 2027: 9, 2028: 9}),
    # Half of the months of 2026 that were agreed are served: half of its share is due.
    (["rented.lead_months=6 month", "rented.delay_months=3 month", "rented@@2026.ramp=0.1 1/year", "rented@@2027.ramp=0.3 1/year",
      "rented@@2029.ramp=0 1/year"], {2026: 1.5, 2027: 9, 2028: 9}),
    # A row before the horizon holds on until the next; what was due before is past.
    (["rented@@2024.ramp=0.15 1/year", "rented@@2027.ramp=0.2 1/year"], {2026: 4.5, 2027: 6, 2028: 6}),
    # Signed late.
    (["rented.earliest=2027-02 date", "rented.term=2 year"], {2027: 30 * 9 / 24, 2028: 15}),
    # Of a term of thirteen months one lies in 2027.
    (["rented.term=1.0833333333333333 year"], {2026: 30 * 12 / 13, 2027: 30 / 13}),
    # Without a commitment nothing is due.
    (["rented.commitment=0 MUSD_nominal"], {}),
])
def test_what_is_due_in_each_calendar_year(tmp_path: Path, rows: list[str], expected: dict[int, float]) -> None:
    changed = [row for row in ["rented.commitment=30 MUSD_nominal", *rows] if row]
    found = case(tmp_path, *CLOUD, *changed, step="quarter")
    assert commitments.minimums(found, "rented") == pytest.approx(expected)


@pytest.mark.parametrize(("rows", "beyond"), [
    (["rented.term=5 year"], 30 * 2 / 5), (["rented.term=3 year"], 0.0), (["rented.term=3.5 year"], 30 * 0.5 / 3.5),
    (["rented.term=5 year", "rented@@2026.ramp=0.1 1/year", "rented@@2029.ramp=0.3 1/year"], 30 * 0.6),
])
def test_what_is_due_beyond_the_horizon_is_reported_and_not_charged(tmp_path: Path, rows: list[str], beyond: float) -> None:
    found = plan(tmp_path, *CLOUD, "rented.commitment=30 MUSD_nominal", *rows, NO_NEW_RACKS, **SIGNED)
    assert found.levels("contracts", "committed_beyond") == pytest.approx({("rented",): beyond} if beyond else {})
    assert found.objective == pytest.approx(sum(found.levels("contracts", "minimum").values()))


@pytest.mark.parametrize(("indexation", "real"), [(1, [1, 1, 1]), (0, [1, 1 / 1.1, 1 / 1.21]), (0.5, [1, 1.05 / 1.1, 1.05**2 / 1.21])])
def test_a_price_follows_inflation_or_does_not(tmp_path: Path, indexation: float, real: list[float]) -> None:
    """Ten kH100e in each year at 10 % of inflation: in real money, what the price keeps."""
    wanted = dict.fromkeys((2026, 2027, 2028), 10.0)
    found = plan(tmp_path, *CLOUD, f"rented.indexation={indexation} 1", NO_NEW_RACKS, targets=demand(wanted), inflation=0.1)
    assert payments(found) == pytest.approx({period: 10 * each for period, each in enumerate(real)}, rel=1e-5)


def test_minimums_are_nominal(tmp_path: Path) -> None:
    """Ten nominal MUSD a year are worth less in real money each year."""
    found = plan(tmp_path, *CLOUD, "rented.commitment=30 MUSD_nominal", NO_NEW_RACKS, inflation=0.1, **SIGNED)
    assert payments(found) == pytest.approx({0: 10, 1: 10 / 1.1, 2: 10 / 1.21}, rel=1e-5)
    assert found.levels("contracts", "minimum") == pytest.approx({("rented", year): 10 for year in (2026, 2027, 2028)})


def test_rented_compute_stands_under_its_provider_and_the_vendor_it_passes_to(tmp_path: Path) -> None:
    rows = ("rented.passed_through=0.4 1", "rented.passed_to=first_vendor label", NO_NEW_RACKS)
    found = plan(tmp_path, *CLOUD, *rows, targets=demand({2028: 5.0}))
    keys = {key for key in found.plan.exchange.balance("compute") if key[0] != "own"}
    assert keys == {("cloud_house", "first_vendor", "cloud", period) for period in (0, 1, 2)}


def test_signed_contracts_are_signed_whatever_comes(tmp_path: Path) -> None:
    options: dict[str, Any] = {"signed": ["rented"]}
    rows = (*CLOUD, "rented.commitment=30 MUSD_nominal", NO_NEW_RACKS)
    assert plan(tmp_path / "signed", *rows, **options).objective == pytest.approx(30)
    assert plan(tmp_path / "open", *rows).objective == 0
    assert plan(tmp_path / "taken", *rows, taken_out=["signed_whatever_comes"], **options).objective == 0
