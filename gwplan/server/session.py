"""What is on the screen of one tab: the changes so far, the last plan, the plan before it, and what the last change came to."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gwplan.analysis.what_if import Answered
    from gwplan.common.errors import Fault
    from gwplan.planning.pairs import Pair
    from gwplan.planning.remedy import Remedy

KEPT_STEPS = 200
"""Changes that can be undone."""


@dataclass(frozen=True)
class Failure:
    """Why the last change has no plan. remedies: changes of one number that are enough; pairs: changes of two, where none of one is.

    looking: more are sought.
    """

    message: str
    faults: tuple[Fault, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    pairs: tuple[Pair, ...] = ()
    looking: bool = False


def texts_of(sets: Mapping[str, str]) -> tuple[str, ...]:
    """Changes as `--set`."""
    return tuple(f"{key}={value}" for key, value in sets.items())


def with_change(sets: Mapping[str, str], change: str) -> dict[str, str]:
    """Changes with one more, as `--set`; the same number is changed once, in its place."""
    key, _, value = change.partition("=")
    return {**sets, key.strip(): value.strip()}


@dataclass
class Session:
    """One tab. sets: value by key, in the order in which they are given to `--set`.

    revision counts all that a page shows, arranged what sliders show, plans the plans shown; asked and answered number the changes; lock
    guards all of it.
    """

    name: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    sets: dict[str, str] = field(default_factory=dict)
    history: list[dict[str, str]] = field(default_factory=list)
    revision: int = 0
    arranged: int = 0
    plans: int = 0
    asked: int = 0
    answered: int = 0
    shown: Answered | None = None
    before: Answered | None = None
    failure: Failure | None = None
    progress: str = ""
    cancel: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)
    orders: dict[str, int] = field(default_factory=dict)

    @property
    def solving(self) -> bool:
        """True while the last change is not answered."""
        return self.answered < self.asked

    @property
    def texts(self) -> tuple[str, ...]:
        """The changes as `--set`."""
        return texts_of(self.sets)

    def is_late(self, sender: str, number: int) -> bool:
        """True for a request that was sent before one that has arrived: what was moved last counts."""
        with self.lock:
            late = number <= self.orders.get(sender, -1)
            if not late:
                self.orders[sender] = number
            return late

    def change(self, sets: Mapping[str, str], *, arranged: bool = True) -> bool:
        """Take other changes; False if they are the same. arranged: whether sliders have to be drawn again."""
        with self.lock:
            if dict(sets) == self.sets:
                return False
            self.history = [*self.history, self.sets][-KEPT_STEPS:]
            self._take(dict(sets), arranged)
            return True

    def undo(self) -> bool:
        """Take the last change back; False if there is none."""
        with self.lock:
            if not self.history:
                return False
            *self.history, last = self.history
            self._take(last, True)
            return True

    def _take(self, sets: dict[str, str], arranged: bool) -> None:
        self.sets = sets
        self.asked += 1
        self.revision += 1
        self.arranged += arranged
        self.cancel.set()
        self.cancel = threading.Event()

    def answer(self, number: int, found: Answered | None, failure: Failure | None = None) -> bool:
        """Take the answer to a change; False if a later one was asked meanwhile."""
        with self.lock:
            if number != self.asked:
                return False
            if found is not None and found is not self.shown:
                self.before, self.shown = self.shown, found
                self.plans += 1
            self.answered, self.failure, self.progress = number, failure, ""
            self.revision += 1
            return True
