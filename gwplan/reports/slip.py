"""A slip as plain data, kept beside its run, and its finding in a sentence."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from gwplan.analysis.slip import Slipped, Variant
from gwplan.common.amounts import said
from gwplan.common.status import Exit
from gwplan.reports import kept


def exit_code(found: Slipped) -> Exit:
    """0 where both plans are solved to the gap and keep the targets; 4 where a target is missed; 5 where a search was stopped."""
    if found.late.missed or found.ahead.missed:
        return Exit.INFEASIBLE
    return max((each.status.exit_code(plan=True) for each in (found.ahead, found.late)), default=Exit.SOLVED)


def as_json(found: Slipped) -> dict[str, Any]:
    """The result as plain data; costs are in the unit of the goal, positive for worse."""
    def plain(variant: Variant) -> dict[str, Any]:
        return {
            "name": variant.name, "status": variant.status, "objective": variant.objective, "bound": finite(variant.bound),
            "cost": found.cost(variant), "capital_first_build_musd": variant.capital, "targets_met_from": variant.met or None,
            "missed": [{"target": each.target, "most": each.most, "unit": each.unit, "months": each.months,
                        "holds_again": each.again or None} for each in variant.missed],
        }

    made = [{"part": each.part, "decision": each.decision, "item": each.item, "site": each.site, "when": each.when, "amount": each.amount}
            for each in found.made]
    return {
        "exit_code": exit_code(found), "run": found.run, "sets": list(found.changes), "after": found.after or None, "goal": found.goal,
        "unit": found.unit, "planned": plain(found.planned), "known_in_advance": plain(found.ahead), "known_at_the_date": plain(found.late),
        "value_of_knowing": found.knowing if found.alike else None, "stands": made,
        "moved": [{"decision": name, "to": to or None} for name, to in found.moved],
    }


def keep(folder: Path, found: Slipped) -> Path:
    """Write `slip.json` beside a run, in place of the one before; gives its path. OSError if it cannot be written."""
    return kept.keep(folder / kept.SLIP, as_json(found) | {"sentence": sentence(found)})


def finite(value: float) -> float | None:
    """A number, or None for one that is not finite."""
    return value if math.isfinite(value) else None


def plain_unit(unit: str) -> str:
    """The unit of a goal without what it is of."""
    return unit.partition(" of ")[0].partition(" (")[0]


def said_of(found: Slipped, amount: float) -> str:
    """An amount of the goal in words."""
    return said(amount, plain_unit(found.unit))


def sentence(found: Slipped) -> str:
    """What the slip costs, known and not."""
    what = f"{' and '.join(found.changes)}: known {f'in {found.after}' if found.after else 'after the horizon'} only,"
    late, ahead = (said_of(found, found.cost(each)) for each in (found.late, found.ahead))
    advance = "a target is missed all the same" if found.ahead.missed else f"it costs {ahead}"
    if found.late.missed and found.late.missed != found.ahead.missed:
        return f"{what} a target can no longer be kept; known in advance, {advance}."
    if found.lost:
        return f"{what} some of what was ordered cannot be delivered within the horizon, and is left out of the cost of {late}; known in " \
               f"advance, {advance}."
    missed = "targets are missed by the least that can be, at a cost of" if found.late.missed else "it costs"
    return f"{what} {missed} {late}; known in advance, {ahead}. Knowing in advance is worth {said_of(found, max(found.knowing, 0.0))}."
