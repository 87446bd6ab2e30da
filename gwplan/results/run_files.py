"""The files of a run, in a folder or in memory, behind one interface."""

from __future__ import annotations

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
