"""Time: periods of a horizon, slices of a year, months of a chain, discount factors.

Months are counted from year 0 (`2027-01` is 2027 * 12). A date is a span: `2027` twelve months, `2027-Q3` three,
`2027-07` one; where a date begins something its first month counts, where it ends something its last.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from gwplan.common.numbers import foreign_digit

Step = Literal["quarter", "half", "year"]
Timing = Literal["start", "middle", "end"]
SHIFT: dict[Timing, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""Timing of payments within their period, as a share of the period."""

MONTHS_A_YEAR = 12
HOURS_A_YEAR = 8760
HOURS_A_DAY = 24
SECONDS_AN_HOUR = 3600
MONTHS_OF: dict[str, int] = {"quarter": 3, "half": 6, "year": 12}
_DATE = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100
SHOWN = 60
ALMOST = 1e-9
"""Rounding tolerance in periods: lives and lead times are written in decimals."""
NO_RATE = 1e-9
"""A rate times a life below which discounting is negligible."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The months that a written date names, from `first` to `last`, both inside."""

    first: int
    last: int
    text: str = ""

    def __str__(self) -> str:
        return self.text or month_name(self.first)


def parse_date(text: str) -> Span:
    """Read `2027`, `2027-Q3` or `2027-07`; ValueError for anything else or a year outside 2000-2100."""
    found = _DATE.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        within = f"within {FIRST_YEAR}-{LAST_YEAR}{foreign_digit(text)}"
        raise ValueError(f"{text[:SHOWN]!r} is not a date such as 2027, 2027-Q3 or 2027-07 {within}")
    year = int(found[1]) * MONTHS_A_YEAR
    if found[2]:
        first = year + (int(found[2]) - 1) * MONTHS_OF["quarter"]
        return Span(first, first + MONTHS_OF["quarter"] - 1, text)
    if found[3]:
        return Span(year + int(found[3]) - 1, year + int(found[3]) - 1, text)
    return Span(year, year + MONTHS_A_YEAR - 1, text)


def month_name(month: int) -> str:
    """`2027-07` for the month 24330."""
    return f"{month // MONTHS_A_YEAR}-{month % MONTHS_A_YEAR + 1:02d}"


@dataclass(frozen=True, slots=True)
class Period:
    """One step of the horizon: the `number`-th (from 0), `months` long from month `first` on."""

    number: int
    name: str
    first: int
    months: int

    @property
    def last(self) -> int:
        """The last month."""
        return self.first + self.months - 1

    @property
    def middle(self) -> float:
        """The middle, in months."""
        return self.first + self.months / 2

    @property
    def year(self) -> int:
        """The calendar year in which it begins."""
        return self.first // MONTHS_A_YEAR

    @property
    def years(self) -> float:
        """The length in years."""
        return self.months / MONTHS_A_YEAR

    @property
    def hours(self) -> float:
        """The length in hours; a year has 8,760."""
        return self.years * HOURS_A_YEAR


def period_name(first: int, step: Step) -> str:
    """`2027-Q3`, `2027-H2` or `2027`."""
    year, month = divmod(first, MONTHS_A_YEAR)
    if step == "year":
        return str(year) if month == 0 else f"{year}-{month + 1:02d}"
    return f"{year}-{'Q' if step == 'quarter' else 'H'}{month // MONTHS_OF[step] + 1}"


