"""Accelerators: feasible orders, allocation, installed and running systems, hall space, money and residual value.

The running systems (`accelerators.running`) and the remainder of each order at the end (`accelerators.left`) are decisions
that are not in the plan; their tables are checked against their rules.
"""

from __future__ import annotations

import numpy as np

from gwplan.audit.cash_flow import enter_basis
from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import (
    Whole,
    age_at_end,
    annuity_share,
    arrival_of,
    at_arrival,
    covers,
    existing,
    flow_size,
    in_periods,
    length_of,
    moved,
    product,
    within,
)
from gwplan.common.calendar import MONTHS_A_YEAR

INDEX = ("system", "site", "period")
RESALE = ((1.0, "residual_one_year"), (3.0, "residual_three_years"), (5.0, "residual_five_years"))


def check(answer: Answer) -> None:
    """Recompute stocks, load, compute and money of systems."""
    inputs, systems = answer.inputs, answer.axis["system"]
    bought, retired = answer.decided["accelerators", "bought"], answer.decided["accelerators", "retired"]
    steps = np.broadcast_to(in_periods(answer, inputs.grid("accelerators", systems, "lead_months")), bought.shape)
    life = length_of(answer, inputs.flat("accelerators", systems, "life"))
    there = existing(answer, "system", lambda system, _: inputs.number("accelerators", system, "life"))
    arrived = moved(bought, steps)
    young = within(arrived, life) + there.standing
    installed = np.cumsum(arrived + there.entering - retired, axis=2)
    running = answer.table("accelerators.running", *INDEX)
    size = flow_size(arrived) + flow_size(there.entering)
    answer.known |= {"arrived": arrived, "installed": installed, "running": running}
    answer.compare("accelerators.bought", bought, *INDEX)
    answer.compare("accelerators.retired", retired, *INDEX)
    for name, amounts in {"arrived": arrived, "young": young, "installed": installed}.items():
        answer.compare(f"accelerators.{name}", amounts, *INDEX, scale=size)
    axes = answer.axes(*INDEX)
    answer.checks.at_most("accelerators.installed_is_young", installed, young, axes, size)
    answer.checks.at_least("accelerators.installed_not_below_zero", installed + size * answer.checks.tolerance, np.zeros(1), axes)
    spares = inputs.flat("accelerators", systems, "spares")[:, :, None]
    answer.checks.at_most("accelerators.spares_stand_by", running * (1 + spares), installed, axes, size)
    check_orders(answer, bought, steps)
    check_load(answer)
    check_room(answer)
    enter_money(answer, bought, steps)
    check_residual(answer, bought, steps, life)
    enter_sales(answer, bought, steps, life)
    carbon = inputs.flat("accelerators", systems, "embodied_carbon")[:, :, None]
    answer.known["embodied"] = answer.known["embodied"] + (carbon * arrived).sum(axis=0)


def check_orders(answer: Answer, bought: Array, steps: Whole) -> None:
    """Orders arrive within the horizon, not before the first delivery, while on sale, and within the yearly allocation."""
    inputs, systems, checks, axes = answer.inputs, answer.axis["system"], answer.checks, answer.axes(*INDEX)
    arrival = arrival_of(steps, bought.shape)
    checks.nothing("accelerators.arrive_inside_the_horizon", bought, arrival > answer.last, axes)
    begun = np.array([inputs.begun("accelerators", system) for system in systems], dtype=int).reshape(-1, 1, 1)
    checks.nothing("accelerators.arrive_not_before_earliest", bought, arrival < begun, axes)
    most = inputs.mean("accelerators", systems, "most_bought")
    allotted = at_arrival(np.broadcast_to(most[:, None, :], bought.shape), arrival)
    checks.nothing("accelerators.arrive_while_sold", bought, allotted == 0, axes)
    check_allocation(answer, np.where(np.isnan(most), np.inf, most * answer.years))
    halls = [(inputs.text("halls", design, "cooling"), inputs.number("halls", design, "density")) for design in answer.axis["design"]]
    needs = [(inputs.text("accelerators", system, "cooling"), inputs.number("accelerators", system, "rack_density")) for system in systems]
    fits = np.array([any(kind == cooling and bears >= density for kind, bears in halls) for cooling, density in needs], dtype=bool)
    checks.nothing("accelerators.bought_fits_some_hall", bought, ~fits.reshape(-1, 1, 1), axes)
    checks.nothing("accelerators.bought_has_a_rate", bought, np.isnan(rates(answer)).reshape(-1, 1, 1), axes)


