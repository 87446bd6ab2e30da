"""Exit codes of the command line, a stable interface for scripts."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended. `text` describes it, for the help page and for messages."""

    SOLVED = 0
    OTHER = 1
    USAGE = 2
    INPUT = 3
    INFEASIBLE = 4
    STOPPED = 5
    STOPPED_EMPTY = 6

    @property
    def text(self) -> str:
        """The meaning in words."""
        return _TEXTS[self]


_TEXTS = {
    Exit.SOLVED: "done; a plan is solved to the required gap",
    Exit.OTHER: "any other error, described in one sentence",
    Exit.USAGE: "wrong usage",
    Exit.INPUT: "faulty input: every fault is listed with its file and row",
    Exit.INFEASIBLE: "infeasible: no plan keeps all the rules",
    Exit.STOPPED: "stopped early, with a plan that is not proven optimal",
    Exit.STOPPED_EMPTY: "stopped early, without a plan",
}
