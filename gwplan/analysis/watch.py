"""Watch a case: solve once, then solve again after each save, from the last plan, and report what changed."""

from __future__ import annotations

import gc
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from gwplan.analysis.compare.comparison import Comparison, compare_runs, open_run
from gwplan.common import stopping
from gwplan.common.errors import Fault, InputFaults, MissingValue, sentence
from gwplan.inputs.memory import AnyPath
from gwplan.inputs.plain_files import SUFFIX, WORKBOOK, files_of, of_an_editor
from gwplan.inputs.profiles import profile_files
from gwplan.planning.build import Builder, read_definition, uncollected
from gwplan.planning.request import Outcome, Progress, Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder, readable
from gwplan.solving.bases import Bases

TOGETHER_MS = 400
"""Longest time for which saves in quick succession are collected before a solve."""
QUIET_MS = 50
"""A solve starts when nothing has been written for this long."""
LOOK_AGAIN_MS = 1000
"""Interval at which the files are read even without a notification, so that saves during a solve are not missed."""

ProgressLine = Callable[[], AbstractContextManager[Callable[[Progress], None] | None]]
Kind = Literal["solved", "compared", "unchanged", "faults", "no_plan", "gone"]


@dataclass(frozen=True)
class Event:
    """The outcome of one check of the files; a new plan has its run and comparisons with the last and the first plan."""

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
    """The state of a watch: the content last seen and last solved, and the first and the last plan."""

    request: Request
    seen: str = ""
    solved: str = ""
    first: RunFolder | None = None
    last: RunFolder | None = None
    inputs: Path | None = None
    opened: tuple[str, ...] = ()
    overlays: tuple[Path, ...] = ()
    begun: bool = False
    builder: Builder = field(default_factory=Builder, repr=False)
    bases: Bases = field(default_factory=Bases, repr=False)
    progress: ProgressLine = nullcontext

    @property
    def named(self) -> tuple[Path, ...]:
        """The files given by name: the model, its overlays and those given by --with."""
        return _on_disk(self.request.model, *self.overlays, *self.request.overlays)

    @property
    def files(self) -> list[Path]:
        """The files by name and the tables that exist."""
        tables = () if self.inputs is None else _on_disk(*files_of(self.inputs), *profile_files(self.inputs))
        return [path for path in (*self.named, *tables) if path.is_file()]

    @property
    def folders(self) -> list[Path]:
        """The existing folders that hold these files."""
        inputs = [] if self.inputs is None else [self.inputs]
        found = [path.resolve() for path in (*(path.parent for path in self.named), *inputs)]
        return [path for path in dict.fromkeys(found) if path.is_dir()]

    @uncollected()
    def look(self, heard: bool) -> Event | None:
        """Check the files; None without a notification and without a change."""
        began = time.perf_counter()
        if self.last is not None and not self.last.path.is_dir():
            return self._begun_again()
        content = digest(self.files)
        if content == self.seen:
            return Event("unchanged", 0.0, "Nothing changed: the files have the same content as before.") if heard else None
        self.seen = content
        if content == self.solved and self.last is not None:
            return Event("unchanged", 0.0, f"Nothing changed since the last plan, {self.last.path.name}.")
        try:
            definition = read_definition(self.request.model, self.request.sets)
            self.inputs, self.overlays = _on_disk(definition.inputs)[0], _on_disk(*definition.overlays)
            self.seen = content = digest(self.files)
            with self.progress() as progress:
                outcome = solve(replace(self._next(), progress=progress))
            with readable(*(run.path for run in (self.first, self.last) if run is not None)):
                return self._taken(outcome, content, began)
        except InputFaults as error:
            return Event("faults", time.perf_counter() - began, faults=tuple(error.faults), warnings=tuple(error.warnings))
        except MissingValue as error:
            return Event("faults", time.perf_counter() - began, faults=(error.fault,))
        except OSError as error:
            if not self.begun:
                raise
            return Event("no_plan", time.perf_counter() - began, sentence(error))

    def _begun_again(self) -> Event:
        """The last run folder was deleted: nothing to start from or compare with. The next check solves as the first one did."""
        assert self.last is not None
        gone = self.last.path if self.request.runs.is_dir() else self.request.runs
        self.seen, self.solved, self.first, self.last = "", "", None, None
        return Event("gone", 0.0, f"{gone} is gone: solving again, into a new folder; there is nothing to compare with.")

    def _next(self) -> Request:
        """The given request; after the first plan, it starts from the last plan and its relaxation, without pages for speed."""
        request = replace(self.request, builder=self.builder.build, bases=self.bases)
        if self.last is None:
            return request
        stood = float(self.last.summary.get("gap") or 0.0)
        return replace(request, start=self.last.path, likely=self.opened, stood=stood, pages=None, vendors=False)

    def _taken(self, outcome: Outcome, content: str, began: float) -> Event:
        """Store a new plan and compare it; without a plan, or if its audit fails, the last one is kept."""
        if not outcome.status.has_plan or outcome.run is None:
            return Event("no_plan", time.perf_counter() - began, outcome.message, warnings=tuple(outcome.warnings))
        run, last, self.solved, self.opened = open_run(outcome.run), self.last, content, outcome.opened
        self.begun = True
        self.last, self.first = run, self.first or run
        if last is None:
            return Event("solved", time.perf_counter() - began, warnings=tuple(outcome.warnings), run=outcome.run)
        with_last = compare_runs(last, run)
        with_first = None if last is self.first else compare_runs(self.first, run)
        return Event("compared", time.perf_counter() - began, warnings=tuple(outcome.warnings), run=outcome.run, with_last=with_last,
                     with_first=with_first)


