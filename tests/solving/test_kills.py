"""Six kills of `tests/kills.py`; `make kills` does sixty."""

from __future__ import annotations

from pathlib import Path

from tests.kills import kills

PATIENCE = 60
"""Seconds to wait for processes to be gone; no claim about speed, which `make kills` makes."""


def test_nothing_half_written_and_nobody_left(tmp_path: Path) -> None:
    """Each command once and one twice, each signal at least once, and then a solve that sweeps up."""
    found = list(kills(tmp_path, 6, 1, PATIENCE, 3.0, together=True))
    assert [str(each) for each in found if each.wrong] == []
