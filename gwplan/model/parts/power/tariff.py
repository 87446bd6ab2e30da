"""Tariffs of grid connections by the hour: energy at each hour's price, demand by month, tiers, the hours of the grid's own peak, export.

What is billed for demand in a month is its highest import, and never less than the ratchet's share of the highest of the twelve months
before it and of the other months of the same year, so that it is remembered across New Year. What is sold is set against the bill.
"""

from __future__ import annotations

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.inputs.case import Case
from gwplan.inputs.profiles import PRICE
from gwplan.model.block import Block, Expression, Key, Relation, Variables, at_least, at_most, total
from gwplan.model.ledger import Ledger
from gwplan.model.parts.power.hourly import served
from gwplan.model.parts.power.money import bind_minimum_take, price_in
from gwplan.model.parts.power.supplies import is_connection, offered
from gwplan.model.parts.power.table import KEY, SLICED

MONTHLY = (*KEY, "month")


def shape(case: Case, site: str, part: str) -> float:
    """Price of energy in a slice over its mean of the year."""
    assert case.hours is not None
    value = case.hours.value(site, PRICE, part)
    return 1.0 if value is None else value


def charged(case: Case, quantity: str) -> list[tuple[str, str]]:
    """(supply, site) of grid connections with a charge in some period."""
    periods = range(len(case.calendar.periods))
    return [pair for pair in offered(case) if is_connection(case, *pair)
            and any(case.number("power", pair[0], quantity, pair[1], period) for period in periods)]


def windows(case: Case, site: str) -> dict[float, list[str]]:
    """Slices with an hour that may be the grid's peak, by the share of the coincident charge that the hour carries."""
    return {} if case.hours is None else case.hours.windows(site)


def decide_tariff(block: Block, case: Case, ledger: Ledger) -> None:
    """Highest imports by month and in the hours of the grid's peak; what is exported; and what demand costs."""
    periods, months = served(case), range(MONTHS_A_YEAR)
    tiered = charged(case, "tier_charge")
    demand = [pair for pair in offered(case) if pair in {*charged(case, "monthly_charge"), *tiered}]
    keys = [(*pair, period, month) for pair in demand for period in periods[pair] for month in months]
    peak = block.variable("month_peak", MONTHLY, keys, unit="MW", doc="highest import of a month of the year")
    billed = block.variable("billed_demand", MONTHLY, peak, unit="MW", doc="demand that is billed for a month of the year")
    tiers = [key for key in keys if key[:2] in tiered]
    above = block.variable("tier_demand", MONTHLY, tiers, unit="MW", doc="billed demand of a month beyond the first tier")
    shared = [pair for pair in charged(case, "coincident_charge") if windows(case, pair[1])]
    grid = block.variable("coincident_demand", (*KEY, "window"), [(*pair, period, share) for pair in shared for period in periods[pair]
                                                                  for share in windows(case, pair[1])],
                          unit="MW", doc="highest import in the hours that may be the grid's peak")
    sold = charged(case, "export_price")
    selling = [(*pair, period, part.name) for pair in sold for period in periods[pair] for part in case.calendar.slices
               if shape(case, pair[1], part.name) >= 0]
    block.variable("exported", SLICED, selling, unit="MW", doc="power sold to the grid, at prices not below 0: else buying and selling at "
                                                                "once would earn money")
    for supply, site in dict.fromkeys((*demand, *shared)):
        paid: dict[int, Expression] = {}
        for n in periods[supply, site]:
            years = case.calendar.periods[n].years
            rate = {name: case.number("power", supply, name, site, n) for name in ("monthly_charge", "tier_charge", "coincident_charge")}
            each = [(supply, site, n, month) for month in months]
            paid[n] = years * total([
                *(rate["monthly_charge"] * billed[key] for key in each if key in billed),
                *(rate["tier_charge"] * above[key] for key in each if key in above),
                *(rate["coincident_charge"] * share * amount for (*place, share), amount in grid.items() if place == [supply, site, n]),
            ])
        ledger.pay("running", "power", "power", (supply, site, "utilities"), paid)


def bind_tariff(block: Block, case: Case) -> None:
    """Bills for bought energy at each hour's price, and for demand."""
    bind_energy(block, case)
    bind_minimum_take(block, case)
    bind_months(block, case)
    bind_ratchet(block, case)
    bind_grid_peak(block, case)


