"""A linear program that falls apart: what shares no row is solved apart, side by side.

A study of power at several sites has nothing that links them but a limit that somebody gives, such as one of carbon. Without one, ten sites
over a full year are ten programs: each is solved in far less than a tenth of the time of all, and so is their sum. The parts are
the connected components of the graph whose edges are the numbers of the matrix.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from gwplan.common.status import Status
from gwplan.solving.highs import WAKE, solve_problem
from gwplan.solving.options import AnyOf, Deadline, Options, SolveResult
from gwplan.solving.problem import Problem

SMALL = 1000
"""Columns below which parts are solved together: to hand one over takes as long as to solve it."""
WORST = (Status.INFEASIBLE, Status.UNBOUNDED, Status.FAILED, Status.UNCLEAR, Status.STOPPED)
"""What the whole is if a part is: the first of these that any part is."""
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Part:
    """A part of a problem. columns, rows: its own, as numbered in the whole."""

    problem: Problem
    columns: Places
    rows: Places


def solve_apart(problem: Problem, options: Options) -> SolveResult:
    """A linear program by its parts; as `solve_problem` where there is only one, or where there are whole numbers."""
    if problem.arrays.whole.any() or problem.extra_rows:
        return solve_problem(problem, options)
    parts = list(parts_of(problem))
    if len(parts) < 2:
        return solve_problem(problem, options)
    deadline = Deadline(options)
    return replace(together(problem, parts, each_solved(parts, options)), seconds=deadline.seconds)


def parts_of(problem: Problem) -> Iterator[Part]:
    """The parts, the small ones as one."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    matrix = problem.arrays.matrix.tocsr()
    rows, columns = matrix.shape
    places = matrix.tocoo()
    # One vertex for each column and each row; edges from columns to rows.
    edges = csr_array((np.ones(places.nnz, dtype=np.int8), (places.col, columns + places.row)), shape=(columns + rows,) * 2)
    _, label = connected_components(edges, directed=False)
    sizes = np.bincount(label[:columns], minlength=label.max() + 1)
    label = np.where(sizes[label] < SMALL, -1, label)
    if (label[:columns] != -1).all():  # rows without a column have no part of their own
        label[label == -1] = label[0]
    for each in np.unique(label):
        own, held = np.flatnonzero(label[:columns] == each), np.flatnonzero(label[columns:] == each)
        yield Part(part_of(problem, matrix, own, held), own, held)


def part_of(problem: Problem, matrix: object, columns: Places, rows: Places) -> Problem:
    """Some columns and rows of a problem as one of its own."""
    arrays, cost = problem.arrays, problem.cost
    place = {int(column): number for number, column in enumerate(columns)}
    less = replace(arrays, matrix=matrix[rows][:, columns].tocsc(), lower=arrays.lower[rows], upper=arrays.upper[rows],  # type: ignore[index]
                   whole=arrays.whole[columns], variables=[arrays.variables[column] for column in columns],
                   rows=[arrays.rows[row] for row in rows], columns={}, costs=[])
    own = replace(cost, coefficients=cost.coefficients[columns], constant=0.0, spend=None, spend_constant=0.0)
    fixed = {place[column]: value for column, value in problem.fixed_columns.items() if column in place}
    return Problem(less, own, fixed_columns=fixed)


def each_solved(parts: list[Part], options: Options) -> list[SolveResult]:
    """The parts solved, as many at once as there are cores; one after the other where a number of threads is given."""
    stop = threading.Event()
    quiet = replace(options, log=None, watch=None, meanwhile=None, bases=None, cancel=AnyOf((options.cancel, stop)))
    deadline, interrupted = Deadline(quiet), False
    order = sorted(range(len(parts)), key=lambda number: -len(parts[number].columns))
    with ThreadPoolExecutor(1 if options.threads is not None else cpu_count()) as threads:
        waiting: dict[int, Future[SolveResult]] = {
            number: threads.submit(lambda part: solve_problem(part.problem, deadline.within()), parts[number]) for number in order}
        if options.meanwhile is not None:
            options.meanwhile()
        while wait(waiting.values(), timeout=WAKE).not_done:
            try:
                if any(each.done() and each.result().status is Status.INFEASIBLE for each in waiting.values()):
                    stop.set()  # one without a plan is all without one
            except KeyboardInterrupt:
                interrupted = True
                stop.set()
        found = [waiting[number].result() for number in range(len(parts))]
    return [replace(each, interrupted=each.interrupted or interrupted) for each in found]


def together(problem: Problem, parts: list[Part], found: list[SolveResult]) -> SolveResult:
    """The result of the whole: a plan where each part has one, proven where each is."""
    interrupted = any(each.interrupted for each in found)
    worst = next((each for status in WORST for each in found if each.status is status), None)
    if any(each.x is None for each in found):
        bad = next(each for status in WORST for each in found if each.x is None and each.status is status)
        return SolveResult.without_plan(bad.status, interrupted=bad.interrupted, reason=bad.reason)
    x, duals = np.zeros(len(problem.arrays.variables)), np.zeros(len(problem.arrays.rows))
    for part, each in zip(parts, found, strict=True):
        x[part.columns] = each.x
        duals[part.rows] = np.nan if each.row_duals is None else each.row_duals
    objective = problem.cost.value(x)
    known = replace(found[0], x=x, objective=objective, row_duals=None if np.isnan(duals).any() else duals)
    if worst is not None:
        return replace(known, status=Status.STOPPED, bound=np.nan, gap=np.nan, interrupted=interrupted, reason=worst.reason)
    return replace(known, bound=objective, gap=0.0)
