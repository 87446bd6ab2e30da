"""A stress test for the terminal: numbers by how much they move the goal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from gwplan.common.amounts import number, said, table_unit
from gwplan.common.status import WITH_PLAN
from gwplan.reports.formatting import rows_of
from gwplan.reports.terminal.sample import BAR, given, show_messages
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.figures import GOALS, name_of_goal, unit_of_goal

if TYPE_CHECKING:
    from gwplan.analysis.uncertainty.stress import Stressed

TOP_STRESS = 20
"""How many numbers are listed unless told otherwise."""


def stress_as_json(found: Stressed) -> dict[str, Any]:
    """The folder, the base, and the tornado as rows."""
    return {
        "exit_code": found.study.exit_code, "folder": found.study.folder, "page": page_of(found.study.folder), "goal": found.goal,
        "unit": unit_of_goal(found.goal, found.dollars, found.precision), "precision": found.precision, "dollars": found.dollars,
        "base_objective": found.base_objective, "base_unproven": found.unproven, "scenarios": len(found.study.results),
        "cached": found.study.cached, "tornado": rows_of(found.tornado),
    }  # fmt: skip


def show_stress(found: Stressed, console: Console, top: int = TOP_STRESS) -> None:
    """Print the numbers with the widest swing, with bars, then what it is worth to know them before deciding."""
    of, rows = GOALS[found.goal].unit, rows_of(found.tornado)
    unit, size = table_unit(of, [row["swing"] for row in rows])
    console.print(f"{found.title}: {len(rows):,} numbers, one at a time at low and high. "
                  f"The base plan gives {said(found.base_objective, of)} ({name_of_goal(found.goal)}), "
                  f"proven to within {'nothing' if found.unproven is None else said(found.unproven, of)}.", style="bold", markup=False)
    show_messages(found.study.table, console)
    widest = max((row["swing"] for row in rows), default=0.0)
    table = blank("Number", "Low to high", ">At low", ">At high", ">Swing", "")
    for row in rows[:top]:
        cells = [_change(row, end, found.base_objective, size) for end in ("low", "high")]
        bar = "" if row["note"] else "#" * max(round(BAR / 2 * row["swing"] / widest), 1)
        ends = " to ".join(given(row[end] if row[end] is not None else row["base"]) for end in ("low", "high"))
        span = ends if row["unit"] in ("1", "date") else f"{ends} {row['unit']}"
        table.add_row(row["key"], span, *cells, number(row["swing"] / size), bar or row["note"])
    section(console, f"Change of the objective when re-optimised, {unit}: the widest {min(top, len(rows))} of {len(rows)}", table)
    _show_knowing(rows, console, of, top)
    console.print()
    show_folder(found.study.folder, console)


def _change(row: dict[str, Any], end: str, centre: float, size: float) -> str:
    value = row[f"objective_{end}"]
    return row[f"status_{end}"] if value is None else f"{'+' if value >= centre else '-'}{number(abs(value - centre) / size)}"


def _show_knowing(rows: list[dict[str, Any]], console: Console, unit: str, top: int) -> None:
    """Where the base plan fails, or the re-optimised plan is better than it by more than the gap."""
    found = []
    for row in rows:
        for end in ("low", "high"):
            value, status = row[f"value_of_knowing_{end}"], row[f"base_plan_{end}"]
            fails = status not in ("", *WITH_PLAN) and row[f"status_{end}"] in WITH_PLAN
            if fails or (value is not None and value > row["unproven"]):
                found.append((value, row["key"], f"{end}, {given(row[end])}", status if fails else said(value, unit, plus=True)))
    if not found:
        console.print("\nTo know any one of these numbers in advance is worth less than the gap: no plan is proven to be better than the "
                      "base plan.", markup=False)
        return
    found.sort(key=lambda each: (each[0] is not None, -(each[0] or 0.0), each[1]))
    table = blank("Number", "At", ">Value")
    for _, key, at, text in found[:top]:
        table.add_row(key, at, text)
    section(console, "Value of perfect information: by how much the re-optimised plan is better", table)
