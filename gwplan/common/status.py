"""How a search, a run or a scenario ended, and the exit codes of the command line: what a script may rely on."""

from __future__ import annotations

from enum import IntEnum, StrEnum


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


class Status(StrEnum):
    """How something ended, as JSON, tables and run folders name it. `Status(text)` reads one; ValueError if there is no such status.

    A run that was stopped is `stopped` with and without a plan. Tables of studies, which have no column for the run folder, call
    the latter `stopped_empty`. `unclear` is what the solver says where it cannot tell infeasible from unbounded; it is never handed on.
    """

    BUILT = "built"
    OPTIMAL = "optimal"
    STOPPED = "stopped"
    STOPPED_EMPTY = "stopped_empty"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    FAILED = "failed"
    AUDIT_FAILED = "audit failed"
    FAULTY_INPUT = "faulty_input"
    NO_CIRCLE = "no_circle"
    UNKNOWN_NAME = "unknown_name"
    ERROR = "error"
    UNCLEAR = "infeasible or unbounded"

    @classmethod
    def _missing_(cls, value: object) -> Status:
        raise ValueError(f"unknown status {value!r}; known are {', '.join(cls)}")

    @property
    def text(self) -> str:
        """The meaning in words, without a capital and a full stop."""
        return _MEANINGS[self][1]

    @property
    def has_plan(self) -> bool:
        """True if a scenario that ended so has a plan."""
        return self in WITH_PLAN

    def exit_code(self, plan: bool = True) -> Exit:
        """The exit code of a command that ends so. plan: False if it was stopped before it had a plan."""
        return Exit.STOPPED_EMPTY if self is Status.STOPPED and not plan else _MEANINGS[self][0]


WITH_PLAN = (Status.OPTIMAL, Status.STOPPED)
"""How a scenario with a plan may have ended."""

_MEANINGS = {
    Status.BUILT: (Exit.SOLVED, "built, not solved"),
    Status.OPTIMAL: (Exit.SOLVED, "solved to the gap"),
    Status.STOPPED: (Exit.STOPPED, "stopped early"),
    Status.STOPPED_EMPTY: (Exit.STOPPED_EMPTY, "stopped before any plan was found"),
    Status.INFEASIBLE: (Exit.INFEASIBLE, "no plan keeps all the rules"),
    Status.UNBOUNDED: (Exit.OTHER, "the model is unbounded"),
    Status.FAILED: (Exit.OTHER, "no answer"),
    Status.AUDIT_FAILED: (Exit.OTHER, "the audit found the answer wrong"),
    Status.FAULTY_INPUT: (Exit.INPUT, "faulty input"),
    Status.NO_CIRCLE: (Exit.INPUT, "no investor pays into this plan"),
    Status.UNKNOWN_NAME: (Exit.INPUT, "nothing has this name"),
    Status.ERROR: (Exit.OTHER, "an error"),
    Status.UNCLEAR: (Exit.OTHER, "infeasible or unbounded"),
}
