"""Capital, running cost and cash by year: the ledger as tables, with sums and present values as formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gwplan.common.calendar import MONTHS_A_YEAR, SHIFT
from gwplan.reports.workbook.assumptions import Model, compute_worth
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.drivers import Line
from gwplan.results.compute_measure import rent
from gwplan.results.run_folder import sums

KEYS = ("class", "item", "site", "payee")
RATE = "discount_rate"
HOURS_A_YEAR, KILO = 8760.0, 1e3
HEADER_HEIGHT = 45
"""Points of a header of three lines."""


@dataclass(frozen=True)
class Place:
    """A cell of another sheet, and the value that it has at the run's own rate."""

    reference: str
    value: float


def sheets(book: Book, model: Model) -> dict[str, Place]:
    """Write the three sheets; gives the cells that Summary takes."""
    places = kind_sheet(book, model, "Capital", "capital") | kind_sheet(book, model, "Running", "running")
    return places | cash(book, model, places)


def factor(book: Book, kind: str, number: int) -> tuple[str, float]:
    """The formula and the value of a period's discount factor."""
    horizon = book.run.manifest["definition"]["horizon"]
    years = (number + SHIFT[horizon["timing"][kind]]) * book.run.months / MONTHS_A_YEAR
    return f"=(1+{RATE})^-{years!r}", float((1 + float(horizon["discount_rate"])) ** -years)


def kind_sheet(book: Book, model: Model, name: str, kind: str) -> dict[str, Place]:
    """One row for each class, item, site and payee, one column for each period; sums, factors and present value."""
    run, count = book.run, len(book.run.periods)
    note = f"MUSD of {run.dollars}, real, in the period of payment; present value at the start of {run.periods[0]}"
    sheet = book.sheet(name, f"{name} by period", note, [*KEYS, "total", *run.periods], [14, 18, 18, 18, 12, *[9] * count])
    sheet.freeze_panes(FIRST, len(KEYS) + 1)
    frame = run.ledger
    entries = sums(frame[frame["kind"] == kind], [*KEYS, "number"]) if len(frame) else []
    lines: dict[tuple[str, ...], dict[int, float]] = {}
    for entry in entries:
        lines.setdefault(tuple(str(entry[key]) for key in KEYS), {})[int(entry["number"])] = float(entry["amount"])
    left = len(KEYS) + 1
    row = FIRST
    for row, (keys, amounts) in enumerate(sorted(lines.items()), FIRST):
        book.row(sheet, row, keys)
        for number, amount in amounts.items():
            put(sheet, (row, left + number), model.formula(Line(kind, *keys), number), amount, book.number)
        sheet.write_formula(row, left - 1, f"=SUM({cell(row, left)}:{cell(row, left + count - 1)})", book.number, sum(amounts.values()))
    end, last = row if lines else FIRST, left + count - 1
    totals = [sum(amounts.get(number, 0.0) for amounts in lines.values()) for number in range(count)]
    for offset, label in enumerate(("total", "discount factor", "present value"), 1):
        sheet.write_string(end + offset, 0, label, book.label)
    for number, total in enumerate(totals):
        column = left + number
        formula, value = factor(book, kind, number)
        sheet.write_formula(end + 1, column, f"=SUM({cell(FIRST, column)}:{cell(end, column)})", book.total, total)
        sheet.write_formula(end + 2, column, formula, book.factor, value)
        sheet.write_formula(end + 3, column, f"={cell(end + 1, column)}*{cell(end + 2, column)}", book.number, total * value)
    present = sum(total * factor(book, kind, number)[1] for number, total in enumerate(totals))
    for offset, value in ((1, sum(totals)), (3, present)):
        formula = f"=SUM({cell(end + offset, left)}:{cell(end + offset, last)})"
        sheet.write_formula(end + offset, left - 1, formula, book.total, value)
    until = left + run.first_build_end
    build = f"SUM({name}!{cell(end + 1, left, fixed=True)}:{cell(end + 1, until, fixed=True)})"
    return {
        kind: Place(f"{name}!{cell(end + 1, left - 1, fixed=True)}", sum(totals)),
        f"{kind}_present": Place(f"{name}!{cell(end + 3, left - 1, fixed=True)}", present),
        f"{kind}_first_build": Place(build, sum(totals[: run.first_build_end + 1])),
        f"{kind}_last": Place(name, end),
        f"{kind}_row": Place(f"{name}!{end + 2}", left),
    }


def put(sheet: Any, at: tuple[int, int], formula: str, value: float, style: Any) -> None:
    """Write a formula with its value, or the value where there is no formula."""
    if formula:
        sheet.write_formula(*at, formula, style, value)
    else:
        sheet.write_number(*at, value, style)


def all_of(model: Model, kind: str, periods: list[int]) -> str:
    """The sum of all payments of a kind in some periods; those without a formula as a number. Blank if none has one."""
    formulas, fixed = [], 0.0
    for payment in model.payments:
        for number in periods if payment.line.kind == kind else ():
            if payment.amounts[number]:
                formula = model.formula(payment.line, number)
                formulas += [formula[1:]] if formula else []
                fixed += 0.0 if formula else payment.amounts[number]
    return f"={'+'.join([*formulas, *([repr(fixed)] if fixed else [])])}" if formulas else ""


