"""The sheet Finance: every cash flow by period, with cash, debt, coverage and the sponsor's return as formulas, beside the model's."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from gwplan.common.calendar import MONTHS_A_YEAR, SHIFT
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.money import Place
from gwplan.results import cash_flows
from gwplan.results.run_folder import sums

KEYS = ("line", "item", "party")
TOTAL = len(KEYS)
LEFT = TOTAL + 1
NAME = "Finance"
REQUIRED = "required_return"
ADDED = 1e-6
"""MUSD of interest added to a debt below which it has none."""
SETTLED = {"residual": "worth of what is left", "commitments": "what contracts still ask for", "cash": "cash", "debt": "debt",
           "claims": "claims of investors"}
Cells = list[tuple[str, float]]
"""Formulas with their values, by period."""


@dataclass
class Layout:
    """Rows of the sheet, for the sheets that take them: the last line, cash, all debt, cash flow available; and what they have.

    facilities: what is owed at the end of each period; added: interest added to it.
    """

    lines: int
    cash: int
    cash_values: list[float]
    debt: int = 0
    debt_values: list[float] = field(default_factory=list)
    available: int = 0
    facilities: dict[str, list[float]] = field(default_factory=dict)
    facility_rows: dict[str, int] = field(default_factory=dict)
    added: dict[str, list[float]] = field(default_factory=dict)


class Sheet:
    """The sheet being written, row by row from the top; a row is addressed by its number."""

    def __init__(self, book: Book) -> None:
        run = book.run
        note = "MUSD, nominal: above nothing into the planner's cash, below nothing out of it"
        self.book, self.count, self.row = book, len(run.periods), FIRST
        self.sheet = book.sheet(NAME, "Finance by period", note, [*KEYS, "total", *run.periods], [26, 20, 18, 14, *[11] * self.count])
        self.sheet.freeze_panes(FIRST, LEFT)

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


def sheet(book: Book) -> tuple[dict[str, Place], Layout | None]:
    """Write the sheet; gives the cells that Summary takes, and where its rows are. Nothing where the run has no finance."""
    if not cash_flows.is_financed(book.run):
        return {}, None
    into = Sheet(book)
    lines = flow_rows(into)
    kept = cash(into, lines)
    layout = Layout(lines, *kept)
    owed, debts = debt(into, layout)
    layout.debt, layout.debt_values = debts
    least = coverage(into, layout)
    return {"debt_most": owed, "least_coverage": least} | sponsor(into, lines, kept, debts), layout


def flow_rows(into: Sheet) -> int:
    """A row for each line, item and party, with its total; gives the number of the last."""
    run = into.book.run
    amounts: dict[tuple[str, ...], list[float]] = {}
    for entry in sums(run.table("finance.flow"), [*KEYS, "period"], "value"):
        values = amounts.setdefault(tuple(str(entry[key]) for key in KEYS), [0.0] * into.count)
        values[run.number_of[str(entry["period"])]] += float(entry["value"])
    for labels, values in sorted(amounts.items()):
        row = into.numbers(labels, values)
        into.sheet.write_formula(row, TOTAL, f"=SUM({into.across(row, 0, into.count - 1)})", into.book.number, sum(values))
    return into.row - 1


def named(lines: int, column: int, *wanted: str) -> str:
    """The sum of a column's cells in the rows of some lines; wanted: the line, and the item if it is not all of them."""
    def span(of: int) -> str:
        return f"{cell(FIRST, of, fixed=True)}:{cell(lines, of, fixed=True)}"

    texts = [text.replace('"', '""') for text in wanted]
    asked = "".join(f',{span(place)},"{text}"' for place, text in enumerate(texts))
    return f"SUMIFS({cell(FIRST, column)}:{cell(lines, column)}{asked})"


def cash(into: Sheet, lines: int) -> tuple[int, list[float]]:
    """Cash = cash before + the sum of all lines; gives the row, and its values."""
    run = into.book.run
    changes = cash_flows.added(list(cash_flows.by_line(run).values()))
    values = list(accumulate(changes))
    into.gap("Cash")
    total = into.formulas("sum of all lines", [(f"=SUM({cell(FIRST, LEFT + n)}:{cell(lines, LEFT + n)})", change)
                                               for n, change in enumerate(changes)])  # fmt: skip
    row = into.row
    into.formulas("cash at the end of the period", [(f"={into.at(row, n - 1)}+{into.at(total, n)}" if n else f"={into.at(total, n)}", value)
                                                    for n, value in enumerate(values)], into.book.total)  # fmt: skip
    beside(into, row, values, cash_flows.by_period(run, "finance.cash"))
    return row, values


