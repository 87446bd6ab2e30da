"""The independent planner: solve(path) reads a model, builds its matrix and returns objective, status and levels.

Objectives: least_cost, the present value of cost in MUSD less what is left; most_value, the present value of compute less
that cost; most_compute, discounted thousand H100e-years; soonest, the sum over periods of the megawatts delivered.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .building import add_accelerators, add_halls, add_sites
from .chosen import choose
from .facts import amount_of, first_month, last_month
from .matrix import InfeasibleError, Sum, total
from .plan import Index, Plan
from .supply import add_power

KEPT_WITHIN = 1e-7  # of the first goal, when the cheapest of its best plans is looked for


@dataclass
class Result:
    """`levels[name][index]` has the non-zero decisions and accounts; `least_cost` is the cost of the plan in MUSD."""

    objective: float | None
    status: str
    levels: dict[str, dict[Index, float]] = field(default_factory=dict)
    least_cost: float | None = None


def solve(model_path: str | Path, gap: float = 0.0) -> Result:
    plan = build(Path(model_path))
    goal, cost = goal_of(plan), cost_of(plan)
    kind = plan.question.goal["kind"]
    try:
        found = plan.matrix.maximise(goal, gap)
        best = goal.value(found)
        if kind in ("most_compute", "soonest"):
            plan.matrix.at_most(best - KEPT_WITHIN * abs(best), goal)
            found = plan.matrix.maximise(cost * -1, gap)
    except InfeasibleError:
        return Result(None, "infeasible")
    named = [*plan.decided.items(), *plan.accounts.items()]
    levels = {name: {index: level for index, item in items.items() if abs(level := item.value(found)) > 1e-7} for name, items in named}
    return Result(-best if kind == "least_cost" else best, "optimal", levels, cost.value(found))


def build(path: Path) -> Plan:
    plan = Plan(path)
    add_sites(plan)
    add_halls(plan)
    add_accelerators(plan)
    add_power(plan)
    _reach_targets(plan)
    choose(plan)
    if "carbon" in plan.question.parts:
        _limit_carbon(plan)
    if "budget" in plan.question.parts:
        _limit_capital(plan)
    most_it = plan.question.goal.get("most_it")
    for t in plan.periods if most_it else ():
        plan.matrix.at_most(plan.measure("it", t), amount_of(most_it))
    return plan


def cost_of(plan: Plan) -> Sum:
    question = plan.question
    cost = plan.residual * -((1 + question.rate) ** (-question.count * question.years)) - plan.resale
    for (_, t), paid in plan.capital.items():
        cost.gain(paid, question.discount("capital", t))
    for t, paid in plan.running.items():
        cost.gain(paid, question.discount("running", t))
    return cost


def goal_of(plan: Plan) -> Sum:
    """What is maximised."""
    question, kind = plan.question, plan.question.goal["kind"]
    if kind == "least_cost":
        return cost_of(plan) * -1
    weight = {t: question.discount("running", t) for t in plan.periods}
    if kind == "most_value":
        rents = {t: plan.facts.number("compute", "compute", "value", "", t) * question.hours for t in plan.periods}
        return total(plan.compute[t] * (weight[t] * rents[t]) for t in plan.periods) - cost_of(plan)
    if kind == "most_compute":
        return total(plan.compute[t] * (weight[t] * question.years) for t in plan.periods)
    return _delivered(plan)


def _delivered(plan: Plan) -> Sum:
    """Soonest: what is delivered of each target, never more than asked, never falling."""
    for number, target in enumerate(plan.question.targets):
        before: Sum | float = 0.0
        for t in plan.periods:
            delivered = plan.decide("delivered", (number, t), upper=amount_of(target["amount"]))
            plan.matrix.at_most(delivered, plan.measure(target["measure"], t))
            plan.matrix.at_most(before, delivered)
            before = delivered
    return total(plan.decided["delivered"].values())


def _reach_targets(plan: Plan) -> None:
    question = plan.question
    for target in question.targets:
        if "by" not in target:
            continue  # only the goal `soonest` has such a target
        first = max(0, question.holding(first_month(target["by"])))
        last = question.holding(last_month(target["until"])) if "until" in target else question.count - 1
        for t in range(first, min(last, question.count - 1) + 1):
            plan.matrix.at_most(amount_of(target["amount"]), plan.measure(target["measure"], t))


def _limit_carbon(plan: Plan) -> None:
    facts, question = plan.facts, plan.question
    for t in plan.periods:
        plan.running[t].gain(plan.emitted[t], facts.number("carbon", "emissions", "price", "", t, default=0.0))
    for window in plan.windows():
        cap = facts.number("carbon", "operational", "cap", "", window[-1], default=None)
        if cap is not None:
            plan.matrix.at_most(total(plan.emitted[t] for t in window), cap)
    all_embodied = facts.number("carbon", "embodied", "total_cap", "", question.count - 1, default=None)
    if all_embodied is not None:
        plan.matrix.at_most(plan.embodied, all_embodied)


def _limit_capital(plan: Plan) -> None:
    """Undated caps hold over the horizon or until a date; dated ones by calendar year, with what earlier years left over."""
    facts, question = plan.facts, plan.question
    whole_life = question.goal["kind"] == "most_compute" and question.goal.get("spend", "whole_life") == "whole_life"
    for kind in facts.items("budget", "cap"):
        until = facts.text("budget", kind, "until", default=None)
        last = question.count - 1 if until is None else min(question.count - 1, question.holding(last_month(until)))
        by_year: dict[int, float] = {}
        for row in facts.rows_of("budget", kind, "cap"):
            if row.when is not None:
                by_year[row.when // 12] = row.value
            elif whole_life and kind == "capital":
                plan.matrix.at_most(total(plan.capital.values()).gain(total(plan.running.values())).gain(plan.credits), row.value)
            else:
                plan.matrix.at_most(_capital(plan, kind, range(last + 1)), row.value)
        carries = facts.number("budget", kind, "carries", default=0.0)
        for year in by_year:
            _limit_year(plan, kind, year, by_year, carries)


def _limit_year(plan: Plan, kind: str, year: int, by_year: dict[int, float], carries: float) -> None:
    """Spending of the unbroken run of capped years up to this one, each year's share carried on as often as years pass."""
    spent, allowed, share = Sum(), 0.0, 1.0
    while year in by_year:
        spent.gain(_capital(plan, kind, [t for t in plan.periods if plan.question.year(t) == year]), share)
        allowed += share * by_year[year]
        share *= carries
        year -= 1
    plan.matrix.at_most(spent, allowed)


def _capital(plan: Plan, kind: str, periods: range | list[int]) -> Sum:
    return total(paid for (name, t), paid in plan.capital.items() if t in periods and kind in ("capital", name))


