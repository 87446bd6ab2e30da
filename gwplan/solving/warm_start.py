"""What is done beside the relaxation where there is a plan to start from: the last plan as it would be now, and a search around it.

The whole numbers of the last plan are settled with the numbers as they are now. If that is near enough to the relaxation, nothing
need be searched. The relaxation mostly opens the sites that it opened before: a plan for those is looked for meanwhile. Where
there is one thread only, the last plan is settled before the relaxation, and nothing else is done ahead.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gwplan.solving.bounds import Known
from gwplan.solving.highs import WAKE, solve_arrays
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Asked, Found, Kept, Options
from gwplan.solving.site_openings import closed_but


@dataclass
class Ahead:
    """A last plan for a goal, and what is found of it.

    start, closed: by column, its whole numbers, and the openings of sites that are not likely, all 0. cancel: stops it.
    asked: set when the whole search is asked to stop.
    """

    arrays: Arrays
    cost: Cost
    options: Options
    kept: Kept
    fixed: Mapping[int, float]
    start: Mapping[int, float]
    closed: Mapping[int, float]
    cancel: threading.Event
    asked: Asked | None
    looked: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    standing: Found | None = None
    found: Found | None = None
    interrupted: bool = False
    error: BaseException | None = None

    @classmethod
    def begun(cls, arrays: Arrays, cost: Cost, options: Options, kept: Kept, fixed: Mapping[int, float], start: Mapping[int, float],
              likely: Collection[str]) -> Ahead | None:
        """Begin it, where the start says all that is whole. Whoever begins it has to set `cancel` in the end."""
        if not start or not all(int(column) in start or int(column) in fixed for column in np.flatnonzero(arrays.whole)):
            return None
        cancel = threading.Event()
        asked, options = options.cancel, replace(options, log=None, cancel=cancel, meanwhile=None)
        ahead = cls(arrays, cost, options, kept, fixed, start, closed_but(arrays, likely), cancel, asked)
        if options.threads != 1:
            # No daemon: a process that ended while HiGHS works in it would be aborted.
            threading.Thread(target=ahead.work).start()
        else:
            ahead.settle()
        return ahead

    def settle(self) -> None:
        """The last plan with the numbers as they are now."""
        linear, cost = replace(self.arrays, whole=np.zeros_like(self.arrays.whole)), replace(self.cost, spend=None)
        self.standing = solve_arrays(linear, cost, self.options, kept=self.kept, fixed={**self.start, **self.fixed})
        self.interrupted = self.interrupted or self.standing.interrupted
        self.looked.set()

    def settled(self) -> Found | None:
        """The last plan with the numbers as they are now, once that is known; no more is looked for."""
        self.wait(self.looked)
        self.cancel.set()
        return self.standing

    def work(self) -> None:
        """Settle the last plan, then look around it."""
        try:
            self.settle()
            if not self.cancel.wait(WAKE):  # whoever waits for the last plan says at once if it will do
                self.found = solve_arrays(self.arrays, self.cost, self.options, kept=self.kept, fixed={**self.closed, **self.fixed},
                                          start=self.start)
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            self.error = error
        finally:
            self.looked.set()
            self.done.set()

    def taken(self, known: Known, closed: Mapping[int, float]) -> Found | None:
        """What it found: the last plan if it is near enough, else what the search found, once it is done.

        None, and it stops, where other sites are closed. Ctrl-C keeps its plan.
        """
        self.wait(self.looked)
        standing = self.standing
        if standing is not None and standing.status == "optimal" and (self.interrupted or known.gap(standing) <= self.options.gap):
            self.cancel.set()
            return replace(standing, interrupted=self.interrupted)
        if self.options.threads == 1 or closed != self.closed:
            self.cancel.set()
            return None
        self.wait(self.done)
        return replace(self.found, interrupted=self.interrupted) if self.found is not None else None

    def wait(self, event: threading.Event) -> None:
        """Wait for an event; Ctrl-C is noted, and ends all that is under way. Raises what went wrong in the thread."""
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
