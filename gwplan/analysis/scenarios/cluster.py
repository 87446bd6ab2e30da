"""Scenarios on a Dask cluster that is already there: the question travels to each worker once, a lost worker's scenarios run again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from gwplan.analysis.scenarios.executors import Numbered
from gwplan.analysis.scenarios.scenario import UNCHANGED, Question, Result, Scenario
from gwplan.analysis.scenarios.worker import solve_scenario
from gwplan.common.errors import Fault, InputFaults

PATIENCE = 5.0
"""Seconds that a scheduler may take to answer before it counts as not there."""
RETRIES = 3
"""How often a scenario runs again whose worker was lost."""


class ClusterMissing(OSError):
    """No cluster answers at an address, or what it takes to ask is not installed; the message says so."""


def connect(address: str) -> Cluster:
    """The cluster whose scheduler is at an address.

    ClusterMissing within ten seconds if there is none; InputFaults if a worker has another gwplan.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterMissing("--cluster needs dask.distributed: pip install 'gwplan[cluster]'") from error
    try:
        asyncio.run(asyncio.wait_for(_asked_who_it_is(address), PATIENCE))
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # whatever sits at an address that is no scheduler's may answer in any way
        raise ClusterMissing(f"No Dask scheduler answers at {address!r} within {PATIENCE:.0f} s.") from error
    try:
        check(client, address)
    except BaseException:
        client.close()
        raise
    return Cluster(client)


async def _asked_who_it_is(address: str) -> None:
    """Ask a scheduler for its identity. A client that finds none is heard of for long after, this is not."""
    from distributed import rpc

    async with rpc(address, timeout=PATIENCE) as scheduler:
        await scheduler.identity()


def check(client: Any, address: str) -> None:
    """See that there are workers and that they run this gwplan."""
    from importlib.metadata import version

    others = client.run(_version)
    if not others:
        raise ClusterMissing(f"The Dask scheduler at {address!r} has no worker.")
    mine = version("gwplan")
    strange = {worker: theirs for worker, theirs in others.items() if theirs != mine}
    if strange:
        worker, theirs = next(iter(strange.items()))
        raise InputFaults([Fault("--cluster", 0, f"worker {worker} has gwplan {theirs or 'not installed'}, here it is {mine}")])


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("gwplan")
    except PackageNotFoundError:
        return ""


class Cluster:
    """The workers of a cluster."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def begin(self, question: Question, scenarios: Sequence[Scenario], count: int) -> None:
        """Nothing to get ready: the workers are there."""

    def unchanged(self, question: Question) -> Result:
        """Solve it here."""
        return solve_scenario(question, UNCHANGED)

    def run(self, question: Question, scenarios: Sequence[Numbered]) -> Iterator[tuple[int, Result]]:
        """Solve all scenarios. What kills its worker again and again is a failed row."""
        from distributed import as_completed

        if not scenarios:
            return
        asked = self.client.scatter(question, broadcast=True, hash=False)
        waiting = {self.client.submit(_one, asked, scenario, pure=False, retries=RETRIES): number for number, scenario in scenarios}
        try:
            for future in as_completed(list(waiting), loop=self.client.loop):
                if future.status == "finished":
                    yield waiting[future], future.result()
                else:
                    yield waiting[future], Result("failed", 1, f"the cluster could not solve it: {future.exception()}")
        finally:
            self.client.cancel(list(waiting))


def _one(question: Question, scenario: Scenario) -> Result:
    return solve_scenario(question, scenario)
