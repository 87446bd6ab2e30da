"""Run folders are whole or not there: after a kill, with two solves at once, on a full disk."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from gwplan.common import claims
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results import store
from gwplan.solving import lexicographic
from tests.solving.program import ROOT, begun, environment, finished

TINY = ROOT / "models" / "tiny.toml"
FILES = {"manifest.json", "summary.json", "plan.csv", "audit.json", "solver.log", "inputs", "tables"}
KILL = """
import os, signal
import {module} as module
def die(*words, **more):
    os.kill(os.getpid(), signal.SIGKILL)
module.{function} = die
"""
MOMENTS = (("gwplan.results.store", "write_parquets"), ("gwplan.results.store", "finish"))


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


HELD = """
import sys, time
from pathlib import Path
from gwplan.common import claims
with claims.claimed(Path(sys.argv[1])):
    Path(sys.argv[1]).mkdir()
    print("held", flush=True)
    time.sleep(600)
"""


def old(path: Path) -> Path:
    """A folder in which nothing was written for an hour."""
    path.mkdir()
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def test_a_draft_is_swept_exactly_when_nobody_holds_it(tmp_path: Path) -> None:
    """Its process number says nothing: in another container it is another process's, or nobody's."""
    draft = tmp_path / f"{store.UNFINISHED}{os.getpid()}-1a2b"
    with subprocess.Popen([sys.executable, "-c", HELD, str(draft)], stdout=subprocess.PIPE, text=True, env=environment(tmp_path / "home")) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        store.sweep(tmp_path)
        assert draft.is_dir()
        holder.kill()
        holder.wait()
        store.sweep(tmp_path)
        assert not draft.exists()
        assert not draft.with_name(draft.name + claims.LOCK).exists()


def test_a_draft_of_this_very_process_is_left_alone(tmp_path: Path) -> None:
    with store.run_folder(tmp_path, "tiny") as draft:
        store.sweep(tmp_path)
        assert draft.is_dir()


def test_drafts_of_another_machine_are_swept_when_nothing_is_written_any_more(tmp_path: Path) -> None:
    """Locks of another machine may not be seen from here; nor does an earlier version's draft have one."""
    def claimed_there(path: Path) -> None:
        lock = path.with_name(path.name + claims.LOCK)
        lock.write_text('{"machine": "another", "process": 1}')
        os.utime(lock, (time.time() - 3600,) * 2)

    left = [old(tmp_path / f"{store.UNFINISHED}1-{name}") for name in ("there", "unlocked")]
    busy = [old(tmp_path / f"{store.UNFINISHED}1-{name}") for name in ("busy", "busy_unlocked")]
    notes = old(tmp_path / f"{store.UNFINISHED}notes")
    for each in (left[0], busy[0]):
        claimed_there(each)
    for each in busy:
        (each / "tables").mkdir()
    store.sweep(tmp_path)
    assert [each.exists() for each in (*left, *busy, notes)] == [False, False, True, True, True]


def test_what_a_kill_in_the_search_leaves_goes_with_the_next_run(tmp_path: Path) -> None:
    killed = begun(tmp_path, KILL.format(module="gwplan.solving.lexicographic", function="solve_goals"), "solve", TINY)
    assert finished(killed).returncode == -9
    runs = tmp_path / "runs"
    assert any(path.is_dir() for path in runs.glob(f"{store.UNFINISHED}*"))
    assert finished(begun(tmp_path, "", "solve", TINY)).returncode == 0
    assert list(runs.glob(".*")) == list((tmp_path / "scratch").iterdir()) == []


def test_a_draft_that_another_machine_swept_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that logs nothing for long looks dead to a machine that sees no locks; its plan is kept all the same."""
    honest = lexicographic.solve_goals

    def swept(*words: Any, **more: Any) -> Any:
        shutil.rmtree(next(tmp_path.glob(f"{store.UNFINISHED}*[!k]")))
        return honest(*words, **more)

    monkeypatch.setattr(lexicographic, "solve_goals", swept)
    run = solve(Request(TINY, runs=tmp_path)).run
    assert run is not None
    assert {path.name for path in run.iterdir()} >= FILES - {"solver.log"}


def test_without_a_plan_nothing_is_left(tmp_path: Path) -> None:
    outcome = solve(Request(TINY, sets=("sites.north.most_it=0 MW", "sites.south.most_it=0 MW"), runs=tmp_path / "a" / "runs"))
    assert outcome.status == "infeasible"
    assert list(tmp_path.iterdir()) == []


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
    def full(folder: Path, texts: Mapping[str, str]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "plan.csv"))

    monkeypatch.setattr(store, "write_texts", full)
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 1
    assert result.stderr.startswith("No room on disk to write ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_files_that_may_not_grow_are_one_sentence(tmp_path: Path) -> None:
    """The system lets no file grow above 4,000 bytes, whoever writes it."""
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    result = finished(begun(tmp_path, "", "solve", TINY, preexec_fn=limit))
    assert result.returncode == 1, result.stdout
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert "too large" in result.stderr
    assert not (tmp_path / "runs").exists()


def test_a_vanished_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody removes the draft while it is written."""
    honest = store.write_texts

    def then_remove(folder: Path, texts: Mapping[str, str]) -> None:
        honest(folder, texts)
        shutil.rmtree(folder)

    monkeypatch.setattr(store, "write_texts", then_remove)
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert result.stderr.startswith("No such file or directory")
    assert not (tmp_path / "runs").exists()


STUDIES = (
    ("sweep", str(TINY), "--over", "halls.hall.price=8:12:2 MUSD_2026/MW", "--workers", "1"),
    ("frontier", str(TINY)),
    ("stress", str(TINY), "--lose", "site"),
    ("watch", str(TINY)),
)


@pytest.mark.parametrize("words", [("solve", str(TINY)), *STUDIES], ids=lambda words: words[0])
def test_a_runs_folder_that_cannot_be_written_is_found_before_the_search(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def searched(*_: Any, **__: Any) -> None:
        raise AssertionError("the search has begun")

    monkeypatch.setattr("gwplan.solving.lexicographic.search", searched)
    monkeypatch.setattr("gwplan.solving.search.search", searched)
    (tmp_path / "file").write_text("in the way")
    runs = tmp_path / "file" / "runs"
    result = CliRunner().invoke(gwplan, [*words, "--runs", str(runs)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"The folder {runs} cannot be written: a file has that name. Name another with --runs; nothing was solved.\n"
    result = CliRunner().invoke(gwplan, [*words, "--runs", str(tmp_path / "file")])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"Error: Invalid value for '--runs': Directory '{tmp_path / 'file'}' is a file."


@pytest.mark.parametrize(("error", "said"), [
    (errno.ENOSPC, "no space left on device"), (errno.EROFS, "read-only file system"), (errno.EACCES, "permission denied")])
def test_why_a_runs_folder_cannot_be_written_is_said_and_nothing_is_left(
    error: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, content: bytes) -> None:
        raise OSError(error, os.strerror(error), str(path))

    monkeypatch.setattr(Path, "write_bytes", refused)
    runs = tmp_path / "a" / "b" / "runs"
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(runs), "--json"])
    assert result.exit_code == json.loads(result.stdout)["exit_code"] == 1
    message = json.loads(result.stdout)["message"]
    assert message == f"The folder {runs} cannot be written: {said}. Name another with --runs; nothing was solved."
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_folder_can_be_made() -> None:
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", "/sys/no/runs"])
    assert result.exit_code == 1
    assert result.stderr.startswith("The folder /sys/no/runs cannot be written: ")
    assert result.stderr.endswith("nothing was solved.\n")
