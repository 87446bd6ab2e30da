"""The first build: from the horizon's start until what was promised stands; what is bought after it is refresh and growth."""

from __future__ import annotations

from gwplan.case import Case


def last_period(case: Case) -> int:
    """Number of the last period of the first build: where the budget's undated cap ends, and not before the last target begins.

    The last period of the horizon where neither says so.
    """
    calendar = case.calendar
    last = len(calendar.periods) - 1
    ends = [calendar.holding(target.by.first) for target in case.definition.targets]
    if "budget" in case.definition.parts and "capital" in case.items("class"):
        until = case.date("budget", "capital", "until")
        ends.append(last if until is None else calendar.holding(until.last))
    return min(max(ends, default=last), last)
