"""The break-even value of a number: where an item enters or leaves the plan, or a headline figure reaches a value.

The question is solved again at values of the number, each time from the last plan, in ever smaller brackets (`bracket.py`). How far a
value is from the crossing is known from two plans, one with the item and one without: each is valued with the other's numbers. Along a
price both are straight lines, so few solves are enough. Plans are proven to the gap of the model, so the answer is a bracket: its two
sides are solved once more without a start, and moved apart until these cold solves agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.analysis.explain.asked import Aim, Asked, Varied, Wanted, asked_of
from gwplan.analysis.explain.bracket import Bracket, Probe, crossing, narrowed
from gwplan.analysis.explain.number import Number
from gwplan.analysis.explain.resolve import NoBase, Resolver, Told, case_of, figure
from gwplan.common import stopping
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.results.figures import less_is_better

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result, SharedInputs

WIDENED = 4
"""How often a side is moved away from the crossing, each time twice as far, where a cold solve gives another answer there."""


@dataclass(frozen=True)
class Side:
    """A value that was solved. level: of the option or the figure; confirmed: True if a cold solve gives the same answer."""

    value: float
    yes: bool
    level: float | None
    status: Status
    objective: float | None
    gap: float | None
    confirmed: bool = False


@dataclass(frozen=True)
class Breakeven:
    """The bracket of a break-even, if there is one. searched: the range; sides: below and above it, by value; value: the best estimate
    between them; within: width that was asked for; gap: of the model; base: the unchanged plan.
    """

    number: Varied
    aim: Aim
    base: Side
    searched: tuple[float, float]
    sides: tuple[Side, Side] | None
    value: float | None
    within: float
    gap: float
    solves: int
    message: str
    stopped: bool = False

    @property
    def confirmed(self) -> bool:
        """True if both sides are confirmed by cold solves."""
        return self.sides is not None and all(side.confirmed for side in self.sides)


class Search:
    """The solves of one search, by value, with the heights that are known."""

    def __init__(self, asked: Asked, resolver: Resolver, sign: float) -> None:
        self.asked, self.resolver, self.sign = asked, resolver, sign
        self.results: dict[float, Result] = {}
        self.heights: dict[float, float] = {}

    def result(self, value: float) -> Result:
        """The plan at a value, from the last one."""
        if value not in self.results:
            self.results[value] = self.resolver.warm(self.asked.number.sets(value))
        return self.results[value]

    def yes(self, value: float) -> bool:
        """The answer at a value. InputFaults where a figure has none."""
        found, aim = self.result(value), self.asked.aim
        answer = aim.yes(found)
        if answer is None:
            why = found.status.text if not found.plan else f"its plan has no {aim.figure}"
            where = f"{self.asked.number.name} at {self.asked.number.text(value)}"
            raise InputFaults([Fault(where, 0, f"no answer: {why}; give another range")])
        return answer

    def probe(self, value: float, bracket: Bracket | None) -> Probe:
        """The answer at a value, with its height. Of two plans that are known for it the better one decides."""
        answer, aim = self.yes(value), self.asked.aim
        if aim.option is None:
            level = aim.level(self.result(value))
            assert level is not None
            self.heights[value] = level - aim.value
            return Probe(value, answer, self.heights[value])
        if bracket is None:
            return Probe(value, answer)
        other = next(end.value for end in bracket if end.yes != answer)
        height = self.height(value, answer, self.results[other])
        if height is not None:
            self.heights[value] = height
        if height is not None and height != 0 and (height > 0) != answer:
            self.results[value] = replace(self.result(value), plan=self.results[other].plan)
            answer = not answer
        return Probe(value, answer, height)

    def height(self, value: float, answer: bool, other: Result) -> float | None:
        """By how much the goal is better with the option than without it, at a value, from the plans of both answers."""
        mine = self.result(value)
        if not (mine.plan and other.plan):
            return None
        theirs = self.resolver.valued(other.plan, self.asked.number.sets(value))
        own = float(mine.summary["objective"])
        return None if theirs is None else self.sign * ((own - theirs) if answer else (theirs - own))

    def side(self, value: float, answer: bool, confirmed: bool = False) -> Side:
        """A side of the bracket."""
        found = self.results[value]
        objective, gap = (found.summary.get(name) for name in ("objective", "gap"))
        return Side(value, answer, self.asked.aim.level(found), found.status, objective, gap, confirmed)

    def confirmed(self, value: float, answer: bool, away: float, end: float) -> Side:
        """A side whose answer a cold solve gives too. away: by how much it is moved otherwise, first; end: no further than this."""
        for number in range(WIDENED + 1):
            cold = self.resolver.cold(self.asked.number.sets(value))
            if self.asked.aim.yes(cold) == answer:
                self.results[value] = cold
                return self.side(value, answer, confirmed=True)
            if value == end or number == WIDENED:
                break
            value = max(value + away, end) if away < 0 else min(value + away, end)
            away *= 2
        self.result(value)
        return self.side(value, answer)


def breakeven(asked: Asked, resolver: Resolver) -> Breakeven:
    """Search a break-even. NoBase if the unchanged question has no plan; InputFaults if a figure has no value at an end.

    If interrupted, it keeps the bracket that it has; KeyboardInterrupt before the unchanged question is solved.
    """
    before = resolver.solves
    base = resolver.last or resolver.cold()
    if not base.plan:
        raise NoBase(base)
    resolver.last = base
    goal = str(base.summary["goal"][0])
    search = Search(asked, resolver, -1.0 if less_is_better(goal) else 1.0)
    search.results[asked.number.base] = base
    start = search.side(asked.number.base, search.yes(asked.number.base))
    found = Breakeven(asked.number, asked.aim, start, asked.ends, None, None, asked.within, figure(base, "gap"), 0, "")
    bracket: Bracket | None = None
    try:
        bracket = ends_of(search)
        if bracket is None:
            return replace(found, solves=resolver.solves - before, message=never(asked, start.yes))
        for bracket in narrowed(bracket, search.probe, asked.within, asked.number.months):  # noqa: B020
            found = replace(found, sides=sides_of(search, bracket), value=estimate(search, bracket))
        found = replace(found, sides=sides_of(search, bracket), value=estimate(search, bracket))
        low, high = bracket
        width = max(high.value - low.value, asked.number.months)
        first = search.confirmed(low.value, low.yes, -width, asked.ends[0])
        found = replace(found, sides=(first, search.side(high.value, high.yes)))
        found = replace(found, sides=(first, search.confirmed(high.value, high.yes, width, asked.ends[1])))
    except KeyboardInterrupt:
        stopping.acknowledge()
        solves = resolver.solves - before
        return replace(found, solves=solves, stopped=True, message=f"Stopped after {solves} solves.")
    return replace(found, solves=resolver.solves - before)


def sides_of(search: Search, bracket: Bracket) -> tuple[Side, Side]:
    """Both sides of a bracket."""
    low, high = bracket
    return search.side(low.value, low.yes), search.side(high.value, high.yes)


def estimate(search: Search, bracket: Bracket) -> float:
    """Where plans with and without the option are worth the same, or the figure has its value, on the line between both sides.

    The middle where that is not known; of a date the later side, the first date with the other answer.
    """
    if search.asked.number.months:
        return bracket[1].value
    low, high = (replace(end, height=search.heights.get(end.value)) for end in bracket)
    found = crossing(low, high)
    return (low.value + high.value) / 2 if found is None else found


def ends_of(search: Search) -> Bracket | None:
    """Two values with different answers, the nearer to the base where there are several; None if there are none."""
    base, (low, high) = search.asked.number.base, search.asked.ends
    own = search.yes(base)
    if not low <= base <= high:
        values = (low, high) if search.yes(low) != search.yes(high) else ()
        return bracket_of(search, *values) if values else None
    for end in (low, high):
        last = base
        for value in stops(search.asked, end):
            if search.yes(value) != own:
                return bracket_of(search, min(last, value), max(last, value))
            last = value
    return None


def stops(asked: Asked, end: float) -> list[float]:
    """The values that are tried from the base to an end of the range, the nearest first."""
    base = asked.number.base
    between = [value for value in asked.stops if min(base, end) < value < max(base, end)]
    return sorted({*between, end} - {base}, key=lambda value: abs(value - base))


def bracket_of(search: Search, low: float, high: float) -> Bracket:
    """Two values that were solved, with their heights."""
    ends = Probe(low, search.yes(low)), Probe(high, search.yes(high))
    return search.probe(low, ends), search.probe(high, ends)


def never(asked: Asked, answer: bool) -> str:
    """The message if the answer is the same at both ends."""
    low, high = (asked.number.text(end) for end in asked.ends)
    between = f"from {low} to {high}"
    if asked.aim.option is not None:
        has = "has it" if answer else "does not have it"
        return f"There is none {between}: the plan {has} at both ends."
    return f"There is none {between}: the figure is {'at least' if answer else 'below'} the value at both ends."


def run(question: SharedInputs, wanted: Wanted, told: Told | None = None) -> tuple[Breakeven, Number]:
    """Read, search and confirm. InputFaults; NoBase if the unchanged question has no plan; KeyboardInterrupt before it has one."""
    with stopping.noted():
        with stopping.raising():
            asked, number = asked_of(case_of(question), wanted)
        return breakeven(asked, Resolver(question, told)), number
