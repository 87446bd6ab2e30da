"""One run from request to run folder: read, build, solve, audit, write."""

from __future__ import annotations

import importlib
import logging
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common import stopping
from gwplan.common.status import Status
from gwplan.planning.build import build, load, options_of, read, uncollected
from gwplan.planning.request import Clock, Outcome, PlanText, Request, WholeNumbers

if TYPE_CHECKING:
    from gwplan.audit import Audit
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.decisions import Decision
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays
    from gwplan.solving.options import Options, StopSignal

LOG = logging.getLogger("gwplan")
VENDOR_SECONDS = 60.0
"""Limit for each of the linear programs that compare vendors."""


def bring_in(request: Request) -> Callable[[], None]:
    """Imports, in parallel with the solver, the modules for auditing and writing, and calls the request's `meanwhile`."""
    def imported() -> None:
        for name in ("pyarrow.parquet", "gwplan.results.store", "gwplan.results.summary", "gwplan.audit"):
            importlib.import_module(name)
        if request.meanwhile is not None:
            request.meanwhile()

    return imported


@uncollected()
def solve(request: Request) -> Outcome:
    """Run a request. InputFaults if the inputs are faulty; OSError if the folder cannot be written.

    If interrupted, it keeps the best plan found; KeyboardInterrupt before the search has started.
    """
    clock = Clock(request.progress)
    if request.write_lp is not None:
        from gwplan.solving import model_file

        model_file.prove_writable(request.write_lp)
    with stopping.noted():
        with stopping.raising():
            with clock.phase("read"):
                case = read(request)
            if not request.no_solve:
                from gwplan.results.drafts import ready

                ready(request.runs)
            with clock.phase("build"):
                plan, arrays = build(case) if request.builder is None else request.builder(case)
            outcome = written_model(request, case, plan, arrays)
            stopping.check()
        if outcome.status is not Status.BUILT or request.no_solve:
            return outcome
        from gwplan.results import store

        with store.run_folder(request.runs, case.definition.name) as draft:
            return replace(search(request, clock, (case, plan, arrays), draft), note=outcome.note)


def written_model(request: Request, case: Case, plan: Plan, arrays: Arrays) -> Outcome:
    """Write the requested model file, if any; returns `built`, or why it could not be written."""
    if request.write_lp is None:
        return Outcome(Status.BUILT, None, "Built, not solved.", arrays.sizes, case.warnings)
    from gwplan.solving import model_file
    from gwplan.solving.handover import SolverRefusal

    try:
        note = model_file.write(plan, arrays, request.write_lp)
    except SolverRefusal as error:
        return Outcome(Status.FAILED, None, str(error), arrays.sizes, case.warnings)
    return Outcome(Status.BUILT, None, "Built, not solved.", arrays.sizes, case.warnings, note=note)


def search(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], draft: Path) -> Outcome:
    """Search, and write the plan into the draft of the run folder, which already holds the solver log."""
    from gwplan.planning import run_writer

    answer = sought(request, clock, built, draft / run_writer.LOG)
    return answer if isinstance(answer, Outcome) else written(built, answer, run_writer.write_draft(request, clock, built, answer, draft))


def sought(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], log: Path | None) -> Answer | Outcome:
    """Fix or start from an earlier plan, and solve: the answer, loaded into the model; or the outcome without a plan."""
    from gwplan.planning import guess, vendors
    from gwplan.solving import decisions
    from gwplan.solving.lexicographic import solve_goals

    case, plan, arrays = built
    fixing = decisions.fix(plan, arrays, given_plan(request.fix, case)) if request.fix else None
    if fixing and fixing.impossible:
        lines = "; ".join(f"{each} (row {each.row})" for each in fixing.impossible)
        message = (f"The given plan is not possible in this model: {lines}. The date is before the earliest one or after the horizon, "
        "or the item is not available then.")
        return Outcome(Status.INFEASIBLE, None, message, arrays.sizes, case.warnings)
    fixed = fixing.values if fixing else None
    start = start_of(request.start, built) if request.start else None
    options = replace(options_of(case, log, clock, bring_in(request)), likely=request.likely, cancel=asked_by(request))
    options = replace(options, bases=request.bases, stood=request.stood, finer=request.finer)
    options = replace(options, guess=guess.by_years(request, case, arrays, options))
    with clock.phase("solve"):
        broken = any(rule.broken for rule in plan.rules)
        answer = None if broken else solve_goals(arrays, options, fixed=fixed, start=start)
    if answer is None or answer.status == Status.INFEASIBLE:
        with clock.phase("explain"):
            left = replace(options, time_limit=options.time_limit - clock.seconds["solve"])
            message = why_not(request, clock, built, left, fixed, math.nan if answer is None else answer.bound)
            if stopping.ASKED.is_set() and not message:
                message = "No plan keeps all the rules. Stopped before the conflicting rules were known."
            return Outcome(Status.INFEASIBLE, None, message, arrays.sizes, case.warnings)
    if answer.status == Status.UNBOUNDED:
        return Outcome(Status.UNBOUNDED, None, "The model is unbounded: some input makes money or compute without limit.", arrays.sizes)
    if answer.status == Status.FAILED:
        return Outcome(Status.FAILED, None, f"No result: {answer.reason.rstrip('.')}.", arrays.sizes, case.warnings)
    if answer.x is None:
        why = f"{answer.reason[0].upper()}{answer.reason[1:]}. " if answer.reason else ""
        message = f"Stopped before any plan was found. {why}There may be one: try more time, a wider gap or looser limits."
        return Outcome(Status.STOPPED, None, message, arrays.sizes, case.warnings)
    if answer.status == Status.OPTIMAL and request.vendors and not request.fix:
        with clock.phase("vendors"):
            quiet = replace(options, time_limit=VENDOR_SECONDS, log=None, watch=None, meanwhile=None)
            found = vendors.compared(built, answer, quiet)
            answer = replace(answer, vendors=None if quiet.stopped else found)  # one not looked at is none that cannot deliver
    answer = replace(answer, free=fixing.free) if fixing else answer
    load(plan, arrays, answer)
    return answer


