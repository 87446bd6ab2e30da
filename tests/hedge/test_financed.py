"""A hedge of the financed case against scipy: the two models side by side, with a row for each pair of columns that are the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, coo_array, hstack, vstack

from gwplan.analysis.hedge.hedge import hedge
from gwplan.analysis.hedge.policy import Hedged
from gwplan.analysis.hedge.ties import FAMILIES
from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.solving.extensive import extensive
from gwplan.solving.lagrangian import following
from gwplan.solving.linear_program import compile_plan
from gwplan.solving.risk import RiskAim, RiskMeasure
from tests.financed import financed
from tests.support import solve_model

PRICE = "finance.compute_sales@@{}.price=*0.45"
ROWS = f"scenario,probability,known,set,overlay,note\nhigh,0.5,,,,\nlow,0.5,2027,{PRICE.format(2026)},,\nlow,,2027,{PRICE.format(2033)},,\n"
FIRST = ("sites.opening", "halls.started", "accelerators.bought", "accelerators.retired", "power.ordered_whole", "power.ordered_split",
         "finance.revolver_agreed", "finance.equity", "finance.drawn", "finance.dividends")
"""What is decided in 2026, before the price is known."""
END = "2029-Q4"
"""Four years: built in the first two, prices that are known in the second; each more year of tax and revolver doubles the search."""
ROUGH = ("model.solver.gap=0.2",)
MEAN, TAIL, WORST = 0.4, 0.6, 0.3
"""Weights of the mean and of the mean of the worst 0.3 of all outcomes."""


def least_loss(found: Hedged) -> float:
    """The least of MEAN x mean loss + TAIL x mean of the worst losses, by another program: quantile + sum of what is beyond it."""
    high, low = (each.arrays for each in found.futures)
    width = high.matrix.shape[1]
    pairs = [(column, width + low.columns[name]) for name, column in high.columns.items() if name[0] in FIRST and name[1][-1] in (0, "revolver")]
    count, columns = len(pairs), width + low.matrix.shape[1]
    same = coo_array((np.tile([1.0, -1.0], count), (np.repeat(range(count), 2), np.ravel(pairs))), shape=(count, columns))
    model = vstack([block_diag([high.matrix, low.matrix]), same])
    rows = hstack([model, coo_array((model.shape[0], 3))])
    lower, upper = (np.concatenate([*ends, np.zeros(count)]) for ends in ((high.lower, low.lower), (high.upper, low.upper)))
    loss = np.zeros((2, columns))
    loss[0, :width], loss[1, width:] = (-each.costs[0].coefficients for each in (high, low))
    constant = -np.array([each.costs[0].constant for each in (high, low)])
    beyond = LinearConstraint(np.hstack([-loss, np.ones((2, 1)), np.eye(2)]), constant, np.inf)  # quantile + beyond >= loss
    goal = np.concatenate([MEAN * loss.mean(axis=0), [TAIL], np.full(2, TAIL * 0.5 / WORST)])
    whole = np.concatenate([high.whole, low.whole, np.zeros(3)])
    bounds = Bounds(np.array([0.0] * columns + [-np.inf, 0, 0]), np.inf)
    answer = milp(goal, constraints=[LinearConstraint(rows, lower, upper), beyond], integrality=whole, bounds=bounds)
    return float(answer.fun + MEAN * constant.mean())


@pytest.mark.slow  # binaries of tax and revolver in each scenario: some seconds
def test_a_financed_hedge_of_mean_and_tail_is_that_of_another_program(tmp_path: Path) -> None:
    assert set(FIRST) < FAMILIES
    path = tmp_path / "scenarios.csv"
    path.write_text(ROWS)
    found = hedge(StudyRequest(financed(tmp_path / "case", end=END), (), gap=1e-6), path, RiskAim(RiskMeasure.CVAR, TAIL, WORST))
    assert found.reached == pytest.approx(-least_loss(found), rel=1e-5)
    assert found.worth is not None and found.worth.found > 1 and found.knowing.found > 1  # nor is it the plan of any who bets or knows


def test_what_follows_in_finance_is_told_for_each_scenario(tmp_path: Path) -> None:
    """Two models side by side: the whole numbers that follow from amounts are those of each alone."""
    solved = [solve_model(financed(tmp_path / name), sets=sets) for name, sets in (("own", ROUGH), ("limited", (*ROUGH, "finance.tax.interest_limit=0.02 1")))]
    found = [compile_plan(each.plan) for each in solved if each.plan is not None]
    xs = [np.array([each.levels[name] for name, _ in sorted(arrays.columns.items(), key=lambda item: item[1])])
          for each, arrays in zip(solved, found, strict=True)]
    both = extensive(found, (0.5, 0.5), ())
    alone = {int(places[column]): value for places, arrays, x in zip(both.places, found, xs, strict=True)
             for column, value in following(arrays, x).items()}
    assert {0.0, 1.0} == set(alone.values()), "interest is limited in some year, and not in all"
    assert following(both.arrays, np.concatenate(xs)) == alone
