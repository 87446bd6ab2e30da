"""A model without its columns that are fixed: smaller, and its relaxation may be solved site by site.

What a fixed column adds to a row moves to the row's bounds, and what it adds to a goal to the goal's constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwplan.solving.linear_program import Arrays, Cost, Floats


@dataclass(frozen=True)
class Settled:
    """The rest of a model. kept: its columns in the whole; values: of all columns of the whole, those of the rest 0."""

    arrays: Arrays
    kept: NDArray[np.int64]
    values: Floats

    def whole(self, x: Floats) -> Floats:
        """A solution of the rest as one of the whole."""
        found = self.values.copy()
        found[self.kept] = x
        return found


def settled(arrays: Arrays, fixed: Mapping[int, float]) -> Settled:
    """Leave the fixed columns out. fixed: values by column."""
    values = np.zeros(len(arrays.variables))
    values[list(fixed)] = list(fixed.values())
    free = np.ones(len(values), dtype=bool)
    free[list(fixed)] = False
    kept = np.flatnonzero(free)
    place = np.full(len(values), -1)
    place[kept] = np.arange(len(kept))
    used = arrays.matrix @ values

    def rest(cost: Cost) -> Cost:
        spend = None if cost.spend is None else cost.spend[kept]
        more = 0.0 if cost.spend is None else float(cost.spend @ values)
        return replace(cost, coefficients=cost.coefficients[kept], constant=cost.value(values), spend=spend,
                       spend_constant=cost.spend_constant + more)

    less = replace(
        arrays, matrix=arrays.matrix.tocsc()[:, kept], lower=arrays.lower - used, upper=arrays.upper - used, whole=arrays.whole[kept],
        variables=[arrays.variables[column] for column in kept], costs=[rest(cost) for cost in arrays.costs],
        columns={name: int(place[column]) for name, column in arrays.columns.items() if free[column]},
    )  # fmt: skip
    return Settled(less, kept, values)
