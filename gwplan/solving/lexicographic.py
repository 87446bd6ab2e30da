"""Solve the goals of a plan in order; then fix whole numbers and solve the rest as an LP, for exact values and duals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gwplan.common.status import Status
from gwplan.solving.highs import gap_of, solve_problem
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Deadline, Options, SolveResult
from gwplan.solving.problem import ExtraRow, Problem
from gwplan.solving.search import search

FINER, FINER_SECONDS = 0.5, 5.0
"""Share of the time of a search, and seconds at the least, in which a finer gap is tried for."""
KEPT_WITHIN = 1e-7
"""Share of its value by which an earlier goal may worsen for a later one: the solver's own tolerance."""
CLEAN = 1e-9
"""Values below this are rounding errors of the solver, not decisions."""


@dataclass(frozen=True)
class Answer:
    """The result for all goals. status: optimal, stopped, infeasible, unbounded or failed; x None without a plan.

    objective, bound and gap are those of the first goal; without a plan, bound is the least money, where that is above a cap;
    duals are by row, of the last; opened: sites that the first goal's relaxation opens; reason: why it stopped or failed, in words;
    vendors: see `gwplan.planning.vendors`;
    free: kinds of decisions, such as `halls.started`, that a plan which was given does not name.
    """

    status: Status
    x: Floats | None
    objective: float
    bound: float
    gap: float
    duals: Floats | None = None
    goals: list[dict[str, Any]] = field(default_factory=list)
    opened: tuple[str, ...] = ()
    reason: str = ""
    vendors: list[dict[str, Any]] | None = None
    free: tuple[str, ...] = ()


def solve_goals(arrays: Arrays, options: Options, *, fixed: Mapping[int, float] | None = None,
                start: Mapping[int, float] | None = None) -> Answer:
    """Solve for each goal in turn; later goals may not worsen earlier ones."""
    deadline, founds = Deadline(options), []
    problem = Problem(arrays, arrays.costs[0], fixed_columns=fixed or {}, start=start or {})
    for number, cost in enumerate(arrays.costs):
        problem = replace(problem, cost=cost)
        if number == 0:
            found = refined(problem, search(problem, deadline.within(), options.likely), deadline)
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
        return Answer(found.status, None, np.nan, found.bound, np.nan, reason=found.reason)
    proven = len(founds) == len(arrays.costs) and founds[-1][1].status == Status.OPTIMAL
    status = Status.OPTIMAL if proven else Status.STOPPED
    settled = len(founds) > 1 and not options.prove_later
    last = replace(options, time_limit=np.inf, cancel=None)  # the final LP always runs to its end
    x, duals = polished(arrays, founds[-1][1]) if settled else polish(problem, founds[-1], last)
    return replace(summed_up(status, x, duals, founds), opened=founds[0][1].opened, reason="" if proven else found.reason)


def refined(problem: Problem, found: SolveResult, deadline: Deadline) -> SolveResult:
    """A plan that is proven, and perhaps a better one or a closer bound, found in half the time that it took."""
    options = deadline.options
    if options.finer is None or found.status != Status.OPTIMAL or found.gap <= options.finer or found.interrupted:
        return found
    assert found.x is not None
    limited = replace(deadline.within(max(FINER_SECONDS, FINER * deadline.seconds)), gap=options.finer)
    more = search(problem.begun_at(problem.arrays.rounded(found.x)), limited, found.opened)
    if more.x is None:
        return found
    sign = 1.0 if problem.cost.maximize else -1.0  # times sign, the greater is the better
    best = more if sign * more.objective > sign * found.objective else found
    bounds = [each for each in (found.bound, more.bound) if np.isfinite(each)]
    bound = sign * min(sign * each for each in bounds)
    assert best.x is not None
    gap = gap_of(best.objective, bound, problem.cost.spend_in(best.x))
    return replace(best, status=Status.OPTIMAL, bound=bound, gap=gap, opened=found.opened, interrupted=more.interrupted, reason="")


def settle(problem: Problem, options: Options) -> SolveResult:
    """The best plan with the whole numbers of the start, as an earlier goal left them; without a bound."""
    return replace(solve_problem(problem.relaxed().fixed(problem.start), options), bound=np.nan, gap=np.nan)


def given(problem: Problem, options: Options) -> SolveResult | None:
    """The start, for a search that was stopped before it had a plan; without a bound. None if the start is not feasible."""
    if not (problem.start or problem.fixed_columns) or not problem.start_is_complete:
        return None
    found = settle(problem, replace(options, time_limit=np.inf, cancel=None))
    return None if found.x is None else replace(found, status=Status.STOPPED)


def kept_row(cost: Cost, best: float) -> ExtraRow:
    """The row that keeps a goal at its best, within the solver's tolerance."""
    slack = KEPT_WITHIN * max(1.0, abs(best))
    if cost.maximize:
        return ExtraRow(cost.coefficients, best - slack - cost.constant, np.inf)
    return ExtraRow(cost.coefficients, -np.inf, best + slack - cost.constant)


def polish(problem: Problem, last: tuple[Cost, SolveResult], options: Options) -> tuple[Floats, Floats | None]:
    """Values and duals with whole numbers fixed; those of the search if the LP fails, or if the search was an LP."""
    cost, found = last
    assert found.x is not None
    if found.row_duals is not None:
        return polished(problem.arrays, found)
    better = solve_problem(replace(problem, cost=cost).relaxed().fixed(problem.arrays.rounded(found.x)), options)
    return polished(problem.arrays, better if better.x is not None else replace(found, row_duals=None))


def polished(arrays: Arrays, found: SolveResult) -> tuple[Floats, Floats | None]:
    """Values and duals of an LP, without rounding errors of the solver."""
    assert found.x is not None
    x = np.where(np.abs(found.x) < CLEAN, 0.0, found.x)
    return x, found.row_duals[: len(arrays.rows)] if found.row_duals is not None else None


def summed_up(status: Status, x: Floats, duals: Floats | None, founds: list[tuple[Cost, SolveResult]]) -> Answer:
    """The answer, with the value of each goal in the final plan."""
    goals: list[dict[str, Any]] = []
    for cost, found in founds:
        value = cost.value(x)
        # The final LP may have moved the plan a little from what the search found: the gap is that of the final plan.
        gap = gap_of(value, found.bound, cost.spend_in(x)) if np.isfinite(found.bound) else found.gap
        goals.append({"kind": cost.kind, "objective": value, "bound": found.bound, "gap": gap, "seconds": found.seconds})
    first = goals[0]
    return replace(Answer(status, x, first["objective"], first["bound"], first["gap"]), duals=duals, goals=goals)
