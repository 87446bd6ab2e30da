"""A downside for the terminal: coverage, default and recovery, one thing gone wrong at a time, and how far each may go."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gwplan.analysis.downside import WORTH_LESS, Breaking, Downside, DownsideCase
from gwplan.common.amounts import money
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.results.run_folder import RunFolder


def as_json(found: Downside) -> dict[str, Any]:
    """The result as plain data; what is not known is null."""
    def plain(row: dict[str, Any]) -> dict[str, Any]:
        return {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()}

    return {"exit_code": 0, "run": found.run, "largest_customer": found.customer or None, "coverage_floor": found.floor,
            "cases": [plain(asdict(each)) for each in found.cases], "breaking": [plain(asdict(each)) for each in found.breaking]}


def show(found: Downside, run: RunFolder, console: Console) -> None:
    """Print the finding, the cases and what is assumed."""
    console.print(sentence(found), style="bold", markup=False)
    table = blank("What goes wrong", ">By", ">Coverage", ">In", ">Money runs out", ">Short by", ">Recovered", ">Sponsor paid", folds=True)
    for each in found.cases:
        table.add_row(named(each, run), each.size, "none due" if math.isnan(each.coverage) else f"{each.coverage:.2f}", each.when,
                      each.default or "never", money(each.short) if each.default else "",
                      "" if math.isnan(each.recovery) else f"{each.recovery:.0%}",
                      "none due" if math.isnan(each.paid_last) else f"{each.paid_last:.0%}")
    section(console, "One thing at a time", table)
    console.print("\nCoverage: the least of a year. Money runs out also where debt at the end is not repaid by cash and "
                  "what is left. Recovered: of the debt outstanding. Sponsor paid: of what was planned, with investors. "
                  "Builds, debt and taxes stay as planned; nothing is planned again. Nominal money.", markup=False)


def named(case: DownsideCase, run: RunFolder) -> str:
    """What goes wrong, with the customer as people know it."""
    name, _, rest = case.name.partition(" pays no more")
    return f"{run.named(name)} pays no more" if rest == "" and case.name.endswith(" pays no more") else case.name


def sentence(found: Downside) -> str:
    """How far each thing may go until money runs out."""
    return f"Money runs out {'; '.join(until(each) for each in found.breaking)}."


def until(each: Breaking) -> str:
    """`once 21% of compute is not sold`."""
    if each.name == "interest higher":
        return "by no rise of interest" if math.isnan(each.value) else f"once interest is {100 * each.value:.1f} points higher"
    if each.name == WORTH_LESS:
        return "not even if nothing is left" if math.isnan(each.value) else f"once what is left at the end is worth {each.value:.0%} less"
    return "not even if no compute is sold" if math.isnan(each.value) else f"once {each.value:.0%} of compute is not sold"
