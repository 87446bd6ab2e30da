"""A study: many scenarios of one question, solved in parallel and written to a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gwplan.analysis.scenarios import study_table
from gwplan.analysis.scenarios.cache import Cache
from gwplan.analysis.scenarios.executors import Executor, Processes, Serial, solve_all
from gwplan.analysis.scenarios.scenario import UNCHANGED, Result, Scenario, SharedInputs, ask
from gwplan.analysis.scenarios.study_table import PageWriter, Study
from gwplan.common.errors import InputFaults
from gwplan.inputs.memory import AnyPath


@dataclass(frozen=True)
class Execution:
    """How a study is solved: executor, cache, progress callback and page writer."""

    executor: Executor
    cache: Cache | None = None
    on_result: Callable[[int, Result], None] | None = None
    page: PageWriter | None = None

    def __enter__(self) -> Execution:
        """The context in which it solves."""
        return self

    def __exit__(self, *error: object) -> None:
        """Release the executor."""
        self.executor.close()


def checked(model: AnyPath, overlays: tuple[AnyPath, ...], sets: tuple[str, ...], scenarios: Sequence[Scenario]) -> None:
    """Read the case with the first scenario's sets, so that a name that matches nothing is reported at once. InputFaults.

    Faults of those sets name the --over that they come from.
    """
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    try:
        read(Request(model, overlays, (*sets, *scenarios[0].sets)))
    except InputFaults as error:
        own = {f"--set {each}": f"--over {each}" for each in scenarios[0].sets}
        raise InputFaults([replace(fault, file=own.get(fault.file, fault.file)) for fault in error.faults], error.warnings) from error


def base_digest(question: SharedInputs) -> str:
    """The cache key of the unchanged question."""
    return UNCHANGED.digest(question) + ".base"


def with_base(question: SharedInputs, execution: Execution, count: int, scenarios: Sequence[Scenario] = ()) -> tuple[SharedInputs, Result]:
    """The question with the base plan as a start, and the base result, from the cache if it is there.

    Meanwhile the executor prepares for `count` scenarios, some of which may be cached.
    """
    cache = execution.cache
    digest = base_digest(question)
    found = cache.get(digest) if cache is not None else None
    if found is None:
        execution.executor.begin(question, scenarios, count)
        found = execution.executor.unchanged(question)
        if cache is not None:
            cache.put(digest, found)
    return question.begun(found), found


def sweep(question: SharedInputs, scenarios: Sequence[Scenario], execution: Execution, runs: Path, kind: str = "sweep",
          facts: dict[str, object] | None = None) -> Study:
    """Solve all scenarios and write the folder of the study."""
    began = time.perf_counter()
    question, base = with_base(question, execution, len(scenarios), scenarios)
    cached = execution.cache.holds(scenario.digest(question) for scenario in scenarios) if execution.cache is not None else 0
    results = solve_all(question, scenarios, executor=execution.executor, cache=execution.cache, on_result=execution.on_result)
    columns = study_table.columns(scenarios, results)
    seconds = time.perf_counter() - began
    asked = (scenario.digest(question) for scenario in scenarios)
    more = {"scenarios": len(scenarios), "cached": cached, "seconds": seconds, **study_table.words([*results, base]), **(facts or {})}
    folder = study_table.write(runs, kind, question, asked, study_table.Content(more, {"table": columns}), execution.page)
    return Study(folder, columns, tuple(scenarios), tuple(results), base, cached, seconds)


@dataclass(frozen=True)
class StudyRequest:
    """What to solve many times, as the command line says it. Blank options are those of the model file; facts go into the manifest."""

    model: AnyPath
    scenarios: tuple[Scenario, ...]
    overlays: tuple[AnyPath, ...] = ()
    sets: tuple[str, ...] = ()
    gap: float | None = None
    time_limit: str | None = None
    workers: int | None = None
    cluster: str | None = None
    runs: Path = Path("runs")
    no_cache: bool = False
    on_result: Callable[[int, Result], None] | None = None
    facts: dict[str, object] | None = None
    page: PageWriter | None = None


def run(order: StudyRequest, kind: str = "sweep") -> Study:
    """Check, solve and write. InputFaults if the model is faulty or a name matches nothing; OSError if the folder cannot be written."""
    checked(order.model, order.overlays, order.sets, order.scenarios)
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    with execution_of(order) as execution:
        return sweep(question, order.scenarios, execution, order.runs, kind, order.facts)


def execution_of(order: StudyRequest) -> Execution:
    """The executor and cache of an order. OSError if the folder is not writable or there is no cluster."""
    from gwplan.results.drafts import ready

    kept = None if order.no_cache else order.runs / ".cache"
    ready(order.runs, *([] if kept is None else [kept]))
    executor: Executor
    if order.cluster is not None:
        from gwplan.analysis.scenarios.cluster import connect

        executor = connect(order.cluster)
    else:
        executor = Serial() if order.workers == 1 else Processes(order.workers)
    return Execution(executor, None if kept is None else Cache(kept), order.on_result, order.page)
