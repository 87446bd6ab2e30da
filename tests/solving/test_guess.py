"""The guess of the sites that open: from the same case in years, and only where it helps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gwplan.planning.build import build, options_of, read
from gwplan.planning.guess import by_years
from gwplan.planning.request import PlanText, Request
from gwplan.solving.decomposition import by_sites
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import sites_of
from tests.support import HALF_YEARS, ONE_GIGAWATT, THREE_SITES, TINY


def guesser(model: Path, *sets: str, fix: PlanText | None = None) -> tuple[Callable[[], tuple[str, ...]] | None, Arrays]:
    """The guess of a model, and its arrays."""
    request = Request(model, sets=sets, fix=fix)
    case = read(request)
    arrays = build(case)[1]
    return by_years(request, case, arrays, options_of(case)), arrays


def test_some_of_the_sites_and_the_same_relaxation() -> None:
    """Ten sites, a horizon of three years to be quick: the guess names some of them, and the bound from it is that of the whole relaxation."""
    guess, arrays = guesser(ONE_GIGAWATT, *HALF_YEARS, "model.horizon.end=2029-Q4", "model.target.1.amount=100 MW", "model.target.1.by=2029-Q4")
    assert guess is not None
    sites = guess()
    assert sites and set(sites) < sites_of(arrays)
    problem = Problem(arrays, arrays.costs[0])
    by_guess, in_one = by_sites(problem, Options(), sites), solve_problem(problem.relaxed(), Options())
    assert by_guess is not None and abs(by_guess.bound / in_one.objective - 1) < 1e-9


def test_none_where_it_does_not_help() -> None:
    """Two and three sites; steps of a year already; a plan that is fixed."""
    assert guesser(TINY)[0] is None and guesser(THREE_SITES / "least_cost.toml")[0] is None
    assert guesser(ONE_GIGAWATT, "model.horizon.step=year")[0] is None
    assert guesser(ONE_GIGAWATT, *HALF_YEARS, fix=PlanText("plan.csv", ""))[0] is None


def test_a_horizon_that_is_no_number_of_years_has_no_guess() -> None:
    guess, _ = guesser(ONE_GIGAWATT, *HALF_YEARS, "model.horizon.end=2032-Q2")
    assert guess is not None and guess() == ()
