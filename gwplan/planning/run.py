"""One run from request to run folder: read, build, solve, audit, write. The command line and other programs call this."""

from __future__ import annotations

import importlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common import claims, stopping
from gwplan.planning.build import build, load, options_of, read, uncollected
from gwplan.planning.request import Clock, Outcome, Request

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.highs import Options
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays

LOG = logging.getLogger("gwplan")
SOLVED, INFEASIBLE, STOPPED_WITH_PLAN, STOPPED_WITHOUT_PLAN, FAILED = 0, 4, 5, 6, 1


def bring_in() -> None:
    """Import what writing, auditing and reporting need, while the solver works."""
    from gwplan.planning.run_writer import PAGES

    for name in ("pyarrow.parquet", "gwplan.results.store", "gwplan.results.summary", "gwplan.audit", "gwplan.reports.terminal.summary", *PAGES):
        importlib.import_module(name)


@uncollected()
def solve(request: Request) -> Outcome:
    """Run a request to its end. InputFaults if the inputs are wrong; OSError if the folder cannot be written.

    Asked to stop, it keeps the best plan that it has found; KeyboardInterrupt if the search has not begun.
    """
    clock = Clock(request.progress)
    with stopping.noted():
        with stopping.raising():
            with clock.phase("read"):
                case = read(request)
            if not request.no_solve:
                from gwplan.results.drafts import ready

                ready(request.runs)
            with clock.phase("build"):
                plan, arrays = build(case)
            if request.write_lp is not None:
                plan.pyomo.write(str(request.write_lp), format="cpxlp", io_options={"symbolic_solver_labels": True})
            stopping.check()
        if request.no_solve:
            return Outcome(SOLVED, "built", None, "Built, not solved.", arrays.sizes, case.warnings)
        with claims.scratch() as scratch:
            return search(request, clock, (case, plan, arrays), scratch / "solver.log")


def search(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], log: Path) -> Outcome:
    """Fix or start from an earlier plan, solve, and write what was found."""
    from gwplan.solving import decisions
    from gwplan.solving.lexicographic import solve_goals

    case, plan, arrays = built
    fixing = decisions.fix(plan, arrays, decisions.read_plan(request.fix, case)) if request.fix else None
    if fixing and fixing.impossible:
        lines = "; ".join(f"{each} (row {each.row})" for each in fixing.impossible)
        message = (f"The given plan cannot be carried out: {lines}. This would come before its earliest date or after the horizon, "
                   "or is not sold or offered then.")
        return Outcome(INFEASIBLE, "infeasible", None, message, arrays.sizes, case.warnings)
    fixed = fixing.values if fixing else None
    start = decisions.start(plan, arrays, decisions.read_start(request.start, case)) if request.start else None
    options = replace(options_of(case, log, clock), likely=request.likely, cancel=stopping.ASKED)
    with clock.phase("solve"):
        broken = any(rule.broken for rule in plan.rules)
        answer = None if broken else solve_goals(arrays, options, fixed=fixed, start=start)
    if answer is None or answer.status == "infeasible":
        with clock.phase("explain"):
            message = why_not(plan, arrays, options, fixed)
            if stopping.ASKED.is_set():
                message = "No plan keeps all the rules. Stopped before it was known which of them clash."
            return Outcome(INFEASIBLE, "infeasible", None, message, arrays.sizes, case.warnings)
    if answer.status == "unbounded":
        return Outcome(FAILED, "unbounded", None, "The goal has no end: some input makes money or compute without limit.", arrays.sizes)
    if answer.x is None:
        message = "Stopped before any plan was found. There may be one: more time, a wider gap or a looser limit may show it."
        return Outcome(STOPPED_WITHOUT_PLAN, "stopped", None, message, arrays.sizes, case.warnings)
    load(plan, arrays, answer)
    return write(request, clock, built, answer, log)


def why_not(plan: Plan, arrays: Arrays, options: Options, fixed: dict[int, float] | None) -> str:
    """The sentence for an infeasible model, or the list of rules that a given plan breaks."""
    from gwplan.solving import infeasibility

    quick = replace(options, time_limit=EXPLAIN_SECONDS, watch=None, log=None)
    if fixed and not any(rule.broken for rule in plan.rules):
        broken = infeasibility.broken_rules(plan, arrays, quick, fixed)
        if broken:
            return "The given plan breaks these rules:\n" + "\n".join(f"  {line}" for line in broken)
    return infeasibility.explain(plan, arrays, quick)


EXPLAIN_SECONDS = 20.0
"""Longest that each step of an explanation may take."""


def write(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, log: Path) -> Outcome:
    """Write the run folder, and say how the run ended."""
    from gwplan.planning.run_writer import write_run

    case, _, arrays = built
    run, found = write_run(request, clock, built, answer, log)
    if not found.ok:
        wrong = "; ".join(f"{each.name} at {each.where} by {each.worst:.3g}" for each in found.checks if not each.passed)
        return Outcome(FAILED, "audit failed", run, f"The audit found the answer wrong: {wrong}.", arrays.sizes, case.warnings)
    if answer.status != "optimal":
        message = "Stopped early: this is the best plan found so far."
        return Outcome(STOPPED_WITH_PLAN, "stopped", run, message, arrays.sizes, case.warnings, answer.opened)
    return Outcome(SOLVED, "optimal", run, "Solved to the gap.", arrays.sizes, case.warnings, answer.opened)