def beside(into: Sheet, row: int, values: list[float], model: list[float]) -> None:
    """The model's own numbers under a row, and the difference."""
    own = into.numbers(("the model",), model)
    into.formulas("difference", [(f"={into.at(row, n)}-{into.at(own, n)}", value - model[n]) for n, value in enumerate(values)])


def debt(into: Sheet, layout: Layout) -> tuple[Place, tuple[int, list[float]]]:
    """Debt = debt before + drawn - repaid + interest added to it, for each facility; gives the most owed, and the row of all."""
    run = into.book.run
    owed = cash_flows.series(run, "finance.balance", "facility")
    revolver = cash_flows.by_period(run, "finance.revolver")
    owed |= {"revolver": revolver} if any(revolver) else {}
    moved = {facility: moves(into, facility) for facility in owed}
    into.gap("Debt outstanding")
    rows, none = [], [0.0] * into.count
    for facility, balance in owed.items():
        before = [0.0, *balance[:-1]]
        added = [now - old - move for now, old, move in zip(balance, before, moved[facility], strict=True)]
        extra = into.numbers((f"interest added to {facility}",), added) if max(map(abs, added)) > ADDED else None
        layout.facilities[facility], layout.added[facility] = balance, added
        named_lines = ("revolver_drawn", "revolver_repaid") if facility == "revolver" else ("drawn", "principal")
        row, cells = into.row, []
        for n, value in enumerate(balance):
            terms = [into.at(row, n - 1)] if n else []
            terms += [named(layout.lines, LEFT + n, line, facility) for line in named_lines]
            terms += [into.at(extra, n)] if extra is not None else []
            cells.append((f"={'+'.join(terms)}", value))
        rows.append(into.formulas(facility, cells))
        layout.facility_rows[facility] = rows[-1]
    values = cash_flows.added([*owed.values(), none])
    total = into.formulas("all debt", [(f"={'+'.join(into.at(row, n) for row in rows) or 0}", value) for n, value in enumerate(values)],
                          into.book.total)  # fmt: skip
    beside(into, total, values, values)
    most = into.single("debt at most", f"=MAX({into.across(total, 0, into.count - 1)})", max(values))
    return Place(f"{NAME}!{cell(most, TOTAL, fixed=True)}", max(values)), (total, values)


def moves(into: Sheet, facility: str) -> list[float]:
    """What is drawn on a facility less what it is repaid, by period."""
    run, found = into.book.run, [0.0] * into.count
    frame = run.table("finance.flow")
    chosen = frame[(frame["item"] == facility) & frame["line"].isin(("drawn", "principal", "revolver_drawn", "revolver_repaid"))]
    for entry in sums(chosen, ["period"], "value"):
        found[run.number_of[str(entry["period"])]] += float(entry["value"])
    return found


def coverage(into: Sheet, layout: Layout) -> Place:
    """Coverage = cash flow available / debt service over the year, in the years that are tested; gives the least."""
    run = into.book.run
    tested: dict[str, float] = run.summary.get("coverage_by_year") or {}
    into.gap("Coverage, over the year that ends with the period")
    available = into.numbers(("cash flow available",), cash_flows.by_period(run, "finance.available"))
    layout.available = available
    service = into.numbers(("debt service",), cash_flows.by_period(run, "finance.service"))
    steps, cells = MONTHS_A_YEAR // run.months, []
    for n, name in enumerate(run.periods):
        year = [f"SUM({into.across(row, max(0, n - steps + 1), n)})" for row in (available, service)]
        cells.append((f"={'/'.join(year)}", float(tested[name])) if name in tested else ("", 0.0))
    row = into.formulas("coverage", cells, into.book.factor)
    floor = run.figure("coverage_floor") or 0.0
    into.formulas("floor", [(f"={floor!r}" if name in tested else "", floor) for name in run.periods], into.book.factor)
    least = min(tested.values(), default=0.0)
    at = into.single("least coverage", f"=MIN({into.across(row, 0, into.count - 1)})", least, into.book.factor)
    return Place(f"{NAME}!{cell(at, TOTAL, fixed=True)}", least)


