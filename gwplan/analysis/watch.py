"""Watching a case: solve once, then after each save solve again from the last plan and say what changed."""

from __future__ import annotations

import gc
import hashlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Literal

from gwplan.analysis.compare.comparison import Comparison, compare_runs, open_run
from gwplan.common.errors import Fault, InputFaults, MissingValue
from gwplan.inputs.plain_files import of_an_editor, tables_of
from gwplan.planning.build import read_definition, uncollected
from gwplan.planning.request import Outcome, Progress, Request
from gwplan.planning.run import SOLVED, STOPPED_WITH_PLAN, solve
from gwplan.results.run_folder import RunFolder

TOGETHER_MS = 400
"""Longest that saves in quick succession are gathered before they are acted on."""
QUIET_MS = 50
"""A save is acted on when nothing more is written for this long."""
LOOK_AGAIN_MS = 1000
"""How often the files are read even if nothing was heard of them: what was saved during a solve is never missed."""

ProgressLine = Callable[[], AbstractContextManager[Callable[[Progress], None] | None]]
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
    inputs: Path | None = None
    opened: tuple[str, ...] = ()
    progress: ProgressLine = nullcontext

    @property
    def files(self) -> list[Path]:
        """The model's file, its tables and the tables given by --with, as far as they are there."""
        tables = [] if self.inputs is None else tables_of(self.inputs)
        return [path for path in (self.request.model, *tables, *self.request.overlays) if path.is_file()]

    @property
    def folders(self) -> list[Path]:
        """The folders that hold these files."""
        inputs = [] if self.inputs is None else [self.inputs]
        found = [path.resolve() for path in (self.request.model.parent, *inputs, *(path.parent for path in self.request.overlays))]
        return [path for path in dict.fromkeys(found) if path.is_dir()]

    @uncollected()
    def look(self, heard: bool) -> Event | None:
        """Act on the files as they are now; None where nothing was heard and nothing changed."""
        began = time.perf_counter()
        content = digest(self.files)
        if content == self.seen:
            return Event("unchanged", 0.0, "Nothing changed: the files say what they said before.") if heard else None
        self.seen = content
        if content == self.solved and self.last is not None:
            return Event("unchanged", 0.0, f"Nothing changed since the last plan, {self.last.path.name}.")
        try:
            self.inputs = read_definition(self.request.model, self.request.sets).inputs
            self.seen = content = digest(self.files)
            with self.progress() as progress:
                outcome = solve(replace(self._next(), progress=progress))
        except InputFaults as error:
            return Event("faults", time.perf_counter() - began, faults=tuple(error.faults), warnings=tuple(error.warnings))
        except MissingValue as error:
            return Event("faults", time.perf_counter() - began, faults=(error.fault,))
        return self._taken(outcome, content, began)

    def _next(self) -> Request:
        """The request as it was given; after the first plan from the last one and its relaxation, without pages for speed."""
        return self.request if self.last is None else replace(self.request, start=self.last.path, likely=self.opened, pages=None)

    def _taken(self, outcome: Outcome, content: str, began: float) -> Event:
        """Keep a plan that was found, and compare it; a plan that fails its audit, or none, leaves the last one in its place."""
        if outcome.exit_code not in (SOLVED, STOPPED_WITH_PLAN) or outcome.run is None:
            return Event("no_plan", time.perf_counter() - began, outcome.message, warnings=tuple(outcome.warnings))
        run, last, self.solved, self.opened = open_run(outcome.run), self.last, content, outcome.opened
        self.last, self.first = run, self.first or run
        if last is None:
            return Event("solved", time.perf_counter() - began, warnings=tuple(outcome.warnings), run=outcome.run)
        with_last = compare_runs(last, run)
        with_first = None if last is self.first else compare_runs(self.first, run)
        return Event("compared", time.perf_counter() - began, warnings=tuple(outcome.warnings), run=outcome.run, with_last=with_last,
                     with_first=with_first)


def watch(request: Request, tell: Callable[[Event], None], progress: ProgressLine = nullcontext) -> Path | None:
    """Solve, tell, and go on after each save until Ctrl-C; gives the last run. progress: shows how far each search is.

    OSError if a run folder cannot be written. What is wrong with the inputs is told, not raised.
    """
    state = Watch(request, progress=progress)
    with hearing_interrupts() as interrupted:
        try:
            event = state.look(False)
            if event is not None:
                tell(event)
            if interrupted.is_set():
                return _run_of(state)
            for heard in saves(state):
                event = state.look(heard)
                if event is not None:
                    tell(event)
                    gc.collect()  # the last model, while nobody waits for it
                if interrupted.is_set():
                    break
        except KeyboardInterrupt:
            pass
    return _run_of(state)


def _run_of(state: Watch) -> Path | None:
    return None if state.last is None else state.last.path


def saves(state: Watch) -> Iterator[bool]:
    """True after each save of a table or of the model, False when nothing was heard for a while; follows the folders of the state."""
    import watchfiles

    while True:
        folders = state.folders
        names = {path.name for path in (state.request.model, *state.request.overlays)}

        def meant(change: watchfiles.Change, path: str, names: set[str] = names, inputs: Path | None = state.inputs) -> bool:
            file = Path(path)
            return not of_an_editor(file.name) and (file.name in names or (file.suffix == ".csv" and file.parent.resolve() == inputs))

        for changes in watchfiles.watch(*folders, watch_filter=meant, debounce=TOGETHER_MS, step=QUIET_MS, rust_timeout=LOOK_AGAIN_MS,
                                        yield_on_timeout=True, recursive=False):
            yield bool(changes)
            if state.folders != folders:
                break


def digest(files: list[Path]) -> str:
    """SHA-256 of the names and contents of files; a file that goes away meanwhile counts as not there."""
    total = hashlib.sha256()
    for path in files:
        try:
            content = path.read_bytes()
        except OSError:
            continue
        total.update(f"{path} {len(content)}\n".encode() + content)
    return total.hexdigest()


@contextmanager
def hearing_interrupts() -> Iterator[threading.Event]:
    """Note Ctrl-C as well as raising it: a search that is stopped by it keeps its plan and returns as if nothing had happened."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
