"""Storage: power and energy, what goes in and out, and what it holds, from one day of the year to the next.

A typical day stands for many days of the year. What a store holds is that of the day's least, carried from day to day, and what it holds
beyond that within the day (Kotzur et al. 2018, doi:10.1016/j.apenergy.2018.01.023). The year ends as it began.
"""

from __future__ import annotations

from functools import partial
from math import sqrt

from gwplan.inputs.case import Case
from gwplan.inputs.profiles import PRICE
from gwplan.model.block import Block, Expression, Key, Relation, at_most, equal, total
from gwplan.model.ledger import Ledger
from gwplan.model.parts.power.capacity import gone
from gwplan.model.parts.power.credits import eligible, enter_investment
from gwplan.model.parts.power.hourly import served
from gwplan.model.parts.power.money import enter_orders
from gwplan.model.parts.power.supplies import has_own_energy, offered, role_of, services, storage_price, years_from
from gwplan.model.parts.power.table import KEY, SLICED
from gwplan.model.stocks import stock


def stores(case: Case) -> list[tuple[str, str]]:
    """(supply, site) of the storage on offer."""
    return [pair for pair in offered(case) if role_of(case, pair[0]) == "storage"]


def decide_storage(block: Block, case: Case, ledger: Ledger) -> None:
    """Order the energy of storage where it is chosen apart from its power; declare what goes in and out, and what it holds."""
    periods = served(case)
    own = [pair for pair in stores(case) if has_own_energy(case, *pair)]
    orders = {pair: services(case, *pair) for pair in own}
    ordered = block.variable("energy_ordered", KEY, [(*pair, period) for pair in own for period in orders[pair]], unit="MWh",
                             doc="energy of storage ordered")
    held = block.variable("energy_capacity", KEY, [(*pair, period.number) for pair in own for period in case.calendar.periods], unit="MWh",
                          doc="energy that storage in service can hold")
    enters = {(*pair, service): ordered[(*pair, period)] for pair in own for period, service in orders[pair].items()}
    over = gone(case, enters, partial(years_from, case))

    @block.rule(KEY, held)
    def energy_follows_orders(supply: str, site: str, period: int) -> Relation:
        """Energy of storage = energy in the period before + what enters service - what is past its life."""
        key = (supply, site, period)
        return stock(held, key, enters.get(key, 0), total(over.get(key, [])))

    for pair in own:
        bought = {period: ordered[(*pair, period)] for period in orders[pair]}
        enter_orders(case, ledger, pair, (bought, orders[pair]), partial(storage_price, case, *pair))
        enter_investment(case, ledger, pair, bought, partial(storage_price, case, *pair))
    places = [(*pair, period) for pair in stores(case) for period in periods[pair]]
    sliced = [(*place, part.name) for place in places for part in case.calendar.slices]
    block.variable("charge", SLICED, sliced, unit="MW", doc="power into storage")
    block.variable("discharge", SLICED, sliced, unit="MW", doc="power out of storage")
    block.variable("level", SLICED, sliced, unit="MWh", doc="energy held at the end of the slice, beyond the least of its day")
    firm = [key for key in sliced if case.number("power", key[0], "firm_credit", key[1])]
    block.variable("firm_storage", SLICED, firm, unit="MW", doc="power that storage could give beyond what it gives, and that is firm")
    typical = sorted({part.day for part in case.calendar.slices})
    block.variable("start", (*KEY, "day"), [(*place, day) for place in places for day in typical], unit="MWh",
                   doc="energy held at the start of a typical day, beyond the least of the day")
    carrying = places if is_linked(case) else []
    days = range(len(case.calendar.days))
    block.variable("top", (*KEY, "day"), [(*place, day) for place in carrying for day in typical], unit="MWh",
                   doc="most energy held in a typical day, beyond the least of the day")
    block.variable("carried", (*KEY, "day"), [(*place, day) for place in carrying for day in days], unit="MWh",
                   doc="least energy held in a day of the year")
    paying = [key for key in sliced if burning_pays(case, *key[1:])]
    block.variable("is_charging", SLICED, paying, unit="1", whole=True, doc="1 if storage may charge in the slice, 0 if it may discharge")


