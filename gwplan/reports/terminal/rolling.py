"""Planning again as things become known, for the terminal: what comes of it in each scenario, and what was planned on the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.status import Status
from gwplan.reports import rolling as words
from gwplan.reports.terminal.hedge import lines
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import section
from gwplan.results.run_folder import named

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gwplan.analysis.hedge.rolling import Rolled

FEW_STEPS, FEW_SCENARIOS = 2, 5
"""Rows of the tables, which fit one screen; the page and the folder have all."""


def as_json(found: Rolled, folder: Path, facts: Mapping[str, Any], tables: words.Tables) -> dict[str, Any]:
    """Folder, facts and tables."""
    return {"exit_code": found.status.exit_code(plan=True), "folder": str(folder), "page": page_of(folder), **facts, "tables": tables}


def show(found: Rolled, folder: Path, material: tuple[Mapping[str, Any], words.Tables], console: Console) -> None:
    """Print the finding, the scenarios, the plans on the way and where the folder is: one screen."""
    facts, tables = material

    def label(name: str) -> str:
        return named(name, dict(found.case.checked.labels))

    first, *others = words.sentences(facts, tables, label)
    console.print(first, style="bold", markup=False)
    for each in others:
        console.print(each, markup=False)
    section(console, "Scenarios", some_of(*words.scenario_cells(facts, tables), FEW_SCENARIOS))
    section(console, "Plans on the way", some_of(*words.step_cells(facts, tables, between=True), FEW_STEPS))
    console.print()
    if found.status is not Status.OPTIMAL or not facts["decisions_are_shared"]["passed"]:
        console.print(words.standing(facts), markup=False)
    show_folder(folder, console)


def some_of(header: tuple[str, ...], cells: list[tuple[str, ...]], rows: int) -> Table:
    """A table of no more rows; the last one says how many are left out."""
    return lines(header, cells, rows if len(cells) <= rows else rows - 1)
