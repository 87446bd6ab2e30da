"""Accelerators: systems (racks or servers) of several generations, bought with their networks.

A system is ordered, arrives a lead time later, and is young until its life is over. Then, where the table has a resale
curve, it is sold for what the curve says of that age. Installed systems may wait in store or be retired early: they are
still sold only when their life is over. Running systems need room in a hall of their cooling and density, draw power and
give compute; a share of spares stands beside them. All numbers are per system.

At the end of the horizon a system is worth what its life still earns, with its resale after it, but never more than the
resale curve says: what another would pay, so no contingency is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.constants import KILO, ROUNDING
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle
from gwplan.inputs.unused import uncounted
from gwplan.model.block import Block, Expression, Key, Relation, at_most, equal, total
from gwplan.model.compute_measure import RATES, achieved_quantities, counted_by, h100e, idle_rates, lacks, peak
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger, Order
from gwplan.model.parts.accelerators.resale import RESIDUALS, ends_beyond, resale_at_the_end, resale_share
from gwplan.model.parts.accelerators.stocks import KEY, sales, state_left, state_stocks
from gwplan.model.price_scope import COVERS, never_paid, paid_twice
from gwplan.model.systems import arrivals, it_power, needing, usable

TABLE = Table(
    "accelerators",
    (Kind("system"),),
    (
        Quantity("accelerators", "system", "1", "accelerators in one system", least=1, sane=(1, 1000),
                 idle="it is for reports and warnings; numbers are per system"),
        Quantity("power", "system", "kW", "peak power of one system", least=1e-6, sane=(1, 2000)),
        Quantity("overhead", "system", "1", "IT power / power of the systems: network, hosts, storage", default=1.0, least=1,
                 sane=(1, 1.5)),
        Quantity("load_factor", "system", "1", "mean / peak power", default=1.0, least=0, most=1, sane=(0.3, 1)),
        Quantity("price", "system", "MUSD", "one system, at the date of its order", ("when",), "linear", least=0, sane=(0.01, 50)),
        Quantity("network_price", "system", "MUSD", "its network and storage", ("when",), "linear", default=0.0, least=0, sane=(0, 20)),
        Quantity("import_duty", "system", "1", "duty on its price and network price, paid on arrival", ("when",), default=0.0, least=0,
                 most=1, sane=(0, 0.5)),
        Quantity("contingency", "system", "1", "share added to price and network_price", default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("earliest", "system", "date", "first delivery", optional=True),
        Quantity("lead_months", "system", "month", "order to arrival", ("when",), least=0, sane=(0, 36)),
        Quantity("most_bought", "system", "1/year", "allocation: systems that one buyer can get, at the rate of a year", ("when",),
                 optional=True, least=0, sane=(0, 100000)),
        Quantity("carry_over", "system", "month", "time for which allocation that is not taken may still be taken; whole periods of it",
                 default=0.0, least=0, sane=(0, 12)),
        Quantity("storage_price", "system", "1/month", "rent of a system that waits in store / its price", default=0.0, least=0,
                 sane=(0, 0.02)),
        Quantity("bf16_rate", "system", "TFLOP/s", "dense bf16 rate of one system", optional=True, least=0, sane=(50, 1e7)),
        Quantity("fp8_rate", "system", "TFLOP/s", "dense fp8 rate of one system", optional=True, least=0, sane=(50, 1e7)),
        Quantity("fp4_rate", "system", "TFLOP/s", "dense fp4 rate of one system", optional=True, least=0, sane=(50, 2e7)),
        *achieved_quantities("system"),
        Quantity("availability", "system", "1", "share of time usable", default=1.0, least=0, most=1, sane=(0.5, 1)),
        Quantity("spares", "system", "1", "share bought beyond need", default=0.0, least=0, most=1, sane=(0, 0.3)),
        Quantity("deposit", "system", "1", "share of the price paid at order", default=0.0, least=0, most=1),
        Quantity("covers", "system", "label", "what the prices pay for", labels=COVERS, many=True),
        Quantity("life", "system", "year", "life from arrival", least=0.25, sane=(2, 12)),
        Quantity("residual_one_year", "system", "1", "resale value / price after one year", optional=True, least=0, most=1),
        Quantity("residual_three_years", "system", "1", "resale value / price after three years", optional=True, least=0, most=1),
        Quantity("residual_five_years", "system", "1", "resale value / price after five years", optional=True, least=0, most=1),
        Quantity("upkeep", "system", "1/year", "share of the price: support, repair, staff", default=0.0, least=0, most=1, sane=(0, 0.2)),
        Quantity("embodied_carbon", "system", "t", "carbon of making one", default=0.0, least=0, sane=(0, 500)),
        Quantity("vendor", "system", "label", "who is paid"),
        Quantity("cooling", "system", "label", "kind of cooling it needs", refers="cooling"),
        Quantity("rack_density", "system", "kW", "power of its full rack", least=0, sane=(5, 2000)),
    ),
)

STATE = "states"
"""Who is paid sales tax and import duty."""
SANE_EACH = {"price": (0.003, 0.25, "MUSD"), "power": (0.3, 10, "kW")}
SANE_RATE = (0.3, 100, "H100e")
"""Where honest numbers lie per accelerator: what falls below is likely one accelerator's number read as a whole system's."""


def check(case: Case) -> Iterator[Fault]:
    """Each system fits some hall, and between them hall and system pay for each thing once."""
    for system in case.items("system"):
        designs = fitting(case, system)
        if not designs:
            file, row = case.location("accelerators", system, "rack_density")
            cooling, density = case.label("accelerators", system, "cooling"), case.number("accelerators", system, "rack_density")
            yield Fault(file, row, f"{system} fits no hall: no design has {cooling} cooling and a density of at least {density:g} kW")
        claim = (f"{system}.price", case.labels("accelerators", system, "covers"))
        for design in designs:
            hall = (f"{design}.price", case.labels("halls", design, "covers"))
            file, row = case.location("accelerators", system, "covers")
            for thing, first, second in paid_twice(hall, claim):
                if second == claim[0]:
                    yield Fault(file, row, f"{system}.covers: {thing!r} is paid for twice, by {first} and by {second}")
            for thing in never_paid(hall, claim):
                yield Fault(file, row, f"{system}.covers: nothing pays for {thing!r}, neither {hall[0]} nor {claim[0]}")


def warn(case: Case) -> Iterator[Fault]:
    """Systems without a rate at the model's measure are left out; numbers per accelerator are no numbers per system."""
    for system in case.items("system"):
        yield from one_for_all(case, system)
        if not h100e(case, system):
            file, row = case.location("accelerators", system, "price")
            lacking = lacks(case, system)[0]
            yield Fault(file, row, f"{system} has no {lacking}, which the model counts compute by, and is left out of the plan")


