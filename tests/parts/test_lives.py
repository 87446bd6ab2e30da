"""Lives that are no whole number of periods: of the last period they serve their part, by hand, one part on an empty stage at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.calendar import Calendar, parse_date
from gwplan.model.existing_assets import entering, in_service, leaving
from tests.parts import test_accelerators as racks
from tests.parts import test_halls as halls
from tests.parts import test_power as power
from tests.parts.stage import tiny

HALL, RACK, GRID = ("north", "hall"), ("old_rack", "north"), ("grid", "north")


def calendar(step: str) -> Calendar:
    return Calendar.of(parse_date("2027-Q1"), parse_date("2034-Q4"), step, 0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(("step", "years", "ends"), [
    ("year", 4, {6: 1.0}), ("year", 4.25, {6: 0.75, 7: 0.25}), ("half", 4.25, {10: 0.5, 11: 0.5}), ("quarter", 4.25, {19: 1.0}),
    ("year", 0.25, {2: 0.75, 3: 0.25}),
])
def test_what_ends_within_a_period_is_there_for_its_part_of_it(step: str, years: float, ends: dict[int, float]) -> None:
    """Of what entered with period 2: 17 quarters are 4 and a quarter years, 8 and a half half-years."""
    found = calendar(step)
    assert found.ends(2, years) == pytest.approx(ends)
    served = found.serves(2, years)
    assert sum(served.values()) * 12 / found.steps_a_year == pytest.approx(years * 12)
    assert all(share == 1 for period, share in served.items() if period < max(served))
    # What is there in a period is what entered less all that has ended.
    for period, share in served.items():
        assert share == pytest.approx(1 - sum(gone for when, gone in ends.items() if when <= period))


def test_a_hall_is_open_for_a_part_of_its_last_period(tmp_path: Path) -> None:
    """Open from 2027 on for a year and a quarter: in 2028 a quarter of its room, upkeep, insurance and tax; nothing is left of it."""
    stage = halls.staged(tmp_path, "halls.hall.life=1.25 year")
    stage.put("started", {(*HALL, 0): 1})
    for name, amounts in {"standing": [1, 1, 0.25], "stock": [0, 1, 0.25], "value_open": [0, 100, 25]}.items():
        stage.follow(name, HALL, amounts)
    assert stage.broken() == set()
    assert stage.amounts("hall_room") == pytest.approx({("own", "north", "liquid", 250.0, 1): 10, ("own", "north", "liquid", 250.0, 2): 2.5})
    assert stage.money("running", "halls") == pytest.approx({("halls", "hall", "north", "operators", 1): 1,
                                                             ("halls", "hall", "north", "operators", 2): 0.25})
    assert stage.money("running", "property_tax") == pytest.approx({("property_tax", "hall", "north", "counties", 1): 1,
                                                                    ("property_tax", "hall", "north", "counties", 2): 0.25})
    assert stage.money("residual") == {}


def test_a_hall_may_be_closed_for_the_part_that_is_left_to_it_and_no_sooner(tmp_path: Path) -> None:
    stage = halls.staged(tmp_path, "halls.hall.life=1.25 year")
    assert stage.keys("closed_early") == [("north", "hall", 2), ("south", "hall", 2)]
    stage.put("started", {(*HALL, 0): 1})
    for name, amounts in {"standing": [1, 1, 0], "stock": [0, 1, 0], "value_open": [0, 100, 25]}.items():
        stage.follow(name, HALL, amounts)
    stage.put("closed_early", {(*HALL, 2): 0.25})
    assert stage.broken() == set()
    stage.put("closed_early", {(*HALL, 2): 0.5})
    assert ("closed_early_is_ending", (*HALL, 2)) in stage.broken()


def test_room_is_rounded_to_whole_halls_only_where_all_are_whole(tmp_path: Path) -> None:
    """A site of 14 MW holds one hall of 10 MW, and 0.4 of another in the year within which the life of that one ends."""
    stage = halls.staged(tmp_path, "halls.hall.life=1.4 year", "sites.north.most_it=14 MW")
    stage.put("started", {(*HALL, 0): 1, (*HALL, 1): 1})
    for name, amounts in {"standing": [1, 2, 1.4], "stock": [0, 1, 1.4], "value_open": [0, 100, 140]}.items():
        stage.follow(name, HALL, amounts)
    assert stage.broken("halls_within_site", "stock_within_site") == {("halls_within_site", ("north", 1))}, "two stand there in 2027"


def test_racks_are_young_for_a_part_of_their_last_period(tmp_path: Path) -> None:
    """Eighty racks arrive in 2027 and last 1.75 years: sixty are there in 2028, and none of them when the horizon ends."""
    stage = racks.staged(tmp_path, "accelerators.old_rack.life=1.75 year")
    stage.put("bought", {(*RACK, 0): 80})
    stage.follow("retired", RACK, [0, 0, 20])
    racks.stand(stage, RACK, [0, 80, 60])
    assert stage.broken() == set()
    stage.follow("installed", RACK, [0, 80, 70])
    stage.follow("retired", RACK, [0, 0, 10])
    assert ("installed_is_young", (*RACK, 2)) in stage.broken()


def test_a_connection_serves_for_a_part_of_its_last_period(tmp_path: Path) -> None:
    """Twelve MW from 2027 on for a year and a half, under contract for a quarter less."""
    stage = power.staged(tmp_path, "power.grid.life=1.5 year", "power.grid.contract_term=1.25 year", load=0)
    stage.put("ordered_whole", {(*GRID, 0): 12})
    power.serve(stage, GRID, [0, 12, 6], [0, 0, 0])
    stage.follow("contracted", GRID, [0, 12, 3])
    assert stage.broken() == set()
    power.serve(stage, GRID, [0, 12, 2], [0, 0, 0])
    stage.put("given_up", {(*GRID, 2): 4})
    assert stage.broken() == set(), "its owner may give up what is left of it"
    stage.put("given_up", {(*GRID, 2): 7})
    assert ("given_up_is_ending", (*GRID, 2)) in stage.broken()


def test_what_is_there_already_ages_from_its_own_month(tmp_path: Path) -> None:
    """Forty racks of 2022-10 with a life of five years end with September 2027: three quarters of that year."""
    case = tiny(tmp_path, "existing.old_rack@north@2022-10.count=40 1")
    lives = ("system", lambda item, site: 5.0)
    assert in_service(case, *lives) == {("old_rack", "north", 0): 40, ("old_rack", "north", 1): 30}
    assert leaving(case, *lives) == {("old_rack", "north", 1): 30}
    assert entering(case, *lives) == {("old_rack", "north", 0): 40}
