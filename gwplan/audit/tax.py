"""Tax: depreciation, deductible interest, loss carry-forward, and the tax of each calendar year.

Interest is deducted up to the limit. Losses used are decisions within their limits; the rest follows. The shares of MACRS classes
are the published ones, scaled to sum to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from gwplan.audit.cash_flow import Books, number, text
from gwplan.audit.checks import YES, Array
from gwplan.audit.run_folder import Answer

CLASSES = ("accelerators", "networks", "machinery", "shell", "improvements", "land")
LAND, COLLATERAL = "land", "collateral"


@dataclass(frozen=True)
class Income:
    """By period: cash earnings; prepayments less credits; interest paid or capitalised; interest received."""

    earned: Array
    ahead: Array
    borne: Array
    received: Array


def shares(answer: Answer, cost_class: str, length: int) -> Array:
    """Share written off at each age: MACRS if there is a class of that life, else straight line from mid-year; bonus at once."""
    if cost_class == LAND:
        return np.zeros(length)
    life, bonus = number(answer, cost_class, "tax_life"), number(answer, "tax", "bonus", 0.0)
    with (files("gwplan.common.financial") / "macrs.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    published = table[table["life"] == life].sort_values("year")["share"].to_numpy(dtype=float)
    # Half-year convention: service starts in the middle of year 0 and ends in the middle of the last year.
    used_up = np.clip((np.arange(length + 1) - 1 / 2) / life, 0.0, 1.0)
    line = np.diff(np.concatenate([used_up, [used_up[-1]]]))[:length]
    found = np.zeros(length)
    if len(published):
        found[: len(published)] = (published / published.sum())[:length]
    else:
        found[:] = line
    if bonus and life > number(answer, "tax", "bonus_within"):
        return found
    found *= 1 - bonus
    found[0] += bonus
    return found


def yearly(answer: Answer, amounts: Array) -> Array:
    """Sums over the periods of each calendar year."""
    years = np.array([str(period.year) for period in answer.calendar.periods])
    return np.array([amounts[..., years == year].sum(axis=-1) for year in answer.axis["year"]]).T


def bases(answer: Answer) -> Array:
    """Nominal cost of assets entering service in each year, over (class, year)."""
    nothing = np.zeros(answer.last + 1)
    classes = ("accelerators", "networks", "halls", "power", "sites")
    entered = {cost_class: answer.known.get(f"basis_{cost_class}", nothing) for cost_class in classes}
    shell, improved = (number(answer, cost_class, "share", 0.0) for cost_class in ("shell", "improvements"))
    by_class = {"accelerators": entered["accelerators"], "networks": entered["networks"],
                "machinery": (1 - shell) * entered["halls"] + entered["power"], "shell": shell * entered["halls"],
                "improvements": improved * entered["sites"], LAND: (1 - improved) * entered["sites"]}
    return np.array([yearly(answer, by_class[cost_class]) for cost_class in answer.axis["class"]])


def check(answer: Answer, books: Books, income: Income) -> Array:
    """Recompute tax year by year; returns tax by period."""
    answer.axis["year"] = sorted({str(period.year) for period in answer.calendar.periods})
    answer.axis["class"] = [cost_class for cost_class in CLASSES
                            if cost_class == LAND or answer.inputs.has("finance", cost_class, "tax_life")]
    basis, length = bases(answer), len(answer.axis["year"])
    answer.compare("finance.basis", basis, "class", "year", scale=np.broadcast_to(basis.sum(axis=1, keepdims=True), basis.shape))
    ages = np.array([shares(answer, cost_class, length) for cost_class in answer.axis["class"]])
    written = sum((np.convolve(basis[place], ages[place])[:length] for place in range(len(basis))), np.zeros(length))
    size = np.full(length, float(basis.sum() + np.abs(income.earned).sum()))
    answer.compare("finance.written_off", written, "year", scale=size)
    left = sum(float(basis[place] @ (1 - np.cumsum(ages[place]))[::-1]) for place in range(len(basis)))
    # Collateral comes back: that is no gain.
    posted, back = (held(answer, kind) for kind in ("residual", "resale"))
    gain = (float(answer.known["left"][0]) - float(posted.sum())) * books.level_end - left
    # No tax is due on tax credits.
    taxed = income.earned + income.ahead - answer.known.get("credits_by_period", np.zeros(1)) * books.level
    made, interest, received = (yearly(answer, each) for each in (taxed, income.borne, income.received))
    deducted = check_interest(answer, made, interest, received, size)
    profit = made + received + yearly(answer, books.resale - back * books.level) - written - deducted
    profit[-1] += gain - float(income.ahead.sum())
    return check_profit(answer, profit, size)


def held(answer: Answer, kind: str) -> Array:
    """Entries of a kind for collateral, real, by period."""
    classes = answer.axis[f"{kind}_class"]
    return answer.known[kind][classes.index(COLLATERAL)] if COLLATERAL in classes else np.zeros(answer.last + 1)


def check_interest(answer: Answer, made: Array, interest: Array, received: Array, size: Array) -> Array:
    """Interest of the year and carried forward is deducted up to the limit; the rest is carried. Returns the deduction."""
    axes, written = answer.axes("year"), answer.table("finance.deducted", "year")
    answer.compare("finance.earnings", np.maximum(made, 0.0), "year", scale=size)
    answer.compare("finance.shortfall", np.maximum(-made, 0.0), "year", scale=size)
    check_switch(answer, "is_earning", made, size)
    allowed = number(answer, "tax", "interest_limit", 1.0) * np.maximum(made, 0.0) + received
    answer.checks.at_most("finance.interest_deducted_within_limit", written, allowed, axes, size)
    carried, deducted, left = np.zeros(len(made)), np.zeros(len(made)), 0.0
    for year in range(len(made)):
        deducted[year] = min(left + interest[year], allowed[year])
        left += interest[year] - deducted[year]
        carried[year] = left
    answer.compare("finance.deducted", deducted, "year", scale=size)
    answer.compare("finance.interest_carried", carried, "year", scale=size)
    limited = answer.table("finance.is_limited", "year")
    answer.checks.equal("finance.is_limited_is_yes_or_no", limited, np.round(limited).clip(0, 1), axes)
    answer.checks.nothing("finance.interest_is_carried_only_over_the_limit", carried, limited < YES, axes, size)
    return deducted


def check_profit(answer: Answer, profit: Array, size: Array) -> Array:
    """Profit and loss, use of earlier losses, and tax; returns tax net of group relief, by period."""
    axes = answer.axes("year")
    gain, loss = np.maximum(profit, 0.0), np.maximum(-profit, 0.0)
    elsewhere = text(answer, "tax", "losses") == "used_elsewhere"
    answer.compare("finance.profit", gain, "year", scale=size)
    answer.compare("finance.loss", loss, "year", scale=size)
    check_switch(answer, "is_profit", profit, size)
    used = answer.table("finance.losses_used", "year")
    carried = np.cumsum((0.0 if elsewhere else loss) - used)
    before = np.concatenate([[0.0], carried[:-1]])
    answer.checks.at_most("finance.losses_used_were_carried", used, before, axes, size)
    answer.checks.at_most("finance.losses_offset_their_share", used, number(answer, "tax", "loss_share", 1.0) * gain, axes, size)
    answer.compare("finance.losses_carried", carried, "year", scale=size)
    rate = number(answer, "tax", "tax_rate")
    tax, saved = rate * (gain - used), rate * loss * elsewhere
    answer.compare("finance.tax", tax, "year", scale=size)
    answer.compare("finance.tax_saved", saved, "year", scale=size)
    answer.checks.at_least("finance.tax_is_never_below_nothing", tax + size * answer.checks.tolerance, np.zeros(1), axes)
    by_period = np.zeros(answer.last + 1)
    for each, amount in zip(answer.axis["year"], tax - saved, strict=True):
        by_period[max(period.number for period in answer.calendar.periods if str(period.year) == each)] = amount
    return by_period


def check_switch(answer: Answer, name: str, amount: Array, size: Array) -> None:
    """The binary is 1 if the amount is positive and 0 if negative; either if it is zero."""
    written = answer.table(f"finance.{name}", "year")
    clear = np.abs(amount) > answer.checks.tolerance * (1 + size)
    expected = np.where(clear, (amount > 0).astype(float), np.clip(np.round(written), 0.0, 1.0))
    answer.compare(f"finance.{name}", expected, "year")
