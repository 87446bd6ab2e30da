"""The farmer of Birge and Louveaux: 500 acres, three yields. The published numbers through the same code as every hedge.

Source: Birge and Louveaux 2011, Introduction to Stochastic Programming, section 1.1; published values as in the tests of mpi-sppy.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csc_array

from gwplan.solving.extensive import Extensive, SharedDecision, extensive
from gwplan.solving.lexicographic import KEPT_WITHIN, solve_goals
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Options
from gwplan.solving.risk import RiskAim, RiskMeasure, aimed, measured

YIELDS = ((2.0, 2.4, 16.0), (2.5, 3.0, 20.0), (3.0, 3.6, 24.0))
"""Tons an acre of wheat, corn and beets in a bad, a normal and a good year."""
CHANCES = (1 / 3, 1 / 3, 1 / 3)
COSTS = (150.0, 230.0, 260.0, 238.0, 210.0, -170.0, -150.0, -36.0, -10.0)
"""Of acres of wheat, corn, beets; tons bought of wheat, corn; tons sold of wheat, corn, beets within the quota and beyond it."""
CROPS = 3
NOTHING = 0.0


def year(yields: tuple[float, ...]) -> Arrays:
    """The farmer's program for one year."""
    wheat, corn, beets = yields
    rows = (
        ((1, 1, 1, 0, 0, 0, 0, 0, 0), -np.inf, 500.0),
        ((wheat, 0, 0, 1, 0, -1, 0, 0, 0), 200.0, np.inf),
        ((0, corn, 0, 0, 1, 0, -1, 0, 0), 240.0, np.inf),
        ((0, 0, beets, 0, 0, 0, 0, -1, -1), 0.0, np.inf),
        ((0, 0, 0, 0, 0, 0, 0, 1, 0), -np.inf, 6000.0),
    )  # fmt: skip
    matrix, lower, upper = zip(*rows, strict=True)
    count = len(COSTS)
    names = {("farm.column", (number,)): number for number in range(count)}
    return Arrays(csc_array(np.array(matrix, dtype=float)), np.array(lower), np.array(upper), np.zeros(count, dtype=bool), [None] * count,
                  names, [(None, ())] * len(rows), [Cost("cost", False, np.array(COSTS), NOTHING, None, NOTHING)])  # type: ignore[list-item]


def farm(acres: int = CROPS) -> Extensive:
    """All years with their first columns shared."""
    years = range(len(YIELDS))
    shared = [SharedDecision(dict.fromkeys(years, column), frozenset(years)) for column in range(acres)]
    return extensive([year(each) for each in YIELDS], CHANCES, shared)


def best(arrays: Arrays, fixed: dict[int, float] | None = None) -> tuple[float, np.ndarray]:
    found = solve_goals(arrays, Options(), fixed=fixed)
    assert found.x is not None
    return found.objective, found.x


def test_the_recourse_problem_has_the_published_value_and_acres() -> None:
    whole = farm()
    cost, x = best(whole.arrays)
    assert cost == pytest.approx(-108_390)
    assert [x[column] for column in whole.shared] == pytest.approx([170, 80, 250])
    assert np.dot(whole.values(x), CHANCES) == pytest.approx(cost)


def test_the_values_of_information_and_of_the_stochastic_solution_are_published() -> None:
    knowing = sum(best(year(each))[0] for each in YIELDS) / len(YIELDS)
    assert knowing == pytest.approx(-115_405.5556)
    assert -108_390 - knowing == pytest.approx(7_015.56, abs=0.01)
    cost, mean = best(year(tuple(np.mean(YIELDS, axis=0))))
    assert cost == pytest.approx(-118_600)
    whole = farm()
    kept, _ = best(whole.arrays, dict(zip(whole.shared, mean[:CROPS].tolist(), strict=True)))
    assert kept == pytest.approx(-107_240)
    assert kept + 108_390 == pytest.approx(1_150)


def test_nothing_shared_is_to_wait_and_see() -> None:
    assert best(farm(acres=0).arrays)[0] == pytest.approx(-115_405.5556)


def test_the_worst_third_is_the_bad_year_by_hand() -> None:
    """With alpha of a third the conditional value at risk is the cost of the worst year. At full weight the bad year's own plan is best."""
    aim = RiskAim(RiskMeasure.CVAR, 1.0, 1 / 3)
    whole = aimed(farm(), aim)
    cost, x = best(whole.arrays)
    bad = best(year(YIELDS[0]))[0]
    assert cost == pytest.approx(bad) == pytest.approx(-59_950)
    assert measured(aim, whole.values(x), CHANCES, False) == pytest.approx(bad)


