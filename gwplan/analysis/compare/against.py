"""One run from request to run folder: read, build, solve, audit, write. The command line and other programs call this."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common import stopping

if TYPE_CHECKING:
    from gwplan.analysis.compare.comparison import Comparison
from gwplan.planning.run import Outcome, Request, solve


def solve_against(request: Request, base: Path | None) -> tuple[Outcome, Comparison | None]:
    """Run a request from the plan of another run, to a gap fit for comparing them, and compare. Without `base` just run it.

    The comparison is also put into the new run as `comparison.html`, unless the request is for no pages.
    """
    if base is None:
        return solve(request), None
    from gwplan.analysis.compare.comparison import COMPARISON_GAP, compare
    from gwplan.inputs.definition import read_definition
    from gwplan.results.run_folder import RunFolder

    RunFolder(base)  # a folder that is no run is a fault before anything is solved
    gap = min(COMPARISON_GAP, read_definition(request.model, request.sets).solver.gap) if request.gap is None else request.gap
    with stopping.noted():
        outcome = solve(replace(request, start=request.start or base, gap=gap))
        if outcome.run is None:
            return outcome, None
        comparison = compare(base, outcome.run)
        if request.pages:
            from gwplan.reports.webpage.comparison import write_comparison

            write_comparison([comparison], outcome.run / "comparison.html")
        return outcome, comparison
