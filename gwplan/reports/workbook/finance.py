"""The sheet Finance: every cash flow by period, with cash, debt, coverage and the sponsor's return as formulas, beside the model's."""

from __future__ import annotations

from itertools import accumulate

from gwplan.common.calendar import MONTHS_A_YEAR, SHIFT
from gwplan.reports.workbook.bases import inflator
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.coverage import coverage, shortages
from gwplan.reports.workbook.finance_rows import NAME, Layout, Sheet, named
from gwplan.reports.workbook.flows import LEFT, TOTAL, Flows
from gwplan.reports.workbook.money import Place
from gwplan.results import cash_flows
from gwplan.results.run_folder import sums

REQUIRED = "required_return"
SETTLED = {"residual": "worth of what is left", "commitments": "what contracts still ask for", "cash": "cash", "debt": "debt",
           "claims": "claims of investors", "stock": "what common stock gets"}


def sheet(book: Book, flows: Flows | None) -> tuple[dict[str, Place], Layout | None]:
    """Write the sheet; gives the cells that Summary takes, and where its rows are. Nothing where the run has no finance."""
    if flows is None:
        return {}, None
    into = Sheet(book)
    flow_rows(into, flows)
    kept = cash(into, flows)
    layout = Layout(flows, flows.last, *kept)
    owed, debts = debt(into, layout)
    layout.debt, layout.debt_values = debts
    least = coverage(into, layout)
    shortages(into, layout, kept)
    return {"debt_most": owed, "least_coverage": least} | sponsor(into, layout, kept, flows.places), layout


def flow_rows(into: Sheet, flows: Flows) -> None:
    """A row for each line, item and party, with its total: decisions as numbers to change, the rest as formulas where they are known."""
    book, sheet = into.book, into.sheet
    for key, values in flows.lines.items():
        row, decided = into.row, flows.decided(key)
        book.row(sheet, row, key)
        for n, value in enumerate(values):
            formula = flows.formula(key, n)
            if formula:
                sheet.write_formula(row, LEFT + n, f"={formula}", book.number, value)
            elif value:
                sheet.write_number(row, LEFT + n, value, book.decided if decided else book.number)
            elif decided:
                sheet.write_blank(row, LEFT + n, None, book.decided)
        sheet.write_formula(row, TOTAL, f"=SUM({into.across(row, 0, into.count - 1)})", book.number, sum(values))
        into.done()


def cash(into: Sheet, flows: Flows) -> tuple[int, list[float]]:
    """Cash = cash before + the sum of all lines; gives the row, and its values."""
    run, lines = into.book.run, flows.last
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
        extra = None
        if facility in layout.flows.loans and layout.flows.loans[facility].capitalised:
            formulas = [f"={layout.flows.added(facility, n)}" for n in range(into.count)]
            extra = layout.added_rows[facility] = into.formulas(f"interest added to {facility}", list(zip(formulas, added, strict=True)))
            layout.added[facility] = added
        layout.facilities[facility] = balance
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


def sponsor(into: Sheet, layout: Layout, kept: tuple[int, list[float]], places: dict[str, Place]) -> dict[str, Place]:
    """What the sponsor gets less what it pays in, its value at the required return, and the rate at which that is nothing."""
    run, last, lines = into.book.run, into.count - 1, layout.lines
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
    left, amount = settled(into, layout, kept, places)
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


def settled(into: Sheet, layout: Layout, kept: tuple[int, list[float]], places: dict[str, Place]) -> tuple[int, float]:
    """What is left at the horizon's end: its worth and cash less debt and claims, with interest; gives the row and the amount."""
    frame, last, terms = into.book.run.table("finance.settlement"), into.count - 1, layout.flows.terms
    given = {str(row["line"]): float(row["value"]) for row in frame.to_dict("records")} if len(frame) else {}
    debts = layout.debt, layout.debt_values
    links = {"cash": (f"={into.at(kept[0], last)}", kept[1][last]), "debt": (f"=-{into.at(debts[0], last)}", -debts[1][last])}
    since = sum(given.get(line, 0.0) - value for line, (_, value) in links.items())
    end, years = inflator(into.count), terms.years_after
    for line, key, sign in (("residual", "residual", ""), ("commitments", "commitment", "-")):
        if line in given:
            links[line] = (f"={sign}{end}*{places[key].reference}", given[line])
    first, amount = into.row, 0.0
    for line, words in SETTLED.items():
        formula, value = links.get(line, (f"={given.get(line, 0.0)!r}", given.get(line, 0.0)))
        if line in given or line != "stock":
            into.single(f"at the end: {words}", formula, value)
            amount += value
    # Payments fall before the period is over: from then to the end cash and debt bear interest.
    lenders = {facility: row for facility, row in layout.facility_rows.items() if facility != "revolver"}
    owing = "".join(f"-({terms.rate(facility)})*{into.at(row, last)}" for facility, row in lenders.items())
    interest = f"={years!r}*({terms.name('cash', 'rate')}*{into.at(kept[0], last)}{owing})"
    into.single("at the end: interest since the last payments", interest, since)
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
    at = into.single("rate of return (IRR), yearly", f'=IFERROR((1+{found})^{moments_a_year}-1,"none")', rate or 0.0, into.book.percent)
    for moment, value in enumerate(values):
        into.single(f"the sponsor's flow after {moment / moments_a_year:.4g} years", f"={'+'.join(formulas.get(moment, ['0']))}", value)
    return Place(f"{NAME}!{cell(at, TOTAL, fixed=True)}", rate or 0.0)
