"""Targets: the amount of a measure required by period, and what counts towards it."""

from __future__ import annotations

from collections.abc import Mapping

from gwplan.inputs.case import Case
from gwplan.inputs.definition import Target
from gwplan.model.block import Expression, total
from gwplan.model.exchange import Exchange
from gwplan.model.tenure import CLOUD, COUNTED_AS, LEASED, OWN, SOLD, leasable

UNITS = {"it": "MW IT", "facility": "MW at the meter", "compute": "kH100e"}
"""Unit of each measure in words."""


def held_in(case: Case, target: Target) -> range:
    """Numbers of the periods in which a target must hold: from the one that contains `by` to the one that contains `until`."""
    calendar = case.calendar
    last = len(calendar.periods) - 1 if target.until is None else calendar.holding(target.until.last)
    return range(max(0, calendar.holding(target.by.first)), min(last, len(calendar.periods) - 1) + 1)


def wanted(case: Case, measure: str, in_own_halls: bool = False) -> dict[int, float]:
    """The largest target of a measure, by number of the period; of IT power `in_own_halls`, less what can be leased."""
    most: dict[int, float] = {}
    for target in case.definition.targets:
        if target.measure == measure:
            for period in held_in(case, target):
                leased = leasable(case, period) if in_own_halls and COUNTED_AS[LEASED] in target.counts else 0.0
                most[period] = max(most.get(period, 0.0), target.amount - leased)
    return most


def measured(case: Case, exchange: Exchange, measure: str, counts: tuple[str, ...] = ("own",)) -> dict[int, Expression]:
    """The amount of a measure by number of the period: `it` and `facility` in MW, `compute` in kH100e.

    IT power counts by tenure (own, leased), compute by who computes: own or leased systems, less what others buy of them, or
    rented cloud where it is counted. Rented cloud is not IT power.
    """
    account = {"it": "it_peak", "facility": "facility_peak", "compute": "compute"}[measure]
    terms: dict[int, list[Expression]] = {period.number: [] for period in case.calendar.periods}
    balance: Mapping[tuple[object, ...], Expression] = exchange.balance(account)
    for key, amount in balance.items():
        period = key[1] if measure == "facility" else key[-1]
        if counted(measure, str(key[0]), counts):
            terms[int(str(period))].append(amount)
    return {period: total(amounts) for period, amounts in terms.items()}


def counted(measure: str, first: str, counts: tuple[str, ...]) -> bool:
    """Whether an entry of an account counts; `first`: the first place of its index, a tenure or a provider."""
    if measure == "it":
        return COUNTED_AS[first] in counts
    if measure == "compute" and first not in (OWN, SOLD):
        return CLOUD in counts
    return True


def last_period(case: Case) -> int:
    """Number of the last period of the first build: where the budget's undated cap ends, and not before the last target begins.

    The last period of the horizon if neither sets a date.
    """
    calendar = case.calendar
    last = len(calendar.periods) - 1
    ends = [calendar.holding(target.by.first) for target in case.definition.targets]
    if "budget" in case.definition.parts and "capital" in case.items("class"):
        until = case.date("budget", "capital", "until")
        ends.append(last if until is None else calendar.holding(until.last))
    return min(max(ends, default=last), last)