def is_linked(case: Case) -> bool:
    """True if what storage holds is carried from one typical day to the next."""
    return case.definition.hours.linked and len(case.calendar.days) > 1


def burning_pays(case: Case, site: str, period: int, part: str) -> bool:
    """True where taking energy in and giving it out at once would earn money: it is bought at a price below 0, or earns a tax credit."""
    value = None if case.hours is None else case.hours.value(site, PRICE, part)
    return (value is not None and value < 0) or any(period in eligible(case, *pair) for pair in offered(case, site))


def bind_storage(block: Block, case: Case, energy: dict[Key, Expression]) -> None:
    """Keep storage within its power and its energy, and what it holds in time. energy: MWh by (supply, site, period)."""
    charge, discharge, capacity = (block.variables[name].data for name in ("charge", "discharge", "capacity"))

    @block.rule(SLICED, charge)
    def storage_within_power(supply: str, site: str, period: int, part: str) -> Relation:
        """Power into and out of storage together is at most availability x capacity."""
        key = (supply, site, period, part)
        return at_most(charge[key] + discharge[key], case.number("power", supply, "availability", site) * capacity[supply, site, period])

    bind_firm(block, case, energy)
    bind_direction(block, case)
    bind_level(block, case, energy)
    bind_days(block, case, energy)


def bind_firm(block: Block, case: Case, energy: dict[Key, Expression]) -> None:
    """What storage could give beyond what it gives counts as firm within its power, its credit and its energy."""
    firm, discharge, capacity = (block.variables[name].data for name in ("firm_storage", "discharge", "capacity"))

    @block.rule(SLICED, firm)
    def firm_storage_within_power(supply: str, site: str, period: int, part: str) -> Relation:
        """Power out of storage, and what it could give beyond it, are at most availability x capacity."""
        key = (supply, site, period, part)
        return at_most(firm[key] + discharge[key], case.number("power", supply, "availability", site) * capacity[supply, site, period])

    @block.rule(SLICED, firm)
    def firm_storage_within_credit(supply: str, site: str, period: int, part: str) -> Relation:
        """What storage could give beyond what it gives counts as firm up to firm credit x capacity."""
        return at_most(firm[supply, site, period, part], case.number("power", supply, "firm_credit", site) * capacity[supply, site, period])

    @block.rule(SLICED, firm)
    def firm_storage_within_energy(supply: str, site: str, period: int, part: str) -> Relation:
        """It counts up to firm credit x the power that all of its energy gives for the hours that firm storage must last."""
        credit, hours = (case.number("power", supply, name, site) for name in ("firm_credit", "firm_hours"))
        return at_most(firm[supply, site, period, part], credit * one_way(case, supply, site) / hours * energy[supply, site, period])


def one_way(case: Case, supply: str, site: str) -> float:
    """Efficiency in or out of storage: half of the losses fall each way."""
    return sqrt(case.number("power", supply, "efficiency", site))


def bind_direction(block: Block, case: Case) -> None:
    """Where burning energy would pay, storage charges or discharges."""
    charge, discharge, charging = (block.variables[name].data for name in ("charge", "discharge", "is_charging"))
    standing = {pair: sum(thing.amount for thing in case.existing() if (thing.item, thing.site) == pair) for pair in stores(case)}
    most = {pair: max(standing[pair], *(case.get("power", pair[0], "most", pair[1], n) or 0.0 for n in range(len(case.calendar.periods))))
            for pair in stores(case)}

    @block.rule(SLICED, charging)
    def charges_only_if_charging(supply: str, site: str, period: int, part: str) -> Relation:
        """Where burning energy would pay: power into storage is at most what is on offer x (1 if it charges)."""
        key = (supply, site, period, part)
        return at_most(charge[key], most[supply, site] * charging[key])

    @block.rule(SLICED, charging)
    def discharges_only_if_not_charging(supply: str, site: str, period: int, part: str) -> Relation:
        """Where burning energy would pay: power out of storage is at most what is on offer x (0 if it charges)."""
        key = (supply, site, period, part)
        return at_most(discharge[key] + most[supply, site] * charging[key], most[supply, site])


