"""What each payment is made of: numbers of the tables, times the quantities of the plan, which stay as they are.

A payment of the ledger is a sum of terms; a term is the product of numbers of the tables (a price, 1 + a contingency, an index) and a
quantity by period. A payment whose terms do not give the ledger's amounts is no formula of the workbook: it stays a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.reports.workbook.drivers import Driven, Factor, Factors, Line, Ref, Rules, Terms, joined
from gwplan.reports.workbook.quantities import BOUGHT_AT, Amounts
from gwplan.results.run_folder import RunFolder, sums

ALMOST = 1e-9
"""Relative difference of a payment from its terms, beyond which it is none of theirs."""


def sites(rules: Rules, line: Line) -> Terms:
    """Opening price of a site."""
    orders = rules.quantities.orders("sites", "opening", line.item, line.site)
    return rules.priced(("sites", line.site, "opening_price", ""), ((n, rules.only(n, amount)) for n, amount in orders))


def hall_markup(rules: Rules, line: Line, contingency: bool) -> Callable[[int], Factors]:
    """Construction index, and 1 + contingency."""
    def more(period: int) -> Factors:
        markup = rules.held("halls", line.item, "contingency", line.site) if contingency else None
        return rules.factors((markup, True), (rules.held("sites", line.site, "construction_index", "", period), False))

    return more


def halls(rules: Rules, line: Line) -> Terms:
    """Price x room x index x (1 + contingency), over the build."""
    return at_hall_prices(rules, line, rules.quantities.hall_payments, True)


def halls_left(rules: Rules, line: Line) -> Terms:
    """Price x room x index x the share of an annuity that is left."""
    return at_hall_prices(rules, line, rules.quantities.hall_left, False)


def at_hall_prices(rules: Rules, line: Line, amounts: Callable[[str, str, str], Iterable[tuple[int, Amounts]]], contingency: bool) -> Terms:
    """Room at the price of its start, and at that of its renewal."""
    found: Terms = {}
    for price in BOUGHT_AT:
        more = hall_markup(rules, line, contingency)
        found = joined(found, rules.priced(("halls", line.item, price, line.site), amounts(line.item, line.site, price), more))
    return found


def hall_upkeep(rules: Rules, line: Line) -> Terms:
    """Upkeep of open halls."""
    return rules.stepped(("halls", line.item, "upkeep", line.site), rules.quantities.hall_room_years(line.item, line.site))


def of_value(table: str, quantity: str) -> Callable[[Rules, Line], Terms]:
    """A yearly share of what was paid for open halls."""
    def rule(rules: Rules, line: Line) -> Terms:
        markup, found = hall_markup(rules, line, True), Terms()
        open_at = ((price, *each) for price in BOUGHT_AT for each in rules.quantities.hall_open(line.item, line.site, price))
        for price, period, values in open_at:
            for number, value in enumerate(values):
                item, site = (line.site, "") if table == "sites" else (line.item, line.site)
                ref = rules.held(table, item, quantity, site, number)
                if value and ref is not None:
                    found = joined(found, rules.priced(("halls", line.item, price, line.site), [(period, rules.only(number, value))],
                                                       lambda n, ref=ref: (*markup(n), Factor(ref))))  # type: ignore[misc]
        return found

    return rule


def systems(quantity: str) -> Callable[[Rules, Line], Terms]:
    """Price x (1 + contingency): deposit and rest; tax and duty on arrival."""
    def rule(rules: Rules, line: Line) -> Terms:
        price, markup = ("accelerators", line.item, quantity, ""), rules.held("accelerators", line.item, "contingency")
        orders = rules.quantities.system_payments(line.item, line.site)
        if line.payee != "states":
            return rules.priced(price, ((n, values) for n, values, _ in orders), lambda _: rules.factors((markup, True)))
        found: Terms = {}
        for period, arrival, amount in rules.quantities.arrivals(line.item, line.site):
            taxes = (("sites", line.site, "sales_tax"), ("accelerators", line.item, "import_duty"))
            for tax in (rules.held(*each, "", arrival) for each in taxes):
                if tax is not None:
                    more = (*rules.factors((markup, True)), Factor(tax))
                    found = joined(found, rules.priced(price, [(period, rules.only(arrival, amount))], lambda _, more=more: more))  # type: ignore[misc]
        return found

    return rule


def systems_left(quantity: str) -> Callable[[Rules, Line], Terms]:
    """Price x the lower one of what it sells for and what is left of its annuity."""
    def rule(rules: Rules, line: Line) -> Terms:
        return rules.priced(("accelerators", line.item, quantity, ""), rules.quantities.system_left(line.item, line.site))

    return rule


def systems_sold(quantity: str) -> Callable[[Rules, Line], Terms]:
    """Price x the share for which a system is sold at the end of its life."""
    def rule(rules: Rules, line: Line) -> Terms:
        return rules.priced(("accelerators", line.item, quantity, ""), rules.quantities.system_sold(line.item, line.site))

    return rule


def system_upkeep(rules: Rules, line: Line) -> Terms:
    """Today's price x (upkeep of what is installed + rent of what waits)."""
    price = ("accelerators", line.item, "price", "")
    installed, waiting = rules.quantities.system_years(line.item, line.site)
    upkeep, rent = (rules.held("accelerators", line.item, quantity) for quantity in ("upkeep", "storage_price"))
    found = [rules.current(price, amounts, lambda _, ref=ref: (Factor(ref),))  # type: ignore[misc]
             for ref, amounts in ((upkeep, installed), (rent, waiting)) if ref is not None]
    return joined(*found)


