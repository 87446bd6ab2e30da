"""What stands, from what was ordered: chains in whole periods, lives, annuities, things that were there before.

All arrays are over (item, site, period), chains and lives over the same or with one period fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.units import convert
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date

Whole = npt.NDArray[np.int64]
ALMOST = 1e-9
NEVER = 10**6
"""Periods of a chain that the inputs give no length for: longer than any horizon."""


def in_periods(answer: Answer, months: Array) -> Whole:
    """Months in whole periods, rounded up once; NEVER where there are none."""
    length = answer.calendar.periods[0].months
    return np.where(np.isnan(months), NEVER, np.ceil(np.nan_to_num(months) / length - ALMOST)).astype(np.int64)


def length_of(answer: Answer, years: Array) -> Array:
    """Lives or terms in periods, with the part of one that is left over; NEVER where there are none."""
    periods = np.nan_to_num(years) * MONTHS_A_YEAR / answer.calendar.periods[0].months
    near = np.round(periods)
    return np.where(np.isnan(years), float(NEVER), np.where(np.abs(periods - near) <= ALMOST, near, periods))


def covers(length: Array, ages: Array | Whole) -> Array:
    """Share of a period that a life covers which began `ages` periods before it: all, or the part that is left, or nothing."""
    return np.asarray(np.where(ages < 0, 0.0, np.clip(length - ages, 0.0, 1.0)), dtype=float)


def moved(amounts: Array, steps: Whole) -> Array:
    """What is ordered in each period, at the period it arrives in; what arrives after the horizon is dropped."""
    answer = np.zeros(amounts.shape)
    steps = np.broadcast_to(steps, amounts.shape)
    item, site, period = np.nonzero(amounts)
    arrival = period + steps[item, site, period]
    inside = arrival < amounts.shape[2]
    np.add.at(answer, (item[inside], site[inside], arrival[inside]), amounts[item[inside], site[inside], period[inside]])
    return answer


def arrival_of(steps: Whole, shape: tuple[int, ...]) -> Whole:
    """Number of the period in which an order of each period arrives."""
    return np.broadcast_to(steps, shape) + np.arange(shape[2])


def at_arrival(path: Array, arrival: Whole) -> Array:
    """A path over (item, site, period) read in the period of arrival; nan after the horizon."""
    inside = np.minimum(arrival, path.shape[2] - 1)
    values: Array = np.take_along_axis(np.broadcast_to(path, arrival.shape), inside, axis=2)
    return np.where(arrival < path.shape[2], values, np.nan)


def within(entered: Array, life: Array) -> Array:
    """What of that which entered in each period or before is within its life (item, site) in periods: of a last part of one, that part."""
    return np.asarray(lots(entered, life).sum(axis=2), dtype=float)


def lots(entered: Array, life: Array) -> Array:
    """What is left in each period of what entered in each: over (item, site, period of entering, period)."""
    number = np.arange(entered.shape[2])
    lasts = np.broadcast_to(life, entered.shape[:2])[:, :, None, None]
    return np.asarray(entered[:, :, :, None] * covers(lasts, number[None, :] - number[:, None]), dtype=float)


def last_part(entered: Array, life: Array) -> Array:
    """What is in each period in the last part of its life, which ends within it: that part of it."""
    stays = lots(entered, life)
    return np.asarray(np.where(stays < entered[:, :, :, None], stays, 0.0).sum(axis=2), dtype=float)


def taken_up_within(stays: Array, offers: Array) -> Array:
    """What stays of that which was taken up under offers of at most the period's own, over (item, site, period).

    stays: over (item, site, period of taking up, period); offers: over (item, site, period).
    """
    found = [np.where(offers[:, :, : period + 1] <= offers[:, :, period, None], stays[:, :, : period + 1, period], 0.0).sum(axis=2)
             for period in range(offers.shape[2])]
    return np.stack(found, axis=2) if found else np.zeros(offers.shape)


def larger_offers(stays: Array, offers: Array) -> tuple[list[float], Array, Array]:
    """Offers that were larger before: all their sizes; what stays of that taken up within each, and the size, over (..., period, size).

    The size is nan where no offer of that size came before a smaller one.
    """
    sizes = [float(each) for each in np.unique(offers)]
    under, limit = np.zeros((*offers.shape, len(sizes))), np.full((*offers.shape, len(sizes)), np.nan)
    for period in range(offers.shape[2]):
        before = offers[:, :, : period + 1]
        for place, size in enumerate(sizes):
            was = (before == size).any(axis=2) & (size > offers[:, :, period])
            limit[:, :, period, place] = np.where(was, size, np.nan)
            under[:, :, period, place] = np.where(before <= size, stays[:, :, : period + 1, period], 0.0).sum(axis=2)
    return sizes, np.where(np.isnan(limit), 0.0, under), limit


def product(amounts: Array, rates: Array) -> Array:
    """amounts x rates; 0 where there is no amount, even if the inputs hold no rate."""
    amounts, rates = np.broadcast_arrays(amounts, rates)
    return np.where(amounts == 0, 0.0, amounts * np.where(amounts == 0, 0.0, rates))


def rolling(amounts: Array, length: int) -> Array:
    """Sum over each period and the ones before it that make up a year with it, along the last axis."""
    total = np.cumsum(amounts, axis=-1)
    before = np.zeros_like(total)
    before[..., length:] = total[..., :-length] if length < total.shape[-1] else 0.0
    return np.asarray(total - before, dtype=float)


def annuity_share(life: Array, age: Array, rate: float, resale: Array | float = 0.0) -> Array:
    """What a thing is worth at `age` (years) of its life, as a share of its price, by what it has still to earn.

    Its price is the present value of equal payments over its life and of its resale (a share of the price) after it.
    """
    left = np.maximum(life - age, 0.0)
    if rate == 0:
        return np.asarray((1 - resale) * left / life + resale, dtype=float)
    growth = np.log1p(rate)
    payment = (1 - resale * np.exp(-growth * life)) / -np.expm1(-growth * life)
    return np.asarray(payment * -np.expm1(-growth * left) + resale * np.exp(-growth * left), dtype=float)


def age_at_end(answer: Answer, arrival: Whole) -> Array:
    """Years from the first day of the period of arrival to the end of the horizon."""
    return np.asarray((answer.last + 1 - arrival) * answer.years, dtype=np.float64)


def flow_size(entered: Array) -> Array:
    """The size that a stock is measured against: all that ever entered it, for a stock is what large sums leave over."""
    return np.broadcast_to(np.abs(entered).sum(axis=2, keepdims=True), entered.shape)


@dataclass(frozen=True)
class There:
    """Things in service that were not bought: how much stands in each period, and how much enters in it."""

    standing: Array
    entering: Array
    leaving: Array
    """What of it is in the last part of its life, which ends within the period."""


def years_of(answer: Answer, item: str, site: str) -> float:
    """Life in years of a thing that was there before; of a contract its term."""
    for kind, table in (("design", "halls"), ("system", "accelerators")):
        if item in answer.axis[kind]:
            return answer.inputs.number(table, item, "life")
    contract = answer.inputs.text("power", item, "role") == "contract"
    return answer.inputs.number("power", item, "contract_term" if contract else "life", site)


def existing(answer: Answer, kind: str, years: Callable[[str, str], float], units: Array | None = None) -> There:
    """`existing.csv` of a kind of item, over (item, site, period). `units`: MW that one of each adds, over (item, site), for counts."""
    items, sites = answer.axis[kind], answer.sites
    standing = np.zeros((len(items), len(sites), answer.last + 1))
    entering, leaving = np.zeros_like(standing), np.zeros_like(standing)
    firsts = answer.inputs.firsts
    for row in answer.folder.existing.to_dict("records"):
        if row["item"] not in items or row["site"] not in sites:
            continue
        item, site = items.index(row["item"]), sites.index(row["site"])
        amount = convert(float(row["base"]), row["unit"], "MW" if row["quantity"] == "capacity" else "1")
        if units is not None and row["quantity"] == "count":
            amount *= units[item, site]
        first = parse_date(row["when"]).first
        end = first + years(row["item"], row["site"]) * MONTHS_A_YEAR
        length = answer.calendar.periods[0].months
        serves = np.where(firsts >= first, np.clip((end - firsts) / length, 0.0, 1.0), 0.0)
        serves[serves <= ALMOST] = 0.0
        standing[item, site] += amount * serves
        leaving[item, site] += np.where(serves < 1, amount * serves, 0.0)
        if serves.any():
            entering[item, site, int(np.argmax(serves > 0))] += amount
    return There(standing, entering, leaving)
