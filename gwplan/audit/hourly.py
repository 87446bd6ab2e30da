"""Hours of a run: its slices of the year and its hourly series, and what power does in them.

What storage holds is followed through all days of the year, in their order, from what goes in and out alone. What the table of slices
says is checked against the order of the days.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import in_periods, length_of, months_to_service, moved, product, within
from gwplan.audit.year import Year, peaks_in, profile_means
from gwplan.common.calendar import HOURS_A_DAY, HOURS_A_YEAR, MONTHS_A_YEAR

INDEX = ("supply", "site", "period")
SLICED = (*INDEX, "slice")
Flags = npt.NDArray[np.bool_]
Roles = npt.NDArray[np.object_]
SHORTFALL, OWN = "unserved_energy", "own compute"
DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SAME = 1e-9
"""How far apart, of 1 or of the mean, two means of a series may lie."""
PRICE, COINCIDENT, TEMPERATURE = "price", "coincident", "temperature"


def check_slices(answer: Answer, year: Year) -> None:
    """Slices make up the year as often as their day occurs, and keep the means of the series."""
    axes = [answer.axis["slice"]]
    counts = np.bincount(year.days.astype(int), minlength=int(year.day.max()) + 1)
    lasting = np.array([1.0 if len(counts) > 1 or len(year.days) > 1 else float(counts[0])])
    share = year.hours * (counts[year.day.astype(int)] if len(year.days) > 1 else lasting[0]) / HOURS_A_YEAR
    answer.checks.equal("hours.share_of_slices_is_that_of_their_days", year.share, share, axes)
    answer.checks.equal("hours.slices_make_up_a_year", np.array([year.share.sum()]), np.ones(1), [["year"]])
    check_series(answer, year)
    if len(year.place) != HOURS_A_YEAR:
        return
    month = np.repeat(np.arange(MONTHS_A_YEAR), np.array(DAYS_OF_MONTHS) * HOURS_A_DAY)
    occurs = np.zeros((len(year.share), MONTHS_A_YEAR))
    occurs[year.place, month] = 1
    said = np.array([[each in some for each in range(MONTHS_A_YEAR)] for some in year.months], dtype=float)
    answer.checks.equal("hours.slices_occur_in_their_months", said, occurs, [*axes, [str(each) for each in range(MONTHS_A_YEAR)]])
    inputs = answer.folder.path / "inputs"
    wrong = [f"{site}: the slices with hours of the grid's peak are not those of the profile" for site in answer.sites
             if {window: sorted(parts) for window, parts in year.windows.get(site, {}).items()} != peaks_in(inputs, site, year)]
    answer.checks.found_wrong("hours.peak_hours_are_those_of_the_profiles", wrong, len(answer.sites))


def check_series(answer: Answer, year: Year) -> None:
    """The series keep their means, and these are those of the profiles."""
    keys = sorted(year.series)
    kept = np.array([float(year.share @ year.series[key]) for key in keys])
    read = profile_means(answer.folder.path / "inputs", answer.sites)
    wrong = [f"{'.'.join(key)}: the mean is {year.means[key]:g}, and {read[key]:g} in the profile" for key in keys
             if key in read and abs(year.means[key] - read[key]) > SAME * max(1.0, abs(read[key]))]
    answer.checks.found_wrong("hours.means_are_those_of_the_profiles", wrong, len(read))
    answer.checks.equal("hours.series_keep_their_means", kept, np.array([year.means[key] for key in keys]),
                        [[".".join(key) for key in keys]], scale=np.full(len(keys), 1e3))


def potential(answer: Answer, year: Year, roles: Roles) -> Array:
    """Largest output per capacity over (supply, site, slice): the series of sun and wind, availability less what heat takes of others."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    factor = inputs.flat("power", names, "capacity_factor", sites)
    able, lost, above = (inputs.flat("power", names, quantity, sites) for quantity in ("availability", "derate", "derate_from"))
    hours = inputs.flat("power", names, "most_hours", sites) / HOURS_A_YEAR
    warm = year.of(answer.sites, TEMPERATURE, np.nan)
    found = np.zeros((len(names), len(sites), len(year.share)))
    for number, name in enumerate(names):
        role = roles[number]
        profile = inputs.text("power", name, "profile").split("|")
        for place, site in enumerate(sites):
            own = [[each] for each in (name, inputs.text("power", name, "fuel")) if (site, each) in year.series]
            wanted = profile if profile != [""] else [*own, []][0]
            if role in ("variable", "contract") and wanted and all((site, each) in year.series for each in wanted):
                mean, given = float(np.mean([year.means[site, each] for each in wanted])), factor[number, place]
                scale = 1.0 if np.isnan(given) or not mean else given / mean
                found[number, place] = np.minimum(1.0, np.mean([year.series[site, each] for each in wanted], axis=0) * scale)
            elif role in ("variable", "contract"):
                found[number, place] = np.nan_to_num(np.fmin(factor[number, place], hours[number, place]))
            elif role in ("prime", "backup"):
                heat = np.maximum(0.0, np.nan_to_num(warm[place] - above[number, place]))
                found[number, place] = able[number, place] * np.maximum(0.0, 1 - lost[number, place] * heat)
    return found


