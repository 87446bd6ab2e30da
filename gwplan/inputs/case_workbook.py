"""`case.xlsx`: tables of a case as sheets of one workbook, beside or in place of its CSV files, and read by the same rules.

A sheet is a table of the same name with the same header in row 1. A number is read as a person sees it, to the 15 digits
that a spreadsheet keeps; a formula as the value it was saved with; the first of a month as that month.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from gwplan.common.errors import SHEET, Fault
from gwplan.common.spelling import suggestion
from gwplan.inputs.memory import AnyPath, MemoryPath
from gwplan.inputs.plain_files import LINKED, MISSING, SUFFIX, UNREADABLE, WORKBOOK, FileFault, is_there, leads_out, read_bytes
from gwplan.inputs.workbook_cells import Flaw, NotAWorkbook, flaws_of

DIGITS = 15
"""Digits of a number that a spreadsheet keeps and shows."""
PERIODS = ("when", "low", "base", "high")
"""Columns in which a date is a month."""
DAYS = ("date", "title", "note", "read")
"""Columns in which a date is a day, or a text."""
_FILE = re.compile(r"\b\w+\.csv\b")


@dataclass(frozen=True)
class SheetPath(MemoryPath):
    """A sheet as the text of a CSV file, with the rows that cannot be read and why."""

    wrong: Mapping[int, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def shown(self) -> str:
        """The name in faults."""
        return sheet_name(self.stem)

    @property
    def unreadable_rows(self) -> Mapping[int, str]:
        """What is wrong with rows, by number."""
        return self.wrong


def sheet_name(table: str) -> str:
    """`case.xlsx, sheet power`."""
    return f"{WORKBOOK}{SHEET}{table}"


def table_of(file: str) -> str:
    """The table that a fault is about: that of `power.csv` or of `case.xlsx, sheet power`."""
    return file.removeprefix(sheet_name("")).removesuffix(SUFFIX)


@dataclass(frozen=True)
class CaseFolder:
    """The folder of a case with the sheets of its workbook among its tables.

    sheets: by the name that the CSV file of the table would have. faults: of the workbook as a whole. readable: False if its sheets
    are unknown.
    """

    folder: AnyPath
    sheets: Mapping[str, SheetPath] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    readable: bool = True

    def __truediv__(self, name: str) -> AnyPath:
        return self.sheets[name] if name in self.sheets else self.folder / name

    def __str__(self) -> str:
        return str(self.folder)

    def iterdir(self) -> Iterator[AnyPath]:
        """The files and the sheets, each name once."""
        yield from (path for path in self.folder.iterdir() if path.name not in self.sheets)
        yield from self.sheets.values()


def opened(folder: AnyPath) -> CaseFolder:
    """A folder with its workbook read, if it has one."""
    path = folder / WORKBOOK
    if not is_there(path):
        return CaseFolder(folder)
    try:
        content = read_bytes(path)
        if leads_out(path):
            raise FileFault(LINKED)
        found = sheets_of(content)
    except (FileNotFoundError, FileFault, NotAWorkbook) as error:
        return CaseFolder(folder, faults=(Fault(WORKBOOK, 0, str(error)),), readable=False)
    sheets, faults = dict[str, SheetPath](), list[Fault]()
    for name, (text, wrong) in found.items():
        file = f"{name.strip().lower()}{SUFFIX}"
        if file in sheets:
            faults.append(Fault(WORKBOOK, 0, f"has two sheets {name.strip().lower()!r}"))
        elif is_there(folder / file):
            faults.append(Fault(sheet_name(name), 0, f"the table is in {file} too: keep one of them"))
        sheets[file] = SheetPath({file: text}, file, wrong)
    return CaseFolder(folder, sheets, tuple(faults))


def renamed(text: str, folder: CaseFolder) -> str:
    """A text that says the sheet of a table where it says its CSV file, and there is none."""
    def sheet(found: re.Match[str]) -> str:
        return sheet_name(found[0].removesuffix(SUFFIX)) if found[0] in folder.sheets else found[0]

    return _FILE.sub(sheet, text) if folder.sheets else text


def named(faults: Sequence[Fault], folder: CaseFolder) -> list[Fault]:
    """Faults that say the sheet of a table where they say its CSV file, and there is none."""
    # A fault that a table stands twice names both.
    found = [fault if fault in folder.faults else replace(fault, file=renamed(fault.file, folder), message=renamed(fault.message, folder))
             for fault in faults]
    return [replace(fault, message=f"{fault.message}{_no_sheet(fault.file, folder)}") if fault.message.startswith(MISSING) else fault
            for fault in found]


def _no_sheet(file: str, folder: CaseFolder) -> str:
    """That the workbook has no sheet of a table either, with the nearest name of a sheet; blank without a workbook."""
    sheets = [name.removesuffix(SUFFIX) for name in folder.sheets]
    return f"; {WORKBOOK} has no sheet {table_of(file)!r}{suggestion(table_of(file), sheets)}" if sheets else ""


@lru_cache(maxsize=2)
def sheets_of(content: bytes) -> dict[str, tuple[bytes, dict[int, str]]]:
    """Each sheet as CSV text, with its unreadable rows, by its name. NotAWorkbook if the content is none."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    flaws = flaws_of(content)
    found = {}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                rows = [] if sheet.start is None else sheet.to_python(skip_empty_area=False)
                found[name] = table_text(rows, flaws.get(name, []), sheet.merged_cell_ranges or [])
    except PasswordError:
        raise NotAWorkbook(f"{UNREADABLE}: it has a password") from None
    except (CalamineError, OSError, ValueError) as error:
        raise NotAWorkbook(f"{UNREADABLE} as a workbook: {error}") from None
    return found


