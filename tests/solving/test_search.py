"""Where the search looks first, and where the simplex method begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array

from gwplan import search as searching
from gwplan import simplex
from gwplan.arrays import Arrays, Cost
from gwplan.search import most_opened, search
from gwplan.solver import Aim, Kept, Options, load, solve_arrays

OPEN_A, OPEN_B, BUILT_A, BUILT_B = range(4)


def two_sites(fee_b: float = 1.0, kind: str = "most_compute") -> Arrays:
    """Build as much as 10 can pay: a takes 0.08 to open and holds 2, b takes `fee_b` and holds 20."""
    rows = np.array([[0.08, fee_b, 1, 1], [-2, 0, 1, 0], [0, -20, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]], dtype=float)
    cost = Cost(kind, True, np.array([0.0, 0, 1, 1]), 0.0, None, 0.0)
    columns: dict[Any, int] = {("sites.opening", ("a", 0)): OPEN_A, ("sites.opening", ("b", 0)): OPEN_B,
                               ("built", ("a",)): BUILT_A, ("built", ("b",)): BUILT_B}
    rules: list[Any] = [None] * len(rows)
    return Arrays(csc_array(rows), np.full(5, -np.inf), np.array([10.0, 0, 0, 1, 1]), np.array([True, True, False, False]), [None] * 4,
                  columns, rules, [cost])


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """Which columns each search with whole numbers keeps at 0."""
    seen: list[set[int]] = []

    def noted(arrays: Arrays, *arguments: Any, **options: Any) -> Any:
        if arrays.whole.any():
            seen.append(set(options["fixed"]))
        return solve_arrays(arrays, *arguments, **options)

    monkeypatch.setattr(searching, "solve_arrays", noted)
    return seen


def test_the_site_that_is_opened_most_is_tried_alone(closed: list[set[int]]) -> None:
    arrays = two_sites()
    found = search(arrays, arrays.costs[0], Options(gap=0.1), kept=Kept(), fixed={}, start={})
    assert closed == [{OPEN_B}, set()], "a alone holds far too little"
    assert found.status == "optimal"
    assert found.objective == pytest.approx(9.0, rel=0.05)
    assert found.bound == pytest.approx(2 + 7.92 / 1.05)


def test_a_single_site_that_is_near_enough_is_all(closed: list[set[int]]) -> None:
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 2.5  # a is opened and a fiftieth of b: two and two fifths are built, and two by a alone
    arrays = replace(arrays, upper=upper)
    found = search(arrays, arrays.costs[0], Options(gap=0.25), kept=Kept(), fixed={}, start={})
    assert closed == [{OPEN_B}]
    assert (found.status, found.objective) == ("optimal", pytest.approx(2.0))
    assert most_opened(arrays, np.array([0.4, 0.9, 0.8, 18.0])) == {OPEN_A: 0.0}


def test_a_search_stops_that_is_near_enough_or_cannot_come_so_near() -> None:
    aim = Aim(bound=100.0, gap=0.01)
    assert aim.missed(98.0, spend=0.0)
    assert not aim.missed(99.5, spend=0.0)
    assert not aim.missed(98.0, spend=1000.0), "the gap is relative to the spend"
    assert not aim.missed(float("inf"), spend=0.0), "nothing is known yet"
    assert aim.reached(99.3, spend=0.0)
    assert not aim.reached(99.1, spend=0.0), "within the gap, but not well"
    assert aim.reached(93.0, spend=1000.0)
    assert not aim.reached(float("-inf"), spend=0.0), "there is no plan yet"


@pytest.mark.parametrize(("kind", "strategy"), [("most_compute", simplex.PRIMAL_SIMPLEX), ("soonest", 1)])
def test_the_method_is_that_of_the_goal(kind: str, strategy: int) -> None:
    arrays = replace(two_sites(kind=kind), whole=np.zeros(4, dtype=bool))
    highs = load(arrays, arrays.costs[0], Options())
    simplex.begin(highs, arrays, arrays.costs[0], None)
    assert highs.getOptionValue("simplex_strategy")[1] == strategy


@pytest.mark.parametrize(("price", "budget", "primal"), [(0.9, 10.0, True), (1.5, 1.0, False)], ids=("still a plan", "no plan any more"))
def test_a_basis_that_is_still_a_plan_is_gone_on_from_by_the_primal_method(price: float, budget: float, primal: bool) -> None:
    arrays = replace(two_sites(), whole=np.zeros(4, dtype=bool))
    cost = replace(arrays.costs[0], kind="most_value")
    assert solve_arrays(arrays, cost, Options()).basis is None, "it takes time to read"
    basis = solve_arrays(arrays, cost, Options(with_basis=True)).basis
    changed = arrays.matrix.toarray()
    changed[0, BUILT_B] = price
    after = replace(arrays, matrix=csc_array(changed), upper=np.array([budget, 0, 0, 1, 1]))
    highs = load(after, cost, Options())
    simplex.begin(highs, after, cost, basis)
    assert (highs.getOptionValue("simplex_strategy")[1] == simplex.PRIMAL_SIMPLEX) is primal
    found = solve_arrays(after, cost, Options(), basis=basis)
    assert found.objective == pytest.approx(solve_arrays(after, cost, Options()).objective)
