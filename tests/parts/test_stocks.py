"""The rule of a stock, by value: numbers in place of variables."""

from __future__ import annotations

import re
from pathlib import Path

from gwplan.model.stocks import before, change, growing, stock

PARTS = Path(__file__).parents[2] / "gwplan" / "model" / "parts"
AMOUNTS = {("north", 0): 7.0, ("north", 1): 20.0, ("south", 1): 3.0}


def test_before_is_the_same_thing_a_period_earlier() -> None:
    assert before(AMOUNTS, ("north", 1)) == 7
    assert before(AMOUNTS, ("north", 0)) == 0
    assert before(AMOUNTS, ("south", 1)) == 0
    assert before(AMOUNTS, ("north", 2)) == 20
    assert before({(2030,): 4.0}, (2031,)) == 4


def test_change_is_what_it_is_more_than_before() -> None:
    assert change(AMOUNTS, ("north", 0)) == 7
    assert change(AMOUNTS, ("north", 1)) == 20 - 7
    assert change(AMOUNTS, ("north", 2)) == -20
    assert change(AMOUNTS, ("west", 1)) == 0


def test_a_stock_is_what_was_there_and_came_less_what_went() -> None:
    row = stock(AMOUNTS, ("north", 1), 5.0, 2.0)
    assert (row.left, row.sense, row.right) == (20, "==", 7 + 5 - 2)
    assert stock(AMOUNTS, ("north", 0), 5.0).right == 5


def test_what_exists_comes_in_once_and_leaves_when_it_is_gone() -> None:
    """Four exist from the first period to the second; three of them are left in the third, none in the fourth."""
    amounts = {("north", period): 0.0 for period in range(4)}
    existing = {("north", 0): 4.0, ("north", 1): 4.0, ("north", 2): 3.0}
    assert [stock(amounts, key, 0, 0, existing).right for key in amounts] == [4, 0, -1, -3]


def test_what_is_set_aside_is_missing_in_its_own_period_alone() -> None:
    amounts = {("north", period): 10.0 for period in range(3)}
    set_aside = {("north", 1): 0.5}
    assert [stock(amounts, key, 0, 0, {}, set_aside).right for key in amounts] == [0, 10 - 0.5, 10 + 0.5]


def test_a_growing_stock_grows_before_anything_comes_in() -> None:
    row = growing(AMOUNTS, ("north", 1), 1.5, 4.0, 2.0)
    assert (row.left, row.sense, row.right) == (20, "==", 1.5 * 7 + 4 - 2)


def test_parts_carry_nothing_from_period_to_period_by_hand() -> None:
    by_hand = re.compile(r"\.get\(\([^()]*(period|year) - 1,?\)")
    found = [f"{path.name}: {line.strip()}" for path in PARTS.rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines()
             if by_hand.search(line)]
    assert found == []
    assert by_hand.search("standing.get((site, design, period - 1), 0)")
