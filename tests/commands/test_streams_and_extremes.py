"""Closed and full streams, options beyond reason, damaged caches and damaged runs: a sentence or nothing, never a traceback."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.analysis.scenarios.cache import Cache
from gwplan.analysis.scenarios.scenario import Result
from gwplan.commands.cli import gwplan
from gwplan.common.status import Status
from gwplan.results.run_folder import RunFolder
from tests.commands.program import TINY, environment

NINES = "9" * 400


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of sh in which `gwplan` is this one."""
    text = line.replace("gwplan", f"{sys.executable} -m gwplan", 1)
    return subprocess.run(["sh", "-c", text], cwd=folder, env=environment(), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"gwplan solve {TINY} --runs runs --no-solve >&- 2>&-", 0),
        (f"gwplan check {TINY} --set x=y >&- 2>&-", 3),
        (f"gwplan check {TINY} --set x=y 2>&-", 3),
        (f"gwplan check {TINY} --json >/dev/full", 1),
        (f"gwplan check {TINY} --set x=y 2>/dev/full", None),
    ],
)
def test_closed_and_full_streams(line: str, code: int | None, tmp_path: Path) -> None:
    done = shell(line, tmp_path)
    assert code is None or done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr
    assert "Unexpected error" not in done.stdout + done.stderr


def test_a_closed_stream_takes_no_file(tmp_path: Path) -> None:
    """The first file opened after stdout was closed is not what the program prints to."""
    script = "from gwplan.commands.streams import prepare_streams; prepare_streams(); f = open('kept.txt', 'w'); import os; os.write(1, b'x'); print('y'); f.close()"
    subprocess.run(["sh", "-c", f'{sys.executable} -c "{script}" >&-'], cwd=tmp_path, env=environment(), check=True)
    assert (tmp_path / "kept.txt").read_text() == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("solve", TINY, "--time-limit", NINES), 3),
        (("solve", TINY, "--time-limit", "1e400"), 3),
        (("solve", TINY, "--time-limit", "nan"), 3),
        (("solve", TINY, "--time-limit", "-5"), 3),
        (("solve", TINY, "--time-limit", f"{NINES} h"), 3),
        (("solve", TINY, "--gap", "nan"), 2),
        (("solve", TINY, "--gap", "1e400"), 2),
        (("solve", TINY, "--threads", NINES), 2),
        (("solve", TINY, "--seed", NINES), 2),
        (("sample", TINY, "-n", NINES), 2),
        (("sample", TINY, "-n", "9" * 5000), 2),
        (("sample", TINY, "--seed", NINES), 2),
        (("sample", TINY, "--workers", NINES), 2),
        (("frontier", TINY, "--points", NINES), 2),
        (("sweep", TINY, "--over", "budget.capital.cap=1:inf:1 MUSD_2026"), 3),
        (("sweep", TINY, "--over", "budget.capital.cap=1,nan MUSD_2026"), 3),
        (("sweep", TINY, "--over", "budget.capital.cap=*1,*1e16"), 3),
        (("sweep", TINY, "--over", "budget.capital.cap=1:2:1e-320 MUSD_2026"), 3),
        (("stress", TINY, "--lose", "site", "--at", NINES), 3),
    ],
)
def test_options_beyond_reason(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = CliRunner().invoke(gwplan, [*words, "--runs", str(tmp_path / "runs")])
    assert done.exit_code == code, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert "Unexpected error" not in done.output
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content.replace(b"optimal", b"optimum"),
        lambda content: content.replace(b"1.5", b"2.5"),
        lambda content: b"\0" * len(content),
        lambda content: b"[" * 100_000,
        lambda content: content.split(b"\n")[1],
        lambda content: b"{}",
    ],
)  # fmt: skip
def test_a_damaged_answer_of_the_cache_counts_as_none(spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
    cache, result = Cache(tmp_path), Result(Status.OPTIMAL, "", {"objective": 1.5})
    cache.put("ab" * 32, result)
    assert cache.get("ab" * 32) == result
    path = cache.path("ab" * 32)
    path.write_bytes(spoil(path.read_bytes()))
    assert cache.get("ab" * 32) is None
    cache.put("ab" * 32, result)
    assert cache.get("ab" * 32) == result


def test_a_folder_in_the_place_of_an_answer_counts_as_none(tmp_path: Path) -> None:
    Cache(tmp_path).path("cd" * 32).mkdir(parents=True)
    assert Cache(tmp_path).get("cd" * 32) is None


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "deep": lambda content: b"[" * 100_000,
    "half": lambda content: content[: len(content) // 2],
    "zero": lambda content: b"\0" + content,
    "list": lambda content: b"[]",
    "other": lambda content: b"{}",
    "letters": lambda content: re.sub(rb"(?<=[ ,])[\d.]+", b"x", content),
}


@pytest.mark.parametrize("how", sorted(DAMAGE))
@pytest.mark.parametrize("name", ["summary.json", "manifest.json", "audit.json", "plan.csv", "tables/ledger.csv", "tables/periods.csv", "inputs/sources.csv"])
def test_damaged_runs(name: str, how: str, tiny_run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    (folder / name).write_bytes(DAMAGE[how]((folder / name).read_bytes()))
    for words in (("show", folder), ("compare", tiny_run, folder), ("circle", folder), ("workbook", folder)):
        done = CliRunner().invoke(gwplan, [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert done.exit_code in (0, 3)
        assert "Unexpected error" not in done.output


@pytest.mark.parametrize("how", sorted(DAMAGE))
@pytest.mark.parametrize("option", ["--start", "--fix", "--against"])
def test_a_run_to_start_from_is_damaged(option: str, how: str, tiny_run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    for name in ("plan.csv", "summary.json"):
        (folder / name).write_bytes(DAMAGE[how]((folder / name).read_bytes()))
    done = CliRunner().invoke(gwplan, ["solve", TINY, option, str(folder), "--runs", str(tmp_path / "runs")])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code in (0, 3, 4)


def test_documents_of_a_run_are_read_as_they_were_written(tiny_run: Path) -> None:
    assert RunFolder(tiny_run).summary == json.loads((tiny_run / "summary.json").read_text(encoding="utf-8"))
