"""A plan with its whole numbers fixed, as a linear program: the dual of each row, and the range of its bound in which that dual holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gwplan.common.status import Status
from gwplan.solving.handover import add_rows, fix_columns, load
from gwplan.solving.highs import run, solve_problem
from gwplan.solving.linear_program import Floats
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem

FAR = 1e20
"""HiGHS gives bounds of this size where a range has no end."""


@dataclass(frozen=True)
class Ranged:
    """The optimum of a linear program. duals: change of the goal per unit of the bound of a row.

    low, high: the bound of each row between which its dual holds, all else unchanged; NaN where the solver gives none.
    """

    x: Floats
    objective: float
    duals: Floats
    low: Floats
    high: Floats


def ranged(problem: Problem, options: Options) -> Ranged | None:
    """Duals and ranges of a problem whose whole numbers are fixed at its start, the rest of them found; None without a plan."""
    whole = problem.start
    if not problem.start_is_complete:
        found = solve_problem(problem.fixed(whole), options)
        if found.x is None:
            return None
        whole = problem.arrays.rounded(found.x)
    fixed = problem.relaxed().fixed(whole)
    highs = load(fixed.arrays, fixed.cost, options)
    add_rows(highs, fixed.extra_rows)
    fix_columns(highs, fixed.fixed_columns)
    highs.setOptionValue("solver", "simplex")  # an interior point has no basis
    found = run(highs, fixed.cost, options)
    if found.status != Status.OPTIMAL or found.x is None or found.row_duals is None:
        return None
    _, ranging = highs.getRanging()
    count = len(problem.arrays.rows)
    low, high = (np.array(each.value_)[:count] if ranging.valid else np.full(count, np.nan)
                 for each in (ranging.row_bound_dn, ranging.row_bound_up))
    low, high = np.where(low <= -FAR, -np.inf, low), np.where(high >= FAR, np.inf, high)
    return Ranged(found.x, found.objective, found.row_duals[:count], low, high)
