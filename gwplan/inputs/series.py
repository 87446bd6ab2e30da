"""Rows of one quantity of one item at one site (or all sites): which row applies in a period, and its value."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from gwplan.common.calendar import MONTHS_A_YEAR, Period
from gwplan.inputs.values import Value


class Series:
    """An undated row and dated ones, read as the quantity declares: step, linear or own."""

    def __init__(self) -> None:
        self.undated: Value | None = None
        self._dated: list[Value] = []
        self._firsts: list[int] | None = None

    def add(self, value: Value) -> None:
        """Add a row."""
        if value.when is None:
            self.undated = value
        else:
            self._dated.append(value)
            self._firsts = None

    def values(self) -> Iterator[Value]:
        """The undated row, then the dated ones by date."""
        self._sort()
        if self.undated is not None:
            yield self.undated
        yield from self._dated

    def first(self) -> Value:
        """The undated row, else the first dated one."""
        return next(self.values())

    def holding(self, period: Period | None) -> Value | None:
        """The row that applies on the first day of a period; with None the undated one."""
        if period is None or not self._dated:
            return self.undated
        firsts = self._sort()
        if self._dated[0].quantity.between == "own":
            return next((value for value, first in zip(self._dated, firsts, strict=True) if first // MONTHS_A_YEAR == period.year), None)
        place = bisect_right(firsts, period.first)
        return self._dated[place - 1] if place else self.undated

    def number(self, period: Period | None) -> float | None:
        """The number in a period; a linear quantity is interpolated, in months, at the period's middle."""
        if period is not None and self._dated and self._dated[0].quantity.between == "linear":
            return self._interpolated(period.middle)
        value = self.holding(period)
        return None if value is None else value.base

    def behind(self, period: Period | None) -> tuple[Value, ...]:
        """The rows that determine a value in a period: one, or the two that it is interpolated from."""
        if period is None or not self._dated or self._dated[0].quantity.between != "linear":
            value = self.holding(period)
            return () if value is None else (value,)
        points, firsts = self._points()
        place = bisect_right(firsts, period.middle)
        if place in (0, len(firsts)):
            return () if not place and self.undated is None else (points[max(0, place - 1)],)
        return tuple(points[place - 1 : place + (firsts[place - 1] < period.middle)])

    def _points(self) -> tuple[list[Value], list[float]]:
        """Rows with their months; an undated row counts as dated a year before the first dated one."""
        firsts = [float(first) for first in self._sort()]
        points = list(self._dated)
        if self.undated is not None:
            points.insert(0, self.undated)
            firsts.insert(0, firsts[0] - MONTHS_A_YEAR)
        return points, firsts

    def _interpolated(self, month: float) -> float | None:
        """Linear interpolation between dated rows; an undated row applies until a year before the first dated one."""
        points, firsts = self._points()
        if self.undated is None and month < firsts[0]:
            return None
        bases = [value.base for value in points]
        place = bisect_right(firsts, month)
        if place == 0:
            return bases[0]
        if place == len(firsts):
            return bases[-1]
        share = (month - firsts[place - 1]) / (firsts[place] - firsts[place - 1])
        return bases[place - 1] + share * (bases[place] - bases[place - 1])

    def _sort(self) -> list[int]:
        if self._firsts is None:
            self._dated.sort(key=lambda value: value.when.first if value.when else 0)
            self._firsts = [value.when.first for value in self._dated if value.when]
        return self._firsts