def idle(case: Case) -> Iterator[Idle]:
    """Systems that are left out or come too late, rates at other precisions, carbon that nobody counts."""
    for system in case.items("system"):
        if not h100e(case, system):
            yield Idle(f"it has no {lacks(case, system)[0]}, which the model counts compute by", system)
        elif system not in usable(case):
            # Its dates and times are asked for to find that out: what else is asked for, for a bound, is of no use.
            for quantity in ("earliest", "lead_months", "rack_density", *counted_by(case)):
                yield Idle("it cannot be bought within the horizon", system, quantity, read=True)
            yield Idle("it cannot be bought within the horizon", system)
    for quantity in RESIDUALS.values():
        yield Idle("no system that may be bought is of such an age, and within its life, at the horizon's end", quantity=quantity)
    for system in usable(case):
        yield from (Idle("the resale curve lies below the annuity value, and no life ends within the horizon", system, quantity, read=True)
                    for quantity in ends_beyond(case, system))
    yield from idle_rates(case)
    yield from uncounted(case, "embodied", "embodied_carbon")


def one_for_all(case: Case, system: str) -> Iterator[Fault]:
    """Numbers that may be a system's, but not one of so many accelerators: one accelerator's, or several systems'."""
    precision = case.definition.precision
    count, rate = case.number("accelerators", system, "accelerators"), RATES[precision]
    for quantity, (least, most, unit) in {**SANE_EACH, rate: SANE_RATE}.items():
        number, declared = case.get("accelerators", system, quantity, period=0), TABLE.quantity(quantity)
        each = ((peak(case, system, precision) if quantity == rate else number) or 0) / count
        sane = declared.sane if declared else None
        if number and sane and sane[0] <= number <= sane[1] and not least <= each <= most:
            slip = "one accelerator's, though it is per system" if each < least else f"that of several systems of {count:g}"
            message = f"{system}.{quantity}: {each:.3g} {unit} per accelerator lies outside {least:g}-{most:g}; is it {slip}?"
            yield Fault(*case.location("accelerators", system, quantity), message)


