"""Ctrl-C, SIGTERM and SIGHUP keep the best plan found, or say that there is none yet."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.audit import audit
from gwplan.commands.cli import gwplan
from gwplan.planning import run
from gwplan.results import store
from tests.solving.program import PLAN_FOUND, ROOT, begun, environment, finished, interrupted, started, until_logged
from tests.support import solve_model

ONE_GIGAWATT = ROOT / "models" / "one_gigawatt.toml"
THREE_SITES = ROOT / "tests" / "cases" / "three_sites" / "most_value.toml"
TINY = ROOT / "models" / "tiny.toml"
FILES = {"manifest.json", "summary.json", "plan.csv", "audit.json", "solver.log", "inputs", "tables"}


def test_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    """Six years of quarters at three sites: a first plan within a second or two, the best one only after twenty."""
    process = started(tmp_path, THREE_SITES, "--set", "model.horizon.end=2032-Q4")
    assert until_logged(process, tmp_path, PLAN_FOUND)
    printed, told = interrupted(process)
    assert process.returncode == 5, told
    assert "stopped early: at most $" in printed and "this is the best plan found so far." in printed
    assert "Traceback" not in told and "terminate" not in told
    (folder,) = (tmp_path / "runs").iterdir()
    assert {path.name for path in folder.iterdir()} >= FILES
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["status"] == "stopped"
    assert summary["gap"] > 0
    assert summary["bound"] > summary["objective"]
    assert audit(folder).ok
    assert list((tmp_path / "scratch").iterdir()) == []


def test_ctrl_c_before_any_plan(tmp_path: Path) -> None:
    process = started(tmp_path, ONE_GIGAWATT, "--gap", "0", "--set", "model.horizon.step=half")
    assert until_logged(process, tmp_path, "Presolving")
    printed, told = interrupted(process)
    assert process.returncode == 6, told
    assert "Stopped before any plan was found." in printed + told
    assert "Traceback" not in told and "terminate" not in told
    assert not (tmp_path / "runs").exists()


def signalled(function: str, number: signal.Signals, first: str = "") -> str:
    """A script after which a function of gwplan sends its own process a signal when it is called, and then does its work."""
    module, _, name = function.rpartition(".")
    return f"""
import os, signal
{first}
import {module} as module
honest = module.{name}
def pressed(*words, **more):
    module.{name} = honest
    os.kill(os.getpid(), {int(number)})
    return honest(*words, **more)
module.{name} = pressed
"""


@pytest.mark.parametrize(("function", "number"), [
    ("gwplan.planning.vendors.compared", signal.SIGINT), ("gwplan.results.store.write_texts", signal.SIGINT),
    ("gwplan.audit.audit", signal.SIGTERM), ("gwplan.reports.webpage.write", signal.SIGHUP)])  # fmt: skip
def test_a_signal_while_the_plan_is_written_audited_or_drawn_keeps_it(tmp_path: Path, function: str, number: signal.Signals) -> None:
    """The plan is proven: status and exit code say so. What is not begun of its pages, and of what comes after the proof, is left out."""
    result = finished(begun(tmp_path, signalled(function, number), "solve", TINY))
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["status"] == "optimal"
    assert (summary["vendors"] is None) == function.startswith("gwplan.planning"), "a vendor that was not looked at is none that cannot deliver"
    assert audit(folder).ok
    assert not (folder / "plan.xlsx").exists()
    assert (folder / "report.html").exists() == function.startswith("gwplan.reports")
    assert str(folder.name) in result.stdout
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_sigterm_and_sighup_keep_the_best_plan_like_ctrl_c(tmp_path: Path, name: str) -> None:
    process = started(tmp_path, THREE_SITES, "--set", "model.horizon.end=2032-Q4")
    assert until_logged(process, tmp_path, PLAN_FOUND)
    process.send_signal(getattr(signal, name))
    printed, told = process.communicate(timeout=60)
    assert process.returncode == 5, told
    assert "stopped early: at most $" in printed and "this is the best plan found so far." in printed
    (folder,) = (tmp_path / "runs").iterdir()
    assert audit(folder).ok


def test_what_nohup_ignores_is_ignored(tmp_path: Path) -> None:
    script = signalled("gwplan.planning.build.build", signal.SIGHUP, "signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    result = finished(begun(tmp_path, script, "solve", TINY))
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("function", ["gwplan.planning.build.read", "gwplan.planning.build.build"])
def test_a_signal_before_the_search_is_exit_6(tmp_path: Path, function: str) -> None:
    result = finished(begun(tmp_path, signalled(function, signal.SIGTERM), "solve", TINY))
    assert (result.returncode, result.stdout, result.stderr) == (6, "", "Stopped before a plan was found.\n")
    assert not (tmp_path / "runs").exists()


IMPORTED = """
import os, signal, sys
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == "{name}":
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Pressed())
signal.signal(signal.SIGINT, signal.default_int_handler)  # a process begun in the background of a shell would ignore it
from gwplan.commands.begin import main
main()
"""


@pytest.mark.parametrize("name", ["click", "pandas", "scipy.sparse"])
@pytest.mark.parametrize("as_json", [False, True], ids=("text", "json"))
def test_ctrl_c_while_modules_are_imported_is_exit_6(tmp_path: Path, name: str, as_json: bool) -> None:
    words = ["solve", str(TINY), *(["--json"] if as_json else [])]
    result = subprocess.run([sys.executable, "-c", IMPORTED.format(name=name), *words], cwd=tmp_path, env=environment(tmp_path),
                            capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 6, result.stderr
    said = {"exit_code": 6, "status": "stopped", "message": "Stopped before a plan was found."}
    assert (json.loads(result.stdout), result.stderr) == (said, "") if as_json else (result.stdout, result.stderr) == ("", f"{said['message']}\n")


PRINTED = """
import os, signal, sys
from pathlib import Path
from gwplan.commands import console
from gwplan.common import stopping
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            os.kill(os.getpid(), signal.SIGTERM)
sys.meta_path.insert(0, Pressed())
stopping.listen()
with console.reporting(False, console.kept(0, Path("runs/RUN"))):
    import pandas
