"""A slip for the terminal: what it costs, with and without knowing in advance, and what stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gwplan.analysis.slip import Slipped
from gwplan.common.amounts import is_money, money, scale, unit_words
from gwplan.reports.slip import plain_unit, said_of, sentence
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.results.run_folder import RunFolder

MOST = 12
"""Lines of what stands; the JSON has them all."""


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


def unproven(found: Slipped) -> float:
    """Sum of the distances to the bounds, without those of plans that have none."""
    distances = (each.unproven for each in (found.planned, found.ahead, found.late))
    return sum(each for each in distances if math.isfinite(each) and each > abs(found.planned.objective) * 1e-9)


def plans(found: Slipped) -> Any:
    """The three plans, one a line."""
    variants = (found.planned, found.ahead, found.late)
    unit = plain_unit(found.unit)
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
