"""Scenarios on an existing Dask cluster: the question is sent to each worker once, and a lost worker's scenarios run again."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gwplan.analysis.scenarios.executors import Gone, Numbered
from gwplan.analysis.scenarios.scenario import UNCHANGED, Result, Scenario, SharedInputs
from gwplan.analysis.scenarios.worker import solve_scenario
from gwplan.common.own_code import identity
from gwplan.common.status import Status

PATIENCE = 5.0
"""Timeout in seconds for the scheduler's first answer."""
WITHOUT_WORKERS = 60.0
"""Seconds to wait for a replacement while the cluster has no worker."""
LOOK = 0.5
"""Seconds between checks of the cluster while no result arrives."""
RETRIES = 3
"""Number of retries of a scenario whose worker was lost."""
DIFFERS = "install the same version there as here"


class ClusterMissing(OSError):
    """No cluster answers, dask is not installed, or the workers run different code; the message says which."""


class OtherCode(Exception):
    """A worker that joined later runs different code."""


def connect(address: str) -> Cluster:
    """Connect to the cluster whose scheduler is at an address.

    ClusterMissing within ten seconds if there is none, or if a worker runs different code.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterMissing("--cluster needs dask.distributed: pip install 'gwplan[cluster]'") from error
    try:
        with ThreadPoolExecutor(1) as apart:  # a notebook's own thread has a running event loop
            apart.submit(asyncio.run, asyncio.wait_for(_asked_who_it_is(address), PATIENCE)).result()
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # another service at this address may answer in any way
        raise ClusterMissing(f"No Dask scheduler answers at {address!r} within {PATIENCE:.0f} s.") from error
    try:
        check(client, address)
    except BaseException:
        client.close()
        raise
    return Cluster(client, address)


async def _asked_who_it_is(address: str) -> None:
    """Ask a scheduler for its identity, without a client: one that fails to connect keeps logging errors."""
    from distributed import rpc

    async with rpc(address, timeout=PATIENCE) as scheduler:
        await scheduler.identity()


def check(client: Any, address: str) -> None:
    """Check that there are workers and that they run the same code. ClusterMissing."""
    others = client.run(identity, on_error="return")
    if not others:
        raise ClusterMissing(f"The Dask scheduler at {address!r} has no worker.")
    for worker, theirs in others.items():
        if theirs != identity():
            raise ClusterMissing(differing(worker, theirs))


def differing(worker: str, theirs: object) -> str:
    """The message for a worker with different code, or None. theirs: its identity, or the error raised when asking for it."""
    mine = identity()[0]
    if isinstance(theirs, ImportError):
        return f"Worker {worker} has no gwplan, or not this version ({mine}): {DIFFERS}."
    if not isinstance(theirs, tuple):
        return f"The gwplan version of worker {worker} is unknown ({type(theirs).__name__}), here it is {mine}: {DIFFERS}."
    if theirs[0] != mine:
        return f"Worker {worker} runs gwplan {theirs[0] or '(unknown version)'}, here it is {mine}: {DIFFERS}."
    return f"Worker {worker} runs different code from this gwplan {mine}, or different package versions: {DIFFERS}."


class Cluster:
    """The workers of a cluster."""

    def __init__(self, client: Any, address: str = "") -> None:
        self.client, self.address = client, address

    def begin(self, question: SharedInputs, scenarios: Sequence[Scenario], count: int) -> None:
        """Nothing to prepare: the workers are running."""

    def unchanged(self, question: SharedInputs) -> Result:
        """Solve it in this process."""
        return solve_scenario(question, UNCHANGED)

    def close(self) -> None:
        """Disconnect from the cluster."""
        self.client.close()

    def run(self, question: SharedInputs, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios; one that repeatedly kills its worker is a failed row. Gone without workers or scheduler.

        The question is submitted as a task, so that the scheduler can recreate it if the last worker that held it is lost.
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
        """Time at which a worker was last seen; Gone after WITHOUT_WORKERS seconds. seen: the previous value."""
        if self.client.status != "running":
            raise Gone(f"The Dask scheduler at {self.address} is gone.")
        if self.client.scheduler_info()["workers"]:
            return time.monotonic()
        if time.monotonic() - seen > WITHOUT_WORKERS:
            raise Gone(f"The Dask scheduler at {self.address} has had no worker for {WITHOUT_WORKERS:.0f} s.")
        return seen

    def _result(self, future: Any) -> Result | None:
        """The result of a scenario; None if its worker was lost before delivering it, so that it is solved again.

        Gone if the scheduler is lost, or a worker with different code joined.
        """
        if future.status in ("cancelled", "lost"):
            raise Gone(f"The Dask scheduler at {self.address} is gone, or has dropped the scenarios.")
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


def _received(question: SharedInputs) -> SharedInputs:
    """The question, cached by the worker that receives it."""
    return question


def _one(question: SharedInputs, scenario: Scenario, asked_by: tuple[str, str]) -> Result:
    if identity() != asked_by:
        from distributed import get_worker

        raise OtherCode(differing(get_worker().address, identity()))
    return solve_scenario(question, scenario)
