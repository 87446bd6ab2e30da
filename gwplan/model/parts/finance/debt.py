"""Debt: what lenders put in, draw by draw, and what they are paid.

A draw is made at the end of a period and pays for capital of that period: lenders pay no dividends and no old bills. Each
draw has a schedule of its own from then on, so that grace, capitalised interest and every shape of repayment are linear.
Each thing is pledged once, whoever lends on it. A facility that refinances another pays that one's repayments and takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import floor

from gwplan.common.errors import Fault
from gwplan.common.financial.debt import ROUNDING, SHAPES, Schedule, Shape, prorated, whole_parts
from gwplan.inputs.case import Case
from gwplan.model import targets
from gwplan.model.block import Block, Expression, Key, Relation, at_most, equal, total
from gwplan.model.ledger import Ledger
from gwplan.model.parts.finance import commitments, guarantees
from gwplan.model.parts.finance.commitments import KEY, drawn_in, eligible, nominal_capital, refinanced_by, window
from gwplan.model.parts.finance.quantities import SCULPTED
from gwplan.model.stocks import before, stock


def rate(case: Case, facility: str) -> float:
    """Interest per year: fixed, or the reference rate and a spread. MissingValue without either."""
    fixed = case.get("finance", facility, "rate")
    if fixed is not None:
        return fixed
    return case.number("finance", "reference_rate", "rate") + case.number("finance", facility, "spread")


def periods_of(case: Case, facility: str, quantity: str) -> float:
    """The tenor or the grace of a draw in periods, which need not be a whole number."""
    return case.number("finance", facility, quantity) * case.calendar.steps_a_year


def is_sculpted(case: Case, facility: str) -> bool:
    """True where principal is repaid as the plan chooses, rather than by a schedule."""
    return case.label("finance", facility, "repayment") == SCULPTED


def schedule_of(case: Case, facility: str) -> Schedule:
    """What one unit drawn pays back; simple interest within a period, as loans count it."""
    shape: Shape = next(each for each in SHAPES if each == case.label("finance", facility, "repayment"))
    per_period = rate(case, facility) / case.calendar.steps_a_year
    capitalised = case.label("finance", facility, "grace_interest") == "capitalised"
    tenor, grace = (periods_of(case, facility, quantity) for quantity in ("tenor", "grace"))
    return prorated(shape, per_period, tenor, grace, capitalised=capitalised)


def check(case: Case) -> Iterator[Fault]:
    """Interest is known, repayment has time, and cash earns less than any money costs: else a plan would borrow to deposit."""
    yield from check_cash(case)
    yield from guarantees.check(case)
    for facility in case.items("facility"):
        file, row = case.location("finance", facility, "eligible")
        if case.get("finance", facility, "rate") is None and case.get("finance", facility, "spread") is None:
            yield Fault(file, row, f"{facility}: needs a rate, or a spread above reference_rate")
            continue
        if case.number("finance", facility, "grace") >= case.number("finance", facility, "tenor"):
            yield Fault(file, row, f"{facility}: the grace period must be shorter than the tenor")
        if is_sculpted(case, facility) and case.label("finance", facility, "grace_interest") == "capitalised":
            yield Fault(*case.location("finance", facility, "grace_interest"),
                        f"{facility}.grace_interest: sculpted debt pays its interest")
        chain = replaced(case, facility)
        if chain[-1] == facility:
            through = f", through {', '.join(chain[:-1])}" if chain[:-1] else ""
            yield Fault(*case.location("finance", facility, "refinances"), f"{facility}.refinances: it cannot refinance itself{through}: "
                        "such debt would never be repaid")


def check_cash(case: Case) -> Iterator[Fault]:
    """Cash earns less than debt and the revolver cost and the sponsor requires: else a plan would take in money to deposit it."""
    earned, place = case.number("finance", "cash", "rate"), case.location("finance", "cash", "rate")
    known = [name for name in case.items("facility") if case.has("finance", name, "rate") or case.has("finance", name, "spread")]
    costs = {name: rate(case, name) for name in known} | {name: case.number("finance", name, "rate") for name in case.items("revolver")}
    for name, cost in costs.items():
        if cost <= earned:
            yield Fault(*place, f"cash.rate: cash earns {earned:.2%} and {name} costs {cost:.2%}: a plan would borrow to deposit")
    required = case.number("finance", "equity", "required_return")
    if required <= earned:
        yield Fault(*place, f"cash.rate: cash earns {earned:.2%} and the sponsor requires {required:.2%}: it would pay in without end")


def replaced(case: Case, facility: str) -> list[str]:
    """The facility that this one refinances, the one that that one does, and so on, until one is met again; [""] for none."""
    chain, current = [], facility
    while (following := refinanced_by(case, current)) is not None and following not in chain:
        chain.append(following)
        current = following
    return chain or [""]


def decide(block: Block, case: Case) -> None:
    """Declare draws, what is repaid and what is owed."""
    facilities, periods = case.items("facility"), range(len(case.calendar.periods))
    pairs = [(facility, cost_class) for facility in facilities for cost_class in eligible(case, facility)]
    keys = [(*pair, period) for pair in pairs for period in periods]
    draws = [(*pair, period) for pair in pairs for period in window(case, pair[0])]
    unit = "MUSD_nominal"
    block.variable("drawn", KEY, draws, unit=unit, doc="debt drawn for capital of the class")
    replacing = [key for key in draws if (old := refinanced_by(case, key[0])) and key[1] in eligible(case, old)]
    block.variable("refinanced", KEY, replacing, unit=unit, doc="debt drawn to repay the facility that it refinances")
    block.variable("interest", KEY, keys, unit=unit, doc="interest paid")
    block.variable("principal", KEY, keys, unit=unit, doc="principal repaid")
    block.variable("balance", KEY, keys, unit=unit, doc="debt outstanding at the end of the period")
    block.variable("funded", KEY, keys, unit=unit, doc="capital that draws so far pay for, at the advance rate")
    block.variable("undrawn", ("facility", "period"), product(facilities, periods), unit=unit, doc="debt agreed and not drawn yet")
    classes = sorted({cost_class for _, cost_class in pairs})
    block.variable("capital_so_far", ("class", "period"), product(classes, periods), unit=unit, doc="capital paid so far")


def bind(block: Block, case: Case, ledger: Ledger) -> None:
    """Draws pay for capital, within the advance rate, once; schedules say what is paid back."""
    bind_draws(block, case, ledger)
    bind_schedules(block, case)
    commitments.bind(block, case, ledger)
    guarantees.bind(block, case)


def bind_draws(block: Block, case: Case, ledger: Ledger) -> None:
    """What may be drawn."""
    drawn, refinanced, principal = (block.variables[name].data for name in ("drawn", "refinanced", "principal"))
    funded, so_far = block.variables["funded"].data, block.variables["capital_so_far"].data
    facilities = case.items("facility")
    lenders = {cost_class: [each for each in facilities if cost_class in eligible(case, each)] for cost_class, _ in so_far}

    @block.rule(("class", "period"), so_far)
    def capital_adds_up(cost_class: str, period: int) -> Relation:
        """Capital so far = capital so far in the period before + capital of the period."""
        return stock(so_far, (cost_class, period), nominal_capital(case, ledger, cost_class, period))

    @block.rule(KEY, funded)
    def funded_adds_up(facility: str, cost_class: str, period: int) -> Relation:
        """Capital funded = capital funded in the period before + draws for capital / advance rate."""
        key = facility, cost_class, period
        share = case.number("finance", facility, "advance_rate")
        return equal(share * funded[key], share * before(funded, key) + drawn.get(key, 0))

    @block.rule(("class", "period"), so_far, promise="MUSD_nominal")
    def draws_pay_for_capital(cost_class: str, period: int) -> Relation:
        """Draws for a class in a period, of all facilities, are at most its capital of that period: no draw pays a dividend."""
        draws = total(drawn.get((facility, cost_class, period), 0) for facility in lenders[cost_class])
        return at_most(draws - nominal_capital(case, ledger, cost_class, period), 0)

    @block.rule(("class", "period"), so_far, promise="MUSD_nominal")
    def capital_is_pledged_once(cost_class: str, period: int) -> Relation:
        """Capital funded so far by all facilities, each at its advance rate, is at most the capital of the class so far."""
        return at_most(total(funded[facility, cost_class, period] for facility in lenders[cost_class]) - so_far[cost_class, period], 0)

    later = [key for key in so_far if key[-1] > targets.last_period(case)]

    @block.rule(("class", "period"), later, promise="MUSD_nominal")
    def refresh_is_pledged_on_its_own(cost_class: str, period: int) -> Relation:
        """After the first build, the sum of draws / advance rate is at most the capital of the period: old racks are no pledge."""
        shares = {facility: 1 / case.number("finance", facility, "advance_rate") for facility in lenders[cost_class]}
        pledged = total(share * drawn.get((facility, cost_class, period), 0) for facility, share in shares.items())
        return at_most(pledged - nominal_capital(case, ledger, cost_class, period), 0)

    replacing: dict[Key, list[Expression]] = {}
    for (facility, cost_class, period), amount in refinanced.items():
        replacing.setdefault((refinanced_by(case, facility), cost_class, period), []).append(amount)

    @block.rule(KEY, replacing)
    def refinancing_repays(facility: str, cost_class: str, period: int) -> Relation:
        """What is drawn on all others to refinance a facility is at most what it is repaid in the period."""
        return at_most(total(replacing[facility, cost_class, period]), principal[facility, cost_class, period])


def bind_schedules(block: Block, case: Case) -> None:
    """What is paid back, draw by draw, and what is owed."""
    interest, principal, balance = (block.variables[name].data for name in ("interest", "principal", "balance"))
    plans = {facility: schedule_of(case, facility) for facility in case.items("facility") if not is_sculpted(case, facility)}
    rates = {facility: rate(case, facility) / case.calendar.steps_a_year for facility in case.items("facility")}
    scheduled = [key for key in balance if key[0] in plans]
    sculpted = [key for key in balance if key[0] not in plans]

    def paid(column: str, facility: str, cost_class: str, period: int) -> Expression:
        shares = getattr(plans[facility], column)
        return total(share * drawn_in(block, facility, cost_class, period - age) for age, share in enumerate(shares, 1)
                     if share and period >= age)

    grown = [key for key in scheduled if any(plans[key[0]].accrued)]
    accrued = block.expression("accrued", KEY, {key: paid("accrued", *key) for key in grown}, unit="MUSD_nominal",
                               doc="interest that is added to the debt instead of being paid")

    @block.rule(KEY, balance)
    def balance_adds_up(facility: str, cost_class: str, period: int) -> Relation:
        """Balance = balance of the period before + drawn + interest added to the debt - principal."""
        key = facility, cost_class, period
        return stock(balance, key, drawn_in(block, *key) + accrued.get(key, 0), principal[key])

    @block.rule(KEY, scheduled)
    def principal_follows_draws(facility: str, cost_class: str, period: int) -> Relation:
        """Principal = sum over draws of the draw x the share that its schedule repays at that age."""
        return equal(principal[facility, cost_class, period], paid("principal", facility, cost_class, period))

    @block.rule(KEY, interest)
    def interest_follows_debt(facility: str, cost_class: str, period: int) -> Relation:
        """Interest = the rate of a period x the debt at its start, or what the schedules of the draws pay."""
        if facility in plans:
            return equal(interest[facility, cost_class, period], paid("interest", facility, cost_class, period))
        return equal(interest[facility, cost_class, period], rates[facility] * before(balance, (facility, cost_class, period)))

    tenors = {facility: max(1.0, periods_of(case, facility, "tenor")) for facility in case.items("facility")}

    @block.rule(KEY, [key for key in sculpted if key[-1] >= floor(tenors[key[0]] + ROUNDING)])
    def sculpted_debt_matures(facility: str, cost_class: str, period: int) -> Relation:
        """Sculpted debt is at most what was drawn within its tenor: each draw is repaid by then, of the last period by its share."""
        within = [total(drawn_in(block, facility, cost_class, period - age) for age in range(whole)) * share
                  for whole, share in whole_parts(tenors[facility])]
        return at_most(balance[facility, cost_class, period], total(within))
