"""A run's request, its progress, and its outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common import stopping
from gwplan.common.errors import Fault
from gwplan.common.status import Exit, Status
from gwplan.inputs.idle import Unused
from gwplan.inputs.memory import AnyPath
from gwplan.results.grading import ByGrade

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.bases import Bases
    from gwplan.solving.linear_program import Arrays
    from gwplan.solving.options import StopSignal


@dataclass(frozen=True)
class Progress:
    """The progress of a run; objective, bound and gap are None outside the search.

    goal: the kind of the goal that is sought, blank outside the search. target_gap: at which it ends; time_limit: in seconds.
    """

    phase: str
    seconds: float
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    goal: str = ""
    target_gap: float | None = None
    time_limit: float | None = None


@dataclass(frozen=True)
class PlanText:
    """The text of a plan.csv in memory, and its name in faults."""

    name: str
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.name


WholeOf = Mapping[tuple[str, tuple[object, ...]], float]
"""Whole numbers of a plan, by name and key of the column."""


@dataclass(frozen=True)
class WholeNumbers:
    """The whole numbers of a plan in memory, such as one that verified a change."""

    of: WholeOf = field(repr=False)


PagesWriter = Callable[[Path, Callable[[], bool]], None]
"""Writes pages into a finished run folder, until the event stops it."""


@dataclass(frozen=True)
class Request:
    """What to run. Options that are None come from the model file.

    pages: writes the page and the workbook into a finished folder; None for neither. meanwhile: called in parallel with the search.
    likely: sites that an earlier run's relaxation opened. remedies: without a plan, changes of one number that are enough are sought.
    name: given to the run, by which people find it.
    vendors: what vendors that the plan leaves out would need is worked out. cancel: the search stops once it is set.
    bases, stood, finer: see `gwplan.solving.options.Options`. builder: builds the model of a case; None: in whole.
    """

    model: AnyPath
    overlays: Sequence[AnyPath] = ()
    sets: tuple[str, ...] = ()
    fix: Path | PlanText | None = None
    start: Path | PlanText | WholeNumbers | None = None
    gap: float | None = None
    time_limit: str | None = None
    threads: int | None = None
    seed: int | None = None
    no_solve: bool = False
    write_lp: Path | None = None
    runs: Path = Path("runs")
    pages: PagesWriter | None = None
    meanwhile: Callable[[], None] | None = None
    likely: tuple[str, ...] = ()
    progress: Callable[[Progress], None] | None = None
    remedies: bool = False
    name: str = ""
    vendors: bool = True
    cancel: StopSignal | None = None
    bases: Bases | None = None
    stood: float = 0.0
    finer: float | None = None
    builder: Callable[[Case], tuple[Plan, Arrays]] | None = None


@dataclass(frozen=True)
class CheckReport:
    """The result of `check` for inputs without faults. numbers: count of those that a plan uses, by grade;
    estimate_share: of estimates among them; unused: lines on unused rows; rows: those rows one by one.
    """

    title: str
    tables: dict[str, int]
    items: dict[str, int]
    warnings: list[Fault]
    unread: list[str]
    numbers: ByGrade
    estimate_share: float
    sizes: dict[str, int] | None
    unused: list[str] = field(default_factory=list)
    rows: list[Unused] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run: status, run folder (None without a plan), a sentence, and the sites that its relaxation opens.

    note: a sentence on other files written.
    """

    status: Status
    run: Path | None
    message: str
    sizes: dict[str, int] = field(default_factory=dict)
    warnings: list[Fault] = field(default_factory=list)
    opened: tuple[str, ...] = ()
    note: str = ""

    @property
    def exit_code(self) -> Exit:
        """Of the command."""
        return self.status.exit_code(plan=self.run is not None)


class Clock:
    """Seconds by phase, reported to the progress callback."""

    def __init__(self, watch: Callable[[Progress], None] | None) -> None:
        self.watch, self.began, self.seconds = watch, time.perf_counter(), dict[str, float]()
        self.gap: float | None = None
        self.time_limit: float | None = None

    def until(self, gap: float, time_limit: float) -> None:
        """When the search ends, which progress tells."""
        self.gap, self.time_limit = gap, time_limit

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """A context that measures a phase."""
        stopping.check()
        began = time.perf_counter()
        if self.watch is not None:
            self.watch(Progress(name, began - self.began))
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def search(self, seconds: float, objective: float, bound: float, gap: float, goal: str) -> None:
        """Progress callback of the solver."""
        if self.watch is not None:
            self.watch(Progress("solve", time.perf_counter() - self.began, objective, bound, gap, goal, self.gap, self.time_limit))
