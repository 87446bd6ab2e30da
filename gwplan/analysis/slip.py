"""A slip: something comes later, or costs more, than a plan was made for. What does it cost, and what is it worth to know in advance?

Three plans: the run's own; the best with the changed numbers, all free, as if the slip had been known in advance; and the best with
the changed numbers after what was ordered before a date, which stands, since until then nobody knew. The last less the second is the
value of knowing. Where no plan keeps the targets any more, they are missed by the smallest shortfall.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gwplan.analysis.explain.resolve import ask_again, case_of
from gwplan.common import stopping
from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.results.figures import less_is_better, unit_of_goal
from gwplan.results.run_folder import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.results.run_folder import RunFolder
    from gwplan.solving.decisions import Decision
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays
    from gwplan.solving.standing import Standing

Told = Callable[[str], None]
PLANNED, AHEAD, LATE = "as planned", "known in advance", "known at the date"
SAME = 1e-6
"""A shortfall below this share of a target is the solver's tolerance."""


class NoPlan(Exception):
    """There is no plan with the changed numbers, even with all targets missed by as much as need be."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Missed:
    """A target that is missed: by how much at most, for how long in all, and from when on it holds again (blank: not any more)."""

    target: int
    words: str
    most: float
    unit: str
    months: int
    again: str

    @property
    def sentence(self) -> str:
        """`Target 1 (10 MW IT by 2028-Q1) is missed by up to 10 MW IT for 12 months; it holds from 2029-Q1 on.`"""
        after = f"it holds from {self.again} on" if self.again else "it does not hold again within the horizon"
        return f"Target {self.target} ({self.words}) is missed by up to {self.most:,.4g} {self.unit}, for {self.months} months; {after}."


@dataclass(frozen=True)
class Variant:
    """One of the plans. objective, bound: of the model's first goal; bound NaN where a target is missed. met: when all targets hold."""

    name: str
    status: Status
    objective: float
    bound: float
    capital: float
    met: str
    missed: tuple[Missed, ...] = ()
    plan: str = ""

    @property
    def unproven(self) -> float:
        """Distance from the objective to its bound; NaN without one."""
        return abs(self.objective - self.bound)


@dataclass(frozen=True)
class Slipped:
    """A finished question. changes: as --set; after: name of the first period that is free, blank after the horizon's end.

    goal: its kind; unit: of the objective. made: what was decided before the date; moved: what of it is taken up later.
    """

    run: str
    changes: tuple[str, ...]
    after: str
    goal: str
    unit: str
    planned: Variant
    ahead: Variant
    late: Variant
    made: tuple[Decision, ...]
    moved: tuple[tuple[str, str], ...]

    def cost(self, variant: Variant) -> float:
        """What a plan costs the goal against the run's own, positive for worse."""
        sign = 1.0 if less_is_better(self.goal) else -1.0
        return sign * (variant.objective - self.planned.objective)

    @property
    def knowing(self) -> float:
        """What it is worth to know in advance, at least 0 where the targets are missed alike."""
        return self.cost(self.late) - self.cost(self.ahead)

    @property
    def lost(self) -> tuple[str, ...]:
        """What was decided before the date and can no longer be delivered within the horizon: the late plan is without it and its cost."""
        return tuple(name for name, to in self.moved if not to)

    @property
    def alike(self) -> bool:
        """True where both plans with the change can be compared: they miss the same targets alike, and no order is left out."""
        return self.late.missed == self.ahead.missed and not self.lost


def slip(run: RunFolder, changes: Sequence[str], after: str, gap: float | None = None, told: Told | None = None) -> Slipped:
    """Solve both plans with the changed numbers. InputFaults for faulty changes or dates; NoPlan; KeyboardInterrupt if asked to stop."""
    from gwplan.solving import decisions

    if not changes:
        raise InputFaults([Fault("--set", 0, "is missing: say what slips, such as 'power.grid@SITE.earliest=+12 months'")])
    question = replace(ask_again(run), gap=gap)
    case = case_of(question)
    number = period_of(case, after)
    changed = case_of(replace(question, sets=tuple(changes)))
    if changed.calendar.names != case.calendar.names:
        raise InputFaults([Fault(f"--set {changes[0]}", 0, "changes the horizon or its step, in which the plan's decisions are dated")])
    with readable(run.path):
        made = decisions.plan_of(run.plan_text, "plan.csv", case)
        planned = as_planned(run, case)
    with stopping.noted():
        late, stands = solved(changed, LATE, (made, number), "", told)
        ahead = solved(changed, AHEAD, None, late.plan, told)[0] if number else replace(late, name=AHEAD)
    goal = case.definition.goals[0].kind
    unit = unit_of_goal(goal, case.definition.horizon.dollars, case.definition.measure)
    names = case.calendar.names
    moved = tuple((str(each.decision), each.to) for each in stands.moved)
    return Slipped(str(run.path), tuple(changes), names[number] if number < len(names) else "", goal, unit, planned, ahead, late,
                   stands.made, moved)


def period_of(case: Case, text: str) -> int:
    """Number of the period that holds a date: what is decided before it stands. Their number for a date after the horizon."""
    try:
        number = case.calendar.holding(parse_date(text).first)
    except ValueError as error:
        raise InputFaults([Fault(f"--after {text}", 0, str(error))]) from None
    return max(0, min(number, len(case.calendar.periods)))


