"""The loss of a member for the terminal: what is lost at once, what is recovered when, what it costs, what is bought instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gwplan.analysis.disruption.effects import document
from gwplan.common.amounts import TABLE, money
from gwplan.common.status import Status
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.figures import title

if TYPE_CHECKING:
    from gwplan.analysis.disruption.disruption import Lost

KILO = 1e3
UNITS = {"it_mw": "MW of IT", "facility_mw": "MW at the meter", "compute_kh100e": "kH100e"}
TARGET_UNITS = {"it": "MW of IT", "facility": "MW at the meter", "compute": "kH100e"}
MONEY = {"capital_musd": title("capital_musd"), "running_musd": "Running cost", "npv_cost_musd": title("npv_cost_musd"),
         "npv_value_musd": title("npv_value_musd")}  # fmt: skip
"""Money of a plan with and without the loss, and what it is called."""
STANDS = {
    "provider": "computes nothing more from then on and is paid nothing",
    "site": "has no power from then on; what is built there is still paid for",
    "vendor": "delivers nothing more from then on, open orders included; what is installed keeps running",
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
    section(console, "Targets", _targets(facts))
    section(console, f"Money, in dollars of {facts['dollars']}", _money(facts))
    section(console, "By period from the loss on: planned, and re-optimised", _periods(found))
    section(console, "Decisions changed after the loss", _instead(found))
    if facts["status"] != Status.OPTIMAL:
        console.print("\nStopped early: a better new plan may exist.")
    console.print()
    show_folder(found.folder, console)


def _targets(facts: dict[str, Any]) -> Table:
    table = blank("Target", ">Missed by at most", ">For", "Met again from", folds=True)
    for each in facts["targets"]:
        name = f"{each['target']}: {each['amount']:,.6g} {TARGET_UNITS[each['measure']]} by {each['by']}"
        if each["months_missed"]:
            table.add_row(name, f"{each['most_missed']:,.1f}", f"{each['months_missed']} months", each["holds_again"] or "not by its end")
        else:
            table.add_row(name, "kept", "", "")
    return table


def _money(facts: dict[str, Any]) -> Table:
    table = blank("", ">Planned", ">Re-optimised", ">More")
    for name, called in MONEY.items():
        if facts["planned"][name] is not None:
            table.add_row(called, money(facts["planned"][name], TABLE), money(facts["replanned"][name], TABLE),
                          money(facts["extra"][name], plus=True))
    return table


def _periods(found: Lost) -> Table:
    rows = found.tables["table"]
    table = blank("Period", ">MW of IT, planned", ">re-optimised", ">kH100e, planned", ">re-optimised", folds=True)
    first = rows["period"].index(found.facts["at"])
    for number in range(first, len(rows["period"])):
        cells = [f"{rows[f'{name}_{which}'][number]:,.1f}" for name in ("it_mw", "compute_kh100e") for which in ("planned", "replanned")]
        table.add_row(rows["period"][number], *cells)
    return table


def _instead(found: Lost) -> Table:
    rows, table = found.tables["instead"], blank("What", "Item", "Where", ">Planned", ">Re-optimised", ">More")
    names = ("decision", "item", "site", "planned", "replanned", "change")
    cells = [line for line in zip(*(rows[name] for name in names), strict=True) if abs(line[-1]) >= LEAST]
    for decision, item, site, *amounts in cells[:LISTED]:
        table.add_row(decision, item, site, *(f"{amount:,.1f}" for amount in amounts[:2]), f"{amounts[2]:+,.1f}")
    if len(cells) > LISTED:
        table.add_row(f"{len(cells) - LISTED} more in instead.csv", "", "", "", "", "")
    return table
