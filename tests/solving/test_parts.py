"""Programs that fall apart: the plan, objective and duals of the whole, found part by part."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from scipy.sparse import block_diag, csr_array

from gwplan.common.status import Status
from gwplan.model.block import Rule
from gwplan.solving import parts
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Options
from gwplan.solving.parts import parts_of, solve_apart
from gwplan.solving.problem import ExtraRow, Problem

RULE = Rule("made", "up", (), "A row.", "", False, {})


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SMALL", 2)


def program(blocks: list[Any], cost: Any, lower: Any, upper: Any) -> Problem:
    """Blocks of rows that share no column; columns and rows are shuffled."""
    matrix = csr_array(block_diag(blocks))
    rows, columns = matrix.shape
    draw = np.random.default_rng(3)
    row, column = draw.permutation(rows), draw.permutation(columns)
    arrays = Arrays(matrix=csr_array(matrix[row][:, column]).tocsc(), lower=np.array(lower, dtype=float)[row],
                    upper=np.array(upper, dtype=float)[row], whole=np.zeros(columns, dtype=bool), variables=[None] * columns, columns={},
                    rows=[(RULE, (number,)) for number in range(rows)], costs=[])
    return Problem(arrays, Cost("least_cost", False, np.array(cost, dtype=float)[column], 7.0, None, 0.0))


def random(count: int, seed: int) -> Problem:
    """Blocks of a covering problem: positive rows at least something, at positive cost."""
    draw = np.random.default_rng(seed)
    blocks = [draw.uniform(0.1, 1, size=(draw.integers(2, 5), draw.integers(3, 7))) for _ in range(count)]
    rows, columns = (sum(each.shape[axis] for each in blocks) for axis in (0, 1))
    return program(blocks, draw.uniform(1, 2, size=columns), draw.uniform(1, 3, size=rows), np.full(rows, np.inf))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threads", [None, 1])
def test_the_whole_is_the_sum_of_its_parts(seed: int, threads: int | None) -> None:
    problem = random(4, seed)
    assert len(list(parts_of(problem))) == 4
    found, expected = solve_apart(problem, Options(threads=threads)), solve_problem(problem, Options())
    assert found.status is Status.OPTIMAL and found.x is not None and found.row_duals is not None and expected.row_duals is not None
    assert found.objective == found.bound == pytest.approx(expected.objective, rel=1e-9)
    activity = problem.arrays.matrix @ found.x
    assert (activity >= problem.arrays.lower - 1e-7).all()
    # Strong duality: costs are what the rows are worth, but for the constant.
    assert found.row_duals @ problem.arrays.lower == pytest.approx(found.objective - 7.0)


def test_a_fixed_column_stays_fixed() -> None:
    problem = random(3, 9).fixed({4: 2.5})
    found, expected = solve_apart(problem, Options()), solve_problem(problem, Options())
    assert found.x is not None and found.x[4] == pytest.approx(2.5)
    assert found.objective == pytest.approx(expected.objective)


@pytest.mark.parametrize(("upper", "cost", "status"), [((0.5, 9, 9), (1, 1, 1), Status.INFEASIBLE), ((9, 9, np.inf), (1, 1, -1), Status.UNBOUNDED),
                                                       ((0.5, 9, np.inf), (1, 1, -1), Status.INFEASIBLE), ((9, 9, 9), (1, 1, 1), Status.OPTIMAL)])
def test_a_part_without_a_plan_is_a_whole_without_one(upper: Any, cost: Any, status: Status) -> None:
    """Three parts of two columns whose sum is from 1 to something."""
    problem = program([np.ones((1, 2))] * 3, np.repeat(cost, 2), np.ones(3), upper)
    assert len(list(parts_of(problem))) == 3
    assert solve_apart(problem, Options()).status is status


def test_a_row_without_columns_decides_too() -> None:
    problem = program([np.ones((1, 2)), np.ones((1, 2)), np.zeros((1, 2))], np.ones(6), [1, 1, 1], [9, 9, 9])
    assert solve_apart(problem, Options()).status is Status.INFEASIBLE


def test_it_stops_when_asked_to() -> None:
    cancel = threading.Event()
    cancel.set()
    found = solve_apart(random(3, 1), Options(cancel=cancel))
    assert found.status is Status.STOPPED and found.x is None and found.interrupted


def test_what_hangs_together_is_one_part() -> None:
    problem = random(3, 2)
    assert len(list(parts_of(problem))) == 3
    linked = problem.with_rows([ExtraRow(np.ones(len(problem.arrays.variables)), 0.0, 1e6)]).joined()
    assert len(list(parts_of(linked))) == 1
