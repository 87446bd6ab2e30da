"""The best decisions before it is known which scenario comes, with the best answers to each.

All scenarios are solved as one problem in which the decisions of periods that cannot be told apart are the same (`ties.py`). Beside it
stand the plans of those who know (each scenario alone), and the simple plans: the model as it stands, or one scenario as if it were
certain, kept until something is known and then planned again for the scenarios that are left.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.hedge.branches import Tree
from gwplan.analysis.hedge.futures import BASE, Future, NoHedge, Told, solved, tree_for, weights_of
from gwplan.analysis.hedge.policy import HEDGE, Amounts, Hedged, Policy, combined
from gwplan.analysis.hedge.ties import Ties, ties
from gwplan.common import stopping
from gwplan.common.status import Status
from gwplan.solving.extensive import Extensive, extensive
from gwplan.solving.risk import RiskAim, RiskMeasure, aimed, measured

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Floats
    from gwplan.solving.options import Options

SMALL = 1e-9
"""An amount of the solver's rounding."""


def hedge(order: StudyRequest, path: Path | None = None, aim: RiskAim | None = None, told: Told | None = None) -> Hedged:
    """Solve each scenario alone, then all with what is shared, then the simple plans. NoHedge; InputFaults; KeyboardInterrupt."""
    from gwplan.planning import build

    began, say = time.perf_counter(), told or (lambda text: None)
    case, tree, cases = tree_for(order, path)
    with stopping.noted(), build.uncollected():
        options = replace(build.options_of(case), cancel=stopping.ASKED, prove_later=False)
        builder = build.Builder()
        say("solve the model as it stands")
        base = solved_or_none(case, options, builder)
        futures: list[Future] = []
        for branch, each in zip(tree.branches, cases, strict=True):
            say(f"solve {branch.name} alone")
            futures.append(solved(branch.name, each, options, builder, futures[-1] if futures else base))
            interrupted()
        joint = Joint(tree, tuple(futures), options, aim or RiskAim())
        simple = []
        for name, amounts in joint.plans(base):
            say(f"keep the plan of {name} until {tree.until or 'the end'}")
            simple.append(joint.kept(name, amounts))
            interrupted()
        say("solve all scenarios together")
        found = joint.best(case, simple, dict(joint.plans(base)))
        interrupted()
    return replace(found, seconds=time.perf_counter() - began)


def interrupted() -> None:
    """KeyboardInterrupt if asked to stop."""
    if stopping.ASKED.is_set():
        raise KeyboardInterrupt


def solved_or_none(case: Case, options: Options, builder: object) -> Future | None:
    """The model as it stands; None where it has no plan, which scenarios may have."""
    try:
        return solved(BASE, case, options, builder)  # type: ignore[arg-type]
    except NoHedge as error:
        if error.status is not Status.INFEASIBLE:
            raise
        return None


