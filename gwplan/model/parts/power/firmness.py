"""Firm credit of a supply at a site: a row, or worked out from the size of its units and how often they are out.

Worked out, it is the site's largest facility load over the nameplate of the fleet that serves it: so many equal units, failing
independently, that enough of them run for the share of time that is wanted, and one more than the load takes at least. Where their
fuel fails, all that burn it are out at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.common.firmness import OutOfReachError, firm_credit
from gwplan.inputs.case import Case
from gwplan.inputs.idle import Idle
from gwplan.model.parts.power.supplies import burns, offered, role_of
from gwplan.model.parts.power.table import FIRM_POWER

RATES = ("forced_outage_rate", "planned_outage_rate")


def is_computed(case: Case, supply: str, site: str) -> bool:
    """True where the credit follows from outages: a prime supply with a forced outage rate, and no row for the credit."""
    given = case.has("power", supply, "firm_credit", site) or case.has("power", supply, "firm_credit", "")
    return role_of(case, supply) == "prime" and not given and case.get("power", supply, "forced_outage_rate", site) is not None


def credit_of(case: Case, supply: str, site: str) -> float:
    """Firm / nameplate power. OutOfReachError where no fleet is available for as long as is wanted."""
    if not is_computed(case, supply, site):
        return case.number("power", supply, "firm_credit", site)
    wanted = case.number("power", FIRM_POWER, "wanted_availability", site)
    unit, out = case.number("power", supply, "unit", site), unit_outage(case, supply, site)
    return firm_credit(fleet_load(case, site), unit, out, wanted, fuel_outage(case, supply, site))


def unit_outage(case: Case, supply: str, site: str) -> float:
    """Share of time that a unit is out, forced or for maintenance."""
    return sum(case.get("power", supply, quantity, site) or 0.0 for quantity in RATES)


def fuel_outage(case: Case, supply: str, site: str) -> float:
    """Share of time that the supply's fuel is out at a site, and with it all that burn it; 0 for what burns none."""
    return case.number("power", case.label("power", supply, "fuel"), "outage_rate", site) if burns(case, supply, site) else 0.0


def fleet_load(case: Case, site: str) -> float:
    """MW at the meter that a fleet is sized for: a row, else the site's most IT power x the highest peak ratio + demand, in any period."""
    given = case.get("power", FIRM_POWER, "fleet_load", site)
    if given is not None:
        return given
    kinds, periods = case.items("cooling"), range(len(case.calendar.periods))
    ratios = {n: [ratio for kind in kinds if (ratio := case.get("cooling", kind, "peak_ratio", site, n))] for n in periods}
    built = {n: case.number("sites", site, "most_it", period=n) * max(ratios[n], default=1.0) if "halls" in case.definition.parts else 0.0
             for n in periods}
    return max(built[n] + sum(case.get("demand", load, "power", site, n) or 0.0 for load in case.items("demand")) for n in periods)


def check_outages(case: Case) -> Iterator[Fault]:
    """What a credit that is worked out lacks, and an availability that no fleet reaches."""
    for supply, site in offered(case):
        if not is_computed(case, supply, site):
            continue
        file, row = case.location("power", supply, "forced_outage_rate", site)
        wanted, out = case.get("power", FIRM_POWER, "wanted_availability", site), unit_outage(case, supply, site)
        if wanted is None:
            yield Fault(file, row, f"{supply} at {site}: a firm credit that follows from forced_outage_rate needs "
                                   f"{FIRM_POWER}.wanted_availability, or give {supply}.firm_credit")
        elif out >= 1:
            yield Fault(file, row, f"{supply} at {site}: at forced_outage_rate + planned_outage_rate = {out:g} no unit ever runs")
        elif fleet_load(case, site) > 0:
            yield from out_of_reach(case, supply, site, wanted)


def out_of_reach(case: Case, supply: str, site: str, wanted: float) -> Iterator[Fault]:
    """An availability that the supply's fuel, or any unit that ever fails, does not allow."""
    try:
        credit_of(case, supply, site)
    except OutOfReachError:
        common = fuel_outage(case, supply, site)
        file, row = case.location("power", case.label("power", supply, "fuel"), "outage_rate", site) if common else \
            case.location("power", FIRM_POWER, "wanted_availability", site)
        fuel = case.label("power", supply, "fuel") if common else ""
        why = f"its fuel, {fuel}, is out {common:g} of the time, so no number of units is available for more than {1 - common:g}" \
            if common else "units that fail are never certain"
        yield Fault(file, row, f"{supply} at {site}: {FIRM_POWER}.wanted_availability of {wanted:g} cannot be reached: {why}")


def idle_outages(case: Case) -> Iterator[Idle]:
    """Outages of supplies whose firm credit is given, and what only a credit that is worked out asks for."""
    computed = [pair for pair in offered(case) if is_computed(case, *pair)]
    for supply, site in product(case.items("supply"), case.items("site")):
        if (supply, site) not in computed:
            yield from (Idle("its firm_credit is given", supply, quantity, site) for quantity in RATES)
    for supply in case.items("supply"):
        if not any(each == supply for each, _ in computed):
            yield from (Idle("its firm_credit is given", supply, quantity) for quantity in RATES)
    burnt = {(case.get_label("power", supply, "fuel"), site) for supply, site in computed if burns(case, supply, site)}
    reason = "no supply's firm credit follows from its outages"
    for site in ["", *case.items("site")]:
        here = [place for _, place in computed if site in ("", place)]
        if not here:
            yield Idle(reason, FIRM_POWER, site=site)
        for fuel in case.items("fuel"):
            if not any((fuel, place) in burnt for place in here):
                yield Idle(reason, fuel, "outage_rate", site)
