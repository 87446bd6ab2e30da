"""What tests of several folders share: one browser, one office, and plans that are found once."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.programs import path_of
from tests.support import HALF_YEARS, ONE_GIGAWATT, TINY

if TYPE_CHECKING:
    from gwplan.planning.request import Request


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for all tests that are skipped for the same reason."""
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", ()))
    for reason, count in reasons.items():
        terminalreporter.write_line(f"SKIPPED {count} tests: {reason}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = path_of("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Calculates workbooks in LibreOffice, all that are given at once: the folder of the calculated ones."""
    profile = tmp_path_factory.mktemp("office").as_uri()

    def calculated(folder: Path, *workbooks: Path) -> Path:
        command = [path_of("soffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", str(folder)]
        subprocess.run([*command, *map(str, workbooks)], check=True, capture_output=True, timeout=120)
        return folder

    path_of("soffice")
    return calculated


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """What `make` leaves in a folder, made by the process that comes first; the other processes of the test run wait for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "once" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = folder / "made.txt"
        if not known.exists():
            known.write_text(str(make(folder)), encoding="utf-8")
        return Path(known.read_text(encoding="utf-8"))


def run_of(request: Request) -> Path:
    """The run folder of a question that has a plan."""
    from gwplan.planning.run import solve

    outcome = solve(request)
    assert outcome.run is not None and outcome.exit_code == 0, outcome.message
    return outcome.run


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the tiny case, solved; read it, and change copies of it."""
    from gwplan.planning.request import Request
    from gwplan.reports import pages

    return once(tmp_path_factory, "tiny", lambda folder: run_of(Request(TINY, runs=folder, pages=pages.write)))


@pytest.fixture(scope="session")
def one_gigawatt_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the shipped case in half-years, solved to two per cent; read it, and change copies of it."""
    from gwplan.planning.request import Request
    from gwplan.reports import pages

    return once(tmp_path_factory, "one_gigawatt", lambda folder: run_of(
        Request(ONE_GIGAWATT, sets=HALF_YEARS, gap=0.02, runs=folder, pages=pages.write)))
