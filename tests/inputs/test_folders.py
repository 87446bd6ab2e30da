"""Which files of a case folder are its tables: its own plain *.csv files, in every command alike, and nothing else is opened."""

from __future__ import annotations

import os
import shutil
import socket
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.analysis.scenarios.scenario import ask
from gwplan.analysis.sweep import of_folder
from gwplan.analysis.watch import Watch
from gwplan.commands.cli import gwplan
from gwplan.common.errors import InputFaults
from gwplan.inputs import starters
from gwplan.inputs.plain_files import passed_over, tables_of
from gwplan.planning import build, request
from tests.inputs.folders import HEADER, defined, faults_of, found_at, tiny_copy
from tests.support import ROOT, TINY, copied, replaced

LOCKS = (".~lock.halls.csv#", "#halls.csv#", "halls.csv~", ".halls.csv.swp", "~halls.csv", ".halls.csv")


def littered(folder: Path) -> list[str]:
    """Put into a case folder what people and programs leave there; gives the names that look like tables."""
    outside = folder.parent / "outside.csv"
    outside.write_text(f"{HEADER}\n")
    for name in LOCKS:
        (folder / name).write_text("nonsense")
    (folder / "notes.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    (folder / "linked.csv").symlink_to(outside)
    (folder / "nowhere.csv").symlink_to(folder / "missing")
    (folder / "round.csv").symlink_to(folder / "round.csv")
    (folder / "zero.csv").symlink_to("/dev/zero")
    below = folder / "runs" / "20300101_tiny" / "inputs"
    below.mkdir(parents=True)
    (below / "halls.csv").write_text("nonsense")
    return [*LOCKS, "notes.csv", "pipe.csv", "linked.csv", "nowhere.csv", "round.csv", "zero.csv"]


def test_what_is_no_table_is_passed_over_with_a_warning(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    before = tables_of(folder)
    names = littered(folder)
    assert tables_of(folder) == before
    assert sorted(fault.file for fault in passed_over(folder)) == sorted(names)
    report = build.check(request.Request(defined(folder).path))
    for name in names:
        assert found_at(report.warnings, name, 0, "is not read: it is")


def test_every_command_takes_the_same_files(tmp_path: Path) -> None:
    model = copied(TINY, tmp_path)
    before, watched = ask(model), Watch(request.Request(model), inputs=tmp_path / "inputs").files
    littered(tmp_path / "inputs")
    again = ask(model)
    assert again.files == before.files
    assert again.digest == before.digest
    assert sorted(Path(name).name for name in again.files) == sorted([*(path.name for path in tables_of(tmp_path / "inputs")), "tiny.toml"])
    assert Watch(request.Request(model), inputs=tmp_path / "inputs").files == watched


@pytest.mark.parametrize(
    ("kind", "words"), [("folder", "Is a directory"), ("pipe", "a pipe, a socket or a device"), ("link", "a link that leads outside"), ("socket", "a pipe")]
)
def test_a_table_that_is_no_file(tmp_path: Path, kind: str, words: str) -> None:
    folder = tiny_copy(tmp_path)
    table = folder / "halls.csv"
    shutil.move(table, tmp_path / "halls.csv")
    if kind == "folder":
        table.mkdir()
    elif kind == "pipe":
        os.mkfifo(table)
    elif kind == "link":
        table.symlink_to(tmp_path / "halls.csv")
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(table))
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", 0, "cannot be read", words)
    assert len(faults) == 1


def test_a_link_inside_the_folder_is_a_table(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    shutil.move(folder / "halls.csv", folder / "halls_2026.table")
    (folder / "halls.csv").symlink_to("halls_2026.table")
    assert not faults_of(folder)
    assert folder / "halls.csv" in tables_of(folder)


def test_an_overlay_that_is_a_pipe_is_a_fault_at_once(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    os.mkfifo(tmp_path / "more.csv")
    assert found_at(faults_of(folder, overlays=[tmp_path / "more.csv"]), "more.csv", 0, "a pipe")
    os.mkfifo(tmp_path / "model.toml")
    with pytest.raises(InputFaults, match="a pipe"):
        ask(tmp_path / "model.toml")


def test_a_sweep_passes_over_what_is_no_overlay(tmp_path: Path) -> None:
    folder = tmp_path / "what_ifs"
    folder.mkdir()
    (folder / "cheap.csv").write_text(f"table,{HEADER}\nhalls,hall,,,price,,9,,MUSD_2026/MW,round_numbers,\n")
    littered(folder)
    assert [dict(scenario.values)["overlay"] for scenario in of_folder(folder)] == ["base", "cheap"]


def test_a_definition_is_edited_as_data(tmp_path: Path) -> None:
    """What looks like the key in a text of several lines stays; the key itself changes however it is written."""
    model = copied(TINY, tmp_path)
    title = 'a title\ninputs = "elsewhere"\nand more'
    replaced(model, 'inputs = "inputs"', '"inputs" = \'inputs\'')
    text = "\n".join(line for line in model.read_text().splitlines() if not line.startswith("title"))
    model.write_text(f'title = """{title}"""\n{text}\n')
    question = ask(model)
    document = tomllib.loads(question.files[question.model].decode())
    assert document["title"] == title
    assert document["inputs"] == "../inputs"
    assert {key: value for key, value in document.items() if key != "inputs"} == {
        key: value for key, value in tomllib.loads(model.read_text()).items() if key != "inputs"
    }


def test_overlays_of_a_model_travel_wherever_they_are(tmp_path: Path) -> None:
    model = copied(TINY, tmp_path)
    (tmp_path / "far.csv").write_text(f"table,{HEADER}\nhalls,hall,,,price,,9,,MUSD_2026/MW,round_numbers,\n")
    model.write_text('overlays = ["../../far.csv"]\n' + model.read_text())
    question = ask(model)
    assert (tmp_path / "far.csv").read_bytes() in question.files.values()
    for name, content in question.files.items():
        path = tmp_path / "there" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    there = build.read(request.Request(tmp_path / "there" / question.model, sets=question.sets))
    assert there.number("halls", "hall", "price") == 9.0


def test_new_copies_no_runs_and_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    for part in starters.PARTS:
        shutil.copytree(starters.root() / part, root / part)
    littered(root / "inputs" / "tiny")
    monkeypatch.setattr(starters, "root", lambda: root)
    starters.create(tmp_path / "copy")
    found = sorted(path.name for path in (tmp_path / "copy" / "inputs" / "tiny").iterdir() if path.is_file())
    assert found == sorted(path.name for path in (ROOT / "inputs" / "tiny").iterdir() if path.is_file())


@pytest.mark.parametrize("words", [("check",), ("solve", "--no-solve"), ("sweep", "--over", "halls.hal.price=1,2 MUSD_2026/MW"),
                                   ("stress", "--only", "no.such.number"), ("stress", "--lose", "nobody"), ("frontier", "--of", "capital,value")])
def test_every_command_warns_of_what_it_passes_over(tmp_path: Path, words: tuple[str, ...]) -> None:
    model = copied(TINY, tmp_path)
    os.mkfifo(tmp_path / "inputs" / "pipe.csv")
    for path in (tmp_path / "inputs").glob("compute.csv"):
        path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("compute,")) + "\n")
    done = CliRunner().invoke(gwplan, [words[0], str(model), *words[1:]])
    assert "pipe.csv: is not read: it is a pipe, a socket or a device" in done.output
