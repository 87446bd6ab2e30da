"""Debt: draws fund capital within the advance rate, each asset is pledged once, and each draw is repaid by its facility's terms.

Draws, refinancing draws and the principal of sculpted debt are decisions; the rest follows. Each draw is followed period by
period from its balance and remaining periods, not from a schedule of shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gwplan.audit.cash_flow import FUNDED, Books, number, open_shares, text
from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.summary import first_build_until

INDEX = ("facility", "class", "period")
LIVES = {"halls": ("halls", "design"), "accelerators": ("accelerators", "system"), "networks": ("accelerators", "system"),
         "power": ("power", "supply")}
"""Table and axis of the items of each class that has a life."""
SCULPTED = "sculpted"
WHOLE = 1e-9
"""Rounding tolerance of a whole number of periods."""


@dataclass(frozen=True)
class Facility:
    """Terms of a facility in (fractional) periods. rate: per period; open: share of each period in which it may be drawn."""

    name: str
    rate: float
    advance: float
    tenor: float
    grace: float
    capitalised: bool
    repayment: str
    refinances: str
    eligible: tuple[str, ...]
    open: Array


@dataclass(frozen=True)
class Debt:
    """Over periods: draws, payments to lenders and the balance at the end of each; `fees` on drawn and undrawn amounts."""

    drawn: Array
    refinanced: Array
    interest: Array
    added: Array
    """Capitalised interest."""
    principal: Array
    fees: Array
    at_end: Array
    """Balance at the horizon's end, over (facility, class)."""
    rates: Array
    """Yearly rates of the facilities."""
    last_owed: int
    """Number of the last period in which debt can be outstanding, perhaps after the horizon; -1 without lenders."""

    def settled(self, years: float) -> float:
        """Debt at the end, with interest accrued since the last payments."""
        return float(self.by_class(years).sum())

    def by_class(self, years: float) -> Array:
        """As `settled`, by class of collateral."""
        return np.asarray((1 + self.rates * years) @ self.at_end, dtype=float)


def terms(answer: Answer, name: str) -> Facility:
    """The terms of a facility."""
    steps = answer.calendar.steps_a_year
    rate = number(answer, name, "rate")
    if np.isnan(rate):
        rate = number(answer, "reference_rate", "rate") + number(answer, name, "spread")
    tenor, grace = (number(answer, name, quantity, 0.0) * steps for quantity in ("tenor", "grace"))
    return Facility(name, rate / steps, number(answer, name, "advance_rate"), max(1.0, tenor), grace,
                    text(answer, name, "grace_interest") == "capitalised", text(answer, name, "repayment", "annuity"),
                    text(answer, name, "refinances"), tuple(text(answer, name, "eligible").split("|")),
                    open_shares(answer, text(answer, name, "from"), text(answer, name, "until")))


def between(length: float) -> list[tuple[int, float]]:
    """The whole numbers on either side of a length, each with its weight; an exact whole number alone."""
    low = int(np.floor(length + WHOLE))
    share = max(0.0, length - low)
    return [(low, 1 - share), (low + 1, share)] if share > WHOLE else [(low, 1.0)]


def run_off(facility: Facility, drawn: Array) -> Array:
    """Interest paid, principal, balance and capitalised interest, each over (class, period), from the draws over those."""
    found = np.zeros((4, *drawn.shape))
    for tenor, part in between(facility.tenor):
        for grace, share in between(facility.grace):
            found += part * share * run_off_whole(facility, drawn, tenor, min(grace, tenor - 1))
    return found


def run_off_whole(facility: Facility, drawn: Array, tenor: int, grace: int) -> Array:
    """As `run_off`, over a whole number of periods."""
    interest, principal, balance, added = (np.zeros(drawn.shape) for _ in range(4))
    for begun in range(drawn.shape[1]):
        owed = drawn[:, begun].copy()
        balance[:, begun] += owed
        for when in range(begun + 1, min(begun + tenor, drawn.shape[1] - 1) + 1):
            due, left = owed * facility.rate, begun + tenor + 1 - when
            if when - begun > grace:
                repaid = owed * share_repaid(facility, left)
                interest[:, when] += due
                principal[:, when] += repaid
                owed = owed - repaid
            elif facility.capitalised:
                added[:, when] += due
                owed = owed + due
            else:
                interest[:, when] += due
            balance[:, when] += owed
    return np.array([interest, principal, balance, added])