def bind_energy(block: Block, case: Case) -> None:
    """Energy is paid at the price of its hour, and what is sold is set against it."""
    output, bill, exported, capacity = (block.variables[name].data for name in ("output", "bill", "exported", "capacity"))

    def at_its_hour(energy: Variables, place: Key) -> Expression:
        """Mean power over the year, weighted by the price of each hour."""
        _, site, _ = place
        return total(part.share * shape(case, site, part.name) * energy[(*place, part.name)] for part in case.calendar.slices
                     if (*place, part.name) in energy)

    @block.rule(KEY, bill)
    def bill_pays_each_hour(supply: str, site: str, period: int) -> Relation:
        """The bill is at least energy price x output - export price x what is sold, x hours, at the price of each hour; never below 0."""
        place = (supply, site, period)
        used, sold = at_its_hour(output, place), at_its_hour(exported, place)
        return at_least(bill[place] - price_in(case, place) * used + price_in(case, place, "export_price") * sold, 0)

    @block.rule(SLICED, exported)
    def exports_or_imports(supply: str, site: str, period: int, part: str) -> Relation:
        """Power bought and sold over a connection together is at most its capacity."""
        key = (supply, site, period, part)
        return at_most(exported[key] + output[key], capacity[supply, site, period])


def bind_months(block: Block, case: Case) -> None:
    """Demand is billed by the highest import of each month, and beyond the first tier once more."""
    output, peak, billed, above = (block.variables[name].data for name in ("output", "month_peak", "billed_demand", "tier_demand"))
    occurring = {month: [part.name for part in case.calendar.slices if month in part.months] for month in range(MONTHS_A_YEAR)}
    rows = [(*place, month, part) for *place, month in peak for part in occurring[month]]

    @block.rule((*MONTHLY, "slice"), rows)
    def month_peak_is_highest(supply: str, site: str, period: int, month: int, part: str) -> Relation:
        """The highest import of a month is at least the import in each slice that occurs in it."""
        return at_least(peak[supply, site, period, month] - output[supply, site, period, part], 0)

    @block.rule(MONTHLY, billed)
    def billed_is_month_peak(supply: str, site: str, period: int, month: int) -> Relation:
        """Billed demand is at least the highest import of the month."""
        return at_least(billed[supply, site, period, month] - peak[supply, site, period, month], 0)

    @block.rule(MONTHLY, above)
    def tier_demand_is_above(supply: str, site: str, period: int, month: int) -> Relation:
        """Demand of the second tier is at least billed demand less the first tier."""
        first = case.number("power", supply, "tier_from", site)
        return at_least(above[supply, site, period, month] - billed[supply, site, period, month], -first)


def bind_ratchet(block: Block, case: Case) -> None:
    """Billed demand remembers the highest import of twelve months."""
    peak, billed = block.variables["month_peak"].data, block.variables["billed_demand"].data
    held = [key for key in billed if case.number("power", key[0], "ratchet", key[1])]
    remembered = [(supply, site, period, month, before, other) for supply, site, period, month in held for before in earlier(case, period)
                  for other in range(MONTHS_A_YEAR) if (supply, site, before, other) in peak and (before, other) != (period, month)]
    early = [(supply, site, period, month) for supply, site, period, month in held
             if period < case.calendar.steps_a_year and case.number("power", supply, "highest_before", site)]

    @block.rule((*MONTHLY, "earlier", "other_month"), remembered)
    def billed_remembers(supply: str, site: str, period: int, month: int, before: int, other: int) -> Relation:
        """Billed demand is at least the ratchet's share of the highest import of each other month, of this year and of the year before."""
        share = case.number("power", supply, "ratchet", site)
        return at_least(billed[supply, site, period, month] - share * peak[supply, site, before, other], 0)

    @block.rule(MONTHLY, early)
    def billed_remembers_before(supply: str, site: str, period: int, month: int) -> Relation:
        """In the first year billed demand is at least the ratchet's share of the highest import before the plan begins."""
        share = case.number("power", supply, "ratchet", site)
        return at_least(billed[supply, site, period, month], share * case.number("power", supply, "highest_before", site))


def bind_grid_peak(block: Block, case: Case) -> None:
    """Demand in the hours that may be the grid's own peak."""
    output, grid = block.variables["output"].data, block.variables["coincident_demand"].data
    rows = [(supply, site, period, window, part) for supply, site, period, window in grid for part in windows(case, site)[window]]

    @block.rule((*KEY, "window", "slice"), rows)
    def coincident_is_highest(supply: str, site: str, period: int, window: float, part: str) -> Relation:
        """Demand at the grid's peak is at least the import in each slice with an hour that may be it."""
        return at_least(grid[supply, site, period, window] - output[supply, site, period, part], 0)


def earlier(case: Case, period: int) -> list[int]:
    """The period itself and those of the twelve months before it."""
    return [before for before in range(period - case.calendar.steps_a_year, period + 1) if before >= 0]

