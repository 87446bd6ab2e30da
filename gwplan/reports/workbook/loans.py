"""The sheet Debt terms: what is owed and paid of one dollar drawn on each facility, by periods after the draw, at the rates of Inputs.

Columns run backwards, so that the draws of the periods before and what is paid on each of them lie side by side in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, cast

from gwplan.common.financial.debt import Shape, schedule, whole_parts
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.terms import TABLE, Terms, drawn_on, label

NAME, TITLE_COLUMNS = "Debt terms", 2
SCULPTED, PAID = "sculpted", ("interest paid", "principal repaid", "interest added to the debt")
COLUMNS = ("interest", "principal", "accrued")


@dataclass
class Loan:
    """A facility: its parts are whole tenors and graces with their weights, in periods. top: the row of its rate."""

    facility: str
    shape: str
    capitalised: bool
    open: list[float]
    top: int = 0
    parts: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def scheduled(self) -> bool:
        """Whether a schedule says what is repaid; else the plan does."""
        return self.shape != SCULPTED

    @property
    def rate(self) -> str:
        """The cell of its rate."""
        return f"'{NAME}'!{cell(self.top, 1, fixed=True)}"

    def paid(self, column: str, draws: str, period: int, count: int) -> str:
        """What earlier draws pay in a period. draws: the cells of the draws of the periods before."""
        row = self.top + 1 + len(self.parts) + COLUMNS.index(column)
        ends = (cell(row, TITLE_COLUMNS + count - 1 - period, fixed=True), cell(row, TITLE_COLUMNS + count - 2, fixed=True))
        return f"SUMPRODUCT({draws},'{NAME}'!{ends[0]}:{ends[1]})"


def loans_of(terms: Terms) -> dict[str, Loan]:
    """The facilities that are drawn, with their rows."""
    run, row, found = terms.run, FIRST, dict[str, Loan]()
    for facility in drawn_on(run):
        capitalised = label(run, facility, "grace_interest") == "capitalised"
        loan = Loan(facility, label(run, facility, "repayment", "annuity"), capitalised, terms.open_shares(facility), row)
        if loan.scheduled:
            tenor, grace = ((run.number(TABLE, facility, quantity) or 0.0) * terms.steps for quantity in ("tenor", "grace"))
            loan.parts = [(whole, min(waits, whole - 1), share * part) for whole, share in whole_parts(max(tenor, 1.0))
                          for waits, part in whole_parts(grace)]
        found[facility] = loan
        row += 2 + (len(loan.parts) + len(PAID) if loan.scheduled else 0)
    return found


def owed(rate: str, age: int, loan: Loan, part: tuple[int, int, float]) -> str:
    """Owed of one dollar at an age, as a formula. rate: of a period."""
    tenor, grace, _ = part
    if age >= tenor:
        return "0"
    if age <= grace:
        return f"(1+{rate})^{age}" if loan.capitalised else "1"
    most, left = f"(1+{rate})^{grace}" if loan.capitalised else "1", tenor - grace
    if loan.shape == "bullet":
        return most
    line = f"{tenor - age}/{left}"
    if loan.shape == "level":
        return f"{most}*{line}"
    return f"{most}*IF({rate}=0,{line},((1+{rate})^{left}-(1+{rate})^{age - grace})/((1+{rate})^{left}-1))"


def sheet(book: Book, terms: Terms, loans: dict[str, Loan]) -> None:
    """Write the sheet."""
    count = len(book.run.periods)
    note = "Of one dollar drawn, by the number of periods after the draw, from the last to the draw itself; rates follow Inputs"
    ages = [str(age) for age in range(count - 1, -1, -1)]
    into = book.sheet(NAME, "Debt terms", note, ["facility", "rate", *ages], [52, 10, *[9] * count])
    into.freeze_panes(FIRST, TITLE_COLUMNS)
    for loan in loans.values():
        into.write_string(loan.top, 0, loan.facility + ("" if loan.scheduled else ": repaid as the plan decides"), book.label)
        into.write_formula(loan.top, 1, f"={terms.rate(loan.facility)}", book.percent, terms.rate_value(loan.facility))
        if loan.scheduled:
            schedules(book, into, terms, loan)


def schedules(book: Book, into: Any, terms: Terms, loan: Loan) -> None:
    """What is owed in each part, and what is paid in all."""
    count, value = len(book.run.periods), terms.rate_value(loan.facility) / terms.steps
    rate, first = f"({cell(loan.top, 1, fixed=True)}/{terms.steps})", loan.top + 1
    plans = [schedule(cast(Shape, loan.shape), value, tenor, grace, capitalised=loan.capitalised) for tenor, grace, _ in loan.parts]
    for row, (part, plan) in enumerate(zip(loan.parts, plans, strict=True), first):
        tenor, grace, weight = part
        into.write_string(row, 0, f"owed: tenor {tenor}, grace {grace} periods, share {weight:.4g}", book.aside)
        for age, known in zip(range(count), chain([1.0], plan.balance, repeat(0.0)), strict=False):
            into.write_formula(row, column_of(age, count), f"={owed(rate, age, loan, part)}", book.exact, known)
    for row, (column, text) in enumerate(zip(COLUMNS, PAID, strict=True), first + len(loan.parts)):
        into.write_string(row, 0, text, book.label)
        paid = [chain(getattr(plan, column), repeat(0.0)) for plan in plans]
        for age in range(1, count):
            known = sum(part[-1] * next(each) for part, each in zip(loan.parts, paid, strict=True))
            place = column_of(age, count)
            into.write_formula(row, place, f"={together(loan, column, rate, (age, place))}", book.exact, known)


def column_of(age: int, count: int) -> int:
    """The column of an age in periods."""
    return TITLE_COLUMNS + count - 1 - age


def together(loan: Loan, column: str, rate: str, at: tuple[int, int]) -> str:
    """A payment of all parts, as a formula. at: the age, and its column; the age before is to its right."""
    age, place = at
    found = []
    for row, (_, grace, weight) in enumerate(loan.parts, loan.top + 1):
        now, before = cell(row, place), cell(row, place + 1)
        added = f"{rate}*{before}" if loan.capitalised and age <= grace else "0"
        formula = {"interest": f"({rate}*{before}-{added})", "principal": f"({before}-{now}+{added})", "accrued": added}[column]
        found.append(f"{weight!r}*{formula}")
    return "+".join(found)
