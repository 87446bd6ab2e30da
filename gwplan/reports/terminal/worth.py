"""The worth of limits for the terminal: a line a limit, what is proven of it, its slope, and the rows to edit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gwplan.analysis.explain.worth import Worth, Worths
from gwplan.common.amounts import is_money, money, number
from gwplan.common.status import Exit
from gwplan.reports.terminal.tables import blank

if TYPE_CHECKING:
    from rich.console import Console


def exit_code(found: Worths) -> Exit:
    """0; stopped, with or without a limit that is solved."""
    if not found.stopped:
        return Exit.SOLVED
    return Exit.STOPPED if any(each.amount is not None for each in found.found) else Exit.STOPPED_EMPTY


def as_json(found: Worths) -> dict[str, Any]:
    """The limits as plain data, amounts in the unit of the goal; an infinite end of a range is null."""
    def row(each: Worth) -> dict[str, Any]:
        limit = each.limit
        return {
            "limit": limit.name, "base": limit.number.text(limit.number.base), "step": limit.words, "worth": each.amount,
            "proven": None if each.least is None else [each.least, each.most], "confirmed_cold": each.cold,
            "local": None if each.slope is None else {"per_unit": each.slope, "unit": limit.number.unit, "between": each.between},
            "rows": [{"row": place.where, "name": place.name} for place in limit.number.places],
            "rules": sorted({rule for rule, _ in limit.rows}), "status": each.status, "note": each.note,
        }

    return {"exit_code": exit_code(found), "run": found.run, "unit": found.unit, "unproven": found.unproven,
            "limits": [row(each) for each in found.found], "left_out": found.left, "rules_without_a_number": found.unknown,
            "solves": found.solves, "seconds": found.seconds, "seconds_of_the_run": found.own, "stopped": found.stopped}  # fmt: skip


def show(found: Worths, console: Console) -> None:
    """Print the table, what it leaves out, and how far it is proven."""
    console.print(f"What more of each limit that binds is worth, {'' if is_money(found.unit) else 'in '}{found.unit}, the most first",
                  style="bold", markup=False)
    table = blank("Limit", ">Step", ">Worth", ">Proven", ">One more (local)", folds=True)
    for each in found.found:
        mark = "*" if each.amount is not None and not each.cold else ""
        table.add_row(each.limit.name, each.limit.words, text(found, each.amount) + mark, proven(found, each), text(found, each.slope))
    console.print(table)
    console.print(f"\nRows to edit (of {found.run}/inputs)", style="bold", markup=False)
    for each in found.found:
        number = each.limit.number
        places = ", ".join(place.where for place in number.places)
        note = each.note and f"; {each.note}"
        console.print(f"{each.limit.name}: {places}, now {number.text(number.base)}{between(each)}{note}", markup=False)
    if any(each.amount is not None and not each.cold for each in found.found):
        console.print("* solved from the run's plan, proven to the gap; not solved again without a start.")
    if found.left:
        console.print(f"Not solved: {', '.join(found.left)}.", markup=False)
    if found.unknown:
        console.print(f"These bind too, and are not traced to a number: {', '.join(found.unknown)}.", markup=False)
    console.print("Local: for a small change, with whole numbers fixed; a limit on whole numbers alone has none.")
    if found.stopped:
        console.print("Stopped early: not all limits were solved.")
    ratio = f", {found.seconds / found.own:.1f} times the time of the run" if found.own > 0 else ""
    console.print(f"The run's plan is proven to {text(found, found.unproven)}. {found.solves} solves in {found.seconds:.1f} s{ratio}.")


def text(found: Worths, value: float | None) -> str:
    """An amount in the unit of the goal; blank for None."""
    if value is None:
        return ""
    return money(value) if is_money(found.unit) else number(value)


def proven(found: Worths, each: Worth) -> str:
    """Between which amounts a worth is proven to be."""
    if each.least is None or each.most is None:
        return ""
    if math.isinf(each.most):
        return f"{text(found, each.least)} or more"
    low, high = text(found, each.least), text(found, each.most)
    return low if low == high else f"{low} to {high}"


def between(each: Worth) -> str:
    """Between which values of the number its slope holds."""
    if each.between is None:
        return ""
    ends = ["any" if end is None or math.isinf(end) else number(end) for end in each.between]
    return f"; local from {ends[0]} to {ends[1]}" if ends[0] != ends[1] else "; local at this value alone"
