"""A bound on all plans for a goal, tightened by branching once on the number of halls.

Halls are whole, but the relaxation may start sixteen and a half. Every plan has at most sixteen or at least seventeen, so the
better of the relaxations of these two halves is a bound on all plans, and a tighter one. A half whose relaxation is no better
than the plan found holds no better plan, and is excluded from the search that follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gwplan.common.status import Status
from gwplan.solving.decomposition import relax
from gwplan.solving.highs import gap_of
from gwplan.solving.linear_program import Floats
from gwplan.solving.options import Options, SolveResult
from gwplan.solving.problem import ExtraRow, Problem
from gwplan.solving.site_openings import opened

COUNTED = "halls.started"
"""The whole numbers whose sum is split."""
NEAR = 2.0
"""The halves are solved for a plan within this many gaps of the bound: they tighten the bound only a little."""
WHOLE = 1e-4
"""A sum this close to a whole number counts as whole: there is nothing to split."""


@dataclass
class Bounds:
    """The problem of one goal, its relaxation, and a bound on all its plans.

    problem: gets a row that every plan better than the one found keeps. bound: no plan is better. wanted: the gap that is asked for.
    interrupted: True if Ctrl-C was pressed while the bound was tightened.
    """

    problem: Problem
    relaxed: SolveResult
    bound: float
    wanted: float = 0.0
    halved: bool = False
    interrupted: bool = False

    def gap(self, found: SolveResult) -> float:
        """Gap of a plan: its distance from the bound, relative as for the goal."""
        assert found.x is not None
        return gap_of(found.objective, self.bound, self.problem.cost.spend_in(found.x))

    def proves(self, found: SolveResult, options: Options) -> bool:
        """True if a plan is proven to the gap. If it is near, the halves are solved once, within the time limit."""
        if found.x is None:
            return False
        if options.gap < self.gap(found) <= NEAR * options.gap and not self.halved:
            self._halve(found, options)
        return self.gap(found) <= options.gap

    def _halve(self, found: SolveResult, options: Options) -> None:
        assert self.relaxed.x is not None and found.x is not None
        self.halved = True
        counted = self._counted()
        total = float(counted @ self.relaxed.x)
        if abs(total - round(total)) <= WHOLE:
            return
        most = float(np.floor(total))
        rows = [ExtraRow(counted, -np.inf, most), ExtraRow(counted, most + 1, np.inf)]
        if counted @ found.x > most + WHOLE:
            rows.reverse()  # the plan's own half comes first
        sign = 1.0 if self.problem.cost.maximize else -1.0  # times sign, the greater is the better
        bounds = [self._relaxed(row, options) for row in rows]
        if any(np.isnan(bounds)):
            return
        self.bound = sign * min(sign * self.bound, max(sign * each for each in bounds))
        if sign * bounds[1] <= sign * found.objective:
            self.problem = self.problem.with_rows([rows[0]])

    def _counted(self) -> Floats:
        """1 for each column that is counted."""
        arrays = self.problem.arrays
        counted = np.zeros(len(arrays.variables))
        counted[[column for (name, _), column in arrays.columns.items() if name == COUNTED and arrays.whole[column]]] = 1.0
        return counted

    def _relaxed(self, row: ExtraRow, options: Options) -> float:
        """Bound on the plans that keep one more row: infinite if infeasible, NaN if time ran out."""
        assert self.relaxed.x is not None
        found = relax(self.problem.with_rows([row]), options, opened(self.problem.arrays, self.relaxed.x))
        self.interrupted = self.interrupted or found.interrupted
        if found.status == Status.INFEASIBLE:
            return -np.inf if self.problem.cost.maximize else np.inf
        return found.bound if found.status == Status.OPTIMAL else np.nan
