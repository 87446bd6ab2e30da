"""Solve an assembled plan: goal after goal, then whole numbers fixed and the rest polished as an LP, for exact values and duals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gwplan.common.status import Status
from gwplan.solving.highs import gap_of, solve_problem
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Deadline, Found, Options
from gwplan.solving.problem import ExtraRow, Problem
from gwplan.solving.search import search

KEPT_WITHIN = 1e-7
"""Share of its value by which an earlier goal may give way to a later one: the solver's own tolerance."""
CLEAN = 1e-9
"""Values below it are the solver's dust, not decisions."""


@dataclass(frozen=True)
class Answer:
    """What solving gave. status: optimal, stopped, infeasible, unbounded or failed; x None without a plan.

    objective, bound and gap are those of the first goal; activity and duals are by row, of the last; opened:
    sites that the first goal's relaxation opens; reason: why it stopped or failed, in words.
    """

    status: Status
    x: Floats | None
    objective: float
    bound: float
    gap: float
    duals: Floats | None
    goals: list[dict[str, Any]]
    opened: tuple[str, ...] = ()
    reason: str = ""


def solve_goals(arrays: Arrays, options: Options, *, fixed: Mapping[int, float] | None = None,
                start: Mapping[int, float] | None = None) -> Answer:
    """Solve for each goal in turn, each kept as good as it was found for those that follow."""
    deadline, founds = Deadline(options), []
    problem = Problem(arrays, arrays.costs[0], fixed_columns=fixed or {}, start=start or {})
    for number, cost in enumerate(arrays.costs):
        problem = replace(problem, cost=cost)
        if number == 0:
            found = search(problem, deadline.within(), options.likely)
            if found.x is None and found.status == Status.STOPPED:
                found = given(problem, options) or found
        elif options.prove_later:
            found = search(problem, deadline.within())
        else:
            found = settle(problem, deadline.within())
        if found.x is None:
            break
        founds.append((cost, found))
        problem = problem.begun_at(arrays.rounded(found.x))
        if found.status != Status.OPTIMAL:
            break
        if cost is not arrays.costs[-1]:
            problem = problem.with_rows([kept_row(cost, found.objective)])
    if not founds:
        return Answer(found.status, None, np.nan, np.nan, np.nan, None, [], reason=found.reason)
    proven = len(founds) == len(arrays.costs) and founds[-1][1].status == Status.OPTIMAL
    status = Status.OPTIMAL if proven else Status.STOPPED
    settled = len(founds) > 1 and not options.prove_later
    last = replace(options, time_limit=np.inf, cancel=None)  # a plan that is kept is kept with its exact values
    x, duals = polished(arrays, founds[-1][1]) if settled else polish(problem, founds[-1], last)
    return replace(summed_up(status, x, duals, founds), opened=founds[0][1].opened, reason="" if proven else found.reason)


def settle(problem: Problem, options: Options) -> Found:
    """The best with the whole numbers of the start, as an earlier goal found them: no bound on what others may give."""
    return replace(solve_problem(problem.relaxed().fixed(problem.start), options), bound=np.nan, gap=np.nan)


def given(problem: Problem, options: Options) -> Found | None:
    """The plan that the search was given to start from, where it was stopped before it had one; None where that is no plan of this model.

    No bound is known.
    """
    if not (problem.start or problem.fixed_columns) or not problem.start_is_complete:
        return None
    found = settle(problem, replace(options, time_limit=np.inf, cancel=None))
    return None if found.x is None else replace(found, status=Status.STOPPED)


def kept_row(cost: Cost, best: float) -> ExtraRow:
    """The row that keeps a goal within the solver's tolerance of its best."""
    slack = KEPT_WITHIN * max(1.0, abs(best))
    if cost.maximize:
        return ExtraRow(cost.coefficients, best - slack - cost.constant, np.inf)
    return ExtraRow(cost.coefficients, -np.inf, best + slack - cost.constant)


def polish(problem: Problem, last: tuple[Cost, Found], options: Options) -> tuple[Floats, Floats | None]:
    """Values and duals with the whole numbers fixed; those of the search where the LP finds none, or was one already."""
    cost, found = last
    assert found.x is not None
    if found.row_duals is not None:
        return polished(problem.arrays, found)
    better = solve_problem(replace(problem, cost=cost).relaxed().fixed(problem.arrays.rounded(found.x)), options)
    return polished(problem.arrays, better if better.x is not None else replace(found, row_duals=None))


def polished(arrays: Arrays, found: Found) -> tuple[Floats, Floats | None]:
    """Values and duals of a goal solved as an LP, without the solver's dust."""
    assert found.x is not None
    x = np.where(np.abs(found.x) < CLEAN, 0.0, found.x)
    return x, found.row_duals[: len(arrays.rows)] if found.row_duals is not None else None


def summed_up(status: Status, x: Floats, duals: Floats | None, founds: list[tuple[Cost, Found]]) -> Answer:
    """The answer, with each goal's value in the plan that stands at the end."""
    goals: list[dict[str, Any]] = []
    for cost, found in founds:
        value = cost.value(x)
        # The gap is that of the plan as it is at the end, which the polish may have moved a little from what the search found.
        gap = gap_of(value, found.bound, cost.spend_in(x)) if np.isfinite(found.bound) else found.gap
        goals.append({"kind": cost.kind, "objective": value, "bound": found.bound, "gap": gap, "seconds": found.seconds})
    first = goals[0]
    return Answer(status, x, first["objective"], first["bound"], first["gap"], duals, goals)
