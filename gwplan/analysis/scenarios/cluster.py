"""Scenarios on a Dask cluster that is already there: the question travels to each worker once, a lost worker's scenarios run again."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gwplan.analysis.scenarios.executors import Gone, Numbered
from gwplan.analysis.scenarios.scenario import UNCHANGED, Question, Result, Scenario
from gwplan.analysis.scenarios.worker import solve_scenario
from gwplan.common.own_code import identity
from gwplan.common.status import Status

PATIENCE = 5.0
"""Seconds that a scheduler may take to answer before it counts as not there."""
WITHOUT_WORKERS = 60.0
"""Seconds that a cluster may be without a worker, while a lost one is replaced, before nobody is waited for any more."""
LOOK = 0.5
"""Seconds between looks at the cluster while no result comes."""
RETRIES = 3
"""How often a scenario runs again whose worker was lost."""
DIFFERS = "install the same version there as here"


class ClusterMissing(OSError):
    """No cluster answers at an address, what it takes to ask is not installed, or its workers run other code; the message says so."""


class OtherCode(Exception):
    """A worker that came later runs other code."""


def connect(address: str) -> Cluster:
    """The cluster whose scheduler is at an address.

    ClusterMissing within ten seconds if there is none, or if a worker runs other code.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterMissing("--cluster needs dask.distributed: pip install 'gwplan[cluster]'") from error
    try:
        with ThreadPoolExecutor(1) as apart:  # a notebook's own thread has an event loop that runs
            apart.submit(asyncio.run, asyncio.wait_for(_asked_who_it_is(address), PATIENCE)).result()
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # whatever sits at an address that is no scheduler's may answer in any way
        raise ClusterMissing(f"No Dask scheduler answers at {address!r} within {PATIENCE:.0f} s.") from error
    try:
        check(client, address)
    except BaseException:
        client.close()
        raise
    return Cluster(client, address)


async def _asked_who_it_is(address: str) -> None:
    """Ask a scheduler for its identity. A client that finds none is heard of for long after, this is not."""
    from distributed import rpc

    async with rpc(address, timeout=PATIENCE) as scheduler:
        await scheduler.identity()


def check(client: Any, address: str) -> None:
    """See that there are workers and that they run this very code. ClusterMissing."""
    others = client.run(identity, on_error="return")
    if not others:
        raise ClusterMissing(f"The Dask scheduler at {address!r} has no worker.")
    for worker, theirs in others.items():
        if theirs != identity():
            raise ClusterMissing(differing(worker, theirs))


def differing(worker: str, theirs: object) -> str:
    """The sentence for a worker that runs other code, or none. theirs: its identity, or the error that asking for it gave."""
    mine = identity()[0]
    if isinstance(theirs, ImportError):
        return f"Worker {worker} has no gwplan, or another than this {mine}: {DIFFERS}."
    if not isinstance(theirs, tuple):
        return f"Worker {worker} cannot say which gwplan it runs ({type(theirs).__name__}), here it is {mine}: {DIFFERS}."
    if theirs[0] != mine:
        return f"Worker {worker} runs gwplan {theirs[0] or 'of no version'}, here it is {mine}: {DIFFERS}."
    return f"Worker {worker} runs other code than this gwplan {mine}, or other versions of its packages: {DIFFERS}."


class Cluster:
    """The workers of a cluster."""

    def __init__(self, client: Any, address: str = "") -> None:
        self.client, self.address = client, address

    def begin(self, question: Question, scenarios: Sequence[Scenario], count: int) -> None:
        """Nothing to get ready: the workers are there."""

    def unchanged(self, question: Question) -> Result:
        """Solve it here."""
        return solve_scenario(question, UNCHANGED)

    def close(self) -> None:
        """Leave the cluster."""
        self.client.close()

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. What kills its worker again and again is a failed row. Gone without workers or scheduler.

        The question is a task like any other, whose text the scheduler keeps: the last worker that had it may be lost.
        """
        if not scenarios:
            return
        asked = self.client.submit(_received, question, pure=False, retries=RETRIES)
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        waiting = {self.client.submit(_one, asked, scenario, identity(), pure=False, retries=RETRIES): number
                   for number, scenario in scenarios}  # fmt: skip
        for future in waiting:
            future.add_done_callback(done.put)
        try:
            left, seen = len(waiting), time.monotonic()
            while left:
                seen = self._seen(seen)
                try:
                    future = done.get(timeout=LOOK)
                except queue.Empty:
                    continue
                result = self._result(future)
                if result is None:
                    done.put(future)
                else:
                    left -= 1
                    yield waiting[future], result
        finally:
            if self.client.status == "running":
                self.client.cancel([asked, *waiting])

    def _seen(self, seen: float) -> float:
        """When there was a worker last; Gone once nobody is left to wait for. seen: what this gave before."""
        if self.client.status != "running":
            raise Gone(f"The Dask scheduler at {self.address} is gone.")
        if self.client.scheduler_info()["workers"]:
            return time.monotonic()
        if time.monotonic() - seen > WITHOUT_WORKERS:
            raise Gone(f"The Dask scheduler at {self.address} has had no worker for {WITHOUT_WORKERS:.0f} s.")
        return seen

    def _result(self, future: Any) -> Result | None:
        """What came of a scenario; None where its worker was lost before it handed that over, and it is solved again.

        Gone with the scheduler, or for a worker of other code that came later.
        """
        if future.status in ("cancelled", "lost"):
            raise Gone(f"The Dask scheduler at {self.address} is gone, or has dropped what it was asked.")
        if future.status != "error":
            try:
                found: Result = future.result(timeout=PATIENCE)
            except TimeoutError:
                return None
            return found
        error = future.exception()
        if isinstance(error, OtherCode):
            raise Gone(str(error))
        return Result(Status.FAILED, f"the cluster could not solve it: {error}")


def _received(question: Question) -> Question:
    """The question, kept by the worker that gets it."""
    return question


def _one(question: Question, scenario: Scenario, asked_by: tuple[str, str]) -> Result:
    if identity() != asked_by:
        from distributed import get_worker

        raise OtherCode(differing(get_worker().address, identity()))
    return solve_scenario(question, scenario)
