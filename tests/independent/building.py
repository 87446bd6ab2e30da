"""Sites, halls, accelerators and cooling, by cohort: what is started or ordered in a period is followed through its life."""
from __future__ import annotations

from itertools import pairwise

from .facts import first_month
from .matrix import Sum, total
from .plan import Cohort, Plan


def add_sites(plan: Plan) -> None:
    """A site opens once, for its price; one that already holds something, and not only held it once, is open from then for nothing."""
    facts, question = plan.facts, plan.question
    for site in plan.sites:
        earliest = earliest_period(plan, "sites", site, "", 0)
        there = [cohort for table, quantity in (("halls", "room"), ("accelerators", "power"), ("power", "role"))
                 for _, where, cohort in plan.standing_already(table, quantity) if where == site]
        free_from = min((cohort.first for cohort in there if cohort.first < min(cohort.end, question.count)), default=question.count)
        openings = {}
        for t in plan.periods:
            if earliest <= t < free_from:
                openings[t] = plan.decide("opening", (site, t), integer=True, upper=1)
                plan.spend("sites", t, openings[t], facts.number("sites", site, "opening_price", site, t))
            plan.opened[site, t] = Sum(constant=1) if t >= free_from else total(openings.values())
        plan.matrix.at_most(total(openings.values()), 1)


def earliest_period(plan: Plan, table: str, item: str, site: str, t: int) -> int:
    date = plan.facts.text(table, item, "earliest", site or item, t, default=None)
    return 0 if date is None else max(0, plan.question.starting(first_month(date)))


def thirds_spent(shares: list[float], done: float) -> float:
    """Share of a building's price paid when `done` of the build is over."""
    return sum(share * min(1.0, max(0.0, 3 * done - third)) for third, share in enumerate(shares))


def add_halls(plan: Plan) -> None:
    facts = plan.facts
    designs = facts.items("halls", "room")
    halls: dict[str, list[tuple[str, Cohort]]] = {site: [] for site in plan.sites}
    for site in plan.sites:
        for design in designs:
            starts = [_hall_cohort(plan, site, design, t) for t in plan.periods]
            for window in plan.windows():
                begun = Sum()
                for t in window:
                    most = facts.number("halls", design, "most_started", site, t)
                    if (cohort := starts[t]) is not None:
                        begun.gain(cohort.size, 1 / most)
                plan.matrix.at_most(begun, plan.opened[site, window[-1]])
            halls[site] += [(design, cohort) for cohort in starts if cohort is not None]
    for design, site, cohort in plan.standing_already("halls", "room"):
        plan.forgo(cohort)
        halls[site].append((design, cohort))
    for site, cohorts in halls.items():
        for design, cohort in cohorts:  # a renewal is a cohort of its own, which is seen in its turn
            if (renewal := _renewal(plan, site, design, cohort)) is not None:
                cohorts.append((design, renewal))
        for design, cohort in cohorts:
            room = facts.number("halls", design, "room", site)
            plan.room[site, facts.text("halls", design, "cooling", site)].append(
                (cohort, room, facts.number("halls", design, "density", site)))
        _bound_halls(plan, site, cohorts)


def _hall_cohort(plan: Plan, site: str, design: str, t: int) -> Cohort | None:
    """Halls started in t with all that follows: payments, upkeep, insurance, tax, worth at the end, carbon."""
    facts, question = plan.facts, plan.question
    build = question.chain(facts.number("halls", design, "build_months", site, t))
    life = facts.number("halls", design, "life", site, t)
    too_early = t < earliest_period(plan, "sites", site, "", t)
    if too_early or t + build > question.count - 1 or facts.number("halls", design, "most_started", site, t) == 0:
        return None
    count = plan.decide("halls", (site, design, t), integer=True)
    cohort = Cohort(count, t, t + build, t + build + question.exactly(life))
    room = facts.number("halls", design, "room", site, t)
    plan.embodied.gain(count, room * facts.number("halls", design, "embodied_carbon", site, t, 0.0))
    _pay_hall(plan, site, design, cohort, facts.number("halls", design, "price", site, t))
    return cohort


