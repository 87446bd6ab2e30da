"""Grades of numbers: how well a source is known, from A (filed, read in the original) to F (judgement).

P marks a choice of the planner: it is no fact, and no share counts it.
"""

from __future__ import annotations

from gwplan.common.spelling import suggestion

GRADES = ("A", "B", "C", "D", "E", "F")
PLANNER = "P"
SCALE = (*GRADES, PLANNER)
READINGS = ("direct", "second-hand", "memory")
"""How a source was read; blank for one that is nobody else's: arithmetic, judgement, a choice."""


def grade_fault(grade: str) -> str:
    """What is wrong with a grade; blank if nothing is, or if none is given."""
    return f"no grade {grade!r} ({', '.join(GRADES)}; {PLANNER} for a choice of the planner)" if grade and grade not in SCALE else ""


def reading_fault(read: str) -> str:
    """What is wrong with how a source was read; blank if nothing is, or if it is not said."""
    return f"no way of reading {read!r}{suggestion(read, READINGS)} ({', '.join(READINGS)})" if read and read not in READINGS else ""


def lowered(grade: str, steps: int) -> str:
    """The grade some steps down, F at worst; P and a missing grade stay."""
    return GRADES[min(GRADES.index(grade) + steps, len(GRADES) - 1)] if grade in GRADES else grade