def share_repaid(facility: Facility, left: int) -> float:
    """Share of the balance repaid when `left` payments remain, this one included."""
    if left == 1:
        return 1.0
    if facility.repayment == "level" or (facility.repayment == "annuity" and facility.rate == 0):
        return 1 / left
    return 0.0 if facility.repayment == "bullet" else facility.rate / ((1 + facility.rate) ** left - 1)


def of_choice(facility: Facility, drawn: Array, principal: Array) -> Array:
    """As `run_off`, of sculpted debt, whose principal is a decision."""
    balance = np.cumsum(drawn - principal, axis=1)
    before = np.concatenate([np.zeros((len(balance), 1)), balance[:, :-1]], axis=1)
    return np.array([facility.rate * before, principal, balance, np.zeros(balance.shape)])


def check(answer: Answer, books: Books) -> Debt:
    """Follow every draw; check the draws and the tables."""
    answer.axis["facility"], answer.axis["class"] = books.facilities, list(FUNDED)
    facilities = [terms(answer, name) for name in books.facilities]
    drawn, refinanced, chosen = (answer.table(f"finance.{name}", *INDEX) for name in ("drawn", "refinanced", "principal"))
    found = np.zeros((4, *drawn.shape))
    for place, facility in enumerate(facilities):
        every = drawn[place] + refinanced[place]
        found[:, place] = of_choice(facility, every, chosen[place]) if facility.repayment == SCULPTED else run_off(facility, every)
    interest, principal, balance, added = found
    size = np.abs(drawn + refinanced).sum(axis=(1, 2))[:, None, None]
    for name, amounts in {"interest": interest, "principal": principal, "balance": balance, "accrued": added}.items():
        answer.compare(f"finance.{name}", amounts, *INDEX, scale=np.broadcast_to(size, amounts.shape))
    slack = size * answer.checks.tolerance
    answer.checks.at_least("finance.debt_is_never_below_nothing", balance + slack, np.zeros(1), answer.axes(*INDEX))
    check_draws(answer, books, facilities, drawn)
    check_refinancing(answer, facilities, refinanced, principal, size)
    check_maturity(answer, facilities, drawn + refinanced, size)
    check_pledge(answer, books, balance, size)
    check_guarantees(answer, books, balance, drawn + refinanced)
    undrawn = commitments(answer, facilities, (drawn + refinanced).sum(axis=1))
    fees = enter(answer, books, facilities, (drawn + refinanced).sum(axis=1), undrawn)
    for line, amounts, sign in (("drawn", drawn + refinanced, 1.0), ("interest", interest, -1.0), ("principal", principal, -1.0)):
        books.enter(answer, line, books.facilities, "lenders", sign * amounts.sum(axis=1))
    sums = [np.asarray(amounts.sum(axis=(0, 1)), dtype=float) for amounts in (drawn, refinanced, interest, added, principal)]
    return Debt(sums[0], sums[1], sums[2], sums[3], sums[4], fees, balance[:, :, -1],
                np.array([each.rate for each in facilities]) * answer.calendar.steps_a_year, last_owed(answer, facilities))


def check_guarantees(answer: Answer, books: Books, balance: Array, every: Array) -> None:
    """Guaranteed debt is within its guarantee, nothing is drawn without one, and guarantors are paid their fee."""
    names, without = books.facilities, answer.folder.definition.get("contracts", {}).get("without", [])
    behind = [text(answer, name, "guaranteed_by") for name in names]
    for contract in sorted({each for each in behind if each}):
        most = 0.0 if contract in without else float(np.nan_to_num(answer.inputs.number("contracts", contract, "guarantee")))
        mine = np.array([each == contract for each in behind], dtype=bool)
        at_end = np.array([text(answer, name, "guarantee_covers") == "residual" for name in names], dtype=bool)
        counts = mine[:, None] & (~at_end[:, None] | (np.arange(answer.last + 1) == answer.last))
        owed = np.where(counts, balance.sum(axis=1), 0.0).sum(axis=0)
        answer.checks.at_most("finance.debt_within_guarantee", owed, np.full(answer.last + 1, most), answer.axes("period"))
        if not most:
            answer.checks.nothing("finance.no_draw_without_its_guarantee", every, mine[:, None, None] & np.ones(every.shape, dtype=bool),
                                  answer.axes(*INDEX))
        before = np.concatenate([np.zeros((len(names), 1)), balance.sum(axis=1)[:, :-1]], axis=1)
        yearly = np.array([number(answer, name, "guarantee_fee", 0.0) for name in names])[:, None]
        fees = np.where(mine[:, None], yearly / answer.calendar.steps_a_year * before, 0.0)
        books.enter(answer, "fees", names, answer.inputs.text("contracts", contract, "investor"), -fees)


