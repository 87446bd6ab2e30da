"""What is already there: halls, systems and supplies in service before or during the horizon, at no price and no value."""

from __future__ import annotations

from collections.abc import Callable

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.inputs.case import Case


def in_service(case: Case, kind: str, years: Callable[[str, str], float]) -> dict[tuple[str, str, int], float]:
    """Amount by (item, site, period) of existing items of a kind, from their date until their life, in years, ends."""
    amounts: dict[tuple[str, str, int], float] = {}
    for thing in case.existing():
        if thing.item not in case.items(kind):
            continue
        end = thing.when.first + years(thing.item, thing.site) * MONTHS_A_YEAR
        for period in case.calendar.periods:
            if thing.when.first <= period.first < end:
                key = (thing.item, thing.site, period.number)
                amounts[key] = amounts.get(key, 0.0) + thing.amount
    return amounts


def entering(case: Case, kind: str, years: Callable[[str, str], float]) -> dict[tuple[str, str, int], float]:
    """Amount by (item, site, first period in service) of existing items of a kind that serve in the horizon at all."""
    amounts: dict[tuple[str, str, int], float] = {}
    for thing in case.existing():
        end = thing.when.first + years(thing.item, thing.site) * MONTHS_A_YEAR if thing.item in case.items(kind) else 0
        served = [period.number for period in case.calendar.periods if thing.when.first <= period.first < end]
        if served:
            key = (thing.item, thing.site, served[0])
            amounts[key] = amounts.get(key, 0.0) + thing.amount
    return amounts


def already_open(case: Case) -> dict[str, int]:
    """Number of the first period in which a site is open without being opened: where something stands already."""
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
