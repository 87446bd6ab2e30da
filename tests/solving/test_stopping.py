"""Ctrl-C keeps the best plan found, or says that there is none yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.audit import audit
from gwplan.commands.cli import gwplan
from gwplan.planning import run
from gwplan.results import store
from tests.solving.program import PLAN_FOUND, ROOT, interrupted, started, until_logged

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
    assert "Status: stopped; no plan is better by more than" in printed
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


@pytest.mark.parametrize(("module", "function"), [(run, "build"), (store, "write_plan"), (store, "finish")])
def test_ctrl_c_while_building_or_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, function: str) -> None:
    """There is no plan yet, or half a folder, which goes: either way nothing is left behind."""
    def pressed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, function, pressed)
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 6
    assert result.stderr.strip() == "Stopped before there was a plan."
    assert not (tmp_path / "runs").exists() or list((tmp_path / "runs").iterdir()) == []