def check(answer: Answer, year: Year, roles: Roles, firm: Array) -> None:
    """Energy balance, output, firmness, storage, plants and load not served. firm: credit x capacity by (supply, site, period)."""
    check_slices(answer, year)
    inputs, known, checks, names = answer.inputs, answer.known, answer.checks, answer.axis["supply"]
    output, capacity = known["output"], known["capacity"]
    charge, discharge = (answer.table(f"power.{name}", *SLICED) for name in ("charge", "discharge"))
    unserved, exported = answer.table("power.unserved", "site", "period", "slice"), answer.table("power.exported", *SLICED)
    known |= {"unserved": unserved, "exported": exported, "discharge": discharge, "charge": charge}
    axes = answer.axes("site", "period", "slice")
    given = output.sum(axis=0) + discharge.sum(axis=0) + unserved
    checks.equal("power.energy_is_balanced", given, known["facility_slices"] + charge.sum(axis=0) + exported.sum(axis=0), axes)
    could = potential(answer, year, roles)
    known["potential"] = could
    limit = could[:, :, None, :] * capacity[..., None]
    storage, steered = (np.isin(roles, some) for some in (["storage"], ["prime", "backup"]))
    checks.at_most("power.output_within_potential", output, np.where(storage[:, None, None, None], 0.0, limit), answer.axes(*SLICED))
    most = np.fmin(inputs.flat("power", names, "capacity_factor", answer.sites),
                   inputs.flat("power", names, "most_hours", answer.sites) / HOURS_A_YEAR)
    mean = (output * year.share).sum(axis=3)
    bound = np.where(np.isnan(most)[:, :, None], np.inf, most[:, :, None] * capacity)
    checks.at_most("power.output_within_the_year", np.where(steered[:, None, None], mean, 0.0), bound,
                   answer.axes(*INDEX))
    check_storage(answer, year, charge, discharge, storage)
    known["firm_storage"] = np.where(storage[:, None, None, None], firm_storage(answer, firm, discharge), 0.0)
    stored = (discharge - charge + known["firm_storage"]).sum(axis=0)
    known["stored"] = stored
    covered = firm[steered].sum(axis=0)[..., None] + limit[roles == "variable"].sum(axis=0) + stored + unserved
    checks.at_least("power.supply_covers_each_slice", covered, np.broadcast_to(known["facility_peak"][..., None], covered.shape), axes)
    check_plants(answer, year, could, steered)
    check_unserved(answer, year, unserved)


def check_storage(answer: Answer, year: Year, charge: Array, discharge: Array, storage: Flags) -> None:
    """Storage within its power; what it holds, day after day, is never below 0 or above its energy, and the year ends as it began."""
    inputs, checks, names, capacity = answer.inputs, answer.checks, answer.axis["supply"], answer.known["capacity"]
    axes = answer.axes(*INDEX)
    able = inputs.flat("power", names, "availability", answer.sites)[:, :, None]
    held = np.where(storage[:, None, None], able * capacity, 0.0)
    checks.at_most("power.storage_within_power", charge + discharge, np.broadcast_to(held[..., None], charge.shape), answer.axes(*SLICED))
    cheap = year.of(answer.sites, PRICE, 1.0)[None, :, None, :] < 0
    earning = answer.table("power.credited", *INDEX).sum(axis=0)[None, :, :, None] > 0
    burnt = np.minimum(charge, discharge)
    checks.nothing("power.storage_burns_no_energy", burnt, np.broadcast_to(cheap | earning, charge.shape), answer.axes(*SLICED))
    checks.nothing("power.nothing_is_sold_below_zero", answer.known["exported"], np.broadcast_to(cheap, charge.shape), answer.axes(*SLICED))
    way = np.sqrt(np.nan_to_num(inputs.flat("power", names, "efficiency", answer.sites), nan=1.0))[:, :, None, None]
    flow = (charge * way - discharge / way) * year.hours
    duration = inputs.flat("power", names, "duration", answer.sites)[:, :, None]
    ordered = answer.table("power.energy_ordered", *INDEX)
    life = length_of(answer, inputs.flat("power", names, "life", answer.sites))
    steps = np.broadcast_to(in_periods(answer, months_to_service(answer, names, answer.sites)), ordered.shape)
    own = within(moved(ordered, steps), life) * answer.known["supply_stays"]
    answer.compare_if_there("power.energy_capacity", np.where(np.isnan(duration), own, 0.0), *INDEX)
    energy = np.where(storage[:, None, None], np.where(np.isnan(duration), own, np.nan_to_num(duration) * capacity), 0.0)
    answer.known["storage_energy"] = energy
    place = np.arange(len(year.hours))
    level, later = answer.table("power.level", *SLICED), np.flatnonzero(year.day[1:] == year.day[:-1]) + 1
    checks.equal("power.level_follows_flows", level[..., later] - level[..., later - 1], flow[..., later],
                 [*axes, [answer.axis["slice"][each] for each in later]], scale=np.abs(flow).sum(axis=3, keepdims=True))
    linked = bool(answer.folder.definition["hours"].get("linked", True)) and len(year.days) > 1
    if linked:
        order = np.concatenate([place[year.day == day] for day in year.days])
        spread, end = span(flow[..., order])
    else:
        spans = [span(flow[..., place[year.day == day]]) for day in sorted(set(year.day.tolist()))]
        spread, end = (np.max([each[number] for each in spans], axis=0) for number in (0, 1))
    size = np.abs(flow).sum(axis=3)
    checks.equal("power.storage_ends_as_it_began", end, np.zeros(end.shape), axes, scale=size)
    checks.at_most("power.storage_within_energy", spread, energy, axes, scale=size)
    answer.read.update(f"power.{name}" for name in ("start", "top", "carried", "is_charging"))


