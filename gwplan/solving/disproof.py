"""A quick proof of infeasibility beside the first relaxation, which takes long to find that it is infeasible.

Targets and limits may be missed at a penalty; periods after the first date of a target are left out, then those after the next
(`elastic.py`). If even that must miss something, no plan exists and the search ends. A feasible start ends the proof instead.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from gwplan.common.status import Status
from gwplan.solving.elastic import PROOF, Elastic, dates, elastic, is_plan, promises, until
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Options, SolveResult
from gwplan.solving.warm_start import Ahead

PATIENCE = 5.0
"""Seconds for the proof where the search waits for it."""


@dataclass
class Disproof:
    """A search for a proof of infeasibility. proven: set once there is one."""

    arrays: Arrays
    options: Options
    ahead: Ahead | None
    proven: threading.Event = field(default_factory=threading.Event)
    cancel: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None

    @classmethod
    def begun(cls, arrays: Arrays, options: Options, ahead: Ahead | None) -> Disproof:
        """Start it in a thread; with one thread only, check the first part before anything else. The caller has to end it."""
        look = cls(arrays, options, ahead)
        if options.threads != 1:
            # No daemon: a process that ended while HiGHS works in it would be aborted.
            threading.Thread(target=look.work).start()
        elif not look.needless():
            # Nothing else goes on meanwhile: a proof that takes long is not worth the wait.
            look.options = replace(options, time_limit=min(options.time_limit, PATIENCE))
            look.look(1)
        return look

    def needless(self) -> bool:
        """True if a plan is known: building nothing, or the start."""
        if is_plan(self.arrays):
            return True
        if self.ahead is None:
            return False
        self.ahead.looked.wait()
        return self.ahead.standing is not None and self.ahead.standing.x is not None

    def work(self) -> None:
        """Check one part after the other until there is a proof, or it is cancelled."""
        try:
            if not self.needless():
                self.look()
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            self.error = error

    def look(self, parts: int | None = None) -> None:
        """Check the first parts, or all."""
        for last in dates(self.arrays)[:parts]:
            if self.cancel.is_set():
                break
            _, found = nearest(until(self.arrays, last), replace(self.options, log=None, watch=None, meanwhile=None, cancel=self.cancel))
            if missed(found):
                self.proven.set()
                break

    def end(self) -> None:
        """Stop it. Raises an error of its thread."""
        self.cancel.set()
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
