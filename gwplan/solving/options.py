"""Options of a solve, its deadline, its cutoff and its result."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gwplan.common.status import Status
from gwplan.solving.linear_program import Floats

if TYPE_CHECKING:
    from gwplan.solving.bases import Bases

UNKNOWN = 1e100
"""HiGHS gives bounds of this size while it has none."""
Watch = Callable[[float, float, float, float, str], None]
"""Called in a search with seconds, objective, bound, gap and the kind of the goal."""


class StopSignal(Protocol):
    """Something that may be asked to stop, such as an event."""

    def is_set(self) -> bool:
        """True once it is asked to stop."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Asked to stop once any of several is; None is never."""

    events: tuple[StopSignal | None, ...]

    def is_set(self) -> bool:
        """See StopSignal."""
        return any(event is not None and event.is_set() for event in self.events)


@dataclass(frozen=True)
class Options:
    """Gap, time limit in seconds, threads and more; `meanwhile` is called by the thread that waits for HiGHS.

    likely: sites that the relaxation of the first goal may open, as an earlier one did; guess: finds some if there are none.
    prove_later: if False, goals after the first keep its whole numbers and are not proven. cancel: the search stops once it is set.
    cutoff: when a plan is good enough, or cannot be reached. bases: where programs of the same shape ended before, and begin: the name
    that this one has there. finer: a gap that is tried for, once a plan is proven to `gap`, for half as long again.
    stood: gap that the start had with the numbers of its own; no worse, it is kept. interior: linear programs are solved by an
    interior point, which is faster for a year by the hour with its long chains of what storage holds.
    """

    gap: float = 0.0
    time_limit: float = float("inf")
    threads: int | None = None
    seed: int = 0
    log: Path | None = None
    watch: Watch | None = None
    meanwhile: Callable[[], None] | None = None
    likely: tuple[str, ...] = ()
    guess: Callable[[], tuple[str, ...]] | None = None
    prove_later: bool = True
    cancel: StopSignal | None = None
    cutoff: Cutoff | UpTo | None = None
    bases: Bases | None = None
    begin: str = ""
    stood: float = 0.0
    finer: float | None = None
    interior: bool = False

    @property
    def stopped(self) -> bool:
        """True once the search is asked to stop."""
        return self.cancel is not None and self.cancel.is_set()


@dataclass(frozen=True)
class Deadline:
    """Options whose time limit runs from when this is made: several solves share it."""

    options: Options
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return time.perf_counter() - self.began

    @property
    def left(self) -> float:
        """Seconds left, 0 once they are over."""
        return max(0.0, self.options.time_limit - self.seconds)

    def within(self, seconds: float = math.inf) -> Options:
        """The options for the time left, at most these seconds."""
        return replace(self.options, time_limit=min(self.left, seconds))


@dataclass(frozen=True)
class Cutoff:
    """A bound on all plans, and the gap to it that a plan may have.

    A search stops once it has such a plan, or its own bound shows that it cannot have one.
    spend: of the relaxation, which the gap is relative to while no plan is known; 0 if it is relative to the objective.
    """

    bound: float
    gap: float
    spend: float = 0.0

    def reached(self, objective: float, spend: float) -> bool:
        """True for a plan within the gap. spend: what the gap is relative to, 0 for the objective."""
        return abs(objective) < UNKNOWN and abs(self.bound - objective) <= self.gap * (spend or abs(objective))

    def missed(self, best: float, spend: float) -> bool:
        """True if no plan within the gap exists among plans no better than `best`. spend: of the best plan so far, 0 if there is none."""
        return abs(best) < UNKNOWN and abs(self.bound - best) > self.gap * (spend or self.spend or abs(best))


@dataclass(frozen=True)
class UpTo:
    """A limit on what is minimised: a search stops once it has a plan within it, or its bound shows that it cannot have one."""

    most: float

    def reached(self, objective: float, spend: float) -> bool:
        """True for a plan within the limit."""
        return objective <= self.most

    def missed(self, best: float, spend: float) -> bool:
        """True if no plan within the limit exists among plans no better than `best`."""
        return self.most < best < UNKNOWN


@dataclass(frozen=True)
class SolveResult:
    """The result of a solve. status: optimal, stopped, infeasible, unbounded or failed; x is None without a plan.

    opened: sites that the relaxation opens. reason: why it stopped or failed, in words. in_part: the duals of some rows are not known.
    """

    status: Status
    x: Floats | None
    objective: float
    bound: float
    gap: float
    seconds: float
    row_duals: Floats | None = None
    interrupted: bool = False
    misled: bool = False
    opened: tuple[str, ...] = ()
    reason: str = ""
    in_part: bool = False

    @classmethod
    def without_plan(cls, status: Status, seconds: float = 0.0, interrupted: bool = False, reason: str = "") -> SolveResult:
        """A search that ended without a plan, and without a bound on any."""
        return replace(cls(status, None, math.nan, math.nan, math.nan, seconds), interrupted=interrupted, reason=reason)
