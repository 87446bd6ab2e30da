"""How much of the package the tests ran, by folder: `make coverage` prints it.

`python -m tests.coverage_by_folder FILE` reads what `coverage json` writes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

DEPTH = 2
"""Folders are told apart to this depth: gwplan/model, but not gwplan/model/parts."""


def by_folder(report: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Folder, statements and statements run, by name; the last row is the whole."""
    statements, run = Counter[str](), Counter[str]()
    for name, file in report["files"].items():
        parents = PurePosixPath(name.replace("\\", "/")).parts[:-1]
        for folder in ("/".join(parents[:DEPTH]), "all"):
            statements[folder] += file["summary"]["num_statements"]
            run[folder] += file["summary"]["covered_lines"]
    return [(folder, statements[folder], run[folder]) for folder in (*sorted(set(statements) - {"all"}), "all")]


def shown(rows: list[tuple[str, int, int]]) -> str:
    """The rows as text."""
    lines = [f"{'folder':24}{'statements':>12}{'run':>9}"]
    return "\n".join([*lines, *(f"{folder:24}{count:12,}{run / count if count else 1:9.1%}" for folder, count, run in rows)])


if __name__ == "__main__":
    print(shown(by_folder(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
