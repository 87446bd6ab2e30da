"""What is done beside the relaxation where there is a plan to start from: the last plan as it would be now, and a search around it.

The whole numbers of the last plan are settled with the numbers as they are now. If that is near enough to the relaxation, nothing
need be searched. The relaxation mostly opens the sites that it opened before: a plan for those is looked for meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gwplan.arrays import Arrays, Cost
from gwplan.halves import Known
from gwplan.openings import closed_but
from gwplan.solver import WAKE, Found, Kept, Options, solve_arrays

LOG = ".ahead.log"
"""Ending of the log of what runs beside the relaxation."""


@dataclass
class Ahead:
    """At work in a thread of its own. closed: openings, by column, of sites that are not likely to open: all 0."""

    closed: Mapping[int, float]
    options: Options
    cancel: threading.Event
    looked: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    standing: Found | None = None
    found: Found | None = None
    interrupted: bool = False

    @classmethod
    def begun(cls, arrays: Arrays, cost: Cost, options: Options, kept: Kept, fixed: Mapping[int, float], start: Mapping[int, float],
              likely: Collection[str]) -> Ahead | None:
        """Begin it, where the start says all that is whole."""
        whole = {**start, **fixed}
        if not start or not all(int(column) in whole for column in np.flatnonzero(arrays.whole)):
            return None
        cancel, log = threading.Event(), options.log.with_suffix(LOG) if options.log is not None else None
        ahead = cls(closed_but(arrays, likely), replace(options, log=log, cancel=cancel, meanwhile=None), cancel)

        def work() -> None:
            try:
                linear = replace(arrays, whole=np.zeros_like(arrays.whole))
                ahead.standing = solve_arrays(linear, replace(cost, spend=None), ahead.options, kept=kept, fixed=whole)
                ahead.looked.set()
                if not cancel.wait(WAKE):  # whoever waits for the last plan says at once if it will do
                    ahead.found = solve_arrays(arrays, cost, ahead.options, kept=kept, fixed={**ahead.closed, **fixed}, start=start)
            finally:
                ahead.looked.set()
                ahead.done.set()

        threading.Thread(target=work, daemon=True).start()
        return ahead

    def taken(self, known: Known, closed: Mapping[int, float]) -> Found | None:
        """What it found: the last plan if it is near enough, else what the search found, once it is done.

        None, and it stops, where other sites are closed. Ctrl-C keeps its plan.
        """
        self._wait(self.looked)
        standing = self.standing
        if standing is not None and standing.status == "optimal" and (self.interrupted or known.gap(standing) <= self.options.gap):
            self.cancel.set()
            return replace(standing, interrupted=self.interrupted)
        if closed != self.closed:
            self.cancel.set()
            return None
        self._wait(self.done)
        return replace(self.found, interrupted=self.interrupted) if self.found is not None else None

    def _wait(self, event: threading.Event) -> None:
        while not event.is_set():
            try:
                event.wait(WAKE)
            except KeyboardInterrupt:
                self.interrupted = True
                self.cancel.set()
