"""The ways to the first megawatt of each site: firm grid, interim connection, own generation, bridge; and what waiting for the grid costs.

Of each way the supply that serves first counts, of several at once the cheapest. Costs are per MW of firm power, at the date of the order
for the first service, in the model's dollars; they are of the tables, not of the plan. Sites without a load,
and what the model excludes, are left out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from gwplan.common.calendar import ALMOST, HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.common.constants import KILO, MEGA
from gwplan.model.choices import excluded_places
from gwplan.model.existing_assets import already_open, first_period
from gwplan.model.parts.power.firmness import credit_of
from gwplan.model.parts.power.interim import is_interim
from gwplan.model.parts.power.money import fuel_price
from gwplan.model.parts.power.supplies import (
    is_bought,
    is_connection,
    is_rented,
    life_years,
    lost_load_price,
    offered,
    role_of,
    served_sites,
    services,
    set_by,
    steps_to_service,
)
from gwplan.results.first_power import SET_BY

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.results.run_folder import RunFolder

FIRM, INTERIM, OWN, BRIDGE = "firm grid", "interim", "own generation", "bridge"
WAYS = (FIRM, INTERIM, OWN, BRIDGE)
GROUND = "ground of the site"
UNSERVED, COMPUTE = "price of load that is not served", "value of the plan's compute"


@dataclass(frozen=True)
class Way:
    """The first supply of a way at a site.

    power: MW of firm power on offer at that date; capital: MUSD/MW; yearly: MUSD/MW a year of upkeep, charges and rent; energy: USD/MWh;
    limit: what sets the date; months: from the order, of a queue None; built: the plan's most MW of all supplies of this way.
    """

    site: str
    way: str
    supply: str
    date: str
    power: float
    capital: float
    yearly: float
    energy: float
    limit: str
    months: float | None
    built: float


@dataclass(frozen=True)
class Wait:
    """A site's bridge against waiting for its firm connection, per MW that runs in all hours.

    until: its date; blank where it has none within the horizon. years: from the bridge to it, or to the end of the horizon. lost: MUSD of
    what would run meanwhile, without what it costs to have it; bridged: MUSD of the price and the rent of whole terms, and of energy beyond
    that of the grid.
    """

    site: str
    since: str
    until: str
    years: float
    lost: float | None
    bridged: float


@dataclass(frozen=True)
class WaysToPower:
    """Ways by site in the order of their dates, what waiting costs, and what a MW that does not run is valued by (blank: nothing)."""

    ways: list[Way]
    waits: list[Wait]
    valued_by: str

    def as_json(self) -> dict[str, Any]:
        """Rows of both."""
        return {"ways": [asdict(each) for each in self.ways], "waits": [asdict(each) for each in self.waits], "valued_by": self.valued_by}


def ways_to_power(run: RunFolder) -> WaysToPower:
    """The ways of all sites of a run's case. InputFaults where its inputs cannot be read any more."""
    from gwplan.analysis.explain.resolve import model_of
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    case = read(Request(model_of(run)))
    ways = all_ways(case, most_built(run))
    value, by = lost_value(case, run)
    waits = [wait_of(case, each, next((way for way in ways if (way.site, way.way) == (each.site, FIRM)), None), value)
             for each in ways if each.way == BRIDGE]
    return WaysToPower(ways, [each for each in waits if each.years > 0], by)


def all_ways(case: Case, built: dict[tuple[str, str], float]) -> list[Way]:
    """The ways of all sites at which power may be used. built: the plan's most MW, by (supply, site)."""
    return [way for site in served_sites(case) for way in ways_of(case, site, built)]


def way_of(case: Case, supply: str, site: str) -> str:
    """The way that a supply is; blank for what cannot serve a load alone, or has no firm power."""
    if role_of(case, supply) != "prime" or not credit_of(case, supply, site):
        return ""
    if is_rented(case, supply, site):
        return BRIDGE
    if is_connection(case, supply, site):
        return INTERIM if is_interim(case, supply, site) else FIRM
    return OWN


