"""Copies of the tiny case to spoil, and small looks at their files that owe nothing to the program."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from gwplan.common.errors import Fault, InputFaults
from gwplan.inputs.case import Case
from gwplan.inputs.definition import Definition
from gwplan.planning.build import read_case, read_definition

ROOT = Path(__file__).parents[2]
PARTS = ("sites", "halls", "accelerators", "cooling", "power", "budget")
HEADER = "item,site,when,quantity,low,base,high,unit,source,note"
TOML = """
title = "Spoilt"
inputs = "inputs"
parts = [{parts}]
precision = "fp8"

[horizon]
start = "{start}"
end = "{end}"
step = "{step}"
dollars = {dollars}
discount_rate = 0.0

[goal]
kind = "least_cost"
any_hardware = true
"""


def tiny_copy(folder: Path) -> Path:
    """A copy of the tiny case, in `folder/inputs`."""
    return Path(shutil.copytree(ROOT / "inputs" / "tiny", folder / "inputs"))


def line_of(path: Path, start: str) -> int:
    """The number of the one line that begins so."""
    found = [number for number, line in enumerate(path.read_text().splitlines(), 1) if line.startswith(start)]
    assert len(found) == 1, f"{start!r} stands in lines {found} of {path.name}"
    return found[0]


def replaced(path: Path, start: str, line: str) -> int:
    """Put a line in the place of the one that begins so; gives its number."""
    number = line_of(path, start)
    lines = path.read_text().splitlines()
    lines[number - 1] = line
    path.write_text("\n".join(lines) + "\n")
    return number


def removed(path: Path, start: str) -> None:
    """Take out the one line that begins so."""
    number = line_of(path, start)
    lines = path.read_text().splitlines()
    del lines[number - 1]
    path.write_text("\n".join(lines) + "\n")


def appended(path: Path, *lines: str) -> int:
    """Add lines; gives the number of the last."""
    before = path.read_text() if path.exists() else f"{HEADER}\n"
    path.write_text(before + "\n".join(lines) + "\n")
    return len(path.read_text().splitlines())


def defined(
    inputs: Path, parts: Iterable[str] = PARTS, start: str = "2026-Q1", end: str = "2028-Q4", step: str = "year", dollars: int = 2026
) -> Definition:
    """A definition that asks for least cost over the folder."""
    path = inputs.parent / "spoilt.toml"
    path.write_text(TOML.format(parts=", ".join(f'"{part}"' for part in parts), start=start, end=end, step=step, dollars=dollars))
    return read_definition(path)


def case_of(inputs: Path, overlays: Sequence[Path] = (), sets: Sequence[str] = (), **horizon: str) -> Case:
    """The case of a folder."""
    return read_case(defined(inputs, **horizon), overlays, sets)  # type: ignore[arg-type]


def faults_of(inputs: Path, overlays: Sequence[Path] = (), sets: Sequence[str] = (), parts: Iterable[str] = PARTS) -> list[Fault]:
    """What is wrong with a folder, by the report of all at once; empty if nothing is."""
    try:
        read_case(defined(inputs, parts), overlays, sets)
    except InputFaults as error:
        return error.faults
    return []


def found_at(faults: Sequence[Fault], file: str, row: int, *words: str) -> bool:
    """True if one of the faults stands at that file and row and says those words."""
    return any(fault.file == file and fault.row == row and all(word in fault.message for word in words) for fault in faults)
