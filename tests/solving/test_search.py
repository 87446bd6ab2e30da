"""Where the search looks first, and where the simplex method begins."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array

from gwplan.solving import highs as simplex
from gwplan.solving import search as searching
from gwplan.solving import warm_start
from gwplan.solving.bounds import Bounds
from gwplan.solving.highs import load, solve_problem
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Cutoff, Options
from gwplan.solving.problem import Problem
from gwplan.solving.search import search
from gwplan.solving.site_openings import closed_but, opened

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

    def noted(problem: Problem, options: Options) -> Any:
        if problem.arrays.whole.any():
            seen.append(set(problem.fixed_columns))
        return solve_problem(problem, options)

    monkeypatch.setattr(searching, "solve_problem", noted)
    monkeypatch.setattr(warm_start, "solve_problem", noted)
    monkeypatch.setattr(warm_start, "WAKE", 60.0)  # a busy machine may be slow to say that the last plan will do
    return seen


def test_the_site_that_is_opened_most_is_tried_alone(closed: list[set[int]]) -> None:
    arrays = two_sites()
    found = search(Problem(arrays, arrays.costs[0]), Options(gap=0.1))
    assert closed == [{OPEN_B}, set()], "a alone holds far too little"
    assert found.status == "optimal"
    assert found.objective == pytest.approx(9.0, rel=0.05)
    assert found.bound == pytest.approx(2 + 7.92 / 1.05)


def test_a_single_site_that_is_near_enough_is_all(closed: list[set[int]]) -> None:
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 2.5  # a is opened and a fiftieth of b: two and two fifths are built, and two by a alone
    arrays = replace(arrays, upper=upper)
    found = search(Problem(arrays, arrays.costs[0]), Options(gap=0.25))
    assert closed == [{OPEN_B}]
    assert (found.status, found.objective) == ("optimal", pytest.approx(2.0))
    assert closed_but(arrays, opened(arrays, np.array([0.4, 0.9, 0.8, 18.0]))[:1]) == {OPEN_A: 0.0}


def test_of_many_whole_numbers_those_near_the_relaxation_stay(closed: list[set[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """a is opened and a fiftieth of b: a stays at 1, b is sought and stays closed, for 2 by a alone is near enough to 2.4."""
    monkeypatch.setattr(searching, "MANY", 0)
    monkeypatch.setattr(searching, "single", lambda *given: None)
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 2.5
    arrays = replace(arrays, upper=upper)
    found = search(Problem(arrays, arrays.costs[0]), Options(gap=0.25))
    assert closed == [{OPEN_A}], "a is whole in the relaxation and stays; b is not"
    assert (found.status, found.objective) == ("optimal", pytest.approx(2.0))
    assert found.bound == pytest.approx(2 + 0.42 / 1.05)


def test_a_search_stops_that_is_near_enough_or_cannot_come_so_near() -> None:
    cutoff = Cutoff(bound=100.0, gap=0.01)
    assert cutoff.missed(98.0, spend=0.0)
    assert not cutoff.missed(99.5, spend=0.0)
    assert not cutoff.missed(98.0, spend=1000.0), "the gap is relative to the spend"
    assert not Cutoff(bound=100.0, gap=0.01, spend=1000.0).missed(98.0, spend=0.0), "that of the relaxation, while there is no plan"
    assert not cutoff.missed(float("inf"), spend=0.0), "nothing is known yet"
    assert cutoff.reached(99.1, spend=0.0)
    assert not cutoff.reached(98.9, spend=0.0)
    assert cutoff.reached(91.0, spend=1000.0)
    assert not cutoff.reached(float("-inf"), spend=0.0), "there is no plan yet"


@pytest.mark.parametrize(("kind", "strategy"), [("most_compute", simplex.PRIMAL_SIMPLEX), ("soonest", 1)])
def test_the_method_is_that_of_the_goal(kind: str, strategy: int) -> None:
    arrays = replace(two_sites(kind=kind), whole=np.zeros(4, dtype=bool))
    highs = load(arrays, arrays.costs[0], Options())
    simplex.begin(highs, arrays, arrays.costs[0])
    assert highs.getOptionValue("simplex_strategy")[1] == strategy


@pytest.mark.parametrize(("gap", "searched"), [(0.5, []), (0.25, [{OPEN_B}])], ids=("near enough", "not near enough"))
def test_a_last_plan_that_is_near_enough_is_taken_as_it_is(closed: list[set[int]], gap: float, searched: list[set[int]]) -> None:
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 2.5  # 2 by a alone, 2.4 in the relaxation: a fifth apart, and half the gap may be used up
    arrays = replace(arrays, upper=upper)
    found = search(Problem(arrays, arrays.costs[0], start={OPEN_A: 1.0, OPEN_B: 0.0}), Options(gap=gap))
    assert closed == searched
    assert (found.status, found.objective) == ("optimal", pytest.approx(2.0))
    assert found.bound == pytest.approx(2 + 0.42 / 1.05)


@pytest.mark.parametrize(("threads", "beside"), [(1, 0), (2, 1), (None, 1)], ids=("one thread", "two", "as many as there are"))
def test_nothing_runs_beside_a_search_with_one_thread(threads: int | None, beside: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way the last plan is taken: 2 by a alone, where the relaxation has 2.4."""
    begun: list[threading.Thread] = []
    work = warm_start.Ahead.work

    def noted(self: warm_start.Ahead) -> None:
        begun.append(threading.current_thread())
        work(self)

    monkeypatch.setattr(warm_start.Ahead, "work", noted)
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 2.5
    arrays, start = replace(arrays, upper=upper), {OPEN_A: 1.0, OPEN_B: 0.0}
    found = search(Problem(arrays, arrays.costs[0], start=start), Options(gap=0.5, threads=threads))
    assert (found.status, found.objective) == ("optimal", pytest.approx(2.0))
    assert len(begun) == beside
    assert threading.main_thread() not in begun


