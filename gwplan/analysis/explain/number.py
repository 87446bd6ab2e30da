"""A number that is varied: a row of a table, all dated rows of a price path alike, or a key of the model file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.common.calendar import month_name, parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.numbers import parse_number
from gwplan.inputs.case_files import unit_of
from gwplan.inputs.overlays import MODEL, when_key
from gwplan.inputs.values import DATE, LABEL, Value

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

_KEY = re.compile(r"(?P<table>\w+)\.(?P<item>[\w-]+)(?:@(?P<site>[\w-]*)(?:@(?P<when>[\w-]+|\*))?)?\.(?P<quantity>\w+)")
_AMOUNT = re.compile(r"\s*(\*?)\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(.*)")
GRAMMAR = "table.item[@site][@when].quantity, or model.KEY"
MONTH = "month"
EACH_DATE = "*"


@dataclass(frozen=True)
class Place:
    """A row to edit, and its value as written: a number in `unit`, or a date as its first month."""

    where: str
    name: str
    base: float
    unit: str


@dataclass(frozen=True)
class Number:
    """A number by its first row; the values of the others follow in proportion, dates by the same months.

    key: as `--set` takes it. places: its rows. ends: low and high of the tables, in the unit of the first row; None without a range.
    row: the first row, None for a key of the model file.
    """

    key: str
    places: tuple[Place, ...]
    ends: tuple[float, float] | None = None
    row: Value | None = None

    @property
    def base(self) -> float:
        """The value as it is."""
        return self.places[0].base

    @property
    def unit(self) -> str:
        """The unit of the first row; `date` of dates."""
        return self.places[0].unit

    @property
    def is_date(self) -> bool:
        """True for a date: its values are months counted from year 0."""
        return self.unit == DATE

    def sets(self, value: float) -> tuple[str, ...]:
        """The `--set` that gives it a value; none for the value that it has."""
        value = float(value)
        if value == self.base:
            return ()
        if self.is_date:
            months = round(value - self.base)
            return (f"{self.key}=+{months} {MONTH}" if len(self.places) > 1 else f"{self.key}={month_name(round(value))}",)
        if len(self.places) > 1:
            return (f"{self.key}=*{value / self.base!r}",)
        return (f"{self.key}={value!r} {'' if self.unit == '1' else self.unit}".rstrip(),)

    def text(self, value: float) -> str:
        """A value with its unit, as a table has it."""
        return month_name(round(value)) if self.is_date else f"{value:.6g} {'' if self.unit == '1' else self.unit}".rstrip()

    def at(self, place: Place, value: float) -> float:
        """The value of one of its rows where the first has `value`."""
        return place.base + value - self.base if self.is_date or not self.base else place.base * value / self.base

    def parsed(self, text: str, option: str) -> float:
        """A value as a user writes it: a number with or without the unit of the first row, `*0.9`, or a date. InputFaults."""
        if self.is_date:
            try:
                return float(parse_date(text.strip()).first)
            except ValueError as error:
                raise InputFaults([Fault(option, 0, str(error))]) from None
        found = _AMOUNT.fullmatch(text)
        number = parse_number(found[2]) if found else f"{text!r} is not a number"
        if isinstance(number, str):
            raise InputFaults([Fault(option, 0, number)])
        assert found is not None
        if found[3] not in ("", self.unit):
            raise InputFaults([Fault(option, 0, f"write the value in the unit of the row, {self.unit}, not in {found[3]!r}")])
        return self.base * number if found[1] else number


def number_of(case: Case, key: str, option: str) -> Number:
    """The number of a key. InputFaults, named after the option, if there is none, or if it is a label."""
    key = key.strip()
    if key.startswith(MODEL):
        return of_model(case, key, option)
    found = _KEY.fullmatch(key)
    if not found:
        raise InputFaults([Fault(f"{option} {key}", 0, f"is not {GRAMMAR}")])
    site, when = found["site"] or "", found["when"]
    wanted = found["table"], found["item"], site, found["quantity"]
    rows = [value for value in case.checked.values
            if (value.row.table, value.row.item, value.row.site, value.row.quantity) == wanted
            and (when in (None, EACH_DATE) or when_key(value.row.when) == when_key(when or ""))]
    if not rows:
        raise InputFaults([Fault(f"{option} {key}", 0, nothing(case, found))])
    if any(value.quantity.unit == LABEL for value in rows):
        raise InputFaults([Fault(f"{option} {key}", 0, "is a label, not a number or a date")])
    return of_rows(case, rows)


def nothing(case: Case, found: re.Match[str]) -> str:
    """Why a key matches no row, with the nearest name or the rows that there are."""
    from gwplan.common.spelling import suggestion

    table, item, quantity = found["table"], found["item"], found["quantity"]
    values = [value for value in case.checked.values if value.row.table == table]
    if not values:
        return f"no table {table!r}{suggestion(table, set(case.checked.tables))}"
    items = {value.row.item for value in values}
    if item not in items:
        return f"no item {item!r} in {table}.csv{suggestion(item, items)}"
    own = {value.row.quantity for value in values if value.row.item == item}
    if quantity not in own:
        return f"{item} has no row of {quantity!r}{suggestion(quantity, own)}"
    names = dict.fromkeys(name_of(value) for value in values if (value.row.item, value.row.quantity) == (item, quantity))
    return f"matches no row; there are {', '.join(names)}"


def name_of(value: Value) -> str:
    """`item[@site[@when]].quantity` of a row."""
    row = value.row
    at = f"@{row.site}" + (f"@{row.when}" if row.when else "") if row.site or row.when else ""
    return f"{row.item}{at}.{row.quantity}"


def of_rows(case: Case, rows: Sequence[Value]) -> Number:
    """The number of some rows of one item, site and quantity, the undated one first. InputFaults if several have a first value of 0."""
    rows = sorted(rows, key=lambda value: -1 if value.when is None else value.when.first)
    first, places = rows[0], tuple(place_of(case, value) for value in rows)
    row = first.row
    if len(rows) == 1:
        key = f"{row.table}.{name_of(first)}"
    else:
        key = f"{row.table}.{row.item}@{row.site}@{EACH_DATE}.{row.quantity}"
        if places[0].unit != DATE and not places[0].base:
            wrong = f"{places[0].name} is 0: its rows cannot change in proportion; name one by @site@when"
            raise InputFaults([Fault(places[0].where, 0, wrong)])
    return Number(key, places, ends_of(rows, places[0]), first)


def place_of(case: Case, value: Value) -> Place:
    """A row to edit. A row that a what-if has scaled is in the unit of the model."""
    row = value.row
    where = f"{row.file}:{row.row}" if row.row else row.file
    if value.quantity.unit == DATE:
        assert value.dates[1] is not None
        return Place(where, name_of(value), float(value.dates[1].first), DATE)
    number = parse_number(row.base)
    if row.moves or isinstance(number, str):
        return Place(where, name_of(value), value.base, unit_of(case, value))
    return Place(where, name_of(value), float(number), row.unit)


def ends_of(rows: Sequence[Value], first: Place) -> tuple[float, float] | None:
    """The widest low and high of some rows, each in proportion to its own base, as values of the first row; None without a range."""
    if first.unit == DATE:
        shifts = [float(end.first - value.dates[1].first) for value in rows for end in value.dates if end and value.dates[1]]
        return (first.base + min(shifts), first.base + max(shifts)) if min(shifts) < max(shifts) else None
    if len(rows) == 1 and not rows[0].base:
        ends = [number for number in rows[0].numbers if number is not None]
        scale = 1.0
    else:
        ends = [number / value.base for value in rows if value.base for number in value.numbers if number is not None]
        scale = first.base
    return (scale * min(ends), scale * max(ends)) if ends and min(ends) < max(ends) else None


def of_model(case: Case, key: str, option: str) -> Number:
    """The number or the date of a key of the model file. InputFaults."""
    found: object = case.definition.resolved()
    for name in key.removeprefix(MODEL).split("."):
        if isinstance(found, list):
            place = int(name) if name.isdigit() else 0
            found = found[place - 1] if 1 <= place <= len(found) else found[0] if len(found) == 1 and not name.isdigit() else None
            if name.isdigit():
                continue
        found = found.get(name) if isinstance(found, dict) else None
    amount = _AMOUNT.fullmatch(str(found)) if isinstance(found, int | float | str) and not isinstance(found, bool) else None
    where, name = case.definition.path.name, key.removeprefix(MODEL)
    if name.rpartition(".")[2] in ("start", "end", "by", "until") and isinstance(found, str):
        return Number(key, (Place(where, name, float(parse_date(found).first), DATE),))
    number = parse_number(amount[2]) if amount else ""
    if isinstance(number, str) or amount is None:
        raise InputFaults([Fault(f"{option} {key}", 0, "is not a number of the model file")])
    return Number(key, (Place(where, name, float(number), amount[3] or "1"),))
