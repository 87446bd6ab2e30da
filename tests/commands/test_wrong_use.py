"""What-ifs and reports used wrongly: one clear sentence, the right exit code, nothing lost."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gwplan.commands.cli import gwplan
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.commands.program import TINY, environment

READERS = ("report", "workbook", "compare", "show")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the tiny model."""
    run = solve(Request(Path(TINY), runs=tmp_path_factory.mktemp("runs"), pages=None)).run
    assert run is not None
    return run


def read_by(command: str, folder: Path, whole: Path) -> Result:
    """What a command says of a folder, compared with a whole one."""
    words = [str(whole), str(folder)] if command == "compare" else [str(folder)]
    return CliRunner().invoke(gwplan, [command, *words])


@pytest.mark.parametrize("missing", ["plan.csv", "summary.json", "manifest.json", "tables/ledger.csv", "tables/periods.csv", "inputs", "tables"])
@pytest.mark.parametrize("command", READERS[:3])
def test_an_incomplete_folder_is_named_with_what_it_lacks(command: str, missing: str, solved: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(solved, tmp_path / "broken")
    shutil.rmtree(broken / missing) if (broken / missing).is_dir() else (broken / missing).unlink()
    result = read_by(command, broken, solved)
    assert result.exit_code == 3, result.output
    first = result.stderr.splitlines()[0]
    assert first.startswith(f"{broken}: is not a ")
    assert missing in first
    assert not list(broken.glob("report.html")) + list(broken.glob("plan.xlsx"))


@pytest.mark.parametrize("key", ["status", "title", "goal", "periods", "it_mw", "compute_kh100e", "first_build_until"])
@pytest.mark.parametrize("command", READERS)
def test_a_folder_of_another_version_is_called_one(command: str, key: str, solved: Path, tmp_path: Path) -> None:
    old = shutil.copytree(solved, tmp_path / "old")
    summary, manifest = (json.loads((old / f"{name}.json").read_text(encoding="utf-8")) for name in ("summary", "manifest"))
    del summary[key]
    manifest["versions"]["gwplan"] = "0.0.9"
    (old / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (old / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = read_by(command, old, solved)
    assert result.exit_code in (0, 3), result.output
    if result.exit_code:
        assert f"{key!r}" in result.stderr
        assert "another version" in result.stderr
        assert "old was made by gwplan 0.0.9, this is " in result.stderr or "the run was made by another version" in result.stderr


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n"], ids=("blank", "other columns"))
@pytest.mark.parametrize("command", READERS[:3])
def test_a_damaged_table_is_no_surprise(command: str, content: str, solved: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(solved, tmp_path / "damaged")
    (damaged / "tables" / "ledger.csv").write_text(content, encoding="utf-8")
    result = read_by(command, damaged, solved)
    assert result.exit_code == 3
    assert f"{damaged}: is damaged or of another version" in result.stderr.replace(f"{solved} or ", "")


def test_an_over_without_a_unit_is_called_by_its_name(tmp_path: Path) -> None:
    result = CliRunner().invoke(gwplan, ["sweep", TINY, "--over", "budget.capital.cap=1:2:1", "--runs", str(tmp_path)])
    assert result.exit_code == 3
    assert result.stderr.startswith("--over budget.capital.cap=1: '1' has no unit; write 1 GUSD_2026\n")


def limited(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on a system that lets no file grow above 4,000 bytes."""
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    return subprocess.run([sys.executable, "-m", "gwplan", *words], cwd=tmp_path, env=environment(), capture_output=True, text=True,
                          check=False, preexec_fn=limit)


@pytest.mark.parametrize("command", ["report", "workbook", "compare"])
def test_no_room_for_a_page_leaves_nothing_half_written(command: str, solved: Path, tmp_path: Path) -> None:
    words = [str(solved), str(solved), "--page", "out"] if command == "compare" else [str(solved), "--output", "out"]
    result = limited(tmp_path, command, *words)
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert "too large" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_a_sweep_is_one_sentence(tmp_path: Path) -> None:
    result = limited(tmp_path, "sweep", TINY, "--over", "budget.capital.cap=*1,*0.9", "--workers", "1", "--runs", "runs")
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert list(tmp_path.iterdir()) == []
