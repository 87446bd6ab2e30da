"""What these tests share: the run of hand_made.py, and the one without investors' money."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.circular_financing.circle import Circle, circle
from gwplan.results.run_folder import RunFolder
from tests.circle.hand_made import write_run, write_without


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The hand-made run folder."""
    return write_run(tmp_path / "runs" / "with")


@pytest.fixture
def folder_without(tmp_path: Path) -> Path:
    """The hand-made run folder without investors' money."""
    return write_without(tmp_path / "runs" / "without")


@pytest.fixture
def found(folder: Path) -> Circle:
    """The circle of the hand-made run."""
    return circle(RunFolder(folder))
