"""A quick proof of infeasibility beside the first relaxation, which takes long to find that it is infeasible.

Targets and limits may be missed at a penalty; periods after the first date of a target are left out, then those after the next
(`elastic.py`). If even that must miss something, no plan exists and the search ends. A feasible start ends the proof instead.
A cap on money that is near the least that will do is looked at in whole numbers (`edge.py`).
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field, replace

from gwplan.common.status import Status
from gwplan.solving.edge import Edge, capped, completed, decided, edge_of
from gwplan.solving.elastic import PROOF, Elastic, dates, elastic, is_plan, promises, until
from gwplan.solving.highs import WAKE, solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import AnyOf, Options, SolveResult
from gwplan.solving.problem import Problem
from gwplan.solving.warm_start import Ahead

PATIENCE, AT_THE_EDGE = 5.0, 120.0
"""Seconds for the proof where the search waits for it, and where a cap is near the least that will do."""


@dataclass
class Disproof:
    """A search for a proof of infeasibility. proven: set once there is one.

    near: a cap that is near the least that will do, known once `looked` is set; plan: one within it until the first date of a target,
    known once `settled` is set.
    """

    arrays: Arrays
    options: Options
    ahead: Ahead | None
    proven: threading.Event = field(default_factory=threading.Event)
    cancel: threading.Event = field(default_factory=threading.Event)
    looked: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    near: Edge | None = None
    plan: SolveResult | None = None
    limit: float = float("inf")
    error: BaseException | None = None

    @classmethod
    def begun(cls, arrays: Arrays, options: Options, ahead: Ahead | None) -> Disproof:
        """Start it in a thread; with one thread only, check the first part before anything else. The caller has to end it."""
        look = cls(arrays, options, ahead, limit=options.time_limit)
        if options.threads != 1:
            # No daemon: a process that ended while HiGHS works in it would be aborted.
            threading.Thread(target=look.work).start()
        else:
            # Nothing else goes on meanwhile: a proof that takes long is not worth the wait.
            look.options = replace(options, time_limit=min(options.time_limit, PATIENCE))
            look.work(1)
            look.checked()
        return look

    def needless(self) -> bool:
        """True if a plan is known: building nothing, or the start."""
        if is_plan(self.arrays):
            return True
        if self.ahead is None:
            return False
        self.ahead.looked.wait()
        return self.ahead.standing is not None and self.ahead.standing.x is not None

    def work(self, parts: int | None = None) -> None:
        """Check the first parts, or one after the other, until there is a proof, or it is cancelled."""
        try:
            if not self.needless():
                self.look(parts)
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            self.error = error
        finally:
            self.looked.set()
            self.settled.set()

    def look(self, parts: int | None = None) -> None:
        """Check the first parts, or all."""
        options = replace(self.options, log=None, watch=None, meanwhile=None, cancel=AnyOf((self.options.cancel, self.cancel)))
        for number, last in enumerate(dates(self.arrays)[:parts]):
            if self.cancel.is_set():
                break
            part = until(self.arrays, last)
            _, found = nearest(part, options)
            if missed(found):
                self.proven.set()
                break
            if number == 0 and not self.arrays.financed:
                self.least_first(part, options)
                if self.near is not None:
                    break

    def least_first(self, part: Arrays, options: Options) -> None:
        """Find the least money, if there is a cap that is near it."""
        self.near = edge_of(part, options)
        self.looked.set()
        if self.near is not None:
            patient = replace(options, time_limit=min(self.limit, AT_THE_EDGE))
            self.plan = decided(self.near, patient)
            if self.plan.status == Status.INFEASIBLE:
                self.proven.set()

    def wait(self, event: threading.Event) -> None:
        """Wait for an event, or until the search is asked to stop. KeyboardInterrupt."""
        while not event.wait(WAKE) and not self.options.stopped:
            pass

    @property
    def refusal(self) -> SolveResult:
        """The result of a search that has no plan. bound: the least money, where that is above a cap."""
        return replace(SolveResult.without_plan(Status.INFEASIBLE), bound=self.plan.bound if self.plan is not None else math.nan)

    def likely(self) -> tuple[str, ...]:
        """Sites that are likely to open: those of the least money where a cap is near it; blank otherwise."""
        self.wait(self.looked)
        return () if self.near is None else self.near.sites

    def begin(self, problem: Problem, options: Options, relaxed: SolveResult) -> SolveResult | None:
        """A plan to begin from, of a problem whose relaxation is known; None if none is needed or known. It is stopped.

        Only where a cap limits the relaxation is what is known of it waited for. KeyboardInterrupt.
        """
        if not is_plan(problem.arrays) and capped(problem.arrays, relaxed):
            self.wait(self.looked)
            if self.near is not None:
                self.wait(self.settled)
        self.end()
        if self.near is None or self.plan is None or self.plan.x is None:
            return None
        found = completed(problem, self.near, self.plan, options)
        return None if found.x is None else found

    def end(self) -> None:
        """Stop it. Raises an error of its thread."""
        self.cancel.set()
        self.checked()

    def checked(self) -> None:
        """Raise an error of its thread."""
        if self.error is not None:
            raise self.error


def nearest(arrays: Arrays, options: Options) -> tuple[Elastic, SolveResult]:
    """The relaxation that minimises the sum of relative misses, which is its objective."""
    relaxed = elastic(arrays.relaxed(), promises(arrays))
    found = solve_problem(relaxed.problem, options)
    return relaxed, replace(found, objective=found.objective / relaxed.weight)


def missed(found: SolveResult) -> bool:
    """True if it proves infeasibility."""
    return found.status == Status.INFEASIBLE or (found.status == Status.OPTIMAL and found.objective > PROOF)