def _renewal(plan: Plan, site: str, design: str, old: Cohort) -> Cohort | None:
    """Halls of a cohort that are renewed with the start of the period in which their life ends, whose rest they give up."""
    facts, question, t = plan.facts, plan.question, int(old.end)
    life = question.exactly(facts.number("halls", design, "life", site, 0))
    price = facts.number("halls", design, "renewal_price", site, t, None) if t in plan.periods else None
    if price is None or life < 1 or old.end <= old.first:
        return None
    count = plan.matrix.column(integer=True)
    plan.matrix.at_most(count, old.size)
    if t in old.forgone:
        plan.matrix.at_most(count * old.part(t), old.forgone[t])
    renewed = Cohort(count, t, t, t + life)
    _pay_hall(plan, site, design, renewed, price)
    return renewed


def _pay_hall(plan: Plan, site: str, design: str, cohort: Cohort, price: float) -> None:
    """Payments for halls started or renewed, insurance and tax on them, what they are worth at the end."""
    facts, question = plan.facts, plan.question
    count, t, build = cohort.size, cohort.begun, cohort.first - cohort.begun
    life = facts.number("halls", design, "life", site, t)
    plan.forgo(cohort)
    paid = facts.number("halls", design, "room", site, t) * price * (1 + facts.number("halls", design, "contingency", site, t, 0.0))
    paid *= facts.number("sites", site, "construction_index", site, t)
    shares = [facts.number("halls", design, f"spend_{third}_third", site, t) for third in ("first", "middle", "last")]
    for k in range(max(build, 1)):
        share = thirds_spent(shares, (k + 1) / build) - thirds_spent(shares, k / build) if build else 1.0
        plan.spend("halls", t + k, count, paid * share)
    for later in plan.periods:
        yearly = facts.number("halls", design, "insurance", site, later) + facts.number("sites", site, "property_tax", site, later)
        plan.running[later].gain(count, cohort.part(later) * paid * yearly * question.years)
    alone = paid / (1 + facts.number("halls", design, "contingency", site, t, 0.0))
    plan.residual.gain(count, alone * question.left_share(life, question.count - cohort.first))


def _bound_halls(plan: Plan, site: str, cohorts: list[tuple[str, Cohort]]) -> None:
    """Land, most IT power, and the upkeep of every open hall, new or old."""
    facts = plan.facts
    for t in plan.periods:
        acres, standing = Sum(), Sum()
        for design, cohort in cohorts:
            room = facts.number("halls", design, "room", site)
            acres.gain(cohort.standing(t), room * facts.number("halls", design, "acres", site, t))
            standing.gain(cohort.standing(t), room)
            plan.running[t].gain(cohort.serving(t), room * facts.number("halls", design, "upkeep", site, t) * plan.question.years)
        land = facts.number("sites", site, "land", site, t, default=None)
        if land is not None:
            plan.matrix.at_most(acres, land)
        plan.matrix.at_most(standing, plan.opened[site, t] * facts.number("sites", site, "most_it", site, t))


def usable_systems(plan: Plan) -> list[str]:
    """Systems with a rate at the precision of the model that some hall design can hold."""
    facts = plan.facts
    designs = [(facts.text("halls", k, "cooling"), facts.number("halls", k, "density")) for k in facts.items("halls", "room")]
    return [a for a in facts.items("accelerators", "power") if facts.rows_of("accelerators", a, f"{plan.question.precision}_rate")
            and any(cooling == facts.text("accelerators", a, "cooling") and density >= facts.number("accelerators", a, "rack_density")
                    for cooling, density in designs)]


def add_accelerators(plan: Plan) -> None:
    systems = usable_systems(plan)
    already = plan.standing_already("accelerators", "power")
    for system in systems:
        arrivals: dict[int, list[Sum]] = {t: [] for t in plan.periods}
        for site in plan.sites:
            vintages = [cohort for name, where, cohort in already if (name, where) == (system, site)]
            kept = [_keep(plan, vintage) for vintage in vintages]
            for t in plan.periods:
                ordered = _order(plan, system, site, t)
                if ordered is not None:
                    arrivals[ordered.first].append(ordered.size)
                    levels = _keep(plan, ordered)
                    kept.append(levels)
                    _credit(plan, system, site, t, ordered, levels)
            _run(plan, system, site, kept)
        _allocate(plan, system, {t: total(amounts) for t, amounts in arrivals.items()})
    for site in plan.sites:
        _hold(plan, site, systems)