@dataclass(frozen=True)
class Slice:
    """A part of the year with its share of the hours; a plan without hours has one, `year`.

    hours: length each time that it occurs; day: number of the typical day that it is a part of; months: those of the year in which it
    occurs, from 0.
    """

    name: str
    share: float
    hours: float = HOURS_A_YEAR
    day: int = 0
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """The horizon as periods, with discounting and date arithmetic.

    rate: real discount rate per year; timing: when in its period money of a kind (capital, running) falls.
    days: the typical day of each day of the year, in order; without hours there are none.
    """

    periods: tuple[Period, ...]
    step: Step
    rate: float
    timing: dict[str, Timing]
    slices: tuple[Slice, ...] = (Slice("year", 1.0),)
    days: tuple[int, ...] = ()

    @classmethod
    def of(cls, start: Span, end: Span, step: Step, rate: float, timing: dict[str, Timing] | None = None) -> Calendar:
        """Divide start to end into steps; ValueError unless the steps are whole and start at a step boundary."""
        months = MONTHS_OF[step]
        length = end.last + 1 - start.first
        if length <= 0 or length % months:
            raise ValueError(f"{start} to {end} is not a whole number of steps of a {step}")
        if start.first % months:
            raise ValueError(f"{start} is not the first day of a {step}")
        firsts = range(start.first, end.last + 1, months)
        periods = tuple(Period(n, period_name(first, step), first, months) for n, first in enumerate(firsts))
        return cls(periods, step, rate, timing or {"capital": "middle", "running": "middle"})

    @property
    def names(self) -> list[str]:
        """Names of the periods, in order."""
        return [period.name for period in self.periods]

    @property
    def end(self) -> int:
        """The first month after the horizon."""
        return self.periods[-1].last + 1

    @property
    def years(self) -> float:
        """Length of the horizon in years."""
        return (self.end - self.periods[0].first) / MONTHS_A_YEAR

    def steps(self, months: float) -> int:
        """A lead time in months as whole periods, rounded up once."""
        return math.ceil(months / MONTHS_OF[self.step] - ALMOST)

    def ends(self, period: int, years: float) -> dict[int, float]:
        """Shares of an asset with a life of `years` that retire in each period after entering service; they sum to 1.

        A life of n periods plus a fraction f: 1 - f retires n periods later, f one period after that. So a fraction of a period is served
        by that share of the asset, and service is continuous in the life. Periods may lie after the horizon.
        """
        whole, part = self.whole_and_part(years)
        return {period + whole: 1 - part, period + whole + 1: part} if part else {period + whole: 1.0}

    def serves(self, period: int, years: float) -> dict[int, float]:
        """Share of each period, from entry into service on, that a life or term of `years` covers: 1, and in the last one a fraction."""
        whole, part = self.whole_and_part(years)
        return {**dict.fromkeys(range(period, period + whole), 1.0), **({period + whole: part} if part else {})}

    def whole_and_part(self, years: float) -> tuple[int, float]:
        """A life or term as whole periods and the remaining fraction, below 1."""
        length = years * self.steps_a_year
        whole = math.floor(length + ALMOST)
        return whole, length - whole if length - whole > ALMOST else 0.0

    @property
    def steps_a_year(self) -> int:
        """Periods in a year."""
        return MONTHS_A_YEAR // MONTHS_OF[self.step]

    def begun(self, date: Span) -> int:
        """Number of the first period that starts on or after the first day of date (may lie outside the horizon)."""
        return max(0, math.ceil((date.first - self.periods[0].first) / MONTHS_OF[self.step]))

    def holding(self, month: int) -> int:
        """Number of the period that contains month (may lie outside the horizon)."""
        return (month - self.periods[0].first) // MONTHS_OF[self.step]

    def shares_between(self, opens: Span | None, closes: Span | None) -> dict[int, float]:
        """Positive shares of each period that lie between the first day of one date and the last day of another."""
        first = self.periods[0].first if opens is None else opens.first
        end = self.end if closes is None else closes.last + 1
        inside = {each.number: min(end, each.last + 1) - max(first, each.first) for each in self.periods}
        return {number: months / MONTHS_OF[self.step] for number, months in inside.items() if months > 0}

    def window(self, number: int) -> range:
        """Numbers of the periods of the year that ends with period `number`, inside the horizon."""
        return range(max(0, number - self.steps_a_year + 1), number + 1)

    @property
    def year_ends(self) -> range:
        """Numbers of the periods that end a whole year inside the horizon (the last one of a shorter horizon)."""
        return range(min(self.steps_a_year, len(self.periods)) - 1, len(self.periods))

    def discount(self, number: int, kind: str) -> float:
        """Present value at the horizon's start of one unit of money of a kind (capital, running) in a period."""
        shift = SHIFT[self.timing.get(kind, "middle")]
        return float((1 + self.rate) ** -((number + shift) * MONTHS_OF[self.step] / MONTHS_A_YEAR))

    @property
    def discount_at_end(self) -> float:
        """Present value of one unit of money at the horizon's end."""
        return float((1 + self.rate) ** -self.years)

    def age_at_end(self, number: int) -> float:
        """Age in years, at the horizon's end, of an asset that entered service with period `number`."""
        return (self.end - self.periods[number].first) / MONTHS_A_YEAR

    def annuity_share(self, life: float, age: float, resale: float = 0.0) -> float:
        """Residual value as a share of the price, after `age` of `life` years: present value of the remaining annuity and of the resale.

        resale: share of the price received at the end of life; the annuity pays for the rest.
        """
        left = max(life - age, 0.0)
        if self.rate * life < NO_RATE:  # the quotient below is then 0 / 0, or near it
            return (1 - resale) * left / life + resale
        later, whole = ((1 + self.rate) ** -years for years in (left, life))
        return float((1 - resale * whole) * (1 - later) / (1 - whole) + resale * later)
