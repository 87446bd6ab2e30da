"""Running gwplan as a user does: in its own process, from any folder, with pipes for stdout and stderr."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "models" / "tiny.toml")


def environment(**more: str) -> dict[str, str]:
    """The environment without what would change the output, and with this checkout on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GWPLAN", "COVERAGE", "FORCE_COLOR", "COLUMNS"))}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(*words: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `gwplan WORDS` and wait for it; stdout and stderr are text."""
    command = [sys.executable, "-m", "gwplan", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment(**more), capture_output=True, text=True, encoding="utf-8", check=False)


def run_python(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python script that calls gwplan with something of it replaced."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, encoding="utf-8", check=False)
