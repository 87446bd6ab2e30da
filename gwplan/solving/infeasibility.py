"""Why there is no plan: which promises clash, and by how much the nearest plan misses each of them with the others kept.

First, whole numbers and periods after the first date of a target are relaxed: a linear program then finds the smallest total miss
within a second, and its duals show which promises (targets and limits) take part (`elastic.py`). Each family of these (a target, a
budget, an allocation, ...) is relaxed alone: if that makes a plan possible, it takes part in every clash. The largest relative miss
of its rows is then a lower bound for any plan; whole numbers may need more. For a given plan, all limits and targets are relaxed
at once, and those that must be missed are the ones that it breaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gwplan.common.amounts import is_money, said
from gwplan.common.status import Status
from gwplan.model.assemble import Plan
from gwplan.model.block import Key, Rule
from gwplan.model.promises import unit_of
from gwplan.model.targets import UNITS
from gwplan.solving.disproof import missed, nearest
from gwplan.solving.edge import edge_of
from gwplan.solving.elastic import TARGET, VISIBLE, Elastic, Miss, dates, elastic, promises, until
from gwplan.solving.handover import load
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Deadline, Options, SolveResult

GAP = 1e-4
"""Relative gap of the smallest miss: enough for a sentence."""
WHOLE_SECONDS = 1.0
"""Time limit of the search in whole numbers, for each of the first families that clash."""
DIGITS = 5
"""Digits of money in a sentence, as of other amounts."""
SMALL = 300
"""Number of whole variables up to which that search is made."""
FAMILIES = 4
"""Families whose smallest miss is reported."""
TAKES_PART = 1e-9
"""A row with a dual above this takes part in a clash."""

AT_LEAST, AT_MOST, ABOUT = "at least ", "at most ", "about "
"""Prefix of an amount that comes from the relaxation."""
OF_A_LIMIT = "at least a share "
"""Prefix of a share of one of the limits of a family, which differ."""

NO_ROOM = "No plan exists even with all targets and limits relaxed: dates, build times and lives leave no room in the horizon."

Family = tuple[str, Any]
CHOSEN = ("requirement", "exclusion")
"""The first axis of rules on what a model requires and excludes."""
OWN = ("target", "class", "group", *CHOSEN)
"""The first axis of rules each of whose targets, classes, groups, requirements and bans is a family of its own."""


@dataclass(frozen=True)
class Clash:
    """Why there is no plan, in one or two sentences, and the rules that take part, each with its key.

    promises: those that clash, in words; each: a row of each of these.
    """

    sentence: str
    parts: tuple[tuple[str, Key], ...] = ()
    promises: tuple[str, ...] = ()
    each: tuple[tuple[str, Key], ...] = ()


def explain(plan: Plan, arrays: Arrays, deadline: Deadline, part: tuple[Elastic, SolveResult] | None) -> Clash:
    """In one or two sentences: which promises clash, and by how much the nearest plan misses each.

    part: the clash without whole numbers, if there is one.
    """
    broken = [Miss(rule, key, amount, 1.0) for rule in plan.rules for key, amount in rule.broken.items()]
    if broken:
        return clash_of(f"No plan can keep this promise: it misses {worded(plan, worst(broken))}.", [broken])
    if part is None:
        return in_whole_numbers(plan, arrays, deadline)
    relaxed, found = part
    if found.x is None:
        return Clash(NO_ROOM)
    alone = [least for least in alone_of(relaxed, taking_part(relaxed, found), deadline) if least]
    if not alone:
        return all_missed(plan, relaxed.misses(found.x, ABOUT))
    alone.sort(key=rank)
    if arrays.whole.sum() <= SMALL:
        alone = [*(exactly(arrays, misses, deadline) for misses in alone[:FAMILIES]), *alone[FAMILIES:]]
    return sentences(plan, alone)


def too_little_money(plan: Plan, arrays: Arrays, least: float, deadline: Deadline) -> Clash | None:
    """The sentence of a cap below the least money in whole numbers; None if no cap is near it. least: no plan needs less."""
    edge = edge_of(until(arrays, dates(arrays)[0]), deadline.within())
    if edge is None or least <= edge.cap:
        return None
    cap = Miss(*edge.row, least - edge.cap, edge.cap, AT_LEAST)
    others = one_each([Miss(rule, key, 0.0, 1.0) for rule, key in edge.against if family_of(rule, key) != family_of(*edge.row)])
    titles = tuple(title(plan, each) for each in (*others, cap))
    kept = f"No plan keeps all of these promises: {'; '.join(titles)}."
    sentence = f"{kept} As halls, sites and supplies come whole, the nearest one misses {worded(plan, cap)}{needed(plan, cap)}."
    found = clash_of(sentence, [[each] for each in (*others, cap)])
    return replace(found, promises=titles, each=tuple((each.rule.full_name, each.key) for each in (*others, cap)))


def clashing(arrays: Arrays, deadline: Deadline, parts: int | None = None) -> tuple[Elastic, SolveResult] | None:
    """The first part of the arrays that is infeasible without whole numbers; None if there is none, or time is over.

    parts: how many parts are looked at, each larger than the one before; all by default.
    """
    for last in (*dates(arrays), None)[:parts]:
        if deadline.left > 0:
            part = arrays if last is None else until(arrays, last)
            relaxed, found = nearest(part, deadline.within())
            if missed(found):
                return relaxed, found
    return None


def taking_part(relaxed: Elastic, found: SolveResult) -> set[Family]:
    """The families of promises with a dual in the proof: it needs each of them."""
    if found.row_duals is None:
        return {family_of(*relaxed.arrays.rows[row]) for row in relaxed.rows}
    return {family_of(*relaxed.arrays.rows[row]) for row in relaxed.rows if abs(found.row_duals[row]) > TAKES_PART}


def alone_of(relaxed: Elastic, families: set[Family], deadline: Deadline) -> list[list[Miss]]:
    """Smallest miss of each family that, relaxed alone, makes a plan possible without whole numbers; empty for the others."""
    import highspy

    highs = load(relaxed.arrays, relaxed.cost, deadline.options)
    slack = np.arange(relaxed.first, len(relaxed.arrays.variables), dtype=np.int32)
    highs.changeColsBounds(len(slack), slack, np.zeros(len(slack)), np.zeros(len(slack)))
    found = []
    for family in sorted(families, key=str):
        places = [place for place, row in enumerate(relaxed.rows) if family_of(*relaxed.arrays.rows[row]) == family]
        for sign in (-1.0, 1.0):  # all rows of the family may be missed alike, relative to their bounds
            rows = np.array([relaxed.rows[place] for place in places if relaxed.signs[place] == sign], dtype=np.int32)
            highs.addCol(relaxed.weight, 0.0, highspy.kHighsInf, len(rows), rows, sign * relaxed.bounds[rows])
        highs.setOptionValue("time_limit", highs.getRunTime() + deadline.left)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            share = max(highs.getSolution().col_value[-2:])
            found.append([worst_alike(relaxed, places, share)] if share > VISIBLE else [])
        for column in (highs.getNumCol() - 1, highs.getNumCol() - 2):
            highs.changeColBounds(column, 0.0, 0.0)
    return found


def worst_alike(relaxed: Elastic, places: Sequence[int], share: float) -> Miss:
    """The miss of a family if each row may miss by a share of its bound: no plan has a smaller largest share."""
    rows = sorted({relaxed.rows[place] for place in places})
    row = max(rows, key=lambda each: relaxed.bounds[each])
    alike = relaxed.bounds[rows].min() == relaxed.bounds[row]
    amount, bound = (share * relaxed.bounds[row], relaxed.bounds[row]) if alike else (share, 1.0)
    return Miss(*relaxed.arrays.rows[row], float(amount), float(bound), AT_LEAST if alike else OF_A_LIMIT, of_all=len(rows) > 1)


def exactly(arrays: Arrays, misses: list[Miss], deadline: Deadline) -> list[Miss]:
    """Smallest miss of a family in whole numbers, over all periods; the given misses if it is not found in time."""
    relaxed, found = family_alone(arrays, family_of(misses[0].rule, misses[0].key), deadline.within(WHOLE_SECONDS))
    return (relaxed.misses(found.x) if found.status == Status.OPTIMAL and found.x is not None else []) or misses


def family_alone(arrays: Arrays, family: Family, options: Options) -> tuple[Elastic, SolveResult]:
    """The nearest plan in whole numbers if only one family may be missed."""
    relaxed = elastic(arrays, [row for row, (rule, key) in enumerate(arrays.rows) if family_of(rule, key) == family])
    return relaxed, solve_problem(relaxed.problem, replace(options, gap=GAP))


def in_whole_numbers(plan: Plan, arrays: Arrays, deadline: Deadline) -> Clash:
    """The sentences if only whole numbers make the model infeasible: each family is relaxed alone, then all together."""
    families = sorted({family_of(*arrays.rows[row]) for row in promises(arrays)}, key=str)
    alone = []
    for number, family in enumerate(families):
        relaxed, found = family_alone(arrays, family, deadline.within(deadline.left / (len(families) + 1 - number)))
        if found.x is not None:
            alone.append(relaxed.misses(found.x))
    if any(alone):
        return sentences(plan, sorted((each for each in alone if each), key=rank))
    relaxed = elastic(arrays, promises(arrays))
    found = solve_problem(relaxed.problem, replace(deadline.within(), gap=GAP))
    if found.x is None:
        return Clash(NO_ROOM if found.status == Status.INFEASIBLE else
                     "No plan keeps all promises in whole numbers. There was no time to find which of them clash.")
    misses = relaxed.misses(found.x)
    return all_missed(plan, misses) if misses else Clash(
        "No plan was found, yet no target or limit has to be missed: whole numbers leave no room within the solver's tolerance.")


def sentences(plan: Plan, alone: Sequence[list[Miss]]) -> Clash:
    """What clashes, and by how much the nearest plan misses each family with the others kept."""
    titles = [title(plan, worst(misses)) for misses in alone]
    kept = titles[0] if len(alone) == 1 else f"all of these promises: {'; '.join(titles)}"
    by = [worded(plan, worst(misses)) + needed(plan, worst(misses)) for misses in alone[:FAMILIES]]
    rest = ", with the rest kept," if len(alone) > 1 else ""
    found = clash_of(f"No plan keeps {kept}. The nearest one{rest} misses {'; or '.join(by)}.", alone)
    one = tuple((worst(misses).rule.full_name, worst(misses).key) for misses in alone)
    return replace(found, promises=tuple(titles), each=one)


def all_missed(plan: Plan, misses: list[Miss]) -> Clash:
    """The sentence if relaxing a single family is not enough."""
    listed = "; ".join(worded(plan, miss) for miss in sorted(one_each(misses), key=lambda miss: rank([miss])))
    return clash_of(f"No plan keeps all promises, and giving up any one of them is not enough. The nearest one misses {listed}.", [misses])


def clash_of(sentence: str, missed: Sequence[list[Miss]]) -> Clash:
    """The clash of what is missed, with its sentence."""
    return Clash(sentence, tuple((miss.rule.full_name, miss.key) for misses in missed for miss in misses))


def broken_rules(plan: Plan, arrays: Arrays, options: Options, fixed: Mapping[int, float]) -> list[str]:
    """The limits and promises that a given plan breaks, one line each; empty if none can be named."""
    deadline = Deadline(options)
    for rows in (promises(arrays), range(len(arrays.rows))):
        relaxed = elastic(arrays, rows)
        found = solve_problem(relaxed.problem.fixed(fixed), replace(deadline.within(), gap=GAP))
        if found.x is not None:
            return [f"{worded(plan, miss)}. {miss.rule.doc}" for miss in relaxed.misses(found.x)]
    return []


def rank(misses: list[Miss]) -> tuple[int, float, str]:
    """Targets first, then money, then the rest; within these the smallest relative miss first."""
    miss = worst(misses)
    kind = {"target": 0, "class": 1}.get(miss.rule.over[0], 2)
    return kind, miss.amount / miss.bound, str(family_of(miss.rule, miss.key))


def family_of(rule: Rule, key: Key) -> tuple[str, Any]:
    """The family of a row: all rows of its rule; each target, class of money, group, requirement and ban is a family of its own."""
    return rule.full_name, key[0] if rule.over[0] in OWN else ""


def worst(misses: list[Miss]) -> Miss:
    """The largest miss relative to its bound."""
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
    if miss.rule.over[0] in CHOSEN:
        definition, place = plan.case.definition, int(miss.key[0]) - 1
        asked = miss.rule.over[0] == "requirement"
        return f"requirement '{definition.require[place]}'" if asked else f"ban of '{definition.exclude[place]}'"
    if miss.rule.over[0] == "group":
        return f"{miss.rule.full_name} ({miss.key[0]})"
    if miss.rule.over[0] == "class":
        amount = said(miss.bound, miss.rule.promise, DIGITS) if is_money(miss.rule.promise) else f"{miss.bound:,.6g} {miss.rule.promise}"
        return f"{miss.rule.full_name} ({miss.key[0]}, {amount})"
    return miss.rule.full_name


def worded(plan: Plan, miss: Miss) -> str:
    """A missed row in words: which, where, by how much."""
    names = plan.case.calendar.names
    where = ", ".join(names[value] if name == "period" else str(value) for name, value in zip(miss.rule.over, miss.key, strict=True)
                      if name not in (*OWN, "slice"))
    unit = unit_in_words(plan, miss)
    if miss.how == OF_A_LIMIT:
        return f"{title(plan, miss)} by {AT_LEAST}{miss.amount:,.1%} of one of its limits"
    if miss.of_all:
        where = "at least one of its rows"
    amount = f"{miss.amount:,.1%} {unit}" if unit.startswith("of the") else f"{miss.amount:,.5g} {unit}".strip()
    amount = said(miss.amount, unit, DIGITS) if is_money(unit) else amount
    return f"{title(plan, miss)} by {miss.how}{amount}{f' in {where}' if where else ''}"


def unit_in_words(plan: Plan, miss: Miss) -> str:
    """The unit of a missed row; blank for a plain number."""
    unit = unit_of(plan.case, miss.rule.full_name, miss.rule.promise, miss.key)
    return "" if unit == "1" else unit


def needed(plan: Plan, miss: Miss) -> str:
    """What a target can reach, or what a cap on money would have to be."""
    if miss.rule.full_name in (TARGET, "goal.required_is_there"):
        unit = unit_in_words(plan, miss)
        if miss.bound - miss.amount <= VISIBLE * miss.bound:
            return " (none can be had)"
        return f" ({AT_MOST if miss.how == AT_LEAST else miss.how}{f'{miss.bound - miss.amount:,.5g} {unit}'.strip()} can be had)"
    if miss.rule.over == ("class",):
        amount = miss.bound + miss.amount
        needs = f"{said(amount, miss.rule.promise, DIGITS)} is" if is_money(miss.rule.promise) else f"{amount:,.6g} {miss.rule.promise} are"
        return f" ({miss.how}{needs} needed)"
    return ""
