"""What a planner who re-plans keeps: orders as they were made, and what was paid unless an order comes late."""

from __future__ import annotations

from gwplan.analysis.hedge.replan import stands

EQUITY, GRID = ("finance.equity", ()), ("power.ordered_split", ("grid", "north"))
MADE = {(EQUITY, 0): 5.0, (GRID, 0): 2.0}


def test_what_was_ordered_and_paid_stands_and_what_was_not_is_nothing() -> None:
    found = stands({EQUITY: {0: 10, 1: 11}, GRID: {0: 20, 1: 21}}, MADE, 2)
    assert (found.fixed, found.paid, found.least, found.lost) == ({20: 2.0, 21: 0.0}, {10: 5.0, 11: 0.0}, {}, False)


def test_an_order_that_comes_late_is_taken_up_then_and_leaves_the_money_free() -> None:
    found = stands({EQUITY: {0: 10, 1: 11}, GRID: {1: 21}}, MADE, 1)
    assert (found.fixed, found.paid, found.least, found.lost) == ({}, {}, {21: 2.0}, False)


def test_an_order_that_never_comes_is_lost() -> None:
    assert stands({EQUITY: {0: 10}}, MADE, 1).lost
