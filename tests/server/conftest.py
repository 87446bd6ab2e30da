"""A desk of the tiny case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.calls import Browser, browser_of
from tests.support import TINY


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The tiny case, served."""
    found = browser_of(TINY, tmp_path_factory.mktemp("runs"))
    yield found
    found.desk.solver.end()
