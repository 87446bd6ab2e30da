"""Why there is no plan: which promises clash, and by how much the nearest one misses.

Each family of promises (a target, a budget, an allocation, ...) is relaxed alone: its rows may be missed, and the sum of
what they miss, each relative to its bound, is made least. A family that makes a plan possible this way has a part in every
clash. With a plan given, all rules are relaxed at once, and those that must be missed are the ones it breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gwplan.arrays import Arrays, Cost, Floats
from gwplan.block import Key, Rule
from gwplan.model import Plan
from gwplan.solver import Options, solve_arrays

VISIBLE = 1e-6
"""A miss, relative to its bound, that is more than the solver's tolerance."""
AT_MOST_SHOWN = 12


@dataclass(frozen=True)
class Miss:
    """A row that is missed: by `amount` of its unit, against its bound."""

    rule: Rule
    key: Key
    amount: float
    bound: float


def explain(plan: Plan, arrays: Arrays, options: Options) -> str:
    """One sentence: which promises clash, and by how much the nearest one misses."""
    broken = [Miss(rule, key, amount, 0.0) for rule in plan.rules for key, amount in rule.broken.items()]
    if broken:
        return f"No plan can keep this promise: {worded(plan, worst(broken))}."
    families: dict[tuple[str, Any], list[int]] = {}
    for row, (rule, key) in enumerate(arrays.rows):
        if rule.promise:
            families.setdefault(family_of(rule, key), []).append(row)
    found: list[tuple[float, list[Miss]]] = []
    for rows in families.values():
        outcome = relax(arrays, rows, options, whole=False)
        if outcome is not None and outcome[1]:
            found.append(outcome)
    if not found:
        return everything(plan, arrays, options, [row for rows in families.values() for row in rows])
    found.sort(key=lambda each: each[0])
    clashing = ", ".join(sorted({title(plan, misses[0]) for _, misses in found}))
    return f"No plan keeps all promises: these clash: {clashing}. The nearest one: {worded(plan, worst(found[0][1]))}."


def everything(plan: Plan, arrays: Arrays, options: Options, rows: list[int]) -> str:
    """The sentence where no promise alone would do: all may give way, in whole numbers."""
    outcome = relax(arrays, rows, options, whole=True)
    if outcome is None:
        return "No plan exists even if every promise gives way: dates, build times or lives leave no room in the horizon."
    if not outcome[1]:
        return "No plan was found, yet no promise need give way: the whole numbers leave no room within the solver's tolerance."
    together = "; ".join(worded(plan, miss) for miss in one_each(outcome[1])[:AT_MOST_SHOWN])
    return f"No plan keeps all promises, and no single one would do: together these would have to give way: {together}."


def broken_rules(plan: Plan, arrays: Arrays, options: Options, fixed: Mapping[int, float]) -> list[str]:
    """The rules that a given plan breaks, one line each; empty if it breaks none (or nothing can mend it)."""
    outcome = relax(arrays, range(len(arrays.rows)), options, whole=True, fixed=fixed)
    return [worded(plan, miss) for miss in (outcome[1] if outcome else [])]


def relax(arrays: Arrays, rows: Any, options: Options, *, whole: bool,
          fixed: Mapping[int, float] | None = None) -> tuple[float, list[Miss]] | None:
    """Let rows be missed at the least sum of relative misses: (sum, rows missed), or None if there is still no plan."""
    from scipy.sparse import csc_matrix, hstack

    sides = [(row, sign) for row in rows for sign, bound in ((-1.0, arrays.upper[row]), (1.0, arrays.lower[row])) if np.isfinite(bound)]
    index, signs = np.array([row for row, _ in sides]), np.array([sign for _, sign in sides])
    slack = csc_matrix((signs, (index, np.arange(len(sides)))), shape=(len(arrays.rows), len(sides)))
    bounds = np.where(np.isfinite(arrays.upper), arrays.upper, arrays.lower)
    weights = 1 / np.maximum(np.abs(bounds[index]), 1.0)
    count = len(arrays.variables)
    cost = Cost("least_missed", False, np.concatenate([np.zeros(count), weights]), 0.0, None, 0.0)
    flags = np.concatenate([arrays.whole if whole else np.zeros(count, dtype=bool), np.zeros(len(sides), dtype=bool)])
    matrix = hstack([arrays.matrix, slack], format="csc")
    larger = replace(arrays, matrix=matrix, whole=flags, variables=[*arrays.variables, *([None] * len(sides))])
    found = solve_arrays(larger, cost, replace(options, gap=GAP), fixed=fixed)
    if found.x is None:
        return None
    missed: dict[int, float] = {}
    for (row, _), amount in zip(sides, found.x[count:], strict=True):
        if amount > VISIBLE * max(abs(bounds[row]), 1.0):
            missed[row] = missed.get(row, 0.0) + float(amount)
    return found.objective, [Miss(*arrays.rows[row], amount, float(bounds[row])) for row, amount in missed.items()]


GAP = 0.01
"""How near to the least miss is near enough for a sentence."""


def family_of(rule: Rule, key: Key) -> tuple[str, Any]:
    """Rows that are one promise: all rows of a rule, but each target and each class of money for itself."""
    return rule.full_name, key[0] if rule.over[0] in ("target", "class") else ""


def worst(misses: list[Miss]) -> Miss:
    """The miss that is largest relative to its bound."""
    return max(misses, key=lambda miss: miss.amount / max(abs(miss.bound), 1.0))


def one_each(misses: list[Miss]) -> list[Miss]:
    """The worst miss of each family."""
    families: dict[tuple[str, Any], list[Miss]] = {}
    for miss in misses:
        families.setdefault(family_of(miss.rule, miss.key), []).append(miss)
    return [worst(each) for each in families.values()]


def title(plan: Plan, miss: Miss) -> str:
    """A promise in a few words: a target with its amount, any other by its rule."""
    if miss.rule.name == "target_is_met":
        target = plan.case.definition.targets[int(miss.key[0]) - 1]
        return f"target {miss.key[0]} ({target.amount:,.6g} {UNITS[target.measure]} by {target.by})"
    return f"{miss.rule.full_name}[{miss.key[0]}]" if miss.rule.over[0] == "class" else miss.rule.full_name


UNITS = {"it": "MW IT", "facility": "MW at the meter", "compute": "kH100e"}


def worded(plan: Plan, miss: Miss) -> str:
    """A missed row in words: which, where, by how much."""
    names = plan.case.calendar.names
    where = ", ".join(names[value] if name == "period" else str(value) for name, value in zip(miss.rule.over, miss.key, strict=True)
                      if name not in ("target", "slice"))
    unit = miss.rule.promise
    if miss.rule.name == "target_is_met":
        unit = UNITS[plan.case.definition.targets[int(miss.key[0]) - 1].measure]
    amount = f"{miss.amount:.1%} {unit}" if unit.startswith("of the") else f"{miss.amount:,.4g} {unit}".strip()
    against = f" of {miss.bound:,.6g}" if miss.bound and not unit.startswith("of the") else ""
    return f"{title(plan, miss)} ({where}) misses by {amount}{against} [{miss.rule.doc.rstrip('.')}]"


def row_activity(arrays: Arrays, x: Floats) -> Floats:
    """Left side of each row."""
    return np.asarray(arrays.matrix @ x)
