"""Rows that may be missed at a price: what clashes, and by how little targets must be relaxed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.model.block import Key, Rule
from gwplan.solving.linear_program import Arrays, Cost, Floats

if TYPE_CHECKING:
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays, Cost, Floats

TARGET = "goal.target_is_met"


@dataclass(frozen=True)
class Loosened:
    """Arrays with a column for what each row of a target misses, and goals that make these least first."""

    arrays: Arrays
    columns: int

    def answer(self, found: Answer) -> Answer:
        """The answer with the columns of the plan alone."""
        return found if found.x is None else replace(found, x=found.x[: self.columns])


def loosened(arrays: Arrays, dropped: Callable[[Rule, Key], bool]) -> Loosened:
    """Let targets be missed; rows of `dropped`, and those that only restate targets, are left out."""
    from scipy.sparse import csc_matrix, hstack

    rows = [row for row, (rule, _) in enumerate(arrays.rows) if rule.full_name == TARGET]
    targets = [int(str(arrays.rows[row][1][0])) for row in rows]
    more, count = len(rows), len(arrays.variables)
    missed = csc_matrix((np.ones(more), (rows, np.arange(more))), shape=(len(arrays.rows), more))
    free = np.array([rule.follows or dropped(rule, key) for rule, key in arrays.rows], dtype=bool)
    costs = [least_missed(count, np.array([each == target for each in targets], dtype=float)) for target in sorted(set(targets))]
    larger = replace(
        arrays, matrix=hstack([arrays.matrix, missed], format="csc"), variables=[*arrays.variables, *([None] * more)],
        whole=np.append(arrays.whole, np.zeros(more, dtype=bool)), lower=np.where(free, -np.inf, arrays.lower),
        upper=np.where(free, np.inf, arrays.upper), costs=costs + [widened(cost, more) for cost in arrays.costs],
    )  # fmt: skip
    return Loosened(larger, count)


def least_missed(count: int, mine: Floats) -> Cost:
    """What one target misses, summed over periods, is made least."""
    from gwplan.solving.linear_program import Cost

    return Cost("least_missed", False, np.concatenate([np.zeros(count), mine]), 0.0, None, 0.0)


def widened(cost: Cost, more: int) -> Cost:
    """A goal that does not count what is missed."""
    spend = None if cost.spend is None else np.append(cost.spend, np.zeros(more))
    return replace(cost, coefficients=np.append(cost.coefficients, np.zeros(more)), spend=spend)


VISIBLE = 1e-6
"""A miss, relative to its bound, that is more than the solver's tolerance."""


@dataclass(frozen=True)
class Miss:
    """A row that is missed: by `amount` of its unit, against its bound."""

    rule: Rule
    key: Key
    amount: float
    bound: float


@dataclass(frozen=True)
class Elastic:
    """Arrays whose chosen rows may be missed, each side by a column of its own, at a cost relative to the row's bound."""

    arrays: Arrays
    cost: Cost
    rows: list[int]
    bounds: Floats
    first: int

    def misses(self, x: Floats) -> list[Miss]:
        """What is missed in a solution."""
        missed: dict[int, float] = {}
        for row, amount in zip(self.rows, x[self.first :], strict=True):
            if amount > VISIBLE * self.bounds[row]:
                missed[row] = missed.get(row, 0.0) + float(amount)
        return [Miss(*self.arrays.rows[row], amount, float(self.bounds[row])) for row, amount in missed.items()]


def elastic(arrays: Arrays, rows: Iterable[int]) -> Elastic:
    """Let rows be missed. Rows that only tighten the search are left out: they restate promises."""
    from scipy.sparse import csc_matrix, hstack

    sides = [(row, sign) for row in rows for sign, bound in ((-1.0, arrays.upper[row]), (1.0, arrays.lower[row])) if np.isfinite(bound)]
    index, signs = np.array([row for row, _ in sides]), np.array([sign for _, sign in sides])
    slack = csc_matrix((signs, (index, np.arange(len(sides)))), shape=(len(arrays.rows), len(sides)))
    count, bounds = len(arrays.variables), scale_of(arrays)
    cost = Cost("least_missed", False, np.concatenate([np.zeros(count), 1 / bounds[index]]), 0.0, None, 0.0)
    follows = np.array([rule.follows for rule, _ in arrays.rows])
    larger = replace(arrays, matrix=hstack([arrays.matrix, slack], format="csc"), variables=[*arrays.variables, *([None] * len(sides))],
                     whole=np.append(arrays.whole, np.zeros(len(sides), dtype=bool)),
                     lower=np.where(follows, -np.inf, arrays.lower), upper=np.where(follows, np.inf, arrays.upper))
    return Elastic(larger, cost, [row for row, _ in sides], bounds, count)


def scale_of(arrays: Arrays) -> Floats:
    """What a miss of each row is relative to: its bound, or what it allows at an open site."""
    rhs = np.abs(np.where(np.isfinite(arrays.upper), arrays.upper, arrays.lower))
    opened = [column for (name, _), column in arrays.columns.items() if name == "sites.opened"]
    allowed = np.abs(arrays.matrix[:, opened]).max(axis=1).toarray().ravel() if opened else np.zeros_like(rhs)
    found = np.maximum(rhs, allowed)
    return np.asarray(np.where(found > VISIBLE, found, 1.0))
