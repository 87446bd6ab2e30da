"""What tests of several folders share: one browser, and the plan for the tiny case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import TINY


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "tests of pages need Debian's chromium; .ci/run installs it"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the tiny case, solved; read it, and change copies of it."""
    from gwplan.planning.request import Request
    from gwplan.planning.run import solve

    outcome = solve(Request(TINY, runs=tmp_path_factory.mktemp("tiny_runs")))
    assert outcome.run is not None, outcome.message
    return outcome.run
