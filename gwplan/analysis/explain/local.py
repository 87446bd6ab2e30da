"""What a small change of a number does to a plan whose whole numbers are fixed: its slope, and how far that slope holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gwplan.solving.linear_program import Arrays, Floats
    from gwplan.solving.ranging import Ranged

CHANGED = 1e-12
"""Smaller differences of two coefficients are rounding."""


@dataclass(frozen=True)
class Local:
    """slope: change of the goal for one whole step. low, high: steps between which it holds, 0 among them; None if unknown."""

    slope: float
    low: float | None
    high: float | None


def local(base: Arrays, found: Ranged, stepped: Arrays) -> Local | None:
    """The slope from a model to one in which a number has moved by one step; None if they have other rows or columns.

    By the envelope theorem: duals times what the step changes in each row at the plan, and what it changes in the goal. Where several
    rows change, or a row by its coefficients of what is fixed with the whole numbers, the range is what the 100 % rule guarantees.
    """
    if base.columns != stepped.columns or names(base) != names(stepped):
        return None
    matrix: Any = stepped.matrix - base.matrix
    free = bool((np.abs(matrix.tocsc()[:, ~settled(base)].data) > CHANGED).any())
    moved = bounds(stepped) - bounds(base) - matrix @ found.x
    cost, other = base.costs[0], stepped.costs[0]
    goal = float((other.coefficients - cost.coefficients) @ found.x + other.constant - cost.constant)
    slope = float(found.duals @ moved) + goal
    if free or np.abs(other.coefficients - cost.coefficients).max(initial=0.0) > CHANGED:
        return Local(slope, None, None)
    low, high = rooms(bounds(base), moved, found)
    return Local(slope, low, high)


def names(arrays: Arrays) -> list[tuple[str, Any]]:
    """Rule and key of each row."""
    return [(rule.full_name, key) for rule, key in arrays.rows]


def settled(arrays: Arrays) -> NDArray[np.bool_]:
    """The columns that have one value once whole numbers are fixed: whole, or alone beside such columns in an equation."""
    equal = (arrays.matrix.tocsr()[arrays.lower == arrays.upper]).astype(bool).astype(float)
    known, before = arrays.whole.copy(), -1
    while known.sum() > before:
        before = int(known.sum())
        alone = equal[np.flatnonzero(equal @ (~known).astype(float) == 1.0)]
        known |= np.asarray(alone.sum(axis=0)).ravel() > 0
    return known


def bounds(arrays: Arrays) -> Floats:
    """The one finite bound of each row."""
    return np.where(np.isfinite(arrays.upper), arrays.upper, arrays.lower)


def rooms(bound: Floats, moved: Floats, found: Ranged) -> tuple[float | None, float | None]:
    """Steps down and up between which no dual changes: for one row its range, for several what the 100 % rule allows."""
    rows = np.flatnonzero(np.abs(moved) > CHANGED)
    if not len(rows):
        return -math.inf, math.inf
    down, up = found.low[rows] - bound[rows], found.high[rows] - bound[rows]
    if np.isnan(down).any() or np.isnan(up).any():
        return None, None
    ends = []
    for sign in (-1.0, 1.0):
        change = sign * moved[rows]
        room = np.where(change > 0, np.maximum(up, 0.0), np.maximum(-down, 0.0))
        with np.errstate(divide="ignore"):
            used = np.where(np.isinf(room), 0.0, np.abs(change) / room).sum()
        ends.append(float(sign * (1.0 / used if used > 0 else np.inf)))
    return ends[0], ends[1]
