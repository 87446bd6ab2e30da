"""Leases: room in a landlord's halls, for the planner's own systems.

Room is signed for in a period, serves a lead time later and is paid until its term ends: a rent fixed at signing, which rises
by its escalation from then on, in nominal money. The landlord's power is metered (paid by use), included in the rent, or
the planner's own. Which systems stand there is decided system by system, so that both power and energy move with them: none
is metered where no system draws it, and none is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.constants import MEGA
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import By, Quantity
from gwplan.model.block import Block, Expression, Key, Relation, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.offers import larger_before, taken_up_within
from gwplan.model.parts.contracts.commitments import at_end
from gwplan.model.parts.contracts.terms import (
    TABLE,
    beyond,
    earliest_of,
    kind_of,
    last_period,
    lead_of,
    on_offer,
    service,
    signing,
    term_ends,
    term_of,
)
from gwplan.model.price_level import inflator
from gwplan.model.stocks import growing, stock
from gwplan.model.systems import needing, usable
from gwplan.model.tenure import HOSTED, LEASED, OWN

KIND = "lease"
PLACE: By = ("site", "when")
POWER = ("own", "metered", "included")
QUANTITIES = (
    kind_of(KIND),
    Quantity("provider", KIND, "label", "the landlord, who is paid"),
    Quantity("cooling", KIND, "label", "cooling kind of the room", refers="cooling"),
    Quantity("density", KIND, "kW", "most power in one rack", least=0, sane=(5, 2000)),
    Quantity("rent", KIND, "MUSD/MW/year", "rent of IT power, in real dollars at the date of signing", PLACE, "linear", least=0,
             sane=(0.2, 5)),
    Quantity("escalation", KIND, "1/year", "rise of the rent from signing on, in nominal money", default=0.0, least=0, most=1,
             sane=(0, 0.08)),
    Quantity("term", KIND, "year", "length from service on", least=0.25, sane=(1, 30)),
    lead_of(KIND),
    earliest_of(KIND),
    Quantity("most_power", KIND, "MW", "most IT power under lease at a site", PLACE, least=0, sane=(0, 20000)),
    Quantity("block", KIND, "MW", "whole blocks of this size only; 0: any amount", default=0.0, least=0, sane=(0, 500)),
    Quantity("power", KIND, "label", "who powers and cools it: the landlord, metered or included in the rent, or the planner (own)",
             default="metered", labels=POWER),
    Quantity("energy_price", KIND, "USD/MWh", "metered energy", PLACE, "linear", optional=True, least=0, sane=(5, 500),
             where=("power", ("metered",))),
    Quantity("emission_rate", KIND, "kg/MWh", "CO2 per energy of the landlord", PLACE, optional=True, least=0, sane=(0, 1500),
             where=("power", ("metered", "included"))),
)
INDEX = ("contract", "site", "period")
LOADED = ("contract", "system", "site", "period")


def faults(case: Case) -> Iterator[Fault]:
    """Energy that nobody prices, and carbon that nobody counts, at sites where there is room to let."""
    for contract in case.items(KIND):
        file, row = case.location(TABLE, contract, "power")
        row = row or case.location(TABLE, contract, "kind")[1]
        places = [site for site in case.items("site") if offered_at(case, contract, site)]
        for site in places:
            missing = [period.name for period in case.calendar.periods
                       if case.get(TABLE, contract, "energy_price", site, period.number) is None]
            if case.label(TABLE, contract, "power") == "metered" and missing:
                yield Fault(file, row, f"{contract}: metered power needs energy_price at {site} (none in {missing[0]})")
        uncounted = [site for site in places if not (case.has(TABLE, contract, "emission_rate", site)
                                                     or case.has(TABLE, contract, "emission_rate", ""))]
        if "carbon" in case.definition.parts and tenure(case, contract) == HOSTED and uncounted:
            message = f"{contract}: with the part carbon, the landlord's energy needs emission_rate (none at {', '.join(uncounted)})"
            yield Fault(file, row, message)


def warnings(case: Case) -> Iterator[Fault]:
    """Leases that have no room in time, or room that no system can stand in."""
    for contract in on_offer(case, KIND):
        location = case.location(TABLE, contract, "kind")
        if not any(signings(case, contract, site) for site in case.items("site")):
            yield Fault(*location, f"{contract} has no room to let that would serve within the horizon and is not offered")
        elif not fitting(case, contract):
            yield Fault(*location, f"{contract} fits no system: none has its cooling and a rack_density of at most its density")


def tenure(case: Case, contract: str) -> str:
    """leased where the planner powers it, else hosted."""
    return LEASED if case.label(TABLE, contract, "power") == "own" else HOSTED


def fitting(case: Case, contract: str) -> list[str]:
    """Systems that can stand in its room."""
    cooling, density = case.label(TABLE, contract, "cooling"), case.number(TABLE, contract, "density")
    return [system for system in usable(case) if case.label("accelerators", system, "cooling") == cooling
            and case.number("accelerators", system, "rack_density") <= density]


def offered_at(case: Case, contract: str, site: str) -> bool:
    """True if there is room to let at the site at any time."""
    return any(case.get(TABLE, contract, "most_power", site, period.number) for period in case.calendar.periods)


def signings(case: Case, contract: str, site: str) -> list[int]:
    """Periods in which room can be signed for that serves inside the horizon."""
    last = last_period(case)
    return [period for period in range(signing(case, contract), last + 1) if service(case, contract, period) <= last
            and case.get(TABLE, contract, "most_power", site, period)]


def rate(case: Case, contract: str, site: str, signed: int, period: int) -> float:
    """Nominal rent of a period, MUSD/MW/year, of room signed for in an earlier one: rent then x (1 + escalation)^years."""
    rises = (1 + case.number(TABLE, contract, "escalation")) ** years_between(case, signed, period)
    return float(case.number(TABLE, contract, "rent", site, signed) * inflator(case, signed) * rises)


def years_between(case: Case, one: int, other: int) -> float:
    """Years from one period to another, which may lie after the horizon."""
    return (other - one) * case.calendar.periods[0].months / MONTHS_A_YEAR


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> dict[Key, Expression]:
    """Sign for room, put systems there, pay rent and energy; gives what is committed beyond the horizon."""
    pairs = [(contract, site) for contract in on_offer(case, KIND) for site in case.items("site") if signings(case, contract, site)]
    choices = [(*pair, period) for pair in pairs for period in signings(case, *pair)]
    leased = block.variable("leased", INDEX, choices, unit="MW", doc="room that is signed for")
    whole = [key for key in choices if case.number(TABLE, key[0], "block")]
    block.variable("blocks", INDEX, whole, unit="1", doc="blocks that are signed for", whole=True)
    first = {pair: signings(case, *pair)[0] for pair in pairs}
    held = [(*pair, period) for pair in pairs for period in range(first[pair], last_period(case) + 1)]
    served = [key for key in held if key[-1] >= service(case, key[0], first[key[:2]])]
    block.variable("under_lease", INDEX, held, unit="MW", doc="room signed for whose term has not ended")
    room = block.variable("leased_room", INDEX, served, unit="MW", doc="leased room that serves")
    rents = block.variable("rent_roll", INDEX, served, unit="MUSD_nominal/year", doc="rent of leased room that serves")
    fits = {contract: fitting(case, contract) for contract in {key[0] for key in served}}
    loads = [(key[0], system, *key[1:]) for key in served for system in fits[key[0]]]
    block.variable("leased_load", LOADED, loads, unit="MW", doc="peak IT power of systems in leased room")
    for name, doc in {"leased_peak": "peak", "leased_mean": "mean"}.items():
        block.variable(name, INDEX, served, unit="MW", doc=f"{doc} IT power in leased room")
    state_room(block, case)
    state_load(block, case)
    for contract, site in pairs:
        periods = [key[-1] for key in served if key[:2] == (contract, site)]
        years = case.calendar.periods[0].years
        bills = {period: rents[contract, site, period] * (years / inflator(case, period)) for period in periods}
        ledger.pay("running", "contracts", "leases", (contract, site, case.label(TABLE, contract, "provider")), bills)
        place = case.label(TABLE, contract, "cooling"), case.number(TABLE, contract, "density")
        exchange.make("hall_room", "contracts", {(tenure(case, contract), site, *place, period): room[contract, site, period]
                                                 for period in periods})
        each = {key: liability(case, key) for key in choices if key[:2] == (contract, site)}
        owed = total(amount * leased[key] for key, amount in each.items() if amount)
        ledger.owe("contracts", (contract, site, case.label(TABLE, contract, "provider")), owed)
        move(block, case, exchange, (contract, site))
        power(block, case, exchange, ledger, (contract, site))
    return {(contract,): total(committed(case, key) * leased[key] for key in choices if key[0] == contract)
            for contract in dict.fromkeys(contract for contract, _ in pairs)}


def state_room(block: Block, case: Case) -> None:
    """Tie room and rent to what was signed for."""
    leased, held, room, rents = (block.variables[name].data for name in ("leased", "under_lease", "leased_room", "rent_roll"))
    enters = {(*key[:2], service(case, key[0], key[-1])): key for key in leased}
    leaves: dict[Key, list[tuple[float, Key]]] = {}
    for start, key in enters.items():
        for end, share in term_ends(case, key[0], start[-1]).items():
            leaves.setdefault((*key[:2], end), []).append((share, key))

    def over(key: Key) -> Expression:
        return total(share * leased[gone] for share, gone in leaves.get(key, []))

    @block.rule(INDEX, held)
    def lease_follows_signing(contract: str, site: str, period: int) -> Relation:
        """Under lease = under lease in the period before + signed for - that whose term is over."""
        key = (contract, site, period)
        return stock(held, key, leased.get(key, 0), over(key))

    @block.rule(INDEX, room)
    def room_follows_signing(contract: str, site: str, period: int) -> Relation:
        """Leased room = leased room in the period before + what enters service - that whose term is over."""
        key = (contract, site, period)
        return stock(room, key, leased[enters[key]] if key in enters else 0, over(key))

    @block.rule(INDEX, rents)
    def rent_follows_signing(contract: str, site: str, period: int) -> Relation:
        """Rent = rent of the period before x (1 + escalation)^years + rent of what enters service - rent of that whose term is over."""
        key = (contract, site, period)
        rise = (1 + case.number(TABLE, contract, "escalation")) ** years_between(case, 0, 1)
        came = [rate(case, contract, site, enters[key][-1], period) * leased[enters[key]]] if key in enters else []
        gone = [share * rate(case, contract, site, each[-1], period) * leased[each] for share, each in leaves.get(key, [])]
        return growing(rents, key, rise, total(came), total(gone))


def state_load(block: Block, case: Case) -> None:
    """Sum what stands in leased room."""
    load, peak, mean = (block.variables[name].data for name in ("leased_load", "leased_peak", "leased_mean"))
    factor = {system: case.number("accelerators", system, "load_factor") for system in usable(case)}
    fits = {contract: fitting(case, contract) for contract in {key[0] for key in peak}}

    @block.rule(INDEX, peak)
    def leased_peak_is_what_stands_there(contract: str, site: str, period: int) -> Relation:
        """Peak IT power in leased room = sum over the systems there."""
        return equal(peak[contract, site, period], total(load[contract, system, site, period] for system in fits[contract]))

    @block.rule(INDEX, mean)
    def leased_mean_is_what_stands_there(contract: str, site: str, period: int) -> Relation:
        """Mean IT power in leased room = sum over the systems there of their peak power x load factor."""
        drawn = total(factor[system] * load[contract, system, site, period] for system in fits[contract])
        return equal(mean[contract, site, period], drawn)


def move(block: Block, case: Case, exchange: Exchange, pair: tuple[str, str]) -> None:
    """Systems in leased room are no load of the planner's own halls: power and energy change their tenure, none is lost."""
    contract, site = pair
    where, cooling = tenure(case, contract), case.label(TABLE, contract, "cooling")
    for account, name in (("it_peak", "leased_peak"), ("it_mean", "leased_mean")):
        for key, amount in block.variables[name].data.items():
            if key[:2] == pair:
                exchange.make(account, "contracts", {(OWN, site, cooling, key[-1]): -amount, (where, site, cooling, key[-1]): amount})


