"""The workbook as its sheets see it: formats, tables, and how a cell is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from gwplan.results.run_folder import RunFolder

WIDEST = 60
NARROWEST = 9
FIRST = 3
"""Row below title, note and header, counted from 0."""


def cell(row: int, column: int, *, fixed: bool = False) -> str:
    """`B7`, or `$B$7`."""
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed))


class Book:
    """A workbook being written from a run."""

    def __init__(self, workbook: Any, run: RunFolder) -> None:
        self.workbook, self.run = workbook, run
        make = workbook.add_format
        self.title = make({"bold": True, "font_size": 14})
        self.note = make({"italic": True, "font_color": "#555555"})
        self.header = make({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.above = make({"bold": True, "bottom": 1, "align": "right", "valign": "top"})
        self.number = make({"num_format": "#,##0.00"})
        self.factor = make({"num_format": "0.0000"})
        self.percent = make({"num_format": "0.00%"})
        self.total = make({"bold": True, "top": 1, "num_format": "#,##0.00"})
        self.label = make({"bold": True, "top": 1})
        self.input = make({"num_format": "0.00%", "bg_color": "#FFF2CC", "border": 1})
        self.exact = make({"num_format": "#,##0.00####"})
        self.aside = make({"indent": 1})
        self.typed = make({"num_format": "#,##0.00####", "bg_color": "#FFF2CC", "border": 1})
        self.decided = make({"num_format": "#,##0.00", "bg_color": "#FFF2CC", "border": 1, "border_color": "#D9C98F"})
        self.choice = make({"bold": True, "bg_color": "#FFF2CC", "border": 1})
        self.wrong = make({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})
        self.estimate = make({"font_color": "#9C5700", "bg_color": "#FFEB9C"})

    def sheet(self, name: str, title: str = "", note: str = "", header: Sequence[str] = (), widths: Sequence[int] = ()) -> Any:
        """A sheet with a title, a note and a header that stays in sight; printed across, one page wide."""
        sheet = self.workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        # Without the space the name's first digits would be those of the size.
        sheet.set_footer(f"&L&8 {self.run.name.replace('&', '&&')}&C&8&A&R&8&P / &N")
        if title:
            sheet.write_string(0, 0, title, self.title)
            sheet.write_string(1, 0, note, self.note)
            for column, text in enumerate(header):
                sheet.write_string(FIRST - 1, column, text, self.above if text in self.run.number_of else self.header)
                width = widths[column] if column < len(widths) else len(text) + 2
                sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST))
            sheet.freeze_panes(FIRST, 0)
            sheet.repeat_rows(FIRST - 1)
        return sheet

    def row(self, sheet: Any, row: int, values: Sequence[object], style: Any = None) -> None:
        """Write a row of texts and numbers; a text is never a formula, whatever it begins with."""
        for column, value in enumerate(values):
            if isinstance(value, bool) or value is None:
                sheet.write_string(row, column, "" if value is None else "yes" if value else "no", style)
            elif isinstance(value, (int, float)):
                sheet.write_number(row, column, value, style or self.number)
            else:
                sheet.write_string(row, column, str(value), style)
