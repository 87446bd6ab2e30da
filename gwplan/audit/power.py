"""Power: feasible orders, capacity, peak coverage, energy balance, output limits, and full bills.

Output (`power.output`) and bills (`power.bill`) are decisions that are not in the plan; their tables are checked against
their rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from gwplan.audit import credits as tax_credits
from gwplan.audit import hourly, interim, matching, tariff_terms
from gwplan.audit.cash_flow import enter_basis
from gwplan.audit.checks import Array
from gwplan.audit.firmness import credits_of
from gwplan.audit.inputs import FUEL_EMISSION
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import (
    NEVER,
    There,
    Whole,
    age_at_end,
    annuity_share,
    arrival_of,
    at_arrival,
    existing,
    flow_size,
    in_periods,
    larger_offers,
    last_part,
    length_of,
    lots,
    months_to_service,
    moved,
    product,
    taken_up_within,
    within,
)
from gwplan.audit.units import amount
from gwplan.common.calendar import HOURS_A_YEAR, MONTHS_A_YEAR, parse_date

INDEX = ("supply", "site", "period")
SLICED = (*INDEX, "slice")
ROLES, DIRECT = ("prime", "backup", "variable", "contract"), ("variable", "contract")
"""Roles used in a plan without hours, and the variable (non-dispatchable) ones."""


@dataclass(frozen=True)
class Supplies:
    """Data of supplies: flags over (supply,) or (supply, site), numbers over (supply, site, period or 1)."""

    roles: npt.NDArray[np.object_]
    prime: npt.NDArray[np.bool_]
    contract: npt.NDArray[np.bool_]
    billed: npt.NDArray[np.bool_]
    """By site: supplies with an energy price that are not contracts."""
    wired: npt.NDArray[np.bool_]
    """By site: prime supplies that are billed and burn no fuel: grid connections."""
    life: Array
    unit: Array
    sellers: list[str]
    leaves: Whole
    """By site: the period from which it does not serve, whatever its life; NEVER if there is none."""
    rented: npt.NDArray[np.bool_]
    """By site: supplies with a rent, for their life."""


def supplies(answer: Answer) -> Supplies:
    """Roles, lives (of a contract: its term), units and sellers."""
    inputs, names = answer.inputs, answer.axis["supply"]
    roles = np.array([inputs.text("power", name, "role") for name in names], dtype=object)
    prime, contract = roles == "prime", roles == "contract"
    billed = ~contract[:, None] & ~np.isnan(inputs.grid("power", names, "energy_price", answer.sites)).all(axis=2)
    wired = prime[:, None] & billed & ~(inputs.flat("power", names, "heat_rate", answer.sites) > 0)
    term, life = (inputs.flat("power", names, quantity, answer.sites) for quantity in ("contract_term", "life"))
    sellers = [name if is_contract else "suppliers" for name, is_contract in zip(names, contract, strict=True)]
    unit = inputs.flat("power", names, "unit", answer.sites)[:, :, None]
    leaves = np.array([[leaves_in(answer, name, site) for site in answer.sites] for name in names], dtype=np.int64).reshape(len(names), -1)
    rented = np.asarray((inputs.grid("power", names, "rent", answer.sites) > 0).any(axis=2))
    return Supplies(roles, prime, contract, billed, wired, np.where(contract[:, None], term, life), unit, sellers, leaves, rented)


def leaves_in(answer: Answer, name: str, site: str) -> int:
    """Number of the period from which a supply does not serve any more by its `until`, after the horizon too; NEVER without one."""
    text, first = answer.inputs.text("power", name, "until", site), answer.calendar.periods[0]
    return max(0, -((first.first - parse_date(text).first) // first.months)) if text else NEVER


def check(answer: Answer) -> None:
    """Recompute capacity; check its limits and its output."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    facts, ordered = supplies(answer), answer.decided["power", "ordered"]
    steps = np.broadcast_to(in_periods(answer, months_to_service(answer, names, sites)), ordered.shape)
    life = length_of(answer, facts.life)
    stays = np.asarray(np.arange(answer.last + 1) < facts.leaves[:, :, None], dtype=float)
    answer.known["supply_stays"] = stays
    there = existing(answer, "supply", lambda name, site: float(facts.life[names.index(name), sites.index(site)]), facts.unit[:, :, 0])
    there = There(there.standing * stays, there.entering * stays, there.leaving * stays, there.ends)
    entered = moved(product(ordered, facts.unit), steps)
    term = np.fmin(length_of(answer, inputs.flat("power", names, "contract_term", sites)), life)
    given_up, ending = answer.table("power.given_up", *INDEX), last_part(entered, life) * stays + there.leaving
    owed = facts.contract[:, None, None] | facts.rented[:, :, None]
    answer.checks.at_most("power.given_up_is_ending", given_up, np.where(owed, 0.0, ending), answer.axes(*INDEX))
    capacity = within(entered, life) * stays + there.standing - given_up
    contracted = np.where(facts.billed[:, :, None], tariff_terms.counted(answer, lots(entered, term)) * stays, 0.0)
    answer.known |= {"capacity": capacity, "contracted": contracted, "output": answer.table("power.output", *SLICED)}
    answer.compare("power.ordered", ordered, *INDEX)
    size = flow_size(entered) + there.standing
    answer.compare("power.capacity", capacity, *INDEX, scale=size)
    answer.compare("power.contracted", contracted, *INDEX, scale=size)
    check_orders(answer, facts, steps)
    check_offers(answer, lots(entered, life) * stays[:, :, None, :], there, given_up)
    connection = interim.read(answer)
    if answer.year is None:
        answer.known["unserved"] = interim.unserved(answer)
        check_balance(answer, facts)
        check_output(answer, facts, size, connection)
        interim.check_energy(answer, facts.roles, facts.wired, connection)
    else:
        parts = interim.parts(answer, answer.year, connection)
        hourly.check(answer, answer.year, facts.roles, credits_of(answer)[:, :, None] * capacity)
        answer.known["limit"] = (answer.known["potential"] * answer.year.share).sum(axis=2)
        check_connection(answer, facts, (1 - parts) * answer.known["potential"][:, :, None, :])
        interim.check_parts(answer, facts.roles, facts.wired, connection, parts)
        hourly.enter_tariff(answer, answer.year, facts.wired)
    tax_credits.check(answer, entered, life)
    matching.check(answer, facts.roles, facts.wired)
    enter_capital(answer, facts, steps)
    tariff_terms.enter(answer, steps, np.array([facts.life, facts.leaves], dtype=float), (facts.wired, facts.sellers))
    enter_running(answer, facts)


