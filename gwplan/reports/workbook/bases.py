"""The sheet Depreciation: what was paid for things by the year in which they enter service, as formulas of the inputs, nominal.

What no formula gives, such as the half of an investment tax credit that leaves the base, stays a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.reports.workbook.assumptions import Model
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.drivers import Factors, Line, Rules, Terms, joined
from gwplan.reports.workbook.payment_rules import hall_markup
from gwplan.reports.workbook.quantities import BOUGHT_AT, Amounts
from gwplan.results.run_folder import sums

NAME = "Depreciation"
KEYS = ("class", "item", "site", "in service", "made of", "price", "nominal")
PRICE, NOMINAL, LEFT = len(KEYS) - 2, len(KEYS) - 1, len(KEYS)
INFLATORS = FIRST
"""Row of nominal dollars per real one."""
ALMOST = 1e-9
MACHINERY, SHELL, IMPROVEMENTS, LAND = "machinery", "shell", "improvements", "land"
Basis = tuple[str, int]


@dataclass
class Bases:
    """Rows of the sheet, by what they are made of, and what they leave of the run's own by class of depreciation and year."""

    rows: list[tuple[Line, int, Factors, Amounts]] = field(default_factory=list)
    left: dict[Basis, float] = field(default_factory=dict)
    known: dict[Basis, float] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The last row."""
        return INFLATORS + len(self.rows)

    def bought(self, cost_class: str, year: int) -> str:
        """What was paid, nominal, for things of a class of capital that enter service in a year, as a formula."""
        def column(of: int) -> str:
            return f"{NAME}!{cell(INFLATORS, of, fixed=True)}:{cell(self.last, of, fixed=True)}"

        return f'SUMIFS({column(NOMINAL)},{column(0)},"{cost_class}",{column(3)},{year})'


def orders(rules: Rules, line: Line) -> Iterator[tuple[int, Terms]]:
    """Period of service and terms of each order of a payment of capital."""
    known, where = rules.quantities, (line.item, line.site)
    if line.cost_class == "sites":
        for period, amount in known.orders("sites", "opening", *where):
            yield period, rules.priced(("sites", line.site, "opening_price", ""), [(period, rules.only(period, amount))])
    elif line.cost_class == "halls":
        for price in BOUGHT_AT:
            more = hall_markup(rules, line, True)
            for (_, opens, _), paid in zip(known.built(*where, price), known.hall_payments(*where, price), strict=True):
                yield opens, rules.priced(("halls", line.item, price, line.site), [paid], more)
    elif line.cost_class in ("accelerators", "networks"):
        yield from systems(rules, line, "price" if line.cost_class == "accelerators" else "network_price")
    elif line.cost_class == "power":
        markup = rules.held("power", line.item, "contingency", line.site)
        for (_, service, _), paid in zip(known.bought(*where), known.supply_payments(*where), strict=True):
            yield service, rules.priced(("power", line.item, "price", line.site), [paid], lambda _: rules.factors((markup, True)))


def systems(rules: Rules, line: Line, quantity: str) -> Iterator[tuple[int, Terms]]:
    """The same of systems: price, or the tax and duty on it."""
    markup = rules.held("accelerators", line.item, "contingency")
    price = ("accelerators", line.item, quantity, "")
    if line.payee != "states":
        for period, values, arrival in rules.quantities.system_payments(line.item, line.site):
            yield arrival, rules.priced(price, [(period, values)], lambda _: rules.factors((markup, True)))
        return
    for period, arrival, amount in rules.quantities.arrivals(line.item, line.site):
        for each in (("sites", line.site, "sales_tax"), ("accelerators", line.item, "import_duty")):
            tax = rules.held(*each, "", arrival)
            if tax is not None:
                more = rules.factors((markup, True), (tax, False))
                yield arrival, rules.priced(price, [(period, rules.only(arrival, amount))], lambda _, more=more: more)  # type: ignore[misc]


def bases_of(model: Model, inflators: list[float]) -> Bases:
    """The rows of all payments of capital that have terms, and what is left of the run's own."""
    run, rules, found = model.rules.run, model.rules, Bases()
    bought: dict[Basis, float] = {}
    for payment in model.payments:
        if payment.line.kind != "capital" or payment.fixed:
            continue
        by_year: dict[int, Terms] = {}
        for service, terms in orders(rules, payment.line):
            if service < rules.count:
                year = run.first_month(service) // MONTHS_A_YEAR
                by_year[year] = joined(by_year.get(year, {}), terms)
        for year, terms in sorted(by_year.items()):
            for factors, amounts in terms.items():
                if any(amounts):
                    found.rows.append((payment.line, year, factors, amounts))
                    nominal = rules.worth(factors) * sum(map(float.__mul__, amounts, inflators[:-1]))
                    key = payment.line.cost_class, year
                    bought[key] = bought.get(key, 0.0) + nominal
    frame = run.table("finance.basis")
    for entry in sums(frame, ["class", "year"], "value") if len(frame) else []:
        found.known[str(entry["class"]), int(entry["year"])] = float(entry["value"])
    shares = {name: run.number("finance", name, "share") or 0.0 for name in (SHELL, IMPROVEMENTS)}
    given: dict[Basis, float] = {}
    for (cost_class, year), amount in bought.items():
        for tax_class, weight in split(cost_class, shares):
            given[tax_class, year] = given.get((tax_class, year), 0.0) + weight * amount
    for basis in {*found.known, *given}:
        rest = found.known.get(basis, 0.0) - given.get(basis, 0.0)
        found.left[basis] = rest if abs(rest) > ALMOST * max(found.known.values(), default=0.0) else 0.0
    return found


