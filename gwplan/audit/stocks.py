"""Stocks from orders: lead times in whole periods, lives, annuities, existing assets.

All arrays are over (item, site, period); lead times and lives have the same axes or one period.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
"""Lead time in periods if the inputs give none: longer than any horizon."""


def in_periods(answer: Answer, months: Array) -> Whole:
    """Months in whole periods, rounded up once; NEVER if missing."""
    length = answer.calendar.periods[0].months
    return np.where(np.isnan(months), NEVER, np.ceil(np.nan_to_num(months) / length - ALMOST)).astype(np.int64)


def months_to_service(answer: Answer, names: list[str], sites: Sequence[str]) -> Array:
    """Months from the order of a supply to its service: its lead time and the steps beside it end with the longest."""
    steps = ("lead_months", "permit_months", "fuel_line_months", "equipment_months")
    return np.asarray(np.max([answer.inputs.grid("power", names, step, sites) for step in steps], axis=0))


def length_of(answer: Answer, years: Array) -> Array:
    """Lives or terms in (fractional) periods; NEVER if missing."""
    periods = np.nan_to_num(years) * MONTHS_A_YEAR / answer.calendar.periods[0].months
    near = np.round(periods)
    return np.where(np.isnan(years), float(NEVER), np.where(np.abs(periods - near) <= ALMOST, near, periods))


def covers(length: Array, ages: Array | Whole) -> Array:
    """Share of a period covered by a life that began `ages` periods before: 1, the remaining fraction, or 0."""
    return np.asarray(np.where(ages < 0, 0.0, np.clip(length - ages, 0.0, 1.0)), dtype=float)


def moved(amounts: Array, steps: Whole) -> Array:
    """Orders by period of arrival; arrivals after the horizon are dropped."""
    answer = np.zeros(amounts.shape)
    steps = np.broadcast_to(steps, amounts.shape)
    item, site, period = np.nonzero(amounts)
    arrival = period + steps[item, site, period]
    inside = arrival < amounts.shape[2]
    np.add.at(answer, (item[inside], site[inside], arrival[inside]), amounts[item[inside], site[inside], period[inside]])
    return answer


def arrival_of(steps: Whole, shape: tuple[int, ...]) -> Whole:
    """Period number of arrival, for an order in each period."""
    return np.broadcast_to(steps, shape) + np.arange(shape[2])


def at_arrival(path: Array, arrival: Whole) -> Array:
    """A series over (item, site, period) evaluated in the period of arrival; nan after the horizon."""
    inside = np.minimum(arrival, path.shape[2] - 1)
    values: Array = np.take_along_axis(np.broadcast_to(path, arrival.shape), inside, axis=2)
    return np.where(arrival < path.shape[2], values, np.nan)


def within(entered: Array, life: Array) -> Array:
    """The stock within its life (item, site, in periods) in each period; a last fraction of a period counts by that fraction."""
    return np.asarray(lots(entered, life).sum(axis=2), dtype=float)


def lots(entered: Array, life: Array) -> Array:
    """The remaining stock by period of entry: over (item, site, period of entry, period)."""
    number = np.arange(entered.shape[2])
    lasts = np.broadcast_to(life, entered.shape[:2])[:, :, None, None]
    return np.asarray(entered[:, :, :, None] * covers(lasts, number[None, :] - number[:, None]), dtype=float)


def last_part(entered: Array, life: Array) -> Array:
    """The fraction of the stock whose life ends within each period."""
    stays = lots(entered, life)
    return np.asarray(np.where(stays < entered[:, :, :, None], stays, 0.0).sum(axis=2), dtype=float)


def taken_up_within(stays: Array, offers: Array) -> Array:
    """The remaining stock taken up under offers no larger than the current one, over (item, site, period).

    stays: over (item, site, period of taking up, period); offers: over (item, site, period).
    """
    found = [np.where(offers[:, :, : period + 1] <= offers[:, :, period, None], stays[:, :, : period + 1, period], 0.0).sum(axis=2)
             for period in range(offers.shape[2])]
    return np.stack(found, axis=2) if found else np.zeros(offers.shape)


def larger_offers(stays: Array, offers: Array) -> tuple[list[float], Array, Array]:
    """Earlier, larger offers: the remaining stock taken up within each, and their sizes, over (..., period, size).

    The size is nan if no offer of that size precedes a smaller one.
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
    """amounts x rates; 0 for a zero amount, even without a rate in the inputs."""
    amounts, rates = np.broadcast_arrays(amounts, rates)
    return np.where(amounts == 0, 0.0, amounts * np.where(amounts == 0, 0.0, rates))


def rolling(amounts: Array, length: int) -> Array:
    """Rolling sum over the year that ends with each period, along the last axis."""
    total = np.cumsum(amounts, axis=-1)
    before = np.zeros_like(total)
    before[..., length:] = total[..., :-length] if length < total.shape[-1] else 0.0
    return np.asarray(total - before, dtype=float)


def annuity_share(life: Array, age: Array, rate: float, resale: Array | float = 0.0) -> Array:
    """The value of an asset at `age` (years), as a share of its price, by its remaining earnings.

    The price equals the present value of equal payments over its life plus its resale (a share of the price).
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
    """The reference size for errors in a stock: its total inflow, because a stock is a difference of large sums."""
    return np.broadcast_to(np.abs(entered).sum(axis=2, keepdims=True), entered.shape)


@dataclass(frozen=True)
class There:
    """Existing assets: the stock in each period, and the amounts entering service in it."""

    standing: Array
    entering: Array
    leaving: Array
    """The part whose life ends within the period."""
    ends: dict[tuple[int, int, int], list[tuple[float, float]]]
    """By (item, site, period) in which lives end: the part of the period left, and the amount."""


def years_of(answer: Answer, item: str, site: str) -> float:
    """Life in years of an existing asset; for a contract its term."""
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
    firsts, ends = answer.inputs.firsts, dict[tuple[int, int, int], list[tuple[float, float]]]()
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
            last = int(np.nonzero(serves)[0][-1])
            part = float(serves[last]) if serves[last] < 1 else 0.0
            ends.setdefault((item, site, last if part else last + 1), []).append((part, amount))
    return There(standing, entering, leaving, ends)