def check_orders(answer: Answer, facts: Supplies, steps: Whole) -> None:
    """Orders are integer if required, on offer, and serve within the horizon and not before the queue's first day."""
    inputs, names, checks, axes = answer.inputs, answer.axis["supply"], answer.checks, answer.axes(*INDEX)
    ordered = answer.decided["power", "ordered"]
    arrival = arrival_of(steps, ordered.shape)
    checks.nothing("power.serves_inside_the_horizon", ordered, arrival > answer.last, axes)
    begun = np.array([[inputs.begun("power", name, site) for site in answer.sites] for name in names]).reshape(len(names), -1, 1)
    checks.nothing("power.serves_not_before_earliest", ordered, arrival < begun, axes)
    checks.nothing("power.serves_not_after_until", ordered, arrival >= facts.leaves[:, :, None], axes)
    most = inputs.grid("power", names, "most", answer.sites)
    storage = ((facts.roles == "storage") & (answer.year is None)).reshape(-1, 1, 1)
    offered = np.nan_to_num(at_arrival(most, arrival)) > 0
    checks.nothing("power.ordered_is_offered", ordered, ~offered | storage, axes)
    whole_from = amount(answer.folder.definition.get("solver", {}).get("whole_units_from", "100 MW"), "MW")
    whole = facts.unit >= whole_from
    checks.equal("power.large_units_are_whole", np.where(whole, ordered, 0.0), np.where(whole, np.round(ordered), 0.0), axes)


