"""A run that an older version made, and that this one cannot solve again, is refused in words that say so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import run

OLDER = "was made by gwplan 0.0.9, this is"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("why",), ("why-not", "south"), ("worth",), ("breakeven", "--of", "halls.hall.price"),
    ("slip", "--set", "halls.hall.price=*2", "--after", "2027-Q1"), ("reference",))  # fmt: skip


def without_definition(manifest: dict[str, Any]) -> None:
    del manifest["definition"]


def with_an_old_key(manifest: dict[str, Any]) -> None:
    manifest["definition"]["older_key"] = 1


@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
@pytest.mark.parametrize(("change", "said"), [(without_definition, "it lacks 'definition'"), (with_an_old_key, "older_key: is not a key of a model")])
def test_a_run_of_an_older_version_is_refused(tiny_run: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str,
                                             words: tuple[str, ...]) -> None:
    folder = tmp_path / "older"
    shutil.copytree(tiny_run, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["versions"]["gwplan"] = "0.0.9"
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    command, *options = words
    done = run(command, folder, *options)
    assert done.returncode == 3
    assert said in done.stderr and f"older {OLDER}" in done.stderr