def _allocate(plan: Plan, system: str, arrivals: dict[int, Sum]) -> None:
    """Each arrival uses up allocation of its own period, or of one that lies at most the carry-over before: all runs of periods."""
    months = range(plan.question.step)
    facts, step = plan.facts, plan.question.step
    limits = {}
    for t in plan.periods:
        rates = [facts.on_month("accelerators", system, "most_bought", plan.question.start + t * step + month) for month in months]
        if None not in rates:
            limits[t] = sum(rates) / len(rates) * plan.question.years
    back = int(facts.number("accelerators", system, "carry_over", default=0) / step + 1e-9)
    for first in limits:
        for last in range(first, plan.question.count):
            run = range(first, last + 1)
            usable = range(max(0, first - back), last + 1)
            if all(t in limits for t in usable):
                plan.matrix.at_most(total(arrivals[t] for t in run), sum(limits[t] for t in usable))


def _order(plan: Plan, system: str, site: str, t: int) -> Cohort | None:
    """Systems ordered in t: deposit now, the rest on arrival, at the prices of t."""
    facts, question = plan.facts, plan.question
    arrival = t + question.chain(facts.number("accelerators", system, "lead_months", site, t))
    if arrival > question.count - 1 or arrival < earliest_period(plan, "accelerators", system, site, t):
        return None
    months = range(question.start + arrival * question.step, question.start + (arrival + 1) * question.step)
    if all(facts.on_month("accelerators", system, "most_bought", month) == 0 for month in months):
        return None
    bought = plan.decide("bought", (site, system, t))
    deposit = facts.number("accelerators", system, "deposit", site, t, 0.0)
    raised = 1 + facts.number("accelerators", system, "contingency", site, t, 0.0)
    for kind, quantity in (("accelerators", "price"), ("networks", "network_price")):
        paid = raised * facts.number("accelerators", system, quantity, site, t)
        plan.spend(kind, t, bought, paid * deposit)
        plan.spend(kind, arrival, bought, paid * (1 - deposit))
    plan.embodied.gain(bought, facts.number("accelerators", system, "embodied_carbon", site, t, 0.0))
    life = question.exactly(facts.number("accelerators", system, "life", site, t))
    return Cohort(bought, t, arrival, arrival + life)


def _keep(plan: Plan, vintage: Cohort) -> dict[int, Sum]:
    """How many of a vintage are still kept: never more than before, none beyond its life."""
    levels, before = {}, vintage.size
    for t in plan.periods:
        if vintage.part(t):
            levels[t] = plan.matrix.column()
            plan.matrix.at_most(levels[t], before)
            if vintage.part(t) < 1:
                plan.matrix.at_most(levels[t], vintage.serving(t))
            before = levels[t]
    return levels


def _credit(plan: Plan, system: str, site: str, t: int, vintage: Cohort, levels: dict[int, Sum]) -> None:
    """What a vintage still kept at the end is worth, and what it is sold for when its life is over, kept until then or not, if there is a resale curve."""
    facts, question = plan.facts, plan.question
    price = sum(facts.number("accelerators", system, quantity, site, t) for quantity in ("price", "network_price"))
    life = facts.number("accelerators", system, "life", site, t)
    points = [(age, facts.number("accelerators", system, f"residual_{word}", site, t, default=None))
              for age, word in ((1, "one_year"), (3, "three_years"), (5, "five_years"))]
    curve = [(0, 1.0), *((age, value) for age, value in points if value is not None)]
    scrap = _on_curve(curve, life / 12) if len(curve) > 1 else 0.0
    if scrap:
        for over, sold in _outlived(plan, vintage):
            plan.resale.gain(sold, price * scrap * question.discount("capital", over))
    last = question.count - 1
    if last in levels:
        periods = question.count - vintage.first
        age = min(periods * question.years, life / 12)
        share = question.left_share(life, periods)
        discounted = (1 + question.rate) ** (age - life / 12), (1 + question.rate) ** (-life / 12)
        share = (1 - scrap * discounted[1]) * share + scrap * discounted[0]
        plan.residual.gain(levels[last], price * min(share, _on_curve(curve, age) if len(curve) > 1 else 1.0))