def check_offers(answer: Answer, stays: Array, there: There, given_up: Array) -> None:
    """New capacity is within the site's current offer; existing capacity, or capacity from a larger earlier offer, may stay."""
    most = np.nan_to_num(answer.inputs.grid("power", answer.axis["supply"], "most", answer.sites))
    offers = np.broadcast_to(most, there.standing.shape)
    # Capacity given up is in the last part of its life: the oldest first.
    left, gives = stays.copy(), given_up.copy()
    for since in range(stays.shape[2]):
        taken = np.minimum(left[:, :, since], gives)
        left[:, :, since], gives = left[:, :, since] - taken, gives - taken
    capacity, opened = answer.known["capacity"], np.broadcast_to(answer.known["opened"][None, :, :], offers.shape)
    left = left + np.eye(stays.shape[2])[None, None] * there.standing[:, :, None, :]
    axes, size = answer.axes(*INDEX), np.abs(stays).sum(axis=(2, 3), keepdims=True)[:, :, :, 0] + there.standing
    sizes, under, larger = larger_offers(left, offers)
    held = np.where(np.isnan(larger).all(axis=3), capacity, taken_up_within(left, offers))
    answer.checks.at_most("power.capacity_within_offer", held, np.maximum(offers, there.standing) * opened, axes, size)
    limit = np.maximum(larger, there.standing[:, :, :, None]) * opened[:, :, :, None]
    answer.checks.at_most("power.capacity_within_larger_offer", under, limit, [*axes, [str(each) for each in sizes]], size[:, :, :, None])


def check_balance(answer: Answer, facts: Supplies) -> None:
    """Firm power covers the peak; output equals the facility's energy use."""
    known = answer.known
    firm = (credits_of(answer)[:, :, None] * known["capacity"])[facts.prime].sum(axis=0)
    answer.checks.at_least("power.supply_covers_peak", firm, known["facility_peak"], answer.axes("site", "period"))
    used = np.repeat(known["facility_mean"][:, :, None], len(answer.axis["slice"]), axis=2)
    given = known["output"].sum(axis=0) + known["unserved"]
    answer.checks.equal("power.energy_is_balanced", given, used, answer.axes("site", "period", "slice"))


def check_output(answer: Answer, facts: Supplies, size: Array, connection: interim.Interim) -> None:
    """Output is within capacity, and within the share of a flat load that it can serve directly, alone and with others."""
    inputs, names, known = answer.inputs, answer.axis["supply"], answer.known
    output, axes = known["output"], answer.axes(*SLICED)
    share = {quantity: inputs.flat("power", names, quantity, answer.sites)
             for quantity in ("availability", "capacity_factor", "most_hours", "direct_share")}
    roles = np.array([inputs.text("power", name, "role") for name in names], dtype=object)[:, None]
    able = np.where((roles == "prime") | (roles == "backup"), share["availability"], np.nan)
    limit = np.fmin(np.fmin(able, share["capacity_factor"]), share["most_hours"] / HOURS_A_YEAR)
    known["limit"] = np.nan_to_num(limit)
    running = 1 - connection.share * connection.own[:, :, None]
    most = np.fmin(limit[:, :, None], able[:, :, None] * running)
    # A supply without the number gives no output.
    gives = (known["capacity"] * np.nan_to_num(most))[..., None]
    contract = roles == "contract"
    alone = np.where(contract & np.isnan(share["direct_share"]), share["capacity_factor"], share["direct_share"])
    direct = np.where(contract | (roles == "variable"), np.nan_to_num(alone), np.nan)
    serves = (known["facility_mean"][None, :, :] * direct[:, :, None])[..., None]
    for role in ROLES:
        of_role = np.where((roles == role)[:, :, None, None], output, 0.0)
        answer.checks.at_most(f"power.output_of_{role}_within_its_capacity", of_role, gives, axes, size[..., None])
        if role in DIRECT:
            answer.checks.at_most(f"power.output_of_{role}_serves_directly", of_role, np.nan_to_num(serves), axes)
    other = ~np.isin(roles, ROLES)[:, :, None, None]
    answer.checks.nothing("power.output_comes_from_known_roles", output, other, axes)
    check_overlaps(answer, direct, gives)
    check_connection(answer, facts, (share["availability"][:, :, None] * running)[..., None])


