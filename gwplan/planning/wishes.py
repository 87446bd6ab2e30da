"""What a plan is not: a row that it breaks, such as a lower cost, is added to its model, which is then solved or shown to have no plan.

If a plan with the row exists, the goal says what it costs. If none does, the row clashes with promises, and the smallest change of
each of their numbers that makes room for it is found and verified as for a model without a plan (`why.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.common.status import Status
from gwplan.model.block import Expression, Rule
from gwplan.model.linear import Linear, gather
from gwplan.planning.why import Unmet, listed, remedied, remedies_of
from gwplan.solving import infeasibility
from gwplan.solving.decomposition import relax
from gwplan.solving.elastic import Elastic
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Cutoff, Deadline, SolveResult
from gwplan.solving.problem import ExtraRow, Problem
from gwplan.solving.search import search
from gwplan.solving.site_openings import closed_but, opened

if TYPE_CHECKING:
    from gwplan.model.assemble import Plan
    from gwplan.planning.remedy import Models

GAP = 0.01
"""Gap of a plan with a wish, where that of the model is smaller but not 0: its cost is told with what is proven of it."""
WHOLE = 1e-6
"""A number of the relaxation this close to a whole one is whole."""
TOLERANCE = 1e-9
"""Coefficients below this are none."""


@dataclass(frozen=True)
class Wish:
    """A row: an amount of the plan that is at least `least`, and at most `most`. question: `cheaper`; words: what is wished."""

    question: str
    words: str
    amount: Callable[[Plan], Expression]
    least: float = -np.inf
    most: float = np.inf

    def added(self, plan: Plan, arrays: Arrays) -> Arrays:
        """The arrays with the row, which is no promise: no plan may miss it. Infeasible arrays if no decision can change the amount."""
        from scipy.sparse import csr_array, vstack

        linear: Linear = {}
        constant = gather(self.amount(plan), 1.0, linear)
        place = {id(variable): column for column, variable in enumerate(arrays.variables)}
        row = np.zeros(len(arrays.variables))
        for variable, coefficient in linear.items():
            if variable in place:
                row[place[variable]] += coefficient
        row[np.abs(row) < TOLERANCE] = 0.0
        rule = Rule("goal", f"wished_{self.question}", ("wish",), self.words, "", False, {})
        matrix = vstack([arrays.matrix, csr_array(row[None, :])]).tocsc()
        return replace(arrays, matrix=matrix, rows=[*arrays.rows, (rule, (self.question,))],
                       lower=np.append(arrays.lower, self.least - constant), upper=np.append(arrays.upper, self.most - constant))


@dataclass(frozen=True)
class Answer:
    """What came of a wish. status: optimal or stopped with a plan that has it, infeasible, or stopped without a plan.

    cost: to the goal, positive for worse, between the two plans; least, most: what is proven of it, None for no end. clash: promises
    that leave no room, in words; unmet: the changes that make room, each verified.
    """

    wish: Wish
    status: Status
    cost: float | None = None
    least: float | None = None
    most: float | None = None
    clash: str = ""
    unmet: Unmet | None = None


@dataclass(frozen=True)
class Standing:
    """The goal of the plan that is explained, and its bound. sign: 1 if the goal is maximised, else -1; sites: those it opens."""

    objective: float
    bound: float
    sign: float
    sites: tuple[str, ...]


def answered(models: Models, wish: Wish, standing: Standing, deadline: Deadline) -> Answer:
    """A plan that has a wish, and what it costs the goal; or why there is none. KeyboardInterrupt if asked to stop."""
    case, plan, arrays = models.built
    wished = wish.added(plan, arrays)
    with_wish = replace(models, built=(case, plan, wished), wish=wish.added)
    part = infeasibility.clashing(wished, deadline, parts=1)
    if part is not None:
        return impossible(with_wish, wish, part, deadline)
    # As an extra row: the search does not look for a clash once more.
    row = ExtraRow(wished.matrix[[-1]].toarray().ravel(), float(wished.lower[-1]), float(wished.upper[-1]))
    found = sought(Problem(arrays, arrays.costs[0]).with_rows([row]), deadline, standing.sites)
    if found.interrupted:
        raise KeyboardInterrupt
    if found.x is None:
        if found.status != Status.INFEASIBLE:
            return Answer(wish, found.status, least=proven(standing, found))
        return impossible(with_wish, wish, infeasibility.clashing(wished, deadline), deadline)
    most = standing.sign * (standing.bound - found.objective)
    return Answer(wish, found.status, standing.sign * (standing.objective - found.objective), proven(standing, found),
                  max(0.0, most) if np.isfinite(most) else None)


def proven(standing: Standing, found: SolveResult) -> float:
    """What a wish costs at least, by the bound of a search."""
    return max(0.0, float(standing.sign * (standing.objective - found.bound))) if np.isfinite(found.bound) else 0.0


def sought(problem: Problem, deadline: Deadline, likely: tuple[str, ...]) -> SolveResult:
    """A plan of a problem, and the bound of all of them: near the relaxation (RENS: Berthold 2014), or else wherever there is one.

    A model without a gap is solved to its end. likely: sites that the relaxation may open.
    """
    options = deadline.within()
    if options.gap <= 0:
        return search(problem, options, likely)
    relaxed = relax(problem, options, likely)
    if relaxed.x is None or relaxed.status != Status.OPTIMAL:
        return replace(relaxed, x=None, bound=np.nan)
    arrays, gap = problem.arrays, max(options.gap, GAP)
    whole = np.flatnonzero(arrays.whole)
    rounded = np.round(relaxed.x)
    settled = {int(column): float(rounded[column]) for column in whole if abs(relaxed.x[column] - rounded[column]) <= WHOLE}
    near = problem.fixed({**closed_but(arrays, opened(arrays, relaxed.x)), **settled})
    found = solve_problem(near, replace(deadline.within(), gap=gap, cutoff=Cutoff(relaxed.bound, gap)))
    if found.x is None and not found.interrupted:
        found = search(problem, replace(deadline.within(), gap=gap), likely)
    if found.status == Status.INFEASIBLE:
        return found
    return replace(found, bound=relaxed.bound)  # the other's is of a part of all plans


def impossible(models: Models, wish: Wish, part: tuple[Elastic, SolveResult] | None, deadline: Deadline) -> Answer:
    """The promises that leave no room for a wish, and the changes that make room for it, as far as there is time.

    part: the clash without whole numbers, if there is one.
    """
    _, plan, arrays = models.built
    clash = infeasibility.explain(plan, arrays, deadline, part)
    said = "; ".join(listed(models, zip(clash.each, clash.promises, strict=True))) if clash.promises else ""
    levers = remedies_of(models, clash, part)
    unmet = remedied(models, deadline, Unmet(said or clash.sentence, unknown=tuple(levers)), levers, lambda each: each)
    return Answer(wish, Status.INFEASIBLE, clash=said, unmet=unmet)