def firm_storage(answer: Answer, firm: Array, discharge: Array) -> Array:
    """What storage could give beyond what it gives: within its power, and its credit x capacity or x what its energy gives for so long."""
    inputs, names, known = answer.inputs, answer.axis["supply"], answer.known
    credit, able, efficiency = (inputs.flat("power", names, name, answer.sites) for name in ("firm_credit", "availability", "efficiency"))
    hours = inputs.flat("power", names, "firm_hours", answer.sites)
    gives = np.nan_to_num(credit * np.sqrt(efficiency) / hours)[:, :, None] * known["storage_energy"]
    left = np.maximum(0.0, (able[:, :, None] * known["capacity"])[..., None] - discharge)
    most = np.minimum(left, np.minimum(firm, gives)[..., None])
    counted = answer.table("power.firm_storage", *SLICED)
    answer.checks.at_most("power.firm_storage_is_there", counted, most, answer.axes(*SLICED), known["capacity"][..., None])
    return most


def span(flow: Array) -> tuple[Array, Array]:
    """How far apart the most and the least held are, and what is held at the end beyond the start. flow: in order, along the last axis."""
    held = np.concatenate([np.zeros((*flow.shape[:-1], 1)), flow.cumsum(axis=-1)], axis=-1)
    return held.max(axis=-1) - held.min(axis=-1), np.abs(held[..., -1])


