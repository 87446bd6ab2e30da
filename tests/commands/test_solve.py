"""`check` and `solve` on the shipped tiny model: exit codes, JSON, run folders, and nothing but text in a pipe."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gwplan.common.status import Status
from tests.commands.program import ROOT, TINY, environment, run, spawned

ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder in which the tiny model was solved once, and what that printed."""
    folder = tmp_path_factory.mktemp("solved")
    return folder, spawned("solve", TINY, cwd=folder)


def only_run(folder: Path) -> Path:
    """The one run folder under runs/."""
    (found,) = (folder / "runs").iterdir()
    return found


def test_solved_to_the_gap(solved: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, result = solved
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("10 MW of IT by 2028-Q1 for $290M")
    assert str(only_run(folder).name) in result.stdout


def test_a_pipe_gets_text_only(solved: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, result = solved
    assert result.stderr == "", "a short solve has no line of progress in a pipe"
    assert not any(character < " " and character != "\n" for character in result.stdout)
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_show_prints_the_same_again(solved: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, result = solved
    again = run("show", Path("runs") / only_run(folder).name, cwd=folder)
    assert again.returncode == 0, again.stderr
    assert again.stdout == result.stdout


def test_show_as_json_adds_to_the_summary(solved: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = solved
    shown = json.loads(run("show", only_run(folder), "--json").stdout)
    summary = json.loads((only_run(folder) / "summary.json").read_text())
    assert summary.items() <= shown.items()
    assert set(shown) - set(summary) == {"run", "bridge", "estimate_shares"}
    classes = [step["amount"] for step in shown["bridge"]["steps"] if step["kind"] == "class"]
    assert sum(classes) == pytest.approx(summary["capital_musd_per_it_gw"] / 1e3)


def test_solve_as_json(tmp_path: Path) -> None:
    result = run("solve", TINY, "--json", "--runs", "elsewhere", cwd=tmp_path)
    content = json.loads(result.stdout)
    assert result.returncode == content["exit_code"] == 0
    assert (tmp_path / content["run"] / "summary.json").is_file()
    assert content["run"].startswith("elsewhere")
    assert content["summary"]["it_mw"][-1] == pytest.approx(10)
    assert content["sizes"]["columns"] > 0


def test_check_counts_without_solving(tmp_path: Path) -> None:
    result = run("check", TINY, "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    content = json.loads(result.stdout)
    assert content["items"]["site"] == 2
    assert content["items"]["system"] == 2
    for table, rows in content["tables"].items():
        lines = (ROOT / "inputs" / "tiny" / f"{table}.csv").read_text().splitlines()
        assert rows == len(lines) - 1, f"a row of {table}.csv was skipped"
    assert content["estimate_share_rows"] == 1
    assert list(tmp_path.iterdir()) == []


def test_check_for_a_reader(tmp_path: Path) -> None:
    result = run("check", TINY, cwd=tmp_path)
    assert result.returncode == 0
    assert "2 sites" in result.stdout
    assert "No faults" in result.stdout
    assert ESCAPE not in result.stdout


def test_sources_for_a_reader_and_as_json() -> None:
    assert "round_numbers" in run("sources", TINY).stdout
    content = json.loads(run("sources", TINY, "--json").stdout)
    assert content["estimate_share"] == 1
    assert content["sources"][0]["key"] == "round_numbers"


def test_sources_of_the_shipped_case_without_a_model(tmp_path: Path) -> None:
    content = json.loads(run("sources", "--json", cwd=tmp_path).stdout)
    assert content["case"].endswith("one_gigawatt")
    assert len(content["sources"]) > 20


def test_infeasible(tmp_path: Path) -> None:
    result = run("solve", TINY, "--set", "model.target.1.amount=900 MW", cwd=tmp_path)
    assert result.returncode == 4
    assert "Traceback" not in result.stderr


def test_infeasible_as_json(tmp_path: Path) -> None:
    result = run("solve", TINY, "--set", "model.target.1.amount=900 MW", "--json", cwd=tmp_path)
    content = json.loads(result.stdout)
    assert result.returncode == content["exit_code"] == 4
    assert content["message"]


def test_faulty_input(tmp_path: Path) -> None:
    overlay = tmp_path / "wrong.csv"
    header = "table,item,site,when,quantity,low,base,high,unit,source,note"
    overlay.write_text(f"{header}\nhalls,hall,,,price,,10,,USD_2026/kg,round_numbers,\npower,gas_engin,,,life,,20,,year,round_numbers,\n")
    result = run("solve", TINY, "--with", overlay, cwd=tmp_path)
    assert result.returncode == 3
    assert "wrong.csv:2" in result.stderr
    assert "wrong.csv:3" in result.stderr
    assert "gas_engine" in result.stderr
    assert not (tmp_path / "runs").exists()


def test_a_set_changes_the_plan(tmp_path: Path) -> None:
    words = ("--set", "halls.hall.price=*2", "--json")
    plain, dearer = (json.loads(run("solve", TINY, *more, cwd=tmp_path).stdout)["summary"] for more in (("--json",), words))
    assert dearer["capital_by_class_musd"]["halls"] == pytest.approx(2 * plain["capital_by_class_musd"]["halls"])
    assert dearer["objective"] > plain["objective"]


def test_no_solve_and_lp_file(tmp_path: Path) -> None:
    result = run("solve", TINY, "--no-solve", "--write-lp", "tiny.lp", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "columns" in result.stdout
    assert "rows" in result.stdout
    text = (tmp_path / "tiny.lp").read_text().lower()
    assert "\nst\n" in text
    assert text.rstrip().endswith("end")
    assert not (tmp_path / "runs").exists()


def test_no_room_on_disk_is_said(tmp_path: Path) -> None:
    result = run("solve", TINY, "--no-solve", "--write-lp", "/dev/full", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("No room on disk")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("status", "plan", "code"), [("optimal", True, 0), ("infeasible", False, 4), ("stopped", True, 5), ("stopped", False, 6)])
def test_exit_code_is_that_of_the_outcome(status: str, plan: bool, code: int, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from gwplan.analysis.compare import against
    from gwplan.commands.cli import gwplan
    from gwplan.planning.request import Outcome

    folder = run_folder if plan else None
    outcome = Outcome(Status(status), run=folder, message="What happened.", sizes={})
    monkeypatch.setattr(against, "solve", lambda request: outcome)
    result = CliRunner().invoke(gwplan, ["solve", TINY])
    assert result.exit_code == code
    assert ("What happened." in result.output) == (code != 0)
    quiet = CliRunner().invoke(gwplan, ["solve", TINY, "--quiet"])
    assert quiet.exit_code == code
    assert quiet.stdout == (f"{folder}\n" if plan else "What happened.\n")
    content: dict[str, Any] = json.loads(CliRunner().invoke(gwplan, ["solve", TINY, "--json"]).output)
    assert content["exit_code"] == code
    assert ("summary" in content) == (folder is not None)


def test_options_reach_the_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from gwplan.analysis.compare import against
    from gwplan.commands.cli import gwplan
    from gwplan.planning.request import Outcome, Request

    asked: list[Any] = []

    def solve(request: Request) -> Outcome:
        asked.append(request)
        return Outcome(Status.BUILT, run=None, message="", sizes={})

    monkeypatch.setattr(against, "solve", solve)
    overlay = tmp_path / "a.csv"
    overlay.touch()
    words = ["--with", str(overlay), "--set", "a=1", "--set", "b=2", "--gap", "0.01", "--time-limit", "2 min", "--threads", "2"]
    more = ["--seed", "7", "--no-solve", "--write-lp", "x.lp", "--runs", "r", "--start", str(tmp_path), "--fix", str(overlay), "--name", "mine"]
    assert CliRunner().invoke(gwplan, ["solve", TINY, *words, *more]).exit_code == 0
    (request,) = asked
    assert (request.model, request.overlays, request.sets) == (Path(TINY), (overlay,), ("a=1", "b=2"))
    assert (request.gap, request.time_limit, request.threads, request.seed) == (0.01, "2 min", 2, 7)
    assert (request.no_solve, request.write_lp, request.runs) == (True, Path("x.lp"), Path("r"))
    assert (request.start, request.fix, request.name) == (tmp_path, overlay, "mine")
    assert request.progress is not None


def test_a_terminal_gets_one_line_of_progress(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gwplan", "solve", TINY]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(TERM="xterm"), stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            shown += piece
        output = process.stdout.read().decode() if process.stdout else ""
    os.close(ours)
    assert process.returncode == 0
    assert ESCAPE.encode() in shown
    assert b" s" in shown
    assert b"\n" not in shown.replace(b"\r\n", b"").replace(b"\n", b"", 1), "progress keeps to one line"
    assert ESCAPE not in output
