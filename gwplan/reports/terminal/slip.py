"""A slip for the terminal: what it costs, with and without knowing in advance, and what stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gwplan.analysis.slip import Slipped, Variant
from gwplan.common.amounts import is_money, money, said, scale, unit_words
from gwplan.common.status import Exit
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.results.run_folder import RunFolder

MOST = 12
"""Lines of what stands; the JSON has them all."""


def exit_code(found: Slipped) -> Exit:
    """0 where both plans are solved to the gap and keep the targets; 4 where a target is missed; 5 where a search was stopped."""
    if found.late.missed or found.ahead.missed:
        return Exit.INFEASIBLE
    return max((each.status.exit_code(plan=True) for each in (found.ahead, found.late)), default=Exit.SOLVED)


def as_json(found: Slipped) -> dict[str, Any]:
    """The result as plain data; costs are in the unit of the goal, positive for worse."""
    def plain(variant: Variant) -> dict[str, Any]:
        return {
            "name": variant.name, "status": variant.status, "objective": variant.objective, "bound": finite(variant.bound),
            "cost": found.cost(variant), "capital_first_build_musd": variant.capital, "targets_met_from": variant.met or None,
            "missed": [{"target": each.target, "most": each.most, "unit": each.unit, "months": each.months,
                        "holds_again": each.again or None} for each in variant.missed],
        }

    made = [{"part": each.part, "decision": each.decision, "item": each.item, "site": each.site, "when": each.when, "amount": each.amount}
            for each in found.made]
    return {
        "exit_code": exit_code(found), "run": found.run, "sets": list(found.changes), "after": found.after or None, "goal": found.goal,
        "unit": found.unit, "planned": plain(found.planned), "known_in_advance": plain(found.ahead), "known_at_the_date": plain(found.late),
        "value_of_knowing": found.knowing if found.alike else None, "stands": made,
        "moved": [{"decision": name, "to": to or None} for name, to in found.moved],
    }


def finite(value: float) -> float | None:
    """A number, or None for one that is not finite."""
    return value if math.isfinite(value) else None


def show(found: Slipped, run: RunFolder, console: Console) -> None:
    """Print the sentence, the three plans, what is missed and what stands."""
    console.print(sentence(found), style="bold", markup=False)
    for variant in (found.ahead, found.late):
        for each in variant.missed:
            console.print(f"{variant.name.capitalize()}: {each.sentence}", markup=False)
    section(console, f"Plans (money in dollars of {run.dollars})", plans(found))
    if unproven(found) > 0:
        within = said_of(found, unproven(found))
        console.print(f"Together the goals are proven to within {within}: smaller differences mean nothing.", markup=False)
    section(console, f"What stands, decided before {found.after or 'the end'}", standing(found, run))
    console.print(f"{'' if found.made else chr(10)}{orders(found)}", markup=False)


def said_of(found: Slipped, amount: float) -> str:
    """An amount of the goal in words."""
    unit = found.unit.partition(" of ")[0].partition(" (")[0]
    return said(amount, unit)


def sentence(found: Slipped) -> str:
    """What the slip costs, known and not."""
    what = f"{' and '.join(found.changes)}: known {f'in {found.after}' if found.after else 'after the horizon'} only,"
    late, ahead = (said_of(found, found.cost(each)) for each in (found.late, found.ahead))
    advance = "a target is missed all the same" if found.ahead.missed else f"it costs {ahead}"
    if found.late.missed and found.late.missed != found.ahead.missed:
        return f"{what} a target can no longer be kept; known in advance, {advance}."
    if found.lost:
        return f"{what} some of what was ordered cannot be delivered within the horizon, and is left out of the cost of {late}; known in " \
               f"advance, {advance}."
    missed = "targets are missed by the least that can be, at a cost of" if found.late.missed else "it costs"
    return f"{what} {missed} {late}; known in advance, {ahead}. Knowing in advance is worth {said_of(found, max(found.knowing, 0.0))}."


def unproven(found: Slipped) -> float:
    """Sum of the distances to the bounds, without those of plans that have none."""
    distances = (each.unproven for each in (found.planned, found.ahead, found.late))
    return sum(each for each in distances if math.isfinite(each) and each > abs(found.planned.objective) * 1e-9)


def plans(found: Slipped) -> Any:
    """The three plans, one a line."""
    variants = (found.planned, found.ahead, found.late)
    unit = found.unit.partition(" of ")[0].partition(" (")[0]
    word, size = scale([each.objective for each in variants]) if is_money(unit) else ("", 1.0)
    title = unit_words(unit, word) if is_money(unit) else unit
    table = blank("Plan", "Status", f">Goal, {title}", ">Slip costs", ">First build", "Targets met", folds=True)
    for each in variants:
        name = (f"known in {found.after} only" if found.after else "known after the end") if each is found.late else each.name
        bare = each is found.late and not found.alike  # without a target or an order, its goal says nothing of the slip
        cost = "" if each is found.planned else "-" if bare else said_of(found, found.cost(each))
        met = each.met or ("missed" if each.missed else "")
        table.add_row(name, str(each.status), f"{each.objective / size:,.4g}", cost, money(each.capital), met)
    return table


def standing(found: Slipped, run: RunFolder) -> Any:
    """What was decided before the date, each item at a site on one line."""
    table, sums = blank("What", "Where", ">Number", "Of", "When"), dict[tuple[str, str, str], list[Any]]()
    for each in found.made:
        entry = sums.setdefault((f"{each.part}, {each.decision}", each.item, each.site), [0.0, each.when, each.when])
        entry[0], entry[2] = entry[0] + (each.amount or 0.0), each.when
    for (what, item, site), (amount, first, last) in list(sums.items())[:MOST]:
        table.add_row(what, run.named(site), f"{amount:,.4g}", run.named(item), first if first == last else f"{first} to {last}")
    if len(sums) > MOST:
        table.add_row(f"and {len(sums) - MOST} more lines (--json)", "", "", "", "")
    return table


def orders(found: Slipped) -> str:
    """What of it comes later than it was ordered for, and what never comes."""
    if not found.made:
        return "Nothing was decided before that date: to know in advance is worth nothing."
    later = [f"{name} is taken up in {to}" for name, to in found.moved if to]
    never = [name for name, to in found.moved if not to]
    lines = [f"With the change, {'; '.join(later)}: no sooner can it be delivered." if later else "",
             f"Not deliverable within the horizon, and left out with its cost: {'; '.join(never)}." if never else ""]
    return " ".join(filter(None, lines)) or "All of it stands as it was ordered."