Merged = tuple[tuple[int, int], tuple[int, int]]


def table_text(rows: Sequence[Sequence[object]], flaws: Sequence[Flaw], merged: Sequence[Merged]) -> tuple[bytes, dict[int, str]]:
    """The CSV text of the rows of a sheet, blank rows included, and what is wrong with rows by number."""
    header = [str(cell).strip() for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    wrong: dict[int, str] = {}
    for flaw in flaws:
        wrong.setdefault(flaw.row, f"{_place(header, flaw.column)} {flaw.text}")
    for (first, left), (last, right) in merged:
        cells = f"{column_letters(left)}{first + 1}:{column_letters(right)}{last + 1}"
        for number in range(first + 1, last + 2) if left < len(header) else ():
            wrong.setdefault(number, f"the cells {cells} are merged; a table has a value in each cell")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for number, row in enumerate(rows[1:], 2):
        texts = [cell_text(cell, header[column] if column < len(header) else "") for column, cell in enumerate(row)]
        fault = _row_fault(header, row, texts)
        if fault:
            wrong.setdefault(number, fault)
        writer.writerow([each or "" for each in texts[: len(header)]])
    return text.getvalue().encode(), wrong


def _row_fault(header: Sequence[str], row: Sequence[object], texts: Sequence[str | None]) -> str:
    """What is wrong with a row; blank if nothing is."""
    for column, text in enumerate(texts):
        if text is None:
            return (f"{_place(header, column)} the spreadsheet has made a date or a time of it, {row[column]}; "
                    "format the cell as text and type it again")
        if column >= len(header) and text.strip():
            return f"{_place(header, column)} {text!r} is beside the table, whose header ends before it"
    return ""


def cell_text(cell: object, column: str) -> str | None:
    """A cell as the text of a CSV cell; None if a spreadsheet has made a date of something else."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, (int, float)):
        return f"{cell:.{DIGITS}g}"
    if isinstance(cell, datetime.date):
        day = cell.date() if isinstance(cell, datetime.datetime) else cell
        if isinstance(cell, datetime.datetime) and cell.time() != datetime.time():
            return None
        if column in DAYS:
            return day.isoformat()
        return f"{day.year:04}-{day.month:02}" if column in PERIODS and day.day == 1 else None
    return cell if isinstance(cell, str) else None


def column_letters(column: int) -> str:
    """`AB` for the column 27, counted from 0."""
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _place(header: Sequence[str], column: int) -> str:
    """`column M (base):`."""
    name = f" ({header[column]})" if column < len(header) and header[column] else ""
    return f"column {column_letters(column)}{name}:"
