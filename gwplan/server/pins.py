"""Plans saved under a name: each is a run folder, audited, and a line of `<model>.pins.json` beside it.

What is written is written whole: a server that is killed loses nothing that was saved.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gwplan.common.errors import InputFaults
from gwplan.common.printable import printable
from gwplan.common.whole_files import write_whole
from gwplan.planning.audited import audit_folder
from gwplan.results import store
from gwplan.results.run_files import InMemory
from gwplan.results.run_folder import RunFolder

MOST, LONGEST = 4, 40
"""Pins that are compared at once, and letters of a name."""


@dataclass(frozen=True)
class Pin:
    """A saved plan. sets: its changes; run: its folder, by name where it is in the folder of runs."""

    name: str
    sets: tuple[tuple[str, str], ...]
    run: str


class Pins:
    """The saved plans of a model, in a folder of runs."""

    def __init__(self, runs: Path, model: str) -> None:
        self.runs, self.model = runs, model
        self.file = runs / f"{model}.pins.json"
        self._lock = threading.Lock()
        self._opened: dict[str, RunFolder] = {}

    @property
    def all(self) -> list[Pin]:
        """The saved plans, as they are on disk; those whose folder is gone are left out."""
        try:
            lines = json.loads(self.file.read_text(encoding="utf-8"))["pins"]
            found = [Pin(str(each["name"]), tuple((str(key), str(value)) for key, value in each["sets"].items()), str(each["run"]))
                     for each in lines]  # fmt: skip
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return []
        return [pin for pin in found if (self.runs / pin.run / "summary.json").is_file()]

    def run(self, pin: Pin) -> RunFolder:
        """The plan of a pin. InputFaults if it cannot be read."""
        if pin.run not in self._opened:
            self._opened[pin.run] = RunFolder(self.runs / pin.run)
        return self._opened[pin.run]

    def named(self, name: str) -> Pin | None:
        """The pin of a name."""
        return next((pin for pin in self.all if pin.name == name), None)

    def add(self, name: str, sets: Mapping[str, str], run: RunFolder, facts: Mapping[str, Any]) -> Pin:
        """Save a plan. facts: of its manifest, so that it can be served and solved again. ValueError says why not; OSError."""
        name = " ".join(printable(name).split())
        if not name or len(name) > LONGEST:
            raise ValueError(f"A name has up to {LONGEST} letters.")
        with self._lock:
            pins = self.all
            if any(pin.name == name for pin in pins):
                raise ValueError(f"There is a plan {name!r} already: choose another name.")
            if len(pins) >= MOST:
                raise ValueError(f"{MOST} plans are pinned: unpin one first. Its folder stays.")
            pin = Pin(name, tuple(sets.items()), self._folder(run, facts))
            self._write([*pins, pin])
        return pin

    def remove(self, name: str) -> None:
        """Take a plan off the list; its folder stays."""
        with self._lock:
            self._write([pin for pin in self.all if pin.name != name])

    def _write(self, pins: list[Pin]) -> None:
        self.runs.mkdir(parents=True, exist_ok=True)
        lines = [{"name": pin.name, "sets": dict(pin.sets), "run": pin.run} for pin in pins]
        write_whole(self.file, store.json_text({"pins": lines}).encode())

    def _folder(self, run: RunFolder, facts: Mapping[str, Any]) -> str:
        """The plan's folder, written and audited unless it is there. ValueError if the audit finds it wrong."""
        if not isinstance(run.files, InMemory):
            return run.path.name if run.path.resolve().parent == self.runs.resolve() else str(run.path.resolve())
        name = store.stamped(self.model, str(run.manifest["digest_of_inputs"]))
        with store.run_folder(self.runs, self.model) as draft:
            store.write_texts(draft, run.files.texts)
            store.write_json(draft / "manifest.json", {**run.manifest, **facts, "run": name})
            try:
                found = audit_folder(draft).audit
            except InputFaults as error:
                raise ValueError(f"The plan cannot be audited: {error}") from error
            if not found.ok:
                raise ValueError(f"The audit failed, so the plan is not saved: {', '.join(check.name for check in found.failed)}.")
            store.write_json(draft / "audit.json", found.to_json())
            return store.finish(draft, self.model, str(run.manifest["digest_of_inputs"]), name).name
