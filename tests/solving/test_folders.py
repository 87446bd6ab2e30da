"""Run folders are whole or not there: after a kill, with two solves at once, on a full disk."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results import store, tables
from tests.solving.program import ROOT, begun, finished

TINY = ROOT / "models" / "tiny.toml"
FILES = {"manifest.json", "summary.json", "plan.csv", "audit.json", "solver.log", "inputs", "tables"}
KILL = """
import os, signal
from gwplan import {module}
def die(*words, **more):
    os.kill(os.getpid(), signal.SIGKILL)
{module}.{function} = die
"""
MOMENTS = (("results", "write_table"), ("results", "finish"))


def visible(runs: Path) -> list[Path]:
    return sorted(path for path in runs.iterdir() if not path.name.startswith("."))


def test_a_kill_leaves_no_half_folder(tmp_path: Path) -> None:
    """Killed in the middle of its tables, before it gets its name, and when chance picks; the next run sweeps up."""
    runs = tmp_path / "runs"
    killed = [begun(tmp_path, KILL.format(module=module, function=function), "solve", TINY) for module, function in MOMENTS]
    assert [finished(process).returncode for process in killed] == [-9] * len(MOMENTS)
    assert visible(runs) == []
    assert list(runs.glob(f"{store.UNFINISHED}*")), "a run that was killed leaves its draft, hidden"
    process = begun(tmp_path, "", "solve", TINY)
    while process.poll() is None and not list(runs.glob(f"{store.UNFINISHED}{process.pid}-*")):
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.3))
    process.kill()
    finished(process)
    whole = len(visible(runs))
    assert all({path.name for path in run.iterdir()} >= FILES for run in visible(runs))
    outcome = solve(Request(TINY, runs=runs))
    assert outcome.exit_code == 0
    assert list(runs.glob(".*")) == []
    assert len(visible(runs)) == whole + 1


def test_a_draft_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / f"{store.UNFINISHED}{os.getpid()}-mine").mkdir()
    (tmp_path / f"{store.UNFINISHED}notes").mkdir()
    (tmp_path / f"{store.UNFINISHED}{2**22 + 1}-gone").mkdir()  # above the largest number that Linux gives a process
    store.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{store.UNFINISHED}{os.getpid()}-mine", f"{store.UNFINISHED}notes"}


def test_two_solves_at_once(tmp_path: Path) -> None:
    processes = [begun(tmp_path, "", "solve", TINY) for _ in range(2)]
    assert [finished(process).returncode for process in processes] == [0, 0]
    found = visible(tmp_path / "runs")
    assert len(found) == 2
    assert all({path.name for path in run.iterdir()} >= FILES for run in found)
    assert (found[0] / "plan.csv").read_bytes() == (found[1] / "plan.csv").read_bytes()
    assert list((tmp_path / "runs").glob(".*")) == []


def test_two_solves_in_the_same_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Standing(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Standing:
            return cls(2026, 11, 1, 12, 0, 0, tzinfo=tz)

    monkeypatch.setattr(store, "datetime", Standing)
    first, second = (solve(Request(TINY, runs=tmp_path)).run for _ in range(2))
    assert first is not None and second is not None
    assert first.name.startswith("20261101T120000Z_tiny_")
    assert second.name == f"{first.name}_2"
    assert (first / "plan.csv").read_bytes() == (second / "plan.csv").read_bytes()


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(plan: Any, path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(store, "write_plan", full)
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 1
    assert result.stderr.startswith("No room on disk to write ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert list((tmp_path / "runs").iterdir()) == []


def test_files_that_may_not_grow_are_one_sentence(tmp_path: Path) -> None:
    """The system lets no file grow above 4,000 bytes, whoever writes it."""
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    result = finished(begun(tmp_path, "", "solve", TINY, preexec_fn=limit))
    assert result.returncode == 1, result.stdout
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert "too large" in result.stderr
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_vanished_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody removes the draft while it is written."""
    honest = tables.write_plan

    def then_remove(plan: Any, path: Path) -> None:
        honest(plan, path)
        shutil.rmtree(path.parent)

    monkeypatch.setattr(store, "write_plan", then_remove)
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert result.stderr.startswith("No such file or directory")
    assert list((tmp_path / "runs").iterdir()) == []
