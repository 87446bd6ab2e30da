"""Budget alone: caps on capital in all, by class and by year."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.model.goals import caps_whole_life
from tests.parts.stage import Key, Stage, tiny

SPENT: dict[Key, float] = {("halls", 0): 60, ("power", 0): 20, ("halls", 1): 50, ("accelerators", 1): 100, ("accelerators", 2): 500}


def staged(folder: Path, *changes: str, spent: dict[Key, float] | None = None, **options: object) -> Stage:
    """The budget of tiny, with capital by (class, period)."""
    stage = Stage(tiny(folder, *changes, **options), "budget")  # type: ignore[arg-type]
    stage.fake_capital(SPENT if spent is None else spent)
    return stage.decide().bind()


def test_the_cap_counts_all_classes_until_the_period_that_holds_its_last_date(tmp_path: Path) -> None:
    stage = staged(tmp_path, "budget.capital.cap=230 MUSD_2026", "budget.capital.until=2027-Q2 date")
    assert stage.broken() == set()  # 60 + 20 + 50 + 100; what is bought in 2028 does not count
    assert stage.ledger.takers == {"budget"}
    stage.faked["capital", ("power", 0)].set_value(20.5)
    assert stage.broken() == {("capital_within_cap", ("capital",))}


def test_without_until_the_whole_horizon_counts(tmp_path: Path) -> None:
    changes = ("budget.capital.until=", "budget.capital.cap=730 MUSD_2026")
    stage = staged(tmp_path, *changes)
    assert stage.broken() == set()
    stage.faked["capital", ("accelerators", 2)].set_value(501)
    assert stage.broken() == {("capital_within_cap", ("capital",))}


def test_a_class_has_a_cap_of_its_own(tmp_path: Path) -> None:
    stage = staged(tmp_path, "budget.halls.cap=110 MUSD_2026")
    assert stage.broken() == set()
    stage.faked["capital", ("halls", 1)].set_value(51)
    assert stage.broken() == {("capital_within_cap", ("halls",))}


def test_a_year_hands_part_of_what_it_leaves_to_the_next(tmp_path: Path) -> None:
    changes = ("budget.capital.cap=", "budget.capital@@2026.cap=100 MUSD_2026", "budget.capital@@2027.cap=140 MUSD_2026",
               "budget.capital.carries=0.5 1")
    stage = staged(tmp_path, *changes)
    # 100 - 80 = 20 left, of which 10 carry over: 10 + 140 - 150 = 0. The year 2028 is not capped.
    stage.put("unspent", {("capital", 2026): 20, ("capital", 2027): 0})
    assert stage.broken() == set()
    assert stage.keys("unspent") == [("capital", 2026), ("capital", 2027)]
    stage.put("unspent", {("capital", 2026): 40, ("capital", 2027): 10})  # more than is there
    assert stage.broken() == {("capital_within_year", ("capital", 2026))}


def test_a_year_that_is_overspent_has_no_way_out(tmp_path: Path) -> None:
    stage = staged(tmp_path, "budget.halls@@2026.cap=50 MUSD_2026", "budget.halls@@2027.cap=60 MUSD_2026", "budget.halls.carries=1 1")
    row = stage.block.rules["capital_within_year"].data["halls", 2026]
    # unspent + 60 == 50: only -10 would keep it, and no variable is negative.
    stage.block.variables["unspent"].data["halls", 2026].set_value(-10, skip_validation=True)
    stage.block.variables["unspent"].data["halls", 2027].set_value(0)
    assert stage.broken() == set()
    assert stage.block.variables["unspent"].data["halls", 2026].lb == 0
    assert row.equality


def test_a_year_after_one_without_a_cap_starts_afresh(tmp_path: Path) -> None:
    stage = staged(tmp_path, "budget.capital.cap=", "budget.capital@@2026.cap=1000 MUSD_2026", "budget.capital@@2028.cap=600 MUSD_2026")
    stage.put("unspent", {("capital", 2026): 920, ("capital", 2028): 100})
    assert stage.broken() == set()


def test_quarters_of_a_year_share_its_cap(tmp_path: Path) -> None:
    spent: dict[Key, float] = {("halls", n): 30 for n in range(8)}
    stage = staged(tmp_path, "budget.halls@@2026.cap=120 MUSD_2026", "budget.halls@@2027.cap=150 MUSD_2026", spent=spent, step="quarter",
                   end="2027-Q4")
    stage.put("unspent", {("halls", 2026): 0, ("halls", 2027): 30})
    assert stage.broken() == set()


@pytest.mark.parametrize(("spend", "rows"), [("whole_life", []), ("capital", [("capital",)])])
def test_compute_for_a_whole_life_budget_leaves_the_cap_to_the_goal(tmp_path: Path, spend: str, rows: list[Key]) -> None:
    stage = staged(tmp_path, goal=f'kind = "most_compute"\nspend = "{spend}"')
    assert caps_whole_life(stage.case.definition) is (spend == "whole_life")
    assert stage.keys("capital_within_cap") == rows