def check_connection(answer: Answer, facts: Supplies, available: Array) -> None:
    """Contracted and bought energy together are within the connection. available: share of capacity by (supply, site, period, slice)."""
    output, exported = answer.known["output"], answer.known.get("exported", 0.0)
    room = np.where(facts.wired[:, :, None, None], answer.known["capacity"][..., None] * available, 0.0).sum(axis=0)
    brought = np.where((facts.wired | facts.contract[:, None])[:, :, None, None], output + exported, 0.0).sum(axis=0)
    signed = output[facts.contract].sum(axis=0) > 0
    answer.checks.at_most("power.contracts_use_the_connection", np.where(signed, brought, 0.0), room, answer.axes(*SLICED[1:]))


def check_overlaps(answer: Answer, direct: Array, gives: Array) -> None:
    """Joint limit of solar, wind and contracts: each set by its shares, and others by their potential output in the gaps."""
    known, axes = answer.known, answer.axes("site", "period", "slice")
    # What a supply gives beyond the gaps of a set is worked out here, not read.
    answer.read.add("power.beyond_gaps")
    worst = np.zeros((*known["facility_mean"].shape, len(answer.axis["slice"])))
    for site in range(len(answer.sites)):
        some = [number for number in range(len(direct)) if 0 < direct[number, site] < 1]
        output, could, load = known["output"][:, site], gives[:, site], known["facility_mean"][site][:, None]
        for size in range(2, len(some) + 1):
            for chosen in combinations(some, size):
                gaps = float(np.prod([1 - direct[number, site] for number in chosen]))
                # Only supplies that exceed their gap limit tighten the sum: only those need be checked.
                extra = sum((np.maximum(output[each] - gaps * could[each], 0.0) for each in some if each not in chosen), np.zeros(()))
                over = sum(output[each] for each in chosen) + extra - (1 - gaps) * load
                worst[site] = np.maximum(worst[site], over)
    answer.checks.at_most("power.direct_supplies_overlap", worst, np.zeros_like(worst), axes,
                          np.broadcast_to(known["facility_mean"][..., None], worst.shape))


def enter_capital(answer: Answer, facts: Supplies, steps: Whole) -> None:
    """Deposit at order, balance at service; residual value net of an investment tax credit, except for contracts.

    So of power, and of the energy of storage that is ordered apart from it.
    """
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    ordered = answer.decided["power", "ordered"]
    markup = 1 + inputs.flat("power", names, "contingency", sites)[:, :, None]
    deposit = inputs.flat("power", names, "deposit")[:, :, None]
    price = inputs.grid("power", names, "price", sites)
    paid = product(ordered, (price + np.nan_to_num(stored_price(answer, facts))) * markup * facts.unit)
    energy = answer.table("power.energy_ordered", *INDEX)
    if energy.any():
        paid = paid + product(energy, inputs.grid("power", names, "storage_price", sites) * markup)
    answer.expect("capital", "power", (names, sites, facts.sellers), paid * deposit + moved(paid * (1 - deposit), steps))
    enter_basis(answer, "power", paid, deposit, steps)
    tax_credits.enter(answer, paid, steps)
    arrival = arrival_of(steps, ordered.shape)
    served = np.minimum(facts.life[:, :, None], np.maximum(facts.leaves[:, :, None] - arrival, 1) * answer.years)
    share = annuity_share(served, np.maximum(age_at_end(answer, arrival), 0.0), answer.calendar.rate)
    lasting = (arrival <= answer.last) & ~facts.contract[:, None, None] & ~facts.rented[:, :, None]
    worth = np.zeros(paid.shape)
    kept = 1 - np.nan_to_num(at_arrival(tax_credits.investment(answer), arrival))
    worth[:, :, answer.last] = np.where(lasting, product(paid / markup, share * kept), 0.0).sum(axis=2)
    answer.expect("residual", "power", (names, sites, facts.sellers), worth)


