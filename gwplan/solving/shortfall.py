"""Targets relaxed by the smallest shortfall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.model.block import Key, Rule

if TYPE_CHECKING:
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays, Cost, Floats

TARGET = "goal.target_is_met"


@dataclass(frozen=True)
class Loosened:
    """Arrays with a shortfall column for each row of a target, and goals that minimise these first."""

    arrays: Arrays
    columns: int

    def answer(self, found: Answer) -> Answer:
        """The answer without the shortfall columns."""
        return found if found.x is None else replace(found, x=found.x[: self.columns])


def loosened(arrays: Arrays, dropped: Callable[[Rule, Key], bool]) -> Loosened:
    """Let targets be missed; rows of `dropped`, and redundant rows, are left out."""
    from scipy.sparse import csc_matrix, hstack

    rows = [row for row, (rule, _) in enumerate(arrays.rows) if rule.full_name == TARGET]
    targets = [int(str(arrays.rows[row][1][0])) for row in rows]
    more, count = len(rows), len(arrays.variables)
    missed = csc_matrix((np.ones(more), (rows, np.arange(more))), shape=(len(arrays.rows), more))
    free = np.array([rule.redundant or dropped(rule, key) for rule, key in arrays.rows], dtype=bool)
    costs = [least_missed(count, np.array([each == target for each in targets], dtype=float)) for target in sorted(set(targets))]
    larger = replace(
        arrays, matrix=hstack([arrays.matrix, missed], format="csc"), variables=[*arrays.variables, *([None] * more)],
        whole=np.append(arrays.whole, np.zeros(more, dtype=bool)), lower=np.where(free, -np.inf, arrays.lower),
        upper=np.where(free, np.inf, arrays.upper), costs=costs + [widened(cost, more) for cost in arrays.costs],
    )  # fmt: skip
    return Loosened(larger, count)


def least_missed(count: int, mine: Floats) -> Cost:
    """Minimise the shortfall of one target, summed over periods."""
    from gwplan.solving.linear_program import Cost

    return Cost("least_missed", False, np.concatenate([np.zeros(count), mine]), 0.0, None, 0.0)


def widened(cost: Cost, more: int) -> Cost:
    """A goal over more columns, which it does not count."""
    spend = None if cost.spend is None else np.append(cost.spend, np.zeros(more))
    return replace(cost, coefficients=np.append(cost.coefficients, np.zeros(more)), spend=spend)
