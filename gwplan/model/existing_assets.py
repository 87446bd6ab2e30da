"""Existing assets: halls, systems and supplies in service before or during the horizon, at no price and no value."""

from __future__ import annotations

from collections.abc import Callable

from gwplan.common.calendar import ALMOST, MONTHS_A_YEAR
from gwplan.inputs.case import Case, Existing

Years = Callable[[str, str], float]
"""Life in years of an item at a site."""


def share_served(case: Case, thing: Existing, years: float) -> dict[int, float]:
    """Share of each period that it serves: from the first one that begins on or after its date to the month in which its life ends."""
    end = thing.when.first + years * MONTHS_A_YEAR
    return {period.number: min(1.0, (end - period.first) / period.months) for period in case.calendar.periods
            if thing.when.first <= period.first and end - period.first > ALMOST * period.months}


def in_service(case: Case, kind: str, years: Years) -> dict[tuple[str, str, int], float]:
    """Amount by (item, site, period) of existing items of a kind, from their date until their life, in years, ends."""
    return summed(case, kind, years, lambda amount, served: {period: amount * share for period, share in served.items()})


def leaving(case: Case, kind: str, years: Years) -> dict[tuple[str, str, int], float]:
    """Amount by (item, site, period) of existing items that serve a part of the period only: that part of them."""
    return summed(case, kind, years,
                  lambda amount, served: {period: amount * share for period, share in served.items() if share < 1})


def ending(case: Case, kind: str, years: Years) -> dict[tuple[str, str, int], list[tuple[float, float]]]:
    """What of existing items of a kind ends, by (item, site, period in which it ends): the part of that period served, and the amount.

    What ends with a period has the next one, of which it serves nothing. Ends after the horizon are left out.
    """
    found: dict[tuple[str, str, int], list[tuple[float, float]]] = {}
    for thing in case.existing():
        served = share_served(case, thing, years(thing.item, thing.site)) if thing.item in case.items(kind) else {}
        last = max(served, default=len(case.calendar.periods))
        part = served.get(last, 1.0) % 1.0
        if last + (part == 0) < len(case.calendar.periods):
            found.setdefault((thing.item, thing.site, last + (part == 0)), []).append((part, thing.amount))
    return found


def entering(case: Case, kind: str, years: Years) -> dict[tuple[str, str, int], float]:
    """Amount by (item, site, first period in service) of existing items of a kind that serve in the horizon at all."""
    return summed(case, kind, years, lambda amount, served: {min(served): amount} if served else {})


def summed(case: Case, kind: str, years: Years,
           amounts_of: Callable[[float, dict[int, float]], dict[int, float]]) -> dict[tuple[str, str, int], float]:
    """Amounts by (item, site, period) of all existing items of a kind. amounts_of: of one thing, from the share of each period served."""
    amounts: dict[tuple[str, str, int], float] = {}
    for thing in case.existing():
        if thing.item in case.items(kind):
            for period, amount in amounts_of(thing.amount, share_served(case, thing, years(thing.item, thing.site))).items():
                key = (thing.item, thing.site, period)
                amounts[key] = amounts.get(key, 0.0) + amount
    return amounts


def already_open(case: Case) -> dict[str, int]:
    """First period, by number, in which a site is open because of existing assets."""
    first: dict[str, int] = {}
    for thing in case.existing():
        number = case.calendar.begun(thing.when)
        if number < len(case.calendar.periods):
            first[thing.site] = min(number, first.get(thing.site, number))
    return first


def first_period(case: Case, table: str, item: str, site: str = "") -> int:
    """Number of the first period that starts on or after `earliest`; 0 where there is no such date."""
    date = case.date(table, item, "earliest", site)
    return 0 if date is None else case.calendar.begun(date)
