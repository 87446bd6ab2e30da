"""The best decisions before it is known which scenario comes, with the best answers to each.

All scenarios are solved as one problem in which the decisions of periods that cannot be told apart are the same (`ties.py`). Beside it
stand the plans of those who know (each scenario alone), and the simple plans: the model as it stands, or one scenario as if it were
certain, kept until something is known and then planned again with what is known by then (`replan.py`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.hedge.branches import BASE, HEDGE, Tree
from gwplan.analysis.hedge.futures import Future, Model, NoHedge, Told, modelled, read_known, solved, tree_for
from gwplan.analysis.hedge.policy import Hedged, Policy, combined
from gwplan.analysis.hedge.replan import Known, Replanner, models_of
from gwplan.analysis.hedge.ties import MONEY, Decided, Ties, ties
from gwplan.common import stopping
from gwplan.common.status import Status
from gwplan.solving.decomposition import relax
from gwplan.solving.extensive import Extensive, extensive
from gwplan.solving.options import Deadline
from gwplan.solving.problem import Problem
from gwplan.solving.risk import RiskAim, RiskMeasure, aimed, measured
from gwplan.solving.settled import settled
from gwplan.solving.site_openings import opened, sites_of

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.solving.linear_program import Floats
    from gwplan.solving.options import Options

FEW = 8
"""Simple plans that are looked at in any case; more only while they take no longer than the scenarios alone."""
MANY = 80_000
"""Columns of all scenarios together above which only sites that some plan opens are searched."""


@dataclass(frozen=True)
class Begun:
    """The scenarios of a model, read and each solved alone. base: the model as it stands, None where it has no plan; known: the model of
    what is known at a node of the tree; began: the clock, in seconds; taken: seconds that all this took.
    """

    case: Case
    tree: Tree
    options: Options
    base: Future | None
    futures: tuple[Future, ...]
    known: Callable[[Known], Model]
    began: float
    taken: float

    @property
    def planner(self) -> Replanner:
        """One who plans again at each node."""
        return Replanner(self.tree, self.futures, self.options, self.known)


def hedge(order: StudyRequest, path: Path | None = None, aim: RiskAim | None = None, told: Told | None = None) -> Hedged:
    """Solve each scenario alone, then all with what is shared, then the simple plans. NoHedge; InputFaults; KeyboardInterrupt."""
    from gwplan.planning import build

    say = told or (lambda text: None)
    with stopping.noted(), build.uncollected():
        begun = begin(order, path, say)
        return hedged(begun, begun.planner, aim or RiskAim(), say)


def begin(order: StudyRequest, path: Path | None, say: Told) -> Begun:
    """Read the scenarios, solve the model as it stands, and each of them alone. NoHedge; InputFaults; KeyboardInterrupt."""
    from gwplan.planning import build

    began = time.perf_counter()
    case, tree, cases = tree_for(order, path)
    options = replace(build.options_of(case), cancel=stopping.ASKED, prove_later=False)
    builder = build.Builder()
    say("solve the model as it stands")
    base = solved_or_none(case, options, builder)
    plain = Model(base.arrays, base.columns) if base is not None else modelled(case, builder)
    futures: list[Future] = []
    for branch, each in zip(tree.branches, cases, strict=True):
        say(f"solve {branch.name} alone")
        futures.append(solved(branch.name, each, options, builder, futures[-1] if futures else base))
        interrupted()
    known = models_of(lambda changes: modelled(read_known(order, tree, changes), builder), plain, tuple(futures), tree)
    return Begun(case, tree, options, base, tuple(futures), known, began, time.perf_counter() - began)


def hedged(begun: Begun, planner: Replanner, aim: RiskAim, say: Told) -> Hedged:
    """The simple plans of some scenarios, then the hedge. NoHedge where no plan does for all; KeyboardInterrupt."""
    tree, base, futures = begun.tree, begun.base, begun.futures
    simple: list[Policy] = []
    for alone in (*((base,) if base is not None else ()), *cautious(futures)):
        if len(simple) > FEW and time.perf_counter() - begun.began > 2 * begun.taken:
            break
        say(f"keep the plan of {alone.name} until {tree.until or 'the end'}, then plan again")
        simple.append(planner.policy(alone.name, alone.amounts(tree.root)))
        interrupted()
    say("solve all scenarios together")
    found = Joint(tree, futures, begun.options, aim).best(begun.case, simple, base)
    interrupted()
    return replace(found, seconds=time.perf_counter() - begun.began)


def cautious(futures: Sequence[Future]) -> list[Future]:
    """The scenarios, that with the worst plan of its own first: what it decides is the likeliest to do for the others."""
    worse = -1.0 if futures[0].arrays.costs[0].maximize else 1.0
    return sorted(futures, key=lambda each: -worse * each.alone.objective)


WEIGHTS = {RiskMeasure.EXPECTED: 0.0, RiskMeasure.CVAR: 0.5, RiskMeasure.REGRET: 1.0}
"""Weight of each measure beside the mean unless one is given."""


def aim_of(measure: str, alpha: float, weight: float | None) -> RiskAim:
    """What is sought. ValueError for an unknown measure, or numbers out of range."""
    kind = RiskMeasure(measure)
    given = WEIGHTS[kind] if weight is None else weight
    if not (0 < alpha <= 1 and 0 <= given <= 1):
        raise ValueError(f"alpha {alpha:g} must be above 0 and up to 1, weight {given:g} from 0 to 1")
    return RiskAim(kind, given, alpha)


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

    def whole(self) -> tuple[Extensive, Ties, dict[int, float]]:
        """All scenarios as one problem, and the columns that stay 0."""
        tied = ties(self.tree, range(len(self.futures)), [each.columns for each in self.futures])
        found = extensive([each.arrays for each in self.futures], self.tree.probabilities, tied.shared)
        return found, tied, {int(found.places[member][column]): 0.0 for member, column in tied.barred}

    def best(self, case: Case, simple: list[Policy], base: Future | None) -> Hedged:
        """The hedge, from the best of the simple plans. NoHedge where no plan does for all scenarios."""
        from gwplan.solving.lexicographic import solve_goals

        plain, tied, barred = self.whole()
        known = [each.alone.objective for each in self.futures]
        whole = aimed(plain, self.aim, known)
        sign = 1.0 if whole.arrays.costs[0].maximize else -1.0
        chosen = max((each for each in simple if each.complete), key=lambda each: sign * self.reached(each, known), default=None)
        left_out = self.left_out(whole, simple)
        rest = settled(whole.arrays, barred | left_out)
        start = {} if chosen is None else start_of(whole, chosen, tied)
        place = {int(column): number for number, column in enumerate(rest.kept)}
        answer = solve_goals(rest.arrays, self.options, start={place[each]: value for each, value in start.items() if each in place})
        if answer.x is not None:
            x = rest.whole(answer.x)
            xs = tuple(whole.of_member(x, number) for number in range(len(self.futures)))
            made = tuple(made_of(tied, whole, x, number) for number in range(len(xs)))
            found = Policy(HEDGE, tuple(whole.values(x)), (), xs, answer.status, made)
            if chosen is None or sign * self.reached(found, known) >= sign * self.reached(chosen, known):
                chosen = found
        if chosen is None:
            raise NoHedge(answer.status, "Each scenario has a plan of its own, but no plan does for all of them: what must be decided "
                          f"before {self.tree.until or 'the end'} in one of them is wrong in another. {answer.reason}".strip())
        bound = answer.bound if np.isfinite(answer.bound) and not left_out else math.nan
        if self.aim.measure is RiskMeasure.EXPECTED:
            bounds = [bound, float(np.dot([each.alone.bound for each in self.futures], self.tree.probabilities))]
            bounds += [self.paired(self.worst(chosen, known))] if left_out else []
            bound = sign * min(sign * each for each in bounds if math.isfinite(each))
        root, status = self.tree.root, answer.status if answer.x is not None else Status.STOPPED
        shared = {each for each, entered in zip(tied.made, tied.shared, strict=True)
                  if each[1] < root and (each[0][0] not in MONEY or len(entered.enters) == len(self.futures))}
        now = {each: amount for each, amount in chosen.made[0].items() if each in shared}
        kept = {} if base is None else base.amounts(root)
        kept = {each: amount for each, amount in kept.items() if each[0][0] not in MONEY or each in shared}
        return Hedged(self.tree, case, self.futures, self.aim, replace(chosen, name=HEDGE), tuple(simple), tied, now, kept,
                      self.reached(chosen, known), bound, status, 0.0)

    def worst(self, policy: Policy, known: Sequence[float]) -> int:
        """Number of the scenario that costs the others most: for which a plan through all gives up least of its own best."""
        given_up = [abs(best - value) for best, value in zip(known, policy.values, strict=True)]
        return int(np.argmin(given_up))

    def paired(self, reference: int) -> float:
        """A bound on all plans: each scenario together with one that all share, whose probability is split among them.

        Source: Sandikci, Kong and Schaefer 2013, A hierarchy of bounds for stochastic mixed-integer programs. NaN if time is over.
        """
        deadline, total = Deadline(self.options), 0.0
        others = [number for number in range(len(self.futures)) if number != reference]
        for number in others:
            pair = [self.futures[each] for each in (number, reference)]
            tied = ties(self.tree, (number, reference), [each.columns for each in pair])
            chances = self.tree.probabilities[number], self.tree.probabilities[reference] / len(others)
            whole = extensive([each.arrays for each in pair], chances, tied.shared)
            rest = settled(whole.arrays, {int(whole.places[member][column]): 0.0 for member, column in tied.barred}).arrays
            likely = tuple({site for each in pair if each.alone.x is not None for site in opened(each.arrays, each.alone.x)})
            found = relax(Problem(rest, rest.costs[0]), deadline.within(), likely)
            if found.status is not Status.OPTIMAL:
                return math.nan
            total += found.bound
        return total

    def left_out(self, whole: Extensive, simple: Sequence[Policy]) -> dict[int, float]:
        """Columns of sites that no plan opens, all 0, where there are too many columns to search all: those are not in the bound."""
        arrays = whole.arrays
        if len(arrays.variables) <= MANY:
            return {}
        plans = [*((each.arrays, each.alone.x) for each in self.futures),
                 *((future.arrays, x) for each in simple if each.complete for future, x in zip(self.futures, each.xs, strict=True))]
        used = {site for own, x in plans if x is not None for site in opened(own, x)}
        closed = sites_of(arrays) - used
        return {column: 0.0 for (_, key), column in arrays.columns.items() if closed.intersection(map(str, key))}

    def reached(self, policy: Policy, known: Sequence[float]) -> float:
        """The aim of a plan through all scenarios."""
        maximize = self.futures[0].arrays.costs[0].maximize
        chances = self.tree.probabilities
        risk = measured(self.aim, policy.values, chances, maximize, known)
        return combined(self.aim, float(np.dot(policy.values, chances)), risk, maximize)


def made_of(tied: Ties, whole: Extensive, x: Floats, member: int) -> dict[Decided, float]:
    """The amounts of the decisions that a scenario shares with others."""
    each_of = zip(tied.made, tied.shared, whole.shared, strict=True)
    return {made: float(x[column]) for made, shared, column in each_of if member in shared.enters}


def start_of(whole: Extensive, policy: Policy, tied: Ties) -> dict[int, float]:
    """The whole numbers of a plan through all scenarios."""
    found = dict.fromkeys(map(int, np.flatnonzero(whole.arrays.whole)), 0.0)
    for x, where in zip(policy.xs, whole.places, strict=True):
        for column, value in zip(where.tolist(), x.tolist(), strict=True):
            if column in found:
                found[column] = float(round(value))
    for each, shared, column in zip(tied.made, tied.shared, whole.shared, strict=True):
        if column in found:
            found[column] = float(round(policy.made[next(iter(shared.enters))].get(each, 0.0)))
    return found
