"""Power: the supplies of a site, from the grid to engines, fuel cells, sun, wind and contracts.

Prime supplies cover the facility's peak by their firm share; backup never does. Over the year each unit of energy that
the facility uses comes from some supply within its availability; there is no unserved energy: what has no energy does
not compute. Sun and wind serve a flat load only in part. A contract's energy comes over the grid connection.

What stands at the end of the horizon is worth the part of its price, without contingency, that its remaining life still
earns. Bought and contracted energy is billed at each date's own price, so that what a contract still asks for after the
end, its minimum take too, is what the same power is on offer for then: it leaves no liability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from math import prod

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.constants import MEGA
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import By, Kind, Quantity, Table
from gwplan.model.block import Block, Expression, Key, Side, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.existing_assets import first_period, in_service, leaving
from gwplan.model.ledger import Ledger, Order
from gwplan.model.offers import larger_before, taken_up_within
from gwplan.model.parts.power.energy import bind_output
from gwplan.model.parts.power.money import bind_bills, enter_capital, enter_running
from gwplan.model.parts.power.supplies import (
    KEY,
    SLICED,
    emission,
    fuel_name,
    fuel_price,
    is_bought,
    life_years,
    offered,
    payee,
    role_of,
    services,
)


def term_years(case: Case, supply: str, site: str) -> float:
    """Years from service in which the minimum take is owed: the contract's term, within the life."""
    life = life_years(case, supply, site)
    return min(case.get("power", supply, "contract_term", site) or life, life)


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
    enters = entering_service(case, ordered)
    block.variable("given_up", KEY, last_parts(case, enters), unit="MW",
                   doc="capacity given up at the start of the period in which its life ends, as the part of it that is left to it")
    state_capacity(block, case, enters)
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


def state_capacity(block: Block, case: Case, enters: dict[Key, Expression]) -> None:
    """Tie capacity, and what of it is under contract, to what enters service."""
    capacity, contracted, given_up = (block.variables[name].data for name in ("capacity", "contracted", "given_up"))
    there = in_service(case, "supply", partial(life_years, case))
    over = gone(case, enters, partial(life_years, case))
    expired = gone(case, enters, partial(term_years, case))

    @block.rule(KEY, capacity)
    def capacity_follows_orders(supply: str, site: str, period: int) -> Side:
        """Capacity = capacity in the period before + what enters service - what is past its life (or contract's term) or is given up."""
        key, before = (supply, site, period), (supply, site, period - 1)
        change = there.get(key, 0) - there.get(before, 0) - given_up.get(key, 0) + given_up.get(before, 0)
        return equal(capacity[key], capacity.get(before, 0) + enters.get(key, 0) - total(over.get(key, [])) + change)

    @block.rule(KEY, contracted)
    def contract_follows_orders(supply: str, site: str, period: int) -> Side:
        """Contracted = contracted in the period before + what enters service - what is past the term of its contract."""
        key = (supply, site, period)
        change = enters.get(key, 0) - total(expired.get(key, []))
        return equal(contracted[key], contracted.get((supply, site, period - 1), 0) + change)

    parts = last_parts(case, enters)

    @block.rule(KEY, given_up)
    def given_up_is_ending(supply: str, site: str, period: int) -> Side:
        """Capacity given up is at most that whose life ends within the period, counted as the part of it that it would serve."""
        return at_most(given_up[supply, site, period], total(parts[supply, site, period]))


def gone(case: Case, enters: dict[Key, Expression], years: Callable[[str, str], float]) -> dict[Key, list[Expression]]:
    """What of that which enters service is past its life, or term, by (supply, site, period) from which on it is."""
    found: dict[Key, list[Expression]] = {}
    for (supply, site, service), megawatts in enters.items():
        for period, share in case.calendar.ends(service, years(supply, site)).items():
            found.setdefault((supply, site, period), []).append(share * megawatts)
    return found


