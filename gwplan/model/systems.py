"""Which systems a model may have at all: with a rate at its measure of compute, bought within the horizon or there already; their power."""

from __future__ import annotations

from collections.abc import Iterable

from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.model.compute_measure import h100e
from gwplan.model.existing_assets import first_period


def usable(case: Case) -> list[str]:
    """Systems with a rate at the model's measure of compute that can be bought within the horizon or are there already."""
    there = {thing.item for thing in case.existing()}
    return [system for system in case.items("system") if h100e(case, system) and (system in there or arrivals(case, system))]


def arrivals(case: Case, system: str) -> dict[int, int]:
    """Period of arrival by period of order: inside the horizon, not before the first delivery, and while it is still sold."""
    last = len(case.calendar.periods) - 1
    found = {}
    for period in range(last + 1):
        arrival = period + case.calendar.steps(case.number("accelerators", system, "lead_months", period=period))
        in_time = first_period(case, "accelerators", system) <= arrival <= last
        if in_time and case.mean("accelerators", system, "most_bought", arrival) != 0:
            found[period] = arrival
    return found


def it_power(case: Case, system: str) -> float:
    """MW of IT power of one running system: power x overhead."""
    return case.number("accelerators", system, "power") * case.number("accelerators", system, "overhead") / KILO


def needing(case: Case, cooling: str, density: float, steps: Iterable[tuple[str, float]]) -> list[str]:
    """Systems that need rooms of this cooling and density: denser than the step below bears. steps: (cooling, density) of all rooms."""
    below = max((bears for kind, bears in steps if kind == cooling and bears < density), default=-1.0)
    return [system for system in usable(case) if case.label("accelerators", system, "cooling") == cooling
            and case.number("accelerators", system, "rack_density") > below]