def as_planned(run: RunFolder, case: Case) -> Variant:
    """The run's own plan."""
    summary = run.summary
    bound = summary.get("bound")
    levels = {"it": summary["it_mw"], "facility": summary["facility_mw"], "compute": summary["compute_kh100e"]}
    return Variant(PLANNED, Status(summary["status"]), float(summary["objective"]), math.nan if bound is None else float(bound),
                   float(summary["capital_first_build_musd"]), met_from(case, levels), (), run.plan_text)


def met_from(case: Case, levels: dict[str, list[float]]) -> str:
    """The first period from which every target's amount is there as long as it must be; blank if never, or without targets."""
    from gwplan.model.targets import held_in

    begins = []
    for target in case.definition.targets:
        last = held_in(case, target)[-1]
        short = [period for period in range(last + 1) if levels[target.measure][period] < target.amount * (1 - SAME)]
        begins.append(max(short, default=-1) + 1)
    names = case.calendar.names
    return names[max(begins)] if begins and max(begins) < len(names) else ""


def solved(case: Case, name: str, stands: tuple[list[Decision], int] | None, start: str, told: Told | None) -> tuple[Variant, Standing]:
    """The best plan of a case, after what stands; with targets missed by the smallest shortfall where no plan keeps them."""
    from gwplan.planning import build
    from gwplan.solving.lexicographic import solve_goals
    from gwplan.solving.shortfall import loosened
    from gwplan.solving.standing import standing

    if told is not None:
        told(f"solve: {name}")
    with build.uncollected():
        plan, arrays = build.build(case)
        kept = standing(plan, arrays, *(stands or ([], 0)))
        options = replace(build.options_of(case), cancel=stopping.ASKED, prove_later=False)
        answer = None
        if not any(rule.broken for rule in plan.rules):
            answer = solve_goals(kept.arrays, options, fixed=kept.fixed, start=start_of(plan, arrays, start, case))
        if answer is None or (answer.x is None and answer.status is Status.INFEASIBLE):
            relaxed = loosened(kept.arrays, lambda rule, key: False)
            answer = relaxed.answer(solve_goals(relaxed.arrays, options, fixed=kept.fixed))
        if stopping.ASKED.is_set():
            raise KeyboardInterrupt
        if answer.x is None:
            raise NoPlan(answer.status, unmet(plan, kept, options, name, answer))
        build.load(plan, arrays, replace(answer, x=answer.x[: len(arrays.variables)]))
        return variant(case, plan, answer, name), kept


def start_of(plan: Plan, arrays: Arrays, text: str, case: Case) -> dict[int, float] | None:
    """Where to begin: the whole numbers of a plan that is known."""
    from gwplan.solving import decisions

    return decisions.start(plan, arrays, decisions.start_of(text, "plan.csv", case)) if text else None


def unmet(plan: Plan, kept: Standing, options: Any, name: str, answer: Answer) -> str:
    """Why there is no plan even with all targets missed: the promises that what stands breaks."""
    from gwplan.solving import infeasibility

    if answer.status is not Status.INFEASIBLE:
        return f"No plan was found ({name}): {answer.status.text}. {answer.reason}".strip()
    broken = infeasibility.broken_rules(plan, kept.arrays, options, kept.fixed)
    why = f" It breaks: {'; '.join(each.partition('. ')[0] for each in broken)}." if broken else ""
    return f"With the change there is no plan ({name}), even with all targets missed.{why}"


def variant(case: Case, plan: Plan, answer: Answer, name: str) -> Variant:
    """The figures of a plan that was found and loaded."""
    from gwplan.analysis.disruption.effects import plan_text
    from gwplan.model.targets import last_period, measured
    from gwplan.results.tables import level

    own = next(goal for goal in answer.goals if goal["kind"] != "least_missed")
    missed = tuple(each for number in range(1, len(case.definition.targets) + 1) if (each := missed_of(plan, number)))
    capital = sum(level(amount) for (_, period), amount in plan.ledger.capital.items() if period <= last_period(case))
    counts = {target.measure: target.counts for target in case.definition.targets}
    levels = {str(measure): [level(amount) for amount in measured(case, plan.exchange, measure, kinds).values()]
              for measure, kinds in counts.items()}
    bound = math.nan if missed else float(own["bound"])
    return Variant(name, answer.status, float(own["objective"]), bound, capital, met_from(case, levels), missed, plan_text(plan))


def missed_of(plan: Plan, number: int) -> Missed | None:
    """By how much a target is missed; None if it holds throughout."""
    from gwplan.model.targets import UNITS, held_in, measured
    from gwplan.results.tables import level

    case = plan.case
    target, names = case.definition.targets[number - 1], case.calendar.names
    there, held = measured(case, plan.exchange, target.measure, target.counts), held_in(case, target)
    lacking = {period: target.amount - level(there[period]) for period in held}
    short = [period for period, amount in lacking.items() if amount > SAME * target.amount]
    if not short:
        return None
    again = [period for period in held if period > short[-1]]
    months = len(short) * case.calendar.periods[0].months
    words = f"{target.amount:,.6g} {UNITS[target.measure]} by {target.by}"
    return Missed(number, words, round(max(lacking.values()), 6), UNITS[target.measure], months, names[again[0]] if again else "")
