"""The runs of a folder: what each is, in the order in which they were finished, and the run that a word means; and their removal.

A word is the name of a run folder, a name given to it (`--name`), `latest` or `previous`; or one of these behind the folder that holds
the runs: `elsewhere/latest`. Studies, drafts, links and folders that are no runs are passed over.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gwplan.common import claims
from gwplan.common.spelling import suggestion
from gwplan.results.drafts import UNFINISHED, claimed_in

RUNS = Path("runs")
"""Where runs are kept unless another folder is named."""
LATEST, PREVIOUS = "latest", "previous"
MANIFEST, SUMMARY = "manifest.json", "summary.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,59}")
STAMP = re.compile(r"(\d{8}T\d{6}Z)_")
HASH = 8
"""Digits of the hash at the end of a folder's name; a number behind it is shorter."""
FAILED = "_FAILED_AUDIT"
NUMBER = re.compile(r"_(\d+)$")


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One run. name: the one given to it, blank without; finished: when, UTC, as in the folder's name; changes: sets and overlays."""

    path: Path
    name: str
    model: str
    finished: str
    status: str
    title: str
    changes: tuple[str, ...]
    order: tuple[str, int, int]

    @property
    def words(self) -> tuple[str, ...]:
        """What it is called."""
        return tuple(filter(None, (self.name, self.path.name)))


def runs_in(folder: Path = RUNS) -> list[KeptRun]:
    """The runs of a folder, the last finished first; none where there is no such folder."""
    try:
        entries = [entry for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [run for entry in entries if (run := kept_run(folder / entry.name)) is not None]
    return sorted(found, key=lambda run: run.order, reverse=True)


def kept_run(path: Path) -> KeptRun | None:
    """What a folder says of its run; None if it is none, or cannot be read."""
    manifest, summary = _document(path / MANIFEST), _document(path / SUMMARY)
    if manifest is None or summary is None:
        return None
    given = str(manifest.get("run") or path.name)
    stamp = STAMP.match(path.name) or STAMP.match(given)
    number = NUMBER.search(path.name.removesuffix(FAILED))
    written = (path / MANIFEST).stat().st_mtime_ns
    order = (stamp[1] if stamp else "", int(number[1]) if number and stamp and len(number[1]) < HASH else 0, written)
    changes = (*map(str, manifest.get("sets") or ()), *(Path(str(each)).name for each in manifest.get("overlays") or ()))
    status = "audit failed" if path.name.endswith(FAILED) else str(summary.get("status", ""))
    return KeptRun(path, str(manifest.get("name") or ""), str(summary.get("model") or Path(str(manifest.get("model") or "")).stem),
                   stamp[1] if stamp else "", status, str(summary.get("title") or ""), changes, order)


def _document(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def find(text: str, folder: Path = RUNS) -> Path:
    """The run that a word means, in a folder or in the one before its last slash. LookupError, in words, if there is none or several."""
    path = Path(text)
    if path.parent != Path():
        folder, text = path.parent, path.name
    runs = runs_in(folder)
    if not runs:
        raise LookupError(f"there is no run in {folder}")
    if text in (LATEST, PREVIOUS):
        place = (LATEST, PREVIOUS).index(text)
        if place >= len(runs):
            raise LookupError(f"there is no previous run in {folder}: it has one run")
        return runs[place].path
    named = [run for run in runs if text in run.words]
    if len(named) == 1:
        return named[0].path
    if named:
        raise LookupError(f"{len(named)} runs in {folder} have the name {text}: {', '.join(run.path.name for run in named)}")
    raise LookupError(f"no run in {folder} has the name {text}{suggestion(text, [word for run in runs for word in run.words])}")


def wrong_name(name: str, folder: Path = RUNS) -> str:
    """Why a run cannot get a name, in words; blank if it can."""
    if name in (LATEST, PREVIOUS):
        return f"'{name}' always means the run that it says; choose another name"
    if not NAME.fullmatch(name):
        return "a name has up to 60 letters, digits and the signs _ . + -, and begins with a letter or a digit"
    taken = [run.path.name for run in runs_in(folder) if name in run.words]
    remedy = f"choose another one, or remove that run: gwplan runs {name} --delete"
    return f"'{name}' is the name of {taken[0]} in {folder}; {remedy}" if taken else ""


def remove(run: KeptRun, folder: Path) -> None:
    """Remove a run's folder from the folder of runs: it gets the name of a draft first, so that nobody ever finds half of it.

    OSError if it is not directly in the folder, if it is a link, or if it cannot be removed. Links in it are removed, not followed.
    """
    if run.path.is_symlink() or run.path.resolve().parent != folder.resolve():
        raise OSError(f"{run.path} is not a folder in {folder}, and stays")
    draft = folder / claims.draft_name(UNFINISHED)
    with claimed_in(folder, draft):
        run.path.rename(draft)
        shutil.rmtree(draft)
