"""Why a plan does not have an option, for the terminal: what it costs to force it, and what would let it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gwplan.analysis.explain.why_not import Change, WhyNot
from gwplan.common.amounts import is_money, money, number
from gwplan.common.status import Exit
from gwplan.reports.terminal import breakeven
from gwplan.reports.terminal.tables import blank

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.explain.forced import Forced

LISTED = 6
"""Rows of a change that are named; the rest are counted."""


def exit_code(found: WhyNot) -> Exit:
    """0; stopped, with or without the cost of forcing it."""
    if not found.stopped:
        return Exit.SOLVED
    return Exit.STOPPED_EMPTY if found.forced is None and not found.changes else Exit.STOPPED


def as_json(found: WhyNot) -> dict[str, Any]:
    """The answer as plain data; costs in the unit of the goal, positive for worse."""
    forced = found.forced
    return {
        "exit_code": exit_code(found), "option": found.option.name, "kind": found.option.kind, "site": found.option.site,
        "chosen": found.chosen, "amount": found.amount, "unit": found.unit, "unproven": found.unproven,
        "forced": None if forced is None else {
            "amount": forced.words, "status": forced.status, "cost": forced.cost,
            "proven": None if forced.least is None else [forced.least, forced.most], "cost_as_planned": forced.kept},
        "changes": [{"what": each.what, **breakeven.as_json(each.found, each.numbers[0]), "rows": rows(each)} for each in found.changes],
        "solves": found.solves, "seconds": found.seconds, "message": found.message, "stopped": found.stopped,
    }


def rows(change: Change) -> list[dict[str, Any]]:
    """The rows of a change, with their values as they are and where the option enters."""
    found, listed = change.found, []
    for each in change.numbers:
        value = None if found.value is None else at(change, each.base)
        for place in each.places:
            after = None if value is None else each.at(place, value)
            listed.append({"row": place.where, "name": place.name, "unit": place.unit, "base": shown(place.base, each.is_date, each.text),
                           "enters_at": None if after is None else shown(after, each.is_date, each.text)})
    return listed


def shown(value: float, is_date: bool, text: Any) -> float | str:
    """A value as JSON has it: dates as text."""
    return str(text(value)) if is_date else value


def at(change: Change, base: float) -> float:
    """The value of one of several numbers where the option enters: all move by one factor, or by the same months."""
    assert change.found.value is not None
    if len(change.numbers) == 1:
        return change.found.value
    return base + change.found.value if change.found.number.months else base * change.found.value


def show(found: WhyNot, console: Console) -> None:
    """Print what it costs, and what would have to change."""
    what = found.option.words
    if found.chosen:
        console.print(f"The plan has the {what}: {number(found.amount)} of it.", markup=False)
        return
    cost = "" if found.forced is None else f" {forced_words(found, found.forced)}"
    console.print(f"The plan does not have the {what}.{cost}", style="bold", markup=False)
    if found.message:
        console.print(found.message, markup=False)
    if found.changes:
        table = blank("To let it in", ">Now", ">Enters at", ">Between", ">Solves")
        for each in found.changes:
            table.add_row(f"({each.what}) {each.numbers[0].key.rpartition('.')[2]}", *cells(each), f"{each.found.solves}")
        console.print(table)
    for each in found.changes:
        listed = [place.where for one in each.numbers for place in one.places]
        more = f" and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
        message = each.found.message and f"; {each.found.message}"
        console.print(f"{each.found.number.name} is {', '.join(listed[:LISTED])}{more}{message}", markup=False)
    if found.stopped:
        console.print("Stopped early: not all was looked for.")
    console.print(f"The plan without it is proven to {text(found, found.unproven)}. {found.solves} solves in {found.seconds:.1f} s.")


def forced_words(found: WhyNot, forced: Forced) -> str:
    """What it costs to force the option, in sentences."""
    if forced.cost is None or forced.least is None:
        return f"With {forced.words}: {forced.status.text}."
    ends = text(found, forced.least), "no end" if forced.most is None else text(found, forced.most)
    proven = f" (proven: {ends[0]} to {ends[1]})" if ends[0] != ends[1] else ""
    if forced.cost <= 0:
        words = f"Forced, {forced.words}: a plan with it is as good, as far as the gap can tell{proven}."
    else:
        words = f"Forced, {forced.words}: the goal is worse by {text(found, forced.cost)}{proven}."
    if forced.kept is None:
        return f"{words} It needs other sites, halls or units than planned."
    return f"{words} With sites and halls as planned it is worse by {text(found, forced.kept)}."


def cells(change: Change) -> tuple[str, str, str]:
    """Now, the value at which it enters, and the bracket; a mark where a side is not confirmed by a cold solve."""
    found = change.found
    now = found.number.text(found.number.base)
    if found.sides is None or found.value is None:
        return now, "not in range", " to ".join(map(found.number.text, found.searched))
    mark = "" if found.confirmed else " (not confirmed)"
    return now, found.number.text(found.value), " and ".join(found.number.text(side.value) for side in found.sides) + mark


def text(found: WhyNot, value: float) -> str:
    """An amount in the unit of the goal."""
    return money(value) if is_money(found.unit) else f"{number(value)} {found.unit}"
