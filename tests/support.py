"""Copies of a case to change (a model file beside its folder `inputs`, and edits of its rows), and models solved in memory."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gwplan.common.status import Status
from gwplan.model.assemble import Plan
from gwplan.planning.build import build, load, options_of, read
from gwplan.planning.request import Request

ROOT = Path(__file__).parent.parent
TINY = ROOT / "models" / "tiny.toml"
THREE_SITES = ROOT / "tests" / "cases" / "three_sites"
ONE_GIGAWATT = ROOT / "models" / "one_gigawatt.toml"
HALF_YEARS = ("model.horizon.step=half",)
"""The step in which the shared run of that model is solved."""
YEARS = ("model.horizon.step=year",)


def in_years(model: Path) -> tuple[str, ...]:
    """The sets of a shipped model in years and, if it has hours, in few of them: the same rules for fewer periods and slices."""
    return (*YEARS, "model.hours.n=2", "model.hours.segments=3") if "\n[hours]" in model.read_text(encoding="utf-8") else YEARS


Row = dict[str, str]


def copied(model: Path, folder: Path) -> Path:
    """A copy of a model and of its inputs, as `folder/<name>` and `folder/inputs`; gives the copied model."""
    text = model.read_text(encoding="utf-8")
    (inputs,) = re.findall(r'(?m)^inputs = "(.*)"$', text)
    shutil.copytree(model.parent / inputs, folder / "inputs")
    copy = folder / model.name
    copy.write_text(text.replace(f'inputs = "{inputs}"', 'inputs = "inputs"'), encoding="utf-8")
    return copy


def replaced(path: Path, old: str, new: str) -> None:
    """Put a text in the place of one that stands exactly once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    """The rows of a table, cells by column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write a table of at least one row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def edited(model: Path, edit: Callable[[str, Row], Row | None]) -> int:
    """Run every row about items at sites through `edit(table, row)`: the row to write, or None to leave it out. Gives how many rows changed."""
    changed = 0
    for path in sorted((model.parent / "inputs").glob("*.csv")):
        rows = read_rows(path)
        if "site" in rows[0]:
            found = [edit(path.stem, dict(row)) for row in rows]
            changed += sum(new != old for new, old in zip(found, rows, strict=True))
            write_rows(path, [row for row in found if row is not None])
    return changed


@dataclass(frozen=True)
class Solved:
    """A solved model in memory: `objective` of its first goal, and the levels of all variables by (family, index)."""

    objective: float
    status: Status
    levels: dict[tuple[str, tuple[Any, ...]], float]
    plan: Plan | None


def solve_model(path: Path, *, sets: tuple[str, ...] = (), overlays: tuple[Path, ...] = ()) -> Solved:
    """Solve a model file in memory, without a run folder."""
    from gwplan.solving.lexicographic import solve_goals

    case = read(Request(path, overlays, sets))
    plan, arrays = build(case)
    if any(rule.broken for rule in plan.rules):
        return Solved(float("nan"), Status.INFEASIBLE, {}, plan)
    answer = solve_goals(arrays, options_of(case, None, None))
    if answer.x is None:
        return Solved(float("nan"), answer.status, {}, plan)
    load(plan, arrays, answer)
    levels = {key: float(answer.x[column]) for key, column in arrays.columns.items()}
    return Solved(answer.objective, answer.status, levels, plan)
