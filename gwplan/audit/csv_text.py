"""The text of CSV files by column, and texts as numbers: most tables of a run are small, and a data frame costs more than its rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gwplan.audit.checks import Array


def columns_in(file: Path) -> dict[str, list[str]]:
    """The columns of a CSV. ValueError if its rows are not all as wide as its header, which is read without blank rows."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = [row for row in csv.reader(text, strict=True) if row]
    if not rows:
        raise ValueError("it is empty")
    header = rows.pop(0)
    if len(set(header)) < len(header):
        raise ValueError("two columns have the same name")
    wrong = next((number for number, row in enumerate(rows, 2) if len(row) != len(header)), None)
    if wrong is not None:
        raise ValueError(f"row {wrong} has {len(rows[wrong - 2])} cells, not {len(header)}")
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}


def numbers_of(texts: Sequence[str]) -> Array:
    """Texts as numbers, to the last digit; nan for one that is none."""
    try:
        return np.array(texts, dtype=float)
    except ValueError:
        return np.array([number_of(text) for text in texts], dtype=float)


def number_of(text: str) -> float:
    """A text as a number; nan if it is none."""
    try:
        return float(text)
    except ValueError:
        return np.nan
