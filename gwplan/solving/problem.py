"""One goal of a plan as it is put to the solver: arrays, cost, rows that are added, columns that are fixed, and where to begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from gwplan.solving.linear_program import Arrays, Cost, Floats


class ExtraRow(NamedTuple):
    """lower <= coefficients @ x <= upper, beside the rows of the arrays: an earlier goal, or a half of all plans."""

    coefficients: Floats
    lower: float
    upper: float


@dataclass(frozen=True)
class Problem:
    """What is solved at once. Each method gives another problem, and leaves this one as it is.

    fixed_columns: values by column that every plan has. start: values by column of a plan to begin from, which may be none any more.
    """

    arrays: Arrays
    cost: Cost
    extra_rows: tuple[ExtraRow, ...] = ()
    fixed_columns: Mapping[int, float] = field(default_factory=dict)
    start: Mapping[int, float] = field(default_factory=dict)

    def relaxed(self) -> Problem:
        """Without whole numbers. A linear program needs no start, and its gap is relative to its own objective."""
        return replace(self, arrays=self.arrays.relaxed(), cost=replace(self.cost, spend=None), start={})

    def fixed(self, values: Mapping[int, float]) -> Problem:
        """With more columns fixed; those that are fixed already keep their values."""
        return replace(self, fixed_columns={**values, **self.fixed_columns})

    def with_rows(self, rows: Iterable[ExtraRow]) -> Problem:
        """With more rows."""
        return replace(self, extra_rows=(*self.extra_rows, *rows))

    def begun_at(self, start: Mapping[int, float]) -> Problem:
        """With another start."""
        return replace(self, start=start)

    def joined(self) -> Problem:
        """With the extra rows in the arrays, after their own."""
        if not self.extra_rows:
            return self
        from scipy.sparse import csr_array, vstack

        arrays = self.arrays
        coefficients, lower, upper = zip(*self.extra_rows, strict=True)
        rows = [*arrays.rows, *[None] * len(lower)]
        joined = replace(arrays, matrix=vstack([arrays.matrix, csr_array(np.array(coefficients))]).tocsc(), rows=rows,  # type: ignore[arg-type]
                         lower=np.append(arrays.lower, lower), upper=np.append(arrays.upper, upper))
        return replace(self, arrays=joined, extra_rows=())

    @property
    def start_is_complete(self) -> bool:
        """True if the start, with the columns that are fixed, says every whole number."""
        return all(int(column) in self.start or int(column) in self.fixed_columns for column in np.flatnonzero(self.arrays.whole))
