"""Rent in nominal and in real money, terms and room of leases: one part on an empty stage, its decisions put in by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest

from tests.contracts.small import LEASE, NO_NEW_RACKS, case, plan, target
from tests.parts.stage import Stage

AT = ("room", "north")


def stage(folder: Path, *changes: str, **options: Any) -> Stage:
    """The part alone, with a lease."""
    return Stage(case(folder, *LEASE, *changes, **options), "contracts").decide().bind()


def rents(found: Stage, signed: dict[int, float], rolls: list[float]) -> dict[int, float]:
    """Put in room signed for by period, and the rent by period (MUSD_nominal/year); gives real payments. The rule must hold."""
    found.put("leased", {(*AT, period): amount for period, amount in signed.items()})
    found.put("rent_roll", {(*AT, period): roll for period, roll in enumerate(rolls) if (*AT, period) in found.block.variables["rent_roll"].data})
    assert found.broken("rent_follows_signing") == set()
    return {key[-1]: amount for key, amount in found.money("running", "leases").items()}


def test_rent_rises_from_signing_in_nominal_money(tmp_path: Path) -> None:
    """Ten MW at 2 MUSD a MW and year, 5 % a year, at 2 % of inflation: 20, 21 and 22.05 nominal; 20, 20.59 and 21.19 real."""
    found = stage(tmp_path, "room.rent=2 MUSD_2026/MW/year", "room.escalation=0.05 1/year", inflation=0.02)
    assert rents(found, {0: 10}, [20, 21, 22.05]) == pytest.approx({0: 20, 1: 21 / 1.02, 2: 22.05 / 1.02**2})


def test_rent_is_that_of_the_date_of_signing(tmp_path: Path) -> None:
    """Signed a year later, at the prices of that year: 2 real are 2.04 nominal then, on which the rise is counted."""
    found = stage(tmp_path, "room.rent=2 MUSD_2026/MW/year", "room.escalation=0.05 1/year", inflation=0.02)
    assert rents(found, {1: 10}, [0, 20.4, 21.42]) == pytest.approx({1: 20, 2: 20 * 1.05 / 1.02})


def test_a_rent_without_escalation_falls_in_real_money(tmp_path: Path) -> None:
    assert rents(stage(tmp_path, inflation=0.1), {0: 1}, [1, 1, 1]) == pytest.approx({0: 1, 1: 1 / 1.1, 2: 1 / 1.21})


def test_rent_begins_with_service_and_ends_with_the_term(tmp_path: Path) -> None:
    """Signed in 2026 for a year from 2027 on: the rise of the lead counts too."""
    found = stage(tmp_path, "room.lead_months=12 month", "room.term=1 year", "room.escalation=0.05 1/year")
    assert rents(found, {0: 10}, [0, 10.5, 0]) == pytest.approx({1: 10.5})
    assert ("room", "north", 2) not in found.block.variables["leased"].data, "it would serve after the horizon"


def test_a_quarter_pays_a_quarter(tmp_path: Path) -> None:
    found = stage(tmp_path, "room.escalation=0.05 1/year", step="quarter", end="2026-Q4")
    rolls = [10 * 1.05 ** (number / 4) for number in range(4)]
    assert rents(found, {0: 10}, rolls) == pytest.approx({number: roll / 4 for number, roll in enumerate(rolls)})


def test_what_is_due_after_the_horizon(tmp_path: Path) -> None:
    """Five years from 2028 on at 5 %: four of them after it, 10 x (1.05 + 1.05^2 + 1.05^3 + 1.05^4)."""
    found = stage(tmp_path, "room.term=5 year", "room.escalation=0.05 1/year")
    found.put("leased", {(*AT, 2): 10})
    due = pyo.value(found.block.expressions["committed_beyond"].data["room",])
    assert due == pytest.approx(10 * sum(1.05**year for year in range(1, 5)))


def test_room_follows_signing_and_stays_within_what_is_to_let(tmp_path: Path) -> None:
    found = stage(tmp_path, "room.term=1 year", "room.lead_months=12 month", "room@north@2027.most_power=4 MW")
    found.put("leased", {(*AT, 0): 4})
    found.follow("under_lease", AT, [4, 4, 0])
    found.put("leased_room", {(*AT, 1): 4})
    found.put("rent_roll", {(*AT, 1): 4})
    assert found.broken() == set()
    assert found.amounts("hall_room") == {("hosted", "north", "liquid", 150.0, 1): 4}
    found.put("leased", {(*AT, 0): 5})
    found.follow("under_lease", AT, [5, 5, 0])
    assert found.broken("lease_within_offer") == set(), "five of ten were signed for in 2026, and stay when four are to let"
    found.put("leased", {(*AT, 0): 11})
    found.follow("under_lease", AT, [11, 11, 0])
    assert found.broken("lease_within_offer") == {("lease_within_offer", (*AT, 0))}, "eleven of ten"


def test_room_is_offered_where_and_when_there_is_any(tmp_path: Path) -> None:
    found = stage(tmp_path, "room@north.most_power=0 MW", "room@south@2027.most_power=5 MW")
    assert found.keys("leased") == [("room", "south", 1), ("room", "south", 2)]
    assert stage(tmp_path / "later", "room.earliest=2026-02 date").keys("leased") == [("room", "north", 1), ("room", "north", 2)]


def test_only_systems_that_fit_stand_in_leased_room(tmp_path: Path) -> None:
    assert {key[1] for key in stage(tmp_path / "low").keys("leased_load")} == {"old_rack"}
    assert {key[1] for key in stage(tmp_path / "high", "room.density=200 kW").keys("leased_load")} == {"new_rack", "old_rack"}


def test_the_landlords_energy_emits(tmp_path: Path) -> None:
    """Eight MW in the mean x 1.1 x 8,760 h x 200 kg = 15.4176 kt."""
    found = stage(tmp_path, "room.emission_rate=200 kg/MWh")
    found.put("leased_mean", {(*AT, 1): 8})
    assert found.amounts("emissions") == pytest.approx({("operational", "north", 1): 15.4176})
    assert found.money("running", "energy") == pytest.approx({("energy", "room", "north", "landlord", 1): 3.8544})


@pytest.mark.parametrize("years", [1, 2, 3])
def test_own_halls_take_over_when_a_term_ends(tmp_path: Path, years: int) -> None:
    """Ten MW from 2027 on: a lease of one year does not serve the second one, and another is signed."""
    rows = (*LEASE, f"room.term={years} year", NO_NEW_RACKS)
    found = plan(tmp_path, *rows, targets=[target("it", "10 MW", by="2027-Q1")])
    assert found.levels("contracts", "leased_room") == {("room", "north", 1): 10, ("room", "north", 2): 10}
    assert found.total("contracts", "leased") == (20 if years == 1 else 10)
