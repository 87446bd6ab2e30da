"""Reference plans for the terminal: one line each, the best plan first, then what they are and why some are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gwplan.analysis.reference import BEST, Reference, References
from gwplan.common.amounts import is_money, money, said, scale, unit_words
from gwplan.common.status import Status
from gwplan.reports.terminal.tables import bare, blank
from gwplan.results.figures import GOALS, REAL

if TYPE_CHECKING:
    from rich.console import Console


def show(found: References, console: Console) -> None:
    """Print the sentence, the table and the reasons."""
    console.print(sentence(found), style="bold", markup=False)
    console.print()
    bare(console, table(found))
    console.print()
    for each in found.plans:
        text = "; ".join(filter(None, (each.words, each.message)))
        if text:
            console.print(f"{each.name}: {text}", markup=False)
    widest = max((each.unproven or 0.0 for each in found.plans), default=0.0)
    dollars = f"Money in dollars of {found.dollars}. " if GOALS[found.goal].unit == REAL else ""
    console.print(f"{dollars}Each goal is proven to within {said(widest, GOALS[found.goal].unit)}: smaller differences mean nothing.",
                  markup=False)


def sentence(found: References) -> str:
    """What simple rules cost against the best plan: the cheapest and the dearest."""
    unit = GOALS[found.goal].unit
    solved = [each for each in found.plans if each.cost is not None and each.name != BEST and not each.message]
    none = sum(each.status is Status.INFEASIBLE for each in found.plans)
    without = f" {none} of {len(found.plans) - 1} cannot be had." if none else ""
    if not solved:
        return f"There is no reference plan beside the best plan.{without}"
    least, most = (which(solved, key=lambda each: each.cost or 0.0) for which in (min, max))
    if least is most:
        return f"Beside the best plan, {least.name!r} costs {said(least.cost or 0.0, unit)}.{without}"
    return (f"Against the best plan, simple rules cost from {said(least.cost or 0.0, unit)} ({least.name}) to "
            f"{said(most.cost or 0.0, unit)} ({most.name}).{without}")


def table(found: References) -> Any:
    """One line a plan."""
    unit = GOALS[found.goal].unit
    amounts = [each.objective for each in found.plans if each.objective is not None]
    word, size = scale(amounts) if is_money(unit) else ("", 1.0)
    title = unit_words(unit, word) if is_money(unit) else unit
    lines = blank("Plan", "Status", f">Goal, {title}", ">Costs more", ">First build", "Targets met", folds=True)
    for each in found.plans:
        lines.add_row(each.name, *cells(each, size, unit))
    return lines


def cells(each: Reference, size: float, unit: str) -> tuple[str, ...]:
    """The figures of a plan; blank without one."""
    if each.objective is None:
        return (str(each.status), "", "", "", "")
    cost = "" if each.name == BEST else "the same" if each.message else said(each.cost or 0.0, unit)
    return (str(each.status), f"{each.objective / size:,.4g}", cost, money(each.capital or 0.0), each.met or "never")
