"""All numbers of the tables as rows to search and to edit: what each is now, what is wrong with an edit, and changes as an overlay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.printable import is_link
from gwplan.common.whole_files import write_whole
from gwplan.inputs import case_files
from gwplan.inputs.grades import PLANNER
from gwplan.inputs.overlays import COMMAND_LINE
from gwplan.inputs.tables import COLUMNS, GRADE_COLUMN
from gwplan.results import store
from gwplan.results.grading import Grader
from gwplan.server.controls import Sets, float_of, key_of

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.tables import TextRow
    from gwplan.inputs.values import Value
    from gwplan.server.desk import Desk

PAGE = 100
"""Rows shown at once."""
TEXTS = ("label", "date")
FILE_NAME = re.compile(r"[A-Za-z0-9][\w -]{0,59}", re.ASCII)
OVERLAYS = "overlays"
NOTHING = "No number of a table is changed; an overlay holds rows of tables alone."


@dataclass(frozen=True)
class Row:
    """A row of a table. value: as it is with the changes so far; before: as in the table, where that is another one."""

    key: str
    name: str
    place: str
    site: str
    when: str
    low: str
    value: str
    high: str
    unit: str
    before: str
    grade: str
    source: str
    link: str
    note: str
    words: str

    @property
    def changed(self) -> bool:
        """True for a number that is not that of the table."""
        return bool(self.before)


def rows_of(base: Case, now: Case) -> list[Row]:
    """The rows of a case with the changes so far. base: without them."""
    grader = Grader(base.sources, {(each.table, each.quantity): each.months for each in base.checked.half_lives})
    return [_row(base, grader, old, new) for old, new in zip(base.checked.values, now.checked.values, strict=True)]


def _row(base: Case, grader: Grader, old: Value, new: Value) -> Row:
    row, labels = old.row, base.checked.labels
    source = base.sources.get(row.source)
    value, unit = written(new)
    was, was_unit = written(old)
    changed = (value, unit) != (was, was_unit)
    name = f"{labels.get(row.item, row.item)}: {row.quantity.replace('_', ' ')}"
    title = row.source if source is None else source.title
    address = "" if source is None or not is_link(source.address) else source.address
    site, words = labels.get(row.site, row.site), [key_of(row), name, row.site, row.when, row.unit, title, row.note]
    low, high = (row.low, row.high) if not changed else ("", "")
    grade = PLANNER if changed else grader.of(row.table, row.quantity, row.source, row.grade).grade
    before = f"{was} {units(was_unit)}".rstrip() if changed else ""
    return Row(key_of(row), name, f"{row.file}:{row.row}", site, row.when, low, value, high, units(unit), before, grade, title, address,
               row.note, " ".join([*words, site]).lower())  # fmt: skip


def units(unit: str) -> str:
    """A unit as the table shows it; blank where there is none to show."""
    return "" if unit in ("1", *TEXTS) else unit


def written(value: Value) -> tuple[str, str]:
    """A number and its unit as written; in the unit of the model where a change scaled it."""
    if not value.row.moves:
        return value.row.base, value.row.unit
    if value.quantity.unit == "date":
        return str(value.dates[1]), "date"
    return f"{value.base:.6g}", value.quantity.unit


def found(rows: Iterable[Row], text: str, changed: bool = False) -> list[Row]:
    """The rows that hold all words of a text."""
    words = text.lower().split()
    return [row for row in rows if (row.changed or not changed) and all(word in row.words for word in words)]


def set_of(row: TextRow, text: str) -> str:
    """The value of a `--set` for what was written into a cell: a number alone is in the unit of the row."""
    text = text.strip()
    return f"{text} {row.unit}" if float_of(text) is not None and row.unit not in ("1", *TEXTS) else text


def row_at(case: Case, key: str) -> TextRow | None:
    """The row of a key."""
    return next((value.row for value in case.checked.values if key_of(value.row) == key), None)


def edited(desk: Desk, sets: Sets, key: str, text: str) -> dict[str, str]:
    """The changes with one more; without it where the cell has what is in the table. InputFaults where it cannot be used."""
    row = row_at(desk.case, key)
    if row is None:
        raise InputFaults([Fault(key, 0, "there is no such row")])
    if not text.strip():
        raise InputFaults([Fault(f"--set {key}=", 0, "the cell is empty; write a value")])
    changed = {each: value for each, value in sets.items() if each != key}
    if text.strip() != row.base:
        changed = {**sets, key: set_of(row, text)}
    desk.case_with(tuple(f"{each}={value}" for each, value in changed.items()))
    return changed


def reasons(faults: Sequence[Fault], key: str) -> Iterator[str]:
    """What is wrong, the fault of the cell itself without its name."""
    for fault in faults:
        own = fault.file.startswith(f"--set {key}=")
        yield fault.message.removeprefix(f"{key.split('.', 1)[1]}: ") if own else str(fault)


def overlay(base: Case, now: Case) -> str:
    """The rows that differ from the tables, as the text of an overlay; blank where none do.

    A changed number keeps its source in its note and has the grade of a choice.
    """
    lines = []
    for old, new in zip(base.checked.values, now.checked.values, strict=True):
        if written(old) != written(new) or new.row.source == COMMAND_LINE.key != old.row.source:
            *cells, _, _, _ = case_files.cells(now, new)
            note = f"set on the page; before: {' '.join(written(old))}"
            lines.append([new.row.table, *cells, old.row.source, note, PLANNER])
    return store.csv_text(("table", *COLUMNS, *GRADE_COLUMN), lines) if lines else ""


def save(desk: Desk, sets: Sets, name: str) -> Path:
    """Write the changes of tables as an overlay in the folder of runs; gives its path. ValueError says why not; OSError."""
    if not FILE_NAME.fullmatch(name):
        raise ValueError("A name has letters, digits, spaces, - and _, at most 60 of them.")
    text = overlay(desk.case, desk.case_with(tuple(f"{key}={value}" for key, value in sets.items())))
    if not text:
        raise ValueError(NOTHING)
    folder = desk.of.runs / OVERLAYS
    path = folder / f"{name.strip().replace(' ', '_')}.csv"
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise ValueError(f"There is {path} already, with other numbers: choose another name.")
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(path, text.encode())
