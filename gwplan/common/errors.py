"""Input faults: all of them together, each with its file and row."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gwplan.common.printable import NAME, one_line

SHEET = ", sheet "


def at_row(file: str, row: int) -> str:
    """`power.csv:12`; `case.xlsx, sheet power, row 12` for a sheet of a workbook; the file alone for row 0."""
    if not row:
        return file
    return f"{file}, row {row}" if SHEET in file else f"{file}:{row}"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault or warning: its file, row and message. Row 0 means the file as a whole."""

    file: str
    row: int
    message: str

    def __str__(self) -> str:
        file, message = one_line(self.file, NAME), one_line(self.message)
        return f"{at_row(file, self.row)}{':' if SHEET in file or not self.row else ''} {message}"


class InputFaults(Exception):
    """The inputs cannot be used. `faults` lists all errors, `warnings` all implausible values."""

    def __init__(self, faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = list(faults)
        self.warnings = list(warnings)


@dataclass
class Lost:
    """Parts of the input files that could not be read and are reported as such: consequences are not reported again.

    files: stems of unreadable or truncated files. cells: by stem, the cells of single unreadable rows, which may contain
    names of the file.
    """

    files: set[str] = field(default_factory=set)
    cells: dict[str, set[str]] = field(default_factory=dict)

    def names(self, file: str) -> set[str]:
        """Names that the file may define in unreadable rows."""
        return self.cells.get(file, set())

    def may_have(self, file: str, name: str) -> bool:
        """True if the unreadable part of the file may define a name."""
        return file in self.files or name in self.names(file)

    def touches(self, file: str) -> bool:
        """True if any part of the file could not be read."""
        return file in self.files or file in self.cells


class MissingValue(LookupError):
    """No row gives a number that the model needs; the text names table, item, site and date. file, row: where to report it."""

    def __init__(self, text: str, file: str = "inputs", row: int = 0) -> None:
        super().__init__(text)
        self.file, self.row = file, row

    @property
    def fault(self) -> Fault:
        """The error as a fault at its row."""
        return Fault(self.file, self.row, str(self).removeprefix(f"{self.file}: "))


def faults_as_json(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults as a list of {file, row, message}; row 0 means the file as a whole."""
    return [{"file": fault.file, "row": fault.row, "message": fault.message} for fault in faults]


def sentence(error: BaseException) -> str:
    """An error as one sentence."""
    if isinstance(error, OSError):
        name = f" {one_line(str(error.filename), NAME)}" if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"No room on disk to write{name or ' the results'}: free some space, or name another folder."
        if error.errno is None and str(error):
            return str(error)
        if error.strerror:
            return f"{error.strerror}:{name or ' a file'}."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this model: use longer steps, a shorter horizon or fewer items."
    text = one_line(" ".join(str(error).split()))
    return f"Unexpected error, {type(error).__name__}: {text or 'no details'}. --debug shows the traceback."
