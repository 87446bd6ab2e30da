"""Leases: leased capacity, rent and energy; the systems in it; the rest in the planner's own halls.

The systems in leased room (`contracts.leased_load`) are decisions that are not in the plan. They are checked against their
rules: matching cooling and density, running, and within the capacity.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import SHIFTS, Answer
from gwplan.audit.stocks import (
    NEVER,
    Whole,
    arrival_of,
    covers,
    flow_size,
    in_periods,
    larger_offers,
    length_of,
    lots,
    moved,
    product,
    taken_up_within,
    within,
)
from gwplan.common.calendar import MONTHS_A_YEAR

Flags = npt.NDArray[np.bool_]
INDEX = ("contract", "site", "period")
OWN, LEASED, HOSTED = "own", "leased", "hosted"


def of_kind(answer: Answer, label: str) -> Flags:
    """The contracts of a kind that are on offer."""
    without = (answer.folder.definition.get("contracts") or {}).get("without") or []
    return np.array([answer.inputs.text("contracts", name, "kind") == label and name not in without for name in answer.axis["contract"]],
                    dtype=bool)


def labels(answer: Answer, quantity: str, default: str = "") -> list[str]:
    """A label of each contract."""
    return [answer.inputs.text("contracts", name, quantity) or default for name in answer.axis["contract"]]


def level(answer: Answer) -> Array:
    """Nominal dollars per real dollar in the middle of each period."""
    rate = answer.inputs.number("prices", "prices", "inflation") if answer.axis["contract"] else 0.0
    years = answer.inputs.middles / MONTHS_A_YEAR - (int(answer.folder.definition["horizon"]["dollars"]) + 1 / 2)
    return np.asarray((1 + rate) ** years, dtype=float)


def steps(answer: Answer, quantity: str, months: float = 1.0) -> Whole:
    """A duration of each contract in whole periods, over (contract, 1)."""
    return in_periods(answer, answer.inputs.flat("contracts", answer.axis["contract"], quantity) * months)


def term_of(answer: Answer) -> Array:
    """The term of each contract in (fractional) periods, over (contract, 1); very long if it has none."""
    return length_of(answer, answer.inputs.flat("contracts", answer.axis["contract"], "term"))


def begun(answer: Answer) -> Whole:
    """Number of the first period in which each contract can be signed."""
    return np.array([answer.inputs.begun("contracts", name) for name in answer.axis["contract"]], dtype=np.int64)


def check_room(answer: Answer) -> None:
    """Leases start in time, in whole blocks, within the offered capacity; the capacity in each period."""
    checks, axes, names = answer.checks, answer.axes(*INDEX), answer.axis["contract"]
    leased = answer.known["leased"] = answer.known["leased_room"] = answer.decided["contracts", "leased"]
    if not names:
        return
    lead = np.broadcast_to(steps(answer, "lead_months")[:, :, None], leased.shape)
    term = np.broadcast_to(term_of(answer), leased.shape[:2])
    lets = of_kind(answer, "lease")[:, None, None]
    room, held = within(moved(leased, lead), term), within(leased, lead[:, :, 0] + term)
    answer.known["leased_room"] = room
    size = flow_size(leased)
    for name, amounts in {"leased": leased, "leased_room": room, "under_lease": held}.items():
        answer.compare(f"contracts.{name}", amounts, *INDEX, scale=size)
    checks.nothing("contracts.leased_of_leases", leased, ~lets, axes)
    checks.nothing("contracts.leased_serves_inside_the_horizon", leased, arrival_of(lead, leased.shape) > answer.last, axes)
    early = np.arange(answer.last + 1) < begun(answer)[:, None, None]
    checks.nothing("contracts.leased_not_before_earliest", leased, early, axes)
    most = np.nan_to_num(answer.inputs.grid("contracts", names, "most_power", answer.sites))
    offers, stays = np.broadcast_to(most, leased.shape), lots(leased, lead[:, :, 0] + term)
    sizes, under, larger = larger_offers(stays, offers)
    under_lease = np.where(np.isnan(larger).all(axis=3), held, taken_up_within(stays, offers))
    checks.at_most("contracts.lease_within_offer", under_lease, offers, axes, size)
    checks.at_most("contracts.lease_within_larger_offer", under, larger, [*axes, [str(each) for each in sizes]], size[:, :, :, None])
    block = answer.inputs.flat("contracts", names, "block")[:, :, None]
    blocks = np.asarray(np.where(block > 0, leased / np.where(block > 0, block, 1.0), 0.0), dtype=np.float64)
    checks.equal("contracts.leased_in_blocks", blocks, np.round(blocks), axes)
    answer.compare("contracts.blocks", np.round(blocks), *INDEX)


def check_load(answer: Answer) -> None:
    """Systems in leased room match it, run, and fit; all others fit the planner's own halls; power by tenure."""
    inputs, systems, known, checks = answer.inputs, answer.axis["system"], answer.known, answer.checks
    over = ("contract", "system", "site", "period")
    if not answer.axis["contract"]:
        check_tenures(answer, np.zeros((0,)), np.zeros((0,)), [])
        return
    load = answer.table("contracts.leased_load", *over)
    cooling, needs = ([inputs.text("accelerators", each, "cooling") for each in systems],
                      inputs.flat("accelerators", systems, "rack_density")[:, 0])
    gives, bears = labels(answer, "cooling"), inputs.flat("contracts", answer.axis["contract"], "density")[:, 0]
    fits = np.array([[have == want and dense >= need for want, need in zip(cooling, needs, strict=True)]
                     for have, dense in zip(gives, bears, strict=True)], dtype=bool).reshape(len(gives), len(systems))
    checks.nothing("contracts.leased_load_is_of_its_kind", load, ~fits[:, :, None, None], answer.axes(*over))
    peak, mean = load.sum(axis=1), product(load, inputs.flat("accelerators", systems, "load_factor")[None, :, :, None]).sum(axis=1)
    checks.at_most("contracts.leased_load_fits_the_room", peak, known["leased_room"], answer.axes(*INDEX))
    checks.at_most("contracts.leased_load_runs", load.sum(axis=0), known["system_peak"], answer.axes("system", "site", "period"))
    answer.compare("contracts.leased_peak", peak, *INDEX)
    answer.compare("contracts.leased_mean", mean, *INDEX)
    answer.known["leased_mean_by_contract"] = mean
    check_tenures(answer, peak, mean, gives)
    check_own(answer, load.sum(axis=0), cooling, needs)
    answer.compare("account.system_power", known["system_peak"], "system", "site", "period")


