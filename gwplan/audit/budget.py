"""Budget: capital within its caps, in total until a date, and by year with carry-over."""

from __future__ import annotations

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.inputs import DECLARED, Row
from gwplan.audit.run_folder import Answer
from gwplan.common.calendar import parse_date

WHOLE = "capital"


def whole_life(answer: Answer) -> bool:
    """True if the goal is most compute for a budget that covers all spend over the whole horizon."""
    goals = answer.folder.definition.get("goal", [])
    listed = goals if isinstance(goals, list) else [goals]
    return any(goal.get("kind") == "most_compute" and (goal.get("spend") or "whole_life") == "whole_life" for goal in listed)


def caps(answer: Answer, cost_class: str) -> tuple[float | None, dict[int, float]]:
    """The undated cap of a class, and its caps by calendar year."""
    total, yearly = None, {}
    for row in answer.inputs.rows.get(("budget", cost_class, "cap"), {}).get("", []):
        number = answer.inputs.value("budget", cost_class, "cap", Row(row.first, row.base, row.unit), DECLARED["budget"]["cap"])
        if row.first is None:
            total = number
        else:
            yearly[row.first // 12] = number
    return total, yearly


def check(answer: Answer) -> None:
    """Check the caps of each class against the recomputed capital."""
    if "budget" not in answer.folder.parts:
        return
    capital, names = answer.known["capital"], answer.axis["capital_class"]
    answer.axis["class"] = answer.inputs.items.get("budget", [])
    answer.axis["year"] = sorted({str(period.year) for period in answer.calendar.periods})
    unspent = answer.known["unspent"] = np.zeros((len(answer.axis["class"]), len(answer.axis["year"])))
    for cost_class in answer.inputs.items.get("budget", []):
        named = capital[names.index(cost_class)] if cost_class in names else np.zeros(answer.last + 1)
        spent = capital.sum(axis=0) if cost_class == WHOLE else named
        total, yearly = caps(answer, cost_class)
        if total is not None:
            check_total(answer, cost_class, spent, total)
        check_years(answer, cost_class, spent, yearly)
    answer.compare_if_there("budget.unspent", unspent, "class", "year", scale=answer.known["capital_by_period"].sum(keepdims=True))


def check_total(answer: Answer, cost_class: str, spent: Array, cap: float) -> None:
    """Capital up to the cap's last date is within it; whole-life spend if the goal requires it."""
    if cost_class == WHOLE and whole_life(answer):
        # Running cost is less by tax credits, which pay for no budget.
        received = answer.known.get("credits_by_period", np.zeros(1)).sum()
        total = answer.known["capital_by_period"].sum() + answer.known["running_by_period"].sum() + received
        answer.checks.at_most("budget.whole_life_spend_within_cap", np.array([total]), np.array([cap]), [[cost_class]])
        return
    until = answer.inputs.text("budget", cost_class, "until")
    counts = answer.inputs.firsts <= (parse_date(until).last if until else np.inf)
    answer.checks.at_most(f"budget.{cost_class}_within_cap", np.array([spent[counts].sum()]), np.array([cap]), [[cost_class]])


def check_years(answer: Answer, cost_class: str, spent: Array, yearly: dict[int, float]) -> None:
    """The unspent part of a yearly cap carries over to the next year if that is capped too; it is never negative."""
    years = np.array([period.year for period in answer.calendar.periods])
    carries = answer.inputs.number("budget", cost_class, "carries")
    unspent: dict[int, float] = {}
    size: dict[int, float] = {}
    for year in sorted(set(yearly) & set(years.tolist())):
        have = carries * unspent.get(year - 1, 0.0) + yearly[year]
        size[year], unspent[year] = have, have - float(spent[years == year].sum())
    if unspent:
        labels = [f"{cost_class} {year}" for year in unspent]
        left, scale = np.array(list(unspent.values())), np.array(list(size.values()))
        columns = [answer.axis["year"].index(str(year)) for year in unspent]
        answer.known["unspent"][answer.axis["class"].index(cost_class), columns] = left
        answer.checks.at_most(f"budget.{cost_class}_within_its_years", -left, np.zeros(len(left)), [labels], scale)
