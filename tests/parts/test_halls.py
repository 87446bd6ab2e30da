"""Halls alone: stocks, payments, what is left, what it takes to run them, and where they may stand.

A hall of tiny: 10 MW at 10 MUSD/MW, so 100 MUSD in the north (index 1) and 120 in the south (1.2); a year to build, 20 to live.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from gwplan.model.parts.halls import spend_curve
from tests.parts.stage import Stage, tiny

NORTH = ("north", "hall")
EVERYWHERE = dict.fromkeys(product(("north", "south"), range(12)), 1.0)


def staged(folder: Path, *changes: str, opened: float = 1, **options: object) -> Stage:
    """Halls on sites that are open throughout."""
    case = tiny(folder, *changes, **options)  # type: ignore[arg-type]
    stage = Stage(case, "halls").decide()
    stage.fake("opened", {key: opened for key in EVERYWHERE if key[1] < len(case.calendar.periods)})
    return stage.bind()


@pytest.mark.parametrize(("steps", "shares"), [
    (0, [1]),
    (1, [1]),
    (2, [0.2 + 0.2, 0.2 + 0.4]),  # a half is a third and half a third
    (3, [0.2, 0.4, 0.4]),
    (4, [0.15, 0.05 + 0.2, 0.3, 0.3]),  # a quarter is three quarters of a third
    (5, [0.12, 0.08 + 0.08, 0.24, 0.08 + 0.16, 0.24]),
    (6, [0.1, 0.1, 0.2, 0.2, 0.2, 0.2]),
])
def test_thirds_are_cut_into_the_periods_of_the_build(steps: int, shares: list[float]) -> None:
    assert spend_curve((0.2, 0.4, 0.4), steps) == pytest.approx(shares)


def test_a_hall_started_in_the_first_year(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("started", {(*NORTH, 0): 1})
    stage.follow("standing", NORTH, [1, 1, 1])
    stage.follow("stock", NORTH, [0, 1, 1])
    stage.follow("value_open", NORTH, [0, 100, 100])
    assert stage.broken() == set()
    assert stage.money("capital") == pytest.approx({("halls", "hall", "north", "builders", 0): 100})
    assert stage.money("residual") == pytest.approx({("halls", "hall", "north", "builders", 2): 100 * (1 - 2 / 20)})
    each = [("halls", "operators", 0.1 * 10), ("insurance", "insurers", 0.002 * 100), ("property_tax", "counties", 0.01 * 100)]
    assert stage.money("running") == pytest.approx(
        {(cost_class, "hall", "north", payee, year): amount for cost_class, payee, amount in each for year in (1, 2)}
    )
    assert stage.amounts("hall_room") == pytest.approx({("own", "north", "liquid", 250.0, year): 10 for year in (1, 2)})
    assert stage.amounts("land") == pytest.approx({("north", year): 10 for year in (0, 1, 2)})  # being built, it stands there already
    assert stage.amounts("emissions") == pytest.approx({("embodied", "north", 0): 500 * 10 / 1000})


def test_the_index_of_the_site_raises_what_is_paid_taxed_and_left_the_contingency_what_is_paid_and_taxed(tmp_path: Path) -> None:
    """Another would pay no contingency: of 132 MUSD 120 are left over 19 of 20 years."""
    stage = staged(tmp_path, "halls.hall@south.contingency=0.1 1")
    stage.put("started", {("south", "hall", 1): 1})
    stage.follow("standing", ("south", "hall"), [0, 1, 1])
    stage.follow("stock", ("south", "hall"), [0, 0, 1])
    stage.follow("value_open", ("south", "hall"), [0, 0, 132])
    assert stage.broken() == set()
    assert stage.money("capital") == pytest.approx({("halls", "hall", "south", "builders", 1): 10 * 10 * 1.2 * 1.1})
    assert stage.money("residual") == pytest.approx({("halls", "hall", "south", "builders", 2): 120 * 19 / 20})
    assert stage.money("running", "property_tax") == pytest.approx({("property_tax", "hall", "south", "counties", 2): 1.32})
    assert stage.money("running", "insurance") == pytest.approx({("insurance", "hall", "south", "insurers", 2): 0.264})


def test_in_quarters_the_build_is_paid_by_thirds_at_the_price_of_its_start(tmp_path: Path) -> None:
    stage = staged(tmp_path, "halls.hall@@2027.price=12 MUSD_2026/MW", step="quarter", end="2028-Q4", rate=0.1)
    stage.put("started", {(*NORTH, 2): 1})
    # From 10 at the start of 2026 to 12 at the start of 2027: in the middle of the third quarter 7.5 months have passed.
    price = (10 + 2 * 7.5 / 12) * 10
    assert price == 112.5
    shares = [0.15, 0.25, 0.3, 0.3]
    assert stage.money("capital") == pytest.approx({("halls", "hall", "north", "builders", 2 + n): 112.5 * share for n, share in enumerate(shares)})
    # It opens in 2027-Q3, a year and a half before the end. Eighteen and a half of twenty years of an annuity are left.
    left = (1 - 1.1**-18.5) / (1 - 1.1**-20)
    assert stage.money("residual") == pytest.approx({("halls", "hall", "north", "builders", 11): 112.5 * left})
    stage.follow("standing", NORTH, [0, 0] + [1] * 10)
    stage.follow("stock", NORTH, [0] * 6 + [1] * 6)
    stage.follow("value_open", NORTH, [0] * 6 + [112.5] * 6)
    assert stage.broken() == set()
    assert stage.money("running", "halls") == pytest.approx({("halls", "hall", "north", "operators", n): 0.25 for n in range(6, 12)})
    assert stage.money("running", "insurance") == pytest.approx({("insurance", "hall", "north", "insurers", n): 0.05625 for n in range(6, 12)})
    assert stage.money("running", "property_tax") == pytest.approx({("property_tax", "hall", "north", "counties", n): 0.28125 for n in range(6, 12)})


def test_fifteen_months_are_two_years_and_nothing_starts_that_would_open_after_the_end(tmp_path: Path) -> None:
    stage = staged(tmp_path, "halls.hall.build_months=15 month", "sites.south.earliest=2027 date")
    assert stage.keys("started") == [(*NORTH, 0)]  # in the south it could open in 2029 at the soonest
    stage.put("started", {(*NORTH, 0): 1})
    assert stage.money("capital") == pytest.approx({("halls", "hall", "north", "builders", 0): 40, ("halls", "hall", "north", "builders", 1): 60})


def test_the_end_of_life_takes_a_hall_away_and_leaves_nothing(tmp_path: Path) -> None:
    stage = staged(tmp_path, "halls.hall.life=0.5 year", "halls.hall.build_months=3 month", step="quarter", end="2027-Q2")
    stage.put("started", {(*NORTH, 0): 1})
    stage.follow("standing", NORTH, [1, 1, 1, 0, 0, 0])
    stage.follow("stock", NORTH, [0, 1, 1, 0, 0, 0])
    stage.follow("value_open", NORTH, [0, 100, 100, 0, 0, 0])
    assert stage.broken() == set()
    assert stage.money("residual") == {}
    stage.follow("stock", NORTH, [0, 1, 1, 1, 1, 1])  # it stays for ever
    assert stage.broken("stock_follows_openings") == {("stock_follows_openings", (*NORTH, 3))}


def test_halls_that_stand_already_give_room_without_capital_value_or_residual(tmp_path: Path) -> None:
    stage = staged(tmp_path, "existing.hall@north@2007.count=2 1", "existing.hall@south@2026-07.count=1 1")
    # Twenty years of life from the start of 2007 end with 2026; that of the south begins with its first whole year.
    stage.follow("standing", NORTH, [2, 0, 0])
    stage.follow("stock", NORTH, [2, 0, 0])
    stage.follow("standing", ("south", "hall"), [0, 1, 1])
    stage.follow("stock", ("south", "hall"), [0, 1, 1])
    assert stage.broken() == set()
    assert stage.money("capital") == stage.money("residual") == {}
    assert {key[0] for key in stage.money("running")} == {"halls"}  # upkeep, but nothing was paid that could be insured or taxed


def test_starts_of_any_year_are_within_the_limit(tmp_path: Path) -> None:
    stage = staged(tmp_path, "halls.hall@@2027.most_started=4 1/year", step="quarter", end="2028-Q4")
    rule = "starts_within_limit"
    stage.put("started", {(*NORTH, 3): 1, (*NORTH, 4): 2})  # 1 of 2 in 2026-Q4, 2 of 4 in 2027-Q1: just the whole of a year
    assert stage.broken(rule) == set()
    stage.put("started", {(*NORTH, 3): 1, (*NORTH, 4): 3})  # 0.5 + 0.75, in each year that holds both quarters
    assert stage.broken(rule) == {(rule, (*NORTH, n)) for n in (4, 5, 6)}
    stage.put("started", {(*NORTH, 0): 2, (*NORTH, 4): 4})  # a year apart
    assert stage.broken(rule) == set()


def test_nothing_starts_or_stands_on_a_site_that_is_not_open(tmp_path: Path) -> None:
    stage = staged(tmp_path, opened=0)
    stage.put("started", {(*NORTH, 1): 1})
    stage.follow("standing", NORTH, [0, 1, 1])
    assert stage.broken("starts_within_limit", "halls_within_site") == {
        ("starts_within_limit", (*NORTH, 1)), ("halls_within_site", ("north", 1)), ("halls_within_site", ("north", 2)),
    }


def test_where_no_start_is_allowed_there_is_none_to_decide(tmp_path: Path) -> None:
    stage = staged(tmp_path, "halls.hall@north.most_started=0 1/year")
    assert {key[0] for key in stage.keys("started")} == {"south"}


def test_room_standing_is_within_the_site_in_whole_halls(tmp_path: Path) -> None:
    stage = staged(tmp_path, "sites.north.most_it=29 MW")
    stage.follow("standing", NORTH, [2, 2, 2])  # 20 of 29 MW; a third hall would be 30
    assert stage.broken("halls_within_site") == set()
    stage.follow("standing", NORTH, [2, 2.9, 2])  # nor is there a part of a third, which a search without whole numbers would take
    assert stage.broken("halls_within_site") == {("halls_within_site", ("north", 1))}
    stage.follow("standing", NORTH, [2, 2, 3])
    assert stage.broken("halls_within_site") == {("halls_within_site", ("north", 2))}


def test_halls_of_two_sizes_share_the_site(tmp_path: Path) -> None:
    # Rooms of 10 and 15 MW are 2 and 3 times 5 MW; a site of 40 MW holds 8 such units.
    stage = staged(tmp_path, "halls.big.room=15 MW", copies={"halls.big": "hall"})
    south = {("south", "hall"): [1, 2, 4], ("south", "big"): [2, 1, 1]}
    for where, counts in south.items():
        stage.follow("standing", where, counts)
        stage.follow("stock", where, counts)
    # 2 + 6 = 8 fit; 4 + 3 = 7 fit; 8 + 3 = 11 do not.
    assert stage.broken("halls_within_site", "stock_within_site") == {("halls_within_site", ("south", 2))}
    stage.follow("stock", ("south", "big"), [3, 0, 0])  # 40 / 15 = 2.67: no more than two
    assert stage.broken("stock_within_site") == {("stock_within_site", ("south", "big", 0))}


def test_whole_halls_for_the_target(tmp_path: Path) -> None:
    target = '[[target]]\nmeasure = "it"\namount = "11 MW"\nby = "2027"'
    stage = staged(tmp_path, more=target)
    stage.follow("stock", NORTH, [0, 1, 1])
    stage.follow("stock", ("south", "hall"), [0, 0, 1])
    assert stage.broken("halls_for_the_target") == {("halls_for_the_target", (1,))}  # 11 MW need two halls of 10


def test_rooms_that_are_no_whole_kilowatts_are_not_rounded(tmp_path: Path) -> None:
    stage = staged(tmp_path, "halls.hall.room=10.0001 MW", more='[[target]]\nmeasure = "it"\namount = "11 MW"\nby = "2027"')
    assert stage.keys("halls_for_the_target") == []
    stage.follow("standing", NORTH, [1, 2, 2])  # 20.0002 of 20 MW
    assert stage.broken("halls_within_site") == {("halls_within_site", ("north", n)) for n in (1, 2)}
