"""Executors of scenarios: in this process or in several local processes; `cluster.py` adds other machines."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import Protocol, TypeVar

from gwplan.analysis.scenarios.cache import Cache
from gwplan.analysis.scenarios.scenario import UNCHANGED, Result, Scenario, SharedInputs
from gwplan.analysis.scenarios.worker import Built, build_scenario, solve_built, solve_scenario
from gwplan.common import stopping
from gwplan.common.status import Status

Numbered = tuple[int, Scenario]
OnResult = Callable[[int, Result], None]
Given = TypeVar("Given")
LOST = "the process that solved it ended three times without an answer (out of memory?)"


AHEAD = 3
"""Number of models that each process builds in advance while the unchanged question is solved: limited by memory."""
TRACKER = "ignore::UserWarning:multiprocessing.resource_tracker"
"""Warning filter for Python's resource tracker, which frees semaphores of killed processes: no output."""
NEEDED = (
    "gwplan.planning.run", "gwplan.solving.lexicographic", "gwplan.results.summary", "gwplan.solving.decisions", "gwplan.model.assemble",
    "gwplan.solving.linear_program", "gwplan.inputs.case",
)
"""Modules that a process imports on start."""


class Executor(Protocol):
    """Solves numbered scenarios of a question and yields their results as they finish, in any order."""

    def begin(self, question: SharedInputs, scenarios: Sequence[Scenario], count: int) -> None:
        """Prepare for `count` scenarios, some of which may be cached, while the unchanged question is solved."""
        ...

    def unchanged(self, question: SharedInputs) -> Result:
        """The result of the unchanged question."""
        ...

    def run(self, question: SharedInputs, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. Gone if no process or worker is left."""
        ...

    def close(self) -> None:
        """Release processes and connections."""
        ...


class Gone(OSError):
    """All processes or workers are lost; the message says which."""


class Serial:
    """One scenario after the other, in this process."""

    def begin(self, question: SharedInputs, scenarios: Sequence[Scenario], count: int) -> None:
        """Nothing to prepare."""

    def unchanged(self, question: SharedInputs) -> Result:
        """Solve it in this process."""
        return solve_scenario(question, UNCHANGED)

    def run(self, question: SharedInputs, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios in order."""
        for number, scenario in scenarios:
            result = solve_scenario(question, scenario)
            stopping.check()  # a result broken off by the signal is discarded
            yield number, result

    def close(self) -> None:
        """Nothing to release."""


def cores() -> int:
    """Number of cores available to this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Several local processes; each reads the question once."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self._begun: ProcessPoolExecutor | None = None
        self._built: frozenset[Scenario] = frozenset()
        self._unchanged: Future[Result] | None = None

    def begin(self, question: SharedInputs, scenarios: Sequence[Scenario], count: int) -> None:
        """Start the processes, whose imports take seconds, and let them build the first models.

        If no scenario is known yet, the first process solves the unchanged question, so that the caller can do other work.
        """
        workers = min(self.workers, count)
        if self._begun is None and count:
            self._begun = self._pool(workers)
            if not scenarios:
                self._unchanged = _submit(self._begun, solve_scenario, question, UNCHANGED)
        if self._begun is not None and not self._built:
            self._built = frozenset(scenarios[:workers * AHEAD])
            for first in range(workers if scenarios else 0):
                _submit(self._begun, _build, question, scenarios[first:workers * AHEAD:workers])

    def unchanged(self, question: SharedInputs) -> Result:
        """The result from the process that started it, else solved in this process."""
        begun, self._unchanged = self._unchanged, None
        try:
            return begun.result() if begun is not None else solve_scenario(question, UNCHANGED)
        except BrokenProcessPool:
            self._begun = None
            return solve_scenario(question, UNCHANGED)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the processes."""
        begun, self._begun = self._begun, None
        if begun is not None:
            _end(begun)
            begun.shutdown(wait=True, cancel_futures=True)

    @staticmethod
    def _pool(workers: int) -> ProcessPoolExecutor:
        _track_quietly()
        return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin)

    def run(self, question: SharedInputs, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. A lost process takes all pending scenarios with it: they run again, finally each in a separate process."""
        lost: list[Numbered] = []
        again: list[Numbered] = []
        yield from self._round(question, scenarios, self.workers, lost)
        yield from self._round(question, lost, self.workers, again)
        for each in again:
            failed: list[Numbered] = []
            yield from self._round(question, [each], 1, failed)
            yield from ((number, Result(Status.FAILED, LOST)) for number, _ in failed)

    def _round(self, question: SharedInputs, scenarios: Sequence[Numbered], workers: int,
               lost: list[Numbered]) -> Iterator[tuple[int, Result]]:
        if not scenarios:
            return
        pool, self._begun = self._begun or self._pool(min(workers, len(scenarios))), None
        built, self._built = [each for each in scenarios if each[1] in self._built], frozenset()
        packed, left = pickle.dumps(question), dict(scenarios)  # read once in each process
        try:
            # A process solves the models that it built in advance first; the others are built again by any free process.
            waiting = [_submit(pool, _solve_built, packed, built) for _ in range(workers)] if built else []
            waiting += [_submit(pool, _solve, packed, [each]) for each in scenarios if each not in built]
            for number, result in _finished(waiting):
                del left[number]
                yield number, result
            waiting = _submitted(pool, packed, [each for each in built if each[0] in left])
            for number, result in _finished(waiting):
                del left[number]
                yield number, result
            lost.extend(left.items())
        except BaseException:
            _end(pool)
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _end(pool: ProcessPoolExecutor) -> None:
    """A pool that does not wait for running solvers when it is left early, mainly by Ctrl-C."""
    for process in list((pool._processes or {}).values()):
        process.kill()  # it has nothing to tidy: it writes no file


def _submit(pool: ProcessPoolExecutor, work: Callable[..., Given], *words: object) -> Future[Given]:
    """Submit work; a process started for it ignores stop signals, and this process ends it."""
    with stopping.unheard():
        return pool.submit(work, *words)


def _track_quietly() -> None:
    """Start Python's resource tracker, if needed, so that it ignores signals and stays silent if this process is killed."""
    if os.name != "posix":
        return
    from multiprocessing import resource_tracker

    before = list(sys.warnoptions)
    try:
        sys.warnoptions.append(TRACKER)
        with stopping.unheard():
            resource_tracker.ensure_running()
    finally:
        sys.warnoptions[:] = before


def _begin() -> None:
    """Make ready a process of a pool. It writes no file: the question and its answers travel through pipes."""
    stopping.mortal()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in NEEDED:
        importlib.import_module(name)
    gc.freeze()  # imported objects are permanent: the garbage collector need not scan them


def _end_with_parent() -> None:
    """Exit as soon as the parent process has ended, however it ended: nobody is left to receive the result."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


Some = list[tuple[int, Result]]
_BUILT: dict[Scenario, Built | Result] = {}
"""Models that this process built in advance."""


def _finished(waiting: Sequence[Future[Some]]) -> Iterator[tuple[int, Result]]:
    """Results as they finish, without those of a lost process."""
    for future in as_completed(waiting):
        try:
            yield from future.result()
        except BrokenProcessPool:
            continue


def _submitted(pool: ProcessPoolExecutor, packed: bytes, scenarios: Sequence[Numbered]) -> list[Future[Some]]:
    try:
        return [_submit(pool, _solve, packed, [each]) for each in scenarios]
    except BrokenProcessPool:
        return []


@lru_cache(maxsize=1)
def _question(packed: bytes) -> SharedInputs:
    found: SharedInputs = pickle.loads(packed)
    return found


def _build(question: SharedInputs, scenarios: Sequence[Scenario]) -> None:
    for scenario in scenarios:
        _BUILT[scenario] = build_scenario(question, scenario)


def _solve(packed: bytes, scenarios: Sequence[Numbered]) -> Some:
    question = _question(packed)
    return [(number, solve_built(question, _BUILT.pop(scenario) if scenario in _BUILT else build_scenario(question, scenario)))
            for number, scenario in scenarios]


def _solve_built(packed: bytes, scenarios: Sequence[Numbered]) -> Some:
    return _solve(packed, [each for each in scenarios if each[1] in _BUILT])


def solve_all(question: SharedInputs, scenarios: Sequence[Scenario], *, executor: Executor, cache: Cache | None = None,
              on_result: OnResult | None = None) -> list[Result]:
    """The results of all scenarios, in order; cached ones are not solved again. `told` is called for each."""
    found: dict[int, Result] = {}

    def note(number: int, result: Result) -> None:
        found[number] = result
        if on_result is not None:
            on_result(number, result)

    digests = [scenario.digest(question) for scenario in scenarios]
    for number, digest in enumerate(digests):
        kept = cache.get(digest) if cache is not None else None
        if kept is not None:
            note(number, kept)
    rest = [(number, scenario) for number, scenario in enumerate(scenarios) if number not in found]
    try:
        for number, result in executor.run(question, rest):
            if cache is not None:
                cache.put(digests[number], result)
            note(number, result)
    except (KeyboardInterrupt, Gone) as error:
        lasting = "; their results are cached: the same command resumes from there" if cache is not None else ""
        text = f"Stopped with {len(found)} of {len(scenarios)} scenarios solved{lasting}."
        if isinstance(error, Gone):
            raise Gone(f"{error} {text}") from error
        raise KeyboardInterrupt(text) from error
    return [found[number] for number in range(len(scenarios))]
