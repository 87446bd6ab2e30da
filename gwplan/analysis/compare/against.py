"""Solve from an earlier run's plan, to a gap tight enough for comparison, and compare the two."""

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
    """Run a request from another run's plan, to a gap tight enough for comparison, and compare. Without `base`, only run it."""
    if base is None:
        return solve(request), None
    RunFolder(base)  # reject a folder that is not a run before solving
    gap = min(COMPARISON_GAP, read_definition(request.model, request.sets).solver.gap) if request.gap is None else request.gap
    with stopping.noted():
        outcome = solve(replace(request, start=request.start or base, gap=gap))
        return outcome, None if outcome.run is None else compare(base, outcome.run)
