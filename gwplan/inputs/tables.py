"""CSV files to rows of text: all faults of a file, with row numbers as in a spreadsheet.

Only the columns are interpreted here: units, names and numbers are validated in `values.py`, after overlays.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from gwplan.common.errors import Fault, Lost
from gwplan.common.numbers import parse_number
from gwplan.common.printable import UNSAFE, read_cell, unprintable
from gwplan.common.spelling import suggestion
from gwplan.inputs.grades import grade_fault, reading_fault
from gwplan.inputs.memory import AnyPath, MemoryPath, shown_name
from gwplan.inputs.plain_files import LINKED, MISSING, UNREADABLE, FileFault, leads_out, read_bytes

COLUMNS = ("item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note")
PUBLISHED_COLUMNS = ("item", "quantity", "low", "base", "high", "unit", "source", "note")
SOURCE_COLUMNS = ("key", "title", "publisher", "date", "address", "kind")
GRADE_COLUMN = ("grade",)
"""The optional last column of every table: the grade of one number, where it is not that of its source."""
SOURCE_GRADES = ("grade", "read")
"""The optional last columns of sources.csv."""
DEFLATOR_COLUMNS = ("year", "index")
LABEL_COLUMNS = ("item", "label")
SOURCE_KINDS = ("filing", "standard", "dataset", "study", "vendor", "press", "estimate")
SANE_STEP = (-0.03, 0.15)
"""Usual range of the yearly change of the price level."""
KEPT, MOST_KEPT = 64, 1_000_000
"""Tables whose rows are kept, and the length of a text from which on they are not."""
WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a row by `--set`: times a factor, or plus an amount in a unit. `by`: the text of the --set."""

    sign: str
    amount: float
    unit: str
    by: str


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row of an input table as text, with its file and row number."""

    table: str
    file: str
    row: int
    item: str
    site: str
    when: str
    quantity: str
    low: str
    base: str
    high: str
    unit: str
    source: str
    note: str
    grade: str = ""
    moves: tuple[Move, ...] = ()

    @classmethod
    def of(cls, table: str, file: str, row: int, cells: Sequence[str]) -> TextRow:
        """A row from its cells in the order of COLUMNS, with or without its grade."""
        item, site, when, quantity, low, base, high, unit, source, note = cells[: len(COLUMNS)]
        return cls(table, file, row, item, site, when, quantity, low, base, high, unit, source, note, "".join(cells[len(COLUMNS) :]))

    def fault(self, message: str, named: bool = True) -> Fault:
        """A fault at this row; the message begins with item and quantity."""
        return Fault(self.file, self.row, f"{self.item}.{self.quantity}: {message}" if named else message)


@dataclass(frozen=True, slots=True)
class Source:
    """One row of sources.csv."""

    key: str
    title: str
    publisher: str
    date: str
    address: str
    kind: str
    grade: str = ""
    read: str = ""


def _decoded(path: AnyPath, faults: list[Fault], own: bool) -> str | None:
    """The text of a file; None and a fault if unreadable. own: whether it belongs to a case, whose links may not lead outside."""
    try:
        content = read_bytes(path)
        if own and leads_out(path):
            raise FileFault(LINKED)
    except FileNotFoundError:
        faults.append(Fault(shown_name(path), 0, f"{MISSING} (looked for it in {path.parent})"))
        return None
    except FileFault as error:
        faults.append(Fault(shown_name(path), 0, str(error)))
        return None
    if content[:2] in WIDE_ENCODINGS:
        faults.append(Fault(shown_name(path), 1, "is UTF-16; save it as CSV UTF-8"))
        return None
    if b"\0" in content:
        row = content[: content.index(b"\0")].count(b"\n") + 1
        faults.append(Fault(shown_name(path), row, "is a binary file, not a CSV table"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        faults.append(Fault(shown_name(path), row, "is not UTF-8; save the table as CSV UTF-8"))
        return None


def read_cells(
    path: AnyPath, columns: Sequence[str], faults: list[Fault], lost: Lost | None = None, own: bool = True, optional: Sequence[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells, in the order of `columns` and `optional`, of each non-blank row of a CSV file.

    lost: records the unreadable parts.
    own: whether the file belongs to a case folder, whose links may not lead outside.
    optional: columns that may be missing, and are blank then; where they are last, so are rows that end before them.
    """
    lost = Lost() if lost is None else lost
    text = _decoded(path, faults, own)
    if text is None:
        lost.files.add(path.stem)
        return
    yield from _rows_of(text, path, (columns, optional), faults, lost)


