"""The circle as one page that needs no network: the answer, the money, the obligations, the plan without investors' money."""

from __future__ import annotations

from pathlib import Path

from gwplan.analysis.circular_financing.circle import Circle, sentence
from gwplan.analysis.circular_financing.counterfactual import NoPlan, Without
from gwplan.analysis.circular_financing.parties import by_pair
from gwplan.common.amounts import beside, is_money, money
from gwplan.reports.terminal.circular_financing import cell, difference
from gwplan.reports.terminal.comparison import BELOW, BELOW_NOTE
from gwplan.reports.webpage.circular_financing import charts
from gwplan.reports.webpage.circular_financing.sections import both_sides, in_a_circle, obligations
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.render import put, render

CARDS = ("it_mw", "peak_equity", "equity_value")
"""Differences on the first screen."""


def write_circle(found: Circle, path: Path, other: Without | None = None, no_plan: NoPlan | None = None) -> Path:
    """Write the page; gives its path. OSError if it cannot be written."""
    return put(path, render(page(found, other, no_plan)))


def page(found: Circle, other: Without | None = None, no_plan: NoPlan | None = None) -> Page:
    """What stands on the page."""
    sections = [in_a_circle(found, False), both_sides(found), obligations(found), payments(found)]
    if other is not None:
        sections.insert(2, without(other))
    share = found.back / found.sources if found.sources else 0.0
    standing = (f"{share:.0%} of the {money(found.sources)} that finance the plan is circular; "
                f"{money(found.sources - found.back)} comes from outside it.")  # fmt: skip
    footer = f"Run {found.run.name}. Money is nominal unless it names its year. Written by gwplan from the tables of the run alone."
    kept = [section for section in sections if section.charts or section.tables]
    return Page(str(found.run.summary["title"]), sentence(found, other, no_plan), standing, "Circle", cards(found, other), kept, footer,
                [] if no_plan is None else [no_plan.message])  # fmt: skip


def cards(found: Circle, other: Without | None) -> list[Card]:
    """What comes in, what comes back, and what the plan would be without."""
    cards = [Card("paid_in", found.gross, money(found.gross), "paid in by investors, nominal"),
             Card("back", found.back, money(found.back), "comes back to them, each dollar once")]  # fmt: skip
    for key in CARDS if other is not None else ():
        row = None if other is None else other.figure(key)
        if row is not None and row.difference is not None:
            shown = money(row.difference, plus=True) if is_money(row.unit) else f"{row.difference:+,.0f} {row.unit}"
            mark, note = (BELOW, f" ({BELOW} not proven)") if row.below_gap else ("", "")
            cards.append(Card(key, row.difference, f"{shown}{mark}", f"{row.name[:1].lower()}{row.name[1:]} without their money{note}"))
    return cards


def payments(found: Circle) -> Section:
    """Who pays whom, as a table that can be searched."""
    unit, size = found.unit
    rows = []
    for (payer, payee), amount in by_pair(found.payments).items():
        lines = dict.fromkeys(each.line for each in found.payments if (each.payer, each.payee) == (payer, payee))
        rows.append((found.run.named(payer), found.run.named(payee), amount / size, ", ".join(lines)))
    text = "In each period the receipts of all parties sum to nothing, and those of the planner to the change of its cash."
    return Section("payments", "Who pays whom", text, tables=[Table(("from", "to", f"{unit} nominal", "for"), rows, True)])


def without(other: Without) -> Section:
    """The plan without investors' money beside the plan."""
    gaps = ["unproven" if gap is None else f"{gap:.2%}" for gap in other.gaps]
    text = (f"The same question with no investor on offer. Gaps left open: {gaps[0]} with and {gaps[1]} without; "
            "what is smaller proves nothing." + (f" {BELOW_NOTE}." if any(row.below_gap for row in other.differences) else ""))
    rows = [(row.name, cell(row.before, row.unit), cell(row.after, row.unit), difference(row), beside(row.unit))
            for row in other.differences]
    return Section("without", "The plan without investors' money", text, [charts.power(other)],
                   [Table(("figure", "with", "without", "difference", "unit"), rows)])  # fmt: skip
