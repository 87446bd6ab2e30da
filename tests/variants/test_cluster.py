"""A cluster of real processes: the same answers, a worker killed in the middle, and no cluster at all."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from gwplan.analysis import sweep as sweeping
from gwplan.analysis.scenarios import cluster as clusters
from gwplan.analysis.scenarios import study
from gwplan.analysis.scenarios.cache import Cache
from gwplan.analysis.scenarios.cluster import ClusterMissing, connect
from gwplan.analysis.scenarios.executors import Gone, Serial, solve_all
from gwplan.analysis.scenarios.scenario import Result, ask
from gwplan.common import own_code
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


def another(address: str, folder: Path) -> subprocess.Popen[bytes]:
    return begun(WORKER, address, "--nthreads", "1", "--no-nanny", "--no-dashboard", folder=folder)


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers; address and the workers' processes."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as ended:
        processes = [begun(SCHEDULER, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", folder=tmp_path)]
        workers = [another(address, tmp_path) for _ in range(2)]
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
    question, _ = study.with_base(question, study.Execution(Serial()), len(scenarios))
    executor = connected(address)
    heard: list[int] = []

    def told(number: int, result: Result) -> None:
        heard.append(number)
        if len(heard) == 1:
            workers[0].send_signal(signal.SIGKILL)

    try:
        found = solve_all(question, scenarios, executor=executor, on_result=told)
    finally:
        executor.client.close()
    local = solve_all(question, scenarios, executor=Serial())
    assert workers[0].wait(10) == -signal.SIGKILL
    assert sorted(heard) == list(range(6))
    assert [(each.status, each.summary["objective"], each.plan) for each in found] == [
        (each.status, each.summary["objective"], each.plan) for each in local]


@pytest.mark.long
def test_without_a_worker_it_waits_for_another_and_else_says_what_is_kept(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All workers that have the question die after the first answer: the next one gets it again. After that none comes."""
    address, workers = cluster
    question, scenarios, cache = ask(TINY), sweeping.of_overs([PRICES]), Cache(tmp_path / "cache")
    executor = connected(address)
    heard: list[int] = []

    def told(number: int, result: Result) -> None:
        heard.append(number)
        if len(heard) == 1:
            for each in workers:
                each.kill()
            workers.append(stack.enter_context(ended(another(address, tmp_path))))
        if len(heard) == 5:
            monkeypatch.setattr(clusters, "WITHOUT_WORKERS", 1.0)
            workers[-1].kill()

    with ExitStack() as stack:
        stack.callback(executor.close)
        with pytest.raises(Gone) as gone:
            solve_all(question, scenarios, executor=executor, cache=cache, on_result=told)
    kept = f"Stopped with {len(heard)} of 6 scenarios solved; their results are cached: the same command resumes from there."
    assert str(gone.value) == f"The Dask scheduler at {address} has had no worker for 1 s. {kept}"
    assert len(heard) == 5
    local = solve_all(question, scenarios, executor=Serial())
    assert [cache.get(scenarios[number].digest(question)).plan for number in heard] == [local[number].plan for number in heard]


def test_a_worker_of_other_code_is_refused_in_one_sentence(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = cluster
    connected(address).close()
    monkeypatch.setattr(own_code, "digest", lambda: "of another checkout")
    with pytest.raises(ClusterMissing, match=r"^Worker tcp://\S+ runs different code from this gwplan \S+, or different package versions: [^.]*\.$"):
        connect(address)


def test_a_worker_without_gwplan_is_called_one() -> None:
    assert clusters.differing("tcp://w:1", ModuleNotFoundError("gwplan")).startswith("Worker tcp://w:1 has no gwplan, or not this version (")


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


@pytest.mark.slow
def test_a_notebooks_thread_can_connect(cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    """Its event loop runs already, as that of a browser that tests drive."""

    async def ask_in_a_loop() -> int:
        found = connected(cluster[0])
        try:
            return len(found.client.scheduler_info()["workers"])
        finally:
            found.client.close()

    # In a thread of its own: a browser that tests drive may leave a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(ask_in_a_loop())).result() > 0
