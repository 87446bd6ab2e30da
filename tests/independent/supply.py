"""Power: cohorts of ordered units, firm power at the peak, energy in the mean, what they cost and emit."""
from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from .building import earliest_period
from .facts import HOURS_A_YEAR, first_month
from .interim import season, two_seasons
from .matrix import Sum, total
from .plan import Cohort, Plan
from .security import post_security, ramp

NEVER = 10**6


@dataclass
class Supply:
    """One supply at one site: its units by cohort, and its mean output by period."""

    name: str
    role: str
    bought: bool  # energy comes with a bill
    cohorts: list[Cohort]
    contracted: list[Cohort] = field(default_factory=list)  # the same units as long as their contract runs
    favoured: list[Cohort] = field(default_factory=list)  # those whose output earns a tax credit, as long as it does
    output: dict[int, Sum] = field(default_factory=dict)

    def capacity(self, t: int) -> Sum:
        return total(cohort.serving(t) for cohort in self.cohorts)


def add_power(plan: Plan) -> None:
    facts = plan.facts
    for site in plan.sites:
        supplies = []
        for name in facts.items("power", "role"):
            role = facts.text("power", name, "role", site)
            offered = any(facts.number("power", name, "most", site, t, default=None) is not None for t in plan.periods)
            if offered and role != "storage":
                supplies.append(_supply(plan, site, name, role))
        _cover_land(plan, site, supplies)
        _cover_peak(plan, site, supplies)
        _balance_energy(plan, site, supplies)
        for supply in supplies:
            for t in plan.periods:
                _pay(plan, site, supply, t)


def _supply(plan: Plan, site: str, name: str, role: str) -> Supply:
    facts = plan.facts
    bought = any(facts.number("power", name, "energy_price", site, t, default=None) is not None for t in plan.periods)
    supply = Supply(name, role, bought, [])
    for item, where, cohort in plan.standing_already("power", "role"):
        if (item, where) == (name, site):
            cohort.end = min(cohort.end, _leaves(plan, site, name))
            if role != "contract" and not _rented(plan, site, name):
                plan.forgo(cohort)
            supply.cohorts.append(cohort)
    for t in plan.periods:
        _order(plan, site, supply, t)
    for t in plan.periods:
        supply.output[t] = plan.decide("output", (site, name, t))
        most = facts.number("power", name, "most", site, t, default=0.0)
        plan.matrix.at_most(supply.capacity(t), plan.opened[site, t] * most)
        plan.accounts["capacity"][site, name, t] = supply.capacity(t)
    return supply


def _order(plan: Plan, site: str, supply: Supply, t: int) -> None:
    """Units ordered in t: a cohort in MW, its payments and its worth at the end."""
    facts, question, name = plan.facts, plan.question, supply.name
    steps = [facts.number("power", name, f"{step}_months", site, t, 0.0) for step in ("lead", "permit", "fuel_line", "equipment")]
    service, last = t + question.chain(max(steps)), _leaves(plan, site, name)
    if not earliest_period(plan, "power", name, site, t) <= service <= min(question.count, last) - 1:
        return
    unit = facts.number("power", name, "unit", site, t)
    ordered = plan.decide("ordered", (site, name, t), integer=unit >= question.whole_from)
    power = ordered * unit
    contract = supply.role == "contract"
    life = facts.number("power", name, "contract_term" if contract else "life", site, t)
    over = min(service + question.exactly(life), last)
    rented = _rented(plan, site, name)
    supply.cohorts.append(Cohort(power, t, service, over))
    if not contract and not rented:
        plan.forgo(supply.cohorts[-1])
    term = facts.number("power", name, "contract_term", site, t, default=None)
    if supply.bought and not contract:
        until = question.count if term is None else service + question.exactly(term)
        supply.contracted.append(Cohort(power, t, service, min(until, over)))
    signed = over if term is None else min(over, service + question.exactly(term))
    post_security(plan, site, supply, Cohort(power, t, service, over), signed)
    price = facts.number("power", name, "price", site, t, default=0.0) * (1 + facts.number("power", name, "contingency", site, t, 0.0))
    deposit = facts.number("power", name, "deposit", site, t, 0.0)
    plan.spend("power", t, power, price * deposit)
    plan.spend("power", service, power, price * (1 - deposit))
    back = 0.0 if contract else facts.number("power", name, "itc", site, service, 0.0)
    plan.running[service].gain(power, -price * back)
    plan.credits.gain(power, price * back)
    if not contract and facts.number("power", name, "ptc", site, service, 0.0):
        years = facts.number("power", name, "ptc_years", site)
        supply.favoured.append(Cohort(power, t, service, min(service + question.exactly(min(years, life)), last)))
    if not contract and not rented:
        alone = price / (1 + facts.number("power", name, "contingency", site, t, 0.0))
        served = min(life, (last - service) * question.step)
        plan.residual.gain(power, alone * (1 - back) * question.left_share(served, question.count - service))