def fitting(case: Case, system: str) -> list[str]:
    """Designs of halls whose cooling and density suit the system."""
    cooling, density = case.label("accelerators", system, "cooling"), case.number("accelerators", system, "rack_density")
    return [design for design in case.items("design") if case.label("halls", design, "cooling") == cooling
            and case.number("halls", design, "density") >= density]


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Buy systems, install them, retire them, run them."""
    sites, systems, periods = case.items("site"), usable(case), range(len(case.calendar.periods))
    orders = {system: arrivals(case, system) for system in systems}
    keys = list(product(systems, sites, periods))
    ends = {(system, arrival): case.calendar.ends(arrival, case.number("accelerators", system, "life"))
            for system in systems for arrival in orders[system].values()}
    choices = [(system, site, period) for system in systems for site in sites for period in orders[system]]
    young_still = [key for key in choices if max(ends[key[0], orders[key[0]][key[-1]]]) >= len(periods)]
    bought = block.variable("bought", KEY, choices, unit="1", doc="systems ordered")
    arrived: dict[Key, list[Expression]] = {}
    for system, site, period in choices:
        arrived.setdefault((system, site, orders[system][period]), []).append(bought[system, site, period])
    delivered = block.expression("arrived", KEY, {key: total(terms) for key, terms in arrived.items()}, unit="1", doc="systems that arrive")
    for name, doc in {"young": "systems within their life", "retired": "systems retired before the end of their life",
                      "installed": "systems that are there", "running": "systems that run"}.items():
        block.variable(name, KEY, keys, unit="1", doc=doc)
    left = block.variable("left", KEY, young_still, unit="1", doc="systems of an order that are left at the horizon's end")
    state_stocks(block, case, delivered, ends)
    state_left(block, case, orders, ends)
    enter_purchases(case, ledger, orders, (bought, left, sales(block, case, orders, ends)))
    for system, site in product(systems, sites):
        enter_upkeep(case, ledger, system, site, block)
    report_load(block, case, exchange)
    for (system, site, period), amount in delivered.items():
        carbon = case.number("accelerators", system, "embodied_carbon") / KILO
        exchange.make("emissions", "accelerators", {("embodied", site, period): carbon * amount})


Lots = tuple[dict[Key, Expression], dict[Key, Expression], dict[Key, dict[int, Expression]]]
"""Systems by (system, site, period of order): bought, left at the end, and sold by period."""


def enter_purchases(case: Case, ledger: Ledger, orders: dict[str, dict[int, int]], lots_of: Lots) -> None:
    """Pay systems and their networks: deposit at order, the rest, sales tax and duty on arrival; resale and residual on the price alone."""
    bought, left, sold = lots_of
    for system, site in product(orders, case.items("site")):
        markup, deposit = (case.number("accelerators", system, quantity) for quantity in ("contingency", "deposit"))
        life, vendor = case.number("accelerators", system, "life"), case.label("accelerators", system, "vendor")
        resale = resale_at_the_end(case, system)
        for cost_class, quantity in (("accelerators", "price"), ("networks", "network_price")):
            lots, taxes = [], []
            for period, arrival in orders[system].items():
                price, age = case.number("accelerators", system, quantity, period=period), case.calendar.age_at_end(arrival)
                annuity = case.calendar.annuity_share(life, age, resale)
                share = min(resale_share(case, system, min(age, life)), annuity) if annuity else 0.0
                spend = {period: deposit, arrival: 1 - deposit} if arrival > period else {period: 1}
                kept = left.get((system, site, period), 0)
                worth = price * share if (system, site, period) in left else 0
                lots.append(Order(period, bought[system, site, period], price * (1 + markup), spend, worth, kept, arrival,
                                  price * resale, sold.get((system, site, period), {})))
                tax = case.number("sites", site, "sales_tax", period=arrival)
                tax += case.number("accelerators", system, "import_duty", period=arrival)
                taxes.append(Order(period, bought[system, site, period], price * (1 + markup) * tax, {arrival: 1}))
            ledger.asset("accelerators", cost_class, (system, site, vendor), lots)
            ledger.asset("accelerators", cost_class, (system, site, STATE), taxes)


def enter_upkeep(case: Case, ledger: Ledger, system: str, site: str, block: Block) -> None:
    """Upkeep of installed systems, and rent of those that wait (installed, neither running nor spare): shares of today's price."""
    amounts, installed, running = {}, block.variables["installed"].data, block.variables["running"].data
    stored, spares = case.number("accelerators", system, "storage_price"), case.number("accelerators", system, "spares")
    for period in case.calendar.periods:
        key = system, site, period.number
        price = case.number("accelerators", system, "price", period=period.number) if installed else 0
        share = case.number("accelerators", system, "upkeep") * period.years
        rent = stored * MONTHS_A_YEAR * period.years * (installed[key] - (1 + spares) * running[key]) if stored else 0
        amounts[period.number] = price * (share * installed[key] + rent)
    ledger.pay("running", "accelerators", "accelerators", (system, site, case.label("accelerators", system, "vendor")), amounts)