@pytest.mark.parametrize("maximize", [False, True])
def test_conditional_value_at_risk_by_hand(maximize: bool) -> None:
    """Costs 10, 20, 40 with chances 0.5, 0.3, 0.2: the worst 0.4 are 0.2 at 40 and 0.2 at 20, so 30; the worst tenth is 40."""
    sign = -1.0 if maximize else 1.0
    outcomes = [sign * each for each in (20.0, 40.0, 10.0)]
    chances = (0.3, 0.2, 0.5)
    for alpha, found in ((0.4, 30.0), (0.1, 40.0), (1.0, 19.0)):
        assert measured(RiskAim(RiskMeasure.CVAR, 1.0, alpha), outcomes, chances, maximize) == pytest.approx(sign * found)


def test_the_program_gives_the_measure_of_its_own_outcomes_and_risk_costs_mean() -> None:
    alpha = 0.5
    means, risks = [], []
    for weight in (0.0, 0.25, 0.5, 0.75, 1.0):
        aim = RiskAim(RiskMeasure.CVAR, weight, alpha)
        whole = aimed(farm(), aim)
        cost, x = best(whole.arrays)
        means.append(float(np.dot(whole.values(x), CHANCES)))
        risks.append(measured(aim, whole.values(x), CHANCES, False))
        assert cost == pytest.approx((1 - weight) * means[-1] + weight * risks[-1])
    assert means[0] == pytest.approx(-108_390)
    within = 2 * KEPT_WITHIN * max(map(abs, means))  # the measure alone is kept to this while the mean is sought
    assert all(before <= after + within for before, after in pairwise(means))
    assert all(before >= after - within for before, after in pairwise(risks))


def test_no_plan_has_less_regret_in_its_worst_year() -> None:
    known = [best(year(each))[0] for each in YIELDS]
    whole = aimed(farm(), RiskAim(RiskMeasure.REGRET, 1.0), known)
    regret, x = best(whole.arrays)
    values = whole.values(x)
    assert regret == pytest.approx(max(has - could for has, could in zip(values, known, strict=True)))
    plain = farm()
    for acres in ((170, 80, 250), (120, 80, 300), (100, 25, 375), (183.3333, 66.6667, 250)):
        _, other = best(plain.arrays, dict(zip(plain.shared, map(float, acres), strict=True)))
        assert regret <= max(has - could for has, could in zip(plain.values(other), known, strict=True)) + 1e-6


def test_a_value_is_hedged_as_a_cost_with_the_other_sign() -> None:
    def turned(arrays: Arrays) -> Arrays:
        cost = arrays.costs[0]
        return Arrays(**{**vars(arrays), "costs": [Cost("value", True, -cost.coefficients, NOTHING, None, NOTHING)]})

    years = range(len(YIELDS))
    shared = [SharedDecision(dict.fromkeys(years, column), frozenset(years)) for column in range(CROPS)]
    values = extensive([turned(year(each)) for each in YIELDS], CHANCES, shared)
    known = [-best(year(each))[0] for each in YIELDS]
    for aim in (RiskAim(), RiskAim(RiskMeasure.CVAR, 0.5, 0.4), RiskAim(RiskMeasure.REGRET, 1.0)):
        found = best(aimed(values, aim, known).arrays)[0]
        assert -found == pytest.approx(best(aimed(farm(), aim, [-each for each in known]).arrays)[0])


def test_a_decision_that_moves_enters_later_and_is_no_less() -> None:
    """One member buys 5 in its first column, the other can only in its second, where it needs 3: it has the 5 all the same."""
    def member(columns: int, least: float) -> Arrays:
        matrix = csc_array(np.ones((1, columns)))
        names = {("buy.amount", (number,)): number for number in range(columns)}
        return Arrays(matrix, np.array([least]), np.array([np.inf]), np.zeros(columns, dtype=bool), [None] * columns, names, [(None, ())],
                      [Cost("cost", False, np.ones(columns), NOTHING, None, NOTHING)])  # type: ignore[list-item]

    moves = SharedDecision({0: 0, 1: 1}, frozenset({0}))
    whole = extensive([member(1, 5.0), member(2, 3.0)], (0.5, 0.5), [moves])
    cost, x = best(whole.arrays)
    assert cost == pytest.approx(5.0)
    assert whole.of_member(x, 1).tolist() == pytest.approx([0.0, 5.0])
    assert x[whole.shared[0]] == pytest.approx(5.0)