def bind_level(block: Block, case: Case, energy: dict[Key, Expression]) -> None:
    """What storage holds follows what goes in and out; where days are not linked, each ends as it began."""
    charge, discharge, level, start = (block.variables[name].data for name in ("charge", "discharge", "level", "start"))
    before = dict(zip(case.calendar.slices[1:], case.calendar.slices, strict=False))
    parts, linked, last = {part.name: part for part in case.calendar.slices}, is_linked(case), last_of_days(case)
    way = {pair: one_way(case, *pair) for pair in stores(case)}

    @block.rule(SLICED, level)
    def level_follows_flows(supply: str, site: str, period: int, part: str) -> Relation:
        """Level = level at the end of the slice before + hours x (charged x efficiency one way - discharged / efficiency one way)."""
        key, each = (supply, site, period, part), parts[part]
        earlier = before.get(each)
        held = level[supply, site, period, earlier.name] if earlier is not None and earlier.day == each.day else \
            start[supply, site, period, each.day]
        one = way[supply, site]
        return equal(level[key] - held - each.hours * one * charge[key] + each.hours / one * discharge[key], 0)

    @block.rule((*KEY, "day"), [] if linked else start)
    def day_ends_as_it_began(supply: str, site: str, period: int, day: int) -> Relation:
        """What storage holds at the end of a typical day, or of a year in order, = what it held at its start."""
        return equal(level[supply, site, period, last[day]] - start[supply, site, period, day], 0)

    @block.rule(SLICED, [] if linked else level)
    def level_within_energy(supply: str, site: str, period: int, part: str) -> Relation:
        """Where days are not linked, or the year is in order: what storage holds is at most its energy."""
        return at_most(level[supply, site, period, part], energy[supply, site, period])


def last_of_days(case: Case) -> dict[int, str]:
    """The last slice of each typical day."""
    return {part.day: part.name for part in case.calendar.slices}


def bind_days(block: Block, case: Case, energy: dict[Key, Expression]) -> None:
    """Carry what storage holds from each day of the year to the next."""
    level, start, top, carried = (block.variables[name].data for name in ("level", "start", "top", "carried"))
    days, parts = case.calendar.days, {part.name: part for part in case.calendar.slices}
    linked, last = is_linked(case), last_of_days(case)

    @block.rule(SLICED, level if linked else [])
    def level_within_top(supply: str, site: str, period: int, part: str) -> Relation:
        """What storage holds in a typical day, beyond the day's least, is at most the most of the day."""
        return at_most(level[supply, site, period, part], top[supply, site, period, parts[part].day])

    @block.rule((*KEY, "day"), start if linked else [])
    def start_within_top(supply: str, site: str, period: int, day: int) -> Relation:
        """What storage holds at the start of a typical day, beyond the day's least, is at most the most of the day."""
        return at_most(start[supply, site, period, day], top[supply, site, period, day])

    @block.rule((*KEY, "day"), carried)
    def days_follow_one_another(supply: str, site: str, period: int, day: int) -> Relation:
        """What storage holds at the start of a day = what it holds at the end of the day before; the first day follows the last."""
        place = (supply, site, period)
        ends, begins = days[day - 1], days[day]
        held = carried[(*place, (day - 1) % len(days))] + level[(*place, last[ends])]
        return equal(carried[(*place, day)] + start[(*place, begins)] - held, 0)

    @block.rule((*KEY, "day"), carried)
    def day_within_energy(supply: str, site: str, period: int, day: int) -> Relation:
        """The least that storage holds in a day + the most of the day beyond it is at most its energy."""
        return at_most(carried[supply, site, period, day] + top[supply, site, period, days[day]], energy[supply, site, period])


def energy_of(block: Block, case: Case) -> dict[Key, Expression]:
    """MWh that storage can hold, by (supply, site, period): duration x capacity, or what was ordered as energy."""
    capacity = block.variables["capacity"].data
    own = block.variables["energy_capacity"].data
    found: dict[Key, Expression] = {}
    for key in capacity:
        if role_of(case, key[0]) == "storage":
            found[key] = own[key] if key in own else case.number("power", key[0], "duration", key[1]) * capacity[key]
    return found
