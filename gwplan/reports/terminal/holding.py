"""What holds a plan back, for the terminal: limits that bind, and why it is not cheaper, not sooner and not larger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gwplan.common.amounts import is_money, money
from gwplan.common.amounts import number as plain
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.explain.holding import Held, Holding
    from gwplan.planning.wishes import Answer

SHOWN = 8
"""Limits that are printed; `--json` has all of them."""
ENOUGH = 3
"""Changes that are printed for each question."""


def as_json(found: Holding) -> dict[str, Any]:
    """As `--json` prints it."""
    return {
        "has_plan": True, "goal": found.goal, "unit": found.unit, "unproven": found.unproven, "first_power": found.first_power,
        "limits": [limit_json(each) for each in found.limits], "rules_without_a_number": found.others,
        "answers": [answer_json(each) for each in found.answers], "left": found.left, "seconds": found.seconds, "stopped": found.stopped,
    }  # fmt: skip


def limit_json(held: Held) -> dict[str, Any]:
    """One limit, for `--json`. one_more: worth of one more unit to the goal, in its unit, whole numbers fixed."""
    number = held.limit.number
    return {"name": held.limit.name, "words": held.words, "now": number.text(number.base), "periods": held.periods, "one_more": held.slope,
            "unit": number.unit, "rows": [place.where for place in number.places]}


def answer_json(answer: Answer) -> dict[str, Any]:
    """One answer, for `--json`."""
    return {"question": answer.wish.question, "wish": answer.wish.words, "status": answer.status, "cost": answer.cost,
            "proven": None if answer.least is None else [answer.least, answer.most], "clash": answer.clash,
            "room": None if answer.unmet is None else answer.unmet.as_json}


def show(found: Holding, console: Console) -> None:
    """Print what was found."""
    console.print("The model has a plan. What holds it back:", style="bold", markup=False)
    if found.first_power:
        console.print(found.first_power, markup=False)
    table = blank("Limit that binds", "Number", ">Now", ">One more is worth")
    for each in found.limits[:SHOWN]:
        table.add_row(f"{each.words} ({span(each.periods)})" if each.periods else each.words, each.limit.name.partition(".")[2],
                      each.limit.number.text(each.limit.number.base), worth(found, each))
    section(console, "Limits that bind, the one that weighs most first", table)
    if len(found.limits) > SHOWN:
        console.print(f"And {len(found.limits) - SHOWN} more (--json has all of them).")
    if found.limits:
        console.print(f"Worth to the goal, {found.goal.replace('_', ' ')}: for a small change, with whole numbers fixed. Not solved again; "
                      "`gwplan worth RUN` does that.", markup=False)
    if found.others:
        console.print(f"These bind too, and are not traced to a number: {', '.join(found.others)}.", markup=False)
    for answer in found.answers:
        show_answer(found, answer, console)
    if found.left:
        console.print(f"\nNot answered in time: {'; '.join(found.left)}.", markup=False)
    if found.answers:
        console.print(f"\nThe plan itself is proven to {amount(found, found.unproven)}.", markup=False)


def span(periods: tuple[str, ...]) -> str:
    """Some periods in words."""
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


def worth(found: Holding, held: Held) -> str:
    """What one more unit of a number is worth."""
    unit = held.limit.number.unit
    each = "all of them by 1 %" if len(held.limit.number.places) > 1 else "" if unit == "1" else f"per {unit}"
    factor = held.limit.number.base / 100 if len(held.limit.number.places) > 1 else 1.0
    return f"{amount(found, held.slope * factor)} {each}".rstrip()


def amount(found: Holding, value: float) -> str:
    """An amount in the unit of the goal."""
    return money(value) if is_money(found.unit) else f"{plain(value)} {found.unit}"


def show_answer(found: Holding, answer: Answer, console: Console) -> None:
    """Print why a plan is not cheaper, sooner or larger."""
    console.print(f"\nWhy not {answer.wish.question}? Asked for: {answer.wish.words}.", style="bold", markup=False)
    if answer.cost is not None:
        console.print(costs(found, answer), markup=False)
        return
    if answer.unmet is None:
        least = f" It would make the goal worse by at least {amount(found, answer.least)} (proven)." if answer.least else ""
        console.print(f"No plan that has it was found in time, and no proof that there is none.{least}", markup=False)
        return
    console.print(f"No plan has it and keeps {answer.clash}." if answer.clash else f"No plan has it. {answer.unmet.sentence}", markup=False)
    enough = answer.unmet.enough[:ENOUGH]
    if enough:
        changes = "; ".join(each.words for each in enough)
        console.print(f"Each of these alone makes room for it, verified by a solve: {changes}.", markup=False)
    elif not answer.unmet.unknown:
        console.print("No change of one number of a target or limit alone makes room for it.")
    else:
        console.print("No change that makes room for it was found in time.")


def costs(found: Holding, answer: Answer) -> str:
    """What a wish costs the goal."""
    assert answer.cost is not None and answer.least is not None
    if answer.most is None:
        proven = "not proven"
    elif amount(found, answer.least) == amount(found, answer.most):
        proven = "proven"
    else:
        proven = f"proven of the best one: {amount(found, answer.least)} to {amount(found, answer.most)}"
    if answer.cost <= 0:
        return f"It can be had at no cost, as far as plans are proven ({proven})."
    return f"It can be had: the plan that was found makes the goal worse by {amount(found, answer.cost)} ({proven})."
