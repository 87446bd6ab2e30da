"""Where the simplex method begins: for some goals from nothing built."""

from __future__ import annotations

from typing import Any

from gwplan.arrays import Arrays, Cost

PRIMAL_SIMPLEX = 4
"""HiGHS's number for the primal simplex method."""
PRIMAL = frozenset(("most_compute",))
"""Goals whose relaxation the primal simplex method solves in half the time of the dual one, where it may begin from nothing
built; `soonest` takes it a fifth longer, and goals with targets, which nothing built misses, thrice as long."""


def begin(highs: Any, arrays: Arrays, cost: Cost) -> None:
    """Choose the primal method for a goal that it suits, where nothing built is a plan."""
    if cost.kind in PRIMAL and (arrays.lower <= 0).all() and (arrays.upper >= 0).all():
        highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
