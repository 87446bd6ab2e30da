"""What a vendor that a plan does not choose would need to be chosen: a lower price, or a higher rate.

The plan is solved again with a small share of its compute forced to be the vendor's. Sites, halls and whole units of supply stay as
they are, so each is a linear program of about a second. What the goal loses, over the present value of what the plan then pays for the
vendor's systems, is the cut of their price at which it would lose nothing; over the present value of their compute, the rise of their
rate. At such a price or rate the vendor enters at the latest: other sites and halls may suit it better.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.common.constants import KILO
from gwplan.common.status import Status
from gwplan.solving.highs import solve_problem
from gwplan.solving.options import Options
from gwplan.solving.problem import ExtraRow, Problem

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays, Floats

FORCED = 0.01
"""Share of the plan's compute that is forced to be a vendor's: small, so that the first systems count."""
GOALS = ("most_value", "least_cost")
"""Goals in money, whose loss can be set against a price."""
CHOSEN = 1e-6
"""Least share of the plan's compute at which a vendor counts as chosen."""


@dataclass(frozen=True)
class Plans:
    """A plan that was found, with what it was found from."""

    case: Case
    plan: Plan
    arrays: Arrays
    x: Floats

    @cached_property
    def compute(self) -> dict[int, dict[str, list[int]]]:
        """Columns of the compute of own systems, by period and vendor."""
        found: dict[int, dict[str, list[int]]] = {}
        for (name, key), column in self.arrays.columns.items():
            if name == "accelerators.compute":
                found.setdefault(key[-1], {}).setdefault(key[0], []).append(column)
        return found

    def made(self, period: int) -> dict[str, float]:
        """kH100e of own systems in a period, by vendor."""
        return {vendor: float(self.x[columns].sum()) for vendor, columns in self.compute.get(period, {}).items()}

    @cached_property
    def period(self) -> int:
        """The period in which vendors are compared: that with the most own compute, the first of several."""
        return max(self.compute, key=lambda period: (round(sum(self.made(period).values()), 6), -period))


def compared(built: tuple[Case, Plan, Arrays], answer: Answer, options: Options) -> list[dict[str, Any]] | None:
    """Each vendor's share of the compute, and what those without any would need; None where the goal is none in money, or alone.

    vendor, share, chosen (it makes systems of the plan, if only in other periods), price_cut and rate_rise (shares; None if the vendor
    cannot deliver by then, or its compute has no value), in_time (False if what it would need was not found in time).
    """
    case, _, arrays = built
    if answer.x is None or len(arrays.costs) != 1 or arrays.costs[0].kind not in GOALS or "accelerators" not in case.definition.parts:
        return None
    plans = Plans(*built, answer.x)
    if not plans.compute:
        return None
    computes = plans.made(plans.period)
    whole = sum(computes.values())
    if whole <= 0:
        return None
    found = []
    for vendor, amount in sorted(computes.items(), key=lambda pair: (-pair[1], pair[0])):
        chosen = max(plans.made(period).get(vendor, 0.0) for period in plans.compute) > CHOSEN * whole
        needs: dict[str, Any] = (without_needs(in_time=True) if amount > CHOSEN * whole
                                 else needed(plans, vendor, FORCED * whole, options))
        found.append({"vendor": vendor, "share": amount / whole, "chosen": chosen, **needs})
    return found


def without_needs(in_time: bool) -> dict[str, Any]:
    """What is told of a vendor without a price or a rate at which it enters."""
    return {"price_cut": None, "rate_rise": None, "in_time": in_time}


def needed(plans: Plans, vendor: str, amount: float, options: Options) -> dict[str, Any]:
    """The cut of price, and the rise of rate, at which a vendor's first systems cost the goal nothing."""
    arrays, cost = plans.arrays, plans.arrays.costs[0]
    row = np.zeros(len(plans.x))
    row[plans.compute[plans.period][vendor]] = 1.0
    whole = arrays.rounded(plans.x)
    problem = Problem(arrays, cost).relaxed().fixed(whole)
    forced = solve_problem(problem.with_rows([ExtraRow(row, amount, np.inf)]), options)
    if forced.x is None:
        return without_needs(in_time=forced.status == Status.INFEASIBLE)
    # The plan itself may lie above the best of its whole numbers by the solver's tolerance.
    loss = max(0.0, (cost.value(plans.x) - cost.value(forced.x)) * (1 if cost.maximize else -1))
    paid, worth = paid_for(plans, vendor, forced.x), worth_of(plans, vendor, forced.x)
    return {"price_cut": loss / paid if paid > 0 else None, "rate_rise": loss / worth if worth > 0 else None, "in_time": True}


def paid_for(plans: Plans, vendor: str, x: Floats) -> float:
    """Present value, in MUSD, of what a plan pays for a vendor's systems at their price, upkeep in, less resale and residual value."""
    case, found = plans.case, 0.0
    systems = {system for system in case.items("system") if case.label("accelerators", system, "vendor") == vendor}
    values = {id(variable): value for variable, value in zip(plans.arrays.variables, x, strict=True)}
    for entry in plans.plan.ledger.entries:
        if entry.cost_class != "accelerators" or entry.item not in systems:
            continue
        amount = entry_value(entry.amount, values)
        if entry.kind == "residual":
            found -= case.calendar.discount_at_end * amount
        else:
            when = "running" if entry.kind == "running" else "capital"
            found += case.calendar.discount(entry.period, when) * (-amount if entry.kind == "resale" else amount)
    return found


def entry_value(expression: Any, values: dict[int, float]) -> float:
    """A linear expression at the values of another plan."""
    from pyomo.repn import generate_standard_repn

    found = generate_standard_repn(expression, compute_values=True)
    terms = zip(found.linear_coefs, found.linear_vars, strict=True)
    return float(found.constant + sum(coefficient * values.get(id(variable), 0.0) for coefficient, variable in terms))


def worth_of(plans: Plans, vendor: str, x: Floats) -> float:
    """Present value, in MUSD, of a vendor's compute, at what compute rents for; 0 where the goal does not count it."""
    case, found = plans.case, 0.0
    if plans.arrays.costs[0].kind != "most_value":
        return found
    for number, columns in plans.compute.items():
        value = case.number("compute", "compute", "value", period=number) * case.calendar.periods[number].hours / KILO
        found += case.calendar.discount(number, "running") * value * float(x[columns.get(vendor, [])].sum())
    return found
