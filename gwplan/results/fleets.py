"""Fleets as built: how long they serve their load, where a firm credit was worked out for a larger one.

A credit is that of the fleet for the site's largest load. A plan that builds less has fewer units, and of few units more must be spare.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from math import prod

from gwplan.common.errors import Fault
from gwplan.common.firmness import Fleet, availability_of
from gwplan.inputs.case import Case
from gwplan.model.assemble import Plan
from gwplan.model.parts.power import role_of
from gwplan.model.parts.power.firmness import credit_of, fuel_outage, is_computed, unit_outage
from gwplan.model.parts.power.table import FIRM_POWER
from gwplan.results.tables import levels

Fleets = tuple[tuple[str, float, Fleet], ...]
"""Name of a common outage (blank for none), its share of time, and the fleet."""
PER_CENT, SOLVED = 100, 1e-6
"""SOLVED: the part of a unit, and of a load, by which a solved plan may miss it."""


def thin_fleets(plan: Plan) -> list[Fault]:
    """A warning for each site whose fleet, in its worst period, serves its load less often than wanted, or not with one unit out."""
    case = plan.case
    if not {"power", "cooling"} <= set(plan.blocks):
        return []
    capacity = levels(plan.blocks["power"].variables["capacity"])
    there = sorted({key[:2] for key, amount in capacity.items() if amount > SOLVED and role_of(case, key[0]) == "prime"})
    found = []
    for site in sorted({site for supply, site in there if is_computed(case, supply, site)}):
        peak = {key[-1]: load for key, load in levels(plan.blocks["cooling"].variables["facility_peak"]).items() if key[0] == site}
        built = {n: {supply: capacity.get((supply, site, n), 0.0) for supply, place in there if place == site} for n in peak}
        served, period = min((_served(case, site, built[n], load), n) for n, load in peak.items())
        wanted = case.number("power", FIRM_POWER, "wanted_availability", site)
        if served < wanted - SOLVED * (1 - wanted):
            how = f"serves its load {PER_CENT * served:.5g} % of the time" if served >= 0 else \
                "does not serve its load with its largest unit out"
            when, wants, load = case.calendar.names[period], f"{PER_CENT * wanted:.6g} % are wanted", f"{max(peak.values()):.4g} MW"
            text = f"{site}: what generates in {when} {how}; {wants}. It is smaller than the fleet that its firm credits " \
                   f"are for: state {FIRM_POWER}@{site}.fleet_load, here {load}"
            found.append(Fault(*case.location("power", FIRM_POWER, "wanted_availability", site), text))
    return found


def _served(case: Case, site: str, built: dict[str, float], load: float) -> float:
    """Share of time that the prime supplies of a site serve a load; -1 if they do not with the largest unit out. built: MW of each."""
    fleets: list[tuple[str, float, Fleet]] = []
    for supply, power in built.items():
        if not is_computed(case, supply, site):
            load -= credit_of(case, supply, site) * power
            continue
        unit, out, common = case.number("power", supply, "unit", site), unit_outage(case, supply, site), fuel_outage(case, supply, site)
        whole = int(power / unit + SOLVED)
        name = case.label("power", supply, "fuel") if common else ""
        # What is left over a whole number of units is a smaller one.
        fleets += [(name, common, fleet) for fleet in (Fleet(whole, unit, out), Fleet(1, power - whole * unit, out))
                   if fleet.units and fleet.unit > SOLVED]
    if load <= SOLVED:
        return 1.0
    load *= 1 - SOLVED
    largest = max((fleet.unit for _, _, fleet in fleets), default=0.0)
    return -1.0 if sum(fleet.units * fleet.unit for _, _, fleet in fleets) - largest < load else served_share(tuple(fleets), load)


@cache
def served_share(fleets: Fleets, load: float) -> float:
    """Share of time that fleets serve a load, over all states of what takes several of them out at once."""
    common = {name: share for name, share, _ in fleets if name}
    served = 0.0
    for state in product((True, False), repeat=len(common)):
        on = dict(zip(common, state, strict=True))
        running = [fleet for name, _, fleet in fleets if on.get(name, True)]
        served += prod(1 - share if on[name] else share for name, share in common.items()) * availability_of(running, load)
    return served


def warnings_of(plan: Plan) -> Iterator[Fault]:
    """All warnings of a plan that is solved: those of its case, and thin fleets."""
    yield from plan.case.warnings
    yield from thin_fleets(plan)