def last_owed(answer: Answer, facilities: list[Facility]) -> int:
    """Number of the last period in which a drawable facility can have a balance; -1 if there is none."""
    return max((int(np.flatnonzero(each.open > 0)[-1] + np.ceil(number(answer, each.name, "tenor") * answer.calendar.steps_a_year))
                for each in facilities if (each.open > 0).any() and number(answer, each.name, "cap") != 0), default=-1)


def check_draws(answer: Answer, books: Books, facilities: list[Facility], drawn: Array) -> None:
    """Draws are within their window, for eligible classes, at most the capital of the period, and pledge it once."""
    allowed = in_time(facilities, drawn)
    answer.checks.nothing("finance.draws_are_eligible_and_in_time", drawn, allowed <= 0, answer.axes(*INDEX))
    capital = np.array([books.capital.get(cost_class, np.zeros(answer.last + 1)) for cost_class in FUNDED])
    size = capital.sum(axis=1, keepdims=True)
    axes = answer.axes("class", "period")
    answer.checks.at_most("finance.draws_pay_for_capital_of_the_period", drawn.sum(axis=0), capital, axes, size)
    answer.checks.at_most("finance.draws_wait_for_the_window", drawn, allowed * capital, answer.axes(*INDEX), size + np.zeros(drawn.shape))
    advance = np.array([each.advance for each in facilities]).reshape(-1, 1, 1)
    funded, so_far = np.cumsum(drawn / advance, axis=2), np.cumsum(capital, axis=1)
    answer.checks.at_most("finance.capital_is_pledged_once_within_the_advance_rate", funded.sum(axis=0), so_far, axes, size)
    later = np.arange(answer.last + 1) > first_build_until(answer)
    alone = np.where(later, (drawn / advance).sum(axis=0), 0.0)
    answer.checks.at_most("finance.refresh_is_pledged_on_its_own", alone, capital, axes, size)
    answer.compare("finance.funded", funded, *INDEX, scale=np.broadcast_to(size, funded.shape))
    lent = np.array([any(cost_class in each.eligible for each in facilities) for cost_class in FUNDED], dtype=bool)[:, None]
    answer.compare("finance.capital_so_far", np.where(lent, so_far, 0.0), "class", "period", scale=np.broadcast_to(size, so_far.shape))


def in_time(facilities: list[Facility], drawn: Array) -> Array:
    """Share of each period in which a facility may be drawn, 0 for classes that it may not fund, over (facility, class, period)."""
    open_to = [[each.open * (cost_class in each.eligible) for cost_class in FUNDED] for each in facilities]
    return np.array(open_to, dtype=float).reshape(drawn.shape)


def check_refinancing(answer: Answer, facilities: list[Facility], refinanced: Array, principal: Array, size: Array) -> None:
    """Refinancing draws by all other facilities are at most the principal repaid in the period."""
    names = [each.name for each in facilities]
    replaced = np.zeros(refinanced.shape)
    for place, each in enumerate(facilities):
        if each.refinances in names:
            replaced[names.index(each.refinances)] += refinanced[place]
    answer.checks.at_most("finance.refinancing_repays_what_it_replaces", replaced, principal, answer.axes(*INDEX))
    allowed, old = in_time(facilities, refinanced), np.zeros(refinanced.shape)
    for place, each in enumerate(facilities):
        if each.refinances in names:
            old[place] = principal[names.index(each.refinances)]
        else:
            allowed[place] = 0.0
    answer.checks.nothing("finance.refinancing_is_in_its_terms", refinanced, allowed <= 0, answer.axes(*INDEX))
    answer.checks.at_most("finance.refinancing_waits_for_the_window", refinanced, allowed * old, answer.axes(*INDEX),
                          size + np.zeros(old.shape))


