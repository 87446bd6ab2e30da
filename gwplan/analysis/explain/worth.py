"""What more of each limit that binds is worth, by solving again with more of it, and beside it the slope with whole numbers fixed.

A step is a change that somebody might ask for: 2 % more capital, a tenth more of an allocation or of a grid connection, a target a
period later. If the slope says that it is worth less than two plans can differ unproven, it is doubled, up to three times. Each step
is solved from the run's plan and proven to the model's gap, so its worth is known between two ends. A linear program that begins at the
basis of another has been known to end at a wrong optimum: of the first in rank, plan and bound are proven a second time without any.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.explain.limits import Limit, binding, limits_of
from gwplan.analysis.explain.local import Local, local
from gwplan.analysis.explain.resolve import Resolver, Told, figure
from gwplan.analysis.scenarios.scenario import Result
from gwplan.analysis.scenarios.worker import Built
from gwplan.common import stopping
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.model.linear import value_of
from gwplan.results.figures import less_is_better, unit_of_goal

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import SharedInputs
    from gwplan.results.run_folder import RunFolder
    from gwplan.solving.ranging import Ranged

TOP, CONFIRMED = 10, 3
"""Limits that are solved, and how many of them are proven a second time."""
TOLD_APART = 2.0
"""A step is to be worth this many times what is unproven of the run's plan."""
DOUBLED = 3
"""How often a step is doubled for that."""


@dataclass(frozen=True)
class Worth:
    """What a step of a limit is worth, in units of the goal, positive for better.

    amount: between the plans found; least and most: what is proven. slope: for one more unit of the number, whole numbers fixed; None of
    a date. between: values of the number between which the slope holds; None where that is unknown. note: why it has no amount.
    cold: proven a second time, each linear program from nothing. result: the plan for the step.
    """

    limit: Limit
    amount: float | None = None
    least: float | None = None
    most: float | None = None
    slope: float | None = None
    between: tuple[float | None, float | None] | None = None
    status: Status = Status.OPTIMAL
    cold: bool = False
    note: str = ""
    result: Result | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Worths:
    """The limits of a run by worth. left: limits that were not solved; unknown: rules that bind, whose number is not known.

    unproven: distance of the run's objective from its bound; seconds: taken; own: those of the run.
    """

    run: str
    unit: str
    unproven: float
    found: tuple[Worth, ...]
    left: tuple[str, ...]
    unknown: tuple[str, ...]
    seconds: float
    own: float
    solves: int
    stopped: bool = False


@dataclass(frozen=True)
class Base:
    """The run's plan in its model, whole numbers fixed. sign: 1 if the goal is maximised, else -1."""

    result: Result
    built: Built
    ranged: Ranged
    sign: float

    @property
    def unproven(self) -> float:
        """Distance of the objective from its bound."""
        return abs(figure(self.result, "objective") - figure(self.result, "bound"))


def result_of(run: RunFolder) -> Result:
    """A run as a result. InputFaults if it has no bound."""
    if run.figure("objective") is None or run.figure("bound") is None:
        raise InputFaults([Fault(str(run.path), 0, "its plan has no bound: it was stopped too early to say what a limit is worth")])
    return Result(run.status, "", run.summary, run.plan_text, opened=tuple(run.summary.get("sites") or ()))


def base_of(run: RunFolder, resolver: Resolver) -> Base:
    """The plan of a run in the model of its inputs, loaded. InputFaults if they do not fit each other."""
    return base_from(str(run.path), result_of(run), resolver)


def base_from(name: str, result: Result, resolver: Resolver) -> Base:
    """A plan in the model of a question, loaded. name: in a fault. InputFaults if they do not fit each other."""
    from gwplan.planning.build import load, options_of
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.problem import Problem
    from gwplan.solving.ranging import ranged

    built, found = resolver.build(()), None
    if isinstance(built, Built):
        start = given(built, result)
        found = ranged(Problem(built.arrays, built.arrays.costs[0], start=start), options_of(built.case))
    if found is None or not isinstance(built, Built):
        raise InputFaults([Fault(name, 0, "its plan is not possible with its own inputs")])
    load(built.plan, built.arrays, Answer(Status.OPTIMAL, found.x, found.objective, found.objective, 0.0))
    return Base(result, built, found, -1.0 if less_is_better(built.arrays.costs[0].kind) else 1.0)


def given(built: Built, result: Result) -> dict[int, float]:
    """The whole numbers of a plan by column; all 0 for a plan without decisions."""
    from gwplan.solving import decisions

    return decisions.start(built.plan, built.arrays, decisions.start_of(result.plan, "plan.csv", built.case))


def expected(base: Base, limit: Limit) -> float:
    """About what a step is worth by the duals of its rows, if they are in proportion to the number; 0 of a date."""
    if limit.number.is_date:
        return 0.0
    rows = {(rule.full_name, key): number for number, (rule, key) in enumerate(base.built.arrays.rows)}
    sides = {rule.full_name: rule.sides for rule in base.built.plan.rules}
    total = sum(base.ranged.duals[rows[row]] * value_of(sides[row[0]][row[1]].right) for row in limit.rows if row in rows)
    return float(base.sign * total * limit.step / limit.number.base)