def check_allocation(answer: Answer, limit: Array) -> None:
    """Arrivals keep within the allocation of their period and what was kept for it of periods before, never for longer than allowed."""
    systems, checks, axes = answer.axis["system"], answer.checks, answer.axes("system", "period")
    longest = np.floor(answer.inputs.flat("accelerators", systems, "carry_over") / MONTHS_A_YEAR / answer.years + 1e-9)
    lags = range(1, 1 + int(longest.max(initial=0)))
    answer.axis["lag"] = [str(lag) for lag in lags]
    kept = answer.table("accelerators.carried", "system", "period", "lag")
    checks.nothing("accelerators.carried_no_longer_than_allowed", kept, np.array(lags) > longest[:, :, None], (*axes, answer.axis["lag"]))
    arrived, leaves = answer.known["arrived"].sum(axis=1), kept.sum(axis=2)
    comes = np.zeros(leaves.shape)
    for place, lag in enumerate(lags):
        comes[:, lag:] += kept[:, :-lag, place]
    checks.at_most("accelerators.arrivals_within_allocation", arrived + leaves - comes, limit, axes)
    checks.at_most("accelerators.carried_within_allocation", leaves, limit, axes)


def rates(answer: Answer) -> Array:
    """H100 that one system equals at the measure of the model; nan where it has no rate."""
    inputs = answer.inputs
    return np.array([inputs.h100e(system, inputs.precision, inputs.workload) for system in answer.axis["system"]])


def check_load(answer: Answer) -> None:
    """IT power by cooling and compute by vendor equal those of the running systems."""
    inputs, systems, known = answer.inputs, answer.axis["system"], answer.known
    of = {quantity: inputs.flat("accelerators", systems, quantity)[:, :, None]
          for quantity in ("power", "overhead", "load_factor", "availability")}
    peak = known["running"] * of["power"] * of["overhead"]
    known["system_peak"] = peak
    cooling = [inputs.text("accelerators", system, "cooling") for system in systems]
    vendor = [inputs.text("accelerators", system, "vendor") for system in systems]
    answer.axis["vendor"] = sorted(set(vendor))
    for name, load in {"it_peak": peak, "it_mean": peak * of["load_factor"]}.items():
        known[name] = by_label(load, cooling, answer.axis["cooling"])
        answer.compare_if_there(f"accelerators.{name}", known[name], "cooling", "site", "period")
    rate = rates(answer).reshape(-1, 1, 1)
    known["compute"] = by_label(product(known["running"], rate * of["availability"]) / 1e3, vendor, answer.axis["vendor"])
    answer.compare_if_there("accelerators.compute", known["compute"], "vendor", "site", "period")


def by_label(amounts: Array, labels: list[str], wanted: list[str]) -> Array:
    """Amounts over (system, site, period) summed by a label of the systems."""
    picks = np.array([[float(label == want) for label in labels] for want in wanted]).reshape(len(wanted), len(labels))
    return np.asarray(np.tensordot(picks, amounts, axes=1), dtype=float)


def check_room(answer: Answer) -> None:
    """For each cooling and each required density: the systems of at least that density fit into halls that support it."""
    inputs, systems, designs = answer.inputs, answer.axis["system"], answer.axis["design"]
    needs = np.array([inputs.number("accelerators", system, "rack_density") for system in systems])
    bears = np.array([inputs.number("halls", design, "density") for design in designs])
    wants = np.array([inputs.text("accelerators", system, "cooling") for system in systems], dtype=object)
    gives = np.array([inputs.text("halls", design, "cooling") for design in designs], dtype=object)
    let = np.nan_to_num(inputs.flat("contracts", answer.axis["contract"], "density")[:, 0])
    lets = np.array([inputs.text("contracts", contract, "cooling") for contract in answer.axis["contract"]], dtype=object)
    for cooling in answer.axis["cooling"]:
        for density in sorted(set(needs[wants == cooling])):
            load = answer.known["system_peak"][(wants == cooling) & (needs >= density)].sum(axis=0)
            room = answer.known["room"][(gives == cooling) & (bears >= density)].sum(axis=0)
            room = room + answer.known["leased_room"][(lets == cooling) & (let >= density)].sum(axis=0)
            answer.checks.at_most(f"accelerators.load_fits_{cooling}_halls_of_{density:g}_kW", load, room, answer.axes("site", "period"))


def enter_money(answer: Answer, bought: Array, steps: Whole) -> None:
    """Deposit at order and the balance on arrival, at prices of the order; maintenance of installed systems at current prices."""
    inputs, systems, sites = answer.inputs, answer.axis["system"], answer.sites
    deposit = inputs.flat("accelerators", systems, "deposit")[:, :, None]
    markup = 1 + inputs.flat("accelerators", systems, "contingency")[:, :, None]
    vendors = [inputs.text("accelerators", system, "vendor") for system in systems]
    charged = inputs.grid("sites", sites, "sales_tax").swapaxes(0, 1) + inputs.grid("accelerators", systems, "import_duty")
    tax = np.nan_to_num(at_arrival(np.broadcast_to(charged, bought.shape), arrival_of(steps, bought.shape)))
    for cost_class, quantity in (("accelerators", "price"), ("networks", "network_price")):
        paid = product(bought, inputs.grid("accelerators", systems, quantity) * markup)
        answer.expect("capital", cost_class, (systems, sites, vendors), paid * deposit + moved(paid * (1 - deposit), steps))
        taxed = product(paid, tax)
        answer.expect("capital", cost_class, (systems, sites, ["states"] * len(systems)), moved(taxed, steps))
        enter_basis(answer, cost_class, paid, deposit, steps, taxed)
    upkeep = inputs.flat("accelerators", systems, "upkeep")[:, :, None] * answer.years
    price = inputs.grid("accelerators", systems, "price")
    spares = 1 + inputs.flat("accelerators", systems, "spares")[:, :, None]
    waiting = answer.known["installed"] - product(answer.known["running"], spares)
    rent = inputs.flat("accelerators", systems, "storage_price")[:, :, None] * MONTHS_A_YEAR * answer.years
    paid = product(answer.known["installed"], price * upkeep) + product(waiting, price * rent)
    answer.expect("running", "accelerators", (systems, sites, vendors), paid)