def asked_by(request: Request) -> StopSignal:
    """Set once this process, or this request alone, is asked to stop."""
    from gwplan.solving.options import AnyOf

    return stopping.ASKED if request.cancel is None else AnyOf((stopping.ASKED, request.cancel))


def given_plan(given: Path | PlanText, case: Case) -> list[Decision]:
    """The decisions of a plan given as a file or as text. InputFaults if invalid."""
    from gwplan.solving import decisions

    return decisions.plan_of(given.text, given.name, case) if isinstance(given, PlanText) else decisions.read_plan(given, case)


def start_of(given: Path | PlanText | WholeNumbers, built: tuple[Case, Plan, Arrays]) -> dict[int, float]:
    """The whole numbers to start from, by column, of a plan given as a file, as text or as they are. InputFaults if invalid."""
    from gwplan.solving import decisions

    case, plan, arrays = built
    if isinstance(given, WholeNumbers):
        return {column: round(given.of[key]) for key, column in arrays.columns.items() if arrays.whole[column] and key in given.of}
    found = decisions.start_of(given.text, given.name, case) if isinstance(given, PlanText) else decisions.read_start(given, case)
    return decisions.start(plan, arrays, found)


def why_not(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], options: Options, fixed: dict[int, float] | None,
            least: float = math.nan) -> str:
    """The message for an infeasible model, or the list of rules that a given plan violates.

    options: with the remaining time. least: the least money of any plan, where that is above a cap.
    """
    from gwplan.planning import blame
    from gwplan.solving import infeasibility
    from gwplan.solving.options import Deadline

    _, plan, arrays = built
    quick = replace(options, time_limit=min(EXPLAIN_SECONDS, options.time_limit), watch=None, meanwhile=None, log=None)
    deadline = Deadline(quick)
    if deadline.left <= 0:
        return "No plan keeps all the rules. There was no time left to find the conflicting ones."
    try:
        if fixed and not any(rule.broken for rule in plan.rules):
            broken = infeasibility.broken_rules(plan, arrays, quick, fixed)
            if broken:
                return "The given plan violates these rules:\n" + "\n".join(f"  {line}" for line in broken)
        impossible = any(rule.broken for rule in plan.rules)
        part = None if impossible else infeasibility.clashing(arrays, deadline)
        found = infeasibility.too_little_money(plan, arrays, least, deadline) if part is None and math.isfinite(least) else None
        found = found or infeasibility.explain(plan, arrays, deadline, part)
        building = clock.seconds["read"] + clock.seconds["build"]
        look = blame.Look(deadline, building, in_whole=part is None and not impossible, build=model_without)
        enough = enough_alone(request, built, (found, part), building, options) if request.remedies else ""
        return found.sentence + enough + blame.sentence(request, look, found)
    except KeyboardInterrupt:
        return "No plan keeps all the rules. Stopped before the conflicting ones were found."


def enough_alone(request: Request, built: tuple[Case, Plan, Arrays], clash: Any, seconds: float, options: Options) -> str:
    """The changes of one number that are enough, or of two, verified, in a sentence with a leading space; blank if there was no time."""
    from gwplan.planning import why
    from gwplan.planning.remedy import Models
    from gwplan.solving.options import Deadline

    limited = Deadline(replace(options, time_limit=min(REMEDY_SECONDS, options.time_limit), watch=None, meanwhile=None, log=None))
    found = why.enough(Models(request, built, seconds), limited, clash)
    if found.enough:
        return f" Enough alone, each verified by a solve: {'; '.join(each.words for each in found.enough)}. `gwplan why` looks further."
    if found.pairs:
        words = "; or ".join(each.words for each in found.pairs[:PAIRS])
        return f" No change of one number is enough. Enough together, verified by a solve: {words}. `gwplan why` looks further."
    return ""


def model_without(request: Request) -> tuple[Plan, Arrays]:
    """The model of a request, built to test a change of the user."""
    return build(read(request))


EXPLAIN_SECONDS, REMEDY_SECONDS = 10.0, 20.0
PAIRS = 2
"""Time limit of an explanation, and of the search for changes that are enough."""


def write(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer) -> Outcome:
    """Write the run folder of a plan in memory; returns the outcome."""
    from gwplan.planning.run_writer import write_run

    return written(built, answer, write_run(request, clock, built, answer))


def written(built: tuple[Case, Plan, Arrays], answer: Answer, folder: tuple[Path, Audit]) -> Outcome:
    """The outcome of a run whose folder is written and audited."""
    from gwplan.results.fleets import warnings_of

    (_, plan, arrays), (run, found) = built, folder
    warnings = list(warnings_of(plan))
    if not found.ok:
        wrong = "; ".join(f"{each.name} at {each.where} by {each.worst:.3g}" for each in found.checks if not each.passed)
        return Outcome(Status.AUDIT_FAILED, run, f"The audit failed: {wrong}.", arrays.sizes, warnings)
    if answer.status != Status.OPTIMAL:
        message = f"Stopped early{f', as {answer.reason}' if answer.reason else ''}: this is the best plan found so far."
        return Outcome(Status.STOPPED, run, message, arrays.sizes, warnings, answer.opened)
    return Outcome(Status.OPTIMAL, run, "Solved to the gap.", arrays.sizes, warnings, answer.opened)
