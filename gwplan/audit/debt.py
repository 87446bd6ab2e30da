"""Debt: draws pay for capital within the advance rate, each thing is pledged once, and each draw runs off as its facility says.

What is drawn, what is drawn to refinance, and the principal of sculpted debt are decisions; the rest follows. Each draw is followed
period by period from what it still owes and the periods it has left, not from a schedule of shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gwplan.audit.cash_flow import FUNDED, Books, first_on, last_on, number, text
from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.summary import first_build_until
from gwplan.common.calendar import MONTHS_A_YEAR

INDEX = ("facility", "class", "period")
SCULPTED = "sculpted"


@dataclass(frozen=True)
class Facility:
    """Terms of a facility in whole periods. rate: of a period."""

    name: str
    rate: float
    advance: float
    tenor: int
    grace: int
    capitalised: bool
    repayment: str
    refinances: str
    eligible: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Debt:
    """Over periods: what lenders pay and are paid, and what is owed at the end of each; `fees` of what is drawn and undrawn."""

    drawn: Array
    refinanced: Array
    interest: Array
    principal: Array
    balance: Array
    fees: Array
    at_end: Array
    """What is owed at the horizon's end on each facility."""
    rates: Array
    """Yearly rates of the facilities."""

    def settled(self, years: float) -> float:
        """What is owed at the end, with interest since the last payments."""
        return float(self.at_end @ (1 + self.rates * years))


def terms(answer: Answer, name: str) -> Facility:
    """The terms of a facility."""
    steps = answer.calendar.steps_a_year
    rate = number(answer, name, "rate")
    if np.isnan(rate):
        rate = number(answer, "reference_rate", "rate") + number(answer, name, "spread")
    length = {quantity: answer.calendar.steps(number(answer, name, quantity, 0.0) * MONTHS_A_YEAR) for quantity in ("tenor", "grace")}
    return Facility(name, rate / steps, number(answer, name, "advance_rate"), length["tenor"],
                    min(length["grace"], length["tenor"] - 1),
                    text(answer, name, "grace_interest") == "capitalised", text(answer, name, "repayment", "annuity"),
                    text(answer, name, "refinances"), tuple(text(answer, name, "eligible").split("|")),
                    first_on(answer, text(answer, name, "from")), last_on(answer, text(answer, name, "until"), answer.last))


def run_off(facility: Facility, drawn: Array) -> tuple[Array, Array, Array]:
    """Interest, principal and balance over (class, period), from what is drawn over (class, period)."""
    interest, principal, balance = (np.zeros(drawn.shape) for _ in range(3))
    for begun in range(drawn.shape[1]):
        owed = drawn[:, begun].copy()
        balance[:, begun] += owed
        for when in range(begun + 1, min(begun + facility.tenor, drawn.shape[1] - 1) + 1):
            due, left = owed * facility.rate, begun + facility.tenor + 1 - when
            paid = due
            repaid = np.zeros(len(owed))
            if when - begun > facility.grace:
                repaid = owed * share_repaid(facility, left)
            elif facility.capitalised:
                paid, owed = np.zeros(len(owed)), owed + due
            owed = owed - repaid
            interest[:, when] += paid
            principal[:, when] += repaid
            balance[:, when] += owed
    return interest, principal, balance


def share_repaid(facility: Facility, left: int) -> float:
    """Share of what is owed that is repaid when `left` payments, this one included, are still to come."""
    if left == 1:
        return 1.0
    if facility.repayment == "level" or (facility.repayment == "annuity" and facility.rate == 0):
        return 1 / left
    return 0.0 if facility.repayment == "bullet" else facility.rate / ((1 + facility.rate) ** left - 1)


def of_choice(facility: Facility, drawn: Array, principal: Array) -> tuple[Array, Array, Array]:
    """Interest, principal and balance of sculpted debt, whose principal is a decision."""
    balance = np.cumsum(drawn - principal, axis=1)
    before = np.concatenate([np.zeros((len(balance), 1)), balance[:, :-1]], axis=1)
    return facility.rate * before, principal, balance


def check(answer: Answer, books: Books) -> Debt:
    """Follow every draw; check what may be drawn and what is written."""
    answer.axis["facility"], answer.axis["class"] = books.facilities, list(FUNDED)
    facilities = [terms(answer, name) for name in books.facilities]
    drawn, refinanced, chosen = (answer.table(f"finance.{name}", *INDEX) for name in ("drawn", "refinanced", "principal"))
    interest, principal, balance = (np.zeros(drawn.shape) for _ in range(3))
    for place, facility in enumerate(facilities):
        every = drawn[place] + refinanced[place]
        found = of_choice(facility, every, chosen[place]) if facility.repayment == SCULPTED else run_off(facility, every)
        interest[place], principal[place], balance[place] = found
    size = np.abs(drawn + refinanced).sum(axis=(1, 2))[:, None, None]
    for name, amounts in {"interest": interest, "principal": principal, "balance": balance}.items():
        answer.compare(f"finance.{name}", amounts, *INDEX, scale=np.broadcast_to(size, amounts.shape))
    slack = size * answer.checks.tolerance
    answer.checks.at_least("finance.debt_is_never_below_nothing", balance + slack, np.zeros(1), answer.axes(*INDEX))
    check_draws(answer, books, facilities, drawn)
    check_refinancing(answer, facilities, refinanced, principal)
    check_maturity(answer, facilities, drawn + refinanced, size)
    undrawn = commitments(answer, facilities, (drawn + refinanced).sum(axis=1))
    fees = enter(answer, books, facilities, (drawn + refinanced).sum(axis=1), undrawn)
    for line, amounts, sign in (("drawn", drawn + refinanced, 1.0), ("interest", interest, -1.0), ("principal", principal, -1.0)):
        books.enter(answer, line, books.facilities, "lenders", sign * amounts.sum(axis=1))
    sums = [np.asarray(amounts.sum(axis=(0, 1)), dtype=float) for amounts in (drawn, refinanced, interest, principal, balance)]
    return Debt(sums[0], sums[1], sums[2], sums[3], sums[4], fees, balance[:, :, -1].sum(axis=1),
                np.array([each.rate for each in facilities]) * answer.calendar.steps_a_year)