def check_tenures(answer: Answer, peak: Array, mean: Array, gives: list[str]) -> None:
    """Peak and mean IT power by tenure: own and leased power sum to the total."""
    known = answer.known
    answer.axis["tenure"] = [OWN, LEASED, HOSTED]
    powered = [LEASED if label == "own" else HOSTED for label in labels(answer, "power", "metered")]
    for name, moved_load in {"it_peak": peak, "it_mean": mean}.items():
        shape = (len(answer.axis["cooling"]), len(answer.sites), answer.last + 1)
        by_tenure = {OWN: known[name].copy(), LEASED: np.zeros(shape), HOSTED: np.zeros(shape)}
        for number, (kind, tenure) in enumerate(zip(gives, powered, strict=True)):
            if kind in answer.axis["cooling"]:
                place = answer.axis["cooling"].index(kind)
                by_tenure[OWN][place] -= moved_load[number]
                by_tenure[tenure][place] += moved_load[number]
        known[f"{name}_leased"] = by_tenure[LEASED] + by_tenure[HOSTED]
        known[f"{name}_hosted"] = by_tenure[HOSTED]
        expected = np.array([by_tenure[tenure] for tenure in answer.axis["tenure"]])
        answer.compare(f"account.{name}", expected, "tenure", "cooling", "site", "period", scale=known[name].max(axis=0, initial=0.0))


def check_own(answer: Answer, leased: Array, cooling: list[str], needs: Array) -> None:
    """For each cooling and required density: systems outside leased room fit into own halls that support it."""
    inputs, designs = answer.inputs, answer.axis["design"]
    wants = np.array(cooling, dtype=object)
    gives = np.array([inputs.text("halls", design, "cooling") for design in designs], dtype=object)
    bears = np.array([inputs.number("halls", design, "density") for design in designs])
    own = answer.known["system_peak"] - leased
    for kind in answer.axis["cooling"]:
        for density in sorted(set(needs[wants == kind])):
            load = own[(wants == kind) & (needs >= density)].sum(axis=0)
            room = answer.known["room"][(gives == kind) & (bears >= density)].sum(axis=0)
            answer.checks.at_most(f"contracts.own_load_fits_own_{kind}_halls_of_{density:g}_kW", load, room, answer.axes("site", "period"))


