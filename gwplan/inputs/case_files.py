"""A case as CSV files and as one table: the values used, in model units and model dollars, readable as a case."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common.printable import cell_text
from gwplan.common.units import with_year
from gwplan.inputs.half_lives import FILE, HALF_LIFE_COLUMNS
from gwplan.inputs.profiles import FOLDER
from gwplan.inputs.tables import COLUMNS, DEFLATOR_COLUMNS, GRADE_COLUMN, LABEL_COLUMNS, PUBLISHED_COLUMNS, SOURCE_COLUMNS, SOURCE_GRADES
from gwplan.inputs.values import DATE, LABEL, Value

if TYPE_CHECKING:
    import pandas as pd

    from gwplan.inputs.case import Case

FRAME_COLUMNS = (
    "table", "item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note", "estimate", "file", "row", "text",
    "grade",
)  # fmt: skip


def unit_of(case: Case, value: Value) -> str:
    """The unit of a stored value, with the year of its dollars."""
    return with_year(value.quantity.unit, case.definition.horizon.dollars)


def frame(case: Case) -> pd.DataFrame:
    """One line per row: columns as in the tables, with low, base and high as numbers in `unit`.

    `text` holds labels and dates, whose numbers are missing; `estimate` is true if the source is an estimate; `grade` is
    the row's own.
    """
    import pandas as pd

    lines = []
    for value in case.checked.values:
        row = value.row
        text = value.text if value.quantity.unit == LABEL else str(value.dates[1]) if value.quantity.unit == DATE else ""
        numbers = [float("nan") if number is None else number for number in value.numbers]
        estimate = row.source in case.sources and case.sources[row.source].kind == "estimate"
        lines.append((row.table, row.item, row.site, row.when, row.quantity, *numbers, unit_of(case, value), row.source, row.note, estimate,
                      row.file, row.row, text, row.grade))  # fmt: skip
    return pd.DataFrame(lines, columns=list(FRAME_COLUMNS))


def cells(case: Case, value: Value) -> list[str]:
    """The cells of a row, in the order of COLUMNS and GRADE_COLUMN."""
    row = value.row
    if value.quantity.unit == LABEL:
        texts = ["", value.text, ""]
    elif value.quantity.unit == DATE:
        texts = ["" if date is None else str(date) for date in value.dates]
    else:
        texts = ["" if number is None else repr(number) for number in value.numbers]
    return [row.item, row.site, row.when, row.quantity, *texts, unit_of(case, value), row.source, row.note, row.grade]


def texts(case: Case) -> dict[str, str]:
    """Each table that was read, with sources, deflators and labels, as the text of its CSV, by file name."""
    found = {}
    for name, table in case.checked.tables.items():
        lines = [cells(case, value) for value in case.checked.values if value.row.table == name]
        if not lines and table.optional:
            continue
        graded = GRADE_COLUMN if any(line[-1] for line in lines) else ()
        columns: Sequence[str] = (*(PUBLISHED_COLUMNS if name == "published" else COLUMNS), *graded)
        places = [(*COLUMNS, *GRADE_COLUMN).index(column) for column in columns]
        found[f"{name}.csv"] = _text(columns, ([line[place] for place in places] for line in lines))
    columns = (*SOURCE_COLUMNS, *SOURCE_GRADES)
    found["sources.csv"] = _text(columns, ([getattr(source, column) for column in columns] for source in case.sources.values()))
    found["deflators.csv"] = _text(DEFLATOR_COLUMNS, ([str(year), repr(index)] for year, index in sorted(case.deflators.items())))
    if case.checked.labels:
        found["labels.csv"] = _text(LABEL_COLUMNS, case.checked.labels.items())
    if case.checked.half_lives:
        rows = ([each.table, each.quantity, f"{each.months:g}", each.source, each.note] for each in case.checked.half_lives)
        found[FILE] = _text(HALF_LIFE_COLUMNS, rows)
    if case.hours is not None:
        found |= {f"{FOLDER}/{name}": content.decode("utf-8-sig", errors="replace") for name, content in case.hours.files.items()}
    return found


def write(case: Case, folder: Path) -> None:
    """Write each table that was read, with sources and deflators, into a folder (created if missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts(case).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")


def _text(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell_text(cell) for cell in line] for line in lines)
    return text.getvalue()
