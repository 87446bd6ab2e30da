"""The sheet Finance as it is being written, row by row, and where the sheets that take its rows find them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.flows import KEYS, LEFT, SHORT, TOTAL, Flows, Key

NAME = "Finance"
Cells = list[tuple[str, float]]
"""Formulas with their values, by period."""


@dataclass
class Layout:
    """Rows of the sheet, for the sheets that take them: the last line, cash, all debt, cash flow available; and what they have.

    flows: the lines; facilities: what is owed at the end of each period; added: interest added to it.
    """

    flows: Flows

    lines: int
    cash: int
    cash_values: list[float]
    debt: int = 0
    debt_values: list[float] = field(default_factory=list)
    available: int = 0
    facilities: dict[str, list[float]] = field(default_factory=dict)
    facility_rows: dict[str, int] = field(default_factory=dict)
    added: dict[str, list[float]] = field(default_factory=dict)
    added_rows: dict[str, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)
    """Rows of what is short, by what they are short of."""

    @property
    def lines_of(self) -> dict[Key, list[float]]:
        """What each line is in the run."""
        return self.flows.lines


class Sheet:
    """The sheet being written, row by row from the top; a row is addressed by its number."""

    def __init__(self, book: Book) -> None:
        run = book.run
        note = ("MUSD, nominal: above nothing into the planner's cash, below nothing out of it. Yellow cells are decisions of the plan: "
                "they stay until you change them")
        self.book, self.count, self.row = book, len(run.periods), FIRST
        self.sheet = book.sheet(NAME, "Finance by period", note, [*KEYS, "total", *run.periods], [26, 20, 18, 14, *[11] * self.count])
        self.sheet.freeze_panes(FIRST, LEFT)
        self.sheet.write_string(0, 1, "Sponsor pays what is short", book.label)
        self.sheet.write_string(0, TOTAL, "yes", book.choice)
        self.sheet.data_validation(0, TOTAL, 0, TOTAL, {"validate": "list", "source": ["yes", "no"]})
        book.workbook.define_name(SHORT, f"={NAME}!{cell(0, TOTAL, fixed=True)}")

    def gap(self, title: str) -> None:
        """A title above a block."""
        self.row += 1
        self.sheet.write_string(self.row, 0, title, self.book.label)
        self.row += 1

    def numbers(self, labels: tuple[str, ...], values: list[float]) -> int:
        """A row of numbers; gives its number."""
        self.book.row(self.sheet, self.row, labels)
        for place, value in enumerate(values):
            if value:
                self.sheet.write_number(self.row, LEFT + place, value, self.book.number)
        return self.done()

    def formulas(self, label: str, cells: Cells, style: Any = None) -> int:
        """A row of formulas; gives its number. A blank formula leaves its cell blank."""
        self.sheet.write_string(self.row, 0, label)
        for place, (formula, value) in enumerate(cells):
            if formula:
                self.sheet.write_formula(self.row, LEFT + place, formula, style or self.book.number, value)
        return self.done()

    def single(self, label: str, formula: str, value: float, style: Any = None) -> int:
        """A row of one formula, in the column of totals; gives its number."""
        self.sheet.write_string(self.row, 0, label)
        self.sheet.write_formula(self.row, TOTAL, formula, style or self.book.number, value)
        return self.done()

    def done(self) -> int:
        """Go on to the next row; gives the number of the last."""
        self.row += 1
        return self.row - 1

    def at(self, row: int, period: int) -> str:
        """The cell of a row in a period."""
        return cell(row, LEFT + period)

    def across(self, row: int, first: int, last: int) -> str:
        """The cells of a row from a period to another."""
        return f"{self.at(row, first)}:{self.at(row, last)}"


def named(lines: int, column: int, *wanted: str) -> str:
    """The sum of a column's cells in the rows of some lines; wanted: the line, and the item if it is not all of them."""
    def span(of: int) -> str:
        return f"{cell(FIRST, of, fixed=True)}:{cell(lines, of, fixed=True)}"

    texts = [text.replace('"', '""') for text in wanted]
    asked = "".join(f',{span(place)},"{text}"' for place, text in enumerate(texts))
    return f"SUMIFS({cell(FIRST, column)}:{cell(lines, column)}{asked})"
