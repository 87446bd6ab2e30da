"""Measures of risk of several outcomes, as columns and rows of the extensive form.

The outcome of a member is its objective: a value that is to be high, or a cost that is to be low. Each measure replaces the first
goal by (1 - weight) x expected outcome + weight x measure.

Conditional value at risk: the mean of the worst `alpha` of all outcomes. Source: Rockafellar and Uryasev 2000, Optimization of
conditional value-at-risk. Regret: the most that a member falls short of the best that it could have had. Source: Savage 1951, The theory
of statistical decision; Kouvelis and Yu 1997, Robust Discrete Optimization.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from gwplan.model.block import Key, Rule
from gwplan.solving.extensive import Extensive
from gwplan.solving.linear_program import Floats
from gwplan.solving.shortfall import widened

TAIL = Rule("hedge", "worse_than_the_quantile", ("scenario",), "What a scenario is worse by than the quantile is counted.", "", False, {})
MOST = Rule("hedge", "regret_of_a_scenario", ("scenario",), "The greatest regret is at least that of each scenario.", "", False, {})


class RiskMeasure(StrEnum):
    """What a hedge looks at beside the expected outcome."""

    EXPECTED = "expected"
    CVAR = "cvar"
    REGRET = "regret"


@dataclass(frozen=True)
class RiskAim:
    """A measure with its weight from 0 to 1, and for conditional value at risk the share `alpha` of the worst outcomes, above 0 to 1."""

    measure: RiskMeasure = RiskMeasure.EXPECTED
    weight: float = 0.0
    alpha: float = 0.1


def measured(aim: RiskAim, outcomes: Sequence[float], chances: Sequence[float], maximize: bool, best: Sequence[float] = ()) -> float:
    """The measure of outcomes that are known. chances: their probabilities, which sum to 1; best: what each could have had, for regret."""
    if aim.measure is RiskMeasure.EXPECTED:
        return float(np.dot(outcomes, chances))
    sign = 1.0 if maximize else -1.0
    if aim.measure is RiskMeasure.REGRET:
        return max(0.0, *(sign * (could - has) for could, has in zip(best, outcomes, strict=True)))
    left, found = aim.alpha, 0.0
    for outcome, chance in sorted(zip(outcomes, chances, strict=True), key=lambda pair: sign * pair[0]):
        share = min(chance, left)
        found += share * outcome
        left -= share
    return found / (aim.alpha - left)


def aimed(whole: Extensive, aim: RiskAim, best: Sequence[float] = ()) -> Extensive:
    """The extensive form with a measure in its first goal. The weights of its members must sum to 1. best: as in `measured`."""
    if aim.measure is RiskMeasure.EXPECTED or not aim.weight:
        return whole
    count, sign = len(whole.weights), 1.0 if whole.arrays.costs[0].maximize else -1.0
    if aim.measure is RiskMeasure.REGRET:
        # most + sign x outcome >= sign x best
        added = Added(np.ones((count, 1)), np.array([-sign]), tuple(sign * each for each in best), MOST)
    else:
        # beyond - sign x quantile + sign x outcome >= 0; the quantile has either sign, so it is the difference of two columns.
        extra = np.hstack([np.tile([-sign, sign], (count, 1)), np.eye(count)])
        added = Added(extra, np.concatenate([[1.0, -1.0], -sign * np.array(whole.weights) / aim.alpha]), (0.0,) * count, TAIL)
    return with_measure(whole, added, aim.weight)


@dataclass(frozen=True)
class Added:
    """Columns of a measure. extra: their coefficients in the row of each member; own: in the measure; bounds: least of each row."""

    extra: Floats
    own: Floats
    bounds: tuple[float, ...]
    rule: Rule


def with_measure(whole: Extensive, added: Added, weight: float) -> Extensive:
    """Add the columns, and a row for each member: extra @ columns + its outcome, less for a cost, is at least its bound."""
    from scipy.sparse import csr_array, hstack, vstack

    arrays, more = whole.arrays, len(added.own)
    first, *later = arrays.costs
    sign = 1.0 if first.maximize else -1.0
    outcomes = np.zeros((len(whole.weights), len(arrays.variables)))
    for row, cost, where in zip(outcomes, whole.costs, whole.places, strict=True):
        np.add.at(row, where, sign * cost.coefficients)
    least = np.array([bound - sign * cost.constant for bound, cost in zip(added.bounds, whole.costs, strict=True)])
    matrix = hstack([vstack([arrays.matrix, csr_array(outcomes)]),
                     csr_array(np.vstack([np.zeros((len(arrays.rows), more)), added.extra]))]).tocsc()
    goal = replace(widened(first, more), coefficients=np.append((1 - weight) * first.coefficients, weight * added.own),
                   constant=(1 - weight) * first.constant)
    mean = [] if weight < 1 else [widened(first, more)]  # of the plans that are best by the measure alone that of the best mean
    rows: list[tuple[Rule, Key]] = [(added.rule, (number,)) for number in range(len(outcomes))]
    return replace(whole, arrays=replace(
        arrays, matrix=matrix, rows=[*arrays.rows, *rows], lower=np.append(arrays.lower, least),
        upper=np.append(arrays.upper, np.full(len(outcomes), np.inf)), whole=np.append(arrays.whole, np.zeros(more, dtype=bool)),
        variables=[*arrays.variables, *[None] * more], costs=[goal, *mean, *(widened(cost, more) for cost in later)]))
