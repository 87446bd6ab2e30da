"""Exit codes of the command line: what a script may rely on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended. `text` says it in words, for the help page and for messages."""

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
    Exit.SOLVED: "done; a plan is solved to the gap asked for",
    Exit.OTHER: "anything else, said in one sentence",
    Exit.USAGE: "wrong usage",
    Exit.INPUT: "faulty input: every fault is listed with its file and row",
    Exit.INFEASIBLE: "infeasible: no plan keeps all the rules",
    Exit.STOPPED: "stopped early, with a plan that is not proven",
    Exit.STOPPED_EMPTY: "stopped early, without a plan",
}
