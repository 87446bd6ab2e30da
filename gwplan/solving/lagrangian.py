"""A plan with finance by Lagrangian relaxation: the physical plan first, then its finance.

Rows of finance link the money of all periods, and make the search for whole halls and supplies slow. The duals of these rows in
the LP relaxation are the prices of money by class and period. With them in the objective, the physical plan is searched alone,
without any row or column of finance. Its whole numbers are then fixed, and finance is solved for them. The bound is still that of
the relaxation of the whole model, so the plan is proven like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays, Floats
from gwplan.solving.options import Deadline, Options, SolveResult
from gwplan.solving.problem import Problem

PART = "finance."
SWITCHES = {"is_profit": ("profit", "loss"), "is_earning": ("earnings", "shortfall")}
"""Whole numbers of finance that say which of two amounts may be positive."""


def columns_of_finance(arrays: Arrays) -> NDArray[np.bool_]:
    """True for each column that belongs to finance."""
    mask = np.zeros(len(arrays.variables), dtype=bool)
    mask[[column for (family, _), column in arrays.columns.items() if family.startswith(PART)]] = True
    return mask


def physical(problem: Problem, duals: Floats) -> tuple[Problem, NDArray[np.intp]]:
    """The problem without finance, with the prices of money in its objective; and the columns that it keeps, numbered as in the whole."""
    arrays, cost = problem.arrays, problem.cost
    money = columns_of_finance(arrays)
    matrix = arrays.matrix.tocsr()
    ties = np.zeros(len(arrays.rows), dtype=bool)
    ties[np.unique(matrix[:, np.flatnonzero(money)].nonzero()[0])] = True
    ties |= np.array([rule.full_name.startswith(PART) for rule, _ in arrays.rows])
    kept, rows = np.flatnonzero(~money), np.flatnonzero(~ties)
    priced = cost.coefficients - matrix[np.flatnonzero(ties)].T @ duals[np.flatnonzero(ties)]
    place = {int(column): number for number, column in enumerate(kept)}
    small = Arrays(
        matrix=matrix[rows][:, kept].tocsc(), lower=arrays.lower[rows], upper=arrays.upper[rows], whole=arrays.whole[kept],
        variables=[arrays.variables[column] for column in kept],
        columns={key: place[column] for key, column in arrays.columns.items() if column in place},
        rows=[arrays.rows[row] for row in rows], costs=[],
    )
    spend = None if cost.spend is None else cost.spend[kept]
    columns = {place[column]: value for column, value in problem.fixed_columns.items() if column in place}
    return Problem(small, replace(cost, coefficients=priced[kept], spend=spend), fixed_columns=columns), kept


def settled(problem: Problem, options: Options, relaxed: SolveResult, closed: Mapping[int, float]) -> SolveResult | None:
    """The physical plan at the prices of the relaxation, and its finance; None if either is not found.

    closed: openings, by column, of sites that the relaxation does not open.
    """
    arrays, deadline = problem.arrays, Deadline(options)
    if relaxed.row_duals is None or not arrays.financed:
        return None
    small, columns = physical(problem.fixed(closed), relaxed.row_duals[: len(arrays.rows)])
    found = solve_problem(small, options)
    if found.x is None or found.interrupted:
        return None
    whole = {int(columns[column]): value for column, value in small.arrays.rounded(found.x).items()}
    return financed(problem.fixed(whole).begun_at({}), deadline.within())


def financed(problem: Problem, options: Options) -> SolveResult | None:
    """Finance of a physical plan whose whole numbers are fixed: years of profit and loss as in the relaxation, the rest searched."""
    arrays, deadline = problem.arrays, Deadline(options)
    relaxed = solve_problem(problem.relaxed(), options)
    if relaxed.x is None or relaxed.interrupted:
        return None
    free = arrays.whole & ~np.isin(np.arange(len(arrays.whole)), list(following(arrays, relaxed.x)))
    searched = replace(problem, arrays=replace(arrays, whole=free))
    for given in (searched.fixed(switches(arrays, relaxed.x)), searched):
        plan = solve_problem(given, deadline.within())
        if plan.x is not None and not plan.interrupted:
            # Whole numbers that follow from amounts are set, and the amounts solved again.
            chosen = searched.arrays.rounded(plan.x) | following(arrays, plan.x)
            profits = {column for (family, _), column in arrays.columns.items() if family == PART + "is_profit"}
            again = {column: value for column, value in chosen.items() if column not in profits}
            plan = solve_problem(problem.fixed(again), deadline.within())
        if plan.x is not None or plan.interrupted:
            return plan if plan.x is not None else None
    plan = solve_problem(problem, deadline.within())
    return plan if plan.x is not None else None


def switches(arrays: Arrays, x: Floats) -> dict[int, float]:
    """Years of profit and loss, by column, as given by the amounts."""
    found = {}
    for switch, (gain, loss) in SWITCHES.items():
        for (family, key), column in arrays.columns.items():
            if family == PART + switch:
                places = [arrays.columns.get((PART + name, key)) for name in (gain, loss)]
                levels = [0.0 if place is None else float(x[place]) for place in places]
                found[column] = float(levels[0] >= levels[1])
    return found


def following(arrays: Arrays, x: Floats) -> dict[int, float]:
    """Whole numbers that follow from amounts, by column: years whose limit on interest binds, periods in which an investor pays in."""
    level = {place: float(x[column]) for place, column in arrays.columns.items() if place[0].startswith((PART, "contracts.invested"))}
    found = {column: float(level.get(("contracts.invested", key), 0.0) > level.get((PART + "returned", key), 0.0))
             for (family, key), column in arrays.columns.items() if family == PART + "pays_in"}
    limits = {key: number for number, (rule, key) in enumerate(arrays.rows) if rule.full_name == PART + "interest_within_limit"}
    activity, carried, before, whose = arrays.matrix @ x, 0.0, 0.0, None
    for key in sorted(limits, key=lambda each: (each[1:], each[0])):
        if key[1:] != whose:  # the first year; of each scenario, where there are several
            carried, before, whose = 0.0, 0.0, key[1:]
        row = limits[key]
        spare = abs(float(activity[row] - (arrays.upper[row] if np.isfinite(arrays.upper[row]) else arrays.lower[row])))
        deducted, after = level[PART + "deducted", key], level[PART + "interest_carried", key]
        carried, before = max(0.0, carried + deducted + after - before - (deducted + spare)), after
        if (PART + "is_limited", key) in arrays.columns:
            found[arrays.columns[PART + "is_limited", key]] = float(carried > 0)
    return found
