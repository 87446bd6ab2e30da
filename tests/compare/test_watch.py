"""`gwplan watch` in a process of its own: real saves, real faults, a real Ctrl-C."""

from __future__ import annotations

import json
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gwplan.commands.watch import watch
from tests.support import TINY, copied, replaced

ROOT = Path(__file__).parents[2]
PATIENCE = 90
"""Seconds to wait for a line before the test is given up; no claim about speed."""
# A process begun in the background of a shell would ignore the signal from its birth.
SCRIPT = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from gwplan.commands.watch import watch
watch()
"""


class Watching:
    """A running `gwplan watch`, stdout and stderr together, read line by line."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-c", SCRIPT, *words]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                                        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)})
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def until(self, text: str) -> list[str]:
        """All lines up to the first that holds the text."""
        found: list[str] = []
        while True:
            line = self.lines.get(timeout=PATIENCE)
            assert line is not None, f"ended without {text!r}: {found}"
            found.append(line)
            if text in line:
                return found

    def end(self) -> int:
        """Press Ctrl-C and wait."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of tiny, to edit."""
    return copied(TINY, tmp_path / "case")


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Any]:
    """Begins a watch; whatever is still running at the end is stopped."""
    begun: list[Watching] = []

    def start(*words: str) -> Watching:
        begun.append(Watching(tmp_path, *words))
        return begun[-1]

    yield start
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        each.reader.join()
        assert each.process.stdout is not None
        each.process.stdout.close()


def test_saves_faults_repairs_and_ctrl_c(tiny: Path, tmp_path: Path, begin: Any) -> None:
    halls = tiny.parent / "inputs" / "halls.csv"
    original = halls.read_text(encoding="utf-8")
    watched = begin(str(tiny), "--runs", str(tmp_path / "runs"))
    watched.until("Try ")
    watched.until("Waiting for a save")

    replaced(halls, "hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,12,,MUSD_2026/MW")
    printed = "\n".join(watched.until("Run folder:"))
    assert "halls.hall.price" in printed
    # One hall of 10 MW, 2 MUSD/MW dearer.
    assert "+$20M" in next(line for line in printed.splitlines() if line.startswith("Capital of the first build"))
    watched.until("Waiting for a save")

    halls.write_text(original.replace("hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,10,,kg"), encoding="utf-8")
    assert "halls.csv:" in "\n".join(watched.until("fault"))
    watched.until("Waiting for a save")

    halls.write_text(original.replace("hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,11,,MUSD_2026/MW"), encoding="utf-8")
    printed = "\n".join(watched.until("Run folder:"))
    assert "Against " in printed, "the first plan is compared with as well"
    # From 12 to 11 MUSD/MW against the last plan, from 10 to 11 against the first.
    assert "-$10M" in next(line for line in printed.splitlines() if line.startswith("Capital of the first build"))
    assert "Capital of the first build +$10M" in " ".join(printed.split())
    watched.until("Waiting for a save")

    halls.write_text(halls.read_text(encoding="utf-8"), encoding="utf-8")
    watched.until("Nothing changed")
    assert watched.end() == 0
    watched.until("Stopped watching. The last plan is")
    assert len(list((tmp_path / "runs").iterdir())) == 3


def test_what_cannot_be_leaves_the_last_plan(tiny: Path, tmp_path: Path, begin: Any) -> None:
    watched = begin(str(tiny), "--runs", str(tmp_path / "runs"), "--json")
    first = json.loads(watched.until('"event": "solved"')[-1])
    assert first["summary"]["it_mw"][-1] == pytest.approx(10)

    cap = tiny.parent / "inputs" / "budget.csv"
    replaced(cap, "capital,,,cap,,1,,GUSD_2026", "capital,,,cap,,1,,MUSD_2026")
    assert json.loads(watched.until('"event"')[-1])["event"] == "no_plan"

    (tiny.parent / "inputs" / ".#halls.csv").write_text("an editor's own", encoding="utf-8")
    replaced(cap, "capital,,,cap,,1,,MUSD_2026", "capital,,,cap,,2,,GUSD_2026")
    found = json.loads(watched.until('"event"')[-1])
    assert found["event"] == "compared"
    assert found["with_last"]["base"] == first["run"], "the plan before the one that could not be"
    (row,) = found["with_last"]["inputs"]
    assert (row["before"], row["after"]) == (1000.0, 2000.0)
    assert watched.end() == 0
    assert json.loads(watched.until('"event"')[-1])["event"] == "stopped"


