"""A frontier for the terminal: one line a point, with what the next unit costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.amounts import number, table_unit, unit_words
from gwplan.common.status import Exit, Status
from gwplan.reports.formatting import rows_of
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import blank

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.frontier import Frontier, Point


def exit_code(found: Frontier) -> Exit:
    """0 if each point is solved to the gap, 5 if one stopped early, or if not all were looked for."""
    return Exit.SOLVED if not found.stopped and all(point.status is Status.OPTIMAL for point in found.points) else Exit.STOPPED


def as_json(found: Frontier, folder: Path) -> dict[str, Any]:
    """Folder, figures and every row of the table."""
    from gwplan.analysis.frontier import columns

    table = columns(found)
    rows = rows_of(table)
    figures = [{"name": figure.name, "unit": figure.unit, "sense": figure.sense, "meaning": figure.meaning} for figure in found.figures]
    return {"exit_code": exit_code(found), "folder": str(folder), "page": page_of(folder), "figures": figures, "removed": found.removed,
            "seconds": found.seconds, "rows": rows}  # fmt: skip


def show(found: Frontier, folder: Path, console: Console) -> None:
    """Print the points."""
    first, second = found.figures
    units = [table_unit(figure.unit, amounts) for figure, amounts in
             ((first, [point.first for point in found.points]), (second, [point.second for point in found.points]))]  # fmt: skip
    definition = found.case.definition
    console.print(f"Trade-off (Pareto) curve of {first.name} ({first.meaning}) and {second.name} ({second.meaning})",
                  style="bold", markup=False)
    console.print(f"Money real, in dollars of {definition.horizon.dollars}; H100e at {definition.measure}.", markup=False)
    table = blank()
    each = f"{unit_words(second.unit)} for one more {unit_words(first.unit)}"
    for title in ("Point", f"{first.name}, {units[0][0]}", f"{second.name}, {units[1][0]}", each, "Gap"):
        table.add_column(title, justify="right", overflow="fold")
    table.add_column("Sites", overflow="fold")
    before: Point | None = None
    for place, point in enumerate(found.points, 1):
        step = None if before is None or point.first == before.first else (point.second - before.second) / (point.first - before.first)
        sites = ", ".join(point.summary["sites"])
        slope = "" if step is None else f"{step:,.4g}"
        table.add_row(str(place), number(point.first / units[0][1]), number(point.second / units[1][1]), slope, f"{point.gap:.2%}", sites)
        before = point
    console.print(table)
    if found.removed:
        one = found.removed == 1
        console.print(f"{found.removed} of {found.solved} points {'is' if one else 'are'} left out: others are as good in both figures.")
    if found.stopped:
        console.print("Stopped early: not all points were looked for.")
    console.print(f"Solved in {found.seconds:.1f} s.")
    show_folder(folder, console)
