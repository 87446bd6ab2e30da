"""What a hedge is: a plan through all scenarios, beside the plans of those who know and simple plans that do not.

Value of the stochastic solution: the hedge against the base plan kept until something is known. Expected value of perfect information:
the mean of the plans of those who know, against the hedge. Source: Birge and Louveaux 2011, chapter 4. Both are differences of plans
that are each proven to a gap, so each is told with the least and the most that it can be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.hedge.branches import BASE, Tree
from gwplan.analysis.hedge.futures import Future
from gwplan.analysis.hedge.ties import Decided, Ties
from gwplan.common.status import Status
from gwplan.solving.risk import RiskAim, RiskMeasure, measured

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.solving.linear_program import Floats

Amounts = Mapping[Decided, float]


@dataclass(frozen=True)
class Policy:
    """A plan through all scenarios. values: its objective in each, NaN where it has no plan; bounds: the best that it could have there
    after the same decisions; xs: its columns in each; made: what it decides in each, by decision and period.
    """

    name: str
    values: tuple[float, ...]
    bounds: tuple[float, ...]
    xs: tuple[Floats, ...] = ()
    status: Status = Status.OPTIMAL
    made: tuple[Amounts, ...] = ()

    @property
    def complete(self) -> bool:
        """True if it has a plan in every scenario."""
        return not any(map(math.isnan, self.values))


@dataclass(frozen=True)
class Hedged:
    """A finished hedge. chosen: the hedge; simple: the base plan and each scenario's own; best: of those who know, with its bound.

    bound: no plan's aim is better. aim: what is sought; ties: the decisions that are shared.
    """

    tree: Tree
    case: Case
    futures: tuple[Future, ...]
    aim: RiskAim
    chosen: Policy
    simple: tuple[Policy, ...]
    ties: Ties
    now: Amounts
    base: Amounts
    reached: float
    bound: float
    status: Status
    seconds: float

    @property
    def maximize(self) -> bool:
        """True where the objective is a value, False where it is a cost."""
        return self.futures[0].arrays.costs[0].maximize

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return 1.0 if self.maximize else -1.0

    def mean(self, values: Sequence[float]) -> float:
        """The expected value over the scenarios; NaN where one is."""
        return float(np.dot(values, self.tree.probabilities))

    @property
    def known(self) -> tuple[float, ...]:
        """The objective of each scenario's own plan."""
        return tuple(each.alone.objective for each in self.futures)

    @property
    def known_bounds(self) -> tuple[float, ...]:
        """The best that any plan of each scenario can have."""
        return tuple(each.alone.bound for each in self.futures)

    def risk(self, values: Sequence[float]) -> float:
        """The measure of outcomes."""
        return measured(self.aim, values, self.tree.probabilities, self.maximize, self.known)

    def aimed_at(self, values: Sequence[float]) -> float:
        """(1 - weight) x mean + weight x measure, less for regret of a value."""
        return combined(self.aim, self.mean(values), self.risk(values), self.maximize)

    @property
    def has_base(self) -> bool:
        """True if the model as it stands has a plan, the first of the simple ones."""
        return bool(self.simple) and self.simple[0].name == BASE

    @property
    def worth(self) -> Interval | None:
        """What the hedge is worth against the base plan, in its aim; None where the base plan has none in some scenario."""
        kept = self.simple[0] if self.has_base else None
        if kept is None or not kept.complete:
            return None
        found = self.sign * (self.reached - self.aimed_at(kept.values))
        least = self.sign * (self.reached - self.aimed_at(kept.bounds)) if self.aim.measure is RiskMeasure.EXPECTED else math.nan
        most = self.sign * (self.bound - self.aimed_at(kept.values))
        return Interval(found, max(0.0, min(found, least)) if least == least else 0.0, max(found, most))

    @property
    def knowing(self) -> Interval:
        """What it is worth to know which scenario comes: the expected value of perfect information."""
        hedge = self.mean(self.chosen.values)
        found = self.sign * (self.mean(self.known) - hedge)
        most = self.sign * (self.mean(self.known_bounds) - hedge)
        least = self.sign * (self.mean(self.known) - self.bound) if self.aim.measure is RiskMeasure.EXPECTED else 0.0
        found = max(0.0, found)
        return Interval(found, min(found, max(0.0, least)), max(found, most))

    def regret(self, outcome: Policy) -> list[float]:
        """What an outcome falls short of each scenario's own plan, NaN where it has no plan. Slightly negative where that one is."""
        return [self.sign * (best - value) for best, value in zip(self.known, outcome.values, strict=True)]


@dataclass(frozen=True)
class Interval:
    """A difference as found, and the least and the most that it can be: both plans are proven to a gap only."""

    found: float
    least: float
    most: float


def combined(aim: RiskAim, mean: float, risk: float, maximize: bool) -> float:
    """The aim of a mean and a measure of risk. Regret is less the better, whatever the goal."""
    if aim.measure is RiskMeasure.EXPECTED:
        return mean
    against = -1.0 if aim.measure is RiskMeasure.REGRET and maximize else 1.0
    return (1 - aim.weight) * mean + aim.weight * against * risk
