"""What a lender asks first: what has to go wrong until the debt is not paid, and what is recovered then.

The builds, the debt and its schedule of a financed run stay as planned; one thing goes wrong at a time. What is earned falls; sponsor
and investors are paid last, no more than planned, and nothing while the coverage of the last year is below its covenant; a period in
which money runs out is a default, and so is debt at the horizon's end that cash and what is left do not repay. What is paid before the
first IT power is prepaid and stays. Nothing is planned again and taxes stay as planned: a lower bound, and the arithmetic of the run's own
tables alone.

Coverage is what is available for debt service over the debt service of a year. Recovery, at a default, is the present value of what is
available afterwards less what is still to be built, and of what is left at the horizon's end, at the debt's own rate, with the cash that is
there, over the debt outstanding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.errors import Fault, InputFaults
from gwplan.results.cash_flows import by_line, by_period, is_financed
from gwplan.results.run_folder import sums

if TYPE_CHECKING:
    from gwplan.results.run_folder import RunFolder
    from gwplan.solving.linear_program import Floats

EARNED = ("revenue", "own_use")
PAID_LAST = ("dividends", "returned")
WORTH_LESS = "left at the end worth less"
"""The name of a case that matters where debt is owed at the horizon's end."""
SMALL = 1e-6
"""MUSD, relative to the largest flow: less is rounding."""
COVERED_WITHIN = 1e-4
"""Relative to the coverage that is asked for: less is the tolerance of the rule that a lock-up switches."""
HALVINGS = 60
"""Steps of a search for a break-even value by bisection: beyond the digits of a number."""


@dataclass(frozen=True)
class Flows:
    """The cash flows of a run by period, MUSD nominal, positive into the planner's cash.

    net: all lines together; income: of compute; available, service: for debt and of debt; paid_last: to sponsor and investors, positive.
    debt: outstanding at the end of each period; years: length of each; left: what is left at the horizon's end before debt, less
    what is still committed then; owed: debt then, with interest, less interest on cash since the last payments. built: paid for
    capital, less resale. customers: what each pays.
    tested: numbers of the periods that end a year in which coverage is tested; floor: coverage below which no owner is paid;
    begins: number of the first period with IT power.
    """

    names: tuple[str, ...]
    net: Floats
    income: Floats
    available: Floats
    service: Floats
    paid_last: Floats
    cash: Floats
    debt: Floats
    interest: Floats
    years: Floats
    left: float
    owed: float
    built: Floats
    customers: dict[str, Floats]
    tested: tuple[int, ...]
    floor: float
    begins: int

    @property
    def rate(self) -> float:
        """The mean interest rate of a year: of each period on the debt at the end of the one before."""
        carried = float(np.dot(self.debt[:-1], self.years[1:]))
        return float(self.interest.sum() / carried) if carried > 0 else 0.0


@dataclass(frozen=True)
class Stress:
    """What goes wrong. lost: what is available less, by period, MUSD; left: kept share of what is left at the end; due: what is to be paid
    to lenders more, by period, MUSD, or 0.
    """

    lost: Floats
    left: float = 1.0
    due: Floats | float = 0.0


@dataclass(frozen=True)
class DownsideCase:
    """One thing that goes wrong. name, size: in words; coverage: the least of a year, and when (NaN, blank without debt service).

    amount: the size as a number, a share or a rate, NaN where it is none.
    default: the first period without money, blank if never; short: by how much in all; recovery: share of the debt then outstanding, NaN
    without default; paid_last: share of what sponsor and investors were to receive that they still do, NaN if that was nothing.
    """

    name: str
    size: str
    coverage: float
    when: str
    default: str
    short: float
    recovery: float
    paid_last: float
    amount: float = math.nan