def event(watched: Watching, kind: str) -> dict[str, Any]:
    """The next event, which must be of a kind; what was seen between two steps of an edit aside."""
    while True:
        found = json.loads(watched.until('"event"')[-1])
        if found["event"] == kind:
            return dict(found)
        assert found["event"] in ("unchanged", "faults"), found


def test_it_goes_on_when_folders_and_files_come_and_go(tiny: Path, tmp_path: Path, begin: Any) -> None:
    """Its runs folder vanishes, its inputs are renamed and come back, an editor writes by renaming, a table is removed and comes back."""
    runs, inputs = tmp_path / "runs", tiny.parent / "inputs"
    watched = begin(str(tiny), "--runs", str(runs), "--json")
    first = event(watched, "solved")

    shutil.rmtree(runs)
    assert event(watched, "gone")["message"] == f"{runs} is gone: solving again, into a new folder; there is nothing to compare with."
    again = event(watched, "solved")
    assert again["summary"]["objective"] == first["summary"]["objective"]
    assert [path.name for path in runs.iterdir()] == [Path(again["run"]).name]

    inputs.rename(tmp_path / "aside")
    assert "there is no folder" in event(watched, "faults")["faults"][0]["message"]
    (tmp_path / "aside").rename(inputs)
    assert event(watched, "unchanged")["message"].startswith("Nothing changed since the last plan")

    draft = inputs / ".halls.csv.swp"  # as an editor writes: beside it, then in its place
    draft.write_text((inputs / "halls.csv").read_text(encoding="utf-8").replace("price,,10,", "price,,12,"), encoding="utf-8")
    draft.replace(inputs / "halls.csv")
    (row,) = event(watched, "compared")["with_last"]["inputs"]
    assert (row["before"], row["after"]) == (10.0, 12.0)

    (inputs / "halls.csv").rename(tmp_path / "halls.csv")
    assert "halls.csv" in str(event(watched, "faults")["faults"])
    (tmp_path / "halls.csv").rename(inputs / "halls.csv")
    event(watched, "unchanged")
    assert watched.end() == 0


def test_the_models_own_overlays_are_watched(tiny: Path, tmp_path: Path, begin: Any) -> None:
    overlays = tiny.parent / "inputs" / "overlays"
    overlays.mkdir()
    header = "table,item,site,when,quantity,low,base,high,unit,source,note\n"
    (overlays / "dear.csv").write_text(header + "halls,hall,,,price,,11,,MUSD_2026/MW,round_numbers,\n", encoding="utf-8")
    replaced(tiny, 'inputs = "inputs"', 'inputs = "inputs"\noverlays = ["dear.csv"]')
    watched = begin(str(tiny), "--runs", str(tmp_path / "runs"), "--json")
    event(watched, "solved")
    replaced(overlays / "dear.csv", "price,,11,", "price,,12,")
    (row,) = event(watched, "compared")["with_last"]["inputs"]
    assert (row["before"], row["after"]) == (11.0, 12.0)
    assert watched.end() == 0


def test_stopped_without_a_plan_is_exit_6(tiny: Path, tmp_path: Path, begin: Any) -> None:
    replaced(tiny.parent / "inputs" / "halls.csv", "hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,10,,kg")
    watched = begin(str(tiny), "--runs", str(tmp_path / "runs"))
    watched.until("Waiting for a save")
    assert watched.end() == 6
    watched.until("Stopped watching, without a plan.")


def test_help_says_how_to_end() -> None:
    from click.testing import CliRunner

    found = CliRunner().invoke(watch, ["--help"])
    assert found.exit_code == 0 and "Ctrl-C" in found.output