def cash(book: Book, model: Model, places: dict[str, Place]) -> dict[str, Place]:
    """Payments by calendar year, and by period the worth of the compute; what is left at the end stands beside it."""
    run, count = book.run, len(book.run.periods)
    note = f"MUSD of {run.dollars}, real. Compute ({run.measure}) at what the same rents for: no money changes hands for it"
    sheet = book.sheet("Cash by year", "Cash by year", note, ["year", "capital", "running", "together"], [12, 14, 14, 14])
    years: dict[int, list[int]] = {}
    for number in range(count):
        years.setdefault(run.first_month(number) // MONTHS_A_YEAR, []).append(number)
    row = FIRST
    for row, (year, numbers) in enumerate(years.items(), FIRST):
        sheet.write_number(row, 0, year)
        together = 0.0
        for column, kind in enumerate(("capital", "running"), 1):
            name, line = places[f"{kind}_row"].reference.split("!")
            left = int(places[f"{kind}_row"].value)
            ends = [cell(int(line) - 1, left + number) for number in (numbers[0], numbers[-1])]
            value = paid(book, kind, numbers)
            together += value
            sheet.write_formula(row, column, f"=SUM({name}!{ends[0]}:{ends[1]})", book.number, value)
        sheet.write_formula(row, 3, f"={cell(row, 1)}+{cell(row, 2)}", book.number, together)
    by_year = {}
    for column, kind in enumerate(("capital", "running"), 1):
        years_of = f"{NAME}{cell(FIRST, column, fixed=True)}:{cell(row, column, fixed=True)}"
        by_year[f"{kind}_by_year"] = Place(f"=SUM({years_of})", places[kind].value)
    return by_year | worth(book, model, sheet, row + 3)


def paid(book: Book, kind: str, numbers: list[int]) -> float:
    """Payments of a kind in some periods."""
    frame = book.run.ledger
    return float(frame.loc[(frame["kind"] == kind) & frame["number"].isin(numbers), "amount"].sum()) if len(frame) else 0.0


def worth(book: Book, model: Model, sheet: Any, top: int) -> dict[str, Place]:
    """The worth of compute by period, and what is left at the end, with their present values."""
    run, count = book.run, len(book.run.periods)
    price = f"USD_{run.dollars} per H100e and hour"
    header = ("period", "compute, kH100e", "hours", price, "worth, MUSD", "discount factor", "present value")
    for column, text in enumerate(header):
        sheet.write_string(top, column, text, book.header)
    sheet.set_row(top, HEADER_HEIGHT)
    hours = run.months / MONTHS_A_YEAR * HOURS_A_YEAR
    present, valued = 0.0, compute_worth(model)
    for number, name in enumerate(run.periods):
        row = top + 1 + number
        # What is rented is used beside the planner's own.
        compute = float(run.summary["compute_kh100e"][number]) + float((run.summary.get("cloud_kh100e") or [0.0] * count)[number])
        each = rent(run, number) or 0.0
        formula, value = factor(book, "running", number)
        amount = compute * hours * each / KILO
        present += amount * value
        book.row(sheet, row, [name, compute, hours])
        path = valued.get(number, [])
        put(sheet, (row, 3), f"={'+'.join(f'{model.names[ref]}*{share!r}' for ref, share in path)}" if path else "", each, book.number)
        product = f"={cell(row, 1)}*{cell(row, 2)}*{cell(row, 3)}/{KILO:.0f}"
        sheet.write_formula(row, 4, product, book.number, amount)
        sheet.write_formula(row, 5, formula, book.factor, value)
        sheet.write_formula(row, 6, f"={cell(row, 4)}*{cell(row, 5)}", book.number, amount * value)
    end = top + count
    sheet.write_string(end + 1, 0, "total", book.label)
    sheet.write_formula(end + 1, 6, f"=SUM({cell(top + 1, 6)}:{cell(end, 6)})", book.total, present)
    return {"value_present": Place(NAME + cell(end + 1, 6, fixed=True), present)} | at_end(book, model, sheet, end + 3)


NAME = "'Cash by year'!"


def at_end(book: Book, model: Model, sheet: Any, row: int) -> dict[str, Place]:
    """What is left at the horizon's end, and what contracts still ask for; then what is sold before, by period; with present values."""
    run, count = book.run, len(book.run.periods)
    years = count * run.months / MONTHS_A_YEAR
    value = float((1 + float(run.manifest["definition"]["horizon"]["discount_rate"])) ** -years)
    found = {}
    for kind, name in (("residual", "what is left at the end"), ("commitment", "what contracts still ask for then")):
        amount = paid(book, kind, list(range(count)))
        book.row(sheet, row, [name])
        put(sheet, (row, 4), all_of(model, kind, list(range(count))), amount, book.number)
        sheet.write_formula(row, 5, f"=(1+{RATE})^-{years!r}", book.factor, value)
        sheet.write_formula(row, 6, f"={cell(row, 4)}*{cell(row, 5)}", book.number, amount * value)
        found[kind] = Place(NAME + cell(row, 4, fixed=True), amount)
        found[f"{kind}_present"] = Place(NAME + cell(row, 6, fixed=True), amount * value)
        row += 1
    top, total, present = row + 1, 0.0, 0.0
    sheet.write_string(row, 0, "sold when its use is over", book.label)
    for number, name in enumerate(run.periods):
        amount = paid(book, "resale", [number])
        if amount:
            row += 1
            formula, factor_then = factor(book, "capital", number)
            book.row(sheet, row, [name])
            put(sheet, (row, 4), all_of(model, "resale", [number]), amount, book.number)
            sheet.write_formula(row, 5, formula, book.factor, factor_then)
            sheet.write_formula(row, 6, f"={cell(row, 4)}*{cell(row, 5)}", book.number, amount * factor_then)
            total, present = total + amount, present + amount * factor_then
    last = max(row, top)
    for column, amount, key in ((4, total, "resale"), (6, present, "resale_present")):
        sheet.write_formula(last + 1, column, f"=SUM({cell(top, column)}:{cell(last, column)})", book.total, amount)
        found[key] = Place(NAME + cell(last + 1, column, fixed=True), amount)
    sheet.write_string(last + 1, 0, "total", book.label)
    return found
