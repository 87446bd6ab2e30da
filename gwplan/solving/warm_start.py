"""Work beside the relaxation if there is a plan to start from: that plan with the new numbers, and with finance a search around it.

The whole numbers of the last plan are fixed, and the rest is solved with the new numbers. If the result is near enough to the
relaxation, no search is needed. The relaxation usually opens the same sites as before, so with finance, where it takes long, a plan on
these sites is searched meanwhile. With one thread only, the last plan is solved before the relaxation, and nothing else is done ahead.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from gwplan.common.status import Status
from gwplan.solving.bounds import Bounds
from gwplan.solving.highs import WAKE, solve_problem
from gwplan.solving.options import Options, SolveResult, StopSignal
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import closed_but

STOOD = 1.05
"""A plan is kept if its gap is at most this many times what it was."""


@dataclass
class Ahead:
    """The last plan for a goal, and what is found from it.

    closed: openings of sites that are not likely, by column, all 0. cancel: stops it. asked: set when the whole search is asked to stop.
    """

    problem: Problem
    options: Options
    closed: Mapping[int, float]
    cancel: threading.Event
    asked: StopSignal | None
    looked: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    standing: SolveResult | None = None
    found: SolveResult | None = None
    interrupted: bool = False
    error: BaseException | None = None

    @classmethod
    def begun(cls, problem: Problem, options: Options, likely: Collection[str]) -> Ahead | None:
        """Start it if the start is complete. The caller has to set `cancel` in the end."""
        if not problem.start or not problem.start_is_complete:
            return None
        cancel = threading.Event()
        asked, options = options.cancel, replace(options, log=None, cancel=cancel, meanwhile=None)
        ahead = cls(problem, options, closed_but(problem.arrays, likely), cancel, asked)
        if options.threads != 1:
            # No daemon: a process that ended while HiGHS works in it would be aborted.
            threading.Thread(target=ahead.work).start()
        else:
            ahead.settle()
        return ahead

    def settle(self) -> None:
        """Solve the last plan with the new numbers."""
        self.standing = solve_problem(self.problem.relaxed().fixed(self.problem.start), replace(self.options, begin="settled"))
        self.interrupted = self.interrupted or self.standing.interrupted
        self.looked.set()

    def settled(self) -> SolveResult | None:
        """The last plan with the new numbers, once it is solved; stops the search around it."""
        self.wait(self.looked)
        self.cancel.set()
        return self.standing

    def work(self) -> None:
        """Solve the last plan, and search around it where that is worth it."""
        try:
            self.settle()
            # If the last plan is near enough, it is cancelled at once. Without finance the relaxation is there before a search would be.
            if self.problem.arrays.financed and not self.cancel.wait(WAKE):
                self.found = solve_problem(self.problem.fixed(self.closed), self.options)
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            self.error = error
        finally:
            self.looked.set()
            self.done.set()

    def taken(self, bounds: Bounds) -> SolveResult | None:
        """The last plan if it is near enough, once it is solved; Ctrl-C keeps it."""
        self.wait(self.looked)
        standing = self.standing
        near = min(bounds.wanted, max(self.options.gap, STOOD * self.options.stood))
        if standing is not None and standing.status == Status.OPTIMAL and (self.interrupted or bounds.gap(standing) <= near):
            self.cancel.set()
            return replace(standing, interrupted=self.interrupted)
        return None

    def searched(self, closed: Mapping[int, float]) -> SolveResult | None:
        """The result of the search around the last plan, once it is done; None, and it stops, if other sites are to be closed."""
        if self.options.threads == 1 or closed != self.closed:
            self.cancel.set()
            return None
        self.wait(self.done)
        return replace(self.found, interrupted=self.interrupted) if self.found is not None else None

    def wait(self, event: threading.Event) -> None:
        """Wait for an event; Ctrl-C stops all of it. Raises an error of the thread."""
        while not event.is_set():
            try:
                event.wait(WAKE)
            except KeyboardInterrupt:
                self.interrupted = True
            if self.interrupted or (self.asked is not None and self.asked.is_set()):
                self.interrupted = True
                self.cancel.set()
        if self.error is not None:
            raise self.error
