"""Arrays small enough to be solved by eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csc_array

from gwplan.model.block import Key, Rule
from gwplan.solving.linear_program import Arrays, Cost


def arrays_of(rows: Sequence[Sequence[float]], lower: Sequence[float], upper: Sequence[float], whole: Sequence[bool], most: Sequence[float]) -> Arrays:
    """Rows between their bounds, no variable negative; the sum of `most` is maximised."""
    matrix = np.array(rows, dtype=float)
    rules: list[tuple[Rule, Key]] = [(Rule("small", "row", ("number",), "", "", False, {}), (number,)) for number in range(len(matrix))]
    cost = Cost("most_value", True, np.array(most, dtype=float), 0.0, None, 0.0)
    return Arrays(csc_array(matrix), np.array(lower, dtype=float), np.array(upper, dtype=float), np.array(whole), [None] * matrix.shape[1], {}, rules,
                  [cost])
