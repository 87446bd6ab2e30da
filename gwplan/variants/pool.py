"""Scenarios side by side: in this process, or in several of this machine; `cluster.py` adds those of other machines."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from gwplan.variants.cache import Cache
from gwplan.variants.scenario import Question, Result, Scenario
from gwplan.variants.work import solve_scenario

Numbered = tuple[int, Scenario]
Told = Callable[[int, Result], None]
LOST = "the process that solved it ended three times without an answer (out of memory?)"


NEEDED = ("gwplan.run", "gwplan.solve", "gwplan.summary", "gwplan.decisions", "gwplan.model", "gwplan.arrays", "gwplan.case")
"""Modules that a process imports before it is asked."""


class Executor(Protocol):
    """Whoever solves numbered scenarios of a question and gives their results as they finish, in any order."""

    def begin(self, count: int) -> None:
        """Get ready for some scenarios, while their question is still made."""
        ...

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios."""
        ...


class Serial:
    """One scenario after the other, in this process."""

    def begin(self, count: int) -> None:
        """Nothing to get ready."""

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios in their order."""
        for number, scenario in scenarios:
            yield number, solve_scenario(question, scenario)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Several processes of this machine; each reads the question once."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self._begun: ProcessPoolExecutor | None = None

    def begin(self, count: int) -> None:
        """Start the processes for some scenarios before there is a question: each needs seconds for its imports."""
        if self._begun is None and count:
            self._begun = self._pool(min(self.workers, count))
            self._begun.submit(_nothing)

    @staticmethod
    def _pool(workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin)

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. A process that is lost takes all that wait with it: they run again, at last each in one of its own."""
        lost: list[Numbered] = []
        again: list[Numbered] = []
        yield from self._round(question, scenarios, self.workers, lost)
        yield from self._round(question, lost, self.workers, again)
        for each in again:
            failed: list[Numbered] = []
            yield from self._round(question, [each], 1, failed)
            yield from ((number, Result("failed", 1, LOST)) for number, _ in failed)

    def _round(self, question: Question, scenarios: Sequence[Numbered], workers: int, lost: list[Numbered]) -> Iterator[tuple[int, Result]]:
        if not scenarios:
            return
        pool, self._begun = self._begun or self._pool(min(workers, len(scenarios))), None
        with tempfile.TemporaryDirectory(prefix="gwplan-question-") as folder:
            asked = Path(folder) / "question"
            asked.write_bytes(pickle.dumps(question))
            try:
                waiting: dict[Future[Result], Numbered] = {pool.submit(_one, str(asked), each[1]): each for each in scenarios}
                for future in as_completed(waiting):
                    number, scenario = waiting[future]
                    try:
                        yield number, future.result()
                    except BrokenProcessPool:
                        lost.append((number, scenario))
            except BaseException:
                # A pool that is left early, by Ctrl-C above all, must not wait for solvers that no longer matter.
                for process in list((pool._processes or {}).values()):
                    process.terminate()
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in NEEDED:
        importlib.import_module(name)


def _nothing() -> None:
    """Asked of a pool so that it starts its processes."""


@lru_cache(maxsize=1)
def _question(path: str) -> Question:
    found: Question = pickle.loads(Path(path).read_bytes())
    return found


def _one(path: str, scenario: Scenario) -> Result:
    return solve_scenario(_question(path), scenario)


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
    except KeyboardInterrupt as error:
        lasting = "; those answers are kept: the same command goes on from there" if cache is not None else ""
        raise KeyboardInterrupt(f"Stopped with {len(found)} of {len(scenarios)} scenarios solved{lasting}.") from error
    return [found[number] for number in range(len(scenarios))]
