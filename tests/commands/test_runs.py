"""Runs by word: the latest, the one before, by name and by folder; listing, naming, removing; and models by name."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from gwplan.results import run_list
from tests.commands.program import ROOT, TINY, run
from tests.reports.hand_made import write_run

FIRST, SECOND, THIRD = "20260101T000000Z_tiny_11111111", "20260102T000000Z_tiny_22222222", "20260102T000000Z_tiny_22222222_2"


def kept(working: Path, folder: str, **manifest: Any) -> Path:
    """A run folder by hand, with this in its manifest."""
    path = write_run(working / "runs" / folder)
    (path / "manifest.json").write_text(json.dumps({"model": "models/hand_made.toml", **manifest}))
    return path


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A working folder with three runs, written in another order than they were finished in."""
    kept(tmp_path, THIRD, name="cap38", sets=["budget.capital.cap=38 GUSD_2026"])
    kept(tmp_path, FIRST)
    kept(tmp_path, SECOND, overlays=["what_ifs/cheaper.csv"])
    (tmp_path / "runs" / "20260103T000000Z_a_study").mkdir()
    (tmp_path / "runs" / ".unfinished-1-aa").mkdir()
    return tmp_path


def test_the_latest_is_the_one_that_was_finished_last(three: Path) -> None:
    assert [each.path.name for each in run_list.runs_in(three / "runs")] == [THIRD, SECOND, FIRST]
    os.utime(three / "runs" / FIRST / "manifest.json")
    assert run_list.find("latest", three / "runs").name == THIRD, "by the time in its name, which survives a copy"


@pytest.mark.parametrize(("word", "folder"), [("latest", THIRD), ("previous", SECOND), ("cap38", THIRD), (FIRST, FIRST), ("runs/previous", SECOND), (f"runs/{FIRST}", FIRST)])
def test_a_word_for_a_run(word: str, folder: str, three: Path) -> None:
    found = json.loads(run("show", word, "--json", cwd=three).stdout)
    assert Path(found["run"]).name == folder


def test_show_alone_is_the_latest(three: Path) -> None:
    assert THIRD in run("show", cwd=three).stdout


def test_compare_alone_is_the_latest_with_the_one_before_it(tiny_run: Path, tmp_path: Path) -> None:
    for name in (SECOND, FIRST, THIRD):
        shutil.copytree(tiny_run, tmp_path / "runs" / name)
    lines = run("compare", cwd=tmp_path).stdout.splitlines()
    assert lines[:2] == [THIRD, f"against {SECOND}"]


def test_a_renamed_folder_keeps_its_place_and_a_word_of_its_own(three: Path) -> None:
    path = kept(three, "mine", run="20260101T120000Z_tiny_33333333")
    assert [each.path.name for each in run_list.runs_in(three / "runs")] == [THIRD, SECOND, "mine", FIRST]
    assert run_list.find("mine", three / "runs") == path


def test_a_folder_that_is_called_as_a_word_is_itself(three: Path) -> None:
    write_run(three / "latest")
    assert json.loads(run("show", "latest", "--json", cwd=three).stdout)["run"] == "latest"


@pytest.mark.parametrize(("words", "said"), [
    (("show", "cap39"), "no run in runs has the name cap39; did you mean 'cap38'?"),
    (("show", "elsewhere/latest"), "there is no run in elsewhere"),
    (("solve", "tiny", "--start", "latest", "--runs", "other"), "there is no run in other"),
    (("compare", "latest"), "at least two"),
    (("runs", "--delete"), "says which runs"),
    (("runs", "", "--delete", "--yes"), "says which runs"),
    (("runs", "tiny", " ", "--delete", "--yes"), "says which runs"),
    (("runs", "nothing_like_it", "--delete", "--yes"), "Nothing was removed"),
    (("runs", "cap38", "--delete", "--json"), "say --yes"),
    (("solve", "tiny", "--name", "cap38"), f"'cap38' is the name of {THIRD} in runs"),
    (("solve", "tiny", "--name", "latest"), "always means the run that it says"),
    (("solve", "tiny", "--name", "../x"), "begins with a letter or a digit"),
    (("solve", "tinny"), "did you mean 'tiny'?"),
    (("breakeven", "tinny"), "did you mean 'tiny'?"),
])  # fmt: skip
def test_wrong_words_are_told_in_words(words: tuple[str, ...], said: str, three: Path) -> None:
    result = run(*words, cwd=three)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())
    assert len(run_list.runs_in(three / "runs")) == 3


def test_one_run_has_none_before_it(tmp_path: Path) -> None:
    kept(tmp_path, FIRST)
    result = run("compare", cwd=tmp_path)
    assert result.returncode == 2
    said = " ".join(result.stderr.split())
    assert "there is no previous run in runs: it has one run" in said and "Directory" not in said


def test_a_name_that_two_runs_have_is_no_answer(three: Path) -> None:
    kept(three, "20260104T000000Z_tiny_44444444", name="cap38")
    result = run("show", "cap38", cwd=three)
    assert result.returncode == 2
    assert "2 runs in runs have the name cap38" in " ".join(result.stderr.split())


