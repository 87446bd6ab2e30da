"""Reference plans as plain data, kept beside a run, and the few words of them that a reader of its plan wants first."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from gwplan.analysis.reference import BEST, References
from gwplan.common.amounts import said
from gwplan.common.status import Exit, Status
from gwplan.reports import kept
from gwplan.results.figures import GOALS
from gwplan.results.run_folder import RunFolder

COSTS = 2
"""Rules whose cost is told first."""


def as_json(found: References) -> dict[str, Any]:
    """The result as plain data; costs in the unit of the goal, positive for worse than the best plan."""
    rows = [asdict(each) | {"sites": list(each.sites)} for each in found.plans]
    return {"exit_code": found.exit_code, "goal": found.goal, "unit": GOALS[found.goal].unit, "dollars": found.dollars,
            "measure": found.measure, "plans": rows, "seconds": found.seconds}


def keep(folder: Path, found: References) -> Path | None:
    """Write `reference.json` beside a run; gives its path. None if it would replace a complete result by one with a search stopped early.
    OSError if it cannot be written.
    """
    target = folder / kept.REFERENCE
    if found.exit_code is not Exit.SOLVED and kept.holds(target, "exit_code", int(Exit.SOLVED)):
        return None
    return kept.keep(target, as_json(found))


def others(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The plans that were solved and are not the best plan itself, the dearest first."""
    found = [each for each in record["plans"] if each["cost"] is not None and each["name"] != BEST and not each["message"]]
    return sorted(found, key=lambda each: -float(each["cost"]))


def impossible(record: dict[str, Any]) -> list[str]:
    """Names of the rules that no plan keeps."""
    return [str(each["name"]) for each in record["plans"] if each["status"] == Status.INFEASIBLE]


def is_proven(record: dict[str, Any], each: dict[str, Any]) -> bool:
    """True if a plan is worse than the best one by more than both can differ unproven."""
    (best,) = [plan for plan in record["plans"] if plan["name"] == BEST]
    gaps = [plan["unproven"] for plan in (best, each)]
    return None not in gaps and float(each["cost"]) > sum(map(float, gaps))


def telling(run: RunFolder) -> list[str]:
    """What a planner asks first: what the dearest and the cheapest rule cost, and which cannot be kept; empty where nobody asked."""
    record = run.reference
    if record is None:
        return []
    dearest = others(record)
    ends = dearest if len(dearest) <= COSTS else [dearest[0], dearest[-1]]
    lines = [f"{each['name']} {costs(record, each)}" for each in ends]
    none = impossible(record)
    return [*lines, *([f"{', '.join(none)} cannot be had"] if none else [])]


def costs(record: dict[str, Any], each: dict[str, Any]) -> str:
    """`costs $1.2B more`; what is not proven is said to be so, and 0 is nothing."""
    amount, unit = float(each["cost"]), record["unit"]
    if is_proven(record, each):
        return f"costs {said(amount, unit)} more"
    return "costs nothing more" if said(max(amount, 0.0), unit) == said(0.0, unit) else f"costs {said(amount, unit)} more, not proven"
