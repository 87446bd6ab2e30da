"""Numbers of a case at any month, with their ranges, and a record of those that a calculation reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from gwplan.common.calendar import Period
from gwplan.inputs.case import Case
from gwplan.inputs.series import Series
from gwplan.inputs.values import Value

_WORD = re.compile(r"\w+")


class NotPriced(LookupError):
    """The tables have no number for what a figure includes, or the figure does not say what it needs; the text says which."""


@dataclass(frozen=True, slots=True)
class Read:
    """A number that was read. component: the part of the figure it belongs to. Without a range low and high are its base.

    sources: those of its rows, and those that their notes name.
    """

    key: str
    component: str
    low: float
    base: float
    high: float
    sources: frozenset[str]


class Numbers:
    """Look-ups in the tables of a case, before the horizon too.

    changed: numbers in place of those of the tables, by `table.item.quantity`. read: what was looked up, by key.
    """

    def __init__(self, case: Case, changed: Mapping[str, float] | None = None) -> None:
        self.case, self.changed = case, dict(changed or {})
        self.read: dict[str, Read] = {}
        self._series: dict[tuple[str, str, str], dict[str, Series]] = defaultdict(dict)
        for value in case.checked.values:
            row = value.row
            self._series[row.table, row.item, row.quantity].setdefault(row.site, Series()).add(value)

    def but(self, key: str, value: float) -> Numbers:
        """The same look-ups with another value of one number."""
        found = object.__new__(Numbers)
        found.case, found.changed, found.read, found._series = self.case, {**self.changed, key: value}, {}, self._series
        return found

    def label(self, table: str, item: str, quantity: str) -> str | None:
        """The first label of an item, whatever its date; None if there is none."""
        for series in self._series.get((table, item, quantity), {}).values():
            return series.first().text
        return None

    def number(self, name: str, component: str, month: int, site: str = "") -> float:
        """A number at a month, in its declared unit: of the site, else of all sites, else the median of the sites, else the default.

        name: `table.item.quantity`. component: the part of the figure that it is recorded for. NotPriced if there is none.
        """
        if name in self.changed:
            return self.changed[name]
        table, item, quantity = name.split(".")
        sites = self._series.get((table, item, quantity), {})
        own = [sites[each] for each in (site, "") if each in sites][:1]
        found = [each for each in (_at(series, month) for series in own or sites.values()) if each is not None]
        if not found:
            declared = self.case.checked.tables[table].quantity(quantity) if table in self.case.checked.tables else None
            if declared is None or not isinstance(declared.default, int | float):
                raise NotPriced(f"the tables have no {quantity.replace('_', ' ')} of {item}")
            return float(declared.default)
        low, base, high = (median(each[place] for each in found) for place in range(3))
        rows = [value for series in own or sites.values() for value in series.behind(_period(month))]
        self.read[name] = Read(name, component, low, base, high, frozenset(source for row in rows for source in self._behind(row)))
        return base


    def _behind(self, value: Value) -> Iterator[str]:
        """The source of a row, and those that its note names."""
        yield value.row.source
        yield from self.case.sources.keys() & set(_WORD.findall(value.row.note))


def _period(month: int) -> Period:
    return Period(0, "", month, 1)


def _at(series: Series, month: int) -> tuple[float, float, float] | None:
    """Low, base and high at a month; the range is that of the nearest row behind it that has one, in proportion."""
    base = series.number(_period(month))
    if base is None:
        return None
    behind = series.behind(_period(month))
    low, high = next(((_ratio(row, 0), _ratio(row, 2)) for row in behind if row.base and row.numbers[0] != row.numbers[2]), (1.0, 1.0))
    return base * low, base, base * high


def _ratio(row: Value, place: int) -> float:
    number = row.numbers[place]
    return 1.0 if number is None else number / row.base