def test_the_list_has_name_model_time_answer_status_and_changes(three: Path) -> None:
    text = run("runs", cwd=three).stdout
    assert text.index(THIRD) < text.index(FIRST)
    assert "cap38" in text and "changed: budget.capital.cap=38 GUSD_2026" in text and "changed: cheaper.csv" in text
    assert "hand_made, 2026-01-02 00:00, optimal: 100 MW of IT" in text
    found = json.loads(run("runs", "--json", cwd=three).stdout)["runs"]
    assert [(each["name"], each["model"], each["finished"], each["status"]) for each in found][:2] == [
        ("cap38", "hand_made", "20260102T000000Z", "optimal"), ("", "hand_made", "20260102T000000Z", "optimal")]


@pytest.mark.parametrize(("texts", "folders"), [((), 3), (("tiny", "OPTIMAL"), 3), (("cheaper",), 1), (("cap38",), 1), (("latest", "cheaper"), 0), (("22222222",), 2)])
def test_the_list_is_filtered_by_all_texts(texts: tuple[str, ...], folders: int, three: Path) -> None:
    assert len(json.loads(run("runs", *texts, "--json", cwd=three).stdout)["runs"]) == folders
    assert run("runs", *texts, cwd=three).returncode == 0


def test_no_runs_are_no_fault(tmp_path: Path) -> None:
    result = run("runs", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "No run in runs.\n")


def test_removing_asks(three: Path) -> None:
    result = run("runs", "cap38", "--delete", cwd=three)
    assert result.returncode == 0
    assert THIRD in result.stderr and "Nothing was removed." in result.stderr
    assert (three / "runs" / THIRD).is_dir()
    result = run("runs", "cap38", "--delete", "--yes", cwd=three)
    assert (result.returncode, result.stdout) == (0, "Removed 1 run.\n")
    assert sorted(each.name for each in (three / "runs").iterdir()) == [".unfinished-1-aa", FIRST, SECOND, "20260103T000000Z_a_study"]


def test_removing_follows_no_link(three: Path) -> None:
    outside = write_run(three / "outside")
    (three / "runs" / "20260105T000000Z_tiny_55555555").symlink_to(outside, target_is_directory=True)
    (three / "runs" / FIRST / "inputs" / "link").symlink_to(outside, target_is_directory=True)
    assert len(run_list.runs_in(three / "runs")) == 3, "a link is none of the runs"
    result = run("runs", "tiny", "--delete", "--yes", cwd=three)
    assert result.stdout == "Removed 3 runs.\n"
    assert (outside / "inputs" / "sites.csv").is_file()
    assert (three / "runs" / "20260105T000000Z_tiny_55555555").is_symlink()


def test_nothing_outside_the_folder_is_removed(three: Path) -> None:
    (inside,) = (each for each in run_list.runs_in(three / "runs") if each.path.name == FIRST)
    with pytest.raises(OSError, match="is not a folder in"):
        run_list.remove(inside, three)
    assert inside.path.is_dir()


def test_a_folder_that_stays_is_told_with_exit_code_1(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(run: run_list.KeptRun, folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(run.path))

    monkeypatch.setattr(run_list, "remove", refused)
    result = run("runs", "cap38", "--delete", "--yes", cwd=three)
    assert result.returncode == 1
    assert result.stderr.startswith("Permission denied")


def test_a_model_by_name_is_that_of_models_before_the_shipped_one(tmp_path: Path) -> None:
    def title() -> str:
        return str(json.loads(run("check", "tiny", "--json", cwd=tmp_path).stdout)["title"])

    shipped = title()
    (tmp_path / "models").mkdir()
    text = (ROOT / "models" / "tiny.toml").read_text().replace("../inputs", str(ROOT / "inputs"))
    (tmp_path / "models" / "tiny.toml").write_text(text.replace(shipped, "Mine"))
    assert (shipped, title()) == ("Ten megawatts, two sites, three years", "Mine")


def test_a_solve_gets_its_name_and_a_hash_of_model_and_inputs(tmp_path: Path) -> None:
    folders = [Path(run("solve", TINY, *words, "--quiet", cwd=tmp_path).stdout.strip()) for words in (
        ("--name", "base"), (), ("--set", "model.target.1.amount=9 MW"), ("--set", "halls.hall.price=*2"))]  # fmt: skip
    assert run_list.find("base", tmp_path / "runs").name == folders[0].name
    hashes = [folder.name.split("_")[2] for folder in folders]
    assert hashes[0] == hashes[1], "the same question"
    assert len(set(hashes[1:])) == 3, "another target, another price"
    manifests = [json.loads((tmp_path / folder / "manifest.json").read_text()) for folder in folders]
    assert manifests[1]["digest_of_inputs"] == manifests[2]["digest_of_inputs"]
    assert [each["digest"][:8] for each in manifests] == hashes
