"""Goals: targets are met, demand is not exceeded, and the figures that the plan was chosen by are those of its decisions."""

from __future__ import annotations

from typing import Any

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.measures import amount
from gwplan.audit.money import discounts, figure
from gwplan.audit.reading import Answer
from gwplan.audit.stocks import product
from gwplan.calendar import parse_date

OWN = "own"
UNITS = {"it": "MW", "facility": "MW", "compute": "kH100e"}


def measured(answer: Answer, measure: str, counts: list[str]) -> Array:
    """A measure by period. All IT power of these parts is the planner's own."""
    if measure == "it":
        total = answer.known["it_peak"].sum(axis=(0, 1))
        return np.asarray(total if OWN in counts else np.zeros_like(total), dtype=float)
    name = {"facility": "facility_peak", "compute": "compute"}[measure]
    return answer.known[name].reshape(-1, answer.last + 1).sum(axis=0)


def check(answer: Answer) -> None:
    """Targets, demand, summary series, the objective."""
    definition = answer.folder.definition
    for number, target in enumerate(definition.get("target", []), 1):
        check_target(answer, number, target)
    goals = definition.get("goal", [])
    listed = goals if isinstance(goals, list) else [goals]
    it = measured(answer, "it", [OWN])
    limits = [amount(goal["most_it"], "MW") for goal in listed if goal.get("most_it") is not None]
    if limits:
        answer.checks.at_most("goals.it_within_demand", it, np.array([min(limits)]), answer.axes("period"))
    figure(answer, "it_mw", it.tolist())
    figure(answer, "facility_mw", measured(answer, "facility", []).tolist())
    figure(answer, "compute_kh100e", measured(answer, "compute", []).tolist())
    if listed:
        check_objective(answer, listed[0])


def check_target(answer: Answer, number: int, target: dict[str, Any]) -> None:
    """The amount holds in each period from the one that contains `by` to the one that contains the last day of `until`."""
    measure = target["measure"]
    calendar = answer.calendar
    first = calendar.holding(parse_date(str(target["by"])).first)
    until = target.get("until")
    last = calendar.holding(parse_date(str(until)).last) if until else answer.last
    held = slice(max(first, 0), min(last, answer.last) + 1)
    there = measured(answer, measure, list(target.get("counts") or [OWN]))[held]
    wanted = np.full(there.shape, amount(target["amount"], UNITS[measure]))
    answer.checks.at_least(f"goals.target_{number}_of_{measure}_is_met", there, wanted, [answer.axis["period"][held]])


def npv_value(answer: Answer) -> float:
    """Present value of the compute delivered, at what it rents for; nan where the inputs hold no value for some period that computes."""
    value = answer.inputs.path("compute", "compute", "value")
    return float(discounts(answer, "running") @ product(measured(answer, "compute", []), value * answer.hours))


def most_delivered(answer: Answer, goal: dict[str, Any]) -> Array:
    """Most that can count as delivered, by period: at most the amount and what is there, and never falling."""
    targets = answer.folder.definition.get("target", [])
    # Without an amount of its own the goal is the first target.
    asked = goal if goal.get("amount") is not None or not targets else targets[0]
    measure = asked.get("measure") or "it"
    there = np.minimum(measured(answer, measure, [OWN]), amount(asked["amount"], UNITS[measure]))
    return np.minimum.accumulate(there[::-1])[::-1]


def check_objective(answer: Answer, goal: dict[str, Any]) -> None:
    """The objective of the summary is the goal's figure, recomputed; the bound is not on the wrong side of it."""
    cost, spend = float(answer.known["npv_cost"][0]), float(answer.known["npv_spend"][0])
    value = npv_value(answer)
    if np.isfinite(value):
        figure(answer, "npv_value_musd", value)
    kind = goal["kind"]
    if kind == "least_cost":
        figure(answer, "objective", cost, spend)
    elif kind == "most_value":
        figure(answer, "objective", value - cost, spend)
    elif kind == "most_compute":
        figure(answer, "objective", float(discounts(answer, "running") @ measured(answer, "compute", [])) * answer.years)
    else:
        check_delivered(answer, goal)
    if answer.folder.summary.get("objective") is None:
        answer.checks.found_wrong("goals.summary_gives_the_objective", ["summary.json has no objective"], 1)
    check_bound(answer, kind, spend)


def check_delivered(answer: Answer, goal: dict[str, Any]) -> None:
    """What counts as delivered is there; the objective is its sum, or at most the most that could count."""
    most = most_delivered(answer, goal)
    if "goal.delivered" in answer.folder.tables:
        delivered = answer.table("goal.delivered", "period")
        answer.checks.at_most("goals.delivered_is_there", delivered, most, answer.axes("period"))
        answer.checks.at_least("goals.delivered_never_falls", delivered[1:], delivered[:-1], [answer.axis["period"][1:]])
        figure(answer, "objective", float(delivered.sum()))
    else:
        figure(answer, "objective", float(most.sum()))


def check_bound(answer: Answer, kind: str, spend: float) -> None:
    """No plan is better than the bound that was proven."""
    objective, bound = (answer.folder.summary.get(name) for name in ("objective", "bound"))
    if not isinstance(objective, (int, float)) or not isinstance(bound, (int, float)):
        return
    better, worse = (bound, objective) if kind == "least_cost" else (objective, bound)
    size = np.array([spend if kind in ("least_cost", "most_value") else 0.0])
    answer.checks.at_most("goals.objective_within_its_bound", np.array([float(better)]), np.array([float(worse)]), [[kind]], size)
