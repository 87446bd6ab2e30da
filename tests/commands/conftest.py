"""What these tests share: a run folder in round numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.hand_made import write_run


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """The run folder of hand_made.py, written again."""
    return write_run(tmp_path / "runs" / "hand_made")
