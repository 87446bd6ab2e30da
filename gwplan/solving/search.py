"""The search for one goal: bound it by its LP relaxation, look where the relaxation builds, and prove the rest only if need be.

The relaxation opens few of the sites. A plan for these alone is found quickly, and if it lies within the gap of the
relaxation's value, which bounds all plans, it is proven. Else the whole problem is solved from it. Where several sites are
opened, a plan for the one that is opened most is tried before. With finance in the plan, the physical plan is first sought
at the prices of money that the relaxation knows (`priced.py`).

After a change of some numbers the last plan mostly is near enough, or its sites are the ones to search (`ahead.py`). A plan that is near,
but not near enough, is held against a closer bound (`halves.py`) before anything else is searched.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from gwplan.common.status import Status
from gwplan.solving import lagrangian
from gwplan.solving.bounds import Known
from gwplan.solving.decomposition import relax
from gwplan.solving.disproof import Disproof
from gwplan.solving.highs import INTERRUPTED, decided, solve_arrays
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Aim, AnyOf, Found, Kept, Options
from gwplan.solving.site_openings import closed_but, opened
from gwplan.solving.warm_start import Ahead

OPEN = 0.5
"""A start's opening above this is one."""
INNER_GAP = 0.5
"""Share of the gap that the narrow search may use; the rest is for what the relaxation lacks."""
INNER_TIME = 0.5
"""Share of the time left that the narrow search may use."""


def search(arrays: Arrays, cost: Cost, options: Options, *, kept: Kept, fixed: Mapping[int, float], start: Mapping[int, float],
           likely: Collection[str] = ()) -> Found:
    """The best plan for a cost within the gap, or the best found in time, with the sites that its relaxation opens.

    likely: sites that may be among these, by default those of the start; a good guess finds the relaxation in a fifth of the time.
    """
    began = time.perf_counter()
    exact = options.gap <= 0 or not arrays.whole.any()
    likely = likely or opened(arrays, start)
    ahead = None if exact else Ahead.begun(arrays, cost, narrower(options), kept, fixed, start, likely)
    look = None if fixed or kept.rows else Disproof.begun(arrays, options, ahead)
    try:
        if look is not None and look.proven.is_set():
            return Found.without_plan(Status.INFEASIBLE)
        seen = options if look is None else replace(options, cancel=AnyOf((options.cancel, look.proven)))
        if exact:
            found = solve_arrays(arrays, cost, seen, kept=kept, fixed=fixed, start=start)
            return found if found.x is not None else without_plan(found, look, ahead)
        try:
            relaxed = relax(arrays, cost, seen, kept, fixed, likely)
        except KeyboardInterrupt:
            relaxed = Found.without_plan(Status.STOPPED, interrupted=True, reason=INTERRUPTED)
        if relaxed.status == Status.UNBOUNDED:  # whole numbers may leave no plan
            return decided(relaxed, arrays, cost, options, kept, fixed)
        if relaxed.status == Status.FAILED:  # the search may do without
            left = replace(options, time_limit=options.time_limit - (time.perf_counter() - began))
            return solve_arrays(arrays, cost, left, kept=kept, fixed=fixed, start=start)
        if relaxed.x is None or relaxed.status != Status.OPTIMAL:
            return without_plan(relaxed, look, ahead)
        if look is not None:
            look.cancel.set()
        known = Known(arrays, cost, fixed, relaxed, relaxed.bound, kept)
        left = replace(options, time_limit=options.time_limit - (time.perf_counter() - began))
        found = searched(known, left, opened(arrays, relaxed.x), start, ahead)
        return replace(found, seconds=time.perf_counter() - began)
    finally:
        if ahead is not None:
            ahead.cancel.set()
        if look is not None:
            look.cancel.set()


def without_plan(relaxed: Found, look: Disproof | None, ahead: Ahead | None) -> Found:
    """What there is without a relaxation: the proof that there is no plan, or the start as it is with the numbers of now."""
    if look is not None:
        look.end()
        if look.proven.is_set():
            return replace(relaxed, status=Status.INFEASIBLE, x=None)
    standing = ahead.settled() if ahead is not None and relaxed.status == Status.STOPPED else None
    if standing is None or standing.x is None:
        return replace(relaxed, x=None)
    return replace(standing, status=Status.STOPPED, bound=np.nan, gap=np.nan, interrupted=relaxed.interrupted, reason=relaxed.reason)


def searched(known: Known, options: Options, sites: tuple[str, ...], start: Mapping[int, float], ahead: Ahead | None) -> Found:
    """The plan for what is known of a goal. sites: those that the relaxation opens."""
    began, arrays, cost, closed = time.perf_counter(), known.arrays, known.cost, closed_but(known.arrays, sites)

    def left() -> Options:
        return replace(options, time_limit=options.time_limit - (time.perf_counter() - began))

    found = ahead.taken(known, closed) if ahead is not None else None
    if found is None:
        found = lagrangian.settled(arrays, cost, narrower(left()), kept=known.kept, fixed=known.fixed, relaxed=known.relaxed, closed=closed)
        if found is not None and known.gap(found) > options.gap:
            start, found = whole_of(arrays, found), None
    if found is None:
        found = among_few(known, left(), closed_but(arrays, sites[:1]), closed, start=start)
    if found.x is not None:
        proven = known.proves(found, left())
        found = replace(found, bound=known.bound, gap=known.gap(found), opened=sites)
        if proven:
            return replace(found, status=Status.OPTIMAL)
        start = whole_of(arrays, found)
    if found.interrupted or known.interrupted or left().time_limit <= 0:
        return replace(found, status=Status.STOPPED)
    full = solve_arrays(arrays, cost, left(), kept=known.kept, fixed=known.fixed, start=start)
    return replace(full if full.x is not None or full.status == Status.INFEASIBLE else found, opened=sites)


def whole_of(arrays: Arrays, found: Found) -> dict[int, float]:
    """The whole numbers of a plan by column."""
    assert found.x is not None
    return {int(n): float(round(found.x[n])) for n in np.flatnonzero(arrays.whole)}


def among_few(known: Known, options: Options, first: Mapping[int, float], closed: Mapping[int, float], *,
              start: Mapping[int, float]) -> Found:
    """The best plan that leaves closed what the relaxation does, or one that opens a single site, if it is near enough.

    first: openings at 0 for that; its search takes a tenth of the time, and ends as soon as it is seen to miss the aim.
    """
    arrays, cost, began = known.arrays, known.cost, time.perf_counter()
    if first != closed:
        fitting = {} if any(start.get(column, 0.0) > OPEN for column in first) else start
        aim = Aim(known.bound, options.gap)
        found = solve_arrays(arrays, cost, replace(narrower(options), aim=aim), kept=known.kept, fixed={**first, **known.fixed},
                             start=fitting)
        if found.interrupted or known.proves(found, options) or known.interrupted:
            return found
        options = replace(options, time_limit=options.time_limit - (time.perf_counter() - began))
        start = start if found.x is None else whole_of(arrays, found)
    aim = Aim(known.bound, options.gap)
    return solve_arrays(arrays, cost, replace(narrower(options), aim=aim), kept=known.kept, fixed={**closed, **known.fixed}, start=start)


def narrower(options: Options) -> Options:
    """The options of a search among few sites: a part of the gap and of the time."""
    return replace(options, gap=options.gap * INNER_GAP, time_limit=options.time_limit * INNER_TIME)
