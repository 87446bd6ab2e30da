"""`gwplan new` copies the shipped models and inputs, and never touches a folder that holds something."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.program import ROOT, run


def test_new_copies_every_model_and_case(tmp_path: Path) -> None:
    result = run("new", "demo", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for part in ("models", "inputs"):
        shipped = sorted(path.relative_to(ROOT) for path in (ROOT / part).rglob("*") if path.is_file())
        copied = sorted(path.relative_to(tmp_path / "demo") for path in (tmp_path / "demo" / part).rglob("*") if path.is_file())
        assert shipped == copied
    assert "cd demo" in result.stdout
    assert "gwplan solve models/one_gigawatt.toml" in result.stdout


def test_new_into_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    assert run("new", tmp_path / "demo").returncode == 0
    assert (tmp_path / "demo" / "models" / "tiny.toml").is_file()


def test_new_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run("new", tmp_path)
    assert result.returncode == 2
    assert f"{tmp_path} is not an empty folder" in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_new_as_json(tmp_path: Path) -> None:
    content = json.loads(run("new", "demo", "--json", cwd=tmp_path).stdout)
    assert content["folder"] == "demo"
    assert "models/tiny.toml" in content["models"]
    assert "inputs/one_gigawatt" in content["cases"]


def test_the_copied_models_find_their_inputs(tmp_path: Path) -> None:
    assert run("new", "demo", cwd=tmp_path).returncode == 0
    result = run("check", "models/tiny.toml", cwd=tmp_path / "demo")
    assert result.returncode == 0, result.stderr
    assert "Ten megawatts" in result.stdout
