"""Where the simplex method ended, so that the next linear program of the same shape begins there.

After a change of a few numbers the old basis is a few pivots from the new optimum. Where only bounds of rows changed, its duals are still
feasible and the dual simplex method goes on from it; otherwise the primal one does. A restart has been seen to end at a wrong optimum
(HiGHS issues): whoever uses the value as a bound proves it from the duals (`proven`), or solves again without a basis.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from gwplan.solving.linear_program import Floats

DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
"""HiGHS's numbers for the two methods."""
FEASIBLE = 1e-6
"""A reduced cost of the wrong sign up to this, relative to the largest cost, is rounding."""
BASIC = highspy.HighsBasisStatus.kBasic


@dataclass(frozen=True)
class Ended:
    """A basis, and the bounds of the rows that it is the optimum for."""

    columns: list[Any]
    rows: list[Any]
    lower: Floats
    upper: Floats


@dataclass
class Bases:
    """The last basis of each linear program that is solved again and again, by name. Safe in threads."""

    ended: dict[Hashable, Ended] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, name: Hashable, highs: Any) -> bool:
        """Begin where the program of this name ended; False, and nothing changes, if there is none of the same shape."""
        with self.lock:
            last = self.ended.get(name)
        program = highs.getLp()
        if last is None or (len(last.columns), len(last.rows)) != (program.num_col_, program.num_row_):
            return False
        basis = highspy.HighsBasis()
        basis.col_status, basis.row_status, basis.valid = last.columns, last.rows, True
        if highs.setBasis(basis) != highspy.HighsStatus.kOk:
            return False
        bounds = np.array_equal(last.lower, program.row_lower_) and np.array_equal(last.upper, program.row_upper_)
        highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX if bounds else DUAL_SIMPLEX)
        return True

    def keep(self, name: Hashable, highs: Any, columns: int | None = None) -> None:
        """Note where a program ended. columns: how many of its columns the next one has; later ones must not be basic."""
        basis, program = highs.getBasis(), highs.getLp()
        status = list(basis.col_status)
        if not basis.valid or (columns is not None and BASIC in status[columns:]):
            return
        ended = Ended(status[:columns], list(basis.row_status), np.array(program.row_lower_), np.array(program.row_upper_))
        with self.lock:
            self.ended[name] = ended


def proven(highs: Any) -> bool:
    """True if its duals prove the optimum of a linear program, by weak duality. Columns are at least 0, without a limit."""
    from scipy.sparse import csc_array

    program, solution = highs.getLp(), highs.getSolution()
    sign = -1.0 if program.sense_ == highspy.ObjSense.kMaximize else 1.0
    duals, costs = sign * np.array(solution.row_dual), sign * np.array(program.col_cost_)
    matrix = program.a_matrix_
    columns = csc_array((matrix.value_, matrix.index_, matrix.start_), shape=(program.num_row_, program.num_col_))
    scale = max(1.0, float(np.abs(costs).max(initial=0.0)))
    if (costs - columns.T @ duals).min(initial=0.0) < -FEASIBLE * scale:
        return False
    limits = np.where(duals > 0, program.row_lower_, program.row_upper_)
    used = np.abs(duals) > FEASIBLE * scale
    if not np.isfinite(limits[used]).all():
        return False
    used &= limits != 0
    bound = float(duals[used] @ limits[used])
    value = sign * (float(highs.getInfo().objective_function_value) - program.offset_)
    return bool(abs(bound - value) <= FEASIBLE * max(1.0, abs(value)))