def check_maturity(answer: Answer, facilities: list[Facility], every: Array, size: Array) -> None:
    """No balance remains after the tenor: the tabulated debt is at most the draws within the tenor, with capitalised interest."""
    written, most = answer.table("finance.balance", *INDEX), np.zeros(every.shape)
    for place, each in enumerate(facilities):
        total = np.cumsum(every[place], axis=1)
        grown = (1 + each.rate) ** np.ceil(each.grace) if each.capitalised and each.repayment != SCULPTED else 1.0
        for tenor, share in between(each.tenor):
            gone = np.zeros(total.shape)
            gone[:, tenor:] = total[:, : max(0, answer.last + 1 - tenor)]
            most[place] += share * (total - gone) * grown
    answer.checks.at_most("finance.draws_are_repaid_by_their_maturity", written, most, answer.axes(*INDEX), size)


def check_pledge(answer: Answer, books: Books, balance: Array, size: Array) -> None:
    """Debt on a class is at most the cost of its assets within their life, once the first ones are past it."""
    capital = np.cumsum(np.array([books.capital.get(cost_class, np.zeros(answer.last + 1)) for cost_class in FUNDED]), axis=1)
    gone = np.array([ended(answer, cost_class) for cost_class in FUNDED])
    owed, later = balance.sum(axis=0), np.cumsum(gone, axis=1) > 0
    axes, most = answer.axes("class", "period"), capital - np.cumsum(gone, axis=1)
    answer.checks.at_most("finance.debt_ends_with_its_pledge", np.where(later, owed, 0.0), np.where(later, most, np.nan), axes,
                          np.broadcast_to(size.sum(), owed.shape))
    written = answer.table("finance.pledged", "class", "period")
    there = written.any(axis=1, keepdims=True)
    scale = np.broadcast_to(capital[:, -1:], most.shape)
    answer.checks.equal("finance.pledged_is_what_follows", written, np.where(there, most, 0.0), axes, scale)


def ended(answer: Answer, cost_class: str) -> Array:
    """Cost of a class's assets by the period after which their life ends; fractions of a period pro rata."""
    entering, found = answer.known.get(f"entering_{cost_class}"), np.zeros(answer.last + 1)
    table, axis = LIVES.get(cost_class, ("", ""))
    if entering is None or not axis:
        return found
    names = answer.axis[axis]
    lives = answer.inputs.flat(table, names, "life", answer.sites)
    if cost_class == "power":
        bought = np.array([answer.inputs.text(table, name, "role") == "contract" for name in names])[:, None]
        lives = np.where(bought, answer.inputs.flat(table, names, "contract_term", answer.sites), lives)
    ends = np.arange(answer.last + 1) + lives[:, :, None] * answer.calendar.steps_a_year
    for when in range(answer.last + 1):
        over = np.nan_to_num(np.clip(when + 1 - ends, 0.0, 1.0) - np.clip(when - ends, 0.0, 1.0))
        found[when] = float((over * entering).sum())
    return found


def commitments(answer: Answer, facilities: list[Facility], every: Array) -> Array:
    """Undrawn commitment, over (facility, period), from the first draw date on; total draws within the cap."""
    caps = np.array([number(answer, each.name, "cap") for each in facilities])
    answer.checks.at_most("finance.draws_within_cap", every.sum(axis=1), caps, answer.axes("facility"))
    undrawn = every.sum(axis=1, keepdims=True) - np.cumsum(every, axis=1)
    for place, each in enumerate(facilities):
        undrawn[place, : int(np.argmax(each.open > 0))] = 0.0
    size = np.broadcast_to(every.sum(axis=1, keepdims=True), undrawn.shape)
    answer.compare("finance.undrawn", undrawn, "facility", "period", scale=size)
    return np.asarray(undrawn, dtype=float)


def enter(answer: Answer, books: Books, facilities: list[Facility], every: Array, undrawn: Array) -> Array:
    """Fees on drawn and undrawn amounts, by period."""
    upfront, yearly = (np.array([number(answer, each.name, quantity, 0.0) for each in facilities])[:, None]
                       for quantity in ("upfront_fee", "commitment_fee"))
    opened = np.array([each.open for each in facilities]).reshape(every.shape)
    fees = (upfront * every + yearly / answer.calendar.steps_a_year * opened * undrawn).sum(axis=0)
    books.enter(answer, "fees", ["facilities"], "lenders", -fees[None, :])
    return np.asarray(fees, dtype=float)
