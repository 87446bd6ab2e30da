"""The sheets Inputs and Quantities: the numbers that price what the plan builds, to change, and what they are paid for, which stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gwplan.common.calendar import parse_date
from gwplan.common.numbers import MOST
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.drivers import Driven, Factors, Line, Ref, Rules
from gwplan.reports.workbook.payment_rules import driven, refs_of
from gwplan.reports.workbook.terms import refs_of_finance
from gwplan.results.compute_measure import factor_of, rent
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import numbers_of

INPUTS, QUANTITIES, SCENARIO, NUMBER = "Inputs", "Quantities", "scenario", "scenario_number"
SCENARIOS = ("low", "base", "high")
HEADER = ("table", "item", "site", "when", "quantity", "used", "your own", "low", "base", "high", "unit", "source", "grade", "name")
WIDTHS = (13, 20, 18, 10, 20, 12, 12, 12, 12, 12, 18, 24, 8, 44)
USED, OWN, LOW, BASE, HIGH = (HEADER.index(name) for name in ("used", "your own", "low", "base", "high"))
KEYS = ("kind", "class", "item", "site", "payee", "made of", "price")
PRICE, LEFT = len(KEYS) - 1, len(KEYS)
LONGEST_NAME = 200
_NOT_IN_NAMES = re.compile(r"\W")


@dataclass(frozen=True)
class Number:
    """A row of an input table as Inputs shows it."""

    low: float | None
    base: float
    high: float | None
    unit: str
    source: str
    grade: str


@dataclass
class Model:
    """The payments of a run and where the workbook has what they follow from."""

    rules: Rules
    payments: list[Driven]
    refs: list[Ref]
    rows: dict[Line, tuple[int, int]] = field(default_factory=dict)
    """First and last row of the terms of a payment on Quantities."""
    names: dict[Ref, str] = field(default_factory=dict)

    def formula(self, line: Line, period: int) -> str:
        """The amount of a payment in a period; blank where it is a number."""
        if line not in self.rows:
            return ""
        first, last = self.rows[line]
        prices = f"{QUANTITIES}!{cell(first, PRICE, fixed=True)}"
        amounts = f"{QUANTITIES}!{cell(first, LEFT + period)}"
        if first == last:
            return f"={prices}*{amounts}"
        return f"=SUMPRODUCT({prices}:{cell(last, PRICE, fixed=True)},{amounts}:{cell(last, LEFT + period)})"

    def price(self, factors: Factors) -> str:
        """The formula of a product of inputs, by their names."""
        return "=" + "*".join(f"(1+{self.names[each.ref]})" if each.plus_one else self.names[each.ref] for each in factors)


def model_of(run: RunFolder) -> Model:
    """Work out the terms of all payments, and lay out their rows."""
    rules, row = Rules(run), FIRST
    found = Model(rules, driven(run), [])
    worth = compute_worth(found)
    found.refs = sorted({*refs_of(found.payments), *(ref for path in worth.values() for ref, _ in path), *refs_of_finance(rules)})
    for payment in found.payments:
        if not payment.fixed:
            found.rows[payment.line] = (row, row + len(payment.terms) - 1)
            row += len(payment.terms)
    for ref in found.refs:
        parts = (ref.table, ref.item, ref.site, ref.when, ref.quantity)
        name = _NOT_IN_NAMES.sub("_", "_".join(part for part in parts if part))[:LONGEST_NAME]
        # Two rows may differ in signs that a name cannot have.
        found.names[ref] = name if name.lower() not in {each.lower() for each in found.names.values()} else f"{name}_{len(found.names)}"
    return found


def compute_worth(model: Model) -> dict[int, list[tuple[Ref, float]]]:
    """The rows that the value of compute in each period lies between; none where the run's own measure differs from them."""
    run, found = model.rules.run, {}
    for number in range(len(run.periods)):
        path = [(ref, share * factor_of(run, parse_date(ref.when).first if ref.when else None))
                for ref, share in model.rules.path("compute", "compute", "value", "", number)]
        value = sum(share * model.rules.value(ref) for ref, share in path)
        if path and abs(value - (rent(run, number) or 0.0)) <= 1e-9 * abs(value):
            found[number] = path
    return found


