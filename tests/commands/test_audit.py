"""`gwplan audit`: the exit code says whether a folder holds together, and what failed is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gwplan.commands.cli import gwplan


@pytest.fixture
def copy(tiny_run: Path, tmp_path: Path) -> Path:
    """A copy of the tiny run, to be changed."""
    return Path(shutil.copytree(tiny_run, tmp_path / "run"))


def audited(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(gwplan, ["audit", str(folder), *words])


def rewritten(file: Path, **figures: object) -> None:
    """Other figures in a JSON file."""
    file.write_text(json.dumps(json.loads(file.read_text()) | figures))


def test_an_honest_folder_passes_and_says_what_is_not_checked(copy: Path) -> None:
    before = {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    result = audited(copy)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("All ")
    assert "Not checked:" in result.output
    assert max(map(len, result.output.split("Run folder")[0].splitlines())) <= 100
    assert {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()} == before


def test_a_changed_figure_is_named_and_the_exit_code_is_1(copy: Path) -> None:
    rewritten(copy / "summary.json", target_met=False)
    result = audited(copy)
    assert result.exit_code == 1
    assert "1 of " in result.output
    assert "summary.target_met_is_what_follows" in result.output
    document = json.loads(audited(copy, "--json").stdout)
    assert document["exit_code"] == 1
    assert [check["name"] for check in document["checks"] if not check["passed"]] == ["target_met_is_what_follows"]
    assert document["not_checked"]


@pytest.mark.parametrize(("file", "content", "said"), [
    ("summary.json", "[1]", "is not the JSON of a run folder"), ("plan.csv", "\x00\xff", "is damaged or of another version"),
    ("tables/ledger.csv", "", "is damaged or of another version"),
])  # fmt: skip
def test_a_damaged_folder_is_a_sentence_and_exit_code_3(copy: Path, file: str, content: str, said: str) -> None:
    (copy / file).write_text(content, encoding="latin-1")
    result = audited(copy)
    assert result.exit_code == 3
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_is_no_run_is_a_sentence(tmp_path: Path) -> None:
    result = audited(tmp_path)
    assert result.exit_code == 3
    assert "is not a run folder" in result.output


def test_a_folder_of_another_version_is_checked_as_far_as_it_can_be(copy: Path) -> None:
    manifest, summary = (json.loads((copy / name).read_text()) for name in ("manifest.json", "summary.json"))
    manifest["versions"]["gwplan"] = "0.0.9"
    for key in ("estimate_share", "held_back"):
        summary.pop(key)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    (copy / "summary.json").write_text(json.dumps(summary))
    result = audited(copy)
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "was made by gwplan 0.0.9" in text
    assert "estimate_share, held_back: not in this folder" in text