def rates(answer: Answer) -> Array:
    """Nominal rent, MUSD/MW/year, over (contract, site, period of signing, period): rent at signing x (1 + escalation)^years since."""
    names = answer.axis["contract"]
    at_signing = answer.inputs.grid("contracts", names, "rent", answer.sites) * level(answer)
    rise = 1 + answer.inputs.flat("contracts", names, "escalation")[:, :, None, None]
    number = np.arange(answer.last + 1)
    return np.asarray(at_signing[:, :, :, None] * rise ** ((number[None, :] - number[:, None]) * answer.years), dtype=float)


def enter_money(answer: Answer) -> None:
    """Rent and metered energy, in real money; emissions of the landlord's energy; rent after the horizon."""
    inputs, names, sites, known = answer.inputs, answer.axis["contract"], answer.sites, answer.known
    if not names:
        return
    leased = known["leased"]
    lead, term = steps(answer, "lead_months")[:, 0], term_of(answer)[:, 0]
    number = np.arange(answer.last + 1)
    since = number[None, None, :] - number[None, :, None] - lead[:, None, None]
    roll = product(covers(term[:, None, None], since)[:, None] * leased[:, :, :, None], rates(answer)).sum(axis=2)
    answer.compare("contracts.rent_roll", roll, *INDEX, scale=flow_size(roll))
    landlords = labels(answer, "provider")
    answer.expect("running", "leases", (names, sites, landlords), roll * answer.years / level(answer))
    power, lets = labels(answer, "power", "metered"), of_kind(answer, "lease")
    metered = np.array([label == "metered" for label in power], dtype=bool) & lets
    hosted = np.array([label != OWN for label in power], dtype=bool) & lets
    ratio = inputs.grid("cooling", labels(answer, "cooling"), "mean_ratio", sites)
    energy = product(known["leased_mean_by_contract"], ratio) * answer.hours
    price = inputs.grid("contracts", names, "energy_price", sites)
    answer.expect("running", "energy", (names, sites, landlords), product(energy * metered[:, None, None], price))
    rate = np.nan_to_num(inputs.grid("contracts", names, "emission_rate", sites))
    emitted = product(energy * hosted[:, None, None], rate)
    known["operational"] = known["operational"] + emitted.sum(axis=0)
    beyond_horizon(answer, lead, term)


def after_horizon(answer: Answer, start: int, term: float) -> dict[int, float]:
    """Share of each period after the horizon covered by a term from `start` on; 0 if it has no end."""
    last = answer.last + 1 if term >= NEVER else int(np.ceil(start + term))
    numbers = np.arange(answer.last + 1, max(last, answer.last + 1))
    return {int(each): float(share) for each, share in zip(numbers, covers(np.array(term), numbers - start), strict=True) if share > 0}


def later_level(answer: Answer, period: int) -> float:
    """Nominal dollars per real dollar in the middle of a period after the horizon."""
    rate = answer.inputs.number("prices", "prices", "inflation")
    return float(level(answer)[-1] * (1 + rate) ** ((period - answer.last) * answer.years))


def at_end(answer: Answer, period: int) -> float:
    """Real value at the horizon's end of a nominal MUSD paid in a period after it."""
    timing = answer.folder.definition["horizon"].get("timing") or {}
    shift = SHIFTS[timing if isinstance(timing, str) else timing.get("running", "middle")]
    rate = float(answer.folder.definition["horizon"]["discount_rate"])
    return float((1 + rate) ** (-(period - answer.last - 1 + shift) * answer.years)) / later_level(answer, period)


def beyond_horizon(answer: Answer, lead: Whole, term: Array) -> None:
    """Nominal rent after the horizon, by contract; its excess over the last period's rent is a liability at the end."""
    leased, rate = answer.known["leased"], rates(answer)
    rise = (1 + answer.inputs.flat("contracts", answer.axis["contract"], "escalation")[:, 0]) ** answer.years
    beyond = answer.known["committed_beyond"] = np.zeros(len(answer.axis["contract"]))
    owed = np.zeros(leased.shape)
    for contract, site, signed in zip(*np.nonzero(leased), strict=True):
        now, market = rate[contract, site, signed, answer.last], rate[contract, site, answer.last, answer.last]
        for period, share in after_horizon(answer, int(signed + lead[contract]), float(term[contract])).items():
            years = leased[contract, site, signed] * share * answer.years * rise[contract] ** (period - answer.last)
            beyond[contract] += now * years
            owed[contract, site, answer.last] += max(0.0, now - market) * years * at_end(answer, period)
    answer.expect("commitment", "commitments", (answer.axis["contract"], answer.sites, labels(answer, "provider")), owed)