"""


HUNG_UP = """
import errno, os, signal
from pathlib import Path
import click
from gwplan.commands import console
from gwplan.common import stopping
stopping.listen()
try:
    with stopping.noted():
        os.kill(os.getpid(), signal.SIGHUP)
        with console.reporting(False, console.kept(5, Path("runs/RUN"))):
            raise OSError(errno.EIO, "Input/output error")
except click.exceptions.Exit as error:
    print("exit code", error.exit_code)
"""


def test_a_terminal_that_closes_is_no_error_of_its_own(tmp_path: Path) -> None:
    """Printing to it fails; the search that it stopped ends with its own exit code."""
    result = subprocess.run([sys.executable, "-c", HUNG_UP], env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "exit code 5\n", "")


def test_a_signal_while_what_prints_a_folder_is_imported_ends_as_the_command_would(tmp_path: Path) -> None:
    result = subprocess.run([sys.executable, "-c", PRINTED], env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "Stopped while printing; runs/RUN is complete.\n")


@pytest.mark.parametrize(("function", "gap"), [("gwplan.solving.search.relax", "0.001"), ("gwplan.solving.parts.solve_problem", "0")])
def test_ctrl_c_in_the_first_relaxation_keeps_the_plan_it_starts_from(tmp_path: Path, tiny_run: Path, function: str, gap: str) -> None:
    """It was given, and holds with the numbers as they are now: it is a plan, if not a proven one."""
    result = finished(begun(tmp_path, signalled(function, signal.SIGINT), "solve", TINY, "--start", tiny_run, "--gap", gap,
                            "--set", "halls.hall.price=11 MUSD_2026/MW"))
    assert result.returncode == 5, result.stdout + result.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    found = json.loads((folder / "summary.json").read_text())
    assert (found["status"], found["bound"], found["gap"]) == ("stopped", None, None)
    assert (folder / "plan.csv").read_bytes() == (tiny_run / "plan.csv").read_bytes()
    assert found["objective"] == pytest.approx(solve_model(TINY, sets=("halls.hall.price=11 MUSD_2026/MW",)).objective, rel=1e-9)
    assert audit(folder).ok


def test_ctrl_c_while_a_summary_is_printed_ends_as_the_solve_did(tmp_path: Path) -> None:
    result = finished(begun(tmp_path, signalled("gwplan.reports.terminal.summary.show_outcome", signal.SIGINT), "solve", TINY))
    assert result.returncode == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert result.stderr == f"Stopped while printing; runs/{folder.name} is complete.\n"


def test_ctrl_c_ends_a_sweep_in_one_process_and_keeps_its_answers(tmp_path: Path) -> None:
    """The scenario that it stops is no answer, and none is begun after it."""
    script = """
from gwplan.analysis.scenarios import study
honest = study.run
def run(order, *words):
    import os, signal
    from dataclasses import replace
    return honest(replace(order, on_result=lambda number, result: os.kill(os.getpid(), signal.SIGINT) if number == 1 else None), *words)
study.run = run
"""
    words = ("sweep", TINY, "--over", "halls.hall.price=8:12:1 MUSD_2026/MW", "--workers", "1")
    result = finished(begun(tmp_path, script, *words))
    kept = "their results are cached: the same command resumes from there."
    assert (result.returncode, result.stderr) == (6, f"Stopped with 2 of 5 scenarios solved; {kept}\n")
    again = finished(begun(tmp_path, "", *words))
    assert again.returncode == 0
    assert "2 of 5 from the cache" in " ".join(again.stdout.split())


def test_ctrl_c_ends_a_frontier_with_the_points_it_has(tmp_path: Path) -> None:
    script = """
import os, signal
from gwplan.analysis import frontier
honest = frontier.frontier
frontier.frontier = lambda *words: honest(*words[:-1], lambda number: os.kill(os.getpid(), signal.SIGTERM) if number == 3 else None)
"""
    result = finished(begun(tmp_path, script, "frontier", TINY, "--of", "capital,compute", "--points", "6"))
    assert result.returncode == 5, result.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["stopped"], manifest["solved"]) == (True, 3)


@pytest.mark.parametrize(("module", "function"), [(run, "build"), (store, "write_texts"), (store, "finish")])
def test_ctrl_c_while_building_or_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, function: str) -> None:
    """There is no plan yet, or half a folder, which goes: either way nothing is left behind."""
    def pressed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, function, pressed)
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 6
    assert result.stderr.strip() == "Stopped before a plan was found."
    assert not (tmp_path / "runs").exists() or list((tmp_path / "runs").iterdir()) == []
