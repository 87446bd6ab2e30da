"""Solves in processes of their own, so that they can be interrupted, killed, or kept from writing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PLAN_FOUND = r"^ [A-Z] +\d+ +\d+ +\d+ "
"""A line of HiGHS's log for a better plan: the letter of the heuristic that found it, then nodes."""


def environment(folder: Path) -> dict[str, str]:
    """This checkout on the path, and temporary files in `folder/scratch`."""
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GWPLAN", "COVERAGE"))}
    return kept | {"PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}


def started(folder: Path, *words: str | Path) -> subprocess.Popen[str]:
    """`gwplan solve WORDS`, begun in a folder; Ctrl-C reaches it as at a terminal."""
    return begun(folder, "", "solve", *words)


# A process begun in the background of a shell would ignore the signal from its birth.
HEARD = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from gwplan.commands.cli import main; main()"


def until_logged(process: subprocess.Popen[str], folder: Path, pattern: str, patience: float = 120) -> bool:
    """Wait until the solver's log has a line that matches; False if the process ended before that."""
    end = time.monotonic() + patience
    while process.poll() is None:
        assert time.monotonic() < end, f"nothing like {pattern!r} in the log"
        for log in (folder / "runs").glob(".unfinished-*/solver.log"):
            if log.exists() and re.search(pattern, log.read_text(errors="replace"), re.MULTILINE):
                return True
        time.sleep(0.02)
    return False


def interrupted(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Press Ctrl-C; gives what was printed."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=60)


def begun(folder: Path, script: str, *words: str | Path, **options: Any) -> subprocess.Popen[str]:
    """`gwplan WORDS` after a script that changes something of it, not waited for."""
    command = [sys.executable, "-c", f"{script}\n{HEARD}", *map(str, words)]
    return subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            encoding="utf-8", **options)


def finished(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Wait for a process."""
    printed, told = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, printed, told)
