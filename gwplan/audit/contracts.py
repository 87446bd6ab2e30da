"""Contracts: signatures, use, exercise and sales, yearly minimums, every payment, and the account of compute.

Use of rented compute, make-up of shortfalls, crediting of prepayments and spot sales are decisions that are not in the plan;
their tables are checked against their rules.
"""

from __future__ import annotations

import numpy as np

from gwplan.audit import stakes
from gwplan.audit.checks import Array
from gwplan.audit.inputs import DECLARED, Row
from gwplan.audit.leases import after_horizon, at_end, begun, labels, later_level, level, of_kind, steps, term_of
from gwplan.audit.rented import carbon_of, premium_of_use
from gwplan.audit.run_folder import CLOUD, Answer
from gwplan.audit.stocks import Whole, arrival_of, covers, flow_size, moved, product, within
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date

INDEX = ("contract", "period")
YEARLY = ("contract", "year")
SOLD = "sold"


def check(answer: Answer) -> None:
    """Signatures, compute, payments; commitments beyond the horizon."""
    if not answer.axis["contract"]:
        answer.known |= {"cloud": np.zeros(answer.last + 1), "sold": np.zeros(answer.last + 1)}
        check_compute(answer, {})
        return
    check_signed(answer)
    unit = unit_price(answer)
    bought = clouds(answer, unit)
    reserved = options(answer, unit)
    sold = sales(answer, unit)
    stakes.check(answer)
    answer.compare("account.paid_ahead", answer.known["paid_ahead"], *INDEX, below=True)
    answer.known |= {"cloud": (bought + reserved).sum(axis=0), "sold": sold.sum(axis=0)}
    check_compute(answer, {"bought": bought + reserved, "sold": sold})
    answer.compare("contracts.committed_beyond", answer.known["committed_beyond"], "contract")


def check_signed(answer: Answer) -> None:
    """Compute and contracted sales are signed at most once, in their first period; options held once; mandatory contracts are signed."""
    checks, axes, names = answer.checks, answer.axes(*INDEX), answer.axis["contract"]
    signed, held, exercised = (answer.decided["contracts", name] for name in ("signed", "held", "exercised"))
    contracted = np.array([terms == "contracted" for terms in labels(answer, "terms")])
    first, number = begun(answer)[:, None], np.arange(answer.last + 1)
    can = of_kind(answer, "compute") | (of_kind(answer, "sale") & contracted)
    for name, amounts in {"signed": signed, "held": held, "exercised": exercised}.items():
        answer.compare(f"contracts.{name}", amounts, *INDEX)
    checks.nothing("contracts.signed_in_the_first_period_that_it_can_be", signed, ~can[:, None] | (number != first), axes)
    opens = np.array([answer.inputs.begun("contracts", name, quantity="exercise_from") for name in names])[:, None]
    checks.nothing("contracts.held_from_the_opening_of_its_window", held, ~of_kind(answer, "option")[:, None] | (number != opens), axes)
    for name, amounts in {"signed": signed, "held": held}.items():
        wrong = [names[each] for each in np.flatnonzero(~np.isin(amounts, (0, 1)).all(axis=1))]
        checks.found_wrong(f"contracts.{name}_is_yes_or_no", wrong, len(names))
    forced = (answer.folder.definition.get("contracts") or {}).get("signed") or []
    # A contract that costs nothing to sign has no signature, only use.
    open_to_all = [not (answer.inputs.number("contracts", name, "commitment") or answer.inputs.number("contracts", name, "premium")
                        or sells) for name, sells in zip(names, contracted, strict=True)]
    taken = (signed + held).sum(axis=1)
    missing = [name for name in forced if name not in names or not (open_to_all[names.index(name)] or taken[names.index(name)] == 1)]
    checks.found_wrong("contracts.signed_whatever_comes", missing, len(forced))


def unit_price(answer: Answer) -> Array:
    """MUSD_nominal for a kH100e throughout each period: price x hours x level of the first period x (1 + indexation x inflation)^years."""
    names, inputs = answer.axis["contract"], answer.inputs
    rate = inputs.number("prices", "prices", "inflation")
    indexed = 1 + inputs.flat("contracts", names, "indexation") * rate
    rises = indexed ** (np.arange(answer.last + 1) * answer.years)[None, :]
    return np.asarray(inputs.grid("contracts", names, "price")[:, 0, :] * answer.hours * level(answer)[0] * rises, dtype=float)


