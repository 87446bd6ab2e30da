"""A hedge for the terminal: what to decide now, what then, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.reports import hedge as words
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.run_folder import named

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gwplan.analysis.hedge.policy import Hedged

MOST = 14
"""Lines of a table; the folder has them all."""


def as_json(found: Hedged, folder: Path, facts: Mapping[str, Any], tables: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, Any]:
    """Folder, facts and tables."""
    return {"exit_code": found.status.exit_code(plan=True), "folder": str(folder), "page": page_of(folder), **facts, "tables": tables}


def show(found: Hedged, folder: Path, material: tuple[Mapping[str, Any], Mapping[str, Mapping[str, list[Any]]]], console: Console) -> None:
    """Print the finding, what to decide now, what then, the scenarios, the regret of each plan and where the folder is."""
    facts, tables = material

    def label(name: str) -> str:
        return named(name, dict(found.case.checked.labels))

    first, *others = words.sentences(facts, tables, label)
    console.print(first, style="bold", markup=False)
    for each in filter(None, others):
        console.print(each, markup=False)
    before = f"before {facts['until']}" if facts["until"] else "in all scenarios"
    section(console, f"Now: what is decided {before}", lines(words.NOW_HEADER, words.now_cells(tables, label)))
    for each in words.moved_lines(tables, label):
        console.print(each, markup=False)
    section(console, "Then: where scenarios differ", lines(*words.later_cells(tables, label)))
    section(console, "Scenarios", lines(*words.scenario_cells(facts, tables)))
    section(console, "Regret of each plan, kept until something is known", lines(*words.matrix(facts, tables)))
    section(console, "What flexibility is worth: the hedge against one without it", lines(*words.flexibility_cells(facts, tables, label)))
    console.print()
    for each in filter(None, [words.no_flexibility(facts)]):
        console.print(each, markup=False)
    console.print(words.spread(facts), markup=False)
    console.print(f"{words.standing(facts)} Solved in {found.seconds:.1f} s.", markup=False)
    console.print(words.checked(facts), markup=False)
    console.print("plan_<scenario>.csv are for `gwplan solve --fix`.", markup=False)
    show_folder(folder, console)


def lines(header: tuple[str, ...], cells: list[tuple[str, ...]], most: int = MOST) -> Table:
    """A table of texts, its last line saying how many are left out."""
    table = blank(*header, folds=True)
    for each in cells[:most]:
        table.add_row(*each)
    if len(cells) > most:
        table.add_row(f"and {len(cells) - most} more", *[""] * (len(header) - 1))
    return table
