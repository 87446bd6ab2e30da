"""The side of one investor for the terminal: its cash by year, its stakes at their marks, and which of two gives more per dollar."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from gwplan.analysis.circular_financing.circle import Circle
from gwplan.analysis.circular_financing.view import LINES, Stake, View, better
from gwplan.common.amounts import money
from gwplan.reports.terminal.tables import blank, section

NOTE = ("What it earns on a sale is not known, so that no margin is assumed: a stake gives its gain and the margin x the sales, per "
        "dollar. Marks are the share held of what others paid for the whole company; the cash above is that of this plan alone.")


def show(found: Circle, side: View, console: Console) -> None:
    """Print it; found: the circle of the same run."""
    unit, size = found.unit
    name = found.run.named(side.name)
    section(console, f"The side of {name}: its cash by year in this plan, {unit} nominal", _cash(side, size))
    section(console, f"Stakes of {name}, {unit} nominal", _stakes(found, side, size))
    console.print(NOTE, style="dim", markup=False)
    for sentence in choices(found, side):
        console.print(sentence, markup=False)


def choices(found: Circle, side: View) -> list[str]:
    """Each pair of stakes in a sentence: which gives more per dollar that was paid in, and at which margin that turns."""
    said = []
    for one, two, margin in side.choices:
        ahead, full = better(one, two, 0.0), better(one, two, 1.0)
        other = two if ahead is one else one
        names = [_each(found, stake) for stake in (ahead, other)]
        turn = f"{found.run.named(ahead.company)} gives more at every margin"
        if margin is not None and full is not ahead:
            turn = f"above a margin of {margin:.0%} on its sales {found.run.named(full.company)} gives more"
        said.append(f"Per dollar paid in, {names[0]} against {names[1]}: {turn}.")
    return said


def _each(found: Circle, stake: Stake) -> str:
    return f"{found.run.named(stake.company)} ({stake.gain or 0.0:+.1f} and {stake.sales or 0.0:+.1f} x margin)"


def _cash(side: View, size: float) -> Table:
    """One line a year."""
    table = blank("Year", *(f">{name.capitalize()}" for line, name in LINES.items() if line in side.cash), ">Net", folds=True)
    for year, net in side.net.items():
        amounts = (side.cash[line].get(year, 0.0) for line in LINES if line in side.cash)
        table.add_row(str(year), *(f"{amount / size:+,.2f}" for amount in (*amounts, net)))
    return table


def _stakes(found: Circle, side: View, size: float) -> Table:
    """One line a stake."""
    table = blank("Company", ">Paid in", ">Share", "Worth at marks", ">Gain", ">Sales promised", ">Given up", ">Margin that pays for it",
                   folds=True)
    for each in side.stakes:
        marks = "; ".join(f"{when}: {money(worth)}" for when, worth in each.marks)
        gain = "-" if each.worth is None else f"{(each.worth - each.paid) / size:+,.2f}"
        share = "-" if each.share is None else f"{each.share:.1%}"
        table.add_row(found.run.named(each.company), f"{each.paid / size:,.2f}", share, marks, gain, f"{each.promised / size:,.2f}",
                      f"{each.given_up / size:,.2f}", "-" if each.margin is None else f"{each.margin:.1%}")
    return table