def report_load(block: Block, case: Case, exchange: Exchange) -> None:
    """IT power and compute of what runs."""
    sites, systems, running = case.items("site"), usable(case), block.variables["running"].data
    vendors = sorted({case.label("accelerators", system, "vendor") for system in systems})
    coolings = sorted({case.label("accelerators", system, "cooling") for system in systems})
    periods = range(len(case.calendar.periods))
    over = ("site", "cooling", "period")
    it_peak = block.variable("it_peak", over, product(sites, coolings, periods), unit="MW", doc="peak IT power")
    it_mean = block.variable("it_mean", over, product(sites, coolings, periods), unit="MW", doc="mean IT power")
    over = ("vendor", "site", "period")
    compute = block.variable("compute", over, product(vendors, sites, periods), unit="kH100e", doc="mean compute")
    power = {system: it_power(case, system) for system in systems}
    load = {system: power[system] * case.number("accelerators", system, "load_factor") for system in systems}
    rate = {system: (h100e(case, system) or 0) * case.number("accelerators", system, "availability") / KILO for system in systems}
    cooled = {cooling: [system for system in systems if case.label("accelerators", system, "cooling") == cooling] for cooling in coolings}
    sold = {vendor: [system for system in systems if case.label("accelerators", system, "vendor") == vendor] for vendor in vendors}

    @block.rule(("site", "cooling", "period"), it_peak)
    def peak_is_what_runs(site: str, cooling: str, period: int) -> Relation:
        """Peak IT power = running systems x power x overhead."""
        return equal(it_peak[site, cooling, period], total(power[system] * running[system, site, period] for system in cooled[cooling]))

    @block.rule(("site", "cooling", "period"), it_mean)
    def mean_is_what_runs(site: str, cooling: str, period: int) -> Relation:
        """Mean IT power = running systems x power x overhead x load factor."""
        return equal(it_mean[site, cooling, period], total(load[system] * running[system, site, period] for system in cooled[cooling]))

    @block.rule(("vendor", "site", "period"), compute)
    def compute_is_what_runs(vendor: str, site: str, period: int) -> Relation:
        """Compute = running systems x H100e of one at the measure of the model x availability."""
        return equal(compute[vendor, site, period], total(rate[system] * running[system, site, period] for system in sold[vendor]))

    exchange.make("it_peak", "accelerators", {("own", *key): amount for key, amount in it_peak.items()})
    exchange.make("it_mean", "accelerators", {("own", *key): amount for key, amount in it_mean.items()})
    exchange.make("compute", "accelerators", {("own", *key): amount for key, amount in compute.items()})
    if "contracts" in case.definition.parts:
        report_vendors(block, case, exchange, sold)
        exchange.make("system_power", "accelerators", {key: power[key[0]] * amount for key, amount in running.items()})


