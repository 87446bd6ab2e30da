"""The break-even price of compute: the price path at which the sponsor's equity has zero value, with the build fixed.

The price paid by own use is multiplied by one number, the same in all periods. Build and operation are fixed as in the
plan; debt, taxes, distributions and other payments follow the price. With m the multiple:

    least m such that finance is feasible at m x price, and the value of equity at the required return is non-negative

Other revenue, such as compute sold by contract, does not change. If a covenant requires a higher price than the required
return, it determines the multiple and is named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gwplan.model.assemble import Plan
from gwplan.model.targets import measured
from gwplan.results.summary_levelised import discounted_hours
from gwplan.results.tables import level
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem

PRICED = ("finance.own_use_pays_its_price", "finance.rented_use_pays_its_price")
"""Rules that contain the price: a finance variable against price x compute."""
LEFT_OUT = ("finance.return_meets_hurdle",)
"""The rule on a minimum return above break-even."""
FREE = "finance."
GOAL = "most_equity_value"
RETURN = "required return"
LEAST_DUAL = 1e-9
LEAST_HOURS = 1e-6
"""Million H100e-hours below which own use counts as zero: the solver's tolerance."""
PRECISE, SECONDS = 1e-7, 20.0
"""Gap and time limit of the search, which takes less than a second."""


def break_even(plan: Plan, arrays: Arrays, x: Floats) -> dict[str, Any]:
    """The multiple of the price path and the resulting levelised price, real; None without own use, or if no price suffices."""
    price = levelised_price(plan)
    multiple, held_by = (None, []) if price is None else least_multiple(arrays, x, plan.case.definition.solver.threads)
    return {"price_usd_per_h100e_hour": price, "break_even_multiple": multiple,
            "break_even_usd_per_h100e_hour": None if price is None or multiple is None else multiple * price,
            "break_even_held_by": held_by}


def levelised_price(plan: Plan) -> float | None:
    """The levelised price: present value of price x hours over that of hours, for own compute not sold."""
    case, worth, hours = plan.case, 0.0, 0.0
    for period, amount in measured(case, plan.exchange, "compute").items():
        weight = discounted_hours(plan, period) * level(amount)
        worth += case.number("finance", "compute_sales", "price", period=period) * weight
        hours += weight
    return worth / hours if hours > LEAST_HOURS and worth > 0 else None


def least_multiple(arrays: Arrays, x: Floats, threads: int | None = None) -> tuple[float | None, list[str]]:
    """The least price multiple at which finance is feasible and equity is non-negative, and the binding rules.

    None if there is none. Binding: the sponsor's required return, else the rules of finance with a non-zero dual.
    """
    goal = next((cost for cost in arrays.costs if cost.kind == GOAL), None)
    if goal is None:
        return None, []
    names = sorted(arrays.columns, key=lambda name: arrays.columns[name])
    free = np.array([name.startswith(FREE) for name, _ in names], dtype=bool)
    priced = np.array([rule.full_name in PRICED for rule, _ in arrays.rows], dtype=bool)
    left_out = np.array([rule.full_name in LEFT_OUT for rule, _ in arrays.rows], dtype=bool)
    smaller, cost = fixed_but(arrays, goal, x, free, priced, ~left_out)
    options = Options(gap=PRECISE, time_limit=SECONDS, threads=threads)
    found = solve_problem(Problem(smaller, cost), options)
    if found.x is None:
        return None, []
    exact = solve_problem(Problem(smaller, cost).relaxed().fixed(smaller.rounded(found.x)), options)
    if exact.x is None or exact.row_duals is None:
        return float(found.x[-1]), []
    return float(exact.x[-1]), holding(smaller, exact.row_duals)


def holding(arrays: Arrays, duals: Floats) -> list[str]:
    """The required return if its row, the last, has a non-zero dual; else the rules that have one."""
    if abs(duals[-1]) > LEAST_DUAL:
        return [RETURN]
    dear = [rule for (rule, _), dual in zip(arrays.rows[:-1], duals, strict=False) if rule.promise and abs(dual) > LEAST_DUAL]
    return sorted({rule.full_name for rule in dear})


def fixed_but(arrays: Arrays, goal: Cost, x: Floats, free: Any, priced: Any, kept: Any) -> tuple[Arrays, Cost]:
    """The arrays restricted to the free columns, plus the multiple, which scales the fixed columns' part of the priced rows.

    The goal becomes a row: at least zero. Rows without a free column are dropped.
    """
    from scipy import sparse

    matrix = sparse.csc_matrix(arrays.matrix)
    given = matrix[:, ~free] @ x[~free]
    inside = sparse.csr_matrix(matrix[:, free])
    rows = np.flatnonzero(kept & (np.diff(inside.indptr) > 0))
    moved = np.where(priced, 0.0, given)
    worth = np.append(goal.coefficients[free], 0.0)
    paid = sparse.csr_matrix(np.where(priced, given, 0.0)[rows]).T
    whole = sparse.vstack([sparse.hstack([inside[rows], paid]), sparse.csr_matrix(worth)])
    least_worth = -(goal.constant + goal.coefficients[~free] @ x[~free])
    count = int(free.sum())
    smaller = replace(
        arrays, matrix=sparse.csc_matrix(whole), lower=np.append((arrays.lower - moved)[rows], least_worth),
        upper=np.append((arrays.upper - moved)[rows], np.inf), whole=np.append(arrays.whole[free], False),
        variables=[*(arrays.variables[n] for n in np.flatnonzero(free)), None], columns={},
        rows=[*(arrays.rows[n] for n in rows), arrays.rows[0]], costs=[],
    )
    return smaller, Cost("break_even", False, np.append(np.zeros(count), 1.0), 0.0, None, 0.0)
