"""The smallest change of one number alone that makes an infeasible model feasible, each verified by a solve of the changed model.

A limit is in proportion to its number, so a linear program gives the least share by which it must be missed, and the same problem
in whole numbers, on the sites that it opens, a plan that misses little more. The number is changed by that share, rounded to the
feasible side, and the changed model is read, built and solved: only what has a plan then is told. A target's date moves period by
period: the first one without a clash in the relaxation, then the first with a plan.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.common.calendar import MONTHS_A_YEAR, MONTHS_OF
from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.model.linear import value_of
from gwplan.model.targets import held_in
from gwplan.planning.remedy import Models, Remedy, Sought
from gwplan.solving.decomposition import relax
from gwplan.solving.disproof import missed, nearest
from gwplan.solving.elastic import TARGET, VISIBLE, dates, scale_of, until
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Deadline, SolveResult
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import closed_but, opened, sites_of

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.planning.levers import Lever

NEAR = 0.01
"""Relative gap of the share in whole numbers."""
SMALL = 5000
"""Columns up to which the least share is sought on all sites too, not only on those that the relaxation opens: ties open either."""
DIGITS = 3
"""Digits of a changed number."""
STEPS = (1.0, 1.02, 1.1)
"""Multiples of the share that are tried where the changed model has no plan at once."""
MOST = 1e6
"""Above this share a limit is no longer changed."""
SEARCH, PROOF = 2.5, 6.0
"""Seconds of each search for one share at first, and for one plan of a changed model."""


def sought(models: Models, lever: Lever, deadline: Deadline, seconds: float = SEARCH) -> Sought:
    """The smallest verified change of one number. seconds: of each of its searches in whole numbers."""
    return dated(models, lever, deadline) if lever.date else scaled(models, lever, deadline, seconds)


def scaled(models: Models, lever: Lever, deadline: Deadline, seconds: float = SEARCH) -> Sought:
    """The smallest factor of a number. A target falls to nothing at the least."""
    _, plan, arrays = models.built
    rows = [row for row, (rule, key) in enumerate(arrays.rows) if lever.follows(rule, key)]
    least = broken_share(plan, lever)
    if hopeless(least, lever):
        return Sought(proven=True)
    problem = missed_alike(arrays, rows, more={*rows} if lever.more else ())
    bound, likely = least_share(problem, deadline)
    if not usable(bound, lever):
        return Sought(proven=deadline.left > 0 and hopeless(bound, lever))
    relaxed = relax(problem, deadline.within(), likely)
    if relaxed.x is None or relaxed.status != Status.OPTIMAL or not usable(relaxed.x[-1], lever):
        sure = relaxed.status == Status.INFEASIBLE or (relaxed.x is not None and hopeless(relaxed.x[-1], lever))
        return Sought(proven=relaxed.status in (Status.OPTIMAL, Status.INFEASIBLE) and sure)
    found = in_whole_numbers(problem, relaxed.x, deadline, seconds)
    if found.x is None or not usable(found.x[-1], lever):
        every = solve_problem(problem, deadline.within(seconds))
        if every.x is None or not usable(every.x[-1], lever):
            return Sought(proven=every.status == Status.INFEASIBLE or (every.x is not None and hopeless(every.bound, lever)))
        found = every
    assert found.x is not None
    share = max(least, float(found.x[-1]))
    bound = max(least, bound, float(relaxed.x[-1]), found.bound if np.isfinite(found.bound) else 0.0)
    for step in STEPS:
        factor = rounded(1 + share * step if lever.more else 1 - share * step, up=lever.more, base=lever.before)
        if deadline.left <= 0 or factor <= 0:
            break
        verified = plan_of(models, [lever.by(factor)], found.x[:-1], deadline)
        if verified is not None:
            needed = lever.by(1 + bound if lever.more else 1 - bound)
            return Sought(Remedy(lever, lever.by(factor), abs(factor - 1), verified, needed, bound=bound))
    return Sought()


def least_share(problem: Problem, deadline: Deadline) -> tuple[float, tuple[str, ...]]:
    """No smaller share is enough: without whole numbers and without what is after the first date of a target; infinite where none is.

    And the sites that it opens: all that follows is solved in a fifth of the time if these are known to be likely.
    """
    first = dates(problem.arrays)
    part = problem if not first else replace(problem, arrays=until(problem.arrays, first[0]))
    found = solve_problem(part.relaxed(), deadline.within())
    if found.x is None or found.status != Status.OPTIMAL:
        return np.inf, ()
    return float(found.x[-1]), opened(problem.arrays, found.x)


def in_whole_numbers(problem: Problem, x: Floats, deadline: Deadline, seconds: float = SEARCH) -> SolveResult:
    """The least share in whole numbers: near the relaxation, then on all the sites that it opens; of few columns on all sites.

    x: of the relaxation.

    Near it: what is whole there stays, and the rest is sought (RENS: Berthold 2014, RENS - the optimal rounding).
    bound: of all plans only where the relaxation opens all sites; otherwise none.
    """
    arrays = problem.arrays
    sites = opened(arrays, x)
    closed = closed_but(arrays, sites)
    whole = np.flatnonzero(arrays.whole)
    settled = {int(column): float(np.round(x[column])) for column in whole if abs(x[column] - np.round(x[column])) <= VISIBLE}
    options = replace(deadline.within(seconds), gap=NEAR)
    near = solve_problem(problem.fixed({**closed, **settled}), options)
    if near.x is not None and near.objective <= problem.cost.value(x) * (1 + NEAR) + VISIBLE:
        return replace(near, bound=np.nan)
    start = arrays.rounded(near.x) if near.x is not None else {}
    found = solve_problem(problem.fixed(closed).begun_at(start), replace(deadline.within(seconds), gap=NEAR))
    best = found if found.x is not None and (near.x is None or found.objective <= near.objective) else near
    if best.x is not None and len(sites) < len(sites_of(arrays)) and len(arrays.variables) <= SMALL:
        every = solve_problem(problem.begun_at(arrays.rounded(best.x)), replace(deadline.within(seconds), gap=NEAR))
        return every if every.x is not None and every.objective <= best.objective else replace(best, bound=np.nan)
    return best if best is found and len(sites) == len(sites_of(arrays)) else replace(best, bound=np.nan)


def usable(share: float, lever: Lever) -> bool:
    """True for a share by which a number can be changed: a target keeps some of its amount, a limit grows within reason."""
    return bool(share <= MOST) if lever.more else bool(share < 1 - VISIBLE)


def broken_share(plan: Plan, lever: Lever) -> float:
    """The share that rows without a variable need, which are false as they are; 0 without such rows, infinite where the bound is 0."""
    shares = [0.0]
    for rule in plan.rules:
        for key, missed_by in rule.broken.items():
            if lever.follows(rule, key):
                bound = abs(value_of(rule.sides[key].right)) if key in rule.sides else 0.0
                shares.append(missed_by / bound if bound else np.inf)
    return max(shares)


def hopeless(share: float, lever: Lever) -> bool:
    """True for a share that proves that no change of a number is enough: none there is, or nothing is left of a target."""
    return not np.isfinite(share) if lever.more else not usable(share, lever)


def rounded(factor: float, *, up: bool, base: float | None) -> float:
    """A factor such that the number times it has few digits, on the side that is feasible."""
    number = factor * (base or 1.0)
    if number <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(number)) - DIGITS + 1)
    whole = number / unit
    return (math.ceil(whole - VISIBLE) if up else math.floor(whole + VISIBLE)) * unit / (base or 1.0)


def missed_alike(arrays: Arrays, rows: Iterable[int], *, more: Collection[int]) -> Problem:
    """Minimise the share by which rows miss their bounds alike, or what they allow at an open site: the last column.

    more: those of the rows that may use more than at most their bound; the others may have less than at least it.
    """
    from scipy.sparse import csc_matrix, hstack

    places = np.array(list(rows), dtype=int)
    signs = np.array([-1.0 if row in more else 1.0 for row in places])
    bounds = scale_of(arrays)[places]
    column = csc_matrix((signs * bounds, (places, np.zeros(len(places), dtype=int))), shape=(len(arrays.rows), 1))
    redundant = np.array([rule.redundant for rule, _ in arrays.rows])
    larger = replace(arrays, matrix=hstack([arrays.matrix, column], format="csc"), variables=[*arrays.variables, None],
                     whole=np.append(arrays.whole, False), lower=np.where(redundant, -np.inf, arrays.lower),
                     upper=np.where(redundant, np.inf, arrays.upper))
    return Problem(larger, Cost("least_missed", False, np.append(np.zeros(len(arrays.variables)), 1.0), 0.0, None, 0.0))


def plan_of(models: Models, changes: Sequence[str], near: Floats, deadline: Deadline) -> dict[tuple[str, tuple[object, ...]], float] | None:
    """The whole numbers of a plan of the changed model; None if it has none, or none is found in time. near: to try first."""
    old = models.built[2]
    try:
        _, plan, arrays = models.changed(changes)
    except InputFaults:
        return None
    if models.broken(plan):
        return None
    whole = {key: round(float(near[column])) for key, column in old.columns.items() if old.whole[column]}
    start = {column: float(whole[key]) for key, column in arrays.columns.items() if arrays.whole[column] and key in whole}
    problem = Problem(arrays, nothing(arrays))
    found = solve_problem(problem.relaxed().fixed(start), deadline.within(PROOF))
    if found.x is None:
        sites = closed_but(arrays, opened(arrays, start))
        found = solve_problem(problem.fixed(sites).begun_at(start), deadline.within(PROOF))
    if found.x is None:
        return None
    return {key: float(found.x[column]) for key, column in arrays.columns.items() if arrays.whole[column]}


def dated(models: Models, lever: Lever, deadline: Deadline) -> Sought:
    """The first later date of a target with a plan: a bisection on the relaxation, then one in whole numbers."""
    case, plan, arrays = models.built
    number = int(lever.rules[0][1])
    held = held_in(case, case.definition.targets[number - 1])
    dates_of = [quarter_or_month(period.first) for period in case.calendar.periods]

    def without(later: int) -> Arrays:
        """The model without the first periods of the target, and without rows that follow from a target and only tighten the relaxation."""
        kept = [row for row, (rule, key) in enumerate(arrays.rows)
                if not rule.redundant and not (rule.full_name == TARGET and int(key[0]) == number and int(key[1]) < held[0] + later)]
        return arrays.of_rows(kept)

    likely: tuple[str, ...] = ()
    broken = models.broken(plan)

    def clash(later: int) -> bool:
        """True if there is no plan even without whole numbers and without what is after the date, or time is over."""
        nonlocal likely
        if any(rule.full_name != TARGET or int(key[0]) != number or int(key[1]) >= held[0] + later for rule, key in broken):
            return True
        part, found = nearest(until(without(later), held[0] + later), deadline.within())
        if found.x is not None and not missed(found):
            likely = opened(part.arrays, found.x)
        return missed(found) or found.x is None

    low, high = 1, len(held) - 1
    if high < 1 or clash(high):
        return Sought(proven=deadline.left > 0)
    while low < high and deadline.left > 0:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if clash(middle) else (low, middle)
    proven, best, last, step = low, None, len(held), 1
    while low < last and deadline.left > 0:
        # As late as without whole numbers is often late enough: steps from there that double, until there is a plan.
        later = min(low + step - 1, last - 1) if best is None else (low + last) // 2
        step *= 2
        part = without(later)
        relaxed = relax(Problem(part, nothing(part)), deadline.within(), likely)
        found = in_whole_numbers(Problem(part, nothing(part)), relaxed.x, deadline) if relaxed.x is not None else relaxed
        change = lever.to(dates_of[held[0] + later])
        verified = plan_of(models, [change], found.x, deadline) if found.x is not None else None
        if verified is None:
            low = later + 1
            continue
        last, needed = later, lever.to(dates_of[held[0] + proven])
        best = Remedy(lever, change, later / len(dates_of), verified, needed, uncapped(case, held[0] + later))
    return Sought(best)


def uncapped(case: Case, period: int) -> str:
    """That the cap on capital ends before a period, in words; blank where it does not."""
    if "budget" not in case.definition.parts or "capital" not in case.items("class"):
        return ""
    until = case.date("budget", "capital", "until")
    late = until is not None and until.last < case.calendar.periods[period].first
    return f"the cap on capital ends with {until}: what is paid later is not capped" if late else ""


def quarter_or_month(month: int) -> str:
    """A month, counted from year 0, as a date: the quarter that it begins, if it begins one."""
    year, inside = divmod(month, MONTHS_A_YEAR)
    quarter, rest = divmod(inside, MONTHS_OF["quarter"])
    return f"{year}-{inside + 1:02d}" if rest else f"{year}-Q{quarter + 1}"


def together(models: Models, levers: Sequence[Lever], deadline: Deadline) -> list[tuple[str, str]]:
    """The least share by which all of these numbers have to give alike: each `--set` and its words; empty if none was verified."""
    _, _, arrays = models.built
    kept = {lever.key for lever in levers}
    levers = [lever for lever in levers if lever.part_of not in kept]
    followed = [(row, lever.more) for row, (rule, key) in enumerate(arrays.rows) for lever in levers if lever.follows(rule, key)]
    less, more = ({row for row, way in followed if way is each} for each in (False, True))
    problem = missed_alike(arrays, [*less, *more], more=more)
    relaxed = relax(problem, deadline.within(), least_share(problem, deadline)[1])
    if relaxed.x is None or relaxed.status != Status.OPTIMAL:
        return []
    found = in_whole_numbers(problem, relaxed.x, deadline)
    if found.x is None or found.x[-1] >= 1 - VISIBLE:
        return []
    changes = []
    for lever in levers:
        factor = 1 + found.x[-1] if lever.more else 1 - found.x[-1]
        changes.append(lever.by(rounded(float(factor), up=lever.more, base=lever.before)))
    verified = plan_of(models, changes, found.x[:-1], deadline)
    return [(change, lever.words(lever.new(change))) for lever, change in zip(levers, changes, strict=True)] if verified is not None else []
