"""The loss of a member for the terminal: what is lost at once, what is recovered when, what it costs, what is bought instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gwplan.analysis.disruption.effects import document
from gwplan.common.status import Status
from gwplan.reports.terminal.sweep import page_of, show_folder

if TYPE_CHECKING:
    from gwplan.analysis.disruption.disruption import Lost

KILO = 1e3
UNITS = {"it_mw": "MW of IT", "facility_mw": "MW at the meter", "compute_kh100e": "kH100e"}
TARGET_UNITS = {"it": "MW of IT", "facility": "MW at the meter", "compute": "kH100e"}
MONEY = {
    "capital_musd": "Capital", "running_musd": "Running cost", "npv_cost_musd": "Net present cost",
    "npv_value_musd": "Present value of compute",
}  # fmt: skip
STANDS = {
    "provider": "computes nothing more from then on and is paid nothing",
    "site": "has no power from then on; what is built there is still paid for",
    "vendor": "delivers nothing more from then on, orders under way included; what is installed keeps running",
}
LISTED = 25
LEAST = 0.05
"""A change that would be shown as 0.0 is left to the table."""


def as_json(found: Lost) -> dict[str, Any]:
    """The folder and all that is known of the loss."""
    return {"exit_code": found.exit_code, "folder": found.folder, "page": page_of(found.folder), **document(found.facts, found.tables)}


def headline(facts: dict[str, Any]) -> str:
    """Who is lost, when, and what that means."""
    share = f" ({facts['share']:.0%} of all)" if facts["share"] > 0 else ""
    return f"{facts['title']}: the {facts['lost']} {facts['name']}{share} is lost in {facts['at']}. It {STANDS[facts['lost']]}."


def recovery(facts: dict[str, Any]) -> str:
    """When as much is there as was planned, to within a hundredth."""
    words = []
    for name, unit in (("it_mw", "IT power"), ("compute_kh100e", "Compute")):
        months = facts["months_until_recovered"][name]
        words.append(f"{unit} is never below the plan" if months == 0 else f"{unit} is as planned after {months} months" if months
                     else f"{unit} stays below the plan to the horizon's end")  # fmt: skip
    return ". ".join(words) + "."


def show(found: Lost, console: Console) -> None:
    """Print what a loss does."""
    facts = found.facts
    console.print(headline(facts), style="bold", markup=False)
    console.print(recovery(facts), markup=False)
    gone = ", ".join(f"{amount:,.1f} {UNITS[name]}" for name, amount in facts["lost_at_once"].items() if abs(amount) > 0)
    if gone:
        console.print(f"Lost at once: {gone}.", markup=False)
    _section(console, "Targets", _targets(facts))
    _section(console, f"Money, MUSD of {facts['dollars']}", _money(facts))
    _section(console, "By period from the loss on: planned, and the new plan", _periods(found))
    _section(console, "Decided differently from the loss on", _instead(found))
    if facts["status"] != Status.OPTIMAL:
        console.print("\nStopped early: a better new plan may exist.")
    console.print()
    show_folder(found.folder, console)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left")
    return table


def _section(console: Console, title: str, table: Table) -> None:
    if table.row_count:
        console.print(f"\n{title}", style="bold", markup=False)
        console.print(table)


def _targets(facts: dict[str, Any]) -> Table:
    table = _table("Target", ">Missed by at most", ">For", "Met again from")
    for each in facts["targets"]:
        name = f"{each['target']}: {each['amount']:,.6g} {TARGET_UNITS[each['measure']]} by {each['by']}"
        if each["months_missed"]:
            table.add_row(name, f"{each['most_missed']:,.1f}", f"{each['months_missed']} months", each["holds_again"] or "not by its end")
        else:
            table.add_row(name, "kept", "", "")
    return table


def _money(facts: dict[str, Any]) -> Table:
    table = _table("", ">Planned", ">Anew", ">More")
    for name, title in MONEY.items():
        if facts["planned"][name] is not None:
            table.add_row(title, f"{facts['planned'][name]:,.1f}", f"{facts['replanned'][name]:,.1f}", f"{facts['extra'][name]:+,.1f}")
    return table


def _periods(found: Lost) -> Table:
    rows, table = found.tables["table"], _table("Period", ">MW of IT", ">anew", ">kH100e", ">anew")
    first = rows["period"].index(found.facts["at"])
    for number in range(first, len(rows["period"])):
        cells = [f"{rows[f'{name}_{which}'][number]:,.1f}" for name in ("it_mw", "compute_kh100e") for which in ("planned", "replanned")]
        table.add_row(rows["period"][number], *cells)
    return table


def _instead(found: Lost) -> Table:
    rows, table = found.tables["instead"], _table("What", "Item", "Where", ">Planned", ">Anew", ">More")
    names = ("decision", "item", "site", "planned", "replanned", "change")
    cells = [line for line in zip(*(rows[name] for name in names), strict=True) if abs(line[-1]) >= LEAST]
    for decision, item, site, *amounts in cells[:LISTED]:
        table.add_row(decision, item, site, *(f"{amount:,.1f}" for amount in amounts[:2]), f"{amounts[2]:+,.1f}")
    if len(cells) > LISTED:
        table.add_row(f"{len(cells) - LISTED} more in instead.csv", "", "", "", "", "")
    return table
