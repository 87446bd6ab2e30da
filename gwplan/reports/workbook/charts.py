"""The sheet Charts: money by year, compute by period, and of a financed run debt, cash and coverage; they follow the cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gwplan.reports.workbook.book import FIRST, Book
from gwplan.reports.workbook.finance_rows import NAME, Layout
from gwplan.reports.workbook.flows import LEFT
from gwplan.results.cash_flows import years_of

YEARS = "Cash by year"
COLORS = ("#4472C4", "#ED7D31", "#70AD47", "#A5A5A5", "#FFC000", "#5B9BD5")
DOWN, ACROSS = 21, 9
"""Rows and columns from one chart to the next."""
SIZE = {"width": 620, "height": 390}


class Series(NamedTuple):
    """Cells of a sheet, with the cells of their labels: (first row, first column, last row, last column)."""

    name: str
    sheet: str
    labels: tuple[int, int, int, int]
    values: tuple[int, int, int, int]


def sheet(book: Book, layout: Layout | None) -> None:
    """Write the charts."""
    into = book.sheet("Charts")
    into.write_string(0, 0, "Charts", book.title)
    run, count = book.run, len(book.run.periods)
    last = FIRST + len(years_of(run)) - 1
    top = last + 4
    by_year = [Series(name, YEARS, (FIRST, 0, last, 0), (FIRST, column, last, column))
               for column, name in enumerate(("capital", "running"), 1)]
    compute = Series("compute", YEARS, (top, 0, top + count - 1, 0), (top, 1, top + count - 1, 1))
    charts = [chart(book, "column", f"Payments by calendar year, MUSD of {run.dollars}", by_year, stacked=True),
              chart(book, "line", f"Compute, kH100e ({run.measure})", [compute])]
    if layout is not None:
        labels, right = (FIRST - 1, LEFT, FIRST - 1, LEFT + count - 1), LEFT + count - 1
        owed = [Series(name, NAME, labels, (row, LEFT, row, right)) for name, row in (("debt", layout.debt), ("cash", layout.cash))]
        covered = [Series(name, NAME, labels, (layout.available + offset, LEFT, layout.available + offset, right))
                   for offset, name in ((2, "coverage"), (3, "floor"))]
        charts += [chart(book, "line", "Debt and cash at the end of each period, MUSD nominal", owed),
                   chart(book, "line", "Coverage of the debt service over the year", covered)]
    for number, each in enumerate(charts):
        into.insert_chart(2 + DOWN * (number // 2), 1 + ACROSS * (number % 2), each)


def chart(book: Book, kind: str, title: str, series: Sequence[Series], stacked: bool = False) -> Any:
    """A chart of some cells."""
    made = book.workbook.add_chart({"type": kind, **({"subtype": "stacked"} if stacked else {})})
    for number, each in enumerate(series):
        color = COLORS[number % len(COLORS)]
        drawn = {"fill": {"color": color}, "gap": 60} if kind == "column" else {"line": {"color": color, "width": 2.25}}
        made.add_series({"name": each.name, "categories": [each.sheet, *each.labels], "values": [each.sheet, *each.values], **drawn})
    made.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    made.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    made.set_y_axis({"num_format": "#,##0.0" if "Coverage" in title else "#,##0", "major_gridlines": grid})
    made.set_size(SIZE)
    return made