@dataclass(frozen=True)
class Breaking:
    """How far one thing may go until money runs out. value: in its unit; NaN where even the whole range does not do it."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Downside:
    """A finished study. cases: as planned first; breaking: the break-even values.

    floor: coverage below which no owner is paid, 0 without a covenant.
    """

    run: str
    cases: tuple[DownsideCase, ...]
    breaking: tuple[Breaking, ...]
    customer: str
    floor: float = 0.0


def flows_of(run: RunFolder) -> Flows:
    """The flows of a run. InputFaults for a run without finance."""
    if not is_financed(run):
        raise InputFaults([Fault(str(run.path), 0, "has no finance: downside is about debt; add the part finance to its model")])
    lines = by_line(run)
    count = len(run.periods)

    def of(*names: str) -> Floats:
        found: Floats = np.add.reduce([np.array(lines.get(name, [0.0] * count)) for name in names], axis=0)
        return found

    customers = {f"{row['item']}": np.zeros(count) for row in run.table("finance.flow").to_dict("records") if row["line"] in EARNED}
    for row in sums(run.table("finance.flow"), ["line", "item", "period"], "value"):
        if row["line"] in EARNED:
            customers[str(row["item"])][run.number_of[str(row["period"])]] += float(row["value"])
    settled = {str(row["line"]): float(row["value"]) for row in run.table("finance.settlement").to_dict("records")}
    coverage = run.summary.get("coverage_by_year") or {}
    return Flows(
        names=tuple(run.periods), net=np.sum([np.array(values) for values in lines.values()], axis=0), income=of(*EARNED),
        available=np.array(by_period(run, "finance.available")), service=np.array(by_period(run, "finance.service")),
        paid_last=-of(*PAID_LAST), cash=np.array(by_period(run, "finance.cash")),
        debt=np.array(by_period(run, "finance.balance")) + np.array(by_period(run, "finance.revolver")), interest=-of("interest"),
        years=np.diff([*(run.first_month(number) for number in range(count)), end_of(run)]) / MONTHS_A_YEAR,
        left=max(0.0, settled.get("residual", 0.0) + settled.get("commitments", 0.0)), owed=owed_at_end(run, settled),
        built=-of("capital", "resale"),
        customers=customers, tested=tuple(run.number_of[name] for name in coverage),
        floor=max(float(run.summary.get(key) or 0.0) for key in ("coverage_floor", "coverage_lock_up")),
        begins=next((number for number, power in enumerate(run.summary["it_mw"]) if power > 0), count),
    )  # fmt: skip


def owed_at_end(run: RunFolder, settled: dict[str, float]) -> float:
    """Debt at the horizon's end with its interest, less interest on cash since the last payments, MUSD nominal."""
    kept = by_period(run, "finance.cash")[-1]
    return -settled.get("debt", 0.0) - (settled.get("cash", kept) - kept)


def end_of(run: RunFolder) -> int:
    """The first month after the horizon: all periods are equally long."""
    count = len(run.periods)
    length = run.first_month(1) - run.first_month(0) if count > 1 else MONTHS_A_YEAR
    return run.first_month(count - 1) + length


def stressed(flows: Flows, stress: Stress, name: str, size: str) -> DownsideCase:
    """The run's flows with something gone wrong."""
    count, cash = len(flows.names), 0.0
    available = flows.available - stress.lost
    service = flows.service + stress.due
    less = stress.lost + stress.due
    ratios = coverages(flows, available, service)
    least = SMALL * max(1.0, float(np.abs(flows.net).max(initial=0.0)))
    kept = short = held = 0.0
    default: int | None = None
    for period in range(count):
        held = cash if default is None else held
        cash += float(flows.net[period] + flows.paid_last[period] - less[period])
        if cash < -least:
            default = period if default is None else default
            short -= cash
            cash = 0.0
        paid = min(float(flows.paid_last[period]), max(cash - float(flows.cash[period]), 0.0))
        paid = paid if default is None and ratios[period] >= flows.floor * (1 - COVERED_WITHIN) else 0.0
        kept += paid
        cash = max(cash - paid, 0.0)
    lowest = min(flows.tested, key=lambda period: ratios[period], default=None)
    coverage, when = (math.nan, "") if lowest is None else (ratios[lowest], flows.names[lowest])
    planned = float(flows.paid_last.sum())
    paid_share = kept / planned if planned > least else math.nan
    if default is None:
        rest = cash + stress.left * flows.left
        if rest - flows.owed >= -least:
            return DownsideCase(name, size, coverage, when, "", short, math.nan, paid_share)
        return DownsideCase(name, size, coverage, when, flows.names[-1], flows.owed - rest, rest / flows.owed, paid_share)
    left = stress.left * flows.left * (1 + flows.rate) ** -float(flows.years[default:].sum())
    recovery = recovered(flows, available, held + left, default)
    return DownsideCase(name, size, coverage, when, flows.names[default], short, recovery, paid_share)


def coverages(flows: Flows, available: Floats, service: Floats) -> list[float]:
    """Coverage in the year that ends with each period; infinite where it is not tested or nothing is due."""
    found = [math.inf] * len(flows.names)
    for period in flows.tested:
        year = list(range(max(0, period - steps_a_year(flows) + 1), period + 1))
        due = float(service[year].sum())
        found[period] = float(available[year].sum()) / due if due > SMALL else math.inf
    return found


def steps_a_year(flows: Flows) -> int:
    """Periods in a year."""
    return max(1, round(1 / float(flows.years[0])))


def recovered(flows: Flows, available: Floats, there: float, default: int) -> float:
    """The share of the debt at a default that is recovered if lenders keep all that is available from then on, and pay what is still
    to be built for it: what owners and later draws were to pay is not there any more. there: the cash at the begin of that period, and
    the present value of what is left at the end.
    """
    debt = float(flows.debt[default - 1] if default else flows.debt[default])
    if debt <= 0:
        return 1.0
    growth, ages = 1 + flows.rate, np.cumsum(flows.years[default:])
    worth = float(np.dot(np.maximum(available[default:], 0.0) - flows.built[default:], growth ** -(ages - flows.years[default:] / 2)))
    return float(min(1.0, max(0.0, worth + there) / debt))


