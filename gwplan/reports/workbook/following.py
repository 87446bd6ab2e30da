"""Finance as it follows from Inputs: the lines of Finance, and the sheets Tax, Debt terms and Depreciation behind them."""

from __future__ import annotations

from collections.abc import Sequence

from gwplan.reports.workbook import bases, loans, tax
from gwplan.reports.workbook.assumptions import Model
from gwplan.reports.workbook.book import Book, cell
from gwplan.reports.workbook.checks import Check
from gwplan.reports.workbook.finance_rows import NAME, Layout
from gwplan.reports.workbook.flows import LEFT, Flows
from gwplan.reports.workbook.money import Place
from gwplan.reports.workbook.terms import Terms
from gwplan.results.cash_flows import is_financed

NEAR = 1e-12
"""Relative difference of squares of decisions from those of the run, below which none is changed."""


def flows_of(book: Book, model: Model, places: dict[str, Place]) -> Flows | None:
    """The lines of Finance; None where the run has no finance."""
    if not is_financed(book.run):
        return None
    terms = Terms(model.rules, model.names)
    return Flows(book, model, terms, places, loans.loans_of(terms))


def follow(book: Book, layout: Layout | None) -> list[Check]:
    """Write Tax, Debt terms and Depreciation; gives their checks. Nothing where the run has no finance."""
    if layout is None:
        return []
    flows = layout.flows

    def line(names: Sequence[str], first: int, until: int) -> str:
        # Rows by number: a sum over all lines where they are of a name would take in tax itself.
        found = []
        for name in names:
            rows = [row for key, row in flows.rows.items() if key[0] == name]
            if rows:
                found.append(f"SUM({NAME}!{cell(min(rows), LEFT + first)}:{cell(max(rows), LEFT + until)})")
        return "+".join(found) or "0"

    def added(first: int, until: int) -> str:
        rows = layout.added_rows.values()
        return "+".join(f"SUM({NAME}!{cell(row, LEFT + first)}:{cell(row, LEFT + until)})" for row in rows) or "0"

    places, inflators = flows.places, flows.terms.inflators
    left = f"{bases.inflator(len(book.run.periods))}*({places['residual'].reference}-{places['commitment'].reference})"
    paid = bases.bases_of(flows.model, inflators)
    checks = tax.sheet(book, flows.terms, paid, tax.Books(line, added, left))
    loans.sheet(book, flows.terms, flows.loans)
    bases.sheet(book, flows.model, paid, inflators)
    return checks


def decisions_as_in_run(layout: Layout | None) -> str:
    """The formula that is true while no decision on money is changed."""
    if layout is None:
        return "TRUE"
    flows, last = layout.flows, LEFT + layout.flows.count - 1
    rows = [row for key, row in flows.rows.items() if flows.decided(key)]
    squares = sum(value ** 2 for key, values in flows.lines.items() if flows.decided(key) for value in values)
    parts = "+".join(f"SUMSQ({NAME}!{cell(row, LEFT, fixed=True)}:{cell(row, last, fixed=True)})" for row in rows) or "0"
    return f"ABS({parts}-{squares!r})<={squares * NEAR!r}"
