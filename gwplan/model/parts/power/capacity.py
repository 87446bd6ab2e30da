"""Capacity of supplies: what enters service, what is past its life or its term, what is given up, and what is on offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_most, total
from gwplan.model.exchange import Exchange
from gwplan.model.existing_assets import in_service, leaving
from gwplan.model.offers import larger_before, taken_up_within
from gwplan.model.parts.power.supplies import (
    before_leaving,
    is_rented,
    life_years,
    offered,
    role_of,
    services,
    years_from,
)
from gwplan.model.parts.power.table import KEY
from gwplan.model.parts.power.tariff_terms import counted
from gwplan.model.stocks import stock


def state_capacity(block: Block, case: Case, enters: dict[Key, Expression]) -> None:
    """Tie capacity, and what of it is under contract, to what enters service."""
    capacity, contracted, given_up = (block.variables[name].data for name in ("capacity", "contracted", "given_up"))
    there = existing_supplies(case)
    over = gone(case, enters, partial(years_from, case))
    signed, released = contract_flows(case, enters)

    @block.rule(KEY, capacity)
    def capacity_follows_orders(supply: str, site: str, period: int) -> Relation:
        """Capacity = capacity in the period before + what enters service - what is past its life (term, `until`) or is given up."""
        key = (supply, site, period)
        return stock(capacity, key, enters.get(key, 0), total(over.get(key, [])), there, given_up)

    @block.rule(KEY, contracted)
    def contract_follows_orders(supply: str, site: str, period: int) -> Relation:
        """Contracted = contracted in the period before + what enters service, as far as its ramp counts it - what is past its term."""
        key = (supply, site, period)
        return stock(contracted, key, signed.get(key, 0), total(released.get(key, [])))

    parts = last_parts(case, enters)

    @block.rule(KEY, given_up)
    def given_up_is_ending(supply: str, site: str, period: int) -> Relation:
        """Capacity given up is at most that whose life ends within the period, counted as the part of it that it would serve."""
        return at_most(given_up[supply, site, period], total(parts[supply, site, period]))


def contract_flows(case: Case, enters: dict[Key, Expression]) -> tuple[dict[Key, Expression], dict[Key, list[Expression]]]:
    """By (supply, site, period), what a contract begins to count of what enters service, and what it counts less: below 0 on a ramp."""
    begins, less = dict[Key, Expression](), dict[Key, list[Expression]]()
    for (supply, site, service), megawatts in enters.items():
        shares = counted(case, supply, site, service)
        begins[supply, site, service] = shares.get(service, 0) * megawatts
        for period in range(service + 1, len(case.calendar.periods)):
            change = shares.get(period - 1, 0.0) - shares.get(period, 0.0)
            if change:
                less.setdefault((supply, site, period), []).append(change * megawatts)
    return begins, less


def existing_supplies(case: Case) -> dict[tuple[str, str, int], float]:
    """MW of supplies that exist already, by (supply, site, period), while they serve."""
    return before_leaving(case, in_service(case, "supply", partial(life_years, case)))


def gone(case: Case, enters: dict[Key, Expression], years: Callable[[str, str, int], float]) -> dict[Key, list[Expression]]:
    """What of that which enters service is past its life, or term, by (supply, site, period) from which on it is.

    years: that it serves, by supply, site and period of service.
    """
    found: dict[Key, list[Expression]] = {}
    for (supply, site, service), megawatts in enters.items():
        for period, share in case.calendar.ends(service, years(supply, site, service)).items():
            found.setdefault((supply, site, period), []).append(share * megawatts)
    return found


def last_parts(case: Case, enters: dict[Key, Expression]) -> dict[Key, list[Expression]]:
    """Capacity that serves a part of a period only, for its life ends within it, by (supply, site, period): that part of it.

    A contract is none, and what is rented: what they ask for is owed to the end of the term.
    """
    leaves = before_leaving(case, leaving(case, "supply", partial(life_years, case)))
    found: dict[Key, list[Expression]] = {key: [amount] for key, amount in leaves.items()}
    for (supply, site, service), megawatts in enters.items():
        whole, part = case.calendar.whole_and_part(years_from(case, supply, site, service))
        if part and service + whole < len(case.calendar.periods):
            found.setdefault((supply, site, service + whole), []).append(part * megawatts)
    return {key: amounts for key, amounts in sorted(found.items())
            if role_of(case, key[0]) != "contract" and not is_rented(case, *key[:2])}


def entering_service(case: Case, ordered: Mapping[Key, Expression]) -> dict[Key, Expression]:
    """MW of what was ordered, by (supply, site, period of service)."""
    found: dict[Key, list[Expression]] = {}
    for pair in dict.fromkeys(key[:2] for key in ordered):
        unit = case.number("power", pair[0], "unit", pair[1])
        for period, service in services(case, *pair).items():
            found.setdefault((*pair, service), []).append(unit * ordered[(*pair, period)])
    return {key: total(amounts) for key, amounts in found.items()}


def make_land(block: Block, case: Case, exchange: Exchange) -> None:
    """Land under supplies in service, at sites that limit it."""
    capacity, covered = block.variables["capacity"].data, dict[Key, list[Expression]]()
    for (supply, site, period), megawatts in capacity.items():
        if case.get("sites", site, "power_land", period=period) is not None:
            covered.setdefault((site, period), []).append(case.number("power", supply, "acres") * megawatts)
    exchange.make("power_land", "power", {place: total(amounts) for place, amounts in covered.items()})


def bind_offers(block: Block, case: Case, opened: Mapping[Key, Expression]) -> None:
    """An offer limits what enters service, and never what entered before and stays: see gwplan/model/offers.py."""
    capacity, given_up = block.variables["capacity"].data, block.variables["given_up"].data
    enters = entering_service(case, block.expressions["ordered"].data)
    there = existing_supplies(case)
    offers = {pair: {n: case.get("power", pair[0], "most", pair[1], n) or 0.0 for n in range(len(case.calendar.periods))}
              for pair in offered(case)}
    larger = {key: larger_before(offers[key[:2]], key[-1]) for key in capacity}

    def stands(key: Key, size: float) -> Expression:
        """Capacity of the period that entered service while at most `size` was on offer, and what was there already."""
        supply, site, period = key
        terms = [there.get(key, 0)]
        for since in taken_up_within(offers[supply, site], period, size):
            years = years_from(case, supply, site, since)
            share = case.calendar.serves(since, years).get(period, 0)
            terms.append(share * enters.get((supply, site, since), 0))
            if since + case.calendar.whole_and_part(years)[0] == period:
                terms.append(-1 * given_up.get(key, 0))
        return total(terms)

    @block.rule(KEY, capacity, promise="MW")
    def capacity_within_offer(supply: str, site: str, period: int) -> Relation:
        """Capacity is at most what an opened site offers; what exists there already, or entered under a larger offer, stays."""
        key = (supply, site, period)
        now = offers[supply, site][period]
        held = stands(key, now) if larger[key] else capacity[key]
        return at_most(held, max(now, there.get(key, 0)) * opened[site, period])

    @block.rule((*KEY, "offer"), [(*key, size) for key, sizes in larger.items() for size in sizes], promise="MW")
    def capacity_within_larger_offer(supply: str, site: str, period: int, offer: float) -> Relation:
        """Where an offer has fallen: what entered service under offers of at most a larger one before is at most that one."""
        key = (supply, site, period)
        return at_most(stands(key, offer), max(offer, there.get(key, 0)) * opened[site, period])
