"""The search for one goal: bound it by its LP relaxation, look where the relaxation builds, and prove the rest only if need be.

The relaxation opens few of the sites. A plan for these alone is found quickly, and if it lies within the gap of the
relaxation's value, which bounds all plans, it is proven. Else the whole problem is solved from it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gwplan.arrays import Arrays, Cost, Floats
from gwplan.solver import Basis, Found, Kept, Options, gap_of, solve_arrays, spend_of

CLOSED = 1e-6
"""A share of a site that the relaxation opens below this is none."""
INNER_GAP = 0.5
"""Share of the gap that the narrow search may use; the rest is for what the relaxation lacks."""
INNER_TIME = 0.5
"""Share of the time left that the narrow search may use."""


def search(arrays: Arrays, cost: Cost, options: Options, *, kept: Kept, fixed: Mapping[int, float], start: Mapping[int, float],
           basis: Basis | None = None) -> Found:
    """The best plan for a cost within the gap, or the best found in time; with the basis of its relaxation, which `basis` speeds up."""
    began = time.perf_counter()

    def left() -> Options:
        return replace(options, time_limit=options.time_limit - (time.perf_counter() - began))

    if options.gap <= 0 or not arrays.whole.any():
        return solve_arrays(arrays, cost, options, kept=kept, fixed=fixed, start=start)
    relaxed = solve_arrays(replace(arrays, whole=np.zeros_like(arrays.whole)), replace(cost, spend=None), options, kept=kept, fixed=fixed,
                           basis=basis)
    if relaxed.x is None or relaxed.status != "optimal":
        return replace(relaxed, x=None)
    narrow = {**closed_sites(arrays, relaxed.x), **fixed}
    inner = replace(left(), gap=options.gap * INNER_GAP, time_limit=left().time_limit * INNER_TIME)
    found = solve_arrays(arrays, cost, inner, kept=kept, fixed=narrow, start=start)
    if found.x is not None:
        x = found.x
        gap = gap_of(found.objective, relaxed.objective, spend_of(cost, x))
        found = replace(found, bound=relaxed.objective, gap=gap, seconds=time.perf_counter() - began, basis=relaxed.basis)
        if gap <= options.gap:
            return replace(found, status="optimal")
        start = {int(n): float(round(x[n])) for n in np.flatnonzero(arrays.whole)}
    if found.interrupted or left().time_limit <= 0:
        return replace(found, status="stopped")
    full = solve_arrays(arrays, cost, left(), kept=kept, fixed=fixed, start=start)
    return replace(full if full.x is not None or full.status == "infeasible" else found, seconds=time.perf_counter() - began,
                   basis=relaxed.basis)


def closed_sites(arrays: Arrays, x: Floats) -> dict[int, float]:
    """Openings, by column, of the sites that the relaxation leaves closed: all 0."""
    openings = {key: column for (name, key), column in arrays.columns.items() if name == "sites.opening"}
    used = {key[0] for key, column in openings.items() if x[column] > CLOSED}
    return {column: 0.0 for key, column in openings.items() if key[0] not in used}