def test_a_last_plan_that_is_none_any_more_is_left(closed: list[set[int]]) -> None:
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 0.99  # b can no longer be paid
    arrays = replace(arrays, upper=upper)
    found = search(Problem(arrays, arrays.costs[0], start={OPEN_A: 0.0, OPEN_B: 1.0}), Options(gap=0.3))
    assert len(closed) > 0
    assert (found.status, found.objective) == ("optimal", pytest.approx(0.91))


def halls(budget: float) -> Arrays:
    """As many halls as a budget pays, at 3 each."""
    cost = Cost("most_compute", True, np.array([1.0]), 0.0, None, 0.0)
    rules: list[Any] = [None]
    return Arrays(csc_array(np.array([[3.0]])), np.array([-np.inf]), np.array([budget]), np.array([True]), [None],
                  {("halls.started", ("a", 0)): 0}, rules, [cost])


def known_of(arrays: Arrays) -> tuple[Bounds, Any]:
    """What is known of a problem, and its best plan."""
    problem = Problem(arrays, arrays.costs[0])
    relaxed = solve_problem(Problem(replace(arrays, whole=np.zeros(1, dtype=bool)), arrays.costs[0]), Options())
    return Bounds(problem, relaxed, relaxed.objective), solve_problem(problem, Options())


def test_halls_come_whole_so_the_halves_bound_closer() -> None:
    bounds, plan = known_of(halls(10.0))
    assert bounds.bound == pytest.approx(10 / 3)
    assert not bounds.proves(plan, Options(gap=0.05)), "a ninth away is too far for the halves to matter"
    assert bounds.bound == pytest.approx(10 / 3)
    assert bounds.proves(plan, Options(gap=0.06)), "three at most, or four, which nobody can pay"
    assert bounds.bound == pytest.approx(3.0)
    ((_, low, high),) = bounds.problem.extra_rows
    assert (low, high) == (-np.inf, 3.0), "no better plan has four"


def test_halves_that_say_nothing_leave_the_bound() -> None:
    bounds, plan = known_of(halls(9.0))
    worse = replace(plan, objective=2.9)
    assert not bounds.proves(worse, Options(gap=0.03))
    assert bounds.bound == pytest.approx(3.0)
    assert bounds.problem.extra_rows == ()


@pytest.mark.parametrize(("finer", "gap"), [(None, 0.42 / 1.05 / 2), (0.0, 0.0)], ids=("as asked", "finer"))
def test_a_finer_gap_is_tried_for_once_a_plan_is_proven(finer: float | None, gap: float) -> None:
    """2.5 can be paid: the relaxation has 2 + 0.42 / 1.05, and 2 by a alone is proven to a fifth of it; sought further, it is the best."""
    arrays = two_sites()
    upper = arrays.upper.copy()
    upper[0] = 2.5
    answer = solve_goals(replace(arrays, upper=upper), Options(gap=0.25, finer=finer))
    assert answer.status == "optimal" and answer.objective == pytest.approx(2.0)
    assert answer.gap == pytest.approx(gap)