def _rows_of(
    text: str, path: AnyPath, columns: tuple[Sequence[str], Sequence[str]], faults: list[Fault], lost: Lost
) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of each row of the text of a table."""
    reader = csv.reader(io.StringIO(text, newline=""))
    wrong = path.unreadable_rows if isinstance(path, MemoryPath) else {}
    try:
        header = [cell.strip() for cell in next(reader, [])]
        order = _order(shown_name(path), header, *columns, faults)
        if order is None:
            lost.files.add(path.stem)
            return
        width, least = _widths(header, columns[1])
        count, cut = 0, False
        for number, cells in enumerate(reader, 2):
            cut = False
            if number in wrong:
                faults.append(Fault(shown_name(path), number, wrong[number]))
                lost.cells.setdefault(path.stem, set()).update(cell.strip() for cell in cells)
                count += 1
                continue
            if len(cells) != width:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) < least or any(cell.strip() for cell in cells[len(header) :]):
                    wanted = f"{width}" if width == least else f"{least} to {width}"
                    message = f"has {len(cells)} cells, not {wanted}; a text with a comma needs quotes"
                    faults.append(Fault(shown_name(path), number, message))
                    lost.cells.setdefault(path.stem, set()).update(cell.strip() for cell in cells)
                    cut = True
                    if any("\n" in cell for cell in cells):  # an unclosed quote swallowed the rows after it
                        lost.files.add(path.stem)
                    count += 1
                    continue
            found = [read_cell(cells[place].replace("\r\n", "\n").strip()) if place < len(cells) else "" for place in order]
            control = unprintable("".join(found))
            if control:  # the row is read without it, so that its other cells are still checked
                faults.append(Fault(shown_name(path), number, f"has the control character '{control}'; remove it"))
                found = [UNSAFE.sub("", cell) for cell in found]
            if any(found):
                count += 1
                yield number, found
    except csv.Error as error:
        faults.append(Fault(shown_name(path), reader.line_num, f"{UNREADABLE} as CSV: {error}"))
        lost.files.add(path.stem)
        return
    if not count or (cut and not text.endswith("\n")):  # a file that ends within a row may lack many more
        lost.files.add(path.stem)
    if not count:
        faults.append(Fault(shown_name(path), 0, "the table is empty"))


def _trimmed(header: Sequence[str]) -> list[str]:
    """The columns of a header without the blank ones at its end."""
    found = list(header)
    while found and not found[-1]:
        found.pop()
    return found


def _widths(header: Sequence[str], optional: Sequence[str]) -> tuple[int, int]:
    """How many cells a row has, and how many at least: it may end before optional columns that are last."""
    least = _trimmed(header)
    width = len(least)
    while least and least[-1] in optional:
        least.pop()
    return width, len(least)


def _order(file: str, header: Sequence[str], columns: Sequence[str], optional: Sequence[str], faults: list[Fault]) -> list[int] | None:
    """The position of each column, beyond every row for an optional one that is missing; None and faults if others are."""
    trimmed = _trimmed(header)
    if not trimmed:
        faults.append(Fault(file, 0, "the table is empty"))
        return None
    if len(trimmed) == 1 and (";" in trimmed[0] or "\t" in trimmed[0]):
        faults.append(Fault(file, 1, f"the columns are not separated by commas; they are {','.join(columns)}"))
        return None
    wrong = [f"no column {name!r}" for name in columns if name not in trimmed]
    known = (*columns, *optional)
    wrong += [f"unknown column {name!r}{suggestion(name, known)}" for name in trimmed if name not in known]
    wrong += [f"column {name!r} is given twice" for name in known if trimmed.count(name) > 1]
    if wrong:
        faults.append(Fault(file, 1, f"{'; '.join(wrong)} (the columns are {','.join(columns)})"))
        return None
    return [trimmed.index(name) if name in trimmed else sys.maxsize for name in known]


def read_table(path: AnyPath, faults: list[Fault], lost: Lost | None = None) -> list[TextRow]:
    """The rows of one input table; published.csv has no columns site and when."""
    columns = PUBLISHED_COLUMNS if path.stem == "published" else COLUMNS
    text = _decoded(path, faults, own=True)
    if text is None:
        if lost is not None:
            lost.files.add(path.stem)
        return []
    known = _faultless(text, path.name, columns) if shown_name(path) == path.name and len(text) < MOST_KEPT else None
    if known is not None:
        return list(known)
    return _rows(text, path, columns, faults, Lost() if lost is None else lost)


@lru_cache(KEPT)
def _faultless(text: str, name: str, columns: tuple[str, ...]) -> tuple[TextRow, ...] | None:
    """The rows of a table without a fault: questions that are asked one after another read most tables as they were. None of others."""
    faults, lost = list[Fault](), Lost()
    rows = _rows(text, MemoryPath({}, name), columns, faults, lost)
    return None if faults or lost.files or lost.cells else tuple(rows)


def _rows(text: str, path: AnyPath, columns: tuple[str, ...], faults: list[Fault], lost: Lost) -> list[TextRow]:
    """The rows of the text of a table."""
    rows = []
    for number, cells in _rows_of(text, path, (columns, GRADE_COLUMN), faults, lost):
        values = cells if len(columns) == len(COLUMNS) else [cells[0], "", "", *cells[1:]]
        rows.append(TextRow.of(path.stem, shown_name(path), number, values))
    return rows


def read_sources(path: AnyPath, faults: list[Fault], lost: Lost | None = None) -> dict[str, Source]:
    """sources.csv by key."""
    sources: dict[str, Source] = {}
    for number, cells in read_cells(path, SOURCE_COLUMNS, faults, lost, optional=SOURCE_GRADES):
        source = Source(*cells)
        if not source.key:
            faults.append(Fault(shown_name(path), number, "the key is blank"))
        elif source.key in sources:
            faults.append(Fault(shown_name(path), number, f"duplicate key {source.key!r}"))
        if not source.title:
            faults.append(Fault(shown_name(path), number, f"{source.key}: the title is blank"))
        if source.kind not in SOURCE_KINDS:
            message = f"{source.key}: no kind of source {source.kind!r}{suggestion(source.kind, SOURCE_KINDS)} ({', '.join(SOURCE_KINDS)})"
            faults.append(Fault(shown_name(path), number, message))
        wrong = (grade_fault(source.grade), reading_fault(source.read))
        faults.extend(Fault(shown_name(path), number, f"{source.key}: {each}") for each in wrong if each)
        sources[source.key] = source
    sources.pop("", None)
    return sources


def read_deflators(path: AnyPath, faults: list[Fault], warnings: list[Fault], lost: Lost | None = None) -> dict[int, float]:
    """deflators.csv: the price index by year, with a warning for jumps; one faulty row makes all of it unusable."""
    deflators: dict[int, float] = {}
    rows: dict[int, int] = {}
    start = len(faults)
    for number, (year, index) in read_cells(path, DEFLATOR_COLUMNS, faults, lost):
        value = parse_number(index)
        if not (year.isascii() and year.isdigit() and len(year) == len("2026")):
            faults.append(Fault(shown_name(path), number, f"{year!r} is not a year"))
        elif isinstance(value, str) or value <= 0:
            faults.append(Fault(shown_name(path), number, f"{index!r} is not a positive price index"))
        elif int(year) in deflators:
            faults.append(Fault(shown_name(path), number, f"duplicate year {year}"))
        else:
            deflators[int(year)] = value
            rows[int(year)] = number
    if len(faults) > start and lost is not None:
        lost.files.add(path.stem)
    least, most = SANE_STEP
    for before, after in pairwise(sorted(deflators)):
        rise = (deflators[after] / deflators[before]) ** (1 / (after - before)) - 1
        if not least <= rise <= most:
            message = f"the index changes by {rise:+.0%} a year from {before} to {after}, outside the usual {least:+.0%} to {most:+.0%}"
            warnings.append(Fault(shown_name(path), rows[after], message))
    return deflators