def _leaves(plan: Plan, site: str, name: str) -> int:
    """Number of the period in which a supply has to be gone; never for most."""
    date = plan.facts.text("power", name, "until", site, default=None)
    return NEVER if date is None else max(0, plan.question.starting(first_month(date)))


def _rented(plan: Plan, site: str, name: str) -> bool:
    return any(plan.facts.number("power", name, "rent", site, t, 0.0) for t in plan.periods)


def _credit(plan: Plan, site: str, name: str) -> float:
    """Firm power of a MW: as told, else the load of the largest campus over the smallest fleet that lets it down seldom enough."""
    facts = plan.facts
    told = facts.number("power", name, "firm_credit", site, default=None)
    if told is not None:
        return float(told)
    largest = max(facts.number("sites", site, "most_it", t=t) * facts.number("cooling", kind, "peak_ratio", site, t)
                  for kind in facts.items("cooling", "peak_ratio") for t in plan.periods)
    load = facts.number("power", "firm_power", "fleet_load", site, default=largest)
    fails = sum(facts.number("power", name, f"{why}_outage_rate", site, default=0.0) for why in ("forced", "planned"))
    dry = facts.number("power", facts.text("power", name, "fuel", site), "outage_rate", site, default=0.0)
    unit, wanted = facts.number("power", name, "unit", site), facts.number("power", "firm_power", "wanted_availability", site)
    needed = math.ceil(load / unit - 1e-9)
    units = needed + 1
    while (1 - dry) * (1 - _too_many_out(units, units - needed, fails)) < wanted:
        units += 1
    return float(load / (units * unit))


def _too_many_out(units: int, spare: int, fails: float) -> float:
    """Probability that more units are out than are spare."""
    return sum(math.comb(units, out) * fails**out * (1 - fails) ** (units - out) for out in range(spare + 1, units + 1))


def _cover_land(plan: Plan, site: str, supplies: list[Supply]) -> None:
    """What is in service fits the land for it, where the site has a row of that."""
    for t in plan.periods:
        land = plan.facts.number("sites", site, "power_land", "", t, default=None)
        if land is not None:
            acres = ((supply, plan.facts.number("power", supply.name, "acres", default=0.0)) for supply in supplies)
            plan.matrix.at_most(total(supply.capacity(t) * each for supply, each in acres), land)


def _cover_peak(plan: Plan, site: str, supplies: list[Supply]) -> None:
    for t in plan.periods:
        firm = total(supply.capacity(t) * _credit(plan, site, supply.name) for supply in supplies if supply.role == "prime")
        plan.matrix.at_most(plan.facility_peak[site, t], firm)


def _balance_energy(plan: Plan, site: str, supplies: list[Supply]) -> None:
    facts, matrix = plan.facts, plan.matrix
    for t in plan.periods:
        need = plan.facility_mean[site, t]
        down = two_seasons(plan, site, list(supplies), lambda name: _credit(plan, site, name), t)
        matrix.equal(total(supply.output[t] for supply in supplies) + down, need)
        through_wire, wire = Sum(), Sum()
        direct = list[tuple[float, Sum, Sum]]()
        for supply in supplies:
            output, capacity, name = supply.output[t], supply.capacity(t), supply.name
            able = _able(plan, site, supply, t)
            for part in able:
                matrix.at_most(output, capacity * part)
            if supply.role in ("variable", "contract"):
                factor = facts.number("power", name, "capacity_factor", site, t)
                default = factor if supply.role == "contract" else None
                share = facts.number("power", name, "direct_share", site, t, default=default)
                matrix.at_most(output, need * share)
                direct.append((share, output, capacity * min(able)))
            if supply.role == "contract":
                through_wire.gain(output)
            elif supply.role == "prime" and supply.bought and not facts.rows_of("power", name, "heat_rate"):
                through_wire.gain(output)
                wire.gain(capacity * (facts.number("power", name, "availability", site, t, default=1.0) * (1 - season(plan, site, name, t))))
        matrix.at_most(through_wire, wire)
        _overlap(plan, need, direct)


