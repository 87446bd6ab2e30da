"""The headline figures of a plan's finance: returns, debt, coverage, sources and uses. Nominal money throughout."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from typing import Any

from gwplan.common.calendar import SHIFT, Calendar
from gwplan.common.financial.returns import (
    modified_rate_of_return,
    payback,
    per_period,
    rate_of_return,
    rates_of_return,
    sign_changes,
)
from gwplan.inputs.case import Case
from gwplan.model.assemble import Plan
from gwplan.model.block import Key
from gwplan.model.parts.finance import cash, equity
from gwplan.model.parts.finance.cash_flows import flow
from gwplan.model.price_level import inflation, inflator
from gwplan.model.targets import last_period
from gwplan.results.tables import level, levels

HALVES = 2
"""Time points per period: flows fall at its start, middle or end; the final settlement falls at the last one."""
LEAST_SERVICE = 1e-6
"""MUSD of debt service in a year below which coverage is not computed."""
CASH = "cash"
Line = tuple[str, str, int, float]
"""Line, item, period and amount of a cash flow."""


def summarise_finance(plan: Plan) -> dict[str, Any]:
    """All figures of finance except the break-even price."""
    lines = lines_of(plan)
    return {
        "inflation": inflation(plan.case), "required_return": plan.case.number("finance", "equity", "required_return"),
        **returns(plan), **debt(plan, lines), **coverage(plan),
        "tax_paid_musd_nominal": -sum(amount for line, _, _, amount in lines if line == "tax"),
        "invested_by_contract_musd_nominal": by_item(lines, "invested"),
        "returned_by_contract_musd_nominal": {item: -amount for item, amount in by_item(lines, "returned").items()},
        "sources_and_uses": sources_and_uses(plan, lines),
    }


def lines_of(plan: Plan) -> list[Line]:
    """Every cash flow, positive into the planner's cash."""
    columns = flow(plan.blocks["finance"], plan.case, plan.ledger, plan.exchange, level).columns
    number = {name: n for n, name in enumerate(plan.case.calendar.names)}
    rows = zip(columns["line"], columns["item"], columns["period"], columns["value"], strict=True)
    return [(line, item, number[period], amount) for line, item, period, amount in rows]


def by_item(lines: list[Line], name: str) -> dict[str, float]:
    """The sum of a line by item, over all periods."""
    found: dict[str, float] = defaultdict(float)
    for line, item, _, amount in lines:
        if line == name:
            found[item] += amount
    return dict(sorted(found.items()))


def values(plan: Plan, name: str) -> dict[Key, float]:
    """Values of a family of variables or of an expression of finance."""
    block = plan.blocks["finance"]
    return levels(block.variables[name] if name in block.variables else block.expressions[name])


def by_period(plan: Plan, name: str) -> list[float]:
    """The sum of a family by period."""
    found = [0.0] * len(plan.case.calendar.periods)
    for key, amount in values(plan, name).items():
        found[key[-1]] += amount
    return found


def moments(calendar: Calendar, flows: list[float], left: float) -> list[float]:
    """Flows by period and the final settlement as a series of half periods, each at its time point."""
    found = [0.0] * (HALVES * len(flows) + 1)
    for number, amount in enumerate(flows):
        found[HALVES * number + round(HALVES * SHIFT[calendar.timing["running"]])] += amount
    found[-1] += left
    return found


