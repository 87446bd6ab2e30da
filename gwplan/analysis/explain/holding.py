"""What holds a plan back: the limits that bind, and why it is not cheaper, not sooner and not larger.

The slopes of the limits hold whole numbers fixed. The other answers are solves: the plan's model with one more row, in whole numbers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gwplan.analysis.explain.better import wishes_of
from gwplan.analysis.explain.limits import Limit, binding, limits_of
from gwplan.analysis.explain.resolve import NoBase, Resolver, Told, ask_again, figure
from gwplan.analysis.explain.worth import Base, base_from, expected, result_of
from gwplan.analysis.scenarios.worker import Built
from gwplan.common import stopping
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.model.stated import WORDS
from gwplan.planning import why as unmet
from gwplan.planning.build import options_of
from gwplan.planning.remedy import Models
from gwplan.planning.request import Request
from gwplan.planning.why import Unmet
from gwplan.planning.wishes import Answer, Standing, answered
from gwplan.results.figures import unit_of_goal
from gwplan.solving.elastic import periods_of
from gwplan.solving.infeasibility import clashing, explain
from gwplan.solving.options import Deadline, Options
from gwplan.solving.site_openings import opened

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result, SharedInputs
    from gwplan.inputs.case import Case
    from gwplan.results.run_folder import RunFolder



OTHERS = 0.6
"""Part of an equal share of the time that is kept for each later question."""


@dataclass(frozen=True)
class Held:
    """A limit that binds. words: what it is; periods: where; slope: worth of one more unit to the goal, whole numbers fixed."""

    limit: Limit
    words: str
    periods: tuple[str, ...]
    slope: float


@dataclass(frozen=True)
class Holding:
    """What holds a plan back. unit: of the goal; unproven: distance of its plan from its bound, in that unit.

    limits: those that bind, with a number, the one that weighs most first; others: rules that bind, whose number is not known.
    first_power: its critical path, in a sentence. answers: to each question; left: questions without an answer in time.
    """

    goal: str
    unit: str
    unproven: float
    limits: tuple[Held, ...]
    others: tuple[str, ...]
    first_power: str
    answers: tuple[Answer, ...] = ()
    left: tuple[str, ...] = ()
    seconds: float = 0.0
    stopped: bool = False


@dataclass
class Asked:
    """A question, the seconds there are for it, and what is told on the way."""

    question: SharedInputs
    told: Told | None = None
    seconds: float = math.inf
    began: float = field(default_factory=time.perf_counter)

    @property
    def request(self) -> Request:
        """The question as a request. Its overlays come as files in memory."""
        from gwplan.inputs.memory import MemoryPath

        folder = MemoryPath(self.question.files)
        overlays = tuple(folder / name for name in self.question.overlays)
        return Request(folder / self.question.model, overlays, self.question.sets, time_limit=self.question.time_limit)

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.seconds - (time.perf_counter() - self.began))

    def deadline(self, case: Case) -> Deadline:
        """The time limit of a case, from the beginning of the question."""
        options = options_of(case)
        self.seconds = options.time_limit
        return Deadline(replace(options, cancel=stopping.ASKED), self.began)

    def tell(self, words: str) -> None:
        """Say what is done now."""
        if self.told is not None:
            self.told(words)


def of_run(run: RunFolder, time_limit: str, told: Told | None = None) -> Holding:
    """What holds back the plan of a run folder. InputFaults if it cannot be solved again. If interrupted, it keeps what it has."""
    asked = Asked(replace(ask_again(run), time_limit=time_limit), told)
    resolver = Resolver(asked.question)
    with stopping.noted():
        with stopping.raising():
            asked.tell("read and build")
            base = base_from(str(run.path), result_of(run), resolver)
        return held(asked, base)


def of_question(question: SharedInputs, time_limit: str, told: Told | None = None) -> Holding | Unmet:
    """What holds back the best plan of a model, or why it has none. InputFaults; NoBase if no plan is found in time."""
    asked = Asked(replace(question, time_limit=time_limit), told)
    resolver = Resolver(asked.question)
    with stopping.noted():
        with stopping.raising():
            asked.tell("read and build")
            built = resolver.build(())
            if not isinstance(built, Built):
                return without_model(asked, built.status, built.message)
            deadline = asked.deadline(built.case)
            asked.tell("look for a clash")
            part = clashing(built.arrays, deadline, parts=1)
            result = None if part is not None else solved(asked, resolver)
            if result is None:
                part = part or clashing(built.arrays, deadline)
                clash = explain(built.plan, built.arrays, deadline, part)
                return unmet.explain(models_of(asked, built), deadline, clash, part, telling(asked))
            base = base_from(question.model, result, resolver)
        return held(asked, base)


def solved(asked: Asked, resolver: Resolver) -> Result | None:
    """The best plan of a model; None if it has none. NoBase if none is found in time."""
    asked.tell("solve")
    result = resolver.cold()
    if not result.plan and result.status is not Status.INFEASIBLE:
        raise NoBase(result)
    return result if result.plan else None


def without_model(asked: Asked, status: Status, message: str) -> Unmet:
    """Why a model has no plan that breaks a rule whatever is decided. InputFaults for one that cannot be built."""
    found = unmet.why(asked.request, telling(asked)) if status is Status.INFEASIBLE else None
    if found is None:
        raise InputFaults([Fault(asked.question.model, 0, message)])
    return found


def telling(asked: Asked) -> Callable[[Unmet], None]:
    """Tells the promises that clash, and then how many numbers were looked at."""
    said: list[str] = []

    def told(found: Unmet) -> None:
        if not said:
            said.append(found.sentence)
            asked.tell(found.sentence)
        done = len(found.enough) + len(found.not_enough)
        asked.tell(f"explain ({done} of {done + len(found.unknown)} numbers)")

    return told


def models_of(asked: Asked, built: Built) -> Models:
    """The model that is explained, and how to build others like it."""
    return Models(asked.request, (built.case, built.plan, built.arrays), built.seconds)


def held(asked: Asked, base: Base) -> Holding:
    """The limits that bind in a plan that is loaded, and an answer to each question."""
    from gwplan.results.first_power import held_back

    built, definition = base.built, base.built.case.definition
    limits, others = limits_of(built.case, binding(built.plan))
    kind = built.arrays.costs[0].kind
    unit = unit_of_goal(kind, definition.horizon.dollars, definition.measure)
    numbers = [limit for limit in limits if not limit.number.is_date]
    found = Holding(kind, unit, base.unproven, tuple(ranked(base, numbers)), tuple(others), held_back(built.plan) or "")
    wishes = list(wishes_of(built.plan))
    asked.deadline(built.case)
    sites = opened(built.arrays, base.ranged.x)
    standing = Standing(figure(base.result, "objective"), figure(base.result, "bound"), base.sign, sites)
    models = models_of(asked, built)
    try:
        for place, wish in enumerate(wishes):
            if asked.left <= 0:
                break
            asked.tell(f"why not {wish.question}? {wish.words}")
            options: Options = replace(options_of(built.case), time_limit=asked.left / share_of(len(wishes) - place), cancel=stopping.ASKED)
            answer = answered(models, wish, standing, Deadline(options))
            found = replace(found, answers=(*found.answers, answer))
    except KeyboardInterrupt:
        stopping.acknowledge()
        found = replace(found, stopped=True)
    left = tuple(wish.words for wish in wishes[len(found.answers):])
    return replace(found, left=left, seconds=time.perf_counter() - asked.began)


def share_of(questions: int) -> float:
    """By what the time left is divided for the first of some questions: it gets more than an equal part, since others may take less."""
    return 1 + (questions - 1) * OTHERS


def ranked(base: Base, limits: list[Limit]) -> Iterator[Held]:
    """Limits that bind, the ones first of which a share is worth most."""
    names = base.built.case.calendar.names
    slopes = [(expected(base, limit) / limit.step, limit) for limit in limits]
    for slope, limit in sorted(slopes, key=lambda each: -abs(each[0] * each[1].number.base)):
        rules = {rule.full_name: rule for rule in base.built.plan.rules}
        periods = sorted({each for rule, key in limit.rows for each in periods_of(rules[rule], key)})
        yield Held(limit, WORDS.get(limit.rows[0][0], limit.rows[0][0]), tuple(names[each] for each in periods), slope)