def watch(request: Request, tell: Callable[[Event], None], progress: ProgressLine = nullcontext) -> Path | None:
    """Solve, report, and repeat after each save until interrupted. Returns the last run, None if there is none.

    OSError if the first run folder cannot be written. Faults of the inputs, and a later folder that cannot be written, are
    reported, not raised.
    """
    state = Watch(request, progress=progress)
    with stopping.noted() as asked, suppress(KeyboardInterrupt):
        event = state.look(False)
        if event is not None:
            tell(event)
        if not asked.is_set():
            for heard in saves(state, asked):
                event = None if asked.is_set() else state.look(heard)
                if event is not None:
                    tell(event)
                    gc.collect()  # free the last model while waiting
                if asked.is_set():
                    break
    return None if state.last is None else state.last.path


def _on_disk(*paths: AnyPath) -> tuple[Path, ...]:
    """The paths on disk, the only ones that can be watched."""
    return tuple(path for path in paths if isinstance(path, Path))


def saves(state: Watch, asked: threading.Event) -> Iterator[bool]:
    """Yields True after each save of a table or of the model, False after a while without one; follows the state's folders.

    If the system has no file notifications, or no folder exists, the files are polled.
    """
    import watchfiles

    while not asked.is_set():
        folders = state.folders
        names = {path.name for path in state.named}

        def meant(change: watchfiles.Change, path: str, names: set[str] = names, inputs: Path | None = state.inputs) -> bool:
            file = Path(path)
            table = file.suffix == SUFFIX or file.name == WORKBOOK
            return not of_an_editor(file.name) and (file.name in names or (table and file.parent.resolve() == inputs))

        listening = bool(folders)
        try:
            for changes in watchfiles.watch(*folders, watch_filter=meant, debounce=TOGETHER_MS, step=QUIET_MS, rust_timeout=LOOK_AGAIN_MS,
                                            yield_on_timeout=True, recursive=False, stop_event=asked) if folders else ():
                yield bool(changes)
                if state.folders != folders:
                    break
        except (OSError, RuntimeError):  # a folder that has just been deleted, or too many folders for the system
            listening = False
        if not listening and not asked.wait(LOOK_AGAIN_MS / 1000):
            yield False


def digest(files: list[Path]) -> str:
    """SHA-256 of the names and contents of files; a file deleted in the meantime counts as missing."""
    total = hashlib.sha256()
    for path in files:
        try:
            content = path.read_bytes()
        except OSError:
            continue
        total.update(f"{path} {len(content)}\n".encode() + content)
    return total.hexdigest()
