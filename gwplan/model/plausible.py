"""Questions that can hardly be meant: caps that end too soon or are off by a thousand, targets that come too soon or are too large.

Each is a warning. What a target costs is worked out at the cheapest prices of any date and site, so that a plan costs more.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.case_workbook import table_of
from gwplan.inputs.definition import Target
from gwplan.model.compute_measure import h100e
from gwplan.model.existing_assets import first_period
from gwplan.model.parts import budget, halls, power
from gwplan.model.parts.budget import counted_until
from gwplan.model.shares import window
from gwplan.model.systems import arrivals, it_power, usable
from gwplan.model.targets import UNITS, held_in
from gwplan.model.tenure import CLOUD, leasable

THOUSAND, NEARLY = 1000.0, 30.0
"""A slip of unit, and how far a slip may be from the least cost to be called one."""
FAR = 300.0
"""A cap this many times the least cost of all targets limits nothing."""
HIGH_RATE = 0.3
"""Real discount rates above this are likely written in another unit."""
BUILT = ("sites", "halls", "accelerators", "power")


def warnings(case: Case) -> Iterator[Fault]:
    """All that looks wrong with a question whose tables have no fault."""
    parts = case.definition.parts
    yield from rates(case)
    # What costs and sizes follow from is doubted already: what follows from them is no slip of its own.
    clear = not any(table_of(warning.file) in BUILT for warning in case.checked.warnings)
    if clear and all(part in parts for part in BUILT):
        yield from sizes(case)
        yield from too_soon(case)
    if "budget" in parts:
        for cost_class in case.items("class"):
            yield from ends_of_caps(case, cost_class)
            yield from years_without(case, cost_class)
        if clear and all(part in parts for part in BUILT):
            yield from slips(case)
    if "diversification" in parts:
        yield from empty_windows(case)


def rates(case: Case) -> Iterator[Fault]:
    """A discount rate that nobody asks for."""
    rate = case.definition.horizon.discount_rate
    if rate > HIGH_RATE:
        yield Fault(case.definition.path.name, 0, f"horizon.discount_rate: {rate:g} is {rate:.0%} a year, above {HIGH_RATE:.0%}")


def named(case: Case, number: int) -> str:
    """A target in words."""
    target = case.definition.targets[number - 1]
    return f"target {number} ({target.amount:g} {UNITS[target.measure]} by {target.by})"


def sizes(case: Case) -> Iterator[Fault]:
    """A demand too small for any hall, and targets above the demand or above what all sites take."""
    file, periods = case.definition.path.name, range(len(case.calendar.periods))
    rooms = [case.number("halls", design, "room") for design in case.items("design")]
    demand = min((goal.most_it for goal in case.definition.goals if goal.most_it is not None), default=None)
    if demand is not None and rooms and demand < min(rooms) and not case.existing() and not any(leasable(case, n) for n in periods):
        yield Fault(file, 0, f"goal.most_it: {demand:g} MW is less than the smallest hall has room for, {min(rooms):g} MW; "
                             "nothing is worth building")
    for number, target in enumerate(case.definition.targets, 1):
        if target.measure != "it":
            continue
        if demand is not None and target.amount > demand:
            yield Fault(file, 0, f"{named(case, number)} is above goal.most_it, {demand:g} MW")
        takes = max((sum(case.number("sites", site, "most_it", period=n) for site in case.items("site")) + leasable(case, n)
                     for n in held_in(case, target)), default=target.amount)
        if target.amount > takes:
            yield Fault(file, 0, f"{named(case, number)} is above what all sites take together, {takes:g} MW (most_it)")


def too_soon(case: Case) -> Iterator[Fault]:
    """Targets of power that must hold before a hall can be open, a supply serve or a system arrive anywhere."""
    periods = range(len(case.calendar.periods))
    if case.existing() or any(leasable(case, n) for n in periods):
        return
    never = len(periods)
    ready = {
        "halls": min((first_period(case, "sites", site) + min(halls.build_steps(case, design, site, n) for n in periods)
                      for site, design in product(case.items("site"), case.items("design"))), default=never),
        "power": min((period for supply, site in power.offered(case) if power.role_of(case, supply) == "prime"
                      for period in power.services(case, supply, site).values()), default=never),
        "systems": min((period for system in usable(case) for period in arrivals(case, system).values()),
                       default=never),
    }
    last = max(ready, key=lambda name: ready[name])
    when = f"in {case.calendar.names[ready[last]]}" if ready[last] < never else "after the horizon"
    for number, target in enumerate(case.definition.targets, 1):
        if CLOUD not in target.counts and held_in(case, target).start < ready[last]:
            yield Fault(case.definition.path.name, 0, f"{named(case, number)} comes too soon: the first {last} can be there {when}")


def ends_of_caps(case: Case, cost_class: str) -> Iterator[Fault]:
    """A cap that ends before the horizon, or before a target begins to hold: what is spent later is not capped."""
    ends = case.date("budget", cost_class, "until")
    if ends is None or None not in case.own("budget", cost_class, "cap"):
        return
    place, last = case.location("budget", cost_class, "until"), counted_until(case, cost_class)
    if last < 0:
        yield Fault(*place, f"{cost_class}.until: the cap ends in {ends}, before the horizon begins, and limits nothing")
        return
    for number, target in enumerate(case.definition.targets, 1):
        if last < held_in(case, target).start:
            yield Fault(*place, f"{cost_class}.until: the cap ends in {ends}, before {named(case, number)} begins to hold: "
                                "what is spent for it after that is not capped")


def years_without(case: Case, cost_class: str) -> Iterator[Fault]:
    """Years of the horizon without a cap beside years with one."""
    capped = budget.years(case, cost_class)
    free = sorted({period.year for period in case.calendar.periods} - set(capped))
    if capped and free and None not in case.own("budget", cost_class, "cap"):
        years = ", ".join(map(str, free))
        place = case.location("budget", cost_class, "cap")
        yield Fault(*place, f"{cost_class}.cap: nothing limits {years}, which have no cap beside years with one")


def cheapest(case: Case) -> tuple[float, float]:
    """Least capital, in MUSD, for halls, systems and networks: of a MW of IT power, and of a kH100e with its room."""
    periods = range(len(case.calendar.periods))
    room = min((case.number("halls", design, "price", site, n) * case.number("sites", site, "construction_index", period=n)
                for design, site, n in product(case.items("design"), case.items("site"), periods)), default=0.0)
    power_of = {system: it_power(case, system) for system in usable(case)}
    price = {system: min(sum(case.number("accelerators", system, quantity, period=n) for quantity in ("price", "network_price"))
                         for n in periods) for system in power_of}
    per_power = min((room + price[system] / power for system, power in power_of.items()), default=0.0)
    rates = {system: (h100e(case, system) or 0.0) * case.number("accelerators", system, "availability") for system in power_of}
    per_compute = min((THOUSAND * (price[system] + room * power_of[system]) / rate for system, rate in rates.items() if rate), default=0.0)
    return per_power, per_compute


def least_cost(case: Case, target: Target) -> float:
    """Least capital of what a target asks for, bought and built; 0 where it may be leased or rented, or is there already."""
    rented = "contracts" in case.definition.parts and (CLOUD in target.counts or any(leasable(case, n) for n in held_in(case, target)))
    if case.existing() or rented or target.measure == "facility":
        return 0.0
    per_power, per_compute = cheapest(case)
    return target.amount * (per_power if target.measure == "it" else per_compute)


def slips(case: Case) -> Iterator[Fault]:
    """A cap on all capital below the least cost of a target that falls due in its time, or hundreds of times that of all."""
    caps = case.own("budget", "capital", "cap")
    if not caps:
        return
    costs = {number: least_cost(case, target) for number, target in enumerate(case.definition.targets, 1)}
    place = case.location("budget", "capital", "cap")
    for number, cost in costs.items():
        begins = held_in(case, case.definition.targets[number - 1]).start
        year = case.calendar.periods[begins].year
        yearly = [cap for each, cap in caps.items() if each is not None and each <= year]
        limits = [caps[None]] if None in caps and counted_until(case, "capital") >= begins else []
        if None not in caps and case.calendar.periods[0].year in caps:
            limits = [sum(yearly)]
        for cap in limits:
            if cap < cost:
                slip = "; wrong by a factor of 1000?" if cost / NEARLY <= cap * THOUSAND <= cost * NEARLY else ""
                yield Fault(*place, f"capital.cap: {cap:,.4g} MUSD is less than {named(case, number)} costs at the cheapest prices, "
                                    f"{cost:,.4g} MUSD{slip}")
    most = max(costs.values(), default=0.0)
    if most and None in caps and caps[None] > FAR * most:
        yield Fault(*place, f"capital.cap: {caps[None]:,.4g} MUSD is {caps[None] / most:,.0f} times what the targets cost at the cheapest "
                            f"prices, {most:,.4g} MUSD; wrong by a factor of 1000?")
    if not costs:
        yield from below_a_hall(case, caps.get(None))


def below_a_hall(case: Case, cap: float | None) -> Iterator[Fault]:
    """Without a target, a cap that buys not even one hall with its systems."""
    rooms = [case.number("halls", design, "room") for design in case.items("design")]
    if cap is None or not rooms or case.existing() or "contracts" in case.definition.parts:
        return
    cost = min(rooms) * cheapest(case)[0]
    if cap < cost:
        slip = "; wrong by a factor of 1000?" if cap * THOUSAND >= cost else ""
        yield Fault(*case.location("budget", "capital", "cap"), f"capital.cap: {cap:,.4g} MUSD is less than one hall with its systems "
                    f"costs at the cheapest prices, {cost:,.4g} MUSD{slip}")


def empty_windows(case: Case) -> Iterator[Fault]:
    """Shares whose dates leave no period of the horizon."""
    for group in case.items("group"):
        if not window(case, group):
            yield Fault(*case.location("diversification", group, "until"), f"{group}: from and until leave no period of the horizon, and "
                        "its shares limit nothing")
