"""A cluster of real processes: the same answers, a worker killed in the middle, and no cluster at all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gwplan.analysis import sweep as sweeping
from gwplan.analysis.scenarios import study
from gwplan.analysis.scenarios.cluster import ClusterMissing, connect
from gwplan.analysis.scenarios.executors import Serial, solve_all
from gwplan.analysis.scenarios.scenario import Result, ask
from tests.support import TINY

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning", "ignore::FutureWarning")
PRICES = "halls.hall.price=8:13:1 MUSD_2026/MW"
WORKER = "import sys; from distributed.cli.dask_worker import main; main()"
SCHEDULER = "import sys; from distributed.cli.dask_scheduler import main; main()"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def begun(script: str, *arguments: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", script, *arguments], cwd=folder, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, env={**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"})


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers; address and the workers' processes."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as ended:
        processes = [begun(SCHEDULER, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", folder=tmp_path)]
        workers = [begun(WORKER, address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", str(n), folder=tmp_path) for n in (1, 2)]
        for process in (*processes, *workers):
            ended.callback(process.wait)
            ended.callback(process.kill)
        yield address, workers


def connected(address: str):  # type: ignore[no-untyped-def]
    """The cluster, once both workers have come."""
    until = time.monotonic() + 60
    while True:
        try:
            found = connect(address)
            found.client.wait_for_workers(2, timeout=30)
            return found
        except ClusterMissing:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


@pytest.mark.slow
def test_a_killed_workers_scenarios_run_again_and_answers_are_the_local_ones(cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    address, workers = cluster
    question, scenarios = ask(TINY), sweeping.of_overs([PRICES])
    question, _ = study.with_base(question, study.Means(Serial()), len(scenarios))
    executor = connected(address)
    heard: list[int] = []

    def told(number: int, result: Result) -> None:
        heard.append(number)
        if len(heard) == 1:
            workers[0].send_signal(signal.SIGKILL)

    try:
        found = solve_all(question, scenarios, executor=executor, told=told)
    finally:
        executor.client.close()
    local = solve_all(question, scenarios, executor=Serial())
    assert workers[0].wait(10) == -signal.SIGKILL
    assert sorted(heard) == list(range(6))
    assert [(each.status, each.summary["objective"], each.plan) for each in found] == [
        (each.status, each.summary["objective"], each.plan) for each in local]


@pytest.mark.parametrize("there", ["nothing", "something else"])
def test_no_cluster_is_said_within_ten_seconds(there: str) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        if there == "something else":  # takes connections and never says a word
            silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        ended = subprocess.run([sys.executable, "-m", "gwplan", "sweep", str(TINY), "--over", PRICES, "--cluster", address],
                               capture_output=True, text=True, check=False, timeout=60)
    assert time.monotonic() - began < 20
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"No Dask scheduler answers at {address!r} within 5 s."