def chosen(base: Base, limits: list[Limit], top: int) -> tuple[list[Limit], list[str]]:
    """The limits that are solved, those expected to be worth most first, with their steps; and the names of the others."""
    ranked = sorted(limits, key=lambda limit: -abs(expected(base, limit)))
    dates = [limit for limit in ranked if limit.number.is_date]
    numbers = [limit for limit in ranked if not limit.number.is_date]
    kept = [*dates, *numbers][:top]
    grown = [replace(limit, step=limit.step * growth(base, limit)) for limit in kept]
    return grown, [limit.name for limit in ranked if limit not in kept]


def growth(base: Base, limit: Limit) -> float:
    """What a step is multiplied by, so that its worth can be told from nothing; 1 where its slope is 0."""
    worth, factor = expected(base, limit), 1.0
    while worth > 0 and worth * factor < TOLD_APART * base.unproven and factor < 2**DOUBLED:
        factor *= 2
    return factor


def solved(base: Base, limit: Limit, resolver: Resolver, again: Result | None = None) -> Worth:
    """The worth of a step of a limit. again: its plan, to be proven a second time. KeyboardInterrupt if asked to stop."""
    number = limit.number
    sets = number.sets(number.base + limit.step)
    found = Worth(limit)
    try:
        resolver.last = base.result
        result = resolver.warm(sets) if again is None else resolver.afresh(again, sets)
    except InputFaults as error:
        return replace(found, status=Status.FAULTY_INPUT, note=error.faults[0].message)
    built = resolver.build(sets)
    if isinstance(built, Built) and not number.is_date:
        found = with_slope(found, base, local(base.built.arrays, base.ranged, built.arrays))
    if not result.plan:
        return replace(found, status=result.status, note=result.message or result.status.text)
    return weighed(replace(found, cold=again is not None, result=result), base, result)


def weighed(found: Worth, base: Base, result: Result) -> Worth:
    """A worth with the amount, and its least and most, from a plan for the step."""
    def better(after: float, before: float) -> float:
        return base.sign * (after - before)

    before, after = base.result, result
    least = better(figure(after, "objective"), figure(before, "bound"))
    most = better(figure(after, "bound"), figure(before, "objective"))
    # The run's plan is possible with more of a limit, so that no step makes it worse.
    amount = max(0.0, better(figure(after, "objective"), figure(before, "objective")))
    proven = (max(0.0, least), max(most, amount)) if np.isfinite(least + most) else (0.0, np.inf)
    return replace(found, amount=amount, least=proven[0], most=proven[1], status=result.status)


def with_slope(found: Worth, base: Base, by_step: Local | None) -> Worth:
    """A worth with the slope for one more unit in the direction of the step, and between which values it holds."""
    if by_step is None:
        return found
    number, step = found.limit.number, found.limit.step
    ends = [None if each is None else number.base + each * step for each in (by_step.low, by_step.high)]
    between = None if None in ends else (ends[0], ends[1]) if step > 0 else (ends[1], ends[0])
    return replace(found, slope=base.sign * by_step.slope / abs(step), between=between)


def ranked(found: list[Worth]) -> list[Worth]:
    """By what is found, then by what may be; those without an amount last."""
    return sorted(found, key=lambda each: (each.amount is None, -(each.amount or 0.0), -(each.most or 0.0)))


def worth(run: RunFolder, question: SharedInputs, top: int = TOP, confirm: int = CONFIRMED, told: Told | None = None) -> Worths:
    """`gwplan worth`: the limits of a run that bind, by what more of each is worth.

    top: how many are solved; confirm: how many of the first are proven a second time. If interrupted, it keeps what it has.
    InputFaults if the run cannot be solved again.
    """
    began, found = time.perf_counter(), list[Worth]()
    resolver = Resolver(question, told)
    with stopping.noted():
        with stopping.raising():
            base = base_of(run, resolver)
        limits, unknown = limits_of(base.built.case, binding(base.built.plan))
        kept, left = chosen(base, limits, top)
        definition = base.built.case.definition
        goal = base.built.arrays.costs[0].kind
        unit = unit_of_goal(goal, definition.horizon.dollars, definition.measure)
        stopped = False
        try:
            for limit in kept:
                found.append(solved(base, limit, resolver))
            found = ranked(found)
            for place, each in enumerate(found[:confirm]):
                if each.result is not None:
                    found[place] = agreed(each, solved(base, each.limit, resolver, each.result))
        except KeyboardInterrupt:
            stopping.acknowledge()
            stopped = True
    done = {each.limit for each in found}
    left = [*(limit.name for limit in kept if limit not in done), *left]
    own = sum(float(seconds) for seconds in run.summary.get("seconds", {}).values())
    return Worths(str(run.path), unit, base.unproven, tuple(ranked(found)), tuple(left), tuple(unknown),
                  time.perf_counter() - began, own, resolver.solves, stopped)


def agreed(warm: Worth, cold: Worth) -> Worth:
    """What both solves prove together; not confirmed, with a note, if they contradict each other."""
    if cold.amount is None or cold.least is None or cold.most is None or warm.least is None or warm.most is None or warm.amount is None:
        return replace(warm, note=f"proven again, it ended {cold.status}")
    least, most = max(warm.least, cold.least), min(warm.most, cold.most)
    if least > most * (1 + CLOSE) + CLOSE:
        return replace(warm, note="the second proof contradicts it")
    return replace(warm, amount=max(warm.amount, cold.amount), least=least, most=max(most, least), cold=True)


CLOSE = 1e-6
"""Relative tolerance of the solver between two solves."""
