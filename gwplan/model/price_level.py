"""The general price level: from the real dollars of a plan to the nominal ones of contracts and lenders.

    nominal money = real money x (1 + inflation)^(years from the middle of the year of the dollars)

Sums fixed by a contract are nominal: the later they are paid, the lower their real value.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle

TABLE = Table(
    "prices",
    (Kind("level", only=("prices",)),),
    (Quantity("inflation", "level", "1/year", "rise of the general price level", least=-0.05, most=1, sane=(0, 0.08)),),
    optional=True,
)


def idle(case: Case) -> Iterator[Idle]:
    """The price level, where all money is real."""
    yield Idle("all money of the model is real: it has neither contracts nor finance", "prices", "inflation")


def inflation(case: Case) -> float:
    """Yearly rise of the price level. MissingValue where the case has none."""
    return case.number("prices", "prices", "inflation")


def inflator(case: Case, period: int) -> float:
    """Nominal dollars per real one in the middle of a period, which may lie after the horizon."""
    first = case.calendar.periods[0]
    return grown(case, first.first + (period + 1 / 2) * first.months)


def inflator_at_end(case: Case) -> float:
    """Nominal dollars per real one at the horizon's end."""
    return grown(case, case.calendar.end)


def grown(case: Case, month: float) -> float:
    """Nominal dollars per real one at a month, counted from year 0: 1 in the middle of the year of the plan's dollars."""
    years = month / MONTHS_A_YEAR - (case.definition.horizon.dollars + 1 / 2)
    return float((1 + inflation(case)) ** years)
