"""The grade of each number, lowered with its age, amounts by grade, and the class of an estimate that rests on them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from gwplan.inputs.grades import PLANNER, lowered
from gwplan.inputs.half_lives import as_of, half_life, month_of

if TYPE_CHECKING:
    from gwplan.inputs.tables import Source

PAIRS = ("AB", "CD", "EF")
"""The grades that a line tells together."""
UNGRADED = "ungraded"
"""The key of amounts whose number is not found or whose source has no grade."""
ESTIMATE_CLASSES = "estimate_classes.csv"


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one number. grade: `stated`, lowered by one for each half-life `passed` unless its own row states it; blank for none.

    months: age of its source at the date of the tables; half_life: of its quantity, in months. None if unknown.
    """

    stated: str
    grade: str
    months: int | None
    half_life: float | None
    passed: int


class Grader:
    """Grades numbers by source, table and quantity. as_of: month of the tables, the newest date of a source; None without any."""

    def __init__(self, sources: Mapping[str, Source], half_lives: Mapping[tuple[str, str], float]) -> None:
        self.sources, self.half_lives = sources, half_lives
        self.as_of = as_of(source.date for source in sources.values())

    def of(self, table: str, quantity: str, source: str, own: str = "") -> Graded:
        """The grade of a number. own: the grade in its row, which is that of today and does not age."""
        entry = self.sources.get(source)
        stated = own or (entry.grade if entry else "")
        month = month_of(entry.date) if entry else None
        months = None if month is None or self.as_of is None else self.as_of - month
        life = half_life(self.half_lives, table, quantity)
        ages = stated != PLANNER and months is not None and life is not None
        passed = int(max(months, 0) // life) if ages and months is not None and life is not None else 0
        return Graded(stated, stated if own else lowered(stated, passed), months, life, passed)


@dataclass(frozen=True)
class ByGrade:
    """Amounts by grade: money or a count of numbers. Shares are of all that the planner did not choose."""

    amounts: Mapping[str, float]

    @classmethod
    def of(cls, parts: Iterable[tuple[str, float]]) -> ByGrade:
        """Sum amounts by grade; a blank grade is `ungraded`."""
        found: dict[str, float] = {}
        for grade, amount in parts:
            found[grade or UNGRADED] = found.get(grade or UNGRADED, 0.0) + amount
        return cls(dict(sorted(found.items())))

    @property
    def total(self) -> float:
        """All of it, choices of the planner included."""
        return sum(self.amounts.values())

    @property
    def chosen(self) -> float:
        """What the planner chose."""
        return self.amounts.get(PLANNER, 0.0)

    def share(self, *grades: str) -> float:
        """The share of some grades in all that the planner did not choose; 0 if that is nothing."""
        counted = self.total - self.chosen
        return sum(self.amounts.get(grade, 0.0) for grade in grades) / counted if counted > 0 else 0.0

    @property
    def words(self) -> str:
        """`A-B 12%, C-D 55%, E-F 33%`, and what has no grade if there is any."""
        if not self.total - self.chosen > 0:
            return "none is graded"
        ungraded = self.share(UNGRADED)
        shares = [f"{pair[0]}-{pair[1]} {self.share(*pair):.0%}" for pair in PAIRS]
        return ", ".join([*shares, *([f"no grade {ungraded:.0%}"] if ungraded else [])])


@dataclass(frozen=True, slots=True)
class EstimateClass:
    """A class of cost estimate, 5 (concept) to 1 (checked), from the least shares of A-B and A-D; low and high: its usual error."""

    number: int
    least_ab: float
    least_abcd: float
    low: float
    high: float


@cache
def estimate_classes() -> tuple[EstimateClass, ...]:
    """The classes of estimate, best first: `estimate_classes.csv`, whose ranges are from memory and whose shares are judgement."""
    text = (files("gwplan.results") / ESTIMATE_CLASSES).read_text(encoding="utf-8")
    names = ("least_ab", "least_abcd", "low", "high")
    return tuple(EstimateClass(int(row["class"]), *(float(row[name]) for name in names)) for row in csv.DictReader(text.splitlines()))


def estimate_class(found: ByGrade) -> EstimateClass:
    """The best class whose least shares are reached; the last asks for none."""
    good, known = found.share("A", "B"), found.share("A", "B", "C", "D")
    classes = estimate_classes()
    return next((each for each in classes if good >= each.least_ab and known >= each.least_abcd), classes[-1])
