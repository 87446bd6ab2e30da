"""The worth of limits for the terminal: a line a limit, what is proven of it, its slope, and the rows to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gwplan.analysis.explain.worth import Worths
from gwplan.common.amounts import is_money
from gwplan.reports.terminal.tables import blank
from gwplan.reports.worth import as_json, between, exit_code, proven, text

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["as_json", "exit_code", "show"]


def show(found: Worths, console: Console) -> None:
    """Print the table, what it leaves out, and how far it is proven."""
    console.print(f"What more of each limit that binds is worth, {'' if is_money(found.unit) else 'in '}{found.unit}, the most first",
                  style="bold", markup=False)
    table = blank("Limit", ">Step", ">Worth", ">Proven", ">One more (local)", folds=True)
    unit, rows = found.unit, as_json(found)["limits"]
    for each, row in zip(found.found, rows, strict=True):
        mark = "*" if each.amount is not None and not each.cold else ""
        amount = text(unit, each.amount) + mark
        table.add_row(each.limit.name, each.limit.words, amount, proven(unit, row["proven"]), text(unit, each.slope))
    console.print(table)
    console.print(f"\nRows to edit (of {found.run}/inputs)", style="bold", markup=False)
    for row in rows:
        places = ", ".join(place["row"] for place in row["rows"])
        holds = between(row["local"] and row["local"]["between"])
        local = holds and f"; local {holds}"
        console.print(f"{row['limit']}: {places}, now {row['base']}{local}{row['note'] and '; ' + row['note']}", markup=False)
    if any(each.amount is not None and not each.cold for each in found.found):
        console.print("* proven to the gap from the run's plan; not proven a second time.")
    if found.left:
        console.print(f"Not solved: {', '.join(found.left)}.", markup=False)
    if found.unknown:
        console.print(f"These bind too, and are not traced to a number: {', '.join(found.unknown)}.", markup=False)
    console.print("Local: for a small change, with whole numbers fixed; a limit on whole numbers alone has none.")
    if found.stopped:
        console.print("Stopped early: not all limits were solved.")
    ratio = f", {found.seconds / found.own:.1f} times the time of the run" if found.own > 0 else ""
    console.print(f"The run's plan is proven to {text(unit, found.unproven)}. {found.solves} solves in {found.seconds:.1f} s{ratio}.")