def power(block: Block, case: Case, exchange: Exchange, ledger: Ledger, pair: tuple[str, str]) -> None:
    """The landlord's energy: paid where it is metered; its emissions."""
    contract, site = pair
    if tenure(case, contract) != HOSTED:
        return
    cooling, provider = (case.label(TABLE, contract, quantity) for quantity in ("cooling", "provider"))
    bills: dict[int, Expression] = {}
    for (name, place, period), mean in block.variables["leased_mean"].data.items():
        if (name, place) == pair:
            used = case.number("cooling", cooling, "mean_ratio", site, period) * case.calendar.periods[period].hours / MEGA
            if case.label(TABLE, contract, "power") == "metered":
                bills[period] = case.number(TABLE, contract, "energy_price", site, period) * used * mean
            emitted = case.get(TABLE, contract, "emission_rate", site, period)
            if emitted:
                exchange.make("emissions", "contracts", {("operational", site, period): emitted * used * mean})
    ledger.pay("running", "contracts", "energy", (contract, site, provider), bills)


def committed(case: Case, key: Key) -> float:
    """Nominal rent after the horizon of a MW signed for in a period, MUSD."""
    contract, site, signed = key
    after = beyond(case, term_of(case, contract, service(case, contract, signed)))
    return sum(share * rate(case, contract, site, signed, period) for period, share in after.items()) * case.calendar.periods[0].years


