"""Power: the supplies of a site, from the grid to engines, fuel cells, sun, wind and contracts.

Prime supplies cover the facility's peak by their firm share; backup never does. Over the year each unit of energy that
the facility uses comes from some supply within its availability; there is no unserved energy, but for load that is turned
down while an interim connection is cut: what has no energy does not compute. Sun and wind serve a flat load only in part.
A contract's energy comes over the grid connection.

A prime supply without a row for its firm share has the one that follows from its outages: the largest facility load of
the site over the fewest equal units, failing independently, that serve it for the share of time that is wanted, and
with one of them out. A site that is built to less, and so has fewer units, needs somewhat more than that share says;
a warning of the plan then says so.

A grid connection with `curtailed_hours` is interim: in those hours of the year it gives nothing. What is beside it covers the
peak and serves the load then: other prime supplies, backup within its hours, and load that is turned down at its price. Sun
and wind are not counted on in them. What is rented is paid to the end of its life, which is the term; what has an `until`
goes on that date. A permit, a gas line and equipment of one's own take their time beside the lead time, from the order.

A large-load tariff has a minimum take, whose ramp rises in equal yearly steps; collateral, which is posted at the order and comes back
at the term's end, the same sum without interest; and a fee for leaving before it. What comes back or is due after the horizon counts
at its value at the end. At the end of the horizon nobody leaves: the campus goes on.

Rows of `matching` ask for renewable energy over a year, at all sites together, and for carbon-free energy in each slice at each site:
what is stored is taken off it, and what storage gives counts.

What is left at the end of the horizon is worth the part of its price, without contingency, that its remaining life still
earns. Bought and contracted energy is billed at each date's own price, so that what a contract still asks for after the
end, its minimum take too, is what the same power is on offer for then: it leaves no liability.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gwplan.common.constants import MEGA
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.idle import Idle
from gwplan.inputs.unused import uncounted
from gwplan.model.block import Block, Key, Relation, at_least, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.power.capacity import bind_offers, entering_service, last_parts, make_land, state_capacity
from gwplan.model.parts.power.credits import bind_credits, check_credits, declare_credited, enter_credits, idle_credits
from gwplan.model.parts.power.energy import bind_output
from gwplan.model.parts.power.firmness import check_outages, credit_of, idle_outages
from gwplan.model.parts.power.hourly import bind_hours, decide_unserved, served
from gwplan.model.parts.power.interim import bind_cut, check_interim, declare_cut
from gwplan.model.parts.power.many_direct import bind_beyond, declare_beyond, serving
from gwplan.model.parts.power.matching import bind_matching, idle_matching
from gwplan.model.parts.power.money import bind_bills, emission, enter_capital, enter_running
from gwplan.model.parts.power.storage import bind_storage, decide_storage, energy_of
from gwplan.model.parts.power.supplies import (
    burns,
    fuel_name,
    is_bought,
    is_connection,
    limits,
    minimum_take,
    offered,
    role_of,
    series_of,
    services,
    set_by,
    yearly_limit,
)
from gwplan.model.parts.power.table import FLAT, FROM_SERIES, HOURLY_PAIRS, HOURS, KEY, MOST_DIRECT, NEEDS, SLICED, TABLE
from gwplan.model.parts.power.tariff import bind_tariff, decide_tariff
from gwplan.model.parts.power.tariff_terms import check_terms, enter_terms, has_terms, idle_tariff_terms
from gwplan.model.parts.power.thermal import bind_thermal, decide_thermal

__all__ = ["TABLE", "bind", "check", "decide", "idle", "offered", "role_of", "services", "set_by", "warn"]


def check(case: Case) -> Iterator[Fault]:
    """Each supply has what its role needs, and pays for its energy: it is bought, or burns a fuel with a price, or is sun or wind."""
    places, by_hour = offered(case), case.definition.hours.kind != "mean"
    for supply in case.items("supply"):
        role, (file, row) = role_of(case, supply), case.location("power", supply, "role")
        for quantity in NEEDS[role]:
            spared = by_hour and role == "variable" and quantity in FROM_SERIES
            if not spared and not any(case.has("power", supply, each) for each in quantity.split("|")):
                yield Fault(file, row, f"{supply}: a {role} supply needs {quantity.replace('|', ' or ')}")
        if case.has("power", supply, "heat_rate") and case.get_label("power", supply, "fuel") not in case.items("fuel"):
            yield Fault(file, row, f"{supply}.fuel: {case.get_label('power', supply, 'fuel')!r} has no fuel_price")
        free = [site for each, site in places if each == supply and not burns(case, supply, site) and not is_bought(case, supply, site)]
        if role == "prime" and (free or not (case.has("power", supply, "energy_price") or case.has("power", supply, "heat_rate"))):
            where = f" at {', '.join(free)}" if case.has("power", supply, "energy_price") or case.has("power", supply, "heat_rate") else ""
            yield Fault(file, row, f"{supply}: a prime supply needs energy_price or heat_rate{where}, or its energy would cost nothing")
        if case.has("power", supply, "minimum_take") and not case.has("power", supply, "contract_term"):
            yield Fault(file, row, f"{supply}: minimum_take needs contract_term")
        for quantity, needed in HOURLY_PAIRS.get(role, ()):
            lacking = [site for each, site in places if each == supply and case.get("power", supply, quantity, site)
                       and case.get("power", supply, needed, site) is None]
            if by_hour and lacking:
                yield Fault(*case.location("power", supply, quantity, lacking[0]), f"{supply}: {quantity} needs {needed} at "
                            f"{', '.join(lacking)}")
    if not by_hour:
        yield from too_many(case)
    elif case.hours is not None:  # else the hourly series have faults, which are said
        yield from without_series(case)
    yield from check_outages(case)
    yield from check_credits(case)
    yield from check_interim(case)
    yield from check_terms(case)


def too_many(case: Case) -> Iterator[Fault]:
    """More supplies that could serve directly at a site than can be told apart: each set of them has rows."""
    for site in case.items("site"):
        direct = serving(case, site, len(case.calendar.periods) - 1)
        if len(direct) > MOST_DIRECT:
            last = sorted(direct)[-1]
            yield Fault(*case.location("power", last, "most", site), f"{site}: {len(direct)} supplies that serve a load directly are "
                        f"offered ({', '.join(direct)}); at most {MOST_DIRECT} may be")


def without_series(case: Case) -> Iterator[Fault]:
    """Sun and wind on offer at a site that has no hourly series of them, and power sold dearer than it is bought."""
    for supply, site in offered(case):
        file, row = case.location("power", supply, "most", site)
        profile = case.get_label("power", supply, "profile")
        if role_of(case, supply) in ("variable", "contract") and not series_of(case, supply, site) and profile != FLAT:
            name = (profile or supply).replace("|", "' and '")
            flat = "; profile = flat says that it gives the same in each hour" if role_of(case, supply) == "contract" else ""
            yield Fault(file, row, f"{supply}: a plan with hours needs the series '{name}' in profiles/{site}.csv, or no {supply} there"
                        f"{flat}")
        dear = [period.name for period in case.calendar.periods if is_connection(case, supply, site)
                and case.number("power", supply, "export_price", site, period.number)
                > (case.get("power", supply, "energy_price", site, period.number) or 0.0)]
        if dear:
            yield Fault(*case.location("power", supply, "export_price", site), f"{supply}.export_price at {site} is above its energy_price "
                        f"in {dear[0]}: buying and selling at once would earn money")


def warn(case: Case) -> Iterator[Fault]:
    """Supplies that cannot be used: storage needs hours, and what has no `most` anywhere is not offered."""
    places = {supply for supply, _ in offered(case)}
    for supply in case.items("supply"):
        file, row = case.location("power", supply, "role")
        if role_of(case, supply) == "storage" and case.hours is None:
            yield Fault(file, row, f"{supply} is storage, which needs a plan with hours; it is left out")
        elif supply not in places:
            yield Fault(file, row, f"{supply} has no `most` above 0 at any site and is not offered")


def idle(case: Case) -> Iterator[Idle]:
    """Storage, what is not offered, fuels that nothing burns, the wider of two limits, contracts that bind to no energy."""
    places = offered(case)
    for supply in case.items("supply"):
        sites = [site for each, site in places if each == supply]
        if role_of(case, supply) == "storage" and case.hours is None:
            yield Idle(HOURS, supply)
        elif not sites:
            yield Idle("it is not offered at any site", supply)
        yield from (Idle("it is not offered there", supply, site=site) for site in case.items("site") if site not in sites)
        if sites and role_of(case, supply) != "contract":
            yield from idle_terms(case, supply, sites)
        yield from idle_limits(case, supply, sites) if case.hours is None else [Idle("a plan with hours has the hourly series", supply,
                                                                                     "direct_share")]
    for fuel in case.items("fuel"):
        burnt = {site for supply, site in places if burns(case, supply, site) and case.get_label("power", supply, "fuel") == fuel}
        yield from (Idle("nothing that burns it is offered there", fuel, site=site) for site in case.items("site") if site not in burnt)
        if not burnt:
            yield Idle("nothing that burns it is offered", fuel)
    yield from idle_outages(case)
    yield from idle_credits(case)
    yield from idle_matching(case)
    yield from uncounted(case, "operational", "emission_rate")


def idle_terms(case: Case, supply: str, sites: list[str]) -> Iterator[Idle]:
    """A minimum take of a supply that sends no bill for energy, and the term of a contract without a minimum take."""
    yield from idle_tariff_terms(case, supply)
    if not any(is_bought(case, supply, site) for site in sites):
        for quantity in ("minimum_take", *(() if has_terms(case, supply, sites) else ("contract_term",))):
            yield Idle("it is a matter of bought energy, and the supply has no energy_price", supply, quantity, read=True, loud=True)
    elif not any(minimum_take(case, supply, site) for site in sites) and not has_terms(case, supply, sites):
        yield Idle("it is the term of a minimum take, which is 0", supply, "contract_term", read=True)
    yield from (Idle("none of it enters service there within the horizon", supply, "contract_term", site)
                for site in sites if not services(case, supply, site))


def idle_limits(case: Case, supply: str, sites: list[str]) -> Iterator[Idle]:
    """Limits of output above the least, but for the availability of a connection that contracts use."""
    used = [site for site in sites if any(role_of(case, each) == "contract" and place == site for each, place in offered(case))]
    wider = {site: {name for name, limit in limits(case, supply, site).items() if limit > yearly_limit(case, supply, site)
                    and not (name == "availability" and site in used and is_connection(case, supply, site))} for site in sites}
    for quantity in sorted(set().union(*wider.values())):
        reason = "another limit of its output is the lower one"
        everywhere = all(quantity in wider[site] for site in sites)
        yield from [Idle(reason, supply, quantity, read=True)] if everywhere else \
            (Idle(reason, supply, quantity, site, read=True) for site in sites if quantity in wider[site])


def giving(case: Case, keys: Sequence[Key]) -> list[Key]:
    """Keys of output: in plans with hours not of storage, and of nothing that is not there yet."""
    if case.hours is None:
        return [(*key, part.name) for key in keys for part in case.calendar.slices]
    reach = {pair: periods for pair, periods in served(case).items() if role_of(case, pair[0]) != "storage"}
    return [(*key, part.name) for key in keys if key[2] in reach.get(key[:2], ()) for part in case.calendar.slices]


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
    sliced = giving(case, keys)
    bought = [key for key in keys if is_bought(case, *key[:2])]
    block.variable("capacity", KEY, keys, unit="MW", doc="capacity in service")
    block.variable("contracted", KEY, bought, unit="MW", doc="capacity within the term of its contract, as its ramp counts it")
    block.variable("bill", KEY, bought, unit="MUSD", doc="bill for bought energy of the period")
    block.variable("output", SLICED, sliced, unit="MW", doc="mean output")
    enters = entering_service(case, ordered)
    block.variable("given_up", KEY, last_parts(case, enters), unit="MW",
                   doc="capacity given up at the start of the period in which its life ends, as the part of it that is left to it")
    state_capacity(block, case, enters)
    make_land(block, case, exchange)
    if case.hours is None:
        declare_beyond(block, case)
    declare_credited(block, case)
    decide_unserved(block, case, ledger)
    if case.hours is None:
        declare_cut(block, case)
    else:
        decide_storage(block, case, ledger)
        decide_thermal(block, case)
        decide_tariff(block, case, ledger)
    if "diversification" in case.definition.parts:
        for supply, site, period, part in sliced:
            share = next(each.share for each in case.calendar.slices if each.name == part)
            amount = share * block.variables["output"].data[supply, site, period, part]
            exchange.make("energy", "power", {(fuel_name(case, supply), site, period): amount})
    for pair in pairs:
        enter_capital(case, ledger, pair, {period: ordered[(*pair, period)] for period in orders[pair]}, orders[pair])
        enter_running(block, case, ledger, pair)
        enter_terms(case, ledger, pair, {period: ordered[(*pair, period)] for period in orders[pair]})
        enter_credits(block, case, ledger, pair, {period: ordered[(*pair, period)] for period in orders[pair]})
        emitted = {period: emission(case, *pair, period) for period in periods}
        for period, rate in emitted.items():
            output = block.variables["output"].data
            energy = total(output[(*pair, period, part.name)] * part.share for part in case.calendar.slices
                           if (*pair, period, part.name) in output)
            tonnes = rate * case.calendar.periods[period].hours / MEGA
            exchange.make("emissions", "power", {("operational", pair[1], period): tonnes * energy})


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Cover the peak, balance the energy, keep to what each site offers, and pay bills in full."""
    opened, peak = exchange.take("opened", "power"), exchange.take("facility_peak", "power")
    mean, capacity = exchange.take("facility_mean", "power"), block.variables["capacity"].data
    output, unserved = block.variables["output"].data, block.variables["unserved"].data
    pairs = offered(case)
    bind_offers(block, case, opened)
    bind_matching(block, case, mean)
    if case.hours is not None:
        bind_hours(block, case, peak, mean)
        bind_storage(block, case, energy_of(block, case))
        bind_thermal(block, case)
        bind_tariff(block, case)
        bind_credits(block, case, entering_service(case, block.expressions["ordered"].data))
        return
    at_site = {site: [supply for supply, place in pairs if place == site] for site in case.items("site")}
    firm_share = {pair: credit_of(case, *pair) for pair in pairs if role_of(case, pair[0]) == "prime"}

    @block.rule(("site", "period"), peak)
    def supply_covers_peak(site: str, period: int) -> Relation:
        """Firm credit x capacity, over prime supplies, is at least the facility's power in the worst hour."""
        prime = [supply for supply in at_site[site] if role_of(case, supply) == "prime"]
        firm = total(firm_share[supply, site] * capacity[supply, site, period] for supply in prime)
        return at_least(firm - peak[site, period], 0)

    @block.rule(("site", "period", "slice"), mean)
    def energy_is_balanced(site: str, period: int, part: str) -> Relation:
        """Output of all supplies (+ load turned down while a connection is cut) = the facility's mean power."""
        given = total([*(output[supply, site, period, part] for supply in at_site[site]), unserved.get((site, period, part), 0)])
        return equal(given - mean[site, period, part], 0)

    bind_output(block, case, mean)
    bind_cut(block, case, peak, mean)
    bind_beyond(block, case, mean)
    bind_bills(block, case)
    bind_credits(block, case, entering_service(case, block.expressions["ordered"].data))