def check_draws(answer: Answer, books: Books, facilities: list[Facility], drawn: Array) -> None:
    """Draws come inside their window, for classes that may be funded, are at most the capital of the period, and pledge it once."""
    number_of = np.arange(answer.last + 1)
    allowed = np.array([[[klass in each.eligible and each.first <= when <= each.last for when in number_of] for klass in FUNDED]
                        for each in facilities], dtype=bool).reshape(drawn.shape)
    answer.checks.nothing("finance.draws_are_eligible_and_in_time", drawn, ~allowed, answer.axes(*INDEX))
    capital = np.array([books.capital.get(klass, np.zeros(answer.last + 1)) for klass in FUNDED])
    size = capital.sum(axis=1, keepdims=True)
    axes = answer.axes("class", "period")
    answer.checks.at_most("finance.draws_pay_for_capital_of_the_period", drawn.sum(axis=0), capital, axes, size)
    advance = np.array([each.advance for each in facilities]).reshape(-1, 1, 1)
    funded, so_far = np.cumsum(drawn / advance, axis=2), np.cumsum(capital, axis=1)
    answer.checks.at_most("finance.capital_is_pledged_once_within_the_advance_rate", funded.sum(axis=0), so_far, axes, size)
    later = np.arange(answer.last + 1) > first_build_until(answer)
    alone = np.where(later, (drawn / advance).sum(axis=0), 0.0)
    answer.checks.at_most("finance.refresh_is_pledged_on_its_own", alone, capital, axes, size)
    answer.compare("finance.funded", funded, *INDEX, scale=np.broadcast_to(size, funded.shape))
    lent = np.array([any(klass in each.eligible for each in facilities) for klass in FUNDED], dtype=bool)[:, None]
    answer.compare("finance.capital_so_far", np.where(lent, so_far, 0.0), "class", "period", scale=np.broadcast_to(size, so_far.shape))


def check_refinancing(answer: Answer, facilities: list[Facility], refinanced: Array, principal: Array) -> None:
    """What is drawn to refinance a facility, by all others, is at most what that facility is repaid in the period."""
    names = [each.name for each in facilities]
    replaced = np.zeros(refinanced.shape)
    for place, each in enumerate(facilities):
        if each.refinances in names:
            replaced[names.index(each.refinances)] += refinanced[place]
    answer.checks.at_most("finance.refinancing_repays_what_it_replaces", replaced, principal, answer.axes(*INDEX))
    allowed = np.array([[[klass in each.eligible and each.first <= when <= each.last and each.refinances in names
                          for when in range(answer.last + 1)] for klass in FUNDED] for each in facilities], dtype=bool)
    answer.checks.nothing("finance.refinancing_is_in_its_terms", refinanced, ~allowed.reshape(refinanced.shape), answer.axes(*INDEX))


def check_maturity(answer: Answer, facilities: list[Facility], every: Array, size: Array) -> None:
    """Nothing is owed of a draw once its tenor is over: the debt as written is at most what was drawn within the tenor, and its growth."""
    written, most = answer.table("finance.balance", *INDEX), np.zeros(every.shape)
    for place, each in enumerate(facilities):
        total = np.cumsum(every[place], axis=1)
        gone = np.zeros(total.shape)
        gone[:, each.tenor :] = total[:, : max(0, answer.last + 1 - each.tenor)]
        grown = (1 + each.rate) ** each.grace if each.capitalised and each.repayment != SCULPTED else 1.0
        most[place] = (total - gone) * grown
    answer.checks.at_most("finance.draws_are_repaid_by_their_maturity", written, most, answer.axes(*INDEX), size)


def commitments(answer: Answer, facilities: list[Facility], every: Array) -> Array:
    """What is agreed and still to be drawn, over (facility, period), from the first date of a draw on; all draws within the cap."""
    caps = np.array([number(answer, each.name, "cap") for each in facilities])
    answer.checks.at_most("finance.draws_within_cap", every.sum(axis=1), caps, answer.axes("facility"))
    undrawn = every.sum(axis=1, keepdims=True) - np.cumsum(every, axis=1)
    for place, each in enumerate(facilities):
        undrawn[place, : each.first] = 0.0
    size = np.broadcast_to(every.sum(axis=1, keepdims=True), undrawn.shape)
    answer.compare("finance.undrawn", undrawn, "facility", "period", scale=size)
    return np.asarray(undrawn, dtype=float)


def enter(answer: Answer, books: Books, facilities: list[Facility], every: Array, undrawn: Array) -> Array:
    """Fees of what is drawn and of what is still to be drawn, by period."""
    upfront, yearly = (np.array([number(answer, each.name, quantity, 0.0) for each in facilities])[:, None]
                       for quantity in ("upfront_fee", "commitment_fee"))
    fees = (upfront * every + yearly / answer.calendar.steps_a_year * undrawn).sum(axis=0)
    books.enter(answer, "fees", ["facilities"], "lenders", -fees[None, :])
    return np.asarray(fees, dtype=float)
