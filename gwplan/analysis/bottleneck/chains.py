"""The chains of lead times that set the first power of each site: halls or leased room, power, systems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.model.parts import halls, power
from gwplan.model.systems import arrivals
from gwplan.results.first_power import SET_BY, in_leased_room, leased_chains, soonest_chains
from gwplan.results.tables import level, levels

if TYPE_CHECKING:
    from gwplan.model.assemble import Plan

LEAST = 1e-6
Step = tuple[int, int, str]
"""Period of the order, of service, and what is ordered."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain of a site. Periods by name, months in whole periods.

    first: of IT power at the site; soonest: the earliest that the chain allows; slack: months by which the chain could be later without
    delaying the first power; sets: True for the chain with the least slack, if it has none. item, ordered and served: the first order of
    the plan in this chain; blank for none, such as an existing asset.
    step: of power, what sets the service of that order: its lead time, air permit, gas line, transformer and breaker, or the queue.
    """

    site: str
    first: str
    name: str
    soonest: str
    slack: int
    sets: bool
    item: str
    ordered: str
    served: str
    step: str = ""


def chains(plan: Plan) -> list[Chain]:
    """The chains of each site with IT power, by its first period; none without the parts sites, halls, accelerators and power."""
    if not {"sites", "halls", "accelerators", "power"} <= set(plan.blocks):
        return []
    first = first_powers(plan)
    return [chain for site in sorted(first, key=lambda site: (first[site], site)) for chain in of_site(plan, site, first[site])]


def first_powers(plan: Plan) -> dict[str, int]:
    """The first period of IT power of each site that has any."""
    found: dict[str, int] = {}
    for key, value in levels(plan.blocks["accelerators"].variables["running"]).items():
        if value > LEAST:
            found[key[1]] = min(key[-1], found.get(key[1], key[-1]))
    return found


def of_site(plan: Plan, site: str, first: int) -> Iterator[Chain]:
    """The chains of one site whose first IT power is in a period."""
    calendar = plan.case.calendar
    soonest = leased_chains(plan, site) if in_leased_room(plan, site, first) else soonest_chains(plan, site)
    last = max(soonest.values(), default=first)
    for name, period in soonest.items():
        item, ordered, served = planned(plan, name, site)
        step = SET_BY[power.set_by(plan.case, item, site, calendar.names.index(ordered))] if name == "power" and item else ""
        months = (first - period) * calendar.periods[0].months
        yield Chain(site, calendar.names[first], name, calendar.names[period], months, period == last == first, item, ordered, served,
                    step)


def planned(plan: Plan, name: str, site: str) -> tuple[str, str, str]:
    """The first order of a chain in the plan: what, ordered when, in service when; blank if there is none."""
    steps = {"halls": hall_steps, "power": power_steps, "systems": system_steps}
    found = min(steps[name](plan, site), key=lambda step: (step[1], step[0], step[2]), default=None) if name in steps else None
    if found is None:
        return "", "", ""
    names = plan.case.calendar.names
    return found[2], names[found[0]], names[found[1]] if found[1] < len(names) else "later"


def hall_steps(plan: Plan, site: str) -> Iterator[Step]:
    """Starts of halls at a site."""
    for key, data in plan.blocks["halls"].variables["started"].data.items():
        if key[0] == site and level(data) > LEAST:
            yield key[-1], key[-1] + halls.build_steps(plan.case, key[1], site, key[-1]), key[1]


def power_steps(plan: Plan, site: str) -> Iterator[Step]:
    """Orders of prime supplies at a site."""
    for key, data in plan.blocks["power"].expressions["ordered"].data.items():
        if key[1] == site and level(data) > LEAST and power.role_of(plan.case, key[0]) == "prime":
            yield key[-1], power.services(plan.case, key[0], site)[key[-1]], key[0]


def system_steps(plan: Plan, site: str) -> Iterator[Step]:
    """Orders of systems at a site."""
    for key, data in plan.blocks["accelerators"].variables["bought"].data.items():
        if key[1] == site and level(data) > LEAST:
            yield key[-1], arrivals(plan.case, key[0])[key[-1]], key[0]
