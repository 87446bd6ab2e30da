"""First IT power and its critical path: the longest lead time among halls or leased room, supplies and systems at the site."""

from __future__ import annotations

from gwplan.common.constants import ROUNDING
from gwplan.inputs.case import Case
from gwplan.model.assemble import Plan
from gwplan.model.parts import halls, power
from gwplan.model.parts.power.table import STEPS
from gwplan.model.systems import arrivals, usable
from gwplan.model.tenure import HOSTED
from gwplan.results.tables import level, levels

SET_BY = {"lead_months": "lead time", "earliest": "queue", **STEPS}
"""What sets the date of a supply, in words, by its quantity."""


def held_back(plan: Plan) -> str | None:
    """One sentence; None if the plan has no IT power or lacks one of the three parts."""
    case, blocks = plan.case, plan.blocks
    if not {"sites", "halls", "accelerators", "power"} <= set(blocks):
        return None
    running = [(key[-1], key[1]) for key, value in levels(blocks["accelerators"].variables["running"]).items() if value > 0]
    if not running:
        return None
    first, site = min(running)
    names = case.calendar.names
    leased = in_leased_room(plan, site, first)
    chains = leased_chains(plan, site) if leased else soonest_chains(plan, site)
    if len(chains) < (2 if leased else 3):
        return f"First IT power in {names[first]} at {site}, with existing assets."
    longest = max(chains, key=lambda name: chains[name])
    if first < chains[longest]:
        return f"First IT power in {names[first]} at {site}, with existing assets."
    parts = ", ".join(f"{name} {names[period]}" for name, period in chains.items())
    if first > chains[longest]:
        return (f"First IT power in {names[first]} at {site}. It could have come in {names[chains[longest]]} (soonest: {parts}): "
                "delay is cheaper, or another limit holds it back.")
    by = step_of_power(case, site, chains[longest]) if longest == "power" else ""
    return f"First IT power in {names[first]} at {site}; {longest} held it back{by} (soonest: {parts})."


def step_of_power(case: Case, site: str, period: int) -> str:
    """The step beside the lead time that sets the date of each prime supply which could serve in a period; blank if none does."""
    found = [(supply, power.set_by(case, supply, site, order)) for supply, place in power.offered(case)
             if place == site and power.role_of(case, supply) == "prime"
             for order, service in power.services(case, supply, site).items() if service == period]
    steps = {supply: STEPS[step] for supply, step in found if step in STEPS}
    return f", by the {steps[found[0][0]]} of {found[0][0]}" if found and len(steps) == len(dict(found)) else ""


def in_leased_room(plan: Plan, site: str, period: int) -> bool:
    """True if all systems running at a site in a period are in leased room powered by the landlord."""
    peak = {key: level(amount) for key, amount in plan.exchange.balance("it_peak").items() if key[1] == site and key[-1] == period}
    hosted = sum(amount for key, amount in peak.items() if key[0] == HOSTED)
    return hosted >= sum(peak.values()) * (1 - ROUNDING)


def leased_chains(plan: Plan, site: str) -> dict[str, int]:
    """The earliest periods in which leased room could be available and a system delivered at a site."""
    room = [key[-1] for key in plan.blocks["contracts"].variables["leased_room"].data if key[1] == site]
    arrived = [period for system in usable(plan.case) for period in arrivals(plan.case, system).values()]
    soonest = {"leased room": min(room, default=None), "systems": min(arrived, default=None)}
    return {name: period for name, period in soonest.items() if period is not None}


def soonest_chains(plan: Plan, site: str) -> dict[str, int]:
    """The earliest periods in which a hall could open, a prime supply serve and a system be delivered at a site."""
    case = plan.case
    started = plan.blocks["halls"].variables["started"].data
    opened = [key[-1] + halls.build_steps(case, key[1], site, key[-1]) for key in started if key[0] == site]
    served = [period for supply, place in power.offered(case) if place == site and power.role_of(case, supply) == "prime"
              for period in power.services(case, supply, site).values()]
    arrived = [period for system in usable(case) for period in arrivals(case, system).values()]
    soonest = {"halls": min(opened, default=None), "power": min(served, default=None), "systems": min(arrived, default=None)}
    return {name: period for name, period in soonest.items() if period is not None}
