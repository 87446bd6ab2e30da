"""What if: a case that is held ready in this process, and asked again and again with other numbers.

Each answer begins from the last one: only what reads a changed number is stated again, the last plan is tried first, and the relaxation
begins at the last basis (`docs/search.md`). Nothing is written to disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gwplan.analysis.scenarios.scenario import SharedInputs
from gwplan.common.errors import Fault
from gwplan.common.status import Status
from gwplan.inputs.memory import MemoryPath
from gwplan.planning import run as planning
from gwplan.planning.build import Builder, read, uncollected
from gwplan.planning.request import Clock, Outcome, PlanText, Progress, Request, WholeNumbers
from gwplan.planning.run_writer import in_memory
from gwplan.solving.bases import Bases

if TYPE_CHECKING:
    from gwplan.results.run_folder import RunFolder
    from gwplan.solving.options import StopSignal


class Superseded(Exception):
    """The question was called off before it was answered."""


@dataclass(frozen=True)
class Answered:
    """The answer to a question. sets: its changes, as --set. run: the plan, in memory; None without one, and `message` says why.

    likely: sites that its relaxation opens. seconds: from question to answer.
    """

    sets: tuple[str, ...]
    status: Status
    message: str
    run: RunFolder | None
    likely: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()
    seconds: float = 0.0


@dataclass
class WhatIf:
    """A case with its last answer. One question at a time: another thread waits for its turn.

    question: the model and its tables in memory, with the changes that all questions have. vendors: as of `Request`.
    """

    question: SharedInputs
    vendors: bool = False
    last: Answered | None = None
    _bases: Bases = field(default_factory=Bases, repr=False)
    _builder: Builder = field(default_factory=Builder, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, sets: Sequence[str] = (), cancel: StopSignal | None = None,
            progress: Callable[[Progress], None] | None = None, start: WholeNumbers | None = None) -> Answered:
        """The plan with some numbers changed, as --set. InputFaults for wrong ones; Superseded once `cancel` is set.

        start: of a plan that is known to be possible with these changes, in place of the last plan.
        """
        with self._turn:
            began = time.perf_counter()
            if cancel is not None and cancel.is_set():
                raise Superseded
            request = self._request(tuple(sets), cancel, progress)
            found = self._solved(request if start is None else replace(request, start=start, likely=(), stood=0.0))
            if cancel is not None and cancel.is_set():
                raise Superseded
            found = replace(found, sets=tuple(sets), seconds=time.perf_counter() - began)
            if found.run is not None:
                self.last = found
            return found

    def _request(self, sets: tuple[str, ...], cancel: StopSignal | None, progress: Callable[[Progress], None] | None) -> Request:
        question, last = self.question, self.last
        folder = MemoryPath(question.files)
        request = Request(folder / question.model, tuple(folder / name for name in question.overlays), (*question.sets, *sets),
                          gap=question.gap, time_limit=question.time_limit, seed=question.seed)
        request = replace(request, vendors=self.vendors, cancel=cancel, progress=progress, bases=self._bases,
                          builder=self._builder.build)
        if last is None or last.run is None:
            return request
        request = replace(request, stood=float(last.run.summary["gap"] or 0.0))
        return replace(request, start=PlanText("the last plan", last.run.plan_text), likely=last.likely)

    @staticmethod
    @uncollected()
    def _solved(request: Request) -> Answered:
        clock = Clock(request.progress)
        with clock.phase("read"):
            case = read(request)
        with clock.phase("build"):
            assert request.builder is not None
            built = (case, *request.builder(case))
        answer = planning.sought(request, clock, built, None)
        warnings = tuple(case.warnings)
        if isinstance(answer, Outcome):
            return Answered((), answer.status, answer.message, None, warnings=warnings)
        with clock.phase("write"):
            found = in_memory(request, clock, built, answer)
        return Answered((), answer.status, "", found, answer.opened, warnings)
