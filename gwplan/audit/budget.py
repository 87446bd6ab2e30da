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


def caps(answer: Answer, klass: str) -> tuple[float | None, dict[int, float]]:
    """The undated cap of a class, and its caps by calendar year."""
    total, yearly = None, {}
    for row in answer.inputs.rows.get(("budget", klass, "cap"), {}).get("", []):
        number = answer.inputs.value("budget", klass, "cap", Row(row.first, row.base, row.unit), DECLARED["budget"]["cap"])
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
    for klass in answer.inputs.items.get("budget", []):
        spent = capital.sum(axis=0) if klass == WHOLE else capital[names.index(klass)] if klass in names else np.zeros(answer.last + 1)
        total, yearly = caps(answer, klass)
        if total is not None:
            check_total(answer, klass, spent, total)
        check_years(answer, klass, spent, yearly)
    answer.compare_if_there("budget.unspent", unspent, "class", "year", scale=answer.known["capital_by_period"].sum(keepdims=True))


def check_total(answer: Answer, klass: str, spent: Array, cap: float) -> None:
    """Capital up to the cap's last date is within it; whole-life spend if the goal requires it."""
    if klass == WHOLE and whole_life(answer):
        total = answer.known["capital_by_period"].sum() + answer.known["running_by_period"].sum()
        answer.checks.at_most("budget.whole_life_spend_within_cap", np.array([total]), np.array([cap]), [[klass]])
        return
    until = answer.inputs.text("budget", klass, "until")
    counts = answer.inputs.firsts <= (parse_date(until).last if until else np.inf)
    answer.checks.at_most(f"budget.{klass}_within_cap", np.array([spent[counts].sum()]), np.array([cap]), [[klass]])


def check_years(answer: Answer, klass: str, spent: Array, yearly: dict[int, float]) -> None:
    """The unspent part of a yearly cap carries over to the next year if that is capped too; it is never negative."""
    years = np.array([period.year for period in answer.calendar.periods])
    carries = answer.inputs.number("budget", klass, "carries")
    unspent: dict[int, float] = {}
    size: dict[int, float] = {}
    for year in sorted(set(yearly) & set(years.tolist())):
        have = carries * unspent.get(year - 1, 0.0) + yearly[year]
        size[year], unspent[year] = have, have - float(spent[years == year].sum())
    if unspent:
        labels = [f"{klass} {year}" for year in unspent]
        left, scale = np.array(list(unspent.values())), np.array(list(size.values()))
        columns = [answer.axis["year"].index(str(year)) for year in unspent]
        answer.known["unspent"][answer.axis["class"].index(klass), columns] = left
        answer.checks.at_most(f"budget.{klass}_within_its_years", -left, np.zeros(len(left)), [labels], scale)
