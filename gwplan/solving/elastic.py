"""An elastic model, whose targets and limits may be missed, and its part before a date: a quick proof of infeasibility.

Rows of targets and limits get a slack column, at a cost relative to their bound. If the minimum of that cost is positive, even
without whole numbers, no plan keeps all rows. Leaving rows out keeps the proof valid, and without those of periods after the first
date of a target the linear program is several times faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from gwplan.model.block import Key, Rule
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.problem import Problem

VISIBLE = 1e-6
"""A miss, relative to its bound, that is more than the solver's tolerance."""
PROOF = 1e-5
"""Least sum of relative misses that proves that there is no plan: far above the solver's tolerance."""
TARGET = "goal.target_is_met"


@dataclass(frozen=True)
class Miss:
    """A row that is missed by `amount` of its unit. how: `at least ` or `about ` if whole numbers were relaxed.

    of_all: True if it is the minimum over the family of the largest relative miss, whichever row has it.
    """

    rule: Rule
    key: Key
    amount: float
    bound: float
    how: str = ""
    of_all: bool = False


@dataclass(frozen=True)
class Elastic:
    """Arrays whose chosen rows may be missed, each side by a column of its own, at a cost relative to the row's bound.

    rows, signs: of the columns, signs 1 where the row may be less than its bound and -1 where it may be more.
    weight: of one relative miss in the cost.
    """

    arrays: Arrays
    cost: Cost
    rows: list[int]
    signs: Floats
    bounds: Floats
    first: int
    weight: float

    @property
    def problem(self) -> Problem:
        """Minimise what is missed."""
        return Problem(self.arrays, self.cost)

    def misses(self, x: Floats, how: str = "") -> list[Miss]:
        """Rows that a solution misses."""
        missed: dict[int, float] = {}
        for row, amount in zip(self.rows, x[self.first :], strict=True):
            if amount > VISIBLE * self.bounds[row]:
                missed[row] = missed.get(row, 0.0) + float(amount)
        return [Miss(*self.arrays.rows[row], amount, float(self.bounds[row]), how) for row, amount in missed.items()]


def elastic(arrays: Arrays, rows: Iterable[int]) -> Elastic:
    """Let rows be missed. Redundant rows, which only tighten the relaxation, are left out."""
    from scipy.sparse import csc_matrix, hstack

    sides = [(row, sign) for row in rows for sign, bound in ((-1.0, arrays.upper[row]), (1.0, arrays.lower[row])) if np.isfinite(bound)]
    index, signs = np.array([row for row, _ in sides], dtype=int), np.array([sign for _, sign in sides])
    slack = csc_matrix((signs, (index, np.arange(len(sides)))), shape=(len(arrays.rows), len(sides)))
    count, bounds = len(arrays.variables), scale_of(arrays)
    # No coefficient below 1: the solver takes one below its tolerance for nothing.
    weight = float(bounds[index].max()) if len(index) else 1.0
    cost = Cost("least_missed", False, np.concatenate([np.zeros(count), weight / bounds[index]]), 0.0, None, 0.0)
    redundant = np.array([rule.redundant for rule, _ in arrays.rows])
    larger = replace(arrays, matrix=hstack([arrays.matrix, slack], format="csc"), variables=[*arrays.variables, *([None] * len(sides))],
                     whole=np.append(arrays.whole, np.zeros(len(sides), dtype=bool)),
                     lower=np.where(redundant, -np.inf, arrays.lower), upper=np.where(redundant, np.inf, arrays.upper))
    return Elastic(larger, cost, [row for row, _ in sides], signs, bounds, count, weight)


def scale_of(arrays: Arrays) -> Floats:
    """Scale of a miss of each row: its bound, or what it allows at an open site."""
    rhs = np.abs(np.where(np.isfinite(arrays.upper), arrays.upper, arrays.lower))
    opened = [column for (name, _), column in arrays.columns.items() if name == "sites.opened"]
    allowed = np.abs(arrays.matrix[:, opened]).max(axis=1).toarray().ravel() if opened else np.zeros_like(rhs)
    found = np.maximum(rhs, allowed)
    return np.asarray(np.where(found > VISIBLE, found, 1.0))


def promises(arrays: Arrays) -> list[int]:
    """The rows that are targets and limits set by the user."""
    return [row for row, (rule, _) in enumerate(arrays.rows) if rule.promise]


def until(arrays: Arrays, last: int) -> Arrays:
    """The arrays without the rows of periods after the last: a relaxation."""
    kept = [row for row, (rule, key) in enumerate(arrays.rows) if all(each <= last for each in periods_of(rule, key))]
    return arrays if len(kept) == len(arrays.rows) else arrays.of_rows(kept)


def periods_of(rule: Rule, key: Key) -> list[int]:
    """The periods that a row is about. Where several scenarios are solved together a key ends with the number of its scenario."""
    return [int(each) for name, each in zip(rule.over, key, strict=False) if name == "period"]


def dates(arrays: Arrays) -> list[int]:
    """The periods in which targets start and end, each once, in order: where to look for clashes first."""
    held: dict[int, list[int]] = {}
    for rule, key in arrays.rows:
        if rule.full_name == TARGET:
            held.setdefault(int(key[0]), []).append(int(key[1]))
    return sorted({min(each) for each in held.values()} | {max(each) for each in held.values()})


def is_plan(arrays: Arrays) -> bool:
    """True if building nothing is a plan."""
    return bool((arrays.lower <= 0).all() and (arrays.upper >= 0).all())
