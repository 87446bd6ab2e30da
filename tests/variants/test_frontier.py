"""Frontiers: exact ends, points that are solves of their own, monotone, convex without whole numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gwplan.analysis import frontier as drawing
from gwplan.analysis.frontier import FIGURES, Frontier, FrontierModel, Point, chosen, frontier, undominated
from gwplan.common.status import Status
from gwplan.model.assemble import assemble
from gwplan.planning.build import options_of, read
from gwplan.planning.request import Request
from gwplan.solving.highs import solve_problem
from gwplan.solving.problem import Problem
from tests.support import TINY, solve_model


def drawn(names: str, count: int) -> Frontier:
    case = read(Request(TINY, gap=1e-9))
    return frontier(case, chosen(names), count, options_of(case, None, None))


def test_least_end_is_the_least_cost_plan() -> None:
    found = drawn("cost,compute", 4)
    assert found.points[0].first == pytest.approx(solve_model(TINY).objective, rel=1e-7)


def test_greatest_end_is_the_most_compute_whatever_it_costs() -> None:
    case = read(Request(TINY))
    problem = FrontierModel(assemble(case), chosen("cost,compute"), replace(options_of(case, None, None), gap=0.0))
    most = solve_problem(Problem(problem.arrays, problem.costs[1]), problem.options)
    assert drawn("cost,compute", 3).points[-1].second == pytest.approx(most.objective, rel=1e-6)


def test_points_are_single_solves_with_their_bound() -> None:
    found = drawn("cost,compute", 5)
    case = read(Request(TINY))
    for point in found.points[1:-1]:
        assert point.bound is not None
        problem = FrontierModel(assemble(case), chosen("cost,compute"), replace(options_of(case, None, None), gap=0.0))
        cost = problem.costs[0]
        # The bound as one more row of the matrix itself, not as a row that is kept beside it.
        import scipy.sparse

        arrays = replace(problem.arrays, matrix=scipy.sparse.csc_matrix(scipy.sparse.vstack([problem.arrays.matrix, cost.coefficients])),
                         lower=np.append(problem.arrays.lower, -np.inf), upper=np.append(problem.arrays.upper, point.bound - cost.constant),
                         rows=[*problem.arrays.rows, problem.arrays.rows[0]])
        alone = solve_problem(Problem(arrays, problem.costs[1]), problem.options)
        assert point.second == pytest.approx(alone.objective, rel=1e-6)
        assert point.first <= point.bound * (1 + 1e-9)


def test_more_of_one_costs_more_of_the_other() -> None:
    found = drawn("cost,compute", 6)
    for before, after in pairwise(found.points):
        assert after.first > before.first
        assert after.second > before.second


def test_without_whole_numbers_the_next_unit_never_gets_cheaper() -> None:
    case = read(Request(TINY))
    problem = FrontierModel(assemble(case), chosen("cost,compute"), replace(options_of(case, None, None), gap=0.0))
    problem.arrays = replace(problem.arrays, whole=np.zeros_like(problem.arrays.whole))
    least, most = problem.best(0, (), None), problem.best(1, (), None)
    assert least.x is not None
    assert most.x is not None
    bounds = np.linspace(problem.value(0, least.x), problem.value(0, most.x), 6)
    best = [problem.best(1, [problem.bounded(0, float(bound))], None).objective for bound in bounds]
    steps = np.diff(best)
    assert np.all(np.diff(steps) <= 1e-6 * abs(steps).max())


def point(first: float, second: float) -> Point:
    return Point(None, first, second, 0.0, Status.OPTIMAL, {})


def test_dominated_and_doubled_points_are_left_out() -> None:
    figures = FIGURES["capital"], FIGURES["compute"]
    points = [point(10, 1), point(20, 5), point(20, 4), point(15, 0.5), point(30, 5), point(40, 9), point(40, 9)]
    assert [(each.first, each.second) for each in undominated(points, figures)] == [(10, 1), (20, 5), (40, 9)]


@pytest.mark.parametrize("names", ["capital", "capital,capital", "capital,compute,cost", "capital,computer"])
def test_figures_that_cannot_be_meant(names: str) -> None:
    with pytest.raises(ValueError, match="--of"):
        chosen(names)


def test_no_plan_no_frontier() -> None:
    case = read(Request(TINY, sets=("budget.capital.cap=1 MUSD_2026",)))
    with pytest.raises(drawing.NoFrontier, match="no plan keeps all the rules") as caught:
        drawing.frontier(case, chosen("cost,compute"), 3, options_of(case, None, None))
    assert caught.value.exit_code == 4