def resale(answer: Answer, system: str, age: Array) -> Array:
    """Resale value as a share of the price at an age in years; 1 without a curve; extrapolated after its last point."""
    points = [(0.0, 1.0)]
    points += [(year, answer.inputs.number("accelerators", system, quantity)) for year, quantity in RESALE
               if answer.inputs.has("accelerators", system, quantity)]
    years, shares = zip(*points, strict=True)
    if len(points) == 1:
        return np.ones(age.shape)
    slope = min(0.0, (shares[-1] - shares[-2]) / (years[-1] - years[-2]))
    later = np.maximum(0.0, shares[-1] + slope * np.maximum(age - years[-1], 0.0))
    return np.asarray(np.where(age > years[-1], later, np.interp(age, years, shares)), dtype=float)


def scrap_of(answer: Answer) -> Array:
    """Resale price at the end of life as a share of the price; 0 without a resale curve."""
    inputs = answer.inputs
    curved = [any(inputs.has("accelerators", system, quantity) for _, quantity in RESALE) for system in answer.axis["system"]]
    return np.array([float(resale(answer, system, np.array(inputs.number("accelerators", system, "life")))) if has else 0.0
                     for system, has in zip(answer.axis["system"], curved, strict=True)]).reshape(-1, 1, 1)


def enter_sales(answer: Answer, bought: Array, steps: Whole, life: Array) -> None:
    """Purchased systems whose life ends within the horizon are sold then, even if retired earlier, for their share of the price paid."""
    inputs, systems, last = answer.inputs, answer.axis["system"], answer.last
    arrival, ends = arrival_of(steps, bought.shape), np.broadcast_to(life[:, :, None], bought.shape)
    whole = np.floor(ends).astype(np.int64)
    part = ends - whole
    scrap = scrap_of(answer)
    vendors = [inputs.text("accelerators", system, "vendor") for system in systems]
    for cost_class, quantity in (("accelerators", "price"), ("networks", "network_price")):
        worth = product(bought, inputs.grid("accelerators", systems, quantity) * scrap)
        paid = np.zeros(bought.shape)
        # 1 - part is past its life `whole` periods after arrival, the part one period later.
        for when, share in ((arrival + whole, 1 - part), (arrival + whole + 1, part)):
            paid += moved(np.where(when <= last, worth * share, 0.0), when - np.arange(last + 1))
        answer.expect("resale", cost_class, (systems, answer.sites, vendors), paid)


def check_residual(answer: Answer, bought: Array, steps: Whole, life: Array) -> None:
    """The remainder of each order is at most the amount bought and within its life, in total at most installed; its residual value."""
    inputs, systems, sites, axes = answer.inputs, answer.axis["system"], answer.sites, answer.axes(*INDEX)
    left = answer.table("accelerators.left", *INDEX)
    arrival = arrival_of(steps, bought.shape)
    young = np.where(arrival <= answer.last, covers(life[:, :, None], answer.last - arrival), 0.0)
    answer.checks.at_most("accelerators.left_is_bought", left, bought * young, axes)
    at_end = answer.known["installed"][:, :, answer.last]
    size = np.abs(bought).sum(axis=2)
    answer.checks.at_most("accelerators.left_is_installed", left.sum(axis=2), at_end, answer.axes("system", "site"), size)
    age = age_at_end(answer, arrival)
    years = inputs.flat("accelerators", systems, "life")[:, :, None]
    # Systems whose life ends with the horizon are sold then.
    age = np.minimum(np.maximum(age, 0.0), np.broadcast_to(years, age.shape))
    curve = np.array([resale(answer, system, age[number]) for number, system in enumerate(systems)]).reshape(age.shape)
    annuity = annuity_share(years, age, answer.calendar.rate, scrap_of(answer))
    vendors = [inputs.text("accelerators", system, "vendor") for system in systems]
    for cost_class, quantity in (("accelerators", "price"), ("networks", "network_price")):
        worth = product(left, inputs.grid("accelerators", systems, quantity) * np.minimum(curve, annuity))
        entry = np.zeros(worth.shape)
        entry[:, :, answer.last] = worth.sum(axis=2)
        answer.expect("residual", cost_class, (systems, sites, vendors), entry)