def supplies(rules: Rules, line: Line) -> Terms:
    """Price x (1 + contingency): deposit and rest."""
    markup = rules.held("power", line.item, "contingency", line.site)
    orders = rules.quantities.supply_payments(line.item, line.site)
    return rules.priced(("power", line.item, "price", line.site), orders, lambda _: rules.factors((markup, True)))


def supplies_left(rules: Rules, line: Line) -> Terms:
    """Price x the share of an annuity that is left; not stated for what earns an investment tax credit, is rented or ends on a date."""
    if any(rules.run.rows("power", line.item, quantity) for quantity in ("itc", "until", "rent")):
        return {}
    return rules.priced(("power", line.item, "price", line.site), rules.quantities.supply_left(line.item, line.site))


def supply_upkeep(rules: Rules, line: Line) -> Terms:
    """Upkeep, rent and demand charge of the capacity."""
    years = rules.quantities.capacity_years(line.item, line.site)
    months = [MONTHS_A_YEAR * each for each in years]
    yearly = (rules.stepped(("power", line.item, quantity, line.site), years) for quantity in ("fixed_upkeep", "demand_charge"))
    return joined(*yearly, rules.stepped(("power", line.item, "rent", line.site), months))


def energy(rules: Rules, line: Line) -> Terms:
    """Fuel; or the running price of what is given out, and the bill of what is bought, at the energy price."""
    run, output = rules.run, rules.quantities.energy(line.item, line.site)
    if line.payee == "fuel suppliers":
        heat = rules.held("power", line.item, "heat_rate", line.site)
        (fuel, *_), = [[base for _, _, base in run.rows("power", line.item, "fuel")] or [""]]
        return {} if heat is None else rules.current(("power", fuel, "fuel_price", line.site), output, lambda _: (Factor(heat),))
    price = ("power", line.item, "energy_price", line.site)
    running = {} if line.payee == "utilities" else rules.current(("power", line.item, "running_price", line.site), output)
    if not rules.path(*price, 0):
        return running
    paid = rules.paid(line)
    used = [sum(rules.worth(factors) * values[n] for factors, values in running.items()) for n in range(rules.count)]
    return joined(running, rules.current(price, [left / each if (each := run.price(*price[:3], n, price[3])) else 0.0
                                                 for n, left in enumerate(one - other for one, other in zip(paid, used, strict=True))]))


def carbon(rules: Rules, line: Line) -> Terms:
    """The price of what is emitted."""
    paid, price = rules.paid(line), ("carbon", "emissions", "price", "")
    return rules.current(price, [amount / each if (each := rules.run.price(*price[:3], n)) else 0.0 for n, amount in enumerate(paid)])


RULES: dict[tuple[str, str], Callable[[Rules, Line], Terms]] = {
    ("capital", "sites"): sites, ("capital", "halls"): halls, ("capital", "accelerators"): systems("price"),
    ("capital", "networks"): systems("network_price"), ("capital", "power"): supplies, ("running", "halls"): hall_upkeep,
    ("running", "insurance"): of_value("halls", "insurance"), ("running", "property_tax"): of_value("sites", "property_tax"),
    ("running", "accelerators"): system_upkeep, ("running", "power"): supply_upkeep, ("running", "energy"): energy,
    ("running", "carbon"): carbon, ("residual", "halls"): halls_left, ("residual", "accelerators"): systems_left("price"),
    ("residual", "networks"): systems_left("network_price"), ("residual", "power"): supplies_left,
    ("resale", "accelerators"): systems_sold("price"), ("resale", "networks"): systems_sold("network_price"),
}  # fmt: skip


def terms_of(rules: Rules, line: Line) -> Terms:
    """The terms of a payment; empty if no rule is known."""
    rule = RULES.get((line.kind, line.cost_class))
    return {} if rule is None else rule(rules, line)


def driven(run: RunFolder) -> list[Driven]:
    """All payments of capital and running cost, resale and residual value, with their terms."""
    count, amounts = len(run.periods), dict[Line, Amounts]()
    frame = run.ledger
    for entry in sums(frame, ["kind", "class", "item", "site", "payee", "number"]) if len(frame) else []:
        line = Line(*(str(entry[key]) for key in ("kind", "class", "item", "site", "payee")))
        amounts.setdefault(line, [0.0] * count)[int(entry["number"])] += float(entry["amount"])
    rules = Rules(run)
    return [Driven(line, fitted(rules, terms_of(rules, line), values), values) for line, values in sorted(amounts.items())]


def fitted(rules: Rules, terms: Terms, amounts: Amounts) -> Terms:
    """The terms if they give the amounts; a single product that is not 0 is made to; else none."""
    worth = {factors: rules.worth(factors) for factors in terms}
    found = [sum(worth[factors] * each[n] for factors, each in terms.items()) for n in range(len(amounts))]
    size = max(map(abs, amounts), default=0.0)
    if all(abs(one - other) <= ALMOST * size for one, other in zip(found, amounts, strict=True)):
        return {factors: each for factors, each in terms.items() if any(each)}
    if len(terms) == 1 and next(iter(worth.values())):
        (factors, each), = worth.items()
        return {factors: [amount / each for amount in amounts]}
    return {}


def refs_of(payments: Iterable[Driven]) -> Iterator[Ref]:
    """The rows that some payment follows from, each once."""
    seen = dict.fromkeys(each.ref for payment in payments for factors in payment.terms for each in factors)
    yield from sorted(seen)