def sponsor(into: Sheet, lines: int, kept: tuple[int, list[float]], debts: tuple[int, list[float]]) -> dict[str, Place]:
    """What the sponsor gets less what it pays in, its value at the required return, and the rate at which that is nothing."""
    run, last = into.book.run, into.count - 1
    by_line, none = cash_flows.by_line(run), [0.0] * into.count
    net = [-(paid + got) for paid, got in zip(by_line.get("equity", none), by_line.get("dividends", none), strict=True)]
    shift, a_year = SHIFT[run.manifest["definition"]["horizon"]["timing"]["running"]], MONTHS_A_YEAR / run.months
    required, ends = run.figure("required_return") or 0.0, (last + 1) / a_year
    into.gap("Sponsor")
    into_sponsor = into.formulas("dividends less equity", [(f"=-({named(lines, LEFT + n, 'dividends')}+{named(lines, LEFT + n, 'equity')})",
                                                            value) for n, value in enumerate(net)])  # fmt: skip
    factors = [(1 + required) ** -((n + shift) / a_year) for n in range(into.count)]
    factor = into.formulas("discount factor", [(f"=(1+{REQUIRED})^-{(n + shift) / a_year!r}", value) for n, value in enumerate(factors)],
                           into.book.factor)  # fmt: skip
    left, amount = settled(into, kept, debts)
    present = sum(flow * each for flow, each in zip(net, factors, strict=True)) + amount * (1 + required) ** -ends
    product = f"SUMPRODUCT({into.across(into_sponsor, 0, last)},{into.across(factor, 0, last)})"
    value = into.single("value of equity at the required return", f"={product}+{cell(left, TOTAL)}*(1+{REQUIRED})^-{ends!r}", present)
    rate = returned(into, into_sponsor, net, left, amount)
    paid = {name: sum(by_line.get(name, none)) for name in ("equity", "dividends")}
    return {
        "equity_value": Place(f"{NAME}!{cell(value, TOTAL, fixed=True)}", present), "irr": rate,
        "equity": Place(f"SUMIFS({of_totals(lines)},\"equity\")", paid["equity"]),
        "dividends": Place(f"-SUMIFS({of_totals(lines)},\"dividends\")", -paid["dividends"]),
        "left_over": Place(f"{NAME}!{cell(left, TOTAL, fixed=True)}", amount),
    }


def of_totals(lines: int) -> str:
    """The totals of all lines, and the lines' names, as another sheet calls them."""
    return ",".join(f"{NAME}!{cell(FIRST, of, fixed=True)}:{cell(lines, of, fixed=True)}" for of in (TOTAL, 0))


def settled(into: Sheet, kept: tuple[int, list[float]], debts: tuple[int, list[float]]) -> tuple[int, float]:
    """What is left at the horizon's end: its worth and cash less debt and claims, with interest; gives the row and the amount."""
    frame, last = into.book.run.table("finance.settlement"), into.count - 1
    given = {str(row["line"]): float(row["value"]) for row in frame.to_dict("records")} if len(frame) else {}
    links = {"cash": (f"={into.at(kept[0], last)}", kept[1][last]), "debt": (f"=-{into.at(debts[0], last)}", -debts[1][last])}
    first, amount = into.row, 0.0
    for line, words in SETTLED.items():
        formula, value = links.get(line, (f"={given.get(line, 0.0)!r}", given.get(line, 0.0)))
        into.single(f"at the end: {words}", formula, value)
        amount += value
    # Payments fall before the period is over: from then to the end cash and debt bear interest.
    since = sum(given.get(line, 0.0) - value for line, (_, value) in links.items())
    into.single("at the end: interest since the last payments", f"={since!r}", since)
    amount += since
    return into.single("at the end: left for the sponsor", f"=SUM({cell(first, TOTAL)}:{cell(into.row - 1, TOTAL)})", amount), amount


def returned(into: Sheet, flow: int, net: list[float], left: int, amount: float) -> Place:
    """The sponsor's flows at the moments that they fall, by half period, and the yearly rate that makes them worth nothing."""
    run = into.book.run
    shift, halves = SHIFT[run.manifest["definition"]["horizon"]["timing"]["running"]], 2
    formulas: dict[int, list[str]] = {}
    for n in range(into.count):
        formulas.setdefault(halves * n + round(halves * shift), []).append(into.at(flow, n))
    formulas.setdefault(halves * into.count, []).append(cell(left, TOTAL))
    values = [0.0] * (halves * into.count + 1)
    for n, value in enumerate(net):
        values[halves * n + round(halves * shift)] += value
    values[-1] += amount
    rate, moments_a_year = run.figure("irr"), halves * MONTHS_A_YEAR // run.months
    begins, ends = into.row + 1, into.row + 1 + halves * into.count
    guess = 0.0 if rate is None else (1 + rate) ** (1 / moments_a_year) - 1
    found = f"IRR({cell(begins, TOTAL)}:{cell(ends, TOTAL)},{guess!r})"
    # Without a rate the function gives an error; so does the model give none.
    at = into.single("rate of return (IRR), yearly", f"=(1+{found})^{moments_a_year}-1" if rate is not None else '="none"', rate or 0.0,
                     into.book.percent)  # fmt: skip
    for moment, value in enumerate(values):
        into.single(f"the sponsor's flow after {moment / moments_a_year:.4g} years", f"={'+'.join(formulas.get(moment, ['0']))}", value)
    return Place(f"{NAME}!{cell(at, TOTAL, fixed=True)}", rate or 0.0)
