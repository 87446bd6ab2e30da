"""The case: input data looked up by item, site and period, in model units and model dollars.

A row of the site takes precedence over a row for all sites; then the latest dated row applies, else the undated one,
else the declared default. How dated rows apply is declared per quantity: step, linear or own (see `declarations.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from gwplan.common.calendar import Calendar, Span
from gwplan.common.errors import Fault, MissingValue
from gwplan.inputs.case_folder import Checked
from gwplan.inputs.declarations import Quantity
from gwplan.inputs.definition import Definition
from gwplan.inputs.series import Series
from gwplan.inputs.tables import Source
from gwplan.inputs.values import Value

if TYPE_CHECKING:
    from gwplan.inputs.hours import SlicedYear
    from gwplan.inputs.idle import Unused

__all__ = ["Case", "Existing"]
_Key = tuple[str, str, str, str, int | None]
Found = TypeVar("Found")
Converted = Callable[["Case", Value], float]
"""Gives what the number of a row in H100e is multiplied by: from the measure of its source to that of the model."""


@dataclass(frozen=True)
class _Place:
    """A quantity of an item, with its series by site ("" for all sites)."""

    quantity: Quantity
    series: Mapping[str, Series]


class Case:
    """The input data of a plan. Numbers are in the declared units; money in real dollars of the horizon's `dollars`."""

    def __init__(self, definition: Definition, checked: Checked, converted: Converted | None = None) -> None:
        self.definition = definition
        self.calendar: Calendar = definition.calendar
        self.sources: Mapping[str, Source] = checked.sources
        self.deflators: Mapping[int, float] = checked.deflators
        self.warnings: list[Fault] = list(checked.warnings)
        self.unread = checked.unread
        self.checked = checked
        self.doubted: set[str] = set()
        self._existing: tuple[Existing, ...] = ()
        self.hours: SlicedYear | None = None
        """The hours of the year that the plan sees; None for a plan of yearly means."""
        self.guessed = False
        """True once a look-up reached a table with an unreadable row."""
        self._converted = converted
        self._homes = {kind.name: name for name, table in checked.tables.items() for kind in table.kinds}
        self._places: dict[tuple[str, str, str], _Place | None] = {}
        self._numbers: dict[_Key, float | None] = {}
        self._labels: dict[_Key, str | None] = {}
        self._means: dict[tuple[str, str, str, int], float | None] = {}
        self._once: dict[Hashable, tuple[Any, set[tuple[str, str, str]]]] = {}
        self.unused: Sequence[Unused] = ()
        self._used: dict[int, Value] = {}
        self.reading: set[tuple[str, str, str]] | None = None
        """Table, item and quantity of each look-up are added to it, if it is a set."""
        self._series: dict[tuple[str, str, str], dict[str, Series]] = defaultdict(dict)
        for value in checked.values:
            sites = self._series[value.row.table, value.row.item, value.row.quantity]
            sites.setdefault(value.row.site, Series()).add(value)
        items: dict[str, set[str]] = defaultdict(set)
        for kinds in checked.kinds.values():
            for item, kind in kinds.items():
                items[kind].add(item)
        self._items = {kind: tuple(sorted(names)) for kind, names in items.items()}

    def items(self, kind: str) -> tuple[str, ...]:
        """The items of a kind (site, design, system, supply, fuel, cooling ...), by name."""
        self.guessed = self.guessed or self._homes.get(kind) in self.checked.lost.files
        return self._items.get(kind, ())

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of items in the case, in the order in which its tables were read."""
        return tuple(self._items)

    def number(self, table: str, item: str, quantity: str, site: str = "", period: int | None = None) -> float:
        """The number at a site in a period (None: the undated one), in its declared unit; MissingValue if there is none."""
        found = self.get(table, item, quantity, site, period)
        if found is None:
            raise self._missing(table, item, quantity, site, period)
        return found

    def get(self, table: str, item: str, quantity: str, site: str = "", period: int | None = None) -> float | None:
        """As `number`, but None if there is none."""
        key = table, item, quantity, site, period
        if self.reading is not None:
            self.reading.add(key[:3])
        if key in self._numbers:
            return self._numbers[key]
        place = self._place(table, item, quantity)
        found: float | None = None
        if place is not None:
            when = None if period is None else self.calendar.periods[period]
            for series in self._at(place, site):
                found = series.number(when)
                if found is not None:
                    self._note(series.behind(when))
                    break
            default = place.quantity.default
            if found is None and isinstance(default, int | float):
                found = float(default)
        if not self._unsure(key[:3]):
            self._numbers[key] = found
        return found

    def once(self, name: Hashable, work: Callable[[], Found]) -> Found:
        """What some work on look-ups comes to: it is done once for each name, and its look-ups count each time. It is not to be changed."""
        known = self._once.get(name)
        if known is None:
            outer, self.reading = self.reading, set()
            try:
                known = work(), self.reading
            finally:
                read, self.reading = self.reading, outer
                if outer is not None:
                    outer |= read
            if not self.guessed:
                self._once[name] = known
        elif self.reading is not None:
            self.reading |= known[1]
        found: Found = known[0]
        return found

    def mean(self, table: str, item: str, quantity: str, period: int) -> float | None:
        """A stepped number, averaged over the months of a period; None where nothing holds on some of them."""
        key = table, item, quantity, period
        if self.reading is not None:
            self.reading.add(key[:3])
        if key in self._means:
            return self._means[key]
        place = self._place(table, item, quantity)
        series = place.series.get("") if place else None
        if series is None:
            return self.get(table, item, quantity, period=period)
        each = self.calendar.periods[period]
        held = [series.on(month) for month in range(each.first, each.last + 1)]
        found = [value for value in held if value is not None]
        self._note(found)
        mean = sum(value.base for value in found) / len(held) if len(found) == len(held) else None
        if not self._unsure(key[:3]):
            self._means[key] = mean
        return mean

    def label(self, table: str, item: str, quantity: str, site: str = "", period: int | None = None) -> str:
        """The label (several as `a|b`); MissingValue if there is none."""
        found = self.get_label(table, item, quantity, site, period)
        if found is None:
            raise self._missing(table, item, quantity, site, period)
        return found

    def get_label(self, table: str, item: str, quantity: str, site: str = "", period: int | None = None) -> str | None:
        """As `label`, but None if there is none."""
        key = table, item, quantity, site, period
        if self.reading is not None:
            self.reading.add(key[:3])
        if key in self._labels:
            return self._labels[key]
        place = self._place(table, item, quantity)
        found: str | None = None
        if place is not None:
            when = None if period is None else self.calendar.periods[period]
            default = place.quantity.default if isinstance(place.quantity.default, str) else None
            value = next((value for series in self._at(place, site) if (value := series.holding(when))), None)
            self._note([value] if value else [])
            found = value.text if value else default
        if not self._unsure(key[:3]):
            self._labels[key] = found
        return found

    def label_beside(self, value: Value, quantity: str) -> str | None:
        """A label of the item of a row that holds on the row's own date, else its declared default; None where there is neither."""
        place = self._place(value.row.table, value.row.item, quantity)
        if place is None:
            return None
        month = value.when.first if value.when else None
        found = next((label for series in self._at(place, value.row.site) if (label := series.on(month))), None)
        self._note([found] if found else [])
        return found.text if found else place.quantity.default if isinstance(place.quantity.default, str) else None

    def labels(self, table: str, item: str, quantity: str, site: str = "", period: int | None = None) -> tuple[str, ...]:
        """The labels as a tuple; empty if there is none."""
        found = self.get_label(table, item, quantity, site, period)
        return tuple(found.split("|")) if found else ()

    def date(self, table: str, item: str, quantity: str, site: str = "", period: int | None = None) -> Span | None:
        """The date, None if there is none."""
        place = self._place(table, item, quantity)
        if place is None:
            return None
        when = None if period is None else self.calendar.periods[period]
        value = next((value for series in self._at(place, site) if (value := series.holding(when))), None)
        self._note([value] if value else [])
        return value.dates[1] if value else None

    def own(self, table: str, item: str, quantity: str, site: str = "") -> dict[int | None, float]:
        """Numbers of a yearly quantity by calendar year; the key None is the undated total."""
        place = self._place(table, item, quantity)
        series = place.series.get(site) if place else None
        self._note(series.values() if series else [])
        return {None if value.when is None else value.when.first // 12: value.base for value in series.values()} if series else {}

    def has(self, table: str, item: str, quantity: str, site: str | None = None) -> bool:
        """True if there is a row: at that site ("" for all sites), or at any site if None. Defaults do not count."""
        place = self._place(table, item, quantity)
        return place is not None and (bool(place.series) if site is None else site in place.series)

    def location(self, table: str, item: str, quantity: str, site: str = "") -> tuple[str, int]:
        """File and row that a look-up uses, for faults; if there is none, of the item's first row.

        The header for an item without rows; row 0 if no file has it.
        """
        place = self._place(table, item, quantity)
        for series in self._at(place, site) if place else ():
            return series.first().row.file, series.first().row.row
        every = list(place.series.values()) if place else []
        if every:
            return every[0].first().row.file, every[0].first().row.row
        file, row = self._firsts.get((table, item), (f"{table}.csv", 0))
        return file, row or int(bool(self.checked.kinds.get(table)))

    @cached_property
    def _firsts(self) -> dict[tuple[str, str], tuple[str, int]]:
        """File and row of the first row of each item of a table."""
        found: dict[tuple[str, str], tuple[str, int]] = {}
        for value in self.checked.values:
            found.setdefault((value.row.table, value.row.item), (value.row.file, value.row.row))
        return found

    def start_record(self) -> None:
        """Start recording: `used` lists the rows looked up from now on."""
        self._used.clear()
        self._numbers.clear()
        self._labels.clear()
        self._means.clear()
        self._once.clear()
        self.unused = ()

    def read_into(self, found: set[tuple[str, str, str]] | None) -> None:
        """Add what is looked up from now on to a set, or to none; what was looked up before is looked up again."""
        self.reading = found
        self._numbers.clear()
        self._labels.clear()
        self._means.clear()
        self._once.clear()

    def differing(self, other: Case) -> set[tuple[str, str, str]]:
        """Table, item and quantity of the rows that give a plan something else in another case."""
        ours, theirs = ({key: {site: [(value.when, value.base, value.text, value.dates[1]) for value in series.values()]
                               for site, series in sites.items()} for key, sites in case._series.items()} for case in (self, other))
        return {key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}

    @property
    def used(self) -> list[Value]:
        """The rows used by look-ups since `start_record`. Defaults have no row, and tests for existence use none."""
        return list(self._used.values())

    def _note(self, values: Iterable[Value]) -> None:
        for value in values:
            self._used[id(value)] = value

    def existing(self) -> tuple[Existing, ...]:
        """Existing assets within the horizon."""
        return self._existing

    def take_existing(self, things: Sequence[Existing]) -> None:
        """Set the existing assets, which are read from the case's rows once its items are known."""
        self._existing = tuple(things)

    def take_hours(self, year: SlicedYear) -> None:
        """Set the hours that the plan sees."""
        self.hours = year
        self.calendar = replace(self.calendar, slices=year.slices, days=year.days)

    def _unsure(self, key: tuple[str, str, str]) -> bool:
        """True if rows of a table, item and quantity are faulty or unreadable: look-ups there are not recorded."""
        spoilt, lost = self.checked.spoilt, self.checked.lost
        if not (spoilt or lost.files or lost.cells):  # as most cases are
            return False
        return key in spoilt or lost.may_have(key[0], key[1])

    def _place(self, table: str, item: str, quantity: str) -> _Place | None:
        """The series of a quantity of an item; None for a table that is not read or an item of no kind."""
        key = table, item, quantity
        if self.reading is not None:
            self.reading.add(key)
        if self._unsure(key):
            self.doubted.add(item)
        self.guessed = self.guessed or table in self.checked.lost.files
        if key not in self._places:
            declared = self.checked.tables.get(table)
            place: _Place | None = None
            if declared is not None:
                kind = self.checked.kinds.get(table, {}).get(item) or next((k.name for k in declared.kinds if item in k.only), None)
                found = declared.quantity(quantity, kind)
                if kind is not None and found is None:
                    raise KeyError(f"{table}.csv declares no {quantity!r} for {item!r}, a {kind}")
                place = _Place(found, self._series.get(key, {})) if found is not None and kind is not None else None
                if place is not None and place.quantity.counted and self._converted is not None:
                    for series in place.series.values():
                        series.factor = partial(self._converted, self)
            self._places[key] = place
        return self._places[key]

    @staticmethod
    def _at(place: _Place, site: str) -> Iterator[Series]:
        """The series in order of precedence: of the site, then of all sites."""
        if site and site in place.series:
            yield place.series[site]
        if "" in place.series:
            yield place.series[""]

    def _missing(self, table: str, item: str, quantity: str, site: str, period: int | None) -> MissingValue:
        where = f" at {site}" if site else ""
        when = "" if period is None else f" in {self.calendar.periods[period].name}"
        if table not in self.checked.tables:
            return MissingValue(f"{table}.csv is not read, but {item}.{quantity}{where}{when} is needed")
        message = f"{table}.csv: {item} has no {quantity!r}{where}{when}; a row for it, or an undated one, is needed"
        return MissingValue(message, *self.location(table, item, quantity, site))


@dataclass(frozen=True, slots=True)
class Existing:
    """An existing asset: `amount` is a count of halls or systems, or the capacity of a supply in MW.

    A supply given as a count is converted to capacity: count x unit.
    """

    item: str
    site: str
    when: Span
    quantity: str
    amount: float
