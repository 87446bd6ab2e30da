"""The search for one goal: bound it by its LP relaxation, search the sites that the relaxation opens, and the rest only if needed.

The relaxation opens few of the sites. A plan for these alone is found quickly, the more so near the relaxation, and it is proven if
it is within the gap of the relaxation, which bounds all plans. Otherwise the whole problem is solved, starting from it. If several
sites are opened, a plan for the one that is opened most is tried first. With finance, the physical plan is first searched at the
prices of money in the relaxation (`lagrangian.py`).

After a change of some numbers the last plan is usually near enough, or its sites are the ones to search (`warm_start.py`). For a plan
that is near, but not near enough, the bound is tightened (`bounds.py`) before anything else is searched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from gwplan.common.status import Status
from gwplan.solving import lagrangian
from gwplan.solving.bounds import Bounds
from gwplan.solving.decomposition import relax
from gwplan.solving.disproof import Disproof
from gwplan.solving.highs import INTERRUPTED, decided, solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import AnyOf, Cutoff, Deadline, Options, SolveResult
from gwplan.solving.parts import solve_apart
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import closed_but, opened
from gwplan.solving.warm_start import Ahead

OPEN = 0.5
"""A site is open in a start if its opening is above this."""
MANY = 100
"""Above this number of whole numbers a plan near the relaxation is sought first."""
WHOLE = 1e-6
"""A number of the relaxation this close to a whole one is whole."""
INNER_GAP = 0.5
"""Share of the gap that the narrow search may use; the rest is for the distance of the relaxation."""
INNER_TIME = 0.5
"""Share of the time left that the narrow search may use."""


def search(problem: Problem, options: Options, likely: Collection[str] = ()) -> SolveResult:
    """The best plan within the gap, or the best found in time, with the sites that its relaxation opens.

    likely: sites that may be among these, by default those of the start; a good guess solves the relaxation in a fifth of the time.
    """
    deadline, arrays = Deadline(options), problem.arrays
    exact = options.gap <= 0 or not arrays.whole.any()
    likely = likely or opened(arrays, problem.start)
    ahead = None if exact else Ahead.begun(problem, narrower(options), likely)
    look = None if problem.fixed_columns or problem.extra_rows else Disproof.begun(arrays, options, ahead)
    try:
        if look is not None and look.proven.is_set():
            return look.refusal
        seen = options if look is None else replace(options, cancel=AnyOf((options.cancel, look.proven)))
        if exact:
            found = solve_apart(problem, seen)
            return found if found.x is not None else without_plan(found, look, ahead)
        try:
            relaxed = relax(problem, seen, likely or guessed(options, look))
        except KeyboardInterrupt:
            relaxed = SolveResult.without_plan(Status.STOPPED, interrupted=True, reason=INTERRUPTED)
        if relaxed.status == Status.UNBOUNDED:  # whole numbers may leave no plan
            return decided(relaxed, problem, options)
        if relaxed.status == Status.FAILED:  # the search may do without
            return solve_problem(problem, deadline.within())
        if relaxed.x is None or relaxed.status != Status.OPTIMAL:
            return without_plan(relaxed, look, ahead)
        if is_whole(arrays, relaxed):
            return replace(relaxed, opened=opened(arrays, relaxed.x), seconds=deadline.seconds)
        bounds = Bounds(problem, relaxed, relaxed.bound, options.gap)
        begun = None if look is None else look.begin(problem, narrower(deadline.within()), relaxed)
        if look is not None and look.proven.is_set():
            return look.refusal
        if begun is not None:
            found = from_plan(bounds, deadline, begun)
        else:
            found = searched(bounds, deadline.within(), opened(arrays, relaxed.x), ahead)
        return replace(found, seconds=deadline.seconds)
    finally:
        if ahead is not None:
            ahead.cancel.set()
        if look is not None:
            look.cancel.set()


def is_whole(arrays: Arrays, relaxed: SolveResult) -> bool:
    """True if a relaxation is a plan: its whole numbers are whole as they stand, and its duals are known. It is the best plan."""
    assert relaxed.x is not None
    found = relaxed.x[arrays.whole]
    return not relaxed.in_part and relaxed.row_duals is not None and bool(np.array_equal(found, np.rint(found)))


def from_plan(bounds: Bounds, deadline: Deadline, begun: SolveResult) -> SolveResult:
    """The plan of a goal with a bound, searched from a plan that is known to be possible, which stays if no other is found in time."""
    arrays = bounds.problem.arrays
    assert begun.x is not None and bounds.relaxed.x is not None
    sites = tuple(dict.fromkeys((*opened(arrays, bounds.relaxed.x), *opened(arrays, begun.x))))
    bounds.problem = bounds.problem.begun_at(arrays.rounded(begun.x))
    found = searched(bounds, deadline.within(), sites, None)
    if found.x is not None:
        return found
    known = replace(begun, status=Status.STOPPED, bound=bounds.bound, gap=bounds.gap(begun), opened=sites)
    return replace(known, interrupted=found.interrupted, reason=found.reason)


def guessed(options: Options, look: Disproof | None) -> tuple[str, ...]:
    """Sites that the relaxation may open: those of a coarser model, or those of the least money where a cap is near it."""
    if options.guess is None:
        return ()
    return options.guess() or (look.likely() if look is not None else ())


def without_plan(relaxed: SolveResult, look: Disproof | None, ahead: Ahead | None) -> SolveResult:
    """The result if there is no relaxation: infeasible if that is proven, or the start with the numbers of this model."""
    if look is not None:
        look.end()
        if look.proven.is_set():
            return look.refusal
    standing = ahead.settled() if ahead is not None and relaxed.status == Status.STOPPED else None
    if standing is None or standing.x is None:
        return replace(relaxed, x=None)
    return replace(standing, status=Status.STOPPED, bound=np.nan, gap=np.nan, interrupted=relaxed.interrupted, reason=relaxed.reason)


def searched(bounds: Bounds, options: Options, sites: tuple[str, ...], ahead: Ahead | None) -> SolveResult:
    """The plan of a goal with a bound. sites: those that the relaxation opens."""
    deadline, arrays, start = Deadline(options), bounds.problem.arrays, bounds.problem.start
    found = among_sites(bounds, options, sites, ahead)
    if found.x is not None:
        start = arrays.rounded(found.x)
        proven = bounds.proves(found, deadline.within())
        found = replace(found, bound=bounds.bound, gap=bounds.gap(found), opened=sites)
        if proven:
            return replace(found, status=Status.OPTIMAL)
    if found.interrupted or bounds.interrupted or deadline.left <= 0:
        return replace(found, status=Status.STOPPED)
    full = solve_problem(bounds.problem.begun_at(start), deadline.within())
    return replace(full if full.x is not None or full.status == Status.INFEASIBLE else found, opened=sites)


def among_sites(bounds: Bounds, options: Options, sites: tuple[str, ...], ahead: Ahead | None) -> SolveResult:
    """A plan on the sites that the relaxation opens: the first that is near enough, of the last plan and several searches.

    With finance a single site is searched late: its relaxation is nearly as large.
    """
    deadline, arrays, start = Deadline(options), bounds.problem.arrays, bounds.problem.start
    closed = closed_but(arrays, sites)

    standing = ahead.taken(bounds) if ahead is not None else None
    if standing is not None:
        return standing
    if arrays.financed:
        around = ahead.searched(closed) if ahead is not None else None
        if around is not None:
            return around
        physical = lagrangian.settled(bounds.problem, narrower(deadline.within()), bounds.relaxed, closed)
        if physical is not None and physical.x is not None:
            if bounds.gap(physical) <= options.gap:
                return physical
            start = arrays.rounded(physical.x)
    best = None
    for attempt in (nearby, single) if arrays.financed else (single, nearby):
        found = attempt(bounds, deadline.within(), closed, start)
        if found is not None and (found.interrupted or bounds.proves(found, deadline.within()) or bounds.interrupted):
            return found
        if found is not None and found.x is not None:
            best, start = found, arrays.rounded(found.x)
    found = solve_problem(bounds.problem.fixed(closed).begun_at(start), cut_off(bounds, deadline.within()))
    return found if found.x is not None or best is None else replace(best, status=Status.STOPPED, interrupted=found.interrupted)


def nearby(bounds: Bounds, options: Options, closed: Mapping[int, float], start: Mapping[int, float]) -> SolveResult | None:
    """The best plan near the relaxation: what is whole there stays. None with few whole numbers.

    closed: openings of sites that it closes.
    """
    if bounds.problem.arrays.whole.sum() <= MANY:
        return None
    return solve_problem(bounds.problem.fixed({**closed, **settled(bounds)}), cut_off(bounds, options))


def single(bounds: Bounds, options: Options, closed: Mapping[int, float], start: Mapping[int, float]) -> SolveResult | None:
    """The best plan on the site that the relaxation opens most; None if it opens no other. It ends once it cannot reach the cutoff."""
    arrays = bounds.problem.arrays
    assert bounds.relaxed.x is not None
    one = closed_but(arrays, opened(arrays, bounds.relaxed.x)[:1])
    if one == closed:
        return None
    fitting = {} if any(start.get(column, 0.0) > OPEN for column in one) else start
    return solve_problem(bounds.problem.fixed(one).begun_at(fitting), cut_off(bounds, options))


def settled(bounds: Bounds) -> dict[int, float]:
    """Whole numbers that are whole in the relaxation already, by column: the rest is few, and a plan near the relaxation is found at once.

    Source: Berthold 2014, RENS - the optimal rounding.
    """
    arrays, x = bounds.problem.arrays, bounds.relaxed.x
    assert x is not None
    whole = np.flatnonzero(arrays.whole)
    return {int(column): float(np.round(x[column])) for column in whole if abs(x[column] - np.round(x[column])) <= WHOLE}


def cut_off(bounds: Bounds, options: Options) -> Options:
    """The options of a search among few sites that ends once it has a plan within the gap, or cannot have one."""
    assert bounds.relaxed.x is not None
    spend = bounds.problem.cost.spend_in(bounds.relaxed.x) or 0.0
    return replace(narrower(options), cutoff=Cutoff(bounds.bound, options.gap, spend))


def narrower(options: Options) -> Options:
    """The options of a search among few sites: a part of the gap and of the time."""
    return replace(options, gap=options.gap * INNER_GAP, time_limit=options.time_limit * INNER_TIME)
