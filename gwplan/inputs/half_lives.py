"""Half-lives: after how many months a number of a quantity loses a grade, and how old each number is.

Time is counted to the date of the tables, which is the newest date in sources.csv; the machine's clock is never asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault, Lost
from gwplan.common.numbers import parse_number
from gwplan.common.spelling import suggestion
from gwplan.inputs.case_workbook import CaseFolder
from gwplan.inputs.declarations import Table
from gwplan.inputs.plain_files import is_there
from gwplan.inputs.tables import read_cells

FILE = "half_lives.csv"
HALF_LIFE_COLUMNS = ("table", "quantity", "months", "source", "note")
OTHERS = "*"
"""Stands for every other quantity of its table."""
_DAY = re.compile(r"(\d{4}-\d{2})-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HalfLife:
    """One row of half_lives.csv: the months until a number of a quantity loses a grade."""

    table: str
    quantity: str
    months: float
    source: str
    note: str


def read_half_lives(
    folder: CaseFolder, tables: Mapping[str, Table], sources: Collection[str], faults: list[Fault], lost: Lost
) -> list[HalfLife]:
    """The rows of half_lives.csv; none if there is no such file. tables: those that the model reads; rows of others are not checked."""
    found: list[HalfLife] = []
    path = folder / FILE
    for number, cells in read_cells(path, HALF_LIFE_COLUMNS, faults, lost) if is_there(path) else ():
        table, quantity, months, source, note = cells
        value = parse_number(months)
        known = {each.name for each in tables[table].quantities} if table in tables else set()
        wrong = []
        if isinstance(value, str) or value <= 0:
            wrong.append(f"{months!r} is not a positive number of months")
        if table in tables and quantity != OTHERS and quantity not in known:
            wrong.append(f"no quantity {quantity!r} in {table}.csv{suggestion(quantity, known)}")
        if source not in sources and "sources" not in lost.files:
            wrong.append(f"no source {source!r} in sources.csv{suggestion(source, sources)}")
        if any((each.table, each.quantity) == (table, quantity) for each in found):
            wrong.append("is given twice")
        faults.extend(Fault(FILE, number, f"{table}.{quantity}: {each}") for each in wrong)
        found.append(HalfLife(table, quantity, 0.0 if isinstance(value, str) else value, source, note))
    return found


def half_life(half_lives: Mapping[tuple[str, str], float], table: str, quantity: str) -> float | None:
    """The months of a quantity: its own row, else that of all others of its table; None if it does not age."""
    return half_lives.get((table, quantity), half_lives.get((table, OTHERS)))


def month_of(date: str) -> int | None:
    """The month that a source's date names, counted from year 0; the middle one of a year or quarter. None if it names none."""
    day = _DAY.fullmatch(date)
    try:
        span = parse_date(day[1] if day else date)
    except ValueError:
        return None
    return (span.first + span.last) // 2


def as_of(dates: Iterable[str]) -> int | None:
    """The month of the tables: the newest of its sources; None if none has a date."""
    return max((month for month in map(month_of, dates) if month is not None), default=None)
