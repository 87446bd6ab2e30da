"""What a reader of workbooks hides: cells with an error, formulas saved without a value, and sheets too large to read."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from html import unescape

from gwplan.inputs.plain_files import UNREADABLE

LARGEST = 200_000_000
"""Bytes of a workbook, unpacked: above them it is no table that somebody typed."""
MOST_CELLS = 5_000_000
"""Cells from the first to the last that is used."""
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>]*>(.*?)</", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class NotAWorkbook(ValueError):
    """A file that is no workbook that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a cell. row: from 1; column: from 0."""

    row: int
    column: int
    text: str


def flaws_of(content: bytes) -> dict[str, list[Flaw]]:
    """The cells of each sheet, by name, that have an error or a formula without a value. NotAWorkbook if it is none, or too large."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise NotAWorkbook(f"{UNREADABLE}: it is larger than {LARGEST:,} bytes")
            for name, part in _sheets(packed).items():
                found[name] = _flaws(name, packed.read(part)) if part in packed.namelist() else []
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error):
        raise NotAWorkbook(f"{UNREADABLE} as a workbook; save it as Excel workbook (.xlsx), without a password") from None
    return found


def _attributes(text: bytes) -> dict[str, str]:
    return {key.decode("utf-8", "replace").rpartition(":")[2]: unescape((one or other).decode("utf-8", "replace"))
            for key, one, other in _ATTRIBUTE.findall(text)}


def _sheets(packed: zipfile.ZipFile) -> dict[str, str]:
    """The file of each sheet in the archive, by the name of the sheet."""
    targets = {each.get("Id", ""): each.get("Target", "")
               for each in map(_attributes, _RELATION.findall(packed.read("xl/_rels/workbook.xml.rels")))}
    found = {}
    for each in map(_attributes, _SHEET.findall(packed.read("xl/workbook.xml"))):
        target = targets.get(each.get("id", ""), "")
        found[each.get("name", "")] = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return found


def _flaws(sheet: str, text: bytes) -> list[Flaw]:
    found, rows, columns = [], 0, 0
    for cell in _CELL.finditer(text):
        body = cell[2]
        if not body:
            continue
        attributes = _attributes(cell[1])
        place = _REFERENCE.fullmatch(attributes.get("r", ""))
        if place is None:
            continue
        row, column = int(place[2]), _number(place[1]) - 1
        rows, columns = max(rows, row), max(columns, column + 1)
        value = _VALUE.search(body)
        if attributes.get("t") == "e":
            found.append(Flaw(row, column, f"the cell has the error {value[1].decode('utf-8', 'replace') if value else ''}".rstrip()))
        elif value is None and _FORMULA.search(body):
            found.append(Flaw(row, column, "the formula has no saved value; open the workbook in a spreadsheet and save it"))
    if rows * columns > MOST_CELLS:
        raise NotAWorkbook(f"{UNREADABLE}: the sheet {sheet} reaches to row {rows:,} and column {columns:,}")
    return found


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
