"""Waterfall, debt schedule, balance sheet, and sources and uses of a financed run, all as formulas of the sheet Finance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.reports.workbook import tax
from gwplan.reports.workbook.bases import inflators
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.checks import SHORT, Check
from gwplan.reports.workbook.finance_rows import NAME, Layout
from gwplan.reports.workbook.flows import LEFT
from gwplan.reports.workbook.money import KEYS as LEDGER_KEYS
from gwplan.results import cash_flows

EARNED = ("revenue", "own_use", "cash_interest")
SERVED = ("interest", "fees", "principal", "revolver_repaid")
FUNDED = ("equity", "invested", "drawn", "revolver_drawn")
PAID_OUT = ("returned", "dividends")
FLOWS = (*EARNED, "running", "tax", *SERVED, "capital", "resale", *FUNDED, *PAID_OUT)
"""Every line of Finance, in the order in which money is paid."""
WIDTH = 34


class Line(NamedTuple):
    """A row of formulas: one by period, with its values."""

    row: int
    values: list[float]


class Statement:
    """A sheet of rows by period, written from the top; its formulas take the lines of Finance."""

    def __init__(self, book: Book, name: str, note: str, layout: Layout) -> None:
        self.book, self.name, self.layout, self.count, self.row = book, name, layout, len(book.run.periods), FIRST
        self.sheet = book.sheet(name, name, note, ["", *book.run.periods], [WIDTH, *[11] * self.count])
        self.sheet.freeze_panes(FIRST, 1)
        self.flows: dict[str, list[float]] = {}
        self.items: dict[tuple[str, str], list[float]] = {}
        for (line, item, _), values in layout.lines_of.items():
            self.flows[line] = cash_flows.added([self.flows.get(line, [0.0] * self.count), values])
            self.items[line, item] = cash_flows.added([self.items.get((line, item), [0.0] * self.count), values])

    def gap(self, title: str = "") -> None:
        """A blank row, and a title."""
        self.row += 1
        if title:
            self.sheet.write_string(self.row, 0, title, self.book.label)
            self.row += 1

    def write(self, label: str, formulas: Sequence[str], values: Sequence[float], style: Any = None) -> Line:
        """A row of formulas."""
        self.sheet.write_string(self.row, 0, label, self.book.label if style is self.book.total else None)
        for n, (formula, value) in enumerate(zip(formulas, values, strict=True)):
            self.sheet.write_formula(self.row, 1 + n, f"={formula}", style or self.book.number, value)
        self.row += 1
        return Line(self.row - 1, list(values))

    def flow(self, line: str, item: str = "", sign: int = 1, label: str = "") -> Line:
        """A line of Finance by period, of one item or of all."""
        values = self.items.get((line, item)) if item else self.flows.get(line)
        asked = f',{self.keys(1)},"{item}"' if item else ""
        formulas = [f"{'-' if sign < 0 else ''}SUMIFS({self.amounts(n)},{self.keys(0)},\"{line}\"{asked})" for n in range(self.count)]
        return self.write(label or cash_flows.name_of(line), formulas, [sign * value for value in values or [0.0] * self.count])

    def those(self, lines: Sequence[str]) -> list[Line]:
        """Lines of Finance, without those that the run has not."""
        return [self.flow(line) for line in lines if line in self.flows]

    def keys(self, column: int) -> str:
        """The lines, or the items, of Finance."""
        return f"{NAME}!{cell(FIRST, column, fixed=True)}:{cell(self.layout.lines, column, fixed=True)}"

    def amounts(self, n: int) -> str:
        """The amounts of Finance in a period."""
        return f"{NAME}!{cell(FIRST, LEFT + n)}:{cell(self.layout.lines, LEFT + n)}"

    def sum(self, label: str, lines: Sequence[Line]) -> Line:
        """The sum of rows, in bold."""
        formulas = ["+".join(cell(line.row, 1 + n) for line in lines) or "0" for n in range(self.count)]
        return self.write(label, formulas, [sum(line.values[n] for line in lines) for n in range(self.count)], self.book.total)

    def running(self, label: str, lines: Sequence[Line], style: Any = None) -> Line:
        """The sum of rows up to each period."""
        values = list(accumulate(sum(line.values[n] for line in lines) for n in range(self.count)))
        formulas = []
        for n in range(self.count):
            before = [cell(self.row, n)] if n else []
            formulas.append("+".join([*before, *(cell(line.row, 1 + n) for line in lines)]))
        return self.write(label, formulas, values, style)

    def of_finance(self, label: str, row: int, values: Sequence[float]) -> Line:
        """A row of Finance."""
        return self.write(label, [f"{NAME}!{cell(row, LEFT + n)}" for n in range(self.count)], values)

    def check(self, title: str, one: Line, other: Line) -> Check:
        """That two rows are the same in all periods: the sum of the sizes of their differences is nothing."""
        ends = [f"'{self.name}'!{cell(line.row, 1, fixed=True)}:{cell(line.row, self.count, fixed=True)}" for line in (one, other)]
        return Check(title, f"=SUMPRODUCT(ABS({ends[0]}-{ends[1]}))", 0.0, "0")


def sheets(book: Book, layout: Layout | None) -> list[Check]:
    """Write the statements; gives their checks. Nothing where the run has no finance."""
    if layout is None:
        return []
    return [*waterfall(book, layout), *debt(book, layout), *balance(book, layout), *sources_and_uses(book, layout),
            *short(book, layout)]


def short(book: Book, layout: Layout) -> list[Check]:
    """Where money is short after a change: what more is paid in, and what cash and coverage still lack."""
    def across(how: str, row: int) -> str:
        return f"={how}({NAME}!{cell(row, LEFT, fixed=True)}:{cell(row, LEFT + len(book.run.periods) - 1, fixed=True)})"

    of = layout.short
    rows = {"Cash: paid in by the sponsor beyond the plan": across("SUM", layout.lines),
            "Cash: short of its smallest balance, at most": across("MAX", of["least"]),
            "Cash: short of the reserve of debt service, at most": across("MAX", of["reserve"]),
            "Coverage: below its floor, at most": across("MAX", of["coverage"])}
    return [Check(title, formula, 0.0, "0", otherwise=SHORT) for title, formula in rows.items()]


def waterfall(book: Book, layout: Layout) -> list[Check]:
    """Cash by period in the order in which it is paid."""
    into = Statement(book, "Waterfall", "MUSD, nominal: who is paid first, by period", layout)
    earned = into.sum("earned, after tax", into.those((*EARNED, "running", "tax")))
    served = into.sum("debt service", into.those(SERVED))
    after = into.sum("left after debt service", [earned, served])
    spent = into.those(("capital", "resale"))
    funded = into.sum("paid in and lent", into.those(FUNDED))
    before = into.sum("before distributions", [after, *spent, funded])
    change = into.sum("change in cash", [before, *into.those(PAID_OUT)])
    into.gap()
    kept = into.running("cash at the end of the period", [change], book.total)
    cash = into.of_finance("cash of Finance", layout.cash, layout.cash_values)
    return [into.check("Waterfall: it ends with the cash of Finance", kept, cash)]


def debt(book: Book, layout: Layout) -> list[Check]:
    """Each facility: owed before, drawn, interest added, repaid, owed after, and the interest paid; then coverage."""
    into = Statement(book, "Debt", "MUSD, nominal: each facility by period, and coverage of the debt service", layout)
    checks, closing = list[Check](), list[Line]()
    for facility, values in layout.facilities.items():
        into.gap(facility)
        drawn, repaid = ("revolver_drawn", "revolver_repaid") if facility == "revolver" else ("drawn", "principal")
        end = into.row + (4 if facility in layout.added_rows else 3)
        opening = into.write("owed before", [cell(end, n) if n else "0" for n in range(into.count)], [0.0, *values[:-1]])
        moves = [into.flow(drawn, facility, label="drawn"), into.flow(repaid, facility, label="repaid")]
        if facility in layout.added_rows:
            moves.append(into.of_finance("interest added to it", layout.added_rows[facility], layout.added[facility]))
        closing.append(into.sum("owed after", [opening, *moves]))
        into.flow("interest", facility, -1, "interest paid")
        checks.append(into.check(f"Debt: {facility} is that of Finance", closing[-1],
                                 into.of_finance("in Finance", layout.facility_rows[facility], values)))
    into.gap("All debt")
    into.sum("owed after", closing)
    into.of_finance("cash flow available for debt service", layout.available, cash_flows.by_period(book.run, "finance.available"))
    into.of_finance("debt service", layout.available + 1, cash_flows.by_period(book.run, "finance.service"))
    tested: Mapping[str, float] = book.run.summary.get("coverage_by_year") or {}
    into.sheet.write_string(into.row, 0, "coverage over the year")
    for n, period in enumerate(book.run.periods):
        if period in tested:
            into.sheet.write_formula(into.row, 1 + n, f"={NAME}!{cell(layout.available + 2, LEFT + n)}", book.factor, float(tested[period]))
    return checks


def balance(book: Book, layout: Layout) -> list[Check]:
    """Profit and loss, and what is owned and owed at the end of each period. What was paid is written off as for tax."""
    note = "MUSD, nominal. What was paid for is written off as for tax, in the last period of the year; its worth at the end is not in it"
    into = Statement(book, "Balance", note, layout)
    into.sheet.write_string(into.row, 0, "Profit and loss", book.label)
    into.row += 1
    income = into.those((*EARNED, "resale", "running", "interest", "fees", "tax"))
    added = [sum(each) for each in zip(*layout.added.values(), strict=True)] if layout.added else [0.0] * into.count
    grown = ["".join(f"-{NAME}!{cell(row, LEFT + n)}" for row in layout.added_rows.values()) or "0" for n in range(into.count)]
    added_row = into.write("interest added to debt", grown, [-value for value in added])
    formulas = [f"-{text}" if text else "0" for text in tax.written(book.run)]
    written = into.write("written off", formulas, [-value for value in written_off(book)])
    profit = into.sum("profit", [*income, added_row, written])
    into.gap("Assets")
    capital = into.flow("capital", sign=-1, label="paid for assets in the period")
    assets = [into.of_finance("cash", layout.cash, layout.cash_values), into.running("assets at what was paid", [capital]),
              into.running("written off so far", [written])]
    owned = into.sum("all assets", assets)
    into.gap("Liabilities and equity")
    owed = into.of_finance("debt", layout.debt, layout.debt_values)
    sponsor = {line: into.flow(line, label=f"{line} in the period") for line in ("equity", "dividends")}
    invested = into.those(("invested", "returned"))
    sides = [owed, *([into.running("paid in by investors, less paid back", invested)] if invested else []),
             into.running("equity paid in", [sponsor["equity"]]), into.running("profit kept", [profit, sponsor["dividends"]])]
    both = into.sum("all liabilities and equity", sides)
    into.write("difference", [f"{cell(owned.row, 1 + n)}-{cell(both.row, 1 + n)}" for n in range(into.count)],
               [one - other for one, other in zip(owned.values, both.values, strict=True)])
    return [into.check("Balance: assets are liabilities and equity", owned, both)]


def written_off(book: Book) -> list[float]:
    """Depreciation deducted, in the last period of its year."""
    run, found = book.run, [0.0] * len(book.run.periods)
    last = {str(run.first_month(number) // MONTHS_A_YEAR): number for number in range(len(run.periods))}
    frame = run.table("finance.written_off")
    for entry in frame.to_dict("records"):
        found[last[str(entry["year"]).removesuffix(".0")]] += float(entry["value"])
    return found


def sources_and_uses(book: Book, layout: Layout) -> list[Check]:
    """Where the money of the first build comes from, and where it goes, beside the run's."""
    told = book.run.summary["sources_and_uses"]
    last = book.run.number_of[told["until"]]
    sheet = book.sheet("Sources and uses", "Sources and uses", f"MUSD, nominal, of the first build: to the end of {told['until']}",
                       ("", "here", "the model", "share"), (WIDTH, 14, 14, 10))
    block = f"{NAME}!{cell(FIRST, LEFT, fixed=True)}:{cell(layout.lines, LEFT + last, fixed=True)}"
    row, sums, cells = FIRST, dict[str, tuple[int, float]](), list[str]()
    for side, sign in (("sources", 1), ("uses", -1)):
        top = row
        total = sum(told[side].values())
        for name, amount in told[side].items():
            sheet.write_string(row, 0, cash_flows.name_of(name))
            formula = built(book, block, name, layout, last) or of_class(layout, name, last)
            if name not in (*FLOWS, "cash", "revolver") and sign < 0:
                cells.append(f"'Sources and uses'!{cell(row, 1, fixed=True)}")
            if formula:
                sheet.write_formula(row, 1, f"={'-' if sign < 0 else ''}({formula})", book.number, amount)
            else:
                sheet.write_number(row, 1, amount, book.number)
            sheet.write_number(row, 2, amount, book.number)
            end = top + len(told[side])
            sheet.write_formula(row, 3, f"={cell(row, 1)}/{cell(end, 1)}", book.percent, amount / total if total else 0.0)
            row += 1
        sheet.write_string(row, 0, f"all {side}", book.label)
        for column in (1, 2):
            sheet.write_formula(row, column, f"=SUM({cell(top, column)}:{cell(row - 1, column)})" if row > top else "=0", book.total, total)
        sums[side] = (row, total)
        row += 2
    place = {side: f"'Sources and uses'!{cell(where, 1, fixed=True)}" for side, (where, _) in sums.items()}
    checks = [Check("Sources and uses: both are the same", f"={place['sources']}", sums["sources"][1], f"={place['uses']}", True)]
    classes = [name for name in told["uses"] if name not in (*FLOWS, "cash", "revolver")]
    capital = sum(told["uses"][name] for name in classes)
    return [*checks, Check("Sources and uses: classes of capital are the capital of Finance",
                           f"=-SUMPRODUCT(({keys(layout, 0)}=\"capital\")*{block})", capital, f"={'+'.join(cells) or 0}")]


