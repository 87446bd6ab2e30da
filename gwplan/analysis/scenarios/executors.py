"""Scenarios side by side: in this process, or in several of this machine; `cluster.py` adds those of other machines."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from gwplan.analysis.scenarios.cache import Cache
from gwplan.analysis.scenarios.scenario import UNCHANGED, Question, Result, Scenario
from gwplan.analysis.scenarios.worker import Built, build_scenario, solve_built, solve_scenario
from gwplan.common import claims, stopping
from gwplan.common.status import Status

Numbered = tuple[int, Scenario]
Told = Callable[[int, Result], None]
Given = TypeVar("Given")
LOST = "the process that solved it ended three times without an answer (out of memory?)"


AHEAD = 3
"""Models that each process builds while the unchanged question is still solved: what it has the memory and mostly the time for."""
TRACKER = "ignore::UserWarning:multiprocessing.resource_tracker"
"""What the process is told that frees the semaphores of a process that is killed: to do so without a word."""
NEEDED = (
    "gwplan.planning.run", "gwplan.solving.lexicographic", "gwplan.results.summary", "gwplan.solving.decisions", "gwplan.model.assemble",
    "gwplan.solving.linear_program", "gwplan.inputs.case",
)
"""Modules that a process imports before it is asked."""


class Executor(Protocol):
    """Whoever solves numbered scenarios of a question and gives their results as they finish, in any order."""

    def begin(self, question: Question, scenarios: Sequence[Scenario], count: int) -> None:
        """Get ready for `count` scenarios, of which some are known, while the unchanged question is still solved."""
        ...

    def unchanged(self, question: Question) -> Result:
        """The answer to the unchanged question."""
        ...

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. Gone if nobody is left who could."""
        ...

    def close(self) -> None:
        """End whatever was begun and is not needed any more."""
        ...


class Gone(OSError):
    """Whoever solves is gone for good; the message says who."""


class Serial:
    """One scenario after the other, in this process."""

    def begin(self, question: Question, scenarios: Sequence[Scenario], count: int) -> None:
        """Nothing to get ready."""

    def unchanged(self, question: Question) -> Result:
        """Solve it."""
        return solve_scenario(question, UNCHANGED)

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios in their order."""
        for number, scenario in scenarios:
            result = solve_scenario(question, scenario)
            stopping.check()  # what was torn by it is no answer
            yield number, result

    def close(self) -> None:
        """Nothing was begun."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Several processes of this machine; each reads the question once."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self._begun: ProcessPoolExecutor | None = None
        self._built: frozenset[Scenario] = frozenset()
        self._unchanged: Future[Result] | None = None

    def begin(self, question: Question, scenarios: Sequence[Scenario], count: int) -> None:
        """Start the processes, each of which needs seconds for its imports, and let them build the first models.

        Where no scenario is known yet, whoever asks has other work: the first process solves the unchanged question.
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

    def unchanged(self, question: Question) -> Result:
        """From the process that has begun it, else solved here."""
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
        """End the processes that were begun and are not needed any more."""
        begun, self._begun = self._begun, None
        if begun is not None:
            _end(begun)
            begun.shutdown(wait=True, cancel_futures=True)

    @staticmethod
    def _pool(workers: int) -> ProcessPoolExecutor:
        _track_quietly()
        return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (str(claims.lasting()),))

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. A process that is lost takes all that wait with it: they run again, at last each in one of its own."""
        lost: list[Numbered] = []
        again: list[Numbered] = []
        yield from self._round(question, scenarios, self.workers, lost)
        yield from self._round(question, lost, self.workers, again)
        for each in again:
            failed: list[Numbered] = []
            yield from self._round(question, [each], 1, failed)
            yield from ((number, Result(Status.FAILED, LOST)) for number, _ in failed)

    def _round(self, question: Question, scenarios: Sequence[Numbered], workers: int, lost: list[Numbered]) -> Iterator[tuple[int, Result]]:
        if not scenarios:
            return
        pool, self._begun = self._begun or self._pool(min(workers, len(scenarios))), None
        built, self._built = [each for each in scenarios if each[1] in self._built], frozenset()
        with tempfile.TemporaryDirectory(prefix="question-", dir=claims.lasting()) as folder:
            asked = Path(folder) / "question"
            asked.write_bytes(pickle.dumps(question))
            left = dict(scenarios)
            try:
                # Whichever process has built models solves those first; what it did not come to is built again by whoever is free.
                waiting = [_submit(pool, _solve_built, str(asked), built) for _ in range(workers)] if built else []
                waiting += [_submit(pool, _solve, str(asked), [each]) for each in scenarios if each not in built]
                for number, result in _finished(waiting):
                    del left[number]
                    yield number, result
                waiting = _submitted(pool, str(asked), [each for each in built if each[0] in left])
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
    """A pool that is left early, by Ctrl-C above all, must not wait for solvers that no longer matter."""
    for process in list((pool._processes or {}).values()):
        process.kill()  # it has nothing to tidy: its files lie in a folder of this process


