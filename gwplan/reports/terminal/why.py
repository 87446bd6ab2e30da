"""Why a model has no plan, for the terminal: the promises that clash, and the changes of one number that are enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gwplan.reports.formatting import counted
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.planning.pairs import Pair
    from gwplan.planning.remedy import Remedy
    from gwplan.planning.why import Unmet


def as_json(found: Unmet) -> dict[str, Any]:
    """As `--json` prints it."""
    return {"has_plan": False, **found.as_json}


def show(found: Unmet, console: Console) -> None:
    """Print what was found."""
    console.print(found.sentence, style="bold", markup=False)
    table = blank("Row to edit", "Number", ">Now", ">Enough", ">Proven")
    for each in found.enough:
        table.add_row(*cells(each))
    section(console, "Each of these alone is enough, verified by a solve of the changed model", table)
    if any(each.needed for each in found.enough):
        console.print("Proven: with a smaller change no plan exists, even if halls, sites and supplies could be had in parts.")
    for each in found.enough:
        if each.note:
            console.print(f"{each.lever.name} {each.new}: {each.note}.", markup=False)
    if not found.enough and not found.unknown:
        console.print("\nNo change of one number alone is enough.")
    show_pairs(found.pairs, console)
    if found.compromise:
        console.print("\nOr all of them together, each by the same share: " + "; ".join(found.compromise_words) + ".", markup=False)
    if found.not_enough:
        console.print("\nNo change of these alone is enough: " + ", ".join(f"{each.place} {each.name}" for each in found.not_enough) + ".",
                      markup=False)
    if found.undone.strip():
        console.print("\n" + found.undone.strip(), markup=False)
    if found.unknown:
        left = ", ".join(f"{each.place} {each.name}" for each in found.unknown)
        console.print(f"\nNothing was found in time for {counted(len(found.unknown), 'number')}: {left}.", markup=False)
    example = [found.enough[0].change] if found.enough else list(found.pairs[0].changes) if found.pairs else []
    if example:
        console.print("\nFor example: add " + " ".join(f"--set '{each}'" for each in example), markup=False)


def cells(remedy: Remedy) -> tuple[str, str, str, str, str]:
    """The row to edit, with its number, its value now, the one that is enough, and the one that is proven to be needed."""
    return remedy.lever.place, remedy.lever.name, remedy.lever.now, remedy.new, remedy.proven


def show_pairs(pairs: Sequence[Pair], console: Console) -> None:
    """Print changes of two numbers that are enough together."""
    table = blank("", "Row to edit", "Number", ">Now", ">Enough", ">Proven")
    for pair in pairs:
        table.add_row("both", *cells(pair.one))
        table.add_row("and", *cells(pair.other))
    section(console, "Each of these pairs is enough together, verified by a solve of the changed model", table)
    if pairs:
        console.print("Less of either is not enough beside the other. Proven: with a smaller change, the other as it is shown, no plan "
                      "exists, even if halls, sites and supplies could be had in parts.")
    for each in (each for pair in pairs for each in pair.both if each.note):
        console.print(f"{each.lever.name} {each.new}: {each.note}.", markup=False)