def ways_of(case: Case, site: str, built: dict[tuple[str, str], float]) -> list[Way]:
    """The first supply of each way at a site, by date."""
    found: dict[str, list[tuple[int, float, Way]]] = {}
    totals: dict[str, float] = {}
    excluded, there = excluded_places(case), already_open(case).get(site, len(case.calendar.periods))
    opens = min(first_period(case, "sites", site), there)
    for supply, _ in offered(case, site):
        way = way_of(case, supply, site)
        orders = services(case, supply, site) if way and ("power", supply, site) not in excluded else {}
        if way:
            totals[way] = totals.get(way, 0.0) + built.get((supply, site), 0.0)
        waits = min(orders.values(), default=opens) < opens
        orders = {order: service for order, service in orders.items() if service >= opens}
        if orders:
            order, service = min(orders.items(), key=lambda pair: (pair[1], -pair[0]))
            one = as_way(case, (supply, site), (order, service), way)
            one = replace(one, limit=GROUND, months=None) if waits and service == opens else one
            found.setdefault(way, []).append((service, one.capital / life_years(case, supply, site) + one.yearly
                                              + one.energy * HOURS_A_YEAR / MEGA, one))
    first = [min(some, key=lambda each: each[:2]) for some in found.values()]
    order_of = {name: number for number, name in enumerate(WAYS)}
    ranked = sorted(first, key=lambda each: (each[0], order_of[each[2].way]))
    return [Way(**{**asdict(one), "built": totals[one.way]}) for _, _, one in ranked]


def as_way(case: Case, pair: tuple[str, str], when: tuple[int, int], way: str) -> Way:
    """A supply as a way, ordered in a period for service in another."""
    (supply, site), (order, service) = pair, when
    credit = credit_of(case, supply, site)
    price = case.number("power", supply, "price", site, order) * (1 + case.number("power", supply, "contingency", site))
    yearly = sum(case.number("power", supply, name, site, service) for name in ("fixed_upkeep", "demand_charge"))
    yearly += MONTHS_A_YEAR * case.number("power", supply, "rent", site, service)
    energy = case.number("power", supply, "running_price", site, service) + fuel_price(case, supply, site, service)
    energy += case.number("power", supply, "energy_price", site, service) if is_bought(case, supply, site) else 0.0
    by = set_by(case, supply, site, order)
    steps = steps_to_service(case, supply, site, order)
    most = case.get("power", supply, "most", site, service) or 0.0
    return Way(site, way, supply, case.calendar.names[service], most * credit, price / credit, yearly / credit, energy, SET_BY[by],
               steps.get(by), 0.0)


def most_built(run: RunFolder) -> dict[tuple[str, str], float]:
    """The most MW of a supply in any period, by (supply, site)."""
    frame = run.table("power.capacity")
    found: dict[tuple[str, str], float] = {}
    for supply, site, value in zip(frame["supply"], frame["site"], frame["value"], strict=True) if len(frame) else ():
        found[str(supply), str(site)] = max(found.get((str(supply), str(site)), 0.0), float(value))
    return found


def lost_value(case: Case, run: RunFolder) -> tuple[float | None, str]:
    """MUSD a year of a MW that does not run, and what it is valued by: the plan's compute, at its rent, or load that is not served."""
    it, compute = run.summary.get("it_mw") or [], run.summary.get("compute_kh100e") or []
    full = max(range(len(it)), key=lambda period: float(it[period]), default=None)
    priced = "compute" in case.items("value") and case.get("compute", "compute", "value", period=full or 0) is not None
    if full is not None and it[full] > 0 and priced:
        value = case.number("compute", "compute", "value", period=full)
        meter = float(run.summary["facility_mw"][full])
        return value * HOURS_A_YEAR / KILO * float(compute[full]) / meter, COMPUTE
    price = lost_load_price(case)
    return (None, "") if price is None else (price * HOURS_A_YEAR / MEGA, UNSERVED)


def wait_of(case: Case, bridge: Way, grid: Way | None, value: float | None) -> Wait:
    """A bridge against waiting for the grid."""
    names = case.calendar.names
    since, until = names.index(bridge.date), names.index(grid.date) if grid is not None else len(names)
    years = max(0, until - since) / case.calendar.steps_a_year
    life = life_years(case, bridge.supply, bridge.site)
    terms = max(1, ceil(years / life - ALMOST))
    rent = terms * (bridge.capital + bridge.yearly * life)
    dearer = (bridge.energy - grid.energy if grid is not None else bridge.energy) * HOURS_A_YEAR / MEGA * years
    return Wait(bridge.site, bridge.date, "" if grid is None else grid.date, years, None if value is None else value * years, rent + dearer)
