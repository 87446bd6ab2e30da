"""Running gwplan as a user does, from any folder: in this process, or in one of its own with pipes for stdout and stderr."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "models" / "tiny.toml")
DROPPED = ("GWPLAN", "COVERAGE", "FORCE_COLOR", "COLUMNS")
"""Beginnings of the names that would change the output."""


def environment(**more: str) -> dict[str, str]:
    """The environment without what would change the output, and with this checkout on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(*words: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `gwplan WORDS` from a folder, in this process, without what would change the output; an error it does not expect is raised."""
    from gwplan.commands.cli import gwplan

    without = {name: None for name in os.environ if name.startswith(DROPPED)}
    with contextlib.chdir(cwd or Path.cwd()):
        result = CliRunner().invoke(gwplan, [*map(str, words)], prog_name="gwplan", env={**without, **more}, catch_exceptions=False)
    return subprocess.CompletedProcess(["gwplan", *map(str, words)], result.exit_code, result.stdout, result.stderr)


def spawned(*words: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, with pipes, as a user runs it: a second or more to start."""
    command = [sys.executable, "-m", "gwplan", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment(**more), capture_output=True, text=True, encoding="utf-8", check=False)


def run_python(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python script that calls gwplan with something of it replaced."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, encoding="utf-8", check=False)
