"""The tables of a case folder as one workbook, a sheet for each, which is read as the same case; or as CSV files again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gwplan.common.errors import InputFaults
from gwplan.common.numbers import parse_number
from gwplan.common.whole_files import write_whole
from gwplan.inputs.case_workbook import DIGITS, opened
from gwplan.inputs.declarations import Table
from gwplan.inputs.grades import READINGS, SCALE
from gwplan.inputs.memory import AnyPath
from gwplan.inputs.plain_files import read_bytes, tables_of
from gwplan.inputs.tables import SOURCE_KINDS
from gwplan.inputs.values import DATE, LABEL

NUMBERS = ("low", "base", "high", "year", "index", "months", "rho")
"""Columns whose texts are written as numbers."""
WIDTHS = {"note": 60, "title": 60, "address": 40, "label": 30, "item": 24, "quantity": 26, "source": 24, "key": 24, "publisher": 24,
          "a": 40, "b": 40}  # fmt: skip
WIDTH = 12
LONGEST_LIST = 255
"""Characters of a list of choices that a workbook holds."""
MORE_ROWS = 200
"""Rows below the table that offer the same choices."""
Rows = list[list[str]]


def tables_in(folder: AnyPath) -> dict[str, AnyPath]:
    """The tables of a folder, files and sheets, by name. InputFaults for a workbook that cannot be read."""
    found = opened(folder)
    if found.faults:
        raise InputFaults(found.faults)
    return {path.stem: path for path in tables_of(found)}


def rows_of(table: AnyPath) -> Rows:
    """The rows of a table that is read without fault, header first."""
    text = read_bytes(table).decode("utf-8-sig")
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline="")) if any(row)]


def write_workbook(tables: Mapping[str, Rows], declared: Mapping[str, Table], target: Path) -> Path:
    """Write tables as a workbook: header in sight, columns as wide as their texts, choices where a column has few. Gives the path.

    FileExistsError if the file is there already: it may have been edited.
    """
    import xlsxwriter

    if target.exists():
        raise FileExistsError(f"{target} is there already; name another file")

    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as workbook:
        styles = {"header": workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#DDEBF7"}),
                  "text": workbook.add_format({"num_format": "@"})}
        for name, rows in tables.items():
            sheet = workbook.add_worksheet(name)
            _fill(sheet, rows, styles)
            for column, choices in _choices(rows, declared.get(name), "sources" in tables and name != "sources").items():
                sheet.data_validation(1, column, len(rows) + MORE_ROWS, column,
                                      {"validate": "list", "source": choices, "error_type": "information"})
    target.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(target, content.getvalue())


def write_files(tables: Mapping[str, AnyPath], folder: Path) -> Path:
    """Write tables as CSV files into a folder, which is created if missing. FileExistsError if it has one of them already."""
    there = [path.name for path in tables.values() if (folder / path.name).exists()]
    if there:
        raise FileExistsError(f"{folder} has {there[0]} already; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for path in tables.values():
        write_whole(folder / path.name, read_bytes(path))
    return folder


def _fill(sheet: Any, rows: Rows, styles: Mapping[str, Any]) -> None:
    header = rows[0]
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, styles["header"])
        # Typed as text, 2027-07 stays what it is.
        sheet.set_column(column, column, WIDTHS.get(name, WIDTH), None if name in NUMBERS else styles["text"])
    units = header.index("unit") if "unit" in header else None
    for number, row in enumerate(rows[1:], 1):
        text = units is not None and row[units] in (LABEL, DATE)
        for column, cell in enumerate(row[: len(header)]):
            value = as_number(cell) if header[column] in NUMBERS and not text else None
            if value is not None:
                sheet.write_number(number, column, value)
            elif cell:
                sheet.write_string(number, column, cell, styles["text"])
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(header) - 1)


def as_number(text: str) -> float | None:
    """The number of a cell if a spreadsheet keeps all its digits, else None: it is written as text then."""
    value = parse_number(text)
    return value if isinstance(value, float) and float(f"{value:.{DIGITS}g}") == value else None


def _choices(rows: Rows, table: Table | None, sourced: bool) -> dict[int, list[str] | str]:
    """The choices of columns that have few, by place."""
    found: dict[str, list[str] | str] = {"grade": list(SCALE), "kind": list(SOURCE_KINDS), "read": list(READINGS)}
    if table is not None:
        found["quantity"] = sorted({quantity.name for quantity in table.quantities})
        found["unit"] = sorted({row[rows[0].index("unit")] for row in rows[1:]} - {""})
    if sourced:
        found["source"] = "=sources!$A$2:$A$1000"
    return {column: found[name] for column, name in enumerate(rows[0])
            if name in found and (isinstance(found[name], str) or 0 < len(",".join(found[name])) <= LONGEST_LIST)}
