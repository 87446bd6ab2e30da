"""Near-optimal alternatives (Modelling to Generate Alternatives).

The goal may worsen by a slack. Within it plans are sought that use least of what the plans before used (Brill, Chang and Hopkins
1982, the hop-skip-jump method), then the least and the most of each site, vendor, generation and supply, each by a search of its own.
Every plan that these find is within the slack; those that differ most from each other are the alternatives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.analysis.alternatives.members import BUILT, Member, difference, members
from gwplan.common import stopping
from gwplan.common.status import Exit, Status

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays, Floats
    from gwplan.solving.options import Options, SolveResult
    from gwplan.solving.problem import ExtraRow, Problem

Built = dict[tuple[str, str], float]
"""MW by kind and name of each member."""
GAP = 0.01
"""Gap of the least and the most of a member, relative to its amount in the best plan, or to the power of that plan where it has none."""
SHARE_OF_BASE, LEAST_SECONDS = 0.25, 5.0
"""Time limit of each search, unless it is given, as a share of the time of the best plan, and at least."""
SAME = 1e-6
"""Difference up to which two plans are the same."""
MUST, CAN_AVOID, FREE, NEVER, OPEN = "must have", "can avoid", "free choice", "not within the slack", "not settled"


@dataclass(frozen=True)
class Range:
    """The least and the most of a member within the slack, in MW. best: in the best plan.

    least, most: of plans that were found; no_less, no_more: proven for all plans within the slack. verdict: must have (every plan has it),
    can avoid (the best plan has it, another does not), free choice (the best plan does without, another has it), not within the slack.
    little: MW that count as nothing in the verdict, the gap of the searches.
    """

    kind: str
    name: str
    best: float
    least: float
    most: float
    no_less: float
    no_more: float = np.inf
    little: float = BUILT

    @property
    def verdict(self) -> str:
        """In words; `not settled` where neither a plan nor a bound says it."""
        if self.no_less > self.little:
            return MUST
        if self.best > self.little:
            return CAN_AVOID if self.least <= self.little else OPEN
        return FREE if self.most > self.little else NEVER if self.no_more <= self.little else OPEN


@dataclass(frozen=True)
class Alternative:
    """One plan. loss: of the goal against the best plan, positive if worse, in its unit; of: relative to what the slack is relative to.

    difference: from the best plan, 0 to 1. x: its values by column. text: its plan.csv.
    """

    built: Built
    loss: float
    of: float
    difference: float
    x: Floats
    text: str = ""


@dataclass(frozen=True)
class Alternatives:
    """What was found: the ranges, the alternatives, the most different first, and the best plan before them. stopped: if interrupted."""

    case: Case
    best: Alternative
    found: tuple[Alternative, ...]
    ranges: tuple[Range, ...]
    slack: float
    seconds: float
    stopped: bool = False
    status: Status = Status.OPTIMAL

    @property
    def exit_code(self) -> Exit:
        """0 if all was looked for, 5 if it was stopped early."""
        return Exit.STOPPED if self.stopped else Exit.SOLVED


class NoBasePlan(Exception):
    """The model has no plan, so that there are none near it."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"The model has no plan to find alternatives to: {status.text}.")
        self.status = status

    @property
    def exit_code(self) -> Exit:
        """The exit code of the command."""
        return self.status.exit_code(plan=False)


