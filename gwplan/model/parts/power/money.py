"""What supplies cost: their price, their upkeep, their fuel, and bills for bought energy."""

from __future__ import annotations

from collections.abc import Callable

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.constants import MEGA
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_least, total
from gwplan.model.ledger import Ledger, Order
from gwplan.model.parts.power.credits import investment_credit, taxed_share
from gwplan.model.parts.power.supplies import (
    is_connection,
    is_rented,
    minimum_take,
    payee,
    price_of,
    role_of,
    yearly_given,
    years_from,
)
from gwplan.model.parts.power.table import KEY


def enter_capital(case: Case, ledger: Ledger, pair: tuple[str, str], ordered: dict[int, Expression], services_of: dict[int, int]) -> None:
    """Pay the price with its contingency: deposit at order, rest in service; a contract and what is rented leave nothing.

    What is left is worth what it cost net of an investment tax credit: who buys it then would earn one on a new one.
    """
    supply, site = pair

    def price(period: int) -> float:
        return price_of(case, supply, site, period) * case.number("power", supply, "unit", site)

    enter_orders(case, ledger, pair, (ordered, services_of), price)


def enter_orders(case: Case, ledger: Ledger, pair: tuple[str, str], orders_of: tuple[dict[int, Expression], dict[int, int]],
                 price_of: Callable[[int], float]) -> None:
    """Enter orders, and the periods of their service, at a price without contingency."""
    supply, site = pair
    ordered, services_of = orders_of
    markup, deposit = case.number("power", supply, "contingency", site), case.number("power", supply, "deposit")
    orders = []
    for period, service in services_of.items():
        alone = price_of(period)
        price = alone * (1 + markup)
        spend = {period: deposit, service: 1 - deposit} if service > period else {period: 1}
        share = case.calendar.annuity_share(years_from(case, supply, site, service), case.calendar.age_at_end(service))
        kept = 1 - investment_credit(case, supply, site, service)
        worth = 0 if role_of(case, supply) == "contract" or is_rented(case, supply, site) else alone * share * kept
        taxed = taxed_share(case, supply, site, service)
        orders.append(Order(period, ordered[period], price, spend, worth, service=service, taxed=taxed))
    ledger.asset("power", "power", (supply, site, payee(case, supply)), orders)


def enter_running(block: Block, case: Case, ledger: Ledger, pair: tuple[str, str]) -> None:
    """Upkeep, rent and demand charge by capacity; running price and fuel by energy; the bill of bought or contracted energy."""
    supply, site = pair
    capacity, output, bill = (block.variables[name].data for name in ("capacity", "output", "bill"))
    fixed: dict[int, Expression] = {}
    running: dict[int, Expression] = {}
    burned: dict[int, Expression] = {}
    bought: dict[int, Expression] = {}
    for period in case.calendar.periods:
        n, key, hours = period.number, (supply, site, period.number), period.hours / MEGA
        energy = total(part.share * output[(*key, part.name)] for part in case.calendar.slices if (*key, part.name) in output)
        yearly = case.number("power", supply, "fixed_upkeep", site, n) + case.number("power", supply, "demand_charge", site, n)
        yearly += MONTHS_A_YEAR * case.number("power", supply, "rent", site, n)
        fixed[n] = yearly * period.years * capacity[key]
        running[n] = case.number("power", supply, "running_price", site, n) * hours * energy
        burned[n] = fuel_price(case, supply, site, n) * hours * energy
        if key in bill:
            bought[n] = bill[key]
        elif role_of(case, supply) == "contract":
            taken = yearly_given(case, supply, site) * capacity[key]
            bought[n] = case.number("power", supply, "energy_price", site, n) * hours * taken
    ledger.pay("running", "power", "power", (supply, site, payee(case, supply)), fixed)
    ledger.pay("running", "power", "energy", (supply, site, payee(case, supply)), running)
    ledger.pay("running", "power", "energy", (supply, site, "fuel suppliers"), burned)
    seller = "utilities" if is_connection(case, supply, site) else payee(case, supply)
    ledger.pay("running", "power", "energy", (supply, site, seller), bought)


def fuel_price(case: Case, supply: str, site: str, period: int) -> float:
    """USD/MWh of fuel: heat rate x price of the fuel at the site; 0 for what burns none."""
    heat_rate = case.get("power", supply, "heat_rate", site)
    return heat_rate * case.number("power", case.label("power", supply, "fuel"), "fuel_price", site, period) if heat_rate else 0.0


def emission(case: Case, supply: str, site: str, period: int) -> float:
    """kg/MWh of output: its own, and heat rate x emission rate of its fuel."""
    own, heat_rate = case.number("power", supply, "emission_rate", site, period), case.get("power", supply, "heat_rate", site)
    if not heat_rate:
        return own
    return own + heat_rate * case.number("power", case.label("power", supply, "fuel"), "emission_rate", site, period)


def price_in(case: Case, place: Key, quantity: str = "energy_price") -> float:
    """MUSD per mean MW of a period, of a price of energy. place: supply, site, period."""
    supply, site, period = place
    return case.number("power", supply, quantity, site, period) * case.calendar.periods[period].hours / MEGA


def bind_bills(block: Block, case: Case) -> None:
    """Bills for bought energy, without hours: what is used, and never less than the minimum take."""
    bill, output = block.variables["bill"].data, block.variables["output"].data

    @block.rule(KEY, bill)
    def bill_pays_energy(supply: str, site: str, period: int) -> Relation:
        """The bill is at least energy price x output x hours."""
        used = total(part.share * output[supply, site, period, part.name] for part in case.calendar.slices)
        return at_least(bill[supply, site, period], price_in(case, (supply, site, period)) * used)

    bind_minimum_take(block, case)


def bind_minimum_take(block: Block, case: Case) -> None:
    """Bills are never less than the minimum take."""
    bill, contracted = block.variables["bill"].data, block.variables["contracted"].data

    @block.rule(KEY, [(supply, site, period) for supply, site, period in bill if minimum_take(case, supply, site)])
    def bill_pays_minimum_take(supply: str, site: str, period: int) -> Relation:
        """The bill is at least minimum take x contracted capacity x hours x energy price."""
        place = (supply, site, period)
        return at_least(bill[place], minimum_take(case, supply, site) * price_in(case, place) * contracted[place])
