"""`plan.xlsx`: a run as a workbook driven by its inputs, in formulas that a reader can follow.

Inputs has the numbers that price what is built, and a scenario; Quantities has what is built, which stays. Capital, running cost, what is
left and everything summed, divided or discounted follow by formulas, and of a financed run depreciation, tax, interest, fees, repayments,
cash and the sponsor's return. Draws, equity and dividends are decisions and stay.
"""

from __future__ import annotations

import io
from pathlib import Path

from gwplan.common.whole_files import write_whole
from gwplan.results.run_folder import RunFolder

__all__ = ["write"]
NAME = "plan.xlsx"


def write(run: Path, target: Path | None = None) -> Path:
    """Write the workbook of a run folder, by default into it; gives its path. InputFaults where the folder is none."""
    # A full disk is met in one place, here, and not while the sheets are packed.
    return write_whole(run / NAME if target is None else target, content_of(RunFolder(run)))


def content_of(found: RunFolder) -> bytes:
    """The workbook of a run, in a folder or in memory."""
    import xlsxwriter

    from gwplan.reports.workbook import assumptions, charts, checks, facts, finance, money, statements, summary
    from gwplan.reports.workbook.book import Book
    from gwplan.reports.workbook.following import decisions_as_in_run, flows_of, follow

    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as workbook:
        book = Book(workbook, found)
        first = book.sheet("Summary")
        model = assumptions.model_of(found)
        assumptions.inputs(book, model)
        assumptions.quantities(book, model)
        facts.schedule(book)
        places = money.sheets(book, model)
        flows = flows_of(book, model, places)
        of_finance, layout = finance.sheet(book, flows)
        places |= of_finance
        more = [*statements.sheets(book, layout), *follow(book, layout)]
        decided = decisions_as_in_run(layout)
        charts.sheet(book, layout)
        facts.fleet(book)
        facts.assumptions(book)
        facts.sources(book)
        checks.sheet(book, model, places, more, decided)
        summary.fill(book, first, places)
    return content.getvalue()