def last_parts(case: Case, enters: dict[Key, Expression]) -> dict[Key, list[Expression]]:
    """Capacity that serves a part of a period only, for its life ends within it, by (supply, site, period): that part of it.

    A contract is none: what it asks for is owed to the end of its term.
    """
    found: dict[Key, list[Expression]] = {key: [amount] for key, amount in leaving(case, "supply", partial(life_years, case)).items()}
    for (supply, site, service), megawatts in enters.items():
        whole, part = case.calendar.whole_and_part(life_years(case, supply, site))
        if part and service + whole < len(case.calendar.periods):
            found.setdefault((supply, site, service + whole), []).append(part * megawatts)
    return {key: amounts for key, amounts in sorted(found.items()) if role_of(case, key[0]) != "contract"}


def entering_service(case: Case, ordered: Mapping[Key, Expression]) -> dict[Key, Expression]:
    """MW of what was ordered, by (supply, site, period of service)."""
    found: dict[Key, list[Expression]] = {}
    for pair in dict.fromkeys(key[:2] for key in ordered):
        unit = case.number("power", pair[0], "unit", pair[1])
        for period, service in services(case, *pair).items():
            found.setdefault((*pair, service), []).append(unit * ordered[(*pair, period)])
    return {key: total(amounts) for key, amounts in found.items()}


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Cover the peak, balance the energy, keep to what each site offers, and pay bills in full."""
    opened, peak = exchange.take("opened", "power"), exchange.take("facility_peak", "power")
    mean, capacity = exchange.take("facility_mean", "power"), block.variables["capacity"].data
    output = block.variables["output"].data
    pairs = offered(case)
    bind_offers(block, case, opened)
    at_site = {site: [supply for supply, place in pairs if place == site] for site in case.items("site")}

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


def bind_offers(block: Block, case: Case, opened: Mapping[Key, Expression]) -> None:
    """An offer limits what enters service, and never what entered before and stays: see gwplan/model/offers.py."""
    capacity, given_up = block.variables["capacity"].data, block.variables["given_up"].data
    enters = entering_service(case, block.expressions["ordered"].data)
    there = in_service(case, "supply", partial(life_years, case))
    offers = {pair: {n: case.get("power", pair[0], "most", pair[1], n) or 0.0 for n in range(len(case.calendar.periods))}
              for pair in offered(case)}
    larger = {key: larger_before(offers[key[:2]], key[-1]) for key in capacity}

    def stands(key: Key, size: float) -> Expression:
        """Capacity of the period that entered service while at most `size` was on offer, and what was there already."""
        supply, site, period = key
        whole = case.calendar.whole_and_part(life_years(case, supply, site))[0]
        terms = [there.get(key, 0)]
        for since in taken_up_within(offers[supply, site], period, size):
            share = case.calendar.serves(since, life_years(case, supply, site)).get(period, 0)
            terms.append(share * enters.get((supply, site, since), 0))
            if since + whole == period:
                terms.append(-1 * given_up.get(key, 0))
        return total(terms)

    @block.rule(KEY, capacity, promise="MW")
    def capacity_within_offer(supply: str, site: str, period: int) -> Side:
        """Capacity is at most what an opened site offers; what stands there already, or entered under a larger offer, stays."""
        key = (supply, site, period)
        now = offers[supply, site][period]
        held = stands(key, now) if larger[key] else capacity[key]
        return at_most(held, max(now, there.get(key, 0)) * opened[site, period])

    @block.rule((*KEY, "offer"), [(*key, size) for key, sizes in larger.items() for size in sizes], promise="MW")
    def capacity_within_larger_offer(supply: str, site: str, period: int, offer: float) -> Side:
        """Where an offer has fallen: what entered service under offers of at most a larger one before is at most that one."""
        key = (supply, site, period)
        return at_most(stands(key, offer), max(offer, there.get(key, 0)) * opened[site, period])