def _able(plan: Plan, site: str, supply: Supply, t: int) -> list[float]:
    """All that limits the mean output of a unit of capacity."""
    facts, name = plan.facts, supply.name
    factor, hours = (facts.number("power", name, quantity, site, t, default=None) for quantity in ("capacity_factor", "most_hours"))
    able = [] if factor is None else [factor]
    able += [] if hours is None else [hours / HOURS_A_YEAR]
    if supply.role in ("prime", "backup"):
        able.append(facts.number("power", name, "availability", site, t, default=1.0) * (1 - season(plan, site, name, t)))
    return able


def _overlap(plan: Plan, need: Sum, direct: list[tuple[float, Sum, Sum]]) -> None:
    """Those that come when they will overlap. Each has three parts to play: in the core (2), beside it (1), left out (0).

    The core is missing for a product of shares of the time; what others could give is of use in that time alone.
    """
    for parts in itertools.product((0, 1, 2), repeat=len(direct)):
        if parts.count(2) < 2:
            continue
        missing = math.prod(1 - share for (share, _, _), part in zip(direct, parts, strict=True) if part == 2)
        served = total(output for (_, output, _), part in zip(direct, parts, strict=True) if part)
        beside = total(could for (_, _, could), part in zip(direct, parts, strict=True) if part == 1)
        plan.matrix.at_most(served, need * (1 - missing) + beside * missing)


def _pay(plan: Plan, site: str, supply: Supply, t: int) -> None:
    """Upkeep, energy, fuel and carbon of a supply in a period."""
    facts, question, name = plan.facts, plan.question, supply.name
    output, capacity = supply.output[t], supply.capacity(t)

    def fact(quantity: str, item: str = name) -> float:
        return float(facts.number("power", item, quantity, site, t, default=0.0))

    plan.running[t].gain(capacity, (fact("fixed_upkeep") + fact("demand_charge") + 12 * fact("rent")) * question.years)
    plan.running[t].gain(output, fact("running_price") * question.hours)
    if supply.favoured:
        rate = max(facts.number("power", name, "ptc", site, cohort.first, 0.0) for cohort in supply.favoured)
        rewarded = plan.decide("rewarded", (site, name, t))
        plan.matrix.at_most(rewarded, output)
        plan.matrix.at_most(rewarded, total(cohort.serving(t) for cohort in supply.favoured) * min(_able(plan, site, supply, t)))
        plan.running[t].gain(rewarded, -rate * question.hours)
        plan.credits.gain(rewarded, rate * question.hours)
    emission = fact("emission_rate")
    if facts.rows_of("power", name, "heat_rate"):
        fuel = facts.text("power", name, "fuel", site, t)
        heat = fact("heat_rate")
        plan.running[t].gain(output, heat * facts.number("power", fuel, "fuel_price", site, t) * question.hours)
        emission += heat * fact("emission_rate", fuel)
    plan.emitted[t].gain(output, emission * question.hours)
    if not supply.bought:
        return
    energy_price = facts.number("power", name, "energy_price", site, t) * question.hours
    if supply.role == "contract":
        plan.running[t].gain(capacity, min(_able(plan, site, supply, t)) * energy_price)
        return
    contracted = total(cohort.serving(t) * ramp(plan, site, name, t - cohort.first) for cohort in supply.contracted)
    unused = plan.decide("unused", (site, name, t))  # energy paid for and not taken, as mean MW
    plan.matrix.at_most(contracted * fact("minimum_take") - output, unused)
    plan.running[t].gain(output + unused, energy_price)
