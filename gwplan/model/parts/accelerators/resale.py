"""What a used system sells for: the points of its resale curve, and its value at an age."""

from __future__ import annotations

from itertools import pairwise

from gwplan.inputs.case import Case
from gwplan.model.systems import arrivals

RESIDUALS = {1: "residual_one_year", 3: "residual_three_years", 5: "residual_five_years"}
"""Age in years at which each point of the resale curve stands, as its name says."""


def resale_years(case: Case, system: str) -> list[int]:
    """The ages, in years, for which the resale curve has a point, from 0 when new; that alone where the table has no curve."""
    return [0, *(year for year, quantity in RESIDUALS.items() if case.has("accelerators", system, quantity))]


def resale_share(case: Case, system: str, age: float) -> float:
    """Resale value / price at an age in years: straight lines between the points, the last one going on after them, to nothing.

    1 throughout where the table has no curve, so that the annuity value alone counts.
    """
    years = resale_years(case, system)
    if len(years) == 1:
        return 1.0
    # Only the points that an age lies between are looked up: the others are not used.
    points = points_beside(years, age)
    shares = [case.number("accelerators", system, RESIDUALS[year]) if year else 1.0 for year in points]
    if len(points) == 1:
        return shares[0]
    (first, last), (high, low) = points, shares
    value = high + (low - high) * (age - first) / (last - first)
    return value if age <= last else min(low, max(0.0, value))


def resale_at_the_end(case: Case, system: str) -> float:
    """Share of the price for which a system is sold when its life is over; 0 where the table has no resale curve."""
    life = case.number("accelerators", system, "life")
    return resale_share(case, system, life) if len(resale_years(case, system)) > 1 else 0.0


def ends_beyond(case: Case, system: str) -> list[str]:
    """Points of the resale curve that only its value at the end of life follows from, where this cannot matter.

    It is asked for by sales within the horizon, and by an annuity value that is the lower one: least where nothing is left at the end.
    """
    years, life = resale_years(case, system), case.number("accelerators", system, "life")
    dates = set(arrivals(case, system).values())
    ages = {case.calendar.age_at_end(arrival) for arrival in dates}
    if any(min(case.calendar.ends(arrival, life)) < len(case.calendar.periods) for arrival in dates) or \
            any(resale_share(case, system, min(age, life)) > case.calendar.annuity_share(life, age, 0.0) for age in ages):
        return []
    beside = {year for age in ages for year in points_beside(years, age)}
    return [RESIDUALS[year] for year in years if year and year not in beside]


def points_beside(years: list[int], age: float) -> list[int]:
    """The one or two points of a resale curve, given by their years, that the value at an age follows from."""
    if age in years:
        return [int(age)]
    return next(([first, last] for first, last in pairwise(years) if first < age < last), years[-2:])
