"""Sites alone: when they may be opened, what is paid for it, and their land and water."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts.stage import Stage, tiny


def test_openings_begin_with_the_first_period_that_starts_on_or_after_the_earliest_date(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "sites.north.earliest=2026-07 date"), "sites").decide()
    # Half of 2026 is over in July, so the first whole year is 2027.
    assert stage.keys("opening") == [("north", 1), ("north", 2), ("south", 0), ("south", 1), ("south", 2)]


def test_quarters_tell_dates_apart_that_years_do_not(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "sites.north.earliest=2026-07 date", step="quarter", end="2027-Q4"), "sites").decide()
    assert [key for key in stage.keys("opening") if key[0] == "north"] == [("north", n) for n in range(2, 8)]


def test_the_price_of_the_period_is_paid_to_landowners_and_leaves_nothing(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "sites.north@@2027.opening_price=20 MUSD_2026"), "sites").decide()
    stage.put("opening", {("north", 0): 1})
    # 10 a year before the dated row, at the start of 2026, 20 at the start of 2027: 15 in the middle of 2026.
    assert stage.money("capital") == pytest.approx({("sites", "north", "north", "landowners", 0): 15.0})
    assert stage.money("residual") == {}
    stage.put("opening", {("north", 1): 1, ("south", 2): 1})
    assert stage.money("capital") == pytest.approx(
        {("sites", "north", "north", "landowners", 1): 20.0, ("sites", "south", "south", "landowners", 2): 20.0}
    )


def test_a_site_is_open_from_its_opening_on(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path), "sites").decide().bind()
    stage.put("opening", {("north", 1): 1})
    stage.put("opened", {("north", 1): 1, ("north", 2): 1})
    assert stage.broken() == set()
    assert stage.amounts("opened") == {("north", 1): 1, ("north", 2): 1}
    stage.put("opened", {("north", 0): 1, ("north", 1): 1, ("north", 2): 1})  # open before it is opened
    assert stage.broken() == {("opened_after_opening", ("north", 0)), ("opened_after_opening", ("north", 1))}
    stage.put("opened", {("north", 1): 1})  # closed again
    assert stage.broken() == {("opened_after_opening", ("north", 2))}


def test_a_site_is_opened_at_most_once(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path), "sites").decide().bind()
    stage.put("opening", {("north", 0): 1, ("north", 2): 1})
    stage.put("opened", {("north", 0): 1, ("north", 1): 1, ("north", 2): 2})
    assert stage.broken() == {("opened_once", ("north",))}


def test_a_site_on_which_something_stands_is_open_and_costs_nothing(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "existing.hall@north@2026-Q3.count=1 1"), "sites").decide().bind()
    assert {key for key in stage.keys("opening") if key[0] == "north"} == {("north", 0)}, "only before that may it be opened, at its price"
    stage.put("opened", {("north", 1): 1, ("north", 2): 1})  # from the first whole year on
    assert stage.broken() == set()
    assert stage.money("capital") == {}
    stage.put("opened", {})
    assert stage.broken() == {("opened_after_opening", ("north", 1)), ("opened_after_opening", ("north", 2))}


def test_a_site_may_be_opened_before_something_stands_there(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "existing.hall@north@2027.count=1 1"), "sites").decide().bind()
    assert [key for key in stage.keys("opening") if key[0] == "north"] == [("north", 0)]
    whole = {("north", n): 1.0 for n in range(3)}
    stage.put("opened", whole)
    assert stage.broken() == {("opened_after_opening", ("north", 0))}  # free from 2027 on, not before
    stage.put("opening", {("north", 0): 1})
    assert stage.broken() == set()
    assert stage.money("capital") == {("sites", "north", "north", "landowners", 0): 10}


def test_halls_fit_the_land(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "sites.north@@2028.land=50 acre", "sites.south.land="), "sites").decide()
    stage.fake("land", {("north", 0): 100, ("north", 1): 100, ("north", 2): 50, ("south", 0): 1e6})
    stage.bind()
    assert stage.broken() == set()  # no land is named for the south, so nothing ends there
    for period, acres in enumerate((100.1, 100.1, 50.1)):
        stage.faked["land", ("north", period)].set_value(acres)
    assert stage.broken() == {("halls_fit_the_land", ("north", n)) for n in range(3)}


def test_water_of_any_four_quarters_is_within_the_yearly_limit(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, step="quarter", end="2027-Q4"), "sites").decide()
    # 100,000 m3 are 100 ML a year. Each calendar year uses 100, and any four quarters at most 100.
    used = [10, 20, 30, 40, 10, 20, 30, 40]
    stage.fake("water", {("north", n): amount for n, amount in enumerate(used)})
    stage.bind()
    assert stage.broken() == set()
    assert [key for key in stage.keys("water_within_limit") if key[0] == "north"] == [("north", n) for n in range(3, 8)]
    # The second year turned round still uses 100, but 70 + 70 fall on four quarters in a row.
    for quarter, amount in enumerate((40, 30, 20, 10), 4):
        stage.faked["water", ("north", quarter)].set_value(amount)
    # Quarters 1-4: 20+30+40+40 = 130; 2-5: 140; 3-6: 130; 4-7: 100.
    assert stage.broken() == {("water_within_limit", ("north", n)) for n in (4, 5, 6)}


def test_without_a_limit_there_is_no_row(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, "sites.north.water_limit=", "sites.south.water_limit="), "sites").decide().bind()
    assert stage.keys("water_within_limit") == []
    assert stage.exchange.takers["water"] == {"sites"}
