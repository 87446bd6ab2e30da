"""One row of text to one value in model units and dollars: validates names, dates, numbers, units and sources."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gwplan.common.calendar import MONTHS_A_YEAR, MONTHS_OF, Span, month_name, parse_date
from gwplan.common.errors import Fault
from gwplan.common.numbers import beyond, parse_number
from gwplan.common.printable import cell_text
from gwplan.common.spelling import suggestion
from gwplan.common.units import UnitError, factor
from gwplan.inputs.declarations import Quantity, Table
from gwplan.inputs.tables import Move, Source, TextRow
from gwplan.inputs.unit_hints import likely_slip

LABEL, DATE = "label", "date"


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one row: numbers in model units, or a label's text, or dates.

    when: the row's own date. numbers and dates: low, base and high, None if a cell is blank.
    """

    row: TextRow
    kind: str
    quantity: Quantity
    when: Span | None
    numbers: tuple[float | None, float | None, float | None] = (None, None, None)
    dates: tuple[Span | None, Span | None, Span | None] = (None, None, None)
    text: str = ""

    @property
    def base(self) -> float:
        """The number that a plan uses; 0 for labels and dates."""
        return self.numbers[1] or 0.0


@dataclass
class Checker:
    """Validates rows and collects their faults and warnings.

    sources, deflators, sites: None if their own table could not be read, so that one fault does not cause thousands.
    unsure: keys of sources that may be in unreadable rows.
    """

    dollars: int
    sources: Mapping[str, Source] | None
    deflators: Mapping[int, float] | None
    sites: Collection[str] | None
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    unsure: Collection[str] = ()
    _ratios: dict[tuple[str, str], float | str] = field(default_factory=dict)
    _dates: dict[str, Span | str] = field(default_factory=dict)

    def value(self, row: TextRow, kind: str, table: Table, each: float | None = None) -> Value | None:
        """The value of a row of an item of a kind; None, and faults, if it is invalid."""
        quantity = table.quantity(row.quantity, kind)
        if quantity is None:
            self.faults.append(row.fault(self._no_quantity(row, kind, table), named=False))
            return None
        wrong = list(self._misplaced(row, quantity))
        when = self._date(row.when) if row.when else None
        if isinstance(when, str):
            wrong.append(f"when: {when}")
            when = None
        elif when is not None and quantity.between == "own" and "-" in row.when:
            wrong.append(f"when: a yearly quantity needs a year, not {row.when!r}")
        if not row.source:
            wrong.append("the source is blank")
        elif self.sources is not None and row.source not in self.sources and row.source not in self.unsure:
            wrong.append(f"no source {row.source!r} in sources.csv{suggestion(row.source, self.sources)}")
        found: Value | None = None
        if quantity.unit == LABEL:
            found = self._label(row, kind, quantity, when, wrong)
        elif quantity.unit == DATE:
            found = self._dated(row, kind, quantity, when, wrong)
        else:
            found = self._number(row, kind, quantity, when, wrong, each)
        self.faults.extend(row.fault(message) for message in wrong)
        return found if not wrong else None

    @staticmethod
    def _no_quantity(row: TextRow, kind: str, table: Table) -> str:
        own = sorted({quantity.name for quantity in table.quantities if quantity.of == kind})
        if not row.quantity:
            return f"{row.item}: the quantity is blank"
        others = sorted({quantity.of for quantity in table.quantities if quantity.name == row.quantity})
        if others:
            return f"{row.item} is a {kind}, which has no quantity {row.quantity!r} (that is for a {' or '.join(others)})"
        return f"{row.item}: no quantity {row.quantity!r}{suggestion(row.quantity, own)}"

    def _misplaced(self, row: TextRow, quantity: Quantity) -> Iterator[str]:
        if row.site and "site" not in quantity.by:
            yield f"does not depend on a site, but the row names {row.site!r}"
        elif row.site and self.sites is not None and row.site not in self.sites:
            yield f"no site {row.site!r}{suggestion(row.site, self.sites)}"
        if row.when and "when" not in quantity.by:
            yield f"does not depend on a date, but the row names {row.when!r}"

    def _date(self, text: str) -> Span | str:
        if text not in self._dates:
            try:
                self._dates[text] = parse_date(text)
            except ValueError as error:
                self._dates[text] = str(error)
        return self._dates[text]

    @staticmethod
    def _label(row: TextRow, kind: str, quantity: Quantity, when: Span | None, wrong: list[str]) -> Value:
        if row.unit != LABEL:
            wrong.append(f"the unit of a label is {LABEL!r}, not {row.unit!r}")
        if row.low or row.high:
            wrong.append("a label cannot have low or high")
        if not row.base:
            wrong.append("the label is blank")
        elif cell_text(row.base) != row.base:
            wrong.append(f"a label must not begin with {row.base[0]!r}, which a spreadsheet would read as a formula")
        labels = row.base.split("|")
        if len(labels) > 1 and not quantity.many:
            wrong.append(f"{row.base!r}: only one label is allowed")
        elif quantity.labels:
            known = f" ({', '.join(quantity.labels)})"
            strange = [label for label in labels if label and label not in quantity.labels]
            wrong.extend(f"no label {label!r}{suggestion(label, quantity.labels) or known}" for label in strange)
        return Value(row, kind, quantity, when, text=row.base)

    def _dated(self, row: TextRow, kind: str, quantity: Quantity, when: Span | None, wrong: list[str]) -> Value:
        if row.unit != DATE:
            wrong.append(f"the unit of a date is {DATE!r}, not {row.unit!r}")
        dates: list[Span | None] = []
        for text in (row.low, row.base, row.high):
            date = self._date(text) if text else None
            if isinstance(date, str):
                wrong.append(date)
            dates.append(None if isinstance(date, str) else date)
        if not row.base:
            wrong.append("the date is blank")
        for move in row.moves:
            shifted = [None if date is None else shifted_date(date, move, quantity.name.endswith("until")) for date in dates]
            bad = next((date for date in shifted if isinstance(date, str)), None)
            if bad is not None:
                self._bad_move(row, move, bad)
            dates = [None if isinstance(date, str) else date for date in shifted]
        low, base, high = dates
        if base is not None:
            if low is not None and low.first > base.first:
                wrong.append(f"low {low} is after base {base}")
            if high is not None and base.first > high.first:
                wrong.append(f"base {base} is after high {high}")
        return Value(row, kind, quantity, when, dates=(low, base, high))

    def _number(self, row: TextRow, kind: str, quantity: Quantity, when: Span | None, wrong: list[str], each: float | None) -> Value | None:
        numbers: list[float | None] = []
        for name, text in (("low", row.low), ("base", row.base), ("high", row.high)):
            number = parse_number(text) if text else None
            if isinstance(number, str):
                wrong.append(f"{name}: {number}" if name != "base" else number)
            numbers.append(None if isinstance(number, str) else number)
        if not row.base:
            wrong.append("base is blank")
        ratio = self._ratio(row.unit, quantity.unit)
        if isinstance(ratio, str):
            wrong.append(ratio)
            return None
        numbers = [None if number is None else number * ratio for number in numbers]
        for move in row.moves:
            numbers = self._moved(numbers, move, quantity, row)
        low, base, high = numbers
        wrong.extend(_out_of_order(row, low, base, high))
        wrong.extend(_beyond_any_size(row, quantity, numbers))
        wrong.extend(_out_of_bounds(row, quantity, numbers))
        if not wrong:
            self._weigh(row, quantity, numbers, ratio, each)
        return Value(row, kind, quantity, when, (low, base, high))

    def _ratio(self, unit: str, declared: str) -> float | str:
        """The factor for a number in a unit, with the deflator of its dollar year; or a message on the unit."""
        key = unit, declared
        if key not in self._ratios:
            self._ratios[key] = self._worked_out(unit, declared)
        return self._ratios[key]

    def _worked_out(self, unit: str, declared: str) -> float | str:
        if unit in (LABEL, DATE):
            return f"the unit {unit!r} is not a unit of a number ({declared})"
        try:
            ratio, year = factor(unit, declared)
        except UnitError as error:
            return str(error)
        if year is None or self.deflators is None:
            return ratio
        if year not in self.deflators:
            return f"{unit!r}: deflators.csv has no year {year}"
        return ratio if year == self.dollars else ratio * (self.deflators.get(self.dollars, self.deflators[year]) / self.deflators[year])

    def _moved(self, numbers: list[float | None], move: Move, quantity: Quantity, row: TextRow) -> list[float | None]:
        if move.sign == "*":
            return [None if number is None else number * move.amount for number in numbers]
        if not move.unit and quantity.unit != "1":
            self._bad_move(row, move, f"the amount has no unit ({quantity.unit})")
            return numbers
        ratio = self._ratio(move.unit or "1", quantity.unit)
        if isinstance(ratio, str):
            self._bad_move(row, move, ratio)
            return numbers
        return [None if number is None else number + move.amount * ratio for number in numbers]

    def _bad_move(self, row: TextRow, move: Move, message: str) -> None:
        """A fault of a --set rather than of a row: one for all rows that it matches."""
        fault = Fault(move.by, 0, f"{row.item}.{row.quantity}: {message}")
        if fault not in self.faults:
            self.faults.append(fault)

    def _weigh(self, row: TextRow, quantity: Quantity, numbers: list[float | None], ratio: float, each: float | None) -> None:
        """Warn of the first of base, low and high that is outside the plausible range."""
        if quantity.sane is None:
            return
        least, most = quantity.sane
        for number in (numbers[1], numbers[0], numbers[2]):
            if number is not None and not least <= number <= most:
                slip = likely_slip(number, row.unit, ratio, quantity, each)
                message = f"{number:g} {quantity.unit} is outside the usual {least:g} to {most:g}{slip}"
                self.warnings.append(row.fault(message))
                return