def stored_price(answer: Answer, facts: Supplies) -> Array:
    """Price of the energy of storage per power, where its duration is given."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    duration = inputs.flat("power", names, "duration", sites)[:, :, None]
    price = duration * inputs.grid("power", names, "storage_price", sites)
    return np.where((facts.roles == "storage")[:, None, None], price, 0.0)


def enter_running(answer: Answer, facts: Supplies) -> None:
    """Maintenance and demand charge, running price, fuel, bills and contracts; and emissions."""
    inputs, names, sites, known = answer.inputs, answer.axis["supply"], answer.sites, answer.known
    hours = answer.hours * np.array([part.share for part in answer.calendar.slices])
    energy = (known["output"] * hours).sum(axis=3)
    quantities = ("fixed_upkeep", "demand_charge", "rent", "running_price", "energy_price", "emission_rate")
    rate = {quantity: inputs.grid("power", names, quantity, sites) for quantity in quantities}
    heat = np.nan_to_num(inputs.flat("power", names, "heat_rate", sites))[:, :, None]
    burning = [bool((heat[number] > 0).any()) for number in range(len(names))]
    # For a supply that burns no fuel the label `fuel` is a group, and may be the name of a supply.
    fuels = [inputs.text("power", name, "fuel") if burns else "" for name, burns in zip(names, burning, strict=True)]
    fuel_price = inputs.grid("power", fuels, "fuel_price", sites)
    fuel_emission = inputs.grid("power", fuels, "emission_rate", sites, FUEL_EMISSION)
    yearly = rate["fixed_upkeep"] + rate["demand_charge"] + MONTHS_A_YEAR * rate["rent"]
    fixed = product(known["capacity"], yearly) * answer.years
    answer.expect("running", "power", (names, sites, facts.sellers), fixed)
    answer.expect("running", "energy", (names, sites, facts.sellers), product(energy, rate["running_price"]))
    answer.expect("running", "energy", (names, sites, ["fuel suppliers"] * len(names)), product(energy * heat, fuel_price))
    known["operational"] = (product(energy * heat, fuel_emission) + product(energy, rate["emission_rate"])).sum(axis=0)
    hours_of = inputs.flat("power", names, "most_hours", sites) / HOURS_A_YEAR
    factor = np.nan_to_num(np.fmin(inputs.flat("power", names, "capacity_factor", sites), hours_of))[:, :, None]
    billed_energy, credit = energy, np.zeros(energy.shape)
    if answer.year is not None:
        factor = (known["potential"] * answer.year.share).sum(axis=2)[:, :, None]
        shape = answer.year.of(sites, hourly.PRICE, 1.0)[None, :, None, :]
        billed_energy = (known["output"] * hours * shape).sum(axis=3)
        credit = product((known["exported"] * hours * shape).sum(axis=3), inputs.grid("power", names, "export_price", sites))
    taken = known["capacity"] * factor * answer.hours * facts.contract[:, None, None]
    bill = answer.table("power.bill", *INDEX)
    enter_bills(answer, facts, bill, product(billed_energy, rate["energy_price"]) - credit)
    answer.expect("running", "energy", (names, sites, facts.sellers), product(taken, rate["energy_price"])
                  + bill * (facts.billed & ~facts.wired)[:, :, None])
    answer.expect("running", "energy", (names, sites, ["utilities"] * len(names)), bill * facts.wired[:, :, None])


def enter_bills(answer: Answer, facts: Supplies, bill: Array, used: Array) -> None:
    """Bills pay for purchased energy, and at least the minimum take of the contracted capacity."""
    inputs, names, axes = answer.inputs, answer.axis["supply"], answer.axes(*INDEX)
    billed = facts.billed[:, :, None]
    price = inputs.grid("power", names, "energy_price", answer.sites)
    least = inputs.flat("power", names, "minimum_take", answer.sites)[:, :, None] * answer.known["contracted"] * answer.hours
    answer.checks.at_least("power.bill_pays_energy", bill, np.where(billed, used, 0.0), axes)
    answer.checks.at_least("power.bill_pays_minimum_take", bill, np.where(billed, product(least, price), 0.0), axes)
    answer.checks.nothing("power.bills_are_of_bought_energy", bill, ~billed, axes)
