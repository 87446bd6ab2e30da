"""The worth of limits as plain data: what `worth.json` beside a run holds, and the words of its rows."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from gwplan.analysis.explain.worth import Worth, Worths
from gwplan.common.amounts import is_money, money, number
from gwplan.common.status import Exit
from gwplan.inputs.values import DATE
from gwplan.reports import kept
from gwplan.results.run_folder import RunFolder

UPPER = {"it": "IT"}
"""Words of a quantity that are written in capitals."""
UNITS = {"1": "", "1/year": "a year"}
PER = {"1/year": "1 a year"}
"""Units of numbers as people read them: after the number, and of one."""
KEYS = {"target": "Target", "goal": "Goal"}
"""What the sections of a model file are called, before the number or the key."""


def exit_code(found: Worths) -> Exit:
    """0; stopped, with or without a limit that is solved."""
    if not found.stopped:
        return Exit.SOLVED
    return Exit.STOPPED if any(each.amount is not None for each in found.found) else Exit.STOPPED_EMPTY


def as_json(found: Worths) -> dict[str, Any]:
    """The limits as plain data, amounts in the unit of the goal; an infinite end of a range is null."""
    def row(each: Worth) -> dict[str, Any]:
        limit = each.limit
        proven = None if each.least is None else [each.least, finite(each.most)]
        between = None if each.between is None else [finite(end) for end in each.between]
        return {
            "limit": limit.name, "base": limit.number.text(limit.number.base), "value": limit.number.base, "unit": limit.number.unit,
            "step": limit.words, "step_size": limit.step,
            "worth": each.amount, "proven": proven, "confirmed_cold": each.cold,
            "local": None if each.slope is None else {"per_unit": each.slope, "unit": limit.number.unit, "between": between},
            "rows": [{"row": place.where, "name": place.name} for place in limit.number.places],
            "rules": sorted({rule for rule, _ in limit.rows}), "status": str(each.status), "note": each.note,
        }

    return {"exit_code": int(exit_code(found)), "run": found.run, "unit": found.unit, "unproven": finite(found.unproven),
            "limits": [row(each) for each in found.found], "left_out": found.left, "rules_without_a_number": found.unknown,
            "solves": found.solves, "seconds": found.seconds, "seconds_of_the_run": found.own, "stopped": found.stopped}  # fmt: skip


def finite(value: float | None) -> float | None:
    """A number that JSON can hold; None for an infinite one."""
    return value if value is not None and math.isfinite(value) else None


def keep(folder: Path, found: Worths) -> Path | None:
    """Write `worth.json` beside a run; gives its path. None if nothing is kept: no limit is solved, or it would replace a complete result
    by one that was stopped early. OSError if it cannot be written.
    """
    target = folder / kept.WORTH
    if not any(each.amount is not None for each in found.found) or (found.stopped and kept.holds(target, "stopped", False)):
        return None
    return kept.keep(target, as_json(found))


def limit_words(run: RunFolder, name: str) -> str:
    """A limit by its labels: `Google TPU 8i rack: most bought`, `Grid connection at Abilene, Texas: most`, `Target 1: amount`."""
    table, _, rest = name.partition(".")
    item, _, quantity = rest.rpartition(".")
    words = " ".join(UPPER.get(word, word) for word in quantity.split("_"))
    if table == "model":
        section, _, place = item.partition(".")
        return f"{KEYS.get(section, section)} {place}".rstrip() + f": {words}"
    thing, *others = item.split("@")
    where = f" at {run.named(others[0])}" if others and others[0] else ""
    when = f", {others[1]}" if len(others) > 1 and others[1] else ""
    label = run.named(thing)
    return f"{label[:1].upper()}{label[1:]}{where}{when}: {words}"


def text(unit: str, value: float | None) -> str:
    """An amount in the unit of the goal; blank for None."""
    if value is None:
        return ""
    return money(value) if is_money(unit) else number(value)


def proven(unit: str, ends: list[float | None] | None) -> str:
    """Between which amounts a worth is proven to be; blank if unknown."""
    if ends is None:
        return ""
    low, high = (text(unit, end) for end in ends)
    if ends[1] is None:
        return f"{low} or more"
    return low if low == high else f"{low} to {high}"


def between(ends: list[float | None] | None) -> str:
    """Between which values of the number its slope holds; blank if unknown."""
    if ends is None:
        return ""
    low, high = ends
    if low is None or high is None:
        return "at any value" if low is high else f"from {number(low)} up" if low is not None else f"up to {number(high)}"
    return f"from {number(low)} to {number(high)}" if number(low) != number(high) else "at this value alone"


def in_words(value: float, unit: str, *, plus: bool = False) -> str:
    """A number of the tables as people read it: $50B, 600 a year, +50 MW."""
    if is_money(unit) and "/" not in unit:
        return money(value, plus=plus)
    return f"{'+' if plus and value > 0 else ''}{number(value)} {UNITS.get(unit, unit)}".rstrip()


def step_words(row: dict[str, Any]) -> str:
    """The step of a limit: $1B, 50 MW or 10 % more, 3 months later."""
    known = len(row["rows"]) == 1 and row["unit"] != DATE
    return in_words(row["step_size"], row["unit"], plus=True) if known else str(row["step"])


def slope_words(unit: str, row: dict[str, Any]) -> str:
    """What one more of a limit is worth for a small change: $0.9 per $1, $2.1M per MW; blank if unknown."""
    if row["local"] is None:
        return ""
    per_unit, of = row["local"]["per_unit"], row["unit"]
    if is_money(unit) and is_money(of):
        return f"${number(per_unit)} per $1"
    return f"{text(unit, per_unit)} per {PER.get(of, of)}".removesuffix(" per 1")
