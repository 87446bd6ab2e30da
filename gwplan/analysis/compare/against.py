"""A run from the plan of an earlier one, to a gap fit for comparing the two, and what changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gwplan.analysis.compare.comparison import COMPARISON_GAP, Comparison, compare
from gwplan.common import stopping
from gwplan.planning.build import read_definition
from gwplan.planning.request import Outcome, Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder


def solve_against(request: Request, base: Path | None) -> tuple[Outcome, Comparison | None]:
    """Run a request from the plan of another run, to a gap fit for comparing them, and compare. Without `base` just run it."""
    if base is None:
        return solve(request), None
    RunFolder(base)  # a folder that is no run is a fault before anything is solved
    gap = min(COMPARISON_GAP, read_definition(request.model, request.sets).solver.gap) if request.gap is None else request.gap
    with stopping.noted():
        outcome = solve(replace(request, start=request.start or base, gap=gap))
        return outcome, None if outcome.run is None else compare(base, outcome.run)
