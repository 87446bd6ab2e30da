"""The first screen on a terminal of 24 lines of 80 columns, and on one of 40 lines of 120: nothing of it has scrolled away."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.commands.program import environment

STYLE = re.compile(r"\x1b\[[0-9;]*m")
"""Bold and plain, the only controls that a first screen has."""


def shown(rows: int, columns: int, *words: str) -> list[str]:
    """What a terminal of this size shows after a command, with the line of the prompt."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    command = [sys.executable, "-m", "gwplan", *words]
    with subprocess.Popen(command, env=environment(TERM="xterm"), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        text = b""
        while piece := read(ours):
            text += piece
    os.close(ours)
    assert process.returncode == 0, text
    plain = STYLE.sub("", text.decode())
    assert "\x1b" not in plain
    lines = [line[start : start + columns] for line in plain.replace("\r\n", "\n").split("\n") for start in range(0, max(len(line), 1), columns)]
    return lines[-rows:]


def read(terminal: int) -> bytes:
    """What the terminal has for us; nothing once the other end is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (40, 120)])
def test_all_of_the_answer_is_there(rows: int, columns: int, one_gigawatt_run: Path) -> None:
    lines = shown(rows, columns, "show", str(one_gigawatt_run))
    assert lines[0].startswith("1,000 MW of IT by 2030-Q4 for $")
    assert any(line.startswith("Try    gwplan ") for line in lines)
    assert lines[-1] == "", "the prompt"
    assert all(len(line) <= columns for line in lines)
