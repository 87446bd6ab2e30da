"""What a site has and needs in a period of a plan, in all 8,760 hours of a year."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.constants import MEGA
from gwplan.inputs.case import Case
from gwplan.inputs.profiles import PRICE
from gwplan.model.parts import demand
from gwplan.model.parts.cooling import load_shape, ratio
from gwplan.model.parts.power.credits import eligible, granted
from gwplan.model.parts.power.interim import cut_parts
from gwplan.model.parts.power.money import fuel_price
from gwplan.model.parts.power.storage import one_way
from gwplan.model.parts.power.supplies import (
    cut_share,
    is_bought,
    is_connection,
    limits,
    lost_load_price,
    minimum_take,
    potential,
    role_of,
    services,
    yearly_given,
)
from gwplan.model.parts.power.table import SHORTFALL
from gwplan.model.parts.power.tariff import earlier
from gwplan.results.run_folder import RunFolder

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plant:
    """A supply at a site: capacity in MW, what it could give per hour in MW, USD/MWh that it costs, and its limits.

    cost: of running and fuel. bought, sold: USD/MWh of energy bought and sold, over the hours; None where none is. yearly: most mean output
    in MW, nan for no limit. take: least bill for energy, in USD. monthly, tier, coincident: USD/MW of the demand billed for a month, of it
    beyond `tier_from`, and in the hours of the grid's peak. ratchet: share of the highest month billed at least; billed: MW at least.
    credit: USD/MWh of tax credit for output, at most of `credited` MWh of the year.
    """

    name: str
    role: str
    capacity: float
    could: Floats
    cost: float
    bought: Floats | None = None
    sold: Floats | None = None
    wired: bool = False
    yearly: float = np.nan
    take: float = 0.0
    monthly: float = 0.0
    tier: float = 0.0
    tier_from: float = 0.0
    coincident: float = 0.0
    minimum_load: float = 0.0
    ramp: float = np.nan
    ratchet: float = 0.0
    billed: float = 0.0
    credit: float = 0.0
    credited: float = 0.0


@dataclass(frozen=True)
class Store:
    """Storage at a site: MW in or out, MWh, efficiency one way."""

    name: str
    power: float
    energy: float
    one_way: float


@dataclass(frozen=True)
class SiteYear:
    """A site in a period: its load in MW by hour, plants, stores, and what load that is not served costs (None: it may not be).

    windows: hours that may be the grid's peak, by the share of the charge that they carry. down: MW that may be turned down in each hour,
    and down_mwh in the year; None where all of the load may go unserved at its price.
    """

    site: str
    period: int
    load: Floats
    plants: list[Plant]
    stores: list[Store]
    lost_price: float | None
    windows: dict[float, list[int]] = field(default_factory=dict)
    down: Floats | None = None
    down_mwh: float = 0.0


def site_year(case: Case, run: RunFolder, site: str, period: int) -> SiteYear:
    """A site as a run has it in a period. case: of the run, with all hours of the year."""
    name = case.calendar.periods[period].name
    capacity = by_supply(run, "power.capacity", site, name)
    energy = by_supply(run, "power.energy_capacity", site, name)
    plants, stores = [], []
    for supply, power in capacity.items():
        if role_of(case, supply) == "storage":
            duration = case.get("power", supply, "duration", site)
            held = energy.get(supply, 0.0) if duration is None else duration * power
            stores.append(Store(supply, power * case.number("power", supply, "availability", site), held, one_way(case, supply, site)))
        else:
            plants.append(plant(case, run, (supply, site, period), power))
    price = lost_load_price(case)
    assert case.hours is not None
    number = {part.name: hour for hour, part in enumerate(case.hours.slices)}
    windows = {share: [number[part] for part in parts] for share, parts in case.hours.windows(site).items()}
    load = load_of(case, run, site, period)
    if price is None:
        return SiteYear(site, period, load, plants, stores, price, windows)
    share, hours = (case.number("power", SHORTFALL, name, site, period) for name in ("curtailable", "curtailable_hours"))
    return SiteYear(site, period, load, plants, stores, price, windows, share * load, hours * float(load.mean()))


def by_supply(run: RunFolder, table: str, site: str, period: str) -> dict[str, float]:
    """A table of a run at a site in a period, by supply."""
    frame = run.table(table)
    if not len(frame):
        return {}
    rows = frame[(frame["site"] == site) & (frame["period"] == period)]
    return {str(supply): float(value) for supply, value in zip(rows["supply"], rows["value"], strict=True) if value > 0}


def plant(case: Case, run: RunFolder, key: tuple[str, str, int], power: float) -> Plant:
    """A supply with the capacity that it has at a site in a period."""
    (supply, site, period), year = key, case.hours
    assert year is not None
    rate = {name: case.number("power", supply, name, site, period) for name in
            ("running_price", "monthly_charge", "tier_charge", "coincident_charge", "export_price")}
    shape = year.series.get((site, PRICE), np.ones(HOURS_A_YEAR))
    role, wired, bought = role_of(case, supply), is_connection(case, supply, site), is_bought(case, supply, site)
    energy = case.number("power", supply, "energy_price", site, period) if bought else 0.0
    most = [limit for name, limit in limits(case, supply, site).items() if name != "availability"]
    steered = role in ("prime", "backup")
    signed = by_supply(run, "power.contracted", site, case.calendar.periods[period].name).get(supply, 0.0)
    ratchet = case.number("power", supply, "ratchet", site) if wired else 0.0
    share = cut_share(case, supply, site, period)
    parts = cut_parts(case, site, share) if share else {}
    credit, credited = credited_in(case, run, key)
    return Plant(
        supply, role, power, power * potential(case, supply, site) * np.array([1 - parts.get(part.name, 0.0) for part in year.slices]),
        cost=rate["running_price"] + fuel_price(case, supply, site, period),
        bought=energy * shape if bought else None,
        sold=rate["export_price"] * shape if wired and rate["export_price"] else None,
        wired=wired,
        yearly=min(most) * power if most and steered else np.nan,
        take=minimum_take(case, supply, site) * energy * HOURS_A_YEAR * signed,
        monthly=MEGA * rate["monthly_charge"],
        tier=MEGA * rate["tier_charge"],
        tier_from=case.number("power", supply, "tier_from", site),
        coincident=MEGA * rate["coincident_charge"],
        minimum_load=case.number("power", supply, "minimum_load", site) if steered else 0.0,
        ramp=case.get("power", supply, "ramp", site) or np.nan if steered else np.nan,
        ratchet=ratchet,
        billed=ratchet * remembered(case, run, key),
        credit=credit,
        credited=credited,
    )


def credited_in(case: Case, run: RunFolder, key: tuple[str, str, int]) -> tuple[float, float]:
    """USD/MWh of the production tax credit of a supply, and the MWh of a year that may earn it: of what entered service in time for it."""
    supply, site, period = key
    shares, unit = eligible(case, supply, site).get(period, {}), case.number("power", supply, "unit", site)
    orders, megawatts = services(case, supply, site), 0.0
    for name, service in ((case.calendar.periods[order].name, service) for order, service in orders.items() if service in shares):
        megawatts += shares[service] * unit * by_supply(run, "power.ordered", site, name).get(supply, 0.0)
    rate = max(granted(case, supply, site).values(), default=0.0)
    return (rate, megawatts * yearly_given(case, supply, site) * HOURS_A_YEAR) if megawatts else (0.0, 0.0)


def remembered(case: Case, run: RunFolder, key: tuple[str, str, int]) -> float:
    """The highest import of the twelve months before, in MW: that of the plan, and in its first year that before it."""
    supply, site, period = key
    before = [case.calendar.periods[each].name for each in earlier(case, period) if each < period]
    frame = run.table("power.month_peak")
    rows = frame[(frame["site"] == site) & (frame["supply"] == supply) & frame["period"].isin(before)] if len(frame) else frame
    first = case.number("power", supply, "highest_before", site) if period < case.calendar.steps_a_year else 0.0
    return max(first, float(rows["value"].max()) if len(rows) else 0.0)


def load_of(case: Case, run: RunFolder, site: str, period: int) -> Floats:
    """Load at the meter in MW by hour: that of halls by their cooling, and that which is given."""
    assert case.hours is not None
    slices, load = case.hours.slices, np.zeros(HOURS_A_YEAR)
    for cooling, mean in it_mean(run, site, case.calendar.periods[period].name).items():
        load += mean * np.array([ratio(case, cooling, (site, period), part.name) * load_shape(case, part.name) for part in slices])
    for item in case.items("demand"):
        power = taken_of(case, run, item, site, period) * case.number("demand", item, "mean_share", site, period)
        if power:
            load += power * np.array([demand.shape(case, item, part.name) for part in slices])
    return load


def taken_of(case: Case, run: RunFolder, item: str, site: str, period: int) -> float:
    """MW of a load that is given, or of one that is taken up as it is served."""
    if not demand.is_as_served(case, item):
        return case.get("demand", item, "power", site, period) or 0.0
    frame = run.table("demand.taken")
    rows = frame[(frame["load"] == item) & (frame["site"] == site) & (frame["period"] == case.calendar.periods[period].name)]
    return float(rows["value"].sum())


def it_mean(run: RunFolder, site: str, period: str) -> dict[str, float]:
    """Mean IT power on the planner's meter, by kind of cooling."""
    frame = run.table("account.it_mean")
    if not len(frame):
        return {}
    rows = frame[(frame["site"] == site) & (frame["period"] == period) & (frame["tenure"] != "hosted")]
    return {str(cooling): float(value) for cooling, value in rows.groupby("cooling")["value"].sum().items()}