def returns(plan: Plan) -> dict[str, Any]:
    """The sponsor's contributions and distributions, and its rates of return."""
    case, calendar = plan.case, plan.case.calendar
    paid, received = by_period(plan, "equity"), by_period(plan, "dividends")
    left = values(plan, "left_over")["end",]
    flows = [out - into for out, into in zip(received, paid, strict=True)]
    at_risk = [-amount for amount in accumulate(flows)]
    most = max(at_risk)
    timed, required = moments(calendar, flows, left), case.number("finance", "equity", "required_return")
    a_moment = 1 / (calendar.steps_a_year * HALVES)

    def yearly(rate: float | None) -> float | None:
        return None if rate is None else per_period(rate, 1 / a_moment)

    rate, hurdle = yearly(rate_of_return(timed)), per_period(required, a_moment)
    return {
        "equity_value_musd_nominal": level(plan.ledger.equity_value),
        "equity_paid_in_musd_nominal": sum(paid), "dividends_musd_nominal": sum(received), "left_over_musd_nominal": left,
        "peak_equity_musd_nominal": max(most, 0.0), "peak_equity_period": calendar.names[at_risk.index(most)] if most > 0 else None,
        "irr": rate, "irr_real": None if rate is None else (1 + rate) / (1 + inflation(case)) - 1,
        "irr_all": [yearly(each) for each in rates_of_return(timed)], "irr_sign_changes": sign_changes(timed),
        "mirr": yearly(modified_rate_of_return(timed, hurdle, hurdle)),
        "payback_years": years_back(calendar, flows, left, 0.0), "discounted_payback_years": years_back(calendar, flows, left, required),
    }


def years_back(calendar: Calendar, flows: list[float], left: float, rate: float) -> float | None:
    """Payback in years from the first payment, including the final settlement; None if never paid back."""
    first = next((number for number, amount in enumerate(flows) if amount), len(flows))
    each = per_period(rate, 1 / calendar.steps_a_year)
    # The final settlement falls at the horizon's end, not within a further period as flows do.
    found = payback([*flows[first:], left * (1 + each) ** SHIFT[calendar.timing["running"]]], each)
    return None if found is None else min(found, len(flows) - first) / calendar.steps_a_year


def debt(plan: Plan, lines: list[Line]) -> dict[str, Any]:
    """Debt drawn and peak debt."""
    drawn = by_item(lines, "drawn") | by_item(lines, "revolver_drawn")
    owed = [balance + revolver for balance, revolver in zip(by_period(plan, "balance"), by_period(plan, "revolver"), strict=True)]
    most = max(owed)
    return {"debt_drawn_by_facility_musd_nominal": drawn, "debt_most_musd_nominal": most,
            "debt_most_period": plan.case.calendar.names[owed.index(most)] if most > 0 else None}


def coverage(plan: Plan) -> dict[str, Any]:
    """Debt service coverage ratio in each tested year, by the last period of that year."""
    case, names = plan.case, plan.case.calendar.names
    available, service = by_period(plan, "available"), by_period(plan, "service")
    found = {}
    for period in cash.tested(case):
        year = case.calendar.window(period)
        due = sum(service[each] for each in year)
        if due > LEAST_SERVICE:
            found[names[period]] = sum(available[each] for each in year) / due
    least = min(found, key=lambda name: found[name], default=None)
    lock = case.number("finance", "debt", "lock_up") if equity.locks(case) else None
    return {"coverage_floor": case.number("finance", "debt", "coverage_floor"), "coverage_lock_up": lock,
            "least_coverage": None if least is None else found[least], "least_coverage_period": least, "coverage_by_year": found}


def sources_and_uses(plan: Plan, lines: list[Line]) -> dict[str, Any]:
    """Sources and uses of the first build, each net over its periods; both sums are equal.

    Retained cash counts as a use.
    """
    case, last = plan.case, last_period(plan.case)
    net: dict[str, float] = defaultdict(float)
    for line, item, period, amount in lines:
        if period <= last and line != "capital":
            net[name_of(line, item)] += amount
    for cost_class, amount in capital_by_class(case, plan, last).items():
        net[cost_class] -= amount
    net[CASH] -= values(plan, "cash")[last,]
    return {"until": case.calendar.names[last], "sources": {name: amount for name, amount in net.items() if amount > 0},
            "uses": {name: -amount for name, amount in net.items() if amount < 0}}


def name_of(line: str, item: str) -> str:
    """The name of a flow among sources and uses: lenders and investors by name, all others by line."""
    if line in ("drawn", "invested"):
        return item
    return "revolver" if line in ("revolver_drawn", "revolver_repaid") else line


def capital_by_class(case: Case, plan: Plan, last: int) -> dict[str, float]:
    """Capital up to a period by class, nominal."""
    found: dict[str, float] = defaultdict(float)
    for (cost_class, period), amount in plan.ledger.capital.items():
        if period <= last:
            found[cost_class] += inflator(case, period) * level(amount)
    return found
