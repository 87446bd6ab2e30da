"""The year of a site as a linear program over its hours: least running cost of what is built.

Columns: output of each plant, power into and out of each store and what it holds, load that is not served, and what is billed. Load is
turned down at its price as far as it may be. Of the rest, and of all where there is no price, as little as possible is left unserved first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gwplan.analysis.dispatch.site_year import Floats, Plant, SiteYear
from gwplan.common.calendar import HOURS_A_DAY, HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.common.status import Status
from gwplan.inputs.hours import MONTH_OF_HOUR
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem

Whole = npt.NDArray[np.intp]
"""Numbers of columns."""
DEAREST = 10.0
"""Load that may not be turned down costs so many times the dearest energy, or its price: all else is used before."""
HOURS = np.arange(HOURS_A_YEAR)
INFINITE = np.inf
LEAST_BURNT = 1e-6
"""MW in and out at once below which nothing is burnt."""


@dataclass
class Rows:
    """Rows as they are added: lower <= sum of coefficient x column <= upper."""

    place: list[Whole] = field(default_factory=list)
    column: list[Whole] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    count: int = 0

    def add(self, terms: Sequence[tuple[Whole, Floats | float]], lower: Floats | float, upper: Floats | float, size: int) -> None:
        """`size` rows; each term gives, for each of them, a column and its coefficient."""
        place = np.arange(self.count, self.count + size)
        for columns, values in terms:
            self.place.append(place)
            self.column.append(columns)
            self.value.append(np.broadcast_to(np.asarray(values, dtype=float), (size,)))
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), (size,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), (size,)))
        self.count += size

    def sum_of(self, columns: Whole, values: Floats | float, lower: float, upper: float) -> None:
        """One row over many columns."""
        self.place.append(np.full(len(columns), self.count))
        self.column.append(columns)
        self.value.append(np.broadcast_to(np.asarray(values, dtype=float), (len(columns),)))
        self.lower.append(np.array([lower]))
        self.upper.append(np.array([upper]))
        self.count += 1


@dataclass
class Columns:
    """Columns as they are added, each at least 0: cost in USD and upper limit."""

    cost: list[Floats] = field(default_factory=list)
    most: list[Floats] = field(default_factory=list)
    count: int = 0

    def add(self, size: int, cost: Floats | float = 0.0, most: Floats | float = INFINITE) -> Whole:
        """The numbers of new columns."""
        self.cost.append(np.broadcast_to(np.asarray(cost, dtype=float), (size,)))
        self.most.append(np.broadcast_to(np.asarray(most, dtype=float), (size,)))
        self.count += size
        return np.arange(self.count - size, self.count)


@dataclass(frozen=True)
class Dispatched:
    """The year of a site, in MW by hour. cost: running cost in USD, load not served at its price, where it has one, included.

    sold: by connection, what is sold over it. beyond: what of the load not served may not be turned down. credits: USD of production
    tax credits, by which the cost is less.
    """

    year: SiteYear
    status: Status
    output: dict[str, Floats]
    charge: dict[str, Floats]
    discharge: dict[str, Floats]
    level: dict[str, Floats]
    unserved: Floats
    cost: float
    seconds: float
    reason: str = ""
    sold: dict[str, Floats] = field(default_factory=dict)
    beyond: Floats = field(default_factory=lambda: np.zeros(HOURS_A_YEAR))
    credits: float = 0.0


def run_year(year: SiteYear, options: Options) -> Dispatched:
    """The least running cost of a site over the year.

    Where energy is bought at a price below 0, or output earns a tax credit, storage that takes in and gives out at once would burn energy
    for money: in such an hour the smaller of the two flows is barred, and the year is run again.
    """
    found, barred, seconds = once(year, options, {}), dict[str, tuple[Whole, Whole]](), 0.0
    while more := burnt(year, found, barred):
        for name, hours in more.items():
            out = found.charge[name][hours] >= found.discharge[name][hours]
            into, over = barred.get(name, (HOURS[:0], HOURS[:0]))
            barred[name] = (np.append(into, hours[~out]), np.append(over, hours[out]))
        seconds += found.seconds
        found = once(year, options, barred)
    return replace(found, seconds=found.seconds + seconds)


def burnt(year: SiteYear, found: Dispatched, barred: dict[str, tuple[Whole, Whole]]) -> dict[str, Whole]:
    """Hours, by store, in which energy that is bought below 0, or all that earns a tax credit, goes in and out at once."""
    prices = [plant.bought for plant in year.plants if plant.bought is not None]
    cheap = np.min(prices, axis=0) < 0 if prices else np.zeros(HOURS_A_YEAR, dtype=bool)
    cheap |= any(plant.credit for plant in year.plants)
    both = {name: np.flatnonzero(cheap & (np.minimum(found.charge[name], found.discharge[name]) > LEAST_BURNT)) for name in found.charge}
    left = {name: np.setdiff1d(hours, np.concatenate(barred[name]) if name in barred else HOURS[:0]) for name, hours in both.items()}
    return {name: hours for name, hours in left.items() if len(hours)}


def once(year: SiteYear, options: Options, barred: dict[str, tuple[Whole, Whole]]) -> Dispatched:
    """The least running cost. barred: by store, hours in which it may not take in, and in which it may not give out."""
    columns, rows = Columns(), Rows()
    output = {plant.name: columns.add(HOURS_A_YEAR, plant.cost, plant.could) for plant in year.plants}
    flows = [{store.name: columns.add(HOURS_A_YEAR, 0.0, without(store.power, barred.get(store.name, ((), ()))[way]))
              for store in year.stores} for way in (0, 1)]
    charge, discharge = flows
    level = {store.name: columns.add(HOURS_A_YEAR, 0.0, store.energy) for store in year.stores}
    unserved, beyond = columns_of_loss(year, columns, rows)
    sold = {plant.name: columns.add(HOURS_A_YEAR, 0.0, np.where(plant.sold >= 0, plant.capacity, 0.0)) for plant in year.plants
            if plant.sold is not None}
    terms: list[tuple[Whole, Floats | float]] = [(each, 1.0) for each in (*output.values(), *discharge.values(), unserved, beyond)]
    rows.add([*terms, *((each, -1.0) for each in (*charge.values(), *sold.values()))], year.load, year.load, HOURS_A_YEAR)
    for store in year.stores:
        before = np.roll(level[store.name], 1)
        rows.add([(level[store.name], 1.0), (before, -1.0), (charge[store.name], -store.one_way),
                  (discharge[store.name], 1 / store.one_way)], 0.0, 0.0, HOURS_A_YEAR)
        rows.add([(charge[store.name], 1.0), (discharge[store.name], 1.0)], 0.0, store.power, HOURS_A_YEAR)
    brought = [output[plant.name] for plant in year.plants if plant.role == "contract"]
    if brought or sold:
        wired = [plant for plant in year.plants if plant.wired]
        room = np.sum([plant.could for plant in wired], axis=0) if wired else 0.0
        rows.add([(each, 1.0) for each in (*brought, *(output[plant.name] for plant in wired), *sold.values())], 0.0, room, HOURS_A_YEAR)
    for plant in year.plants:
        limit_plant(plant, output[plant.name], columns, rows)
        bill_plant(plant, output[plant.name], year, columns, rows)
        bill_energy(plant, output[plant.name], sold.get(plant.name), columns, rows)
    credited = credit_plants(year, output, columns, rows)
    found, seconds, reason, status = solved(columns, rows, options)
    if found is None:
        nothing = np.zeros(HOURS_A_YEAR)
        return Dispatched(year, status, {}, {}, {}, {}, nothing, np.nan, seconds, reason)
    x, cost = found
    # The price of the program, of what may not be turned down, is no price of anybody's.
    cost -= (dearer_than_all(year) - (year.lost_price or 0.0)) * float(x[beyond].sum())

    def of(places: dict[str, Whole]) -> dict[str, Floats]:
        return {name: x[place] for name, place in places.items()}

    return Dispatched(year, status, of(output), of(charge), of(discharge), of(level), x[unserved] + x[beyond], cost, seconds, reason,
                      of(sold), x[beyond],
                      sum(plant.credit * float(x[credited[plant.name]].sum()) for plant in year.plants if plant.name in credited))


def without(power: float, hours: Whole | tuple[()]) -> Floats:
    """Power in each hour, but for those that are barred."""
    found = np.full(HOURS_A_YEAR, power)
    found[np.asarray(hours, dtype=np.intp)] = 0.0
    return found


def columns_of_loss(year: SiteYear, columns: Columns, rows: Rows) -> tuple[Whole, Whole]:
    """Load that is turned down, at its price, within what may be; and all other load that is not served."""
    down = np.zeros(HOURS_A_YEAR) if year.lost_price is None else year.load if year.down is None else year.down
    unserved = columns.add(HOURS_A_YEAR, year.lost_price or 0.0, down)
    beyond = columns.add(HOURS_A_YEAR, dearer_than_all(year), year.load)
    if year.lost_price is not None and year.down is not None:
        rows.sum_of(unserved, 1.0, 0.0, year.down_mwh)
        rows.add([(unserved, 1.0), (beyond, 1.0)], 0.0, year.load, HOURS_A_YEAR)
    return unserved, beyond


def dearer_than_all(year: SiteYear) -> float:
    """USD/MWh above all that serving a MWh could cost, demand charges of one hour included: what may not be turned down is served first."""
    dearest = max((float(np.max(plant.cost + (0.0 if plant.bought is None else plant.bought))) for plant in year.plants), default=0.0)
    billed = (MONTHS_A_YEAR * (plant.monthly + plant.tier) + plant.coincident * sum(year.windows) for plant in year.plants)
    demand = max(billed, default=0.0)
    return DEAREST * max(dearest, year.lost_price or 0.0, 1.0) + demand


def credit_plants(year: SiteYear, output: dict[str, Whole], columns: Columns, rows: Rows) -> dict[str, Whole]:
    """Output of the year that earns a tax credit, in MWh, by plant: at most the output, and what may earn it."""
    credited = {plant.name: columns.add(1, -plant.credit, plant.credited) for plant in year.plants if plant.credit}
    for name, amount in credited.items():
        rows.sum_of(np.concatenate([output[name], amount]), np.concatenate([np.ones(HOURS_A_YEAR), [-1.0]]), 0.0, INFINITE)
    return credited


def limit_plant(plant: Plant, output: Whole, columns: Columns, rows: Rows) -> None:
    """Hours of running, minimum load and ramp of a plant."""
    if not np.isnan(plant.yearly):
        rows.sum_of(output, 1.0, 0.0, plant.yearly * HOURS_A_YEAR)
    if plant.minimum_load > 0:
        days = columns.add(HOURS_A_YEAR // HOURS_A_DAY, 0.0, plant.capacity)
        share = plant.could / plant.capacity
        of_day = days[HOURS // HOURS_A_DAY]
        rows.add([(output, 1.0), (of_day, -share)], -INFINITE, 0.0, HOURS_A_YEAR)
        rows.add([(output, 1.0), (of_day, -plant.minimum_load * share)], 0.0, INFINITE, HOURS_A_YEAR)
    if not np.isnan(plant.ramp):
        most = plant.ramp * plant.capacity
        rows.add([(output, 1.0), (np.roll(output, 1), -1.0)], -most, most, HOURS_A_YEAR)


def bill_energy(plant: Plant, output: Whole, sold: Whole | None, columns: Columns, rows: Rows) -> None:
    """A bill for energy: what is bought less what is sold, the minimum take at least, and never below 0."""
    if plant.bought is None:
        return
    bill, names, prices = columns.add(1, 1.0), [output], [-plant.bought]
    if sold is not None and plant.sold is not None:
        names, prices = [output, sold], [-plant.bought, plant.sold]
        rows.add([(output, 1.0), (sold, 1.0)], 0.0, plant.capacity, HOURS_A_YEAR)
    rows.sum_of(np.concatenate([*names, bill]), np.concatenate([*prices, [1.0]]), 0.0, INFINITE)
    rows.sum_of(bill, 1.0, plant.take, INFINITE)


def bill_plant(plant: Plant, output: Whole, year: SiteYear, columns: Columns, rows: Rows) -> None:
    """What a supplier bills for demand: by month, with the ratchet, and in the hours of the grid's peak."""
    if plant.monthly or plant.tier:
        billed, highest = columns.add(MONTHS_A_YEAR, plant.monthly), columns.add(1)
        rows.add([(billed[MONTH_OF_HOUR], 1.0), (output, -1.0)], 0.0, INFINITE, HOURS_A_YEAR)
        rows.add([(np.repeat(highest, HOURS_A_YEAR), 1.0), (output, -1.0)], 0.0, INFINITE, HOURS_A_YEAR)
        rows.add([(billed, 1.0), (np.repeat(highest, MONTHS_A_YEAR), -plant.ratchet)], 0.0, INFINITE, MONTHS_A_YEAR)
        rows.add([(billed, 1.0)], plant.billed, INFINITE, MONTHS_A_YEAR)
        if plant.tier:
            above = columns.add(MONTHS_A_YEAR, plant.tier)
            rows.add([(above, 1.0), (billed, -1.0)], -plant.tier_from, INFINITE, MONTHS_A_YEAR)
    for share, hours in year.windows.items() if plant.coincident else ():
        peak = columns.add(1, plant.coincident * share)
        rows.add([(np.full(len(hours), peak[0]), 1.0), (output[hours], -1.0)], 0.0, INFINITE, len(hours))


def solved(columns: Columns, rows: Rows, options: Options) -> tuple[tuple[Floats, float] | None, float, str, Status]:
    """The least cost, and the plan that has it; upper limits of columns are rows of one entry."""
    most = np.concatenate(columns.most)
    held = np.flatnonzero(np.isfinite(most))
    rows.add([(held, 1.0)], 0.0, most[held], len(held))
    shape = (rows.count, columns.count)
    matrix = sparse.csc_array((np.concatenate(rows.value), (np.concatenate(rows.place), np.concatenate(rows.column))), shape=shape)
    lower, upper = np.concatenate(rows.lower), np.concatenate(rows.upper)
    arrays = Arrays(matrix, lower, upper, np.zeros(columns.count, dtype=bool), [None] * columns.count, {}, [None] * rows.count, [])  # type: ignore[list-item]
    cost = Cost("running", False, np.concatenate(columns.cost), 0.0, None, 0.0)
    found = solve_problem(Problem(arrays, cost), options)
    return (None if found.x is None else (found.x, found.objective)), found.seconds, found.reason, found.status