def liability(case: Case, key: Key) -> float:
    """What the rent after the horizon of a MW is above that of room signed for in the last period: worth at the end, real MUSD."""
    contract, site, signed = key
    owed, years = 0.0, case.calendar.periods[0].years
    for period, share in beyond(case, term_of(case, contract, service(case, contract, signed))).items():
        above = rate(case, contract, site, signed, period) - rate(case, contract, site, last_period(case), period)
        owed += share * years * max(0.0, above) * at_end(case, period)
    return owed


def bind(block: Block, case: Case, exchange: Exchange) -> None:
    """Sign for no more than is to let, in whole blocks; put no more there than there is room for, and no more than runs."""
    leased, blocks, room = (block.variables[name].data for name in ("leased", "blocks", "leased_room"))
    peak, load = block.variables["leased_peak"].data, block.variables["leased_load"].data

    bind_offers(block, case)

    @block.rule(INDEX, blocks)
    def leased_in_blocks(contract: str, site: str, period: int) -> Relation:
        """Room signed for = whole blocks x their size."""
        return equal(leased[contract, site, period], case.number(TABLE, contract, "block") * blocks[contract, site, period])

    @block.rule(INDEX, peak)
    def leased_load_fits_the_room(contract: str, site: str, period: int) -> Relation:
        """IT power in leased room is at most that room."""
        return at_most(peak[contract, site, period], room[contract, site, period])

    running = exchange.take("system_power", "contracts")
    by_system: dict[Key, list[Expression]] = {}
    for (_, system, site, period), amount in load.items():
        by_system.setdefault((system, site, period), []).append(amount)

    @block.rule(("system", "site", "period"), by_system)
    def leased_load_runs(system: str, site: str, period: int) -> Relation:
        """IT power of a system in all leased room at a site is at most that of its systems that run there."""
        return at_most(total(by_system[system, site, period]), running.get((system, site, period), 0))

    bind_own(block, case, exchange, by_system)


