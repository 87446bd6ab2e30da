"""Power: the supplies of a site, from the grid to engines, fuel cells, sun, wind and contracts.

Prime supplies cover the facility's peak by their firm share; backup never does. Over the year each unit of energy that
the facility uses comes from some supply within its availability; there is no unserved energy: what has no energy does
not compute. Sun and wind serve a flat load only in part. A contract's energy comes over the grid connection.
"""

from __future__ import annotations

from gwplan.common.constants import MEGA
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Side, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.existing_assets import in_service
from gwplan.model.ledger import Ledger
from gwplan.model.parts.power.energy import bind_output
from gwplan.model.parts.power.money import bind_bills, enter_capital, enter_running
from gwplan.model.parts.power.supplies import (
    KEY,
    SLICED,
    TABLE,
    check,
    emission,
    fuel_name,
    is_bought,
    life_years,
    offered,
    role_of,
    services,
    steps_of,
    warn,
)

__all__ = ["TABLE", "bind", "check", "decide", "warn"]


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


