"""The circle of a run for the terminal: the answer, each investor, who pays whom, the loops, the obligations, the plan without."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from gwplan.analysis.circular_financing.circle import Circle, sentence
from gwplan.analysis.circular_financing.counterfactual import Difference, NoPlan, Without
from gwplan.analysis.circular_financing.obligations import KINDS, SPOT, SURE
from gwplan.analysis.circular_financing.parties import by_pair
from gwplan.common.amounts import TABLE, amount, beside, money
from gwplan.reports.terminal.comparison import BELOW, BELOW_NOTE
from gwplan.reports.terminal.tables import blank, section

PAIRS_SHOWN, LOOPS_SHOWN = 20, 12
"""Lines of a table that the terminal shows; --json gives all of them."""
WHY_COVERAGE = ("The round trip is nearly always 100%, because a supplier sells more than it invests, and alone says little; coverage "
                "(bought for each dollar paid in) and the share of its sales that its own money pays for tell suppliers apart.")
COVERED = "Not covered: by contracted revenue and the planner's own use. Spot revenue promises nothing."


def show(found: Circle, console: Console, other: Without | None = None, no_plan: NoPlan | None = None) -> None:
    """Print all of it; no_plan: why there is no plan without investors' money."""
    unit, size = found.unit
    console.print(sentence(found, other, no_plan), style="bold", markup=False)
    if no_plan is not None:
        console.print(no_plan.message, markup=False)
    elif other is None:
        console.print("What the plan is without it, --solve finds out.", style="dim", markup=False)
    share = found.back / found.sources if found.sources else 0.0
    console.print(f"{share:.0%} of the {money(found.sources)} that finance the plan is circular; "
                  f"{money(found.sources - found.back)} comes from outside it.", markup=False)
    section(console, f"Investors, {unit} nominal over the horizon", _investors(found))
    console.print(WHY_COVERAGE, style="dim", markup=False)
    _contingent(found, console)
    if found.not_taken:
        console.print(f"Offered and not taken: {', '.join(map(found.run.named, found.not_taken))}.", markup=False)
    section(console, f"Both sides of each investment, {unit} nominal", _sides(found))
    if found.positions:
        console.print("The return is on the investment alone, sales apart.", style="dim", markup=False)
        section(console, f"Who carries the risk {stopped(found)}, {unit} nominal", _risk(found))
    section(console, f"Who pays whom, {unit} nominal over the horizon", _pairs(found))
    console.print(f"In each period the receipts of all parties sum to nothing and the planner's to the change of its cash, within "
                  f"{money(found.miss)}.", style="dim", markup=False)
    section(console, f"Loops, {unit}; in circulation {money(found.circulation.amount)}, each dollar once", _loops(found))
    section(console, f"Obligations by year, {unit} nominal", _wall(found))
    if found.wall.dues:
        console.print(COVERED, style="dim", markup=False)
    section(console, f"Commitments, {unit} nominal", _commitments(found, size))
    if other is not None:
        section(console, "The plan without investors' money", _without(other))
        _standing(other, console)
    console.print(f"\nRun folder: {found.run.path}", markup=False, soft_wrap=True)
    if other is not None:
        console.print(f"Without investors: {other.other}", markup=False, soft_wrap=True)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _investors(found: Circle) -> Table:
    """One line an investor; the round trip stands next to the coverage."""
    table = blank("Investor", ">Pays in", ">Bought of it", ">of which through others", ">Round trip", ">Coverage", ">Sales it funds",
                   ">Net from outside", ">Lag, months", ">Stake", folds=True)
    _, size = found.unit
    for each in found.investors:
        coverage = "-" if each.coverage is None else f"{each.coverage:.2f}x"
        lag = "-" if each.lag_months is None else f"{each.lag_months:,.1f}"
        amounts = (each.gross, each.bought, sum(each.look_through))
        table.add_row(found.run.named(each.name), *(f"{paid / size:,.2f}" for paid in amounts),
                      _percent(each.round_trip), coverage, _percent(each.vendor_funded), f"{each.net_external / size:+,.2f}", lag,
                      "" if each.stake is None else f"{each.stake:.1%}")
    return table


def _contingent(found: Circle, console: Console) -> None:
    """Stakes with their value, what is paid out on claims, and what is no cash."""
    for each in found.investors:
        said = []
        if each.stake is not None and each.stake_value is not None:
            said.append(f"a stake of {each.stake:.1%}, worth {money(each.stake_value)} at the stated valuation")
        if each.paid_out:
            said.append(f"{money(each.paid_out)} paid out to it")
        if each.owed:
            said.append(f"{money(each.owed)} owed or left to it at the end")
        if each.warrants:
            said.append(f"warrants of {money(each.warrants)} (contingent, no cash)")
        if each.guarantees:
            said.append(f"guarantees of {money(each.guarantees)} (contingent, no cash)")
        if said:
            console.print(f"{found.run.named(each.name)}: {'; '.join(said)}.", markup=False)


def stopped(found: Circle) -> str:
    """The case of the last columns, in words."""
    return f"if the planner stops paying after {found.books.periods[found.positions[0].stop]}"


