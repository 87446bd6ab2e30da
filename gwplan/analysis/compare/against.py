"""Solve from an earlier run's plan, to the model's gap and then as near to one that is fine enough for comparison, and compare the two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gwplan.analysis.compare.comparison import COMPARISON_GAP, Comparison, compare
from gwplan.common import stopping
from gwplan.planning.request import Outcome, Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder


def solve_against(request: Request, base: Path | None) -> tuple[Outcome, Comparison | None]:
    """Run a request from another run's plan, and compare. Without `base`, only run it.

    Where no gap is given, one that is fine enough for comparison is tried for, for half as long again; the gap reached is in the run.
    """
    if base is None:
        return solve(request), None
    run = RunFolder(base)  # rejects a folder that is not a run before solving
    stood = float(run.summary.get("gap") or 0.0)
    with stopping.noted():
        outcome = solve(replace(request, start=request.start or base, stood=stood, finer=COMPARISON_GAP if request.gap is None else None))
        return outcome, None if outcome.run is None else compare(base, outcome.run)
