"""What a solve is given and what it gives: options, a cutoff, rows that are added, and what was found."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gwplan.common.status import Status
from gwplan.solving.linear_program import Floats

UNKNOWN = 1e100
"""Bounds as large as this say nothing."""
Watch = Callable[[float, float, float, float], None]


class Asked(Protocol):
    """Something that may be asked to stop, such as an event."""

    def is_set(self) -> bool:
        """True once it is asked to stop."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Asked to stop once any of several is; None is never."""

    events: tuple[Asked | None, ...]

    def is_set(self) -> bool:
        """See Asked."""
        return any(event is not None and event.is_set() for event in self.events)


@dataclass(frozen=True)
class Options:
    """How long, how far, and with what HiGHS works; `meanwhile` is done by the thread that waits for it.

    likely: sites that the relaxation of the first goal may open, as that of a plan before did. prove_later: False leaves
    goals after the first unproven: the whole numbers stay as the first goal found them. cancel: once it is set, the search
    stops. aim: what its plans are measured by.
    """

    gap: float = 0.0
    time_limit: float = float("inf")
    threads: int | None = None
    seed: int = 0
    log: Path | None = None
    watch: Watch | None = None
    meanwhile: Callable[[], None] | None = None
    likely: tuple[str, ...] = ()
    prove_later: bool = True
    cancel: Asked | None = None
    aim: Aim | None = None


@dataclass(frozen=True)
class Aim:
    """A bound on all plans, and the gap within which of it a plan has to lie.

    A search stops with a plan that is within it, and without one when its own bound shows that it has none.
    """

    bound: float
    gap: float

    def reached(self, objective: float, spend: float) -> bool:
        """True for a plan that is near enough not to look for a better one. spend: what the gap is relative to, 0 for the objective."""
        return abs(objective) < UNKNOWN and abs(self.bound - objective) <= self.gap * (spend or abs(objective))

    def missed(self, best: float, spend: float) -> bool:
        """True if a search whose plans are no better than `best` cannot reach it. spend: what the gap is relative to, 0 for `best`."""
        return abs(best) < UNKNOWN and abs(self.bound - best) > self.gap * (spend or abs(best))


@dataclass(frozen=True)
class Found:
    """What HiGHS found. status: optimal, stopped, infeasible, unbounded or failed; x is None without a plan.

    opened: sites that the relaxation opens. reason: why it stopped or failed, in words.
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

    @classmethod
    def without_plan(cls, status: Status, seconds: float = 0.0, interrupted: bool = False, reason: str = "") -> Found:
        """A search that ended without a plan, and without a bound on any."""
        return cls(status, None, math.nan, math.nan, math.nan, seconds, interrupted=interrupted, reason=reason)


@dataclass
class Kept:
    """Rows added to those of the model: earlier goals that must stay as good as they were."""

    rows: list[tuple[Floats, float, float]] = field(default_factory=list)
