"""Plans of several scenarios hold the same decisions in every period in which the scenarios cannot be told apart.

Reads only what was written: scenarios.csv, the plan of each scenario, and the orders that a scenario takes up later.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np

from gwplan.audit.checks import Check
from gwplan.common.calendar import parse_date

NAME, PART = "decisions_are_the_same_until_scenarios_can_be_told_apart", "hedge"
CLOSE = 1e-5
NEVER = "never"
HALF = 6
"""Months of half a year."""
Key = tuple[str, ...]


def shared(scenarios: str, plans: Mapping[str, str], moved: Sequence[Mapping[str, str]], periods: Sequence[str]) -> Check:
    """Compare each pair of plans. plans: the text of plan.csv by scenario; moved: rows of orders that are taken up later than placed.

    An amount that is taken up later is put back to where it was ordered.
    """
    seen = known_from(scenarios, periods)
    ordered = {name: placed(text, [row for row in moved if row["scenario"] == name]) for name, text in plans.items()}
    worst, where, count = 0.0, "", 0
    names = list(ordered)
    for place, one in enumerate(names):
        for other in names[place + 1:]:
            apart = min((when for change, when in {*seen[one].items()} ^ {*seen[other].items()}), default=len(periods))
            for key in ordered[one].keys() | ordered[other].keys():
                if periods.index(key[-1]) >= apart:
                    continue
                count += 1
                amounts = [ordered[name].get(key, 0.0) for name in (one, other)]
                error = abs(amounts[0] - amounts[1]) / (1 + max(map(abs, amounts)))
                if error > worst:
                    worst, where = error, f"{', '.join(filter(None, key))}: {one} {amounts[0]:g}, {other} {amounts[1]:g}"
    passed = worst <= CLOSE
    return Check(NAME, PART, float(worst), "" if passed else where, passed, count)


def known_from(scenarios: str, periods: Sequence[str]) -> dict[str, dict[Key, int]]:
    """The number of the period from which each change of a scenario is known, by scenario and change; those never known are left out."""
    firsts = np.array([first_month(name) for name in periods])
    found: dict[str, dict[Key, int]] = {}
    for row in csv.DictReader(io.StringIO(scenarios.lstrip("\ufeff"))):
        given = {name.strip(): (cell or "").strip() for name, cell in row.items() if name}
        if not any(given.values()):
            continue
        changes = found.setdefault(given["scenario"], {})
        if given["known"] not in ("", NEVER):
            changes[given["set"], given["overlay"]] = int(np.searchsorted(firsts, parse_date(given["known"]).first, side="right")) - 1
    return found


def first_month(period: str) -> int:
    """The first month of a period by its name, counted from year 0; 2027-H2 is the second half of a year, which is no date."""
    year, _, half = period.partition("-H")
    return parse_date(year).first + (HALF if half == "2" else 0)


def placed(text: str, moved: Sequence[Mapping[str, str]]) -> dict[Key, float]:
    """The amounts of a plan by decision and the period in which each was ordered."""
    found: dict[Key, float] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["decision"] != "retired":  # what arrives later is retired later
            key = tuple(row[name] for name in ("part", "decision", "item", "site", "when"))
            found[key] = found.get(key, 0.0) + float(row["amount"])
    for late in moved:
        what = tuple(late[name] for name in ("part", "decision", "item", "site"))
        amount = float(late["units"])
        found[*what, late["taken_up"]] = found.get((*what, late["taken_up"]), 0.0) - amount
        found[*what, late["ordered"]] = found.get((*what, late["ordered"]), 0.0) + amount
    return found
