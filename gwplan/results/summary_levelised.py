"""The levelised cost of compute: the constant real price that recovers a plan's cost, and its components."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from gwplan.common.constants import KILO
from gwplan.model.assemble import Plan
from gwplan.model.goals import npv_cost
from gwplan.model.tenure import SOLD
from gwplan.results.tables import level, levels

RENTED = ("cloud", "premiums")
"""Cost classes of rented compute, which uses none of the planner's accelerators."""

RUNNING = "_running"


def levelised(plan: Plan) -> dict[str, Any]:
    """Cost over hours, both as present values at the real discount rate; None without compute.

    Per H100e it covers all compute: own, rented and sold; per accelerator only the planner's own systems.
    """
    hours, own_hours = h100e_hours(plan), accelerator_hours(plan)
    by_class = present_by_class(plan)
    rented = sum(by_class.get(cost_class, 0.0) for cost_class in RENTED)
    cost = level(npv_cost(plan.case, plan.ledger))
    return {
        "levelised_usd_per_h100e_hour": cost / hours if hours > 0 else None,
        "levelised_usd_per_accelerator_hour": (cost - rented) / own_hours if own_hours > 0 else None,
        "levelised_by_class_usd_per_h100e_hour": {name: amount / hours for name, amount in by_class.items()} if hours > 0 else {},
        "discounted_million_h100e_hours": hours,
    }


def discounted_hours(plan: Plan, period: int) -> float:
    """Hours of a period, discounted like running cost."""
    return plan.case.calendar.discount(period, "running") * plan.case.calendar.periods[period].hours


def h100e_hours(plan: Plan) -> float:
    """Million H100e-hours, discounted: kH100e x hours / 1000. Compute sold is included."""
    amounts = plan.exchange.balance("compute")
    return sum(level(amount) * discounted_hours(plan, key[-1]) / KILO for key, amount in amounts.items() if key[0] != SOLD)


def accelerator_hours(plan: Plan) -> float:
    """Million hours of accelerators, discounted: running systems x accelerators in one x availability x hours."""
    if "accelerators" not in plan.blocks:
        return 0.0
    case, found = plan.case, 0.0
    for (system, _, period), number in levels(plan.blocks["accelerators"].variables["running"]).items():
        each = case.number("accelerators", system, "accelerators") * case.number("accelerators", system, "availability")
        found += number * each * discounted_hours(plan, period) / KILO / KILO
    return found


def present_by_class(plan: Plan) -> dict[str, float]:
    """Present value, MUSD, of each class: capital less resale and residual value, and running cost.

    Running cost of a class that also has capital is separate, as `<class>_running`.
    """
    calendar, found = plan.case.calendar, defaultdict[str, float](float)
    for (cost_class, period), amount in plan.ledger.capital.items():
        found[cost_class] += calendar.discount(period, "capital") * level(amount)
    for (cost_class, _), amount in plan.ledger.residual.items():
        found[cost_class] -= calendar.discount_at_end * level(amount)
    for (cost_class, period), amount in plan.ledger.resale.items():
        found[cost_class] -= calendar.discount(period, "capital") * level(amount)
    for (cost_class, _), amount in plan.ledger.commitments.items():
        found[cost_class] += calendar.discount_at_end * level(amount)
    bought = {cost_class for cost_class, _ in (*plan.ledger.capital, *plan.ledger.residual)}
    for (cost_class, period), amount in plan.ledger.running.items():
        found[f"{cost_class}{RUNNING}" if cost_class in bought else cost_class] += calendar.discount(period, "running") * level(amount)
    return {cost_class: amount for cost_class, amount in sorted(found.items()) if amount}