def keys(layout: Layout, column: int) -> str:
    """The lines, or the items, of Finance."""
    return f"{NAME}!{cell(FIRST, column, fixed=True)}:{cell(layout.lines, column, fixed=True)}"


def built(book: Book, block: str, name: str, layout: Layout, last: int) -> str:
    """What a source or use of the first build is as a formula; blank for a class of capital, which Finance has by item."""
    lines, items = keys(layout, 0), keys(layout, 1)
    if name == "cash":
        return f"-{NAME}!{cell(layout.cash, LEFT + last)}"
    if name == "revolver":
        return f'SUMPRODUCT((({lines}="revolver_drawn")+({lines}="revolver_repaid"))*{block})'
    if name in FLOWS:
        return f'SUMPRODUCT(({lines}="{name}")*{block})'
    frame = book.run.table("finance.flow")
    if len(frame) and ((frame["item"] == name) & frame["line"].isin(("drawn", "invested"))).any():
        return f'SUMPRODUCT((({lines}="drawn")+({lines}="invested"))*({items}="{name}")*{block})'
    return ""


def of_class(layout: Layout, name: str, last: int) -> str:
    """A class of capital up to a period, nominal, below nothing; blank where the sheet Capital has it not."""
    flows = layout.flows
    if not any(payment.line.kind == "capital" and payment.line.cost_class == name for payment in flows.model.payments):
        return ""
    end, left = int(flows.places["capital_last"].value), len(LEDGER_KEYS) + 1
    classes = f"Capital!{cell(FIRST, 0, fixed=True)}:{cell(end, 0, fixed=True)}"
    amounts = f"Capital!{cell(FIRST, left, fixed=True)}:{cell(end, left + last, fixed=True)}"
    return f'-SUMPRODUCT(({classes}="{name}")*{amounts}*{inflators(0, last)})'
