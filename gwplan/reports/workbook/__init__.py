"""`plan.xlsx`: a run as a workbook whose totals, per-GW figures and present values are formulas that a reader can follow.

Amounts are the run's own; everything summed, divided or discounted is calculated in the sheet, from the discount rate on
Summary on. The plan itself, and what its things are worth at the end, stay those of the run when the rate is changed.
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

    from gwplan.reports.workbook import facts, finance, money, summary
    from gwplan.reports.workbook.book import Book

    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as workbook:
        book = Book(workbook, found)
        first = book.sheet("Summary")
        facts.schedule(book)
        places = money.sheets(book)
        places |= finance.sheet(book)
        facts.fleet(book)
        facts.assumptions(book)
        facts.sources(book)
        summary.fill(book, first, places)
    return content.getvalue()
