"""The files of a run, in a folder or in memory, behind one interface."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd


class RunFiles(Protocol):
    """Texts by name, such as `summary.json` or `tables/ledger.csv`."""

    def text(self, name: str) -> str:
        """The text of a file, without a byte order mark. OSError if missing or unreadable; ValueError if it is not text."""

    def holds(self, name: str) -> bool:
        """True if there is such a file."""

    def names(self, folder: str) -> list[str]:
        """Names of the files of a folder of the run, such as `tables`, in order."""


@dataclass(frozen=True)
class OnDisk:
    """The files of a run folder."""

    path: Path

    def text(self, name: str) -> str:
        """See RunFiles."""
        return (self.path / name).read_text(encoding="utf-8-sig")

    def holds(self, name: str) -> bool:
        """See RunFiles."""
        return (self.path / name).is_file()

    def names(self, folder: str) -> list[str]:
        """See RunFiles."""
        return sorted(path.name for path in (self.path / folder).glob("*") if path.is_file())


@dataclass(frozen=True)
class InMemory:
    """The files of a run that is not written to disk."""

    texts: Mapping[str, str]

    def text(self, name: str) -> str:
        """See RunFiles."""
        if name not in self.texts:
            raise FileNotFoundError(f"the run has no {name}")
        return self.texts[name]

    def holds(self, name: str) -> bool:
        """See RunFiles."""
        return name in self.texts

    def names(self, folder: str) -> list[str]:
        """See RunFiles."""
        return sorted(name.rpartition("/")[2] for name in self.texts if name.rpartition("/")[0] == folder)


def numbers_in(cells: Sequence[str]) -> np.ndarray[Any, Any]:
    """Cells as numbers to the last digit, which pandas does not always keep; nan for one that is none. Whole numbers where all are."""
    found = np.asarray(pd.to_numeric(np.array(cells, dtype=object), errors="coerce"))
    if found.dtype.kind != "f":
        return found
    return np.array([float(cell) if not math.isnan(known) else math.nan for cell, known in zip(cells, found, strict=True)])


def columns_in(text: str) -> dict[str, list[str]]:
    """The columns of a CSV; a row that ends early is filled with blanks. ValueError if it cannot be read.

    Most tables of a run are small: pandas takes a millisecond to read one.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not rows:
        raise ValueError("a table is empty")
    header = rows.pop(0)
    if len(set(header)) < len(header) or any(len(row) > len(header) for row in rows):
        raise ValueError("a table has a column twice, or a row that is longer than its header")
    return {name: [row[place] if place < len(row) else "" for row in rows] for place, name in enumerate(header)}