def _outlived(plan: Plan, vintage: Cohort) -> list[tuple[int, Sum]]:
    """How many of a vintage reach the end of their life in each period of the horizon: of a last part of a period, in two steps."""
    full = int(vintage.end)
    part = vintage.end - full
    steps = [(full, 1 - part), (full + 1, part)]
    return [(over, vintage.size * share) for over, share in steps if share and over in plan.periods]


def _on_curve(curve: list[tuple[float, float]], age: float) -> float:
    """Resale value at an age: straight lines between points; the last one goes on, down to nothing and never up."""
    for (left, high), (right, low) in pairwise(curve):
        if left <= age <= right:
            return high + (low - high) * (age - left) / (right - left)
    (left, high), (right, low) = curve[-2:]
    return min(low, max(0.0, low + (low - high) * (age - right) / (right - left)))


def _run(plan: Plan, system: str, site: str, kept: list[dict[int, Sum]]) -> None:
    facts, question = plan.facts, plan.question
    for t in plan.periods:
        installed = total(levels[t] for levels in kept if t in levels)
        plan.accounts["installed"][site, system, t] = installed
        running = plan.decide("running", (site, system, t))
        plan.matrix.at_most(running * (1 + facts.number("accelerators", system, "spares", site, t, 0.0)), installed)
        yearly = facts.number("accelerators", system, "upkeep", site, t) * facts.number("accelerators", system, "price", site, t)
        plan.running[t].gain(installed, yearly * question.years)
        rent = facts.number("accelerators", system, "storage_price", site, t, 0.0) * question.step
        rent *= facts.number("accelerators", system, "price", site, t)
        plan.running[t].gain(installed, rent)
        plan.running[t].gain(running, -rent * (1 + facts.number("accelerators", system, "spares", site, t, 0.0)))
        plan.compute[t].gain(running, facts.h100e(system) * facts.number("accelerators", system, "availability", site, t) / 1000)


def _hold(plan: Plan, site: str, systems: list[str]) -> None:
    """Room by cooling and density, power and water at a site."""
    facts, question = plan.facts, plan.question
    kinds = sorted({facts.text("accelerators", a, "cooling") for a in systems})
    water = {}
    for t in plan.periods:
        peak, facility_peak, facility_mean, water[t] = Sum(), Sum(), Sum(), Sum()
        for kind in kinds:
            drawn = {}
            for a in systems:
                if facts.text("accelerators", a, "cooling") == kind:
                    each = facts.number("accelerators", a, "power") * facts.number("accelerators", a, "overhead")
                    drawn[a] = plan.decided["running"][site, a, t] * each
                    peak.gain(drawn[a])
                    facility_peak.gain(drawn[a], facts.number("cooling", kind, "peak_ratio", site, t))
                    mean = drawn[a] * facts.number("accelerators", a, "load_factor")
                    facility_mean.gain(mean, facts.number("cooling", kind, "mean_ratio", site, t))
                    water[t].gain(mean, question.hours * facts.number("cooling", kind, "water", site, t))
            for threshold in sorted({facts.number("accelerators", a, "rack_density") for a in drawn}):
                dense = total(load for a, load in drawn.items() if facts.number("accelerators", a, "rack_density") >= threshold)
                open_room = total(cohort.serving(t) * room for cohort, room, density in plan.room[site, kind] if density >= threshold)
                plan.matrix.at_most(dense, open_room)
        plan.it_peak[site, t], plan.facility_peak[site, t], plan.facility_mean[site, t] = peak, facility_peak, facility_mean
    for window in plan.windows():
        limit = facts.number("sites", site, "water_limit", site, window[-1], default=None)
        if limit is not None:
            plan.matrix.at_most(total(water[t] for t in window), limit)