class Near:
    """All plans within the slack of the best one."""

    def __init__(self, case: Case, built: tuple[Plan, Arrays], answer: Answer, within: float) -> None:
        self.case, (self.plan, self.arrays) = case, built
        assert answer.x is not None
        self.cost, self.x, self.answer = self.arrays.costs[0], answer.x, answer
        self.members = members(case, self.arrays)
        spend = self.cost.spend_in(self.x)
        self.reference = abs(spend if spend is not None else self.cost.value(self.x))
        self.slack = within * self.reference
        self.power = max((member.amount(self.x) for member in self.members), default=1.0) or 1.0

    def row(self) -> ExtraRow:
        """The row that keeps the goal within the slack."""
        from gwplan.solving.problem import ExtraRow

        best = self.cost.value(self.x) - self.cost.constant
        ends = (best - self.slack, np.inf) if self.cost.maximize else (-np.inf, best + self.slack)
        return ExtraRow(self.cost.coefficients, *ends)

    def search(self, coefficients: Floats, maximize: bool, options: Options) -> SolveResult:
        """The plan within the slack with the least or most of a sum of columns, beginning with the best plan."""
        from gwplan.solving.linear_program import Cost
        from gwplan.solving.problem import Problem
        from gwplan.solving.search import search

        scale = float(coefficients @ self.x) or self.power
        cost = Cost("amount", maximize, coefficients, 0.0, np.zeros(len(coefficients)), scale)
        problem: Problem = Problem(self.arrays, cost, (self.row(),), start=self.arrays.rounded(self.x))
        return search(problem, options)

    def alternative(self, x: Floats) -> Alternative:
        """A plan as it is told."""
        built = {(member.kind, member.name): member.amount(x) for member in self.members}
        mine = {(member.kind, member.name): member.amount(self.x) for member in self.members}
        loss = (self.cost.value(self.x) - self.cost.value(x)) * (1 if self.cost.maximize else -1)
        return Alternative(built, loss, loss / self.reference if self.reference else 0.0, difference(mine, built), x)

    def with_text(self, plan: Alternative) -> Alternative:
        """A plan with its decisions as plan.csv, for `--start` and `--fix`."""
        from gwplan.planning.build import load
        from gwplan.results.tables import plan_text

        load(self.plan, self.arrays, replace(self.answer, x=plan.x))
        return replace(plan, text=plan_text(self.plan))


def alternatives(near: Near, count: int, options: Options,
                 told: Callable[[int], None] | None = None) -> tuple[list[Alternative], list[Range], bool]:
    """The most different plans, the ranges, and whether it was stopped early. told: called with the number of searches done."""
    heard = told or (lambda number: None)
    pool = [near.alternative(near.x)]
    stopped = jump(near, count, options, pool)
    ranges = [known_range(near, member, pool) for member in near.members]
    order = sorted(range(len(ranges)), key=lambda place: (ranges[place].best <= 0, place))
    for done, place in enumerate(order):
        if options.stopped:
            stopped = True
            break
        ranges[place] = settled(near, near.members[place], pool, options)
        heard(done + 1)
    # A plan that was found for another member may have less or more of this one.
    final = [widened(each, pool) for each in ranges]
    return farthest(pool, count), final, stopped


def jump(near: Near, count: int, options: Options, pool: list[Alternative]) -> bool:
    """Add plans that use least of what the plans before used, until one brings nothing new. True if stopped early."""
    for _ in range(count):
        if options.stopped:
            return True
        weights = np.zeros(len(near.x))
        for member in near.members:
            key = member.kind, member.name
            used = [plan.built[key] for plan in pool if plan.built[key] > 0]
            if used:
                weights += member.coefficients * (len(used) / max(used))
        found = near.search(weights, False, options)
        if found.x is None:
            return options.stopped
        plan = near.alternative(found.x)
        if min(difference(plan.built, each.built) for each in pool) <= SAME:
            return False
        pool.append(plan)
    return False


def known_range(near: Near, member: Member, pool: Sequence[Alternative]) -> Range:
    """The range of a member in the plans found so far; nothing is proven but that no amount is below 0."""
    amounts = [plan.built[member.kind, member.name] for plan in pool]
    return replace(Range(member.kind, member.name, amounts[0], min(amounts), max(amounts), 0.0), little=GAP * near.power)


def settled(near: Near, member: Member, pool: list[Alternative], options: Options) -> Range:
    """The least and the most of a member by searches of their own; a least of nothing needs none."""
    found = known_range(near, member, pool)
    for maximize in (False, True):
        if (not maximize and found.least <= 0) or options.stopped:
            continue
        result = near.search(member.coefficients, maximize, options)
        if result.x is not None:
            pool.append(near.alternative(result.x))
        if np.isfinite(result.bound):
            found = replace(found, no_more=float(result.bound)) if maximize else replace(found, no_less=max(float(result.bound), 0.0))
    return found


