"""Goals: targets are met, demand is not exceeded, and the objectives match the decisions."""

from __future__ import annotations

from typing import Any

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer, discounts
from gwplan.audit.stocks import product
from gwplan.audit.summary import as_number, figure
from gwplan.audit.units import amount
from gwplan.common.calendar import parse_date

OWN, LEASED, CLOUD = "own", "leased", "cloud"
ALL = [OWN, LEASED, CLOUD]
EQUITY = "most_equity_value"
MONEY = ("least_cost", "most_value", EQUITY)
UNITS = {"it": "MW", "facility": "MW", "compute": "kH100e"}


def measured(answer: Answer, measure: str, counts: list[str]) -> Array:
    """A measure by period: IT power by tenure; compute of own and leased systems less sales, plus rented compute if it counts."""
    known = answer.known
    if measure == "it":
        leased = known["it_peak_leased"].sum(axis=(0, 1))
        own = known["it_peak"].sum(axis=(0, 1)) - leased
        return np.asarray(own * (OWN in counts) + leased * (LEASED in counts), dtype=float)
    name = {"facility": "facility_peak", "compute": "compute"}[measure]
    total = known[name].reshape(-1, answer.last + 1).sum(axis=0)
    if measure == "compute":
        total = total - known["sold"] + known["cloud"] * (CLOUD in counts)
    return np.asarray(total, dtype=float)


def check(answer: Answer) -> None:
    """Targets, demand, summary series, the objective."""
    definition = answer.folder.definition
    for number, target in enumerate(definition.get("target", []), 1):
        check_target(answer, number, target)
    goals = definition.get("goal", [])
    listed = goals if isinstance(goals, list) else [goals]
    it = measured(answer, "it", [OWN, LEASED])
    limits = [amount(goal["most_it"], "MW") for goal in listed if goal.get("most_it") is not None]
    if limits:
        answer.checks.at_most("goals.it_within_demand", it, np.array([min(limits)]), answer.axes("period"))
    figure(answer, "it_mw", it.tolist())
    figure(answer, "facility_mw", measured(answer, "facility", []).tolist())
    figure(answer, "compute_kh100e", measured(answer, "compute", []).tolist())
    for goal in listed:
        if goal["kind"] == "soonest" and "goal.delivered" in answer.folder.tables:
            check_delivered(answer, goal)
    check_objectives(answer, listed)


def check_target(answer: Answer, number: int, target: dict[str, Any]) -> None:
    """The amount is met in each period from the one that contains `by` to the one that contains the last day of `until`."""
    measure, held = target["measure"], held_by(answer, target)
    there = measured(answer, measure, list(target.get("counts") or [OWN, LEASED]))[held]
    wanted = np.full(there.shape, amount(target["amount"], UNITS[measure]))
    answer.checks.at_least(f"goals.target_{number}_of_{measure}_is_met", there, wanted, [answer.axis["period"][held]])


def held_by(answer: Answer, target: dict[str, Any]) -> slice:
    """The periods in which a target must hold."""
    first = answer.calendar.holding(parse_date(str(target["by"])).first)
    until = target.get("until")
    last = answer.calendar.holding(parse_date(str(until)).last) if until else answer.last
    return slice(max(first, 0), min(last, answer.last) + 1)


def expected_goals(answer: Answer) -> list[str]:
    """Kinds of the goals in order: the model's, then least cost if they leave money free, then the value of equity with finance."""
    definition = answer.folder.definition.get("goal", [])
    kinds = [str(goal["kind"]) for goal in (definition if isinstance(definition, list) else [definition])]
    last = kinds[-1:]
    kinds += ["least_cost"] if last and last[0] in ("most_compute", "soonest") else []
    return kinds + ([EQUITY] if "finance" in answer.folder.parts and EQUITY not in kinds else [])


