"""Why there is no plan: which promises clash, and by how much the nearest one misses.

Each family of promises (a target, a budget, an allocation, ...) is relaxed alone: its rows may be missed, and the sum of
what they miss, each relative to its bound, is made least. A family that makes a plan possible this way has a part in every
clash. With a plan given, its limits and promises are relaxed all at once, and those that must be missed are what it breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gwplan.model.assemble import Plan
from gwplan.model.block import Key, Rule
from gwplan.model.promises import unit_of
from gwplan.model.targets import UNITS
from gwplan.solving.elastic import Elastic, Miss, elastic
from gwplan.solving.highs import Options, load, solve_arrays
from gwplan.solving.linear_program import Arrays

GAP = 0.01
"""How near to the least miss is near enough for a sentence."""


def explain(plan: Plan, arrays: Arrays, options: Options) -> str:
    """One sentence: which promises clash, and by how much the nearest one misses."""
    broken = [Miss(rule, key, amount, 1.0) for rule in plan.rules for key, amount in rule.broken.items()]
    if broken:
        return f"No plan can keep this promise: it misses {worded(plan, worst(broken))}."
    promises = [row for row, (rule, _) in enumerate(arrays.rows) if rule.promise]
    found = sorted(alone(elastic(arrays, promises), options), key=lambda each: each[0])
    if not found:
        return together(plan, arrays, options, promises)
    clashing = "; ".join(title(plan, worst(misses)) for _, misses in found)
    kept = clashing if len(found) == 1 else f"all of these promises: {clashing}"
    return f"No plan keeps {kept}. The nearest one misses {worded(plan, worst(in_whole_numbers(arrays, found[0][1], options)))}."


def in_whole_numbers(arrays: Arrays, misses: list[Miss], options: Options) -> list[Miss]:
    """What the family of the misses misses at least in whole numbers; the given misses if that is not found in time."""
    family = family_of(misses[0].rule, misses[0].key)
    relaxed = elastic(arrays, [row for row, (rule, key) in enumerate(arrays.rows) if family_of(rule, key) == family])
    found = solve_arrays(relaxed.arrays, relaxed.cost, replace(options, gap=GAP))
    return (relaxed.misses(found.x) if found.x is not None else []) or misses


def alone(relaxed: Elastic, options: Options) -> list[tuple[float, list[Miss]]]:
    """(Sum of relative misses, misses) of each family of promises that, relaxed alone, makes a plan possible (whole numbers aside)."""
    import highspy

    fluid = replace(relaxed.arrays, whole=np.zeros_like(relaxed.arrays.whole))
    highs = load(fluid, relaxed.cost, options)
    columns = np.arange(relaxed.first, len(fluid.variables), dtype=np.int32)
    families: dict[tuple[str, Any], list[int]] = {}
    for place, row in enumerate(relaxed.rows):
        families.setdefault(family_of(*fluid.rows[row]), []).append(place)
    found = []
    for places in families.values():
        if highs.getRunTime() > options.time_limit:
            break
        upper = np.zeros(len(columns))
        upper[places] = highspy.kHighsInf
        highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), upper)
        highs.setOptionValue("time_limit", highs.getRunTime() + options.time_limit)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            misses = relaxed.misses(np.array(highs.getSolution().col_value))
            if misses:
                found.append((float(highs.getInfo().objective_function_value), misses))
    return found


def together(plan: Plan, arrays: Arrays, options: Options, rows: list[int]) -> str:
    """The sentence where no promise alone would do: all may give way, in whole numbers."""
    relaxed = elastic(arrays, rows)
    found = solve_arrays(relaxed.arrays, relaxed.cost, replace(options, gap=GAP))
    if found.x is None:
        return "No plan exists even if every promise gives way: dates, build times and lives leave no room in the horizon."
    misses = one_each(relaxed.misses(found.x))
    if not misses:
        return "No plan was found, yet no promise need give way: the whole numbers leave no room within the solver's tolerance."
    listed = "; ".join(worded(plan, miss) for miss in misses)
    return f"No plan keeps all promises. The nearest one misses {listed}."


def broken_rules(plan: Plan, arrays: Arrays, options: Options, fixed: Mapping[int, float]) -> list[str]:
    """The limits and promises that a given plan breaks, one line each; empty if none can be named."""
    promises = [row for row, (rule, _) in enumerate(arrays.rows) if rule.promise]
    for rows in (promises, range(len(arrays.rows))):
        relaxed = elastic(arrays, rows)
        found = solve_arrays(relaxed.arrays, relaxed.cost, replace(options, gap=GAP), fixed=fixed)
        if found.x is not None:
            return [f"{worded(plan, miss)}. {miss.rule.doc}" for miss in relaxed.misses(found.x)]
    return []


def family_of(rule: Rule, key: Key) -> tuple[str, Any]:
    """Rows that are one promise: all rows of a rule, but each target, class of money and group that shares for itself."""
    return rule.full_name, key[0] if rule.over[0] in ("target", "class", "group") else ""


def worst(misses: list[Miss]) -> Miss:
    """The miss that is largest relative to its bound."""
    return max(misses, key=lambda miss: miss.amount / miss.bound)


def one_each(misses: list[Miss]) -> list[Miss]:
    """The worst miss of each family."""
    families: dict[tuple[str, Any], list[Miss]] = {}
    for miss in misses:
        families.setdefault(family_of(miss.rule, miss.key), []).append(miss)
    return [worst(each) for each in families.values()]


def title(plan: Plan, miss: Miss) -> str:
    """A promise in a few words: a target or a cap with its amount, any other by its rule."""
    if miss.rule.name == "target_is_met":
        target = plan.case.definition.targets[int(miss.key[0]) - 1]
        return f"target {miss.key[0]} ({target.amount:,.6g} {UNITS[target.measure]} by {target.by})"
    if miss.rule.over[0] == "group":
        return f"{miss.rule.full_name} ({miss.key[0]})"
    if miss.rule.over[0] == "class":
        return f"{miss.rule.full_name} ({miss.key[0]}, {miss.bound:,.6g} {miss.rule.promise})"
    return miss.rule.full_name


def worded(plan: Plan, miss: Miss) -> str:
    """A missed row in words: which, where, by how much."""
    names = plan.case.calendar.names
    where = ", ".join(names[value] if name == "period" else str(value) for name, value in zip(miss.rule.over, miss.key, strict=True)
                      if name not in ("target", "slice", "class", "group"))
    unit = unit_of(plan.case, miss.rule.full_name, miss.rule.promise, miss.key)
    amount = f"{miss.amount:.1%} {unit}" if unit.startswith("of the") else f"{miss.amount:,.5g} {unit}".strip()
    return f"{title(plan, miss)} by {amount}{f' in {where}' if where else ''}"
