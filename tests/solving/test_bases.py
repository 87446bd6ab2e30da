"""A linear program that begins where the last one of its shape ended has the same optimum, and its duals prove it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gwplan.solving.bases import Bases, proven
from gwplan.solving.decomposition import by_sites
from gwplan.solving.handover import load
from gwplan.solving.highs import solve_problem
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem
from tests.solving.test_decomposition import arrays_of
from tests.support import THREE_SITES

EDITS = ("halls.air_hall.price=*1.2", "budget.capital.cap=*0.9", "power.ppa.price=*0.7", "power.gas_engine.price=*3")


@pytest.mark.parametrize("goal", ["least_cost", "most_compute", "most_value"])
def test_the_optimum_is_that_of_a_program_from_nothing(goal: str) -> None:
    bases, parted, model = Bases(), 0, THREE_SITES / f"{goal}.toml"
    for sets in ((), *((edit,) for edit in EDITS)):
        arrays = arrays_of(model, "model.horizon.step=half", *sets)
        problem = Problem(arrays, arrays.costs[0]).relaxed()
        cold = solve_problem(problem, Options())
        warm = solve_problem(problem, Options(bases=bases, begin="whole"))
        assert warm.objective == pytest.approx(cold.objective, rel=1e-8, abs=1e-8)
        assert bases.begin("whole", load(problem.arrays, problem.cost, Options())), "the next program of its shape begins there"
        by_site = by_sites(problem, Options(bases=bases), ["plains"])
        assert by_site is None or by_site.bound == pytest.approx(cold.objective, rel=1e-7, abs=1e-7)
        parted += by_site is not None
    assert parted == 1 + len(EDITS), "the decomposition converged each time"


def test_a_basis_of_another_shape_is_not_used() -> None:
    bases, arrays = Bases(), arrays_of(THREE_SITES / "least_cost.toml", "model.horizon.step=year")
    highs = load(arrays.relaxed(), arrays.costs[0], Options())
    highs.run()
    bases.keep("one", highs)
    other = arrays_of(THREE_SITES / "least_cost.toml", "model.horizon.step=half")
    assert not bases.begin("one", load(other.relaxed(), other.costs[0], Options()))
    assert not bases.begin("two", load(arrays.relaxed(), arrays.costs[0], Options()))


def test_a_value_that_is_not_the_optimum_is_not_proven() -> None:
    """The optimum is proven; with another cost, and the solution and duals of the old one, it is not."""
    arrays = arrays_of(THREE_SITES / "least_cost.toml", "model.horizon.step=year")
    cost = arrays.costs[0]
    highs = load(arrays.relaxed(), cost, Options())
    highs.run()
    assert proven(highs)
    dearer = load(arrays.relaxed(), replace(cost, coefficients=np.where(cost.coefficients > 0, 3 * cost.coefficients, cost.coefficients)), Options())
    dearer.setOptionValue("simplex_iteration_limit", 3)
    dearer.run()
    assert not proven(dearer)