@dataclass(frozen=True)
class Joint:
    """The scenarios, ready to be solved together."""

    tree: Tree
    futures: tuple[Future, ...]
    options: Options
    aim: RiskAim

    def plans(self, base: Future | None) -> list[tuple[str, Amounts]]:
        """The simple plans: what the base plan and each scenario's own decide before anything is known."""
        return [(each.name, each.amounts(self.tree.root)) for each in (base, *self.futures) if each is not None]

    def whole(self, numbers: Sequence[int], root: int = 0) -> tuple[Extensive, Ties, dict[int, float]]:
        """Some scenarios as one problem, and the columns that stay 0."""
        members = [self.futures[number] for number in numbers]
        tied = ties(self.tree, numbers, [each.columns for each in members], root)
        found = extensive([each.arrays for each in members], weights_of(self.tree, numbers), tied.shared)
        return found, tied, {int(found.places[member][column]): 0.0 for member, column in tied.barred}

    def kept(self, name: str, amounts: Amounts) -> Policy:
        """A plan's decisions before anything is known, kept; the scenarios that can be told apart then are each planned again."""
        count = len(self.futures)
        values, bounds = [math.nan] * count, [math.nan] * count
        xs: list[Floats] = [np.zeros(0)] * count
        status = Status.OPTIMAL
        root = self.tree.root
        for group in self.tree.groups(root) if root < len(self.tree.names) else (tuple(range(count)),):
            answer, found = self.again(group, amounts)
            if answer is None or answer.x is None:
                status = Status.INFEASIBLE if answer is None else answer.status
                continue
            status = status if answer.status is Status.OPTIMAL else answer.status
            off = (answer.bound - answer.objective) / sum(found.weights)
            for member, number in enumerate(group):
                xs[number] = found.of_member(answer.x, member)
                values[number] = found.costs[member].value(xs[number])
                bounds[number] = values[number] + off  # the mean over the group is what is bounded
        return Policy(name, tuple(values), tuple(bounds), tuple(xs), status)

    def again(self, group: tuple[int, ...], amounts: Amounts) -> tuple[Answer | None, Extensive]:
        """The best plan for some scenarios after decisions that stand; None where one of them cannot be carried out there."""
        from gwplan.solving.lexicographic import solve_goals

        found, tied, fixed = self.whole(group, self.tree.root)
        made = dict(zip(tied.made, found.shared, strict=True))
        root = [(each, column) for each, column in made.items() if each[1] < self.tree.root]
        if any(amount > SMALL and each not in made for each, amount in amounts.items()):
            return None, found
        fixed |= {column: amounts.get(each, 0.0) for each, column in root}
        arrays = found.arrays
        fixed = {column: float(round(value)) if arrays.whole[column] else value for column, value in fixed.items()}
        return solve_goals(arrays, self.options, fixed=fixed), found

    def best(self, case: Case, simple: list[Policy], plans: Mapping[str, Amounts]) -> Hedged:
        """The hedge, from the best of the simple plans. NoHedge where no plan does for all scenarios."""
        from gwplan.solving.lexicographic import solve_goals

        numbers = tuple(range(len(self.futures)))
        plain, tied, barred = self.whole(numbers)
        known = [each.alone.objective for each in self.futures]
        whole = aimed(plain, self.aim, known)
        maximize, sign = whole.arrays.costs[0].maximize, 1.0 if whole.arrays.costs[0].maximize else -1.0

        def reached(values: Sequence[float]) -> float:
            chances = self.tree.probabilities
            return combined(self.aim, float(np.dot(values, chances)), measured(self.aim, values, chances, maximize, known), maximize)

        start = max((each for each in simple if each.complete), key=lambda each: sign * reached(each.values), default=None)
        begun = None if start is None else start_of(whole, start.xs, tied, plans[start.name])
        answer = solve_goals(whole.arrays, self.options, fixed=barred, start=begun)
        if answer.x is None and start is None:
            raise NoHedge(answer.status, "Each scenario has a plan of its own, but no plan does for all of them: what must be decided "
                          f"before {self.tree.until or 'the end'} in one of them is wrong in another. {answer.reason}".strip())
        outcome = start
        if answer.x is not None:
            values = tuple(whole.values(answer.x))
            if start is None or sign * reached(values) >= sign * reached(start.values):
                outcome = Policy(HEDGE, values, (), tuple(whole.of_member(answer.x, number) for number in numbers), answer.status)
        assert outcome is not None
        now = {each: float(answer.x[column]) for each, column in zip(tied.made, whole.shared, strict=True) if each[1] < self.tree.root} \
            if outcome is not start and answer.x is not None else dict(plans[outcome.name])
        bound = answer.bound if np.isfinite(answer.bound) else math.nan
        if self.aim.measure is RiskMeasure.EXPECTED:
            alone = float(np.dot([each.alone.bound for each in self.futures], self.tree.probabilities))
            bound = alone if math.isnan(bound) else sign * min(sign * bound, sign * alone)
        base = plans.get(BASE, {})
        return Hedged(self.tree, case, self.futures, self.aim, replace(outcome, name=HEDGE), tuple(simple), tied, now, base,
                      reached(outcome.values), bound, answer.status, 0.0)


def start_of(whole: Extensive, xs: Sequence[Floats], tied: Ties, amounts: Amounts) -> dict[int, float]:
    """The whole numbers of a plan through all scenarios."""
    arrays = whole.arrays
    found = dict.fromkeys(map(int, np.flatnonzero(arrays.whole)), 0.0)
    for x, where in zip(xs, whole.places, strict=True):
        for column, value in zip(where.tolist(), x.tolist(), strict=True):
            if column in found:
                found[column] = float(round(value))
    for each, column in zip(tied.made, whole.shared, strict=True):
        if column in found and each in amounts:
            found[column] = float(round(amounts[each]))
    return found