def check_plants(answer: Answer, year: Year, could: Array, steered: Flags) -> None:
    """What runs through a day gives at least its minimum load and at most what it could; output changes no faster than the ramp."""
    inputs, names, output, capacity = answer.inputs, answer.axis["supply"], answer.known["output"], answer.known["capacity"]
    least = np.nan_to_num(inputs.flat("power", names, "minimum_load", answer.sites))
    ramp = inputs.flat("power", names, "ramp", answer.sites)
    single = len(set(year.day.tolist())) == 1
    begun = np.concatenate([[0.0], np.cumsum(year.hours)[:-1]])
    day = (begun // HOURS_A_DAY).astype(int) if single else year.day.astype(int)
    worst, fast = np.zeros(capacity.shape), np.zeros(capacity.shape)
    for number, place in np.argwhere(steered[:, None] & ((least > 0) | (ramp > 0))).tolist():
        each, able = output[number, place], could[number, place]
        for one in sorted(set(day.tolist())) if least[number, place] > 0 else ():
            part = day == one
            # The least that must run for the highest output may not ask for more than the lowest: some commitment fits both.
            needed = np.max(np.divide(each[:, part], able[part], out=np.zeros_like(each[:, part]), where=able[part] > 0), axis=1)
            floor = able[part] * least[number, place]
            allowed = np.min(np.divide(each[:, part], floor, out=np.full_like(each[:, part], np.inf), where=floor > 0), axis=1)
            worst[number, place] = np.maximum(worst[number, place], needed - np.minimum(allowed, capacity[number, place]))
        if ramp[number, place] > 0:
            for one in sorted(set(year.day.tolist())):
                part = np.flatnonzero(year.day == one)
                before = np.roll(part, 1)
                hours = (year.hours[part] + year.hours[before]) / 2
                moves = np.abs(each[:, part] - each[:, before]) if len(part) > 1 else np.zeros((len(each), 1))
                over = moves - ramp[number, place] * hours * capacity[number, place][:, None]
                fast[number, place] = np.maximum(fast[number, place], over.max(axis=1))
    axes = answer.axes(*INDEX)
    answer.checks.at_most("power.output_between_minimum_load_and_what_runs", worst, np.zeros(worst.shape), axes, capacity)
    answer.checks.at_most("power.output_within_ramp", fast, np.zeros(fast.shape), axes, capacity)
    answer.read.add("power.committed")


def check_unserved(answer: Answer, year: Year, unserved: Array) -> None:
    """Load not served is within what may be turned down, and is paid for."""
    inputs, sites, known = answer.inputs, answer.sites, answer.known
    share, hours = (inputs.grid("power", [SHORTFALL], quantity, sites)[0] for quantity in ("curtailable", "curtailable_hours"))
    axes, load = answer.axes("site", "period", "slice"), known["facility_slices"]
    answer.checks.at_most("power.unserved_within_load", unserved, share[..., None] * load, axes)
    energy, most = (unserved * year.share).sum(axis=2), hours / HOURS_A_YEAR * (load * year.share).sum(axis=2)
    answer.checks.at_most("power.unserved_within_hours", energy, most, axes[:2])
    price = inputs.grid("power", [SHORTFALL], "lost_load_price", ("",))[0, 0]
    lost = np.nan_to_num(price) * energy * answer.hours
    answer.expect("running", "energy", ([SHORTFALL], sites, [OWN]), lost[None])


def enter_tariff(answer: Answer, year: Year, wired: Flags) -> None:
    """Demand by month, with the ratchet, tiers, the hours of the grid's peak, and export."""
    inputs, names, sites, checks = answer.inputs, answer.axis["supply"], answer.sites, answer.checks
    charges = ("monthly_charge", "tier_charge", "coincident_charge")
    rate = {name: inputs.grid("power", names, name, sites) for name in charges}
    billed, above = (answer.table(f"power.{name}", *INDEX, "month") for name in ("billed_demand", "tier_demand"))
    output, axes = answer.known["output"], answer.axes(*INDEX)
    charged: Flags = np.asarray((rate["monthly_charge"] + rate["tier_charge"]).sum(axis=2) > 0, dtype=bool)
    monthly: Flags = np.logical_and(wired, charged)
    occurs = np.array([[month in some for some in year.months] for month in range(MONTHS_A_YEAR)])
    highest = np.stack([output[..., part].max(axis=3, initial=0.0) for part in occurs], axis=3)
    highest = np.where(monthly[:, :, None, None], highest, 0.0)
    peak = answer.table("power.month_peak", *INDEX, "month")
    checks.at_least("power.month_peak_is_highest", peak, highest, [*axes, answer.axis["month"]])
    checks.at_least("power.billed_is_month_peak", billed, highest, [*axes, answer.axis["month"]])
    ratchet, before = (inputs.flat("power", names, name, sites)[:, :, None] for name in ("ratchet", "highest_before"))
    steps = MONTHS_A_YEAR // answer.calendar.periods[0].months
    past = np.stack([highest[:, :, max(0, n - steps):n + 1].max(axis=(2, 3)) for n in range(answer.last + 1)], axis=2)
    early = (np.arange(answer.last + 1) < steps)[None, None, :] & monthly[:, :, None]
    remembered = ratchet * np.maximum(np.where(monthly[:, :, None], past, 0.0), np.where(early, before, 0.0))
    checks.at_least("power.billed_remembers", billed, np.broadcast_to(remembered[..., None], billed.shape), [*axes, answer.axis["month"]])
    second = np.asarray(rate["tier_charge"].sum(axis=2)[:, :, None, None] > 0)
    tiered = np.where(second, billed - inputs.flat("power", names, "tier_from", sites)[:, :, None, None], 0.0)
    checks.at_least("power.tier_demand_is_above", above, tiered, [*axes, answer.axis["month"]])
    grid = np.zeros(output.shape[:3])
    for place, site in enumerate(sites):
        for window, parts in year.windows.get(site, {}).items():
            grid[:, place] += window * np.where(wired[:, place, None], output[:, place][..., parts].max(axis=2), 0.0)
    paid = answer.years * (product(billed.sum(axis=3), rate["monthly_charge"]) + product(above.sum(axis=3), rate["tier_charge"])
                           + product(grid, rate["coincident_charge"]))
    answer.read.add("power.coincident_demand")
    answer.expect("running", "power", (names, sites, ["utilities"] * len(names)), paid)
    checks.at_most("power.exports_or_imports", answer.known["exported"] + np.where(answer.known["exported"] > 0, output, 0.0),
                   np.where(wired[:, :, None], answer.known["capacity"], 0.0)[..., None], answer.axes(*SLICED))
