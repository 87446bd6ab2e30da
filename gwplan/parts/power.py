"""Power: the supplies of a site, from the grid to engines, fuel cells, sun, wind and contracts.

Prime supplies cover the facility's peak by their firm share; backup never does. Over the year each unit of energy that
the facility uses comes from some supply within its availability; there is no unserved energy: what has no energy does
not compute. Sun and wind serve a flat load only in part. A contract's energy comes over the grid connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from gwplan.block import Block, Expression, Key, Side, at_least, at_most, equal, total
from gwplan.calendar import HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.case import Case
from gwplan.exchange import Exchange
from gwplan.existing import first_period, in_service
from gwplan.faults import Fault
from gwplan.ledger import Ledger, Order
from gwplan.quantity import By, Kind, Quantity, Table
from gwplan.scale import MEGA

ROLES = ("prime", "backup", "variable", "storage", "contract")
SITE: By = ("site",)
BOTH: By = ("site", "when")

TABLE = Table(
    "power",
    (Kind("supply", marked="role"), Kind("fuel", named="fuel"), Kind("shortfall", only=("unserved_energy",))),
    (
        Quantity("role", "supply", "label", "prime covers the peak; backup never does; variable serves a share; storage; contract",
                 labels=ROLES),
        Quantity("price", "supply", "MUSD/MW", "capital; for the grid per MW of connection", BOTH, "linear", least=0, sane=(0, 20)),
        Quantity("contingency", "supply", "1", "share added to the price", SITE, default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("deposit", "supply", "1", "share of the price paid at order, the rest in service", default=0.0, least=0, most=1),
        Quantity("fixed_upkeep", "supply", "MUSD/MW/year", "upkeep by capacity", BOTH, default=0.0, least=0, sane=(0, 0.5)),
        Quantity("running_price", "supply", "USD/MWh", "per MWh, without fuel", BOTH, "linear", default=0.0, least=0, sane=(0, 300)),
        Quantity("heat_rate", "supply", "MMBtu/MWh", "fuel per output, higher heating value", SITE, optional=True, least=0, sane=(3, 20)),
        Quantity("firm_credit", "supply", "1", "firm / nameplate power", SITE, default=0.0, least=0, most=1),
        Quantity("availability", "supply", "1", "share of time it can run", SITE, default=1.0, least=0, most=1, sane=(0.5, 1)),
        Quantity("capacity_factor", "supply", "1", "mean / nameplate output", SITE, optional=True, least=0, most=1),
        Quantity("efficiency", "supply", "1", "of a battery, there and back", optional=True, least=0, most=1),
        Quantity("unit", "supply", "MW", "smallest step", SITE, least=1e-6, sane=(0.5, 2000)),
        Quantity("lead_months", "supply", "month", "order to service", BOTH, least=0, sane=(0, 120)),
        Quantity("life", "supply", "year", "life from service; a contract lasts its contract_term", optional=True, least=0.25,
                 sane=(5, 80)),
        Quantity("most", "supply", "MW", "largest total at a site", BOTH, optional=True, least=0, sane=(0, 20000)),
        Quantity("earliest", "supply", "date", "first date of service: the queue", SITE, optional=True),
        Quantity("most_hours", "supply", "hour/year", "full-load hours allowed in a year", SITE, optional=True, least=0, most=8760),
        Quantity("energy_price", "supply", "USD/MWh", "bought energy, all in", BOTH, "linear", optional=True, least=0, sane=(5, 500)),
        Quantity("emission_rate", "supply", "kg/MWh", "CO2 per bought energy", BOTH, default=0.0, least=0, sane=(0, 1500)),
        Quantity("minimum_take", "supply", "1", "share of contracted power paid in any case", SITE, default=0.0, least=0, most=1),
        Quantity("demand_charge", "supply", "MUSD/MW/year", "per contracted power", BOTH, default=0.0, least=0, sane=(0, 0.5)),
        Quantity("contract_term", "supply", "year", "length of the contract", SITE, optional=True, least=0.25, sane=(1, 40)),
        Quantity("storage_price", "supply", "USD/kWh", "energy part of a battery", optional=True, least=0, sane=(0, 2000)),
        Quantity("duration", "supply", "hour", "hours of a battery", optional=True, least=0, sane=(0.25, 200)),
        Quantity("acres", "supply", "acre/MW", "land outside the fence", default=0.0, least=0, sane=(0, 50)),
        Quantity("fuel", "supply", "label", "fuel item, or a group", optional=True),
        Quantity("direct_share", "supply", "1", "most of a flat load that it serves in a plan without hours", SITE, optional=True, least=0,
                 most=1),
        Quantity("fuel_price", "fuel", "USD/MMBtu", "fuel, delivered", BOTH, "linear", least=0, sane=(0.5, 100)),
        Quantity("emission_rate", "fuel", "kg/MMBtu", "CO2 per heat of fuel", BOTH, default=0.0, least=0, sane=(0, 150)),
        Quantity("lost_load_price", "shortfall", "USD/MWh", "unserved energy, in plans with hours only", optional=True, least=0,
                 sane=(100, 50000)),
    ),
)

KEY = ("supply", "site", "period")
SLICED = ("supply", "site", "period", "slice")
NEEDS = {
    "prime": ("firm_credit", "life"),
    "backup": ("heat_rate", "most_hours", "life"),
    "variable": ("capacity_factor", "direct_share", "life"),
    "storage": ("duration", "efficiency", "storage_price", "life"),
    "contract": ("capacity_factor", "energy_price", "contract_term"),
}
"""Quantities that a supply of each role must have, at every site or at its own."""


def check(case: Case) -> Iterator[Fault]:
    """Each supply has what its role needs, and pays for its energy: it is bought, or burns a fuel with a price, or is sun or wind."""
    for supply in case.items("supply"):
        role, (file, row) = role_of(case, supply), case.location("power", supply, "role")
        for quantity in NEEDS[role]:
            if not case.has("power", supply, quantity):
                yield Fault(file, row, f"{supply}: a {role} supply needs {quantity}")
        burns = case.has("power", supply, "heat_rate")
        if burns and case.get_label("power", supply, "fuel") not in case.items("fuel"):
            yield Fault(file, row, f"{supply}.fuel: {case.get_label('power', supply, 'fuel')!r} has no fuel_price")
        if role == "prime" and not burns and not case.has("power", supply, "energy_price"):
            yield Fault(file, row, f"{supply}: a prime supply needs energy_price or heat_rate, or its energy would cost nothing")
        if case.has("power", supply, "minimum_take") and not case.has("power", supply, "contract_term"):
            yield Fault(file, row, f"{supply}: minimum_take needs contract_term")


def warn(case: Case) -> Iterator[Fault]:
    """Supplies that cannot be used: storage needs hours, and what has no `most` anywhere is not offered."""
    places = {supply for supply, _ in offered(case)}
    for supply in case.items("supply"):
        file, row = case.location("power", supply, "role")
        if role_of(case, supply) == "storage":
            yield Fault(file, row, f"{supply} is storage, which needs a plan with hours; it is left out")
        elif supply not in places:
            yield Fault(file, row, f"{supply} has no `most` above 0 at any site and is not offered")


def role_of(case: Case, supply: str) -> str:
    """prime, backup, variable, storage or contract."""
    return case.label("power", supply, "role")


def offered(case: Case) -> list[tuple[str, str]]:
    """(supply, site) that a plan without hours can use: those with a `most` there, without storage; and what stands there already."""
    there = {(thing.item, thing.site) for thing in case.existing()}
    periods = range(len(case.calendar.periods))
    pairs = product(case.items("supply"), case.items("site"))
    return [(supply, site) for supply, site in pairs if role_of(case, supply) != "storage" and (
            (supply, site) in there or any(case.get("power", supply, "most", site, period) for period in periods))]


def is_bought(case: Case, supply: str) -> bool:
    """True for a prime supply whose energy is bought: a grid connection."""
    return role_of(case, supply) == "prime" and case.has("power", supply, "energy_price")


def life_years(case: Case, supply: str, site: str) -> float:
    """Years from service to the end: the life, or the term of a contract."""
    return case.number("power", supply, "contract_term" if role_of(case, supply) == "contract" else "life", site)


def steps_of(case: Case, years: float) -> int:
    """Years in whole periods, rounded up."""
    return case.calendar.steps(years * MONTHS_A_YEAR)


def services(case: Case, supply: str, site: str) -> dict[int, int]:
    """Period of service by period of order: inside the horizon, and not before the queue's first day."""
    last = len(case.calendar.periods) - 1
    found = {}
    for period in range(last + 1):
        service = period + case.calendar.steps(case.number("power", supply, "lead_months", site, period))
        if first_period(case, "power", supply, site) <= service <= last and case.get("power", supply, "most", site, service):
            found[period] = service
    return found


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Order supplies; run them; pay for both."""
    pairs, periods = offered(case), range(len(case.calendar.periods))
    unit = {pair: case.number("power", pair[0], "unit", pair[1]) for pair in pairs}
    orders = {pair: services(case, *pair) for pair in pairs}
    choices = [(*pair, period) for pair in pairs for period in orders[pair]]
    whole = [key for key in choices if unit[key[:2]] >= case.definition.solver.whole_units_from]
    counted = block.variable("ordered_whole", KEY, whole, unit="1", doc="units ordered, of supplies that come whole", whole=True)
    others = sorted(set(choices) - set(whole))
    split = block.variable("ordered_split", KEY, others, unit="1", doc="units ordered, of supplies that may be split")
    ordered = block.expression("ordered", KEY, counted | split, unit="1", doc="units ordered")
    keys = [(*pair, period) for pair in pairs for period in periods]
    sliced = [(*key, part.name) for key in keys for part in case.calendar.slices]
    bought = [key for key in keys if is_bought(case, key[0])]
    block.variable("capacity", KEY, keys, unit="MW", doc="capacity in service")
    block.variable("contracted", KEY, bought, unit="MW", doc="capacity within the term of its contract")
    block.variable("bill", KEY, bought, unit="MUSD", doc="bill for bought energy of the period")
    block.variable("output", SLICED, sliced, unit="MW", doc="output in the mean")
    state_capacity(block, case, ordered, orders)
    if "diversification" in case.definition.parts:
        for supply, site, period, part in sliced:
            share = next(each.share for each in case.calendar.slices if each.name == part)
            amount = share * block.variables["output"].data[supply, site, period, part]
            exchange.make("energy", "power", {(fuel_name(case, supply), site, period): amount})
    for pair in pairs:
        enter_capital(case, ledger, pair, {period: ordered[(*pair, period)] for period in orders[pair]}, orders[pair])
        enter_running(block, case, ledger, pair)
        emitted = {period: emission(case, *pair, period) for period in periods}
        for period, rate in emitted.items():
            energy = total(block.variables["output"].data[(*pair, period, part.name)] * part.share for part in case.calendar.slices)
            tonnes = rate * case.calendar.periods[period].hours / MEGA
            exchange.make("emissions", "power", {("operational", pair[1], period): tonnes * energy})


def state_capacity(block: Block, case: Case, ordered: dict[Key, Expression], orders: dict[tuple[str, str], dict[int, int]]) -> None:
    """Tie capacity, and what of it is under contract, to what was ordered."""
    capacity, contracted = block.variables["capacity"].data, block.variables["contracted"].data
    there = in_service(case, "supply", lambda supply, site: life_years(case, supply, site))
    enters: dict[Key, list[Expression]] = {}
    for (supply, site), services_of in orders.items():
        for period, service in services_of.items():
            megawatts = case.number("power", supply, "unit", site) * ordered[supply, site, period]
            enters.setdefault((supply, site, service), []).append(megawatts)

    def entered(supply: str, site: str, period: int) -> Expression:
        return total(enters.get((supply, site, period), []))

    @block.rule(KEY, capacity)
    def capacity_follows_orders(supply: str, site: str, period: int) -> Side:
        """Capacity = capacity in the period before + what enters service - what entered a life (or a contract's term) ago."""
        ended = entered(supply, site, period - steps_of(case, life_years(case, supply, site)))
        change = there.get((supply, site, period), 0) - there.get((supply, site, period - 1), 0)
        before = capacity.get((supply, site, period - 1), 0)
        return equal(capacity[supply, site, period], before + entered(supply, site, period) - ended + change)

    @block.rule(KEY, contracted)
    def contract_follows_orders(supply: str, site: str, period: int) -> Side:
        """Contracted = contracted in the period before + what enters service - what entered a term of the contract ago."""
        term = min(case.get("power", supply, "contract_term", site) or life_years(case, supply, site), life_years(case, supply, site))
        before = contracted.get((supply, site, period - 1), 0)
        change = entered(supply, site, period) - entered(supply, site, period - steps_of(case, term))
        return equal(contracted[supply, site, period], before + change)


def fuel_name(case: Case, supply: str) -> str:
    """The fuel, or the group of what comes without one, that a supply's energy counts towards; else its own name."""
    return case.get_label("power", supply, "fuel") or supply


def payee(case: Case, supply: str) -> str:
    """Who sells the supply: a contract's seller goes by the contract's name."""
    return supply if role_of(case, supply) == "contract" else "suppliers"


def enter_capital(case: Case, ledger: Ledger, pair: tuple[str, str], ordered: dict[int, Expression], services_of: dict[int, int]) -> None:
    """Pay the price with its contingency: deposit at order, rest in service; a contract leaves nothing."""
    supply, site = pair
    markup, deposit = case.number("power", supply, "contingency", site), case.number("power", supply, "deposit")
    orders = []
    for period, service in services_of.items():
        price = case.number("power", supply, "price", site, period) * (1 + markup) * case.number("power", supply, "unit", site)
        spend = {period: deposit, service: 1 - deposit} if service > period else {period: 1}
        share = case.calendar.annuity_share(life_years(case, supply, site), case.calendar.age_at_end(service))
        worth = 0 if role_of(case, supply) == "contract" else price * share
        orders.append(Order(period, ordered[period], price, spend, worth, service=service))
    ledger.asset("power", "power", (supply, site, payee(case, supply)), orders)


def enter_running(block: Block, case: Case, ledger: Ledger, pair: tuple[str, str]) -> None:
    """Upkeep and demand charge by capacity; running price and fuel by energy; the bill of bought or contracted energy."""
    supply, site = pair
    capacity, output, bill = (block.variables[name].data for name in ("capacity", "output", "bill"))
    fixed: dict[int, Expression] = {}
    running: dict[int, Expression] = {}
    burned: dict[int, Expression] = {}
    bought: dict[int, Expression] = {}
    for period in case.calendar.periods:
        n, key, hours = period.number, (supply, site, period.number), period.hours / MEGA
        energy = total(part.share * output[(*key, part.name)] for part in case.calendar.slices)
        yearly = case.number("power", supply, "fixed_upkeep", site, n) + case.number("power", supply, "demand_charge", site, n)
        fixed[n] = yearly * period.years * capacity[key]
        running[n] = case.number("power", supply, "running_price", site, n) * hours * energy
        burned[n] = fuel_price(case, supply, site, n) * hours * energy
        if key in bill:
            bought[n] = bill[key]
        elif role_of(case, supply) == "contract":
            taken = case.number("power", supply, "capacity_factor", site) * capacity[key]
            bought[n] = case.number("power", supply, "energy_price", site, n) * hours * taken
    ledger.pay("running", "power", "power", (supply, site, payee(case, supply)), fixed)
    ledger.pay("running", "power", "energy", (supply, site, payee(case, supply)), running)
    ledger.pay("running", "power", "energy", (supply, site, "fuel suppliers"), burned)
    ledger.pay("running", "power", "energy", (supply, site, supply if role_of(case, supply) == "contract" else "utilities"), bought)


def fuel_price(case: Case, supply: str, site: str, period: int) -> float:
    """USD/MWh of fuel: heat rate x price of the fuel at the site; 0 for what burns none."""
    heat_rate = case.get("power", supply, "heat_rate", site)
    return heat_rate * case.number("power", case.label("power", supply, "fuel"), "fuel_price", site, period) if heat_rate else 0.0


def emission(case: Case, supply: str, site: str, period: int) -> float:
    """kg/MWh of output: of bought energy, or heat rate x emission rate of the fuel."""
    heat_rate = case.get("power", supply, "heat_rate", site)
    if heat_rate:
        return heat_rate * case.number("power", case.label("power", supply, "fuel"), "emission_rate", site, period)
    return case.number("power", supply, "emission_rate", site, period)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Cover the peak, balance the energy, keep to what each site offers, and pay bills in full."""
    opened, peak = exchange.take("opened", "power"), exchange.take("facility_peak", "power")
    mean, capacity = exchange.take("facility_mean", "power"), block.variables["capacity"].data
    output = block.variables["output"].data
    pairs = offered(case)
    there = in_service(case, "supply", lambda supply, site: life_years(case, supply, site))
    at_site = {site: [supply for supply, place in pairs if place == site] for site in case.items("site")}

    @block.rule(KEY, capacity, promise="MW")
    def capacity_within_offer(supply: str, site: str, period: int) -> Side:
        """Capacity is at most what the site offers in the period, once it is opened; what stands there already may stay."""
        most = max(case.get("power", supply, "most", site, period) or 0, there.get((supply, site, period), 0))
        return at_most(capacity[supply, site, period], most * opened[site, period])

    @block.rule(("site", "period"), peak)
    def supply_covers_peak(site: str, period: int) -> Side:
        """Firm credit x capacity, over prime supplies, is at least the facility's power in the worst hour."""
        prime = [supply for supply in at_site[site] if role_of(case, supply) == "prime"]
        firm = total(case.number("power", supply, "firm_credit", site) * capacity[supply, site, period] for supply in prime)
        return at_least(firm - peak[site, period], 0)

    @block.rule(("site", "period", "slice"), mean)
    def energy_is_balanced(site: str, period: int, part: str) -> Side:
        """Output of all supplies = the facility's power in the mean: nothing is unserved."""
        return equal(total(output[supply, site, period, part] for supply in at_site[site]) - mean[site, period, part], 0)

    bind_output(block, case, mean)
    bind_bills(block, case)


def yearly_limit(case: Case, supply: str, site: str) -> float:
    """Most output in the mean, per capacity, by role."""
    role = role_of(case, supply)
    if role == "backup":
        return case.number("power", supply, "most_hours", site) / HOURS_A_YEAR
    return case.number("power", supply, "availability" if role == "prime" else "capacity_factor", site)


def direct_limit(case: Case, supply: str, site: str) -> float | None:
    """Most output in the mean, per facility power, of what comes when it will: sun, wind and contracts for them."""
    quantity = {"variable": "direct_share", "contract": "capacity_factor"}.get(role_of(case, supply))
    return case.number("power", supply, quantity, site) if quantity else None


def bind_output(block: Block, case: Case, mean: dict[Key, Expression]) -> None:
    """Limit what each supply gives."""
    output, capacity, pairs = block.variables["output"].data, block.variables["capacity"].data, offered(case)

    @block.rule(SLICED, output)
    def output_within_capacity(supply: str, site: str, period: int, part: str) -> Side:
        """Output is at most capacity x availability (prime), capacity factor (variable, contract) or most hours / 8760 (backup)."""
        return at_most(output[supply, site, period, part], yearly_limit(case, supply, site) * capacity[supply, site, period])

    @block.rule(SLICED, [key for key in output if direct_limit(case, key[0], key[1]) is not None])
    def output_serves_directly(supply: str, site: str, period: int, part: str) -> Side:
        """Output of sun, wind or a contract is at most the share of a flat load that it serves directly."""
        return at_most(output[supply, site, period, part], direct_limit(case, supply, site) * mean[site, period, part])

    shared = {site: [share for supply, place in pairs if place == site and (share := direct_limit(case, supply, site)) is not None]
              for _, site in pairs}

    @block.rule(("site", "period", "slice"), [key for key in mean if len(shared.get(key[0], [])) > 1])
    def direct_supplies_overlap(site: str, period: int, part: str) -> Side:
        """Output of sun, wind and contracts together is at most 1 - the product of (1 - share) of a flat load: they overlap by chance."""
        missed = prod(1 - share for share in shared[site])
        come = [supply for supply, place in pairs if place == site and direct_limit(case, supply, site) is not None]
        return at_most(total(output[supply, site, period, part] for supply in come), (1 - missed) * mean[site, period, part])

    wired = {site: [supply for supply, place in pairs if place == site and is_bought(case, supply)] for _, site in pairs}
    signed = {site: [supply for supply, place in pairs if place == site and role_of(case, supply) == "contract"] for _, site in pairs}

    @block.rule(("site", "period", "slice"), [key for key in mean if signed.get(key[0])])
    def contracts_use_the_connection(site: str, period: int, part: str) -> Side:
        """Contracted and bought energy together are at most the availability x capacity of grid connections."""
        brought = total(output[supply, site, period, part] for supply in signed[site] + wired[site])
        room = total(case.number("power", supply, "availability", site) * capacity[supply, site, period] for supply in wired[site])
        return at_most(brought, room)


def bind_bills(block: Block, case: Case) -> None:
    """Bills for bought energy: what is used, and never less than the minimum take."""
    bill, contracted, output = (block.variables[name].data for name in ("bill", "contracted", "output"))

    def price(supply: str, site: str, period: int) -> float:
        return case.number("power", supply, "energy_price", site, period) * case.calendar.periods[period].hours / MEGA

    @block.rule(KEY, bill)
    def bill_pays_energy(supply: str, site: str, period: int) -> Side:
        """The bill is at least energy price x output x hours."""
        used = total(part.share * output[supply, site, period, part.name] for part in case.calendar.slices)
        return at_least(bill[supply, site, period], price(supply, site, period) * used)

    @block.rule(KEY, [key for key in bill if case.number("power", key[0], "minimum_take", key[1]) > 0])
    def bill_pays_minimum_take(supply: str, site: str, period: int) -> Side:
        """The bill is at least minimum take x contracted capacity x hours x energy price."""
        least = case.number("power", supply, "minimum_take", site) * price(supply, site, period)
        return at_least(bill[supply, site, period], least * contracted[supply, site, period])
