"""A calibration for the terminal: each case beside the plan, by class; then what is outside, what is not reproduced, and the votes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gwplan.analysis.calibrate.calibrate import INSIDE, NOT_REPRODUCED, OUTSIDE, Calibration, Reproduced
from gwplan.analysis.calibrate.cases import Tolerance
from gwplan.common.amounts import number
from gwplan.common.constants import KILO
from gwplan.inputs.calibration_table import CLASSES
from gwplan.reports.formatting import counted
from gwplan.reports.terminal.audit import listed
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

UNITS = {"MUSD/MW": "$B/GW", "MUSD": "$M", "MUSD_nominal/MW/year": "$B/GW/year", "USD/kW/month": "$/kW/month", "USD/hour": "$/hour",
         "1/GW": "1/GW", "month": "months", "1": ""}  # fmt: skip
TITLES = {"identity": "Identities", "cost_model": "Cost models", "filed": "Filed or signed", "dates": "Durations",
          "announcement": "Announcements"}  # fmt: skip


def show(found: Calibration, console: Console) -> None:
    """Print all cases, what is outside or not reproduced with its reason, and the votes of the families."""
    title = f"Published figures reproduced from {found.inputs}, in dollars of {found.dollars}"
    console.print(title, style="bold", markup=False, soft_wrap=True)
    for name in CLASSES:
        for unit in UNITS:
            cases = [each for each in found.cases if each.verdict != NOT_REPRODUCED and (each.cost_class, each.unit) == (name, unit)]
            section(console, f"{TITLES[name]}, {allowed(found.tolerances[name])}: {UNITS[unit]}" if cases else "", _table(cases))
    for verdict, title in ((OUTSIDE, "Outside the tolerance of their class"), (NOT_REPRODUCED, "Not reproduced")):
        lines = by_reason([each for each in found.cases if each.verdict == verdict])
        if lines:
            console.print(f"\n{title}", style="bold", markup=False)
            console.print(listed(lines))
    console.print()
    for text in sentences(found):
        console.print(text, markup=False)


def allowed(tolerance: Tolerance) -> str:
    """The tolerance of a class in words."""
    if tolerance.months is not None:
        return f"within {tolerance.months:g} months"
    return "from low to high" if tolerance.share is None else f"within {tolerance.share:.0%}"


def _table(cases: Sequence[Reproduced]) -> Table:
    table = blank("Case", ">Published", ">Plan", ">Error", "", "Largest part")
    for each in cases:
        mark = "out" if each.verdict == OUTSIDE else ""
        table.add_row(each.name, _number(each.published), _plan(each), error(each), mark, each.part.partition(":")[0])
    return table


def _number(value: float) -> str:
    return number(float(f"{value:.3g}")) if value < KILO else number(value)


def _plan(each: Reproduced) -> str:
    return " / ".join(map(_number, each.plan))


def error(each: Reproduced) -> str:
    """The error as a share, or in months; blank without one."""
    if each.error is None:
        return ""
    return f"{each.error:+.0f}" if each.unit == "month" else f"{each.error:+.1%}"


def by_reason(cases: Sequence[Reproduced]) -> list[str]:
    """The cases with their errors and the parts that these come from; those with the same reason together."""
    found: dict[str, list[str]] = {}
    for each in cases:
        found.setdefault(each.reason or "no reason is given", []).append(_beside(each))
    return [f"{', '.join(lines)}: {reason}." for reason, lines in found.items()]


def _beside(each: Reproduced) -> str:
    if each.verdict == OUTSIDE:
        return f"{each.name} {error(each)}" + (f" ({each.part})" if each.part else "")
    figure = f"{_number(each.published)} {UNITS[each.unit]}".rstrip()
    return f"{each.name} ({figure}, plan {_plan(each)})" if each.plan else f"{each.name} ({figure})"


def sentences(found: Calibration) -> list[str]:
    """How many cases of tested classes are inside, and the error of the families, one vote each."""
    inside, outside, missing = (found.count(verdict) for verdict in (INSIDE, OUTSIDE, NOT_REPRODUCED))
    tested = ", ".join(TITLES[name].lower() for name in CLASSES if name in found.tolerances and found.tolerances[name].tested)
    lines = [f"Tested ({tested}): {inside} inside, {outside} outside, {missing} not reproduced, of {inside + outside + missing} cases."]
    if found.unexplained:
        lines.append(f"Outside without a reason: {', '.join(each.name for each in found.unexplained)}.")
    if found.median_vote is not None:
        votes = ", ".join(f"{family} {vote:+.0%}" for family, vote in sorted(found.votes.items(), key=lambda pair: pair[1]))
        lines.append(f"Capital per GW, {counted(len(found.votes), 'family', 'families')}, one vote each: the plan differs by "
                     f"{found.median_vote:+.1%} in the median ({votes}).")
    shared = sum(bool(each.shared) and each.verdict != NOT_REPRODUCED for each in found.cases)
    if shared:
        lines.append(f"{counted(shared, 'case')} come from a source that is behind the plan's numbers too: agreement says less.")
    return lines
