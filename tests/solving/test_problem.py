"""A problem and what is made of it: each is another one, worked out by hand; and a deadline that several solves share."""

from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest

from gwplan.solving.highs import solve_problem
from gwplan.solving.options import Deadline, Options
from gwplan.solving.problem import ExtraRow, Problem
from tests.solving.small import arrays_of

INF = math.inf
ARRAYS = arrays_of([[2, 2]], [-INF], [7], [True, False], [3, 2])
"""Most 3a + 2b with 2a + 2b <= 7, a whole: a = 3 and b = 1/2 give 10; without whole numbers a = 7/2 gives 10.5."""
PROBLEM = Problem(ARRAYS, ARRAYS.costs[0])


def best(problem: Problem) -> float:
    """The objective of a problem that is solved to its end."""
    found = solve_problem(problem, Options())
    assert found.status == "optimal"
    return found.objective


def test_each_problem_has_its_own_best_plan_and_leaves_the_first_as_it_was() -> None:
    a_at_most_two = ExtraRow(np.array([1.0, 0.0]), -INF, 2.0)
    assert best(PROBLEM.relaxed()) == pytest.approx(10.5)
    assert best(PROBLEM.fixed({0: 1.0})) == pytest.approx(3 + 2 * 2.5)
    assert best(PROBLEM.with_rows([a_at_most_two])) == pytest.approx(6 + 2 * 1.5)
    assert best(PROBLEM.with_rows([a_at_most_two]).relaxed().fixed({1: 0.5})) == pytest.approx(6 + 2 * 0.5)
    assert best(PROBLEM) == pytest.approx(10.0)
    assert ARRAYS.whole.tolist() == [True, False]


def test_rows_that_are_joined_to_the_arrays_bind_as_they_did_beside_them() -> None:
    more = PROBLEM.with_rows([ExtraRow(np.array([1.0, 0.0]), -INF, 2.0), ExtraRow(np.array([0.0, 1.0]), -INF, 1.0)])
    assert best(more.joined()) == best(more) == pytest.approx(8.0)
    assert more.joined().extra_rows == ()
    assert more.joined().arrays.matrix.shape == (3, 2)
    assert PROBLEM.joined() is PROBLEM


def test_a_column_that_is_fixed_already_keeps_its_value() -> None:
    assert dict(PROBLEM.fixed({0: 1.0}).fixed({0: 2.0, 1: 0.0}).fixed_columns) == {0: 1.0, 1: 0.0}


def test_a_start_is_complete_with_every_whole_number_of_it() -> None:
    assert not PROBLEM.begun_at({1: 0.5}).start_is_complete
    assert PROBLEM.begun_at({0: 3.0}).start_is_complete
    assert PROBLEM.fixed({0: 3.0}).start_is_complete
    assert PROBLEM.begun_at({0: 3.0}).relaxed().start == {}, "a linear program needs none"


def test_whole_numbers_of_a_plan_are_rounded() -> None:
    assert ARRAYS.rounded(np.array([2.9999999, 0.4999999])) == {0: 3.0}


def test_a_deadline_runs_from_when_it_is_made() -> None:
    deadline = Deadline(Options(time_limit=60.0), began=time.perf_counter() - 20.0)
    assert deadline.seconds == pytest.approx(20.0, abs=5.0)
    assert deadline.within().time_limit == pytest.approx(40.0, abs=5.0)
    assert deadline.within(3.0).time_limit == 3.0
    assert Deadline(Options(time_limit=60.0), began=time.perf_counter() - 90.0).left == 0.0
    assert Deadline(Options()).left == INF


def test_a_solve_that_is_asked_to_stop_does_not_begin() -> None:
    cancel = threading.Event()
    assert not Options(cancel=cancel).stopped
    cancel.set()
    found = solve_problem(PROBLEM, Deadline(Options(cancel=cancel)).within())
    assert (found.status, found.x, found.interrupted) == ("stopped", None, True)
    assert not Options().stopped