def bind_offers(block: Block, case: Case) -> None:
    """An offer limits what is signed for, and never what was signed for before and stays: see gwplan/model/offers.py."""
    leased, held = block.variables["leased"].data, block.variables["under_lease"].data
    offers = {pair: {n: case.number(TABLE, pair[0], "most_power", pair[1], n) for n in range(last_period(case) + 1)}
              for pair in dict.fromkeys(key[:2] for key in held)}
    larger = {key: larger_before(offers[key[:2]], key[-1]) for key in held}

    def stays(key: Key, size: float) -> Expression:
        """Room under lease in the period that was signed for while at most `size` was to let."""
        contract, site, period = key
        terms = []
        for signed in taken_up_within(offers[contract, site], period, size):
            start = service(case, contract, signed)
            if (contract, site, signed) in leased:
                share = 1.0 if period < start else term_of(case, contract, start).get(period, 0.0)
                terms.append(share * leased[contract, site, signed])
        return total(terms)

    @block.rule(INDEX, held, promise="MW")
    def lease_within_offer(contract: str, site: str, period: int) -> Relation:
        """Room under lease is at most what is to let at the site; what was signed for while more was to let stays."""
        key = (contract, site, period)
        return at_most(stays(key, offers[contract, site][period]) if larger[key] else held[key], offers[contract, site][period])

    @block.rule((*INDEX, "offer"), [(*key, size) for key, sizes in larger.items() for size in sizes], promise="MW")
    def lease_within_larger_offer(contract: str, site: str, period: int, offer: float) -> Relation:
        """Where an offer has fallen: room that was signed for under offers of at most a larger one before is at most that one."""
        return at_most(stays((contract, site, period), offer), offer)


def bind_own(block: Block, case: Case, exchange: Exchange, leased: dict[Key, list[Expression]]) -> None:
    """What stands in no leased room fits the planner's own halls."""
    running = exchange.take("system_power", "contracts")
    own: dict[Key, list[tuple[float, Expression]]] = {}
    for (where, site, cooling, density, period), amount in exchange.balance("hall_room").items():
        if where == OWN:
            own.setdefault((site, cooling, period), []).append((density, amount))
    steps = {(cooling, density) for (_, cooling, _), rooms in own.items() for density, _ in rooms}
    needs = {system: (case.label("accelerators", system, "cooling"), case.number("accelerators", system, "rack_density"))
             for system in sorted({key[0] for key in leased})}
    groups = {(cooling, density): needing(case, cooling, density, steps) for cooling, density in sorted(steps)}
    kinds = {cooling for cooling, _ in needs.values()}
    places = sorted({key[1:] for key in leased})
    keys = [(site, cooling, density, period) for (site, period), (cooling, density) in product(places, groups) if cooling in kinds]

    @block.rule(("site", "cooling", "density", "period"), keys)
    def own_load_fits_own_halls(site: str, cooling: str, density: float, period: int) -> Relation:
        """IT power of systems that need at least this density, less what stands in leased room, is at most the own room that bears it."""
        there = [system for system in groups[cooling, density] if (system, site, period) in running]
        load = total(running[system, site, period] for system in there)
        moved = total(total(leased.get((system, site, period), [])) for system in there)
        return at_most(load - moved, total(amount for bears, amount in own.get((site, cooling, period), []) if bears >= density))
