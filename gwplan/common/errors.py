"""What is wrong with the inputs: every fault at once, each with its file and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault or warning: where it stands and which rule it breaks. Row 0 means the file as a whole."""

    file: str
    row: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.message}" if self.row else f"{self.file}: {self.message}"


class InputFaults(Exception):
    """The inputs cannot be used. `faults` lists everything wrong with them, `warnings` what looks odd."""

    def __init__(self, faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = list(faults)
        self.warnings = list(warnings)


class MissingValue(LookupError):
    """A number that the model asks for has no row that holds; the text names table, item, site and date."""


def faults_as_json(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults as a list of {file, row, message}; row 0 means the file as a whole."""
    return [{"file": fault.file, "row": fault.row, "message": fault.message} for fault in faults]
