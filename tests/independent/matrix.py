"""Linear sums and a sparse mixed-integer program around scipy.optimize.milp."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

INFINITY = float("inf")


@dataclass
class Sum:
    """constant + sum of coefficient * column."""

    terms: dict[int, float] = field(default_factory=dict)
    constant: float = 0.0

    def gain(self, other: Sum | float, factor: float = 1.0) -> Sum:
        """Add factor * other in place."""
        if isinstance(other, Sum):
            for column, coefficient in other.terms.items():
                self.terms[column] = self.terms.get(column, 0.0) + factor * coefficient
            self.constant += factor * other.constant
        else:
            self.constant += factor * other
        return self

    def copy(self) -> Sum:
        return Sum(dict(self.terms), self.constant)

    def __add__(self, other: Sum | float) -> Sum:
        return self.copy().gain(other)

    def __sub__(self, other: Sum | float) -> Sum:
        return self.copy().gain(other, -1.0)

    def __mul__(self, factor: float) -> Sum:
        return Sum().gain(self, factor)

    def value(self, levels: np.ndarray) -> float:
        return self.constant + sum(coefficient * float(levels[column]) for column, coefficient in self.terms.items())


def total(sums: Iterable[Sum | float]) -> Sum:
    result = Sum()
    for item in sums:
        result.gain(item)
    return result


class InfeasibleError(Exception):
    """No plan keeps all the rules."""


class Matrix:
    """Columns (all at least zero) and rows of a mixed-integer program."""

    def __init__(self) -> None:
        self.integer: list[int] = []
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, integer: bool = False, upper: float = INFINITY) -> Sum:
        self.integer.append(int(integer))
        self.upper.append(upper)
        return Sum({len(self.upper) - 1: 1.0})

    def at_most(self, left: Sum | float, right: Sum | float) -> None:
        """left <= right, written as one row with everything variable on its left."""
        difference = total([left]) - right
        self.rows.append((difference.terms, -INFINITY, -difference.constant))

    def equal(self, left: Sum | float, right: Sum | float) -> None:
        difference = total([left]) - right
        self.rows.append((difference.terms, -difference.constant, -difference.constant))

    def maximise(self, goal: Sum, gap: float) -> np.ndarray:
        """Levels of the columns at the optimum; integers are rounded and the rest solved once more around them."""
        rough = self._solve(goal, gap, np.zeros(len(self.upper)), np.array(self.upper), np.array(self.integer))
        whole = np.array(self.integer, dtype=bool)
        lower = np.where(whole, np.round(rough), 0.0)
        upper = np.where(whole, np.round(rough), np.array(self.upper))
        return self._solve(goal, gap, lower, upper, np.zeros(len(self.upper)))

    def _solve(self, goal: Sum, gap: float, lower: np.ndarray, upper: np.ndarray, integer: np.ndarray) -> np.ndarray:
        price = np.zeros(len(self.upper))
        for column, coefficient in goal.terms.items():
            price[column] = -coefficient
        rules = self._constraints()
        answer = milp(price, integrality=integer, bounds=Bounds(lower, upper), constraints=rules, options={"mip_rel_gap": gap})
        if answer.status == 4:  # "unbounded or infeasible": without a goal only the second can be
            probe = milp(np.zeros(len(price)), integrality=integer, bounds=Bounds(lower, upper), constraints=rules)
            if probe.status == 2:
                raise InfeasibleError(probe.message)
        if answer.status == 2:
            raise InfeasibleError(answer.message)
        if answer.status != 0:
            raise RuntimeError(answer.message)
        return np.asarray(answer.x)

    def _constraints(self) -> LinearConstraint:
        starts: list[int] = [0]
        columns: list[int] = []
        values: list[float] = []
        for terms, _, _ in self.rows:
            columns.extend(terms)
            values.extend(terms.values())
            starts.append(len(columns))
        shape = (len(self.rows), len(self.upper))
        body = csr_array((np.array(values, dtype=float), np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int32)), shape=shape)
        return LinearConstraint(body, [row[1] for row in self.rows], [row[2] for row in self.rows])