def _submit(pool: ProcessPoolExecutor, work: Callable[..., Given], *words: object) -> Future[Given]:
    """Hand over some work; a process that is begun for it hears no signal to stop, and is ended by this one."""
    with stopping.unheard():
        return pool.submit(work, *words)


def _track_quietly() -> None:
    """Begin the process that frees semaphores, if need be, so that it hears no signal and says nothing if this one is killed."""
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


def _begin(folder: str) -> None:
    """Make ready a process of a pool. folder: of the process that began it, where its files go: they go with that one's."""
    stopping.mortal()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tempfile.tempdir = folder
    for name in NEEDED:
        importlib.import_module(name)
    gc.freeze()  # what is imported stays: looking for garbage then looks at models only


def _end_with_parent() -> None:
    """Wait until the process that began this one is gone, however it ended, and go too: nobody is left to hear the answer."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


Some = list[tuple[int, Result]]
_BUILT: dict[Scenario, Built | Result] = {}
"""What this process has built ahead."""


def _finished(waiting: Sequence[Future[Some]]) -> Iterator[tuple[int, Result]]:
    """Results as they come; none of a process that was lost."""
    for future in as_completed(waiting):
        try:
            yield from future.result()
        except BrokenProcessPool:
            continue


def _submitted(pool: ProcessPoolExecutor, path: str, scenarios: Sequence[Numbered]) -> list[Future[Some]]:
    try:
        return [_submit(pool, _solve, path, [each]) for each in scenarios]
    except BrokenProcessPool:
        return []


@lru_cache(maxsize=1)
def _question(path: str) -> Question:
    found: Question = pickle.loads(Path(path).read_bytes())
    return found


def _build(question: Question, scenarios: Sequence[Scenario]) -> None:
    for scenario in scenarios:
        _BUILT[scenario] = build_scenario(question, scenario)


def _solve(path: str, scenarios: Sequence[Numbered]) -> Some:
    question = _question(path)
    return [(number, solve_built(question, _BUILT.pop(scenario) if scenario in _BUILT else build_scenario(question, scenario)))
            for number, scenario in scenarios]


def _solve_built(path: str, scenarios: Sequence[Numbered]) -> Some:
    return _solve(path, [each for each in scenarios if each[1] in _BUILT])


def solve_all(question: Question, scenarios: Sequence[Scenario], *, executor: Executor, cache: Cache | None = None,
              told: Told | None = None) -> list[Result]:
    """The results of all scenarios, in their order; what the cache holds is not solved again. `told` hears of each."""
    found: dict[int, Result] = {}

    def note(number: int, result: Result) -> None:
        found[number] = result
        if told is not None:
            told(number, result)

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
        lasting = "; those answers are kept: the same command goes on from there" if cache is not None else ""
        text = f"Stopped with {len(found)} of {len(scenarios)} scenarios solved{lasting}."
        if isinstance(error, Gone):
            raise Gone(f"{error} {text}") from error
        raise KeyboardInterrupt(text) from error
    return [found[number] for number in range(len(scenarios))]