def report_vendors(block: Block, case: Case, exchange: Exchange, sold: dict[str, list[str]]) -> None:
    """IT power of each vendor's systems, running and newly ordered (spares taken off), for investors who pay by it."""
    sites, running, bought = case.items("site"), block.variables["running"].data, block.variables["bought"].data
    power = {system: it_power(case, system) for system in usable(case)}
    working = {system: power[system] / (1 + case.number("accelerators", system, "spares")) for system in power}
    for vendor, period in product(sold, range(len(case.calendar.periods))):
        places = [(system, site, period) for system in sold[vendor] for site in sites]
        amounts = {"delivered": total(power[key[0]] * running[key] for key in places),
                   "ordered": total(working[key[0]] * bought[key] for key in places if key in bought)}
        exchange.make("vendor_power", "accelerators", {(stage, vendor, period): amount for stage, amount in amounts.items()})


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Run no more than is installed and has room; buy no more than the allocation."""
    running, installed = block.variables["running"].data, block.variables["installed"].data

    @block.rule(KEY, running)
    def spares_stand_by(system: str, site: str, period: int) -> Relation:
        """Running systems x (1 + spares) are at most the installed ones."""
        return at_most((1 + case.number("accelerators", system, "spares")) * running[system, site, period], installed[system, site, period])

    bind_allocation(block, case)
    bind_room(block, case, exchange)


def bind_allocation(block: Block, case: Case) -> None:
    """Arrivals are allocated: a period's own allocation, and what was left of periods before, as long as it may be carried over."""
    arrived, sites, periods = block.expressions["arrived"].data, case.items("site"), range(len(case.calendar.periods))
    delivered = {(system, period) for system, _, period in arrived}
    limits = {(system, period): most * case.calendar.periods[period].years for system in usable(case) for period in periods
              if any((system, period + lag) in delivered for lag in range(1 + carried_over(case, system)))
              and (most := case.mean("accelerators", system, "most_bought", period)) is not None}
    keys = [(system, period, lag) for system, period in limits for lag in range(1, 1 + carried_over(case, system))
            if limits[system, period] and (system, period + lag) in limits]
    carried = block.variable("carried", ("system", "period", "lag"), keys, unit="1", doc="allocation of a period taken some periods later")
    leaves: dict[tuple[str, int], list[Expression]] = {}
    comes: dict[tuple[str, int], list[Expression]] = {}
    for (system, period, lag), amount in carried.items():
        leaves.setdefault((system, period), []).append(amount)
        comes.setdefault((system, period + lag), []).append(amount)

    @block.rule(("system", "period"), limits, promise="systems")
    def arrivals_within_allocation(system: str, period: int) -> Relation:
        """Arrivals at all sites, and allocation kept for later, less what was kept for the period, are at most the period's allocation."""
        there = [arrived[system, site, period] for site in sites if (system, site, period) in arrived]
        moved = total(leaves.get((system, period), [])) - total(comes.get((system, period), []))
        return at_most(total(there) + moved, limits[system, period])

    @block.rule(("system", "period"), leaves)
    def carried_within_allocation(system: str, period: int) -> Relation:
        """Allocation kept for later is at most the period's own: what was kept once is not kept again."""
        return at_most(total(leaves[system, period]), limits[system, period])


def carried_over(case: Case, system: str) -> int:
    """Whole periods for which allocation may be carried over."""
    return int(case.number("accelerators", system, "carry_over") / case.calendar.periods[0].months + ROUNDING)


def bind_room(block: Block, case: Case, exchange: Exchange) -> None:
    """Running systems stand in halls of their cooling that bear their density."""
    systems, running = usable(case), block.variables["running"].data
    room: dict[Key, list[tuple[float, Expression]]] = {}
    for (_, site, cooling, density, period), amount in exchange.take("hall_room", "accelerators").items():
        room.setdefault((site, cooling, period), []).append((density, amount))
    halls = {(cooling, density) for _, cooling, density in ((key[1], key[2], key[3]) for key in exchange.balance("hall_room"))}
    floors: dict[tuple[str, float], list[str]] = {}
    for system in systems:
        cooling, density = case.label("accelerators", system, "cooling"), case.number("accelerators", system, "rack_density")
        # Thresholds that the same halls pass are one: the lowest of them binds hardest.
        lowest = min((bears for kind, bears in halls if kind == cooling and bears >= density), default=density)
        floors[cooling, lowest] = []
    for cooling, lowest in floors:
        floors[cooling, lowest] = needing(case, cooling, lowest, halls)
    keys = [(site, cooling, lowest, period) for site in case.items("site") for cooling, lowest in floors
            for period in range(len(case.calendar.periods))]

    @block.rule(("site", "cooling", "density", "period"), keys)
    def load_fits_the_halls(site: str, cooling: str, density: float, period: int) -> Relation:
        """IT power of running systems that need at least this density is at most the room of open halls that bear it."""
        load = total(it_power(case, system) * running[system, site, period] for system in floors[cooling, density])
        return at_most(load, total(amount for bears, amount in room.get((site, cooling, period), []) if bears >= density))