def _after(row: TextRow) -> str:
    return f" (after {', '.join(move.by for move in row.moves)})" if row.moves else ""


def _out_of_order(row: TextRow, low: float | None, base: float | None, high: float | None) -> Iterator[str]:
    if low is not None and base is not None and low > base:
        yield f"low {row.low} is above base {row.base}{_after(row)}"
    if base is not None and high is not None and base > high:
        yield f"base {row.base} is above high {row.high}{_after(row)}"
    if base is None and low is not None and high is not None and low > high:
        yield f"low {row.low} is above high {row.high}{_after(row)}"


def _beyond_any_size(row: TextRow, quantity: Quantity, numbers: list[float | None]) -> Iterator[str]:
    """A fault for a number that became too large or too small by conversion or by --set."""
    for number in numbers:
        if number is not None and beyond(number):
            yield f"{number:g} {quantity.unit} {beyond(number)}{_after(row)}"


def _out_of_bounds(row: TextRow, quantity: Quantity, numbers: list[float | None]) -> Iterator[str]:
    unit = "" if quantity.unit == "1" else f" {quantity.unit}"
    for number in numbers:
        if number is not None and quantity.least is not None and number < quantity.least:
            yield f"{number:g}{unit} is below the minimum {quantity.least:g}{_after(row)}"
        if number is not None and quantity.most is not None and number > quantity.most:
            yield f"{number:g}{unit} is above the maximum {quantity.most:g}{_after(row)}"


def shifted_date(date: Span, move: Move, ends: bool) -> Span | str:
    """A date shifted by whole months, or a message if that is not possible.

    A year shifted by six months is no longer a year: then its first month is kept, or its last for a date that ends something.
    """
    if move.sign != "+":
        return "a date can be shifted by months or years, not multiplied"
    try:
        months = move.amount * factor(move.unit, "month")[0]
    except UnitError as error:
        return str(error)
    whole = round(months)
    if abs(months - whole) > 1e-6:
        return "a date can only be shifted by whole months"
    first, length = date.first + whole, date.last - date.first + 1
    year, month = divmod(first, MONTHS_A_YEAR)
    if length == MONTHS_A_YEAR and month == 0:
        text = str(year)
    elif length == MONTHS_OF["quarter"] and month % length == 0:
        text = f"{year}-Q{month // length + 1}"
    else:
        text = month_name(date.last + whole if ends else first)
    try:
        return parse_date(text)
    except ValueError as error:
        return str(error)