def numbers_in(run: RunFolder) -> dict[Ref, Number]:
    """Range, unit, source and grade of each row of the inputs that is a number."""
    found, graded = {}, iter(numbers_of(run).graded)
    for table in run.numbered_tables:
        for line in run.inputs(table).to_dict("records"):
            grade = next(graded).grade
            low, base, high = (parsed(str(line.get(name, ""))) for name in SCENARIOS)
            if base is not None:
                ref = Ref(table, *(str(line.get(name, "")) for name in ("item", "site", "when", "quantity")))
                found[ref] = Number(low, base, high, str(line["unit"]), str(line["source"]), grade)
    return found


def parsed(text: str) -> float | None:
    """The number of a cell; None if it has none."""
    try:
        return float(text)
    except ValueError:
        return None


def inputs(book: Book, model: Model) -> None:
    """Inputs: each number with its range, a place for one's own, and the scenario; the number that is used has a name."""
    note = ("Change the scenario, or type a number under `your own`: capital, running cost and what is left follow, what is built stays. "
            "Low and high are the ends of the range of each number, not the worse and the better one")
    sheet = book.sheet(INPUTS, "Inputs", note, HEADER, WIDTHS)
    sheet.write_string(0, USED - 1, "Scenario", book.label)
    sheet.write_string(0, USED, "base", book.choice)
    sheet.data_validation(0, USED, 0, USED, {"validate": "list", "source": list(SCENARIOS)})
    sheet.write_formula(0, OWN, f'=MATCH({SCENARIO},{{"low","base","high"}},0)', book.note, 2)
    for name, column in ((SCENARIO, USED), (NUMBER, OWN)):
        book.workbook.define_name(name, f"={INPUTS}!{cell(0, column, fixed=True)}")
    known = numbers_in(book.run)
    for row, ref in enumerate(model.refs, FIRST):
        number = known[ref]
        book.row(sheet, row, [*ref])
        own, low, base, high = (cell(row, column) for column in (OWN, LOW, BASE, HIGH))
        formula = f"=IF(ISNUMBER({own}),{own},CHOOSE({NUMBER},IF(ISNUMBER({low}),{low},{base}),{base},IF(ISNUMBER({high}),{high},{base})))"
        sheet.write_formula(row, USED, formula, book.exact, number.base)
        sheet.write_blank(row, OWN, None, book.typed)
        for column, value in ((LOW, number.low), (BASE, number.base), (HIGH, number.high)):
            if value is not None:
                sheet.write_number(row, column, value, book.exact)
        for column, text in enumerate((number.unit, number.source, number.grade, model.names[ref]), HIGH + 1):
            sheet.write_string(row, column, text, book.aside)
        book.workbook.define_name(model.names[ref], f"={INPUTS}!{cell(row, USED, fixed=True)}")
    if model.refs:
        sheet.data_validation(FIRST, OWN, FIRST + len(model.refs) - 1, OWN, {
            "validate": "decimal", "criteria": "between", "minimum": -MOST, "maximum": MOST, "error_title": "Not a number",
            "error_message": "Type a number in the unit of the row, or leave the cell empty."})
        sheet.autofilter(FIRST - 1, 0, FIRST + len(model.refs) - 1, len(HEADER) - 1)


def quantities(book: Book, model: Model) -> None:
    """Quantities: a row for each term of a payment, with its price as a formula of the inputs and what the plan has of it by period."""
    run, count = book.run, len(book.run.periods)
    note = "What the plan pays for, by period, which stays: each row times its price is a payment of Capital, of Running or of what is left"
    sheet = book.sheet(QUANTITIES, "Quantities", note, [*KEYS, *run.periods], [10, 14, 18, 18, 16, 50, 12, *[12] * count])
    sheet.freeze_panes(FIRST, LEFT)
    for payment in model.payments:
        row = model.rows.get(payment.line, (0, 0))[0]
        for factors, amounts in payment.terms.items():
            book.row(sheet, row, [*payment.line])
            formula = model.price(factors)
            sheet.write_string(row, PRICE - 1, formula[1:].replace("*", " x "))
            sheet.write_formula(row, PRICE, formula, book.exact, model.rules.worth(factors))
            write_amounts(sheet, row, amounts, book.exact)
            row += 1


def write_amounts(sheet: Any, row: int, amounts: list[float], style: Any) -> None:
    """The amounts of a row that are not 0."""
    for number, amount in enumerate(amounts):
        if amount:
            sheet.write_number(row, LEFT + number, amount, style)
