"""Solve one scenario in this process. A failure is a result, not an exception, so that a sweep continues."""

from __future__ import annotations

import csv
import gc
import io
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from gwplan.analysis.scenarios.scenario import Result, Scenario, SharedInputs
from gwplan.common import stopping
from gwplan.common.errors import InputFaults, MissingValue
from gwplan.common.printable import cell_text
from gwplan.common.status import Status
from gwplan.inputs.memory import MemoryPath
from gwplan.inputs.tables import COLUMNS, GRADE_COLUMN

if TYPE_CHECKING:
    from collections.abc import Callable

    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.planning.build import Builder
    from gwplan.planning.request import Request
    from gwplan.solving.bases import Bases
    from gwplan.solving.linear_program import Arrays

LATEST = "latest"
"""Kind of the goal that puts IT power off; it is no goal of a model file."""
Guarded = TypeVar("Guarded", "Built | Result", Result)
MOST_LEFT = 5000
"""Columns of models that are done with, from which on memory is freed before the next: that takes as long as building a small one."""
_LEFT: list[int] = []
"""Columns of each model that was built since memory was freed."""


@dataclass(frozen=True)
class Built:
    """The model of a scenario, ready to be solved. seconds: time taken to build it; ordered: whether each of its goals is proven."""

    case: Case
    plan: Plan
    arrays: Arrays
    fixed: dict[int, float] | None
    seconds: float
    ordered: bool = False


@dataclass(frozen=True)
class Aids:
    """What makes a solve quick and changes nothing that is proven. bases: where earlier linear programs ended, and where these begin.

    guess: gives sites that the relaxation may open, if none are known.
    """

    bases: Bases | None = None
    guess: Callable[[], tuple[str, ...]] | None = None


def solve_scenario(question: SharedInputs, scenario: Scenario) -> Result:
    """Read, build and solve one scenario. Raises only KeyboardInterrupt, when interrupted."""
    return solve_built(question, build_scenario(question, scenario))


def build_scenario(question: SharedInputs, scenario: Scenario, builder: Builder | None = None) -> Built | Result:
    """Read and build one scenario, or its result if that fails. Raises only KeyboardInterrupt.

    builder: holds the last model, of which only what reads a changed number is stated again.
    """
    if builder is None and sum(_LEFT) > MOST_LEFT:
        gc.collect()  # free the previous models
        _LEFT.clear()
    return _guarded(lambda: _build(question, scenario, builder))


def solve_built(question: SharedInputs, built: Built | Result, aids: Aids | None = None) -> Result:
    """Solve a built scenario. Raises only KeyboardInterrupt, when interrupted."""
    if isinstance(built, Result):
        return built
    with stopping.noted() as asked:
        found = _guarded(lambda: _solve(question, built, aids or Aids()))
        if asked.is_set():  # an interrupted plan is not a result
            raise KeyboardInterrupt
    return replace(found, seconds=built.seconds + found.seconds)


def _guarded(work: Callable[[], Guarded]) -> Guarded | Result:
    """The result of some work, with its seconds; failures become results."""
    from gwplan.planning.build import uncollected

    began = time.perf_counter()
    found: Guarded | Result
    try:
        with uncollected():
            found = work()
    except InputFaults as error:
        found = Result(Status.FAULTY_INPUT, "; ".join(str(fault) for fault in error.faults))
    except MissingValue as error:
        found = Result(Status.FAULTY_INPUT, str(error))
    except Exception as error:  # noqa: BLE001 - a failed scenario is a row of the table, whatever the error
        found = Result(Status.FAILED, f"{type(error).__name__}: {' '.join(str(error).split())}")
    return replace(found, seconds=time.perf_counter() - began)


def _build(question: SharedInputs, scenario: Scenario, builder: Builder | None) -> Built | Result:
    from gwplan.planning import build
    from gwplan.solving import decisions

    case = build.read(request_of(question, scenario))
    plan, arrays = build.build(case) if builder is None else builder.build(case)
    _LEFT.append(len(arrays.variables))
    fixed = None
    if scenario.fix:
        fixing = decisions.fix(plan, arrays, decisions.plan_of(scenario.fix, "fix.csv", case))
        if fixing.impossible:
            return Result(Status.INFEASIBLE, "the fixed plan cannot be carried out: " + "; ".join(map(str, fixing.impossible)))
        fixed = fixing.values
    if any(rule.broken for rule in plan.rules):
        return Result(Status.INFEASIBLE, "a rule cannot hold: " + ", ".join(rule.full_name for rule in plan.rules if rule.broken))
    return Built(case, plan, latest(case, arrays) if scenario.latest else arrays, fixed, 0.0, scenario.ordered)


def request_of(question: SharedInputs, scenario: Scenario) -> Request:
    """The request of a scenario, its files in memory."""
    from gwplan.planning.request import Request

    files = dict(question.files)
    overlays = list(question.overlays)
    if scenario.rows:
        overlays.append(f"scenario/{scenario.file}.csv")
        files[overlays[-1]] = _table(scenario.rows).encode()
    folder = MemoryPath(files)
    sets = (*question.sets, *scenario.sets)
    return Request(folder / question.model, tuple(folder / name for name in overlays), sets, gap=question.gap,
                   time_limit=question.time_limit, threads=question.threads, seed=question.seed)


def latest(case: Case, arrays: Arrays) -> Arrays:
    """The arrays with a goal before their own: the least IT power before the first target holds."""
    import numpy as np

    from gwplan.model.shares import first_held
    from gwplan.solving.linear_program import Cost

    early = np.zeros(len(arrays.variables))
    for (name, key), column in arrays.columns.items():
        if name in ("accelerators.it_peak", "contracts.leased_peak") and key[-1] < first_held(case):
            early[column] = 1.0
    return replace(arrays, costs=[Cost(LATEST, False, early, 0.0, None, 0.0), *arrays.costs])


def _solve(question: SharedInputs, built: Built, aids: Aids) -> Result:
    from gwplan.planning import build
    from gwplan.results.store import finite
    from gwplan.results.summary import summarise
    from gwplan.solving import decisions
    from gwplan.solving.lexicographic import solve_goals

    case, plan, arrays, fixed = built.case, built.plan, built.arrays, built.fixed
    start = None
    if question.start and not fixed:
        start = decisions.start(plan, arrays, decisions.start_of(question.start, "start.csv", case))
    # Later goals only break ties of the first: no proof, which would take most of the time and not change the first goal.
    options = replace(build.options_of(case, None, None), likely=question.likely, prove_later=built.ordered, cancel=stopping.ASKED)
    options = replace(options, bases=aids.bases, guess=aids.guess)
    answer = solve_goals(arrays, options, fixed=fixed, start=start)
    if answer.x is None:
        status = Status.STOPPED_EMPTY if answer.status is Status.STOPPED else answer.status
        return Result(status, status.text + (f": {answer.reason}" if answer.reason else ""))
    build.load(plan, arrays, answer)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([decisions.HEADER, *decisions.rows(plan)])
    summary: dict[str, Any] = finite({"status": answer.status, **summarise(plan, answer, arrays)})
    return Result(answer.status, "", summary, text.getvalue(), opened=answer.opened)


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    """The rows of a scenario as the text of an overlay."""
    text = io.StringIO()
    header = ("table", *COLUMNS, *GRADE_COLUMN)
    csv.writer(text, lineterminator="\n").writerows([header, *([cell_text(cell) for cell in row] for row in rows)])
    return text.getvalue()
