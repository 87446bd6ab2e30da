"""Whether a cap on money near the least that will do leaves a plan: the least money first.

With such a cap the search has hardly any plan to find, and none to learn from. Without the cap, and without the periods after the first
date of a target, the plan with the least capital is found and bounded within seconds. A bound above the cap proves that there is no
plan; a plan within it, completed by the later periods, is where the search begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gwplan.common.status import Status
from gwplan.model.block import Key, Rule
from gwplan.solving.elastic import VISIBLE, promises
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Deadline, Options, SolveResult, UpTo
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import opened

Row = tuple[Rule, Key]
CAP = "budget.capital_within_cap"
NEAR = 0.05
"""A cap is near the least that will do, without whole numbers, if it is at most this share above it."""

TIGHT = 1e-9
"""A cap with a dual above this limits the relaxation."""


@dataclass(frozen=True)
class Edge:
    """A cap that is near the least that will do. problem: the least of its money.

    sites: that the relaxation opens; row, against: of the cap, and the rows of promises that it is against there.
    """

    problem: Problem
    cap: float
    sites: tuple[str, ...]
    row: Row
    against: tuple[Row, ...]


def capped(arrays: Arrays, relaxed: SolveResult) -> bool:
    """True if a cap limits a relaxation."""
    duals = relaxed.row_duals
    return duals is not None and any(abs(duals[row]) > TIGHT for row in caps_of(arrays))


def caps_of(arrays: Arrays) -> list[int]:
    """The rows that cap money in all."""
    return [row for row, (rule, _) in enumerate(arrays.rows) if rule.full_name == CAP]


def edge_of(part: Arrays, options: Options) -> Edge | None:
    """The first cap of a part of a model that is near the least that will do; None if there is none, or time is over.

    part: the model without the periods after the first date of a target.
    """
    deadline = Deadline(options)
    for row in caps_of(part):
        least = Cost("least_capital", False, part.matrix[[row]].toarray().ravel(), 0.0, None, 0.0)
        problem = Problem(part.of_rows([each for each in range(len(part.rows)) if each != row]), least)
        found, cap = solve_problem(problem.relaxed(), deadline.within()), float(part.upper[row])
        if found.x is not None and found.status == Status.OPTIMAL and found.objective >= cap / (1 + NEAR):
            return Edge(problem, cap, opened(part, found.x), part.rows[row], against(problem.arrays, found))
    return None


def against(arrays: Arrays, found: SolveResult) -> tuple[Row, ...]:
    """The rows of promises that a relaxation is limited by."""
    duals = found.row_duals
    return () if duals is None else tuple(arrays.rows[row] for row in promises(arrays) if abs(duals[row]) > TIGHT)


def decided(edge: Edge, options: Options) -> SolveResult:
    """A plan within the cap until the first date of a target; `infeasible` if there is none, and `stopped` if that is not known in time."""
    limit = UpTo(edge.cap * (1 + VISIBLE))
    found = solve_problem(edge.problem, replace(options, gap=0.0, cutoff=limit))
    if found.bound > limit.most:
        return replace(found, status=Status.INFEASIBLE, x=None)
    within = found.x is not None and found.objective <= edge.cap
    return found if within else replace(found, status=Status.INFEASIBLE if found.status == Status.INFEASIBLE else Status.STOPPED, x=None)


def completed(problem: Problem, edge: Edge, found: SolveResult, options: Options) -> SolveResult:
    """A plan with the whole numbers of one that says nothing of later periods."""
    assert found.x is not None
    part = edge.problem.arrays
    used = np.flatnonzero(part.whole & (np.diff(part.matrix.indptr) > 0))
    return solve_problem(problem.fixed({int(column): float(round(found.x[column])) for column in used}), options)