def npv_value(answer: Answer) -> float:
    """Present value of the compute delivered, at its rental price; nan if a period with compute has no price."""
    value = answer.inputs.path("compute", "compute", "value")
    return float(discounts(answer, "running") @ product(measured(answer, "compute", ALL), value * answer.hours))


def most_delivered(answer: Answer, goal: dict[str, Any]) -> Array:
    """Maximum delivered amount by period: at most the target amount and the available amount, and non-decreasing."""
    targets = answer.folder.definition.get("target", [])
    # Without its own amount the goal uses the first target.
    asked = goal if goal.get("amount") is not None or not targets else targets[0]
    measure = asked.get("measure") or "it"
    there = np.minimum(measured(answer, measure, list(asked.get("counts") or [OWN, LEASED])), amount(asked["amount"], UNITS[measure]))
    return np.minimum.accumulate(there[::-1])[::-1]


def check_objectives(answer: Answer, goals: list[dict[str, Any]]) -> None:
    """The objective of the summary is the first goal's figure, recomputed, and so is that of each goal it lists."""
    value = npv_value(answer)
    if np.isfinite(value):
        figure(answer, "npv_value_musd", value)
    spend = float(answer.known["npv_spend"][0])
    summary = answer.folder.summary
    if goals:
        size = spend if goals[0]["kind"] in MONEY else 0.0
        figure(answer, "objective", objective(answer, goals[0]), size)
        check_bound(answer, goals[0]["kind"], size)
    # Least cost and the value of equity are added as later goals without being in the definition.
    named = {goal["kind"]: goal for goal in [{"kind": "least_cost"}, {"kind": EQUITY}, *goals]}
    listed = [each for each in summary.get("goals") or [] if isinstance(each, dict) and each.get("kind") in named]
    for each in listed:
        kind = each["kind"]
        wanted = np.array([objective(answer, named[kind])])
        written, scale = np.array([as_number(each.get("objective"))]), np.array([spend if kind in MONEY else 0.0])
        answer.checks.equal(f"goals.objective_of_{kind}_is_what_follows", written, wanted, [[kind]], scale)


def objective(answer: Answer, goal: dict[str, Any]) -> float:
    """The objective of a goal."""
    cost, kind = float(answer.known["npv_cost"][0]), goal["kind"]
    if kind == "least_cost":
        return cost
    if kind == "most_value":
        return npv_value(answer) + float(answer.known["npv_revenue"][0]) - cost
    if kind == EQUITY:
        return float(answer.known.get("equity_value", np.array([np.nan]))[0])
    if kind == "most_compute":
        # Rented compute is running cost: it counts only if the budget covers that too.
        counts = ALL if (goal.get("spend") or "whole_life") == "whole_life" else [OWN, LEASED]
        return float(discounts(answer, "running") @ measured(answer, "compute", counts)) * answer.years
    if "goal.delivered" in answer.folder.tables:
        return float(answer.table("goal.delivered", "period").sum())
    return float(most_delivered(answer, goal).sum())


def check_delivered(answer: Answer, goal: dict[str, Any]) -> None:
    """The delivered amount is available, at most the target amount, and non-decreasing."""
    delivered, periods = answer.table("goal.delivered", "period"), answer.axis["period"]
    answer.checks.at_most("goals.delivered_is_there", delivered, most_delivered(answer, goal), [periods])
    answer.checks.at_least("goals.delivered_never_falls", delivered[1:], delivered[:-1], [periods[1:]])


def check_bound(answer: Answer, kind: str, size: float) -> None:
    """The objective is not better than the proven bound."""
    objective, bound = (answer.folder.summary.get(name) for name in ("objective", "bound"))
    if not isinstance(objective, (int, float)) or not isinstance(bound, (int, float)):
        return
    better, worse = (bound, objective) if kind == "least_cost" else (objective, bound)
    sides = np.array([float(better)]), np.array([float(worse)])
    answer.checks.at_most("goals.objective_within_its_bound", *sides, [[kind]], np.array([size]))