def later_price(answer: Answer, unit: Array, contract: int, period: int) -> float:
    """The unit price in a period after the horizon: that of the last period, indexed as agreed."""
    indexed = 1 + answer.inputs.number("contracts", answer.axis["contract"][contract], "indexation") * answer.inputs.number(
        "prices", "prices", "inflation")
    return float(unit[contract, answer.last] * indexed ** ((period - answer.last) * answer.years))


def worth_of_use(answer: Answer, period: int) -> float:
    """The value of a kH100e over a period after the horizon, MUSD_nominal: as in the last period; 0 if none is given."""
    value = float(answer.inputs.path("compute", "compute", "value")[answer.last])
    return 0.0 if np.isnan(value) else value * answer.hours * later_level(answer, period)


def lost_beyond(answer: Answer, unit: Array, contract: int, after: dict[int, float]) -> float:
    """The value at the horizon's end of minimum payments after it, less the value of the compute they buy; never negative."""
    name, (start, _, term) = answer.axis["contract"][contract], spans(answer)
    most = float(answer.inputs.grid("contracts", [name], "most")[0, 0, answer.last])
    found = 0.0
    for period, due in after.items():
        price = later_price(answer, unit, contract, period)
        reserve = most * float(covers(term[contract], np.array([period - start[contract]]))[0])
        bought = min(due / price, reserve) if price else reserve
        found += max(0.0, due - bought * worth_of_use(answer, period)) * at_end(answer, period)
    return found


def owe(answer: Answer, contract: int, amount: float) -> None:
    """Enter the liability, at the horizon's end, of a contract without a site."""
    amounts = np.zeros((len(answer.axis["contract"]), answer.last + 1))
    amounts[contract, answer.last] = amount
    enter(answer, "commitment", "commitments", "provider", amounts)


def spans(answer: Answer) -> tuple[Whole, Whole, Array]:
    """By contract: periods of agreed service and of delayed service; the term from the former, in periods."""
    inputs, names = answer.inputs, answer.axis["contract"]
    length = answer.calendar.periods[0].months
    months = inputs.flat("contracts", names, "lead_months")[:, 0]
    late = np.ceil(np.nan_to_num(months + inputs.flat("contracts", names, "delay_months")[:, 0]) / length - 1e-9).astype(np.int64)
    return begun(answer) + steps(answer, "lead_months")[:, 0], begun(answer) + late, term_of(answer)[:, 0]


def covered(answer: Answer) -> Array:
    """Share of each period covered by the term of each contract, from agreed service on."""
    start, _, term = spans(answer)
    return covers(term[:, None], np.arange(answer.last + 1) - start[:, None])