def _sides(found: Circle) -> Table:
    """Investors side by side: what each may pay in, is sure to sell, and gets."""
    table = blank("Investor", "Gets", ">Up to", ">Pays in", ">Committed back", ">Bought of it", ">Coverage", ">Paid to it",
                   ">Left at the end", ">Return", folds=True)
    _, size = found.unit
    for each in found.positions:
        amounts = [f"{paid / size:,.2f}" for paid in (each.cap, each.invested, each.committed, each.bought)]
        gets = [f"{paid / size:,.2f}" for paid in (sum(each.received), each.left)]
        table.add_row(found.run.named(each.name), ", ".join(each.instruments), *amounts,
                      "-" if each.coverage is None else f"{each.coverage:.2f}x", *gets, "-" if each.rate is None else f"{each.rate:.1%}")
    return table


def _risk(found: Circle) -> Table:
    """What each investor would lose."""
    table = blank("Investor", ">Its money in", ">Still due to it", ">Guarantees", "It carries", "Has paid on to", folds=True)
    _, size = found.unit
    for each in found.positions:
        table.add_row(found.run.named(each.name), f"{each.at_stop / size:,.2f}", f"{each.due / size:,.2f}", f"{each.guarantee / size:,.2f}",
                      each.carries,
                      ", ".join(map(found.run.named, each.paid_on)))
    return table


def _pairs(found: Circle) -> Table:
    table = blank("From", "To", f">{found.unit[0]}", "For")
    pairs = list(by_pair(found.payments).items())
    for (payer, payee), paid in pairs[:PAIRS_SHOWN]:
        lines = dict.fromkeys(each.line for each in found.payments if (each.payer, each.payee) == (payer, payee))
        table.add_row(found.run.named(payer), found.run.named(payee), f"{paid / found.unit[1]:,.2f}", ", ".join(lines))
    if len(pairs) > PAIRS_SHOWN:
        table.add_row(f"and {len(pairs) - PAIRS_SHOWN} more; --json lists them all", "", "", "")
    return table


def _loops(found: Circle) -> Table:
    table = blank("Loop", ">Could carry alone", ">Carries in the circulation", folds=True)
    loops = found.circulation.loops
    for loop in loops[:LOOPS_SHOWN]:
        table.add_row(" → ".join(map(found.run.named, (*loop.parties, loop.parties[0]))), f"{loop.most / found.unit[1]:,.2f}",
                      f"{loop.carried / found.unit[1]:,.2f}")
    if len(loops) > LOOPS_SHOWN:
        table.add_row(f"and {len(loops) - LOOPS_SHOWN} more; --json lists them all", "", "")
    return table


def _wall(found: Circle) -> Table:
    """One column a year: obligations by kind, all of them, what is sure to come in, and what that leaves open."""
    wall, size = found.wall, found.unit[1]
    kinds = [kind for kind in KINDS if any(due.kind == kind for due in wall.dues)]
    if not kinds:
        return Table()
    table = blank("", *(f">{year}" for year in wall.years))
    rows = [(kind, [wall.due(year, kind) for year in wall.years], "") for kind in kinds]
    rows.append(("all due", [wall.due(year) for year in wall.years], "bold"))
    for name in (*SURE, SPOT):
        if any(wall.income.get(name, {}).values()):
            rows.append((name, [wall.income[name].get(year, 0.0) for year in wall.years], "dim" if name == SPOT else ""))
    rows.append(("not covered", [max(wall.gap(year), 0.0) for year in wall.years], "bold"))
    for name, amounts, style in rows:
        table.add_row(name, *(f"{amount / size:,.2f}" for amount in amounts), style=style)
    return table


def _commitments(found: Circle, size: float) -> Table:
    table = blank("Contract", ">Year", ">Minimum", ">Paid", ">Unused (take-or-pay)", folds=True)
    for each in found.wall.commitments:
        amounts = (each.least, each.paid, each.shortfall)
        table.add_row(found.run.named(each.contract), str(each.year), *(f"{amount / size:,.2f}" for amount in amounts))
    return table


def _without(other: Without) -> Table:
    table = blank("", ">With", ">Without", ">Difference", "Unit")
    for row in other.differences:
        table.add_row(row.name, cell(row.before, row.unit), cell(row.after, row.unit), difference(row), beside(row.unit))
    return table


def cell(value: float | str | None, unit: str) -> str:
    """A figure as text, without its unit; nothing as a dash."""
    return "-" if value is None else amount(value, unit, TABLE) if isinstance(value, float) else str(value)


def difference(row: Difference) -> str:
    """A difference as text, with its sign, and a mark where it is not proven."""
    if row.difference is None:
        return "" if row.before == row.after else "differs"
    return "=" if not row.difference else amount(row.difference, row.unit, plus=True) + (BELOW if row.below_gap else "")


def _standing(other: Without, console: Console) -> None:
    """How far the two plans are proven: less than that means nothing."""
    gaps = ["unproven" if gap is None else f"{gap:.2%}" for gap in other.gaps]
    console.print(f"Gaps left open: {gaps[0]} with and {gaps[1]} without; what is smaller proves nothing.", style="dim", markup=False)
    if any(row.below_gap for row in other.differences):
        console.print(BELOW_NOTE, style="dim", markup=False)
