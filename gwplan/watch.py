"""Watching a case: solve once, then after each save solve again from the last plan and say what changed."""

from __future__ import annotations

import hashlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Literal

from gwplan.compare import COMPARISON_GAP, Comparison, compare_runs, open_run
from gwplan.faults import Fault, InputFaults, MissingValue
from gwplan.reports.folder import RunFolder
from gwplan.run import SOLVED, STOPPED_WITH_PLAN, Outcome, Request, solve

TOGETHER_MS = 400
"""Longest that saves in quick succession are gathered before they are acted on."""
QUIET_MS = 50
"""A save is acted on when nothing more is written for this long."""
LOOK_AGAIN_MS = 1000
"""How often the files are read even if nothing was heard of them: what was saved during a solve is never missed."""

Kind = Literal["solved", "compared", "unchanged", "faults", "no_plan"]


@dataclass(frozen=True)
class Event:
    """What came of one look at the files; a new plan comes with its run and its comparisons with the last and the first plan."""

    kind: Kind
    seconds: float
    message: str = ""
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    run: Path | None = None
    with_last: Comparison | None = None
    with_first: Comparison | None = None


@dataclass
class Watch:
    """What a watch remembers: the content last seen and last solved, and the first and the last plan."""

    request: Request
    seen: str = ""
    solved: str = ""
    first: RunFolder | None = None
    last: RunFolder | None = None
    folders: tuple[Path, ...] = field(default_factory=tuple)

    def look(self, heard: bool) -> Event | None:
        """Act on the files as they are now; None where nothing was heard and nothing changed."""
        began = time.perf_counter()
        content = digest(files_of(self.request, self.folders))
        if content == self.seen:
            return Event("unchanged", 0.0, "Nothing changed: the files say what they said before.") if heard else None
        self.seen = content
        if content == self.solved and self.last is not None:
            return Event("unchanged", 0.0, f"Nothing changed since the last plan, {self.last.path.name}.")
        try:
            self.folders = folders_of(self.request)
            self.seen = content = digest(files_of(self.request, self.folders))
            outcome = solve(self._next())
        except InputFaults as error:
            return Event("faults", time.perf_counter() - began, faults=tuple(error.faults), warnings=tuple(error.warnings))
        except MissingValue as error:
            return Event("faults", time.perf_counter() - began, faults=(Fault(self.request.model.name, 0, str(error)),))
        return self._taken(outcome, content, began)

    def _next(self) -> Request:
        """The request as it was given, or from the last plan and at least as close as comparisons need."""
        if self.last is None:
            return self.request
        asked = float(self.last.manifest["definition"]["solver"]["gap"])
        return replace(self.request, start=self.last.path, gap=min(asked, COMPARISON_GAP))

    def _taken(self, outcome: Outcome, content: str, began: float) -> Event:
        """Keep a plan that was found, and compare it; a plan that fails its audit, or none, leaves the last one in its place."""
        if outcome.exit_code not in (SOLVED, STOPPED_WITH_PLAN) or outcome.run is None:
            return Event("no_plan", time.perf_counter() - began, outcome.message, warnings=tuple(outcome.warnings))
        run, last, self.solved = open_run(outcome.run), self.last, content
        self.last, self.first = run, self.first or run
        if last is None:
            return Event("solved", time.perf_counter() - began, warnings=tuple(outcome.warnings), run=outcome.run)
        with_last = compare_runs(last, run)
        with_first = None if last is self.first else compare_runs(self.first, run)
        return Event("compared", time.perf_counter() - began, warnings=tuple(outcome.warnings), run=outcome.run, with_last=with_last,
                     with_first=with_first)


def watch(request: Request, tell: Callable[[Event], None], ready: Callable[[], None]) -> Path | None:
    """Solve, tell, and go on after each save until Ctrl-C; gives the last run. `ready` is called whenever the next save is awaited.

    OSError if a run folder cannot be written. What is wrong with the inputs is told, not raised.
    """
    state = Watch(request, folders=(request.model.parent,))
    with hearing_interrupts() as interrupted:
        try:
            heard = False
            while not interrupted.is_set():
                event = state.look(heard)
                if event is not None:
                    tell(event)
                heard = False
                if not interrupted.is_set():
                    if event is not None:
                        ready()
                    heard = next(saves(state), False)
        except KeyboardInterrupt:
            pass
    return None if state.last is None else state.last.path
