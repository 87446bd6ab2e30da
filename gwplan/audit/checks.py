"""The result of an audit: one line per check, with its largest error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Axes = Sequence[Sequence[str]]
"""The labels along each axis of an array."""
YES = 1 / 2
"""A yes or no is written as it was solved, within a tolerance of 1 or 0: above the middle it is a yes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    name: the rule that every correct answer satisfies; part: the subject. worst: the largest error, relative to
    1 + the larger of the two sides; where: its index and the two sides; rows: number of rows compared.
    """

    name: str
    part: str
    worst: float
    where: str
    passed: bool
    rows: int

    def __str__(self) -> str:
        return f"{self.part}.{self.name}" + ("" if self.passed else f" fails at {self.where}")


@dataclass(frozen=True)
class Audit:
    """The result of an audit: `ok` if every check passed.

    unchecked: tables of the run that no check reads. not_checked: other unchecked content of the folder, in words.
    """

    ok: bool
    checks: list[Check]
    unchecked: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[Check]:
        """Checks that did not pass, in the order they were made."""
        return [check for check in self.checks if not check.passed]

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, without infinities, for `audit.json`."""
        rows = [asdict(check) | {"worst": check.worst if math.isfinite(check.worst) else None} for check in self.checks]
        return {"ok": self.ok, "checks": rows, "unchecked": self.unchecked, "not_checked": self.not_checked}


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a comparison, for checks of the run's own table of limits. sense: `at most`, `at least` ..."""

    sense: str
    left: Array
    right: Array
    axes: Axes
    scale: Array | None

    @property
    def slack(self) -> Array:
        """The slack of the comparison."""
        return self.left - self.right if self.sense == "at least" else self.right - self.left


class Checks:
    """Collects checks. `tolerance` is absolute for small numbers and relative for large ones.

    sides: both sides of each comparison, by its full name.
    """

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.found: list[Check] = []
        self.sides: dict[str, Sides] = {}

    def equal(self, full_name: str, written: Array, expected: Array, axes: Axes, scale: Array | None = None) -> None:
        """Both arrays are equal. `scale`: reference size of the error, for numbers that are small differences of large sums."""
        self._note(full_name, np.abs(written - expected), Sides("should be", written, expected, axes, scale))

    def at_most(self, full_name: str, left: Array, right: Array, axes: Axes, scale: Array | None = None) -> None:
        """Left is at most right everywhere; a nan on the right is no limit."""
        limit = np.where(np.isnan(right), np.inf, right)
        self._note(full_name, np.maximum(left - limit, 0), Sides("at most", left, limit, axes, scale))

    def at_least(self, full_name: str, left: Array, right: Array, axes: Axes) -> None:
        """Left is at least right everywhere."""
        self._note(full_name, np.maximum(right - left, 0), Sides("at least", left, right, axes, None))

    def nothing(self, full_name: str, amount: Array, forbidden: npt.NDArray[np.bool_], axes: Axes, scale: Array | None = None) -> None:
        """The amount is zero wherever it is forbidden. `scale`: as for `equal`."""
        amount, forbidden = np.broadcast_arrays(amount, forbidden)
        self.equal(full_name, np.where(forbidden, amount, 0.0), np.zeros(amount.shape), axes, scale)

    def found_wrong(self, full_name: str, wrong: Sequence[str], rows: int) -> None:
        """`wrong` lists the violations of the rule, in words; it should be empty."""
        part, name = full_name.split(".", 1)
        self.found.append(Check(name, part, float(len(wrong)), "; ".join(wrong[:3]), not wrong, rows))

    def _note(self, full_name: str, miss: Array, given: Sides) -> None:
        part, name = full_name.split(".", 1)
        miss, left, right = np.broadcast_arrays(miss, given.left, given.right)
        self.sides[full_name] = replace(given, left=left, right=right)
        if not miss.size:
            self.found.append(Check(name, part, 0.0, "", True, 0))
            return
        sides = np.maximum(np.abs(left), np.where(np.isfinite(right), np.abs(right), 0.0))
        size = sides if given.scale is None else np.maximum(sides, given.scale)
        relative = miss / (1 + size)
        # A nan means that the inputs lack a needed number: always a failure.
        relative = np.where(np.isnan(relative), np.inf, relative)
        place = np.unravel_index(int(np.argmax(relative)), relative.shape)
        worst = float(relative[place])
        labels = ", ".join(axis[int(number)] for axis, number in zip(given.axes, place, strict=True))
        where = f"{labels or 'the plan'}: is {left[place]:.9g}, {given.sense} {right[place]:.9g}" if worst > 0 else ""
        self.found.append(Check(name, part, worst, where, worst <= self.tolerance, int(miss.size)))
