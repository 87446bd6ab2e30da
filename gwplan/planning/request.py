"""One run from request to run folder: read, build, solve, audit, write. The command line and other programs call this."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Progress:
    """Where a run stands; objective, bound and gap are None outside the search."""

    phase: str
    seconds: float
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class Request:
    """What to run. Blank options are those of the model file.

    pages: whether the page and the workbook are written too. likely: sites that an earlier run's relaxation opened.
    """

    model: Path
    overlays: tuple[Path, ...] = ()
    sets: tuple[str, ...] = ()
    fix: Path | None = None
    start: Path | None = None
    gap: float | None = None
    time_limit: str | None = None
    threads: int | None = None
    seed: int | None = None
    no_solve: bool = False
    write_lp: Path | None = None
    runs: Path = Path("runs")
    pages: bool = True
    likely: tuple[str, ...] = ()
    progress: Callable[[Progress], None] | None = None


@dataclass(frozen=True)
class CheckReport:
    """What `check` found in inputs without a fault."""

    title: str
    tables: dict[str, int]
    items: dict[str, int]
    warnings: list[Fault]
    unread: list[str]
    estimate_share_rows: float
    sizes: dict[str, int] | None


@dataclass(frozen=True)
class Outcome:
    """What came of a run: exit code, status, run folder (None without a plan), a sentence, and the sites that its relaxation opens.

    note: what else was written, in a sentence.
    """

    exit_code: int
    status: str
    run: Path | None
    message: str
    sizes: dict[str, int] = field(default_factory=dict)
    warnings: list[Fault] = field(default_factory=list)
    opened: tuple[str, ...] = ()
    note: str = ""


class Clock:
    """Seconds by phase, told to whoever watches."""

    def __init__(self, watch: Callable[[Progress], None] | None) -> None:
        self.watch, self.began, self.seconds = watch, time.perf_counter(), dict[str, float]()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        began = time.perf_counter()
        if self.watch is not None:
            self.watch(Progress(name, began - self.began))
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def search(self, seconds: float, objective: float, bound: float, gap: float) -> None:
        """Told by the solver."""
        if self.watch is not None:
            self.watch(Progress("solve", time.perf_counter() - self.began, objective, bound, gap))
