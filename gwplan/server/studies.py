"""A study of many plans, run beside the page by the command that it shows: one at a time, stopped with the server."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

STUDIES = {
    "stress": ("Each number at both ends, solved again: a tornado of plans that adapt", ("--workers", "1")),
    "sample": ("All numbers drawn at once, 20 times: what the plan may cost, and which numbers carry that", ("-n", "20", "--workers", "1")),
    "frontier": ("The trade-off curve of capital and compute, in five points", ("--points", "5")),
}
"""Studies by the name of their command: what each shows, and its options."""
FOLDER, PAGE, PRINTED = "studies", "report.html", "printed.txt"
STOP_SECONDS = 20.0
"""Seconds in which a study that is stopped keeps what it has."""


@dataclass(frozen=True)
class Study:
    """A study that was begun. folder: in which its own folder is written."""

    name: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        """True until it ends."""
        return self.process.poll() is None

    @property
    def code(self) -> int | None:
        """Its exit code, once it has ended."""
        return self.process.poll()

    @property
    def text(self) -> str:
        """What it has printed."""
        try:
            return (self.folder / PRINTED).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    @property
    def page(self) -> Path | None:
        """Its page; None before it is written."""
        return next(iter(sorted(self.folder.glob(f"*/{PAGE}"))), None)


class Studies:
    """The last study, in a folder of the folder of runs."""

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        self.last: Study | None = None
        self._lock = threading.Lock()

    def begin(self, name: str, words: Sequence[str]) -> None:
        """Begin a study. words: of its command, without `gwplan`. ValueError where there is none, or one runs; OSError."""
        with self._lock:
            if name not in STUDIES:
                raise ValueError("There is no such study.")
            if self.last is not None and self.last.running:
                raise ValueError("A study is running: stop it first.")
            folder = self.runs / FOLDER / f"{name}_{secrets.token_hex(4)}"
            folder.mkdir(parents=True)
            with (folder / PRINTED).open("wb") as printed:
                process = subprocess.Popen([sys.executable, "-m", "gwplan", *words, "--runs", str(folder)], stdin=subprocess.DEVNULL,
                                           stdout=printed, stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
            self.last = Study(name, folder, process)

    def end(self) -> None:
        """Stop the study that runs; it keeps the plans that it has."""
        with self._lock:
            last = self.last
        if last is None or not last.running:
            return
        last.process.terminate()
        try:
            last.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            last.process.kill()
            last.process.wait()