def due_by_year(answer: Answer, number: int) -> tuple[dict[int, float], dict[int, float]]:
    """The minimum of a contract by calendar year, and by period after the horizon; MUSD_nominal, if it is signed."""
    inputs, name, calendar = answer.inputs, answer.axis["contract"][number], answer.calendar
    start, late, term = (each[number] for each in spans(answer))
    length, first, last = calendar.periods[0].months, calendar.periods[0].first, int(np.ceil(start + term)) - 1
    commitment, rows = inputs.number("contracts", name, "commitment"), ramp_rows(answer, name)

    def year_of(period: int) -> int:
        return (first + int(period) * length) // MONTHS_A_YEAR

    time = dict(zip(range(start, last + 1), covers(term, np.arange(start, last + 1) - start).tolist(), strict=True))
    inside = {each.year: sum(other.year == each.year for other in calendar.periods) * length / MONTHS_A_YEAR for each in calendar.periods}
    due: dict[int, float] = {}
    after: dict[int, float] = {}
    if not rows:
        for period, share in time.items():
            if period > answer.last:
                after[period] = commitment * share / term
            elif period >= late:
                due[year_of(period)] = due.get(year_of(period), 0.0) + commitment * share / term
        return due, after
    for year in range(year_of(begun(answer)[number]), year_of(last) + 1):
        in_year = {period: share for period, share in time.items() if year_of(period) == year}
        holds = [value for since, value in rows if since is None or since <= year]
        # A last year of which the term covers a fraction of a period has that fraction of its share.
        share = (holds[-1] if holds else 0.0) * (min(1.0, sum(in_year.values())) if year == year_of(last) > year_of(start) else 1.0)
        agreed = sum(each for period, each in in_year.items() if period <= answer.last)
        used = sum(each for period, each in in_year.items() if late <= period <= answer.last)
        due[year] = commitment * share * inside.get(year, 0.0) * (used / agreed if agreed else 1.0)
        asked = commitment * share * (1 - inside.get(year, 0.0)) if year >= calendar.periods[-1].year else 0.0
        begins = -((first - year * MONTHS_A_YEAR) // length)
        later = {period: each for period, each in in_year.items() if period > answer.last} or {max(begins, answer.last + 1): 1.0}
        for period, each in later.items() if asked else ():
            after[period] = after.get(period, 0.0) + asked * each / sum(later.values())
    return due, after


def ramp_rows(answer: Answer, name: str) -> list[tuple[int | None, float]]:
    """Shares of the commitment by the year from which each applies, in order; the undated one first."""
    rows = answer.inputs.rows.get(("contracts", name, "ramp"), {}).get("", [])
    declared = DECLARED["contracts"]["ramp"]
    found = [(None if row.first is None else row.first // MONTHS_A_YEAR,
              answer.inputs.value("contracts", name, "ramp", Row(row.first, row.base, row.unit), declared)) for row in rows]
    return sorted(found, key=lambda pair: -1 if pair[0] is None else pair[0])


def clouds(answer: Answer, unit: Array) -> Array:
    """Use within the reservation; shortfall = max(0, minimum - use); make-up and credits; payments. Returns the use."""
    checks, names, inputs = answer.checks, answer.axis["contract"], answer.inputs
    signed = answer.decided["contracts", "signed"].sum(axis=1)
    used = answer.table("contracts.used", *INDEX)
    late = np.arange(answer.last + 1) >= spans(answer)[1][:, None]
    serves = np.where(of_kind(answer, "compute")[:, None] & late, covered(answer), 0.0)
    binds = inputs.flat("contracts", names, "commitment")[:, 0] > 0
    most = serves * np.nan_to_num(inputs.grid("contracts", names, "most")[:, 0, :]) * np.where(binds, signed, 1.0)[:, None]
    checks.at_most("contracts.use_within_reserve", used, most, answer.axes(*INDEX))
    worth = product(used, unit)
    years = [int(year) for year in answer.axis["year"]]
    in_year = np.array([[period.year == year for year in years] for period in answer.calendar.periods], dtype=float)
    minimum = np.zeros((len(names), len(years)))
    for each in np.flatnonzero(of_kind(answer, "compute")):
        due, after = due_by_year(answer, int(each))
        minimum[each] = [due.get(year, 0.0) * signed[each] for year in years]
        answer.known["committed_beyond"][each] += sum(after.values()) * signed[each]
        owe(answer, int(each), signed[each] * lost_beyond(answer, unit, int(each), after))
    answer.compare("contracts.minimum", minimum, *YEARLY)
    bought = worth @ in_year
    short = np.maximum(0.0, minimum - bought)
    answer.known["shortfall"] = short
    answer.compare("contracts.shortfall", short, *YEARLY, scale=minimum)
    excess = np.maximum(0.0, bought - minimum)
    check_excess(answer, minimum, bought, excess)
    made_up, later = check_made_up(answer, short, excess, worth)
    last = np.array([max(period.number for period in answer.calendar.periods if period.year == year) for year in years])
    due_now = worth - made_up
    due_now[:, last] += short
    ahead = pay_clouds(answer, due_now, signed) - made_up
    ahead[:, last] += later
    answer.known["paid_ahead"] = ahead
    # Without rows for the power and emissions of rented compute, the model's declared defaults apply.
    power = product(used, inputs.flat("contracts", names, "power_per_compute"))
    answer.known["rented_carbon"] = carbon_of(answer, power, of_kind(answer, "compute"))
    return used


def check_excess(answer: Answer, minimum: Array, bought: Array, excess: Array) -> None:
    """Use above the minimum, if tabulated, and years below it."""
    written, below = answer.table("contracts.excess", *YEARLY), answer.table("contracts.below", *YEARLY)
    makes_up = answer.inputs.flat("contracts", answer.axis["contract"], "makeup_years") > 0
    weighed = (minimum > 0) | (makes_up & (minimum > 0).any(axis=1, keepdims=True))
    size = np.maximum(minimum, bought)
    answer.checks.equal("contracts.excess_is_what_follows", written, np.where(weighed, excess, 0.0), answer.axes(*YEARLY), size)
    answer.checks.equal("contracts.below_is_yes_or_no", below, np.round(below).clip(0, 1), answer.axes(*YEARLY))
    above = bought > minimum * (1 + answer.checks.tolerance)
    answer.checks.nothing("contracts.below_in_years_below_only", below, above, answer.axes(*YEARLY))


def check_made_up(answer: Answer, short: Array, excess: Array, worth: Array) -> tuple[Array, Array]:
    """Make-up was paid as a shortfall within the allowed years, is use above the minimum, and is used; by period and by year."""
    checks, years = answer.checks, [int(year) for year in answer.axis["year"]]
    over = ("contract", "year", "period")
    made_up = answer.table("contracts.made_up", *over)
    age = np.array([[period.year - year for period in answer.calendar.periods] for year in years])
    allowed = answer.inputs.flat("contracts", answer.axis["contract"], "makeup_years")[:, :, None]
    checks.nothing("contracts.made_up_in_time", made_up, (age[None] <= 0) | (age[None] > allowed), answer.axes(*over))
    checks.at_most("contracts.made_up_was_paid", made_up.sum(axis=2), short, answer.axes(*YEARLY))
    in_year = np.array([[period.year == year for year in years] for period in answer.calendar.periods], dtype=float)
    checks.at_most("contracts.made_up_is_excess", made_up.sum(axis=1) @ in_year, excess, answer.axes(*YEARLY))
    checks.at_most("contracts.made_up_is_used", made_up.sum(axis=1), worth, answer.axes(*INDEX))
    return np.asarray(made_up.sum(axis=1), dtype=float), np.asarray(made_up.sum(axis=2), dtype=float)


def pay_clouds(answer: Answer, due: Array, signed: Array) -> Array:
    """Prepayment at signing, credited later against payments due; payments in real money. Returns prepayment less credits."""
    checks, names, inputs = answer.checks, answer.axis["contract"], answer.inputs
    credited = answer.table("contracts.credited", *INDEX)
    share, commitment = (inputs.flat("contracts", names, quantity)[:, 0] for quantity in ("prepayment", "commitment"))
    prepaid = np.where(of_kind(answer, "compute"), share * commitment * signed, 0.0)
    checks.at_most("contracts.credits_within_prepayment", credited.sum(axis=1), prepaid, answer.axes("contract"))
    checks.at_most("contracts.credits_within_due", credited, due, answer.axes(*INDEX))
    early = np.arange(answer.last + 1) <= begun(answer)[:, None]
    checks.nothing("contracts.credited_after_signing", credited, early, answer.axes(*INDEX))
    ahead = -credited
    ahead[np.arange(len(names)), np.minimum(begun(answer), answer.last)] += prepaid
    enter(answer, "running", "cloud", "provider", (due + ahead) / level(answer))
    return ahead


def enter(answer: Answer, kind: str, cost_class: str, payee: str, amounts: Array) -> None:
    """Enter money of contracts without a site."""
    answer.expect(kind, cost_class, (answer.axis["contract"], [CLOUD], labels(answer, payee)), amounts[:, None, :])


def options(answer: Answer, unit: Array) -> Array:
    """Exercised within the window and the amount held; reserved to the end of the term, paid in full. Returns the reserved compute."""
    checks, names, inputs = answer.checks, answer.axis["contract"], answer.inputs
    held, exercised = answer.decided["contracts", "held"], answer.decided["contracts", "exercised"]
    firsts = inputs.firsts
    opens, closes = (np.array([edge(answer, name, quantity) for name in names]) for quantity in ("exercise_from", "exercise_until"))
    outside = (firsts < opens[:, None]) | (firsts > closes[:, None]) | ~of_kind(answer, "option")[:, None]
    checks.nothing("contracts.exercised_in_the_window", exercised, outside, answer.axes(*INDEX))
    lead, term = steps(answer, "lead_months")[:, :, None], term_of(answer)
    late = arrival_of(np.broadcast_to(lead, (len(names), 1, answer.last + 1)), (len(names), 1, answer.last + 1))[:, 0, :] > answer.last
    checks.nothing("contracts.exercised_serves_inside_the_horizon", exercised, late, answer.axes(*INDEX))
    most = np.nan_to_num(inputs.flat("contracts", names, "most_power")[:, 0])
    bought = np.where(inputs.flat("contracts", names, "premium")[:, 0] > 0, held.sum(axis=1), 1.0)
    checks.at_most("contracts.exercise_within_option", exercised.sum(axis=1), most * bought, answer.axes("contract"))
    reserved = within(moved(exercised[:, None, :], np.broadcast_to(lead, (len(names), 1, answer.last + 1))), term)[:, 0, :]
    answer.compare("contracts.reserved", reserved, *INDEX, scale=flow_size(exercised[:, None, :])[:, 0, :])
    compute = product(reserved, inputs.flat("contracts", names, "compute_per_power"))
    enter(answer, "running", "premiums", "provider", held * (inputs.flat("contracts", names, "premium") * most[:, None]))
    enter(answer, "running", "cloud", "provider", product(compute, unit) / level(answer))
    answer.known["rented_carbon"] = answer.known["rented_carbon"] + carbon_of(answer, reserved, of_kind(answer, "option"))
    premium: Array = np.nan_to_num(inputs.flat("contracts", names, "premium") * most[:, None])
    ahead: Array = held * premium * level(answer) - reserved * premium_of_use(answer, outside, lead, term)
    answer.known["paid_ahead"] = answer.known["paid_ahead"] + ahead
    density = np.nan_to_num(inputs.flat("contracts", names, "compute_per_power")[:, 0])
    for each, period in zip(*np.nonzero(exercised), strict=True):
        after = after_horizon(answer, int(period + lead[each, 0, 0]), float(term[each, 0]))
        taken = density[each] * exercised[each, period]
        asked = {number: share * later_price(answer, unit, int(each), number) for number, share in after.items()}
        answer.known["committed_beyond"][each] += sum(asked.values()) * taken
        lost = sum(max(0.0, paid - after[number] * worth_of_use(answer, number)) * at_end(answer, number) for number, paid in asked.items())
        owe(answer, int(each), lost * taken)
    return compute


def edge(answer: Answer, name: str, quantity: str) -> float:
    """First month of the opening, or last of the closing, of an option's window; nan if there is none."""
    text = answer.inputs.text("contracts", name, quantity)
    if not text:
        return np.nan
    return float(parse_date(text).last if quantity.endswith("until") else parse_date(text).first)


def sales(answer: Answer, unit: Array) -> Array:
    """Contracted sales are delivered in full, spot sales within demand, all within own compute; receipts. Returns the sales."""
    checks, names, inputs = answer.checks, answer.axis["contract"], answer.inputs
    sold = answer.table("contracts.sold", *INDEX)
    serves = np.where(of_kind(answer, "sale")[:, None], covered(answer), 0.0)
    most = serves * np.nan_to_num(inputs.grid("contracts", names, "most")[:, 0, :])
    contracted = np.array([terms == "contracted" for terms in labels(answer, "terms")])[:, None]
    signed = answer.decided["contracts", "signed"].sum(axis=1)[:, None]
    axes = answer.axes(*INDEX)
    checks.equal("contracts.contracted_sale_is_delivered", np.where(contracted, sold, 0.0), np.where(contracted, most * signed, 0.0), axes)
    checks.at_most("contracts.spot_sale_within_demand", np.where(contracted, 0.0, sold), np.where(contracted, 0.0, most), axes)
    own = answer.known["compute"].sum(axis=(0, 1))
    checks.at_most("contracts.sales_within_own_compute", sold.sum(axis=0), own, answer.axes("period"))
    worth = product(sold, unit)
    share = np.where(of_kind(answer, "sale")[:, None], inputs.flat("contracts", names, "prepayment"), 0.0)
    receipts = worth * (1 - share)
    receipts[np.arange(len(names)), np.minimum(begun(answer), answer.last)] += (share * worth).sum(axis=1)
    answer.known["revenue_by_contract"] = receipts / level(answer)
    enter(answer, "revenue", "sales", "customer", receipts / level(answer))
    return sold


def check_compute(answer: Answer, amounts: dict[str, Array]) -> None:
    """The account of compute: own systems by vendor and site, rented compute by provider, less sales."""
    names = answer.axis["contract"]
    providers, passed, customers = (labels(answer, quantity) for quantity in ("provider", "passed_to", "customer"))
    vendors = [to or provider for to, provider in zip(passed, providers, strict=True)]
    answer.axis["provider"] = ["own", SOLD, *sorted({each for each in providers if each})]
    own = answer.axis["vendor"]
    answer.axis["vendor"] = sorted({*own, *(each for each in vendors if each), *(each for each in customers if each)})
    shape = tuple(len(answer.axis[axis]) for axis in ("provider", "vendor", "place", "period"))
    expected = np.zeros(shape)
    for number, vendor in enumerate(own):
        expected[0, answer.axis["vendor"].index(vendor), : len(answer.sites)] += answer.known["compute"][number]
    for number in range(len(names)):
        if providers[number]:
            place = answer.axis["provider"].index(providers[number]), answer.axis["vendor"].index(vendors[number])
            expected[place][-1] += amounts["bought"][number]
        if customers[number]:
            expected[1, answer.axis["vendor"].index(customers[number]), -1] -= amounts["sold"][number]
    answer.compare("account.compute", expected, "provider", "vendor", "place", "period", below=True)
    answer.axis["vendor"] = own