def widened(found: Range, pool: Sequence[Alternative]) -> Range:
    """A range with the amounts of all plans that were found."""
    amounts = [plan.built[found.kind, found.name] for plan in pool]
    return replace(found, least=min(amounts), most=max(amounts))


def farthest(pool: Sequence[Alternative], count: int) -> list[Alternative]:
    """At most `count` plans, each the farthest from the best one and from those chosen before it."""
    chosen, left = [pool[0]], list(pool[1:])
    while left and len(chosen) <= count:
        apart = [min(difference(plan.built, each.built) for each in chosen) for plan in left]
        place = int(np.argmax(apart))
        if apart[place] <= SAME:
            break
        chosen.append(left.pop(place))
    return chosen[1:]


def find(order: StudyRequest, within: float, count: int, told: Callable[[int], None] | None = None) -> Alternatives:
    """Solve, then find alternatives. NoBasePlan; InputFaults. If interrupted after the best plan is found, it keeps what was found."""
    from gwplan.planning import build
    from gwplan.planning.request import Request
    from gwplan.solving.lexicographic import solve_goals

    began = time.perf_counter()
    case = build.read(Request(order.model, order.overlays, order.sets, gap=order.gap))
    with stopping.noted() as asked, build.uncollected():
        plan, arrays = build.build(case)
        options = replace(build.options_of(case, None, None), prove_later=False, cancel=asked)
        answer = solve_goals(arrays, options) if not any(rule.broken for rule in plan.rules) else None
        if answer is None or answer.x is None:
            raise NoBasePlan(Status.INFEASIBLE if answer is None else answer.status)
        near = Near(case, (plan, arrays), answer, within)
        seconds = limit_of(order, time.perf_counter() - began)
        found, ranges, stopped = alternatives(near, count, replace(options, gap=GAP, time_limit=seconds, likely=answer.opened), told)
        best, *others = (near.with_text(each) for each in (near.alternative(answer.x), *found))
        seconds = time.perf_counter() - began
    return replace(Alternatives(case, best, tuple(others), tuple(ranges), within, seconds), stopped=stopped, status=answer.status)


def run(order: StudyRequest, within: float, count: int, told: Callable[[int], None] | None = None) -> tuple[Alternatives, Path]:
    """Find alternatives and write their folder. NoBasePlan; InputFaults; OSError if the folder cannot be written."""
    from gwplan.results.drafts import ready

    ready(order.runs)
    with stopping.noted():
        found = find(order, within, count, told)
        return found, write(order, found)


def limit_of(order: StudyRequest, base: float) -> float:
    """Seconds of each search: as given, else by the time that the best plan took."""
    from gwplan.common.units import amount

    if order.time_limit is None:
        return max(SHARE_OF_BASE * base, LEAST_SECONDS)
    try:
        return float(order.time_limit)
    except ValueError:
        return amount(order.time_limit, "second")


def write(order: StudyRequest, found: Alternatives) -> Path:
    """Write the folder of a study: every plan, its amounts, and the ranges. OSError if it cannot be written."""
    from gwplan.analysis.scenarios import study_table
    from gwplan.analysis.scenarios.scenario import ask

    definition = found.case.definition
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    plans = (found.best, *found.found)
    table: dict[str, list[Any]] = {"plan": list(range(len(plans))), "loss": [each.loss for each in plans],
                                   "loss_share": [each.of for each in plans], "difference": [each.difference for each in plans]}
    for kind, name in found.best.built:
        table[f"{kind}.{name}"] = [each.built[kind, name] for each in plans]
    rows = [{**asdict(each), "verdict": each.verdict} for each in found.ranges]
    ranges = {name: [row[name] for row in rows] for name in (*Range.__dataclass_fields__, "verdict")}
    facts = {"title": definition.title, "goal": definition.goals[0].kind, "precision": definition.measure,
             "dollars": definition.horizon.dollars, "within": found.slack,
             "seconds": found.seconds, "stopped": found.stopped, "status": str(found.status)}
    texts = {f"plan_{place}.csv": each.text for place, each in enumerate(plans)}
    content = study_table.Content(facts, {"table": table, "ranges": ranges}, texts)
    return study_table.write(order.runs, "alternatives", question, [str(found.slack), str(len(plans))], content, order.page)