def split(cost_class: str, shares: dict[str, float]) -> list[tuple[str, float]]:
    """Classes of depreciation of a class of capital, with their shares of it."""
    if cost_class == "halls":
        return [(SHELL, shares[SHELL]), (MACHINERY, 1 - shares[SHELL])]
    if cost_class == "sites":
        return [(IMPROVEMENTS, shares[IMPROVEMENTS]), (LAND, 1 - shares[IMPROVEMENTS])]
    return [(MACHINERY if cost_class == "power" else cost_class, 1.0)]


def sheet(book: Book, model: Model, bases: Bases, inflators: list[float]) -> None:
    """Write the sheet."""
    note = "What was paid for what enters service in a year: quantity x price x nominal dollars per real one, by period of payment"
    into = book.sheet(NAME, NAME, note, [*KEYS, *book.run.periods, "end"], [14, 18, 16, 10, 60, 12, 14, *[13] * len(inflators)])
    into.freeze_panes(FIRST, LEFT)
    into.write_string(INFLATORS, KEYS.index("made of"), "nominal dollars per real one")
    for place, value in enumerate(inflators):
        into.write_number(INFLATORS, LEFT + place, value, book.factor)
    ends = [cell(INFLATORS, LEFT + place, fixed=True) for place in (0, len(inflators) - 2)]
    for row, (line, year, factors, amounts) in enumerate(bases.rows, INFLATORS + 1):
        formula, price = model.price(factors), model.rules.worth(factors)
        book.row(into, row, [line.cost_class, line.item, line.site])
        into.write_number(row, 3, year)
        into.write_string(row, PRICE - 1, formula[1:].replace("*", " x "))
        into.write_formula(row, PRICE, formula, book.exact, price)
        own = f"{cell(row, LEFT)}:{cell(row, LEFT + len(amounts) - 1)}"
        worth = price * sum(map(float.__mul__, amounts, inflators[:-1]))
        into.write_formula(row, NOMINAL, f"={cell(row, PRICE)}*SUMPRODUCT({own},{ends[0]}:{ends[1]})", book.number, worth)
        for place, amount in enumerate(amounts):
            if amount:
                into.write_number(row, LEFT + place, amount, book.exact)


def inflator(place: int) -> str:
    """The cell of nominal dollars per real one: of a period, or of the end after the last."""
    return f"{NAME}!{cell(INFLATORS, LEFT + place)}"


def inflators(first: int, last: int) -> str:
    """The cells of nominal dollars per real one from a period to another."""
    return f"{NAME}!{cell(INFLATORS, LEFT + first, fixed=True)}:{cell(INFLATORS, LEFT + last, fixed=True)}"
