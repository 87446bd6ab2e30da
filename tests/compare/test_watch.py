"""`gwplan watch` in a process of its own: real saves, real faults, a real Ctrl-C."""

from __future__ import annotations

import json
import queue
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
    watched.until("Run folder:")
    watched.until("Waiting for a save")

    replaced(halls, "hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,12,,MUSD_2026/MW")
    printed = "\n".join(watched.until("Run folder:"))
    assert "halls.hall.price" in printed
    # One hall of 10 MW, 2 MUSD/MW dearer.
    assert "+20.0" in next(line for line in printed.splitlines() if line.startswith("Capital of the first build"))
    watched.until("Waiting for a save")

    halls.write_text(original.replace("hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,10,,kg"), encoding="utf-8")
    assert "halls.csv:" in "\n".join(watched.until("fault"))
    watched.until("Waiting for a save")

    halls.write_text(original.replace("hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,,11,,MUSD_2026/MW"), encoding="utf-8")
    printed = "\n".join(watched.until("Run folder:"))
    assert "Against " in printed, "the first plan is compared with as well"
    # From 12 to 11 MUSD/MW against the last plan, from 10 to 11 against the first.
    assert "-10.0" in next(line for line in printed.splitlines() if line.startswith("Capital of the first build"))
    assert "Capital of the first build +10.0 MUSD" in " ".join(printed.split())
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


def test_help_says_how_to_end() -> None:
    from click.testing import CliRunner

    found = CliRunner().invoke(watch, ["--help"])
    assert found.exit_code == 0 and "Ctrl-C" in found.output
