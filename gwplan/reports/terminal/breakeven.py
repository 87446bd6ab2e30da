"""A break-even for the terminal: the value, the bracket that is proven, and the rows to edit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gwplan.analysis.explain.breakeven import Breakeven, Side
from gwplan.analysis.explain.number import Number, Place
from gwplan.common.amounts import number as digits
from gwplan.common.status import Exit
from gwplan.reports.terminal.tables import blank

if TYPE_CHECKING:
    from rich.console import Console


def exit_code(found: Breakeven) -> Exit:
    """0 once the search is over, also where there is none; stopped, with or without a bracket."""
    if not found.stopped:
        return Exit.SOLVED
    return Exit.STOPPED_EMPTY if found.sides is None else Exit.STOPPED


def as_json(found: Breakeven, number: Number) -> dict[str, Any]:
    """The result as plain data. Values are in the unit of the first row; dates as months `2027-07`."""
    def shown(value: float | None) -> float | str | None:
        return found.number.text(value) if found.number.months and value is not None else value

    def side(each: Side | None) -> dict[str, Any] | None:
        return None if each is None else {
            "value": shown(each.value), "answer": each.yes, "level": each.level, "status": each.status, "objective": each.objective,
            "gap": each.gap, "confirmed_cold": each.confirmed}

    below, above = found.sides or (None, None)
    rows = [{"row": place.where, "name": place.name, "base": shown(place.base), "unit": place.unit,
             "break_even": None if found.value is None else shown(number.at(place, found.value))} for place in number.places]
    return {
        "exit_code": exit_code(found), "of": found.number.name, "for": found.aim.words, "base": side(found.base),
        "break_even": shown(found.value), "unit": number.unit, "below": side(below), "above": side(above),
        "searched": [shown(end) for end in found.searched], "within": found.within, "confirmed": found.confirmed, "gap": found.gap,
        "solves": found.solves, "rows": rows, "stopped": found.stopped, "message": found.message,
    }


def show(found: Breakeven, number: Number, console: Console) -> None:
    """Print the sentence, both sides and the rows to edit."""
    console.print(sentence(found), style="bold", markup=False)
    if found.message:
        console.print(found.message, markup=False)
    table = blank("", ">Value", "Answer", ">Amount", ">Goal", ">Gap", "Status")
    below, above = found.sides or (None, None)
    for name, side in (("below", below), ("above", above), ("now", found.base)):
        if side is not None:
            cold = ", cold" if side.confirmed else "" if name == "now" else ", not confirmed by a cold solve"
            table.add_row(name, found.number.text(side.value), answer(found, side), *figures(side), f"{side.status}{cold}")
    console.print(table)
    if found.value is not None:
        table = blank("Row to edit", "Number", ">Now", ">Break-even")
        for place in number.places:
            table.add_row(place.where, place.name, text(found, place, place.base), text(found, place, number.at(place, found.value)))
        console.print(table)
    proven = f"Plans are proven to a gap of {found.gap:.2%}" if math.isfinite(found.gap) else "Plans are not proven"
    console.print(f"{proven}: the answer is the bracket, not a point. {found.solves} solves.")


def sentence(found: Breakeven) -> str:
    """The answer in one sentence."""
    name, what = found.number.name, found.aim.words
    if found.sides is None or found.value is None:
        return f"No break-even of {name} for {what} between {' and '.join(map(found.number.text, found.searched))}."
    low, high = (found.number.text(side.value) for side in found.sides)
    value = found.number.text(found.value)
    if found.aim.option is None:
        side = "above" if found.sides[1].yes else "below"
        return f"{what} is reached {side} {name} = {value} (between {low} and {high})."
    below = "below" if found.sides[0].yes else "above"
    if found.number.months:
        below = "before" if found.sides[0].yes else "from"
    verb = "leaves" if found.base.yes else "enters"
    return f"The {what} is bought {below} {name} = {value} (between {low} and {high}): there it {verb} the plan."


def answer(found: Breakeven, side: Side) -> str:
    """The answer of a side, in words."""
    if side.objective is None:
        return "no plan"
    if found.aim.option is None:
        return "at least" if side.yes else "below"
    return "bought" if side.yes else "not bought"


def figures(side: Side) -> tuple[str, str, str]:
    """Amount, objective and gap of a side as text."""
    return digits(side.level), digits(side.objective), "" if side.gap is None else f"{side.gap:.2%}"


def text(found: Breakeven, place: Place, value: float) -> str:
    """A value of a row with its unit."""
    return found.number.text(value) if found.number.months else f"{value:.5g} {'' if place.unit == '1' else place.unit}".rstrip()