def less_sold(flows: Flows, share: float) -> Stress:
    """A share of all compute is not sold, and costs the same to run."""
    return Stress(share * earned(flows))


def earned(flows: Flows) -> Floats:
    """Income from the first IT power on."""
    found = flows.income.copy()
    found[:flows.begins] = 0.0
    return found


def dearer(flows: Flows, rate: float) -> Stress:
    """Interest of so much more a year on all debt outstanding."""
    before = np.concatenate([[0.0], flows.debt[:-1]])
    return Stress(np.zeros(len(before)), due=rate * before * flows.years)


def leaves(flows: Flows, customer: str, period: int) -> Stress:
    """A customer pays nothing from a period on."""
    paid = flows.customers[customer].copy()
    paid[:period] = 0.0
    return Stress(np.maximum(paid, 0.0))


def late(flows: Flows, periods: int) -> Stress:
    """All that is earned comes so many periods later; what it costs to run and what is paid does not."""
    income = earned(flows)
    return Stress(income - np.concatenate([np.zeros(periods), income])[:len(income)])


def worth_less(flows: Flows, share: float) -> Stress:
    """What is left at the end is worth a share less: it lowers what is recovered then and repays debt, not what is paid before."""
    return Stress(np.zeros(len(flows.names)), 1.0 - share)


def breaks(flows: Flows, stress: Callable[[float], Stress], most: float) -> float:
    """The least of something at which money runs out, from 0 to a most; NaN if not even that does it. Money falls with it."""
    def fails(value: float) -> bool:
        return bool(stressed(flows, stress(value), "", "").default)

    if not fails(most):
        return math.nan
    low, high = 0.0, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if fails(middle) else (middle, high)
    return high


def downside(run: RunFolder, sizes: Sequence[float] = (0.1, 0.2, 0.3), rates: Sequence[float] = (0.01, 0.02),
             months: Sequence[int] = (6, 12)) -> Downside:
    """What goes wrong, one thing at a time, and the break-even values. sizes: shares of compute unsold and of residual value lost;
    rates: more interest a year; months: of delay. InputFaults for a run without finance.
    """
    flows = flows_of(run)
    zero = np.zeros(len(flows.names))
    customer = max(flows.customers, key=lambda name: float(flows.customers[name].sum()), default="")
    cases = [stressed(flows, Stress(zero), "as planned", "")]
    cases += [sized(stressed(flows, less_sold(flows, share), "compute not sold", f"{share:.0%}"), share) for share in sizes]
    if customer:
        for period in dict.fromkeys(years_on(flows, later) for later in (1, 2)):
            cases.append(stressed(flows, leaves(flows, customer, period), f"{customer} pays no more", f"from {flows.names[period]}"))
    length = MONTHS_A_YEAR // steps_a_year(flows)
    for periods in dict.fromkeys(max(1, round(each / length)) for each in months):
        cases.append(stressed(flows, late(flows, periods), "power or chips late", f"{periods * length} months"))
    cases += [sized(stressed(flows, dearer(flows, each), "interest higher", points(each)), each) for each in rates]
    if flows.owed > SMALL:
        cases += [sized(stressed(flows, worth_less(flows, share), WORTH_LESS, f"{share:.0%}"), share) for share in (*sizes, 1.0)]
    cases.append(worst_of(flows, worth_less(flows, 1.0), leaves(flows, customer, years_on(flows, 1)) if customer else None))
    broken: tuple[Breaking, ...] = (
        Breaking("compute not sold", breaks(flows, lambda share: less_sold(flows, share), 1.0), "share"),
        Breaking("interest higher", breaks(flows, lambda rate: dearer(flows, rate), 1.0), "share"),
    )
    if flows.owed > SMALL:
        broken += (Breaking(WORTH_LESS, breaks(flows, lambda share: worth_less(flows, share), 1.0), "share"),)
    return Downside(str(run.path), tuple(cases), broken, customer, flows.floor)


def sized(case: DownsideCase, amount: float) -> DownsideCase:
    """A case with the number of its size."""
    return replace(case, amount=amount)


def years_on(flows: Flows, years: int) -> int:
    """Number of the period so many years after the first IT power, or of the last one."""
    return min(flows.begins + years * steps_a_year(flows), len(flows.names) - 1)


def points(rate: float) -> str:
    """`1 point`, `1.5 points`."""
    return f"{100 * rate:g} point{'' if 100 * rate == 1 else 's'}"


def worst_of(flows: Flows, worthless: Stress, gone: Stress | None) -> DownsideCase:
    """Nothing is left at the end, and the largest customer is gone after a year: what lenders recover at the least."""
    stress = replace(worthless, lost=worthless.lost if gone is None else gone.lost)
    return stressed(flows, stress, "largest customer gone, nothing left", "from a year on")

