"""A tighter limit never makes a plan better, and with nothing allowed the best is to build nothing, which is worth 0."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.properties.rewritten import ALIGNED, YEARS, with_money_times
from tests.support import THREE_SITES, TINY, Solved, copied, solve_model

LEAST_COST, MOST_VALUE = THREE_SITES / "least_cost.toml", THREE_SITES / "most_value.toml"
EXACT = 1e-6
# Limit: how much tighter it must be to be felt, for the plan without the limit uses less of some than is allowed.
LIMITS = {
    "budget.capital.cap": 0.5, "sites.*.most_it": 0.4, "accelerators.*@@*.most_bought": 0.5, "sites.*.water_limit": 0.05,
    "carbon.operational.cap": 0.5, "carbon.embodied.total_cap": 0.5, "sites.*.land": 0.4, "power.*@*@*.most": 0.4,
}


@cache
def solved(model: Path, *sets: str) -> Solved:
    """A model solved with some changes; that of three sites in years, and for the least cost in half-years, which fit its targets."""
    return solve_model(model, sets=(*in_long_steps(model), *sets))


def in_long_steps(model: Path) -> tuple[str, ...]:
    """What makes the case of three sites quick: each limit is felt at any step."""
    return {"tiny.toml": (), "least_cost.toml": ALIGNED}.get(model.name, YEARS)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_tighter_limit_never_adds_value(limit: str) -> None:
    plain, tighter, nothing = (solved(MOST_VALUE, *sets).objective for sets in ((), (f"{limit}=*{LIMITS[limit]}",), (f"{limit}=*0",)))
    assert nothing == pytest.approx(0, abs=EXACT)
    assert nothing + 1 < tighter < plain - 1, "this tightness is felt, and leaves something to build"


def test_less_demand_never_adds_value() -> None:
    plain, less = (solved(MOST_VALUE, *sets).objective for sets in ((), ("model.goal.most_it=16 MW",)))
    assert 1 < less < plain - 1


def test_less_money_never_adds_compute() -> None:
    shares = (1, 0.5, 0)
    plain, half, nothing = (solved(THREE_SITES / "most_compute.toml", f"budget.capital.cap=*{share}").objective for share in shares)
    assert nothing == pytest.approx(0, abs=EXACT)
    assert 1 < half < plain - 1


@pytest.mark.parametrize("limit", ["sites.*.most_it=*0.7", "carbon.operational.cap=*0.5"])
def test_a_tighter_limit_never_saves_money(limit: str) -> None:
    plain, tighter = solved(LEAST_COST), solved(LEAST_COST, limit)
    assert tighter.status == "infeasible" or tighter.objective > plain.objective + 0.1


def test_a_looser_promise_never_costs_more() -> None:
    """Tiny: 74.187696 MUSD (worked out in tests/independent) for 10 MW; 9 MW need no less hall or opening, only fewer racks and less power."""
    costs = [solved(TINY, f"model.target.1.amount={amount} MW").objective for amount in (9, 10, 11)]
    assert costs[1] == pytest.approx(74.187696, rel=1e-9)
    assert costs[0] < costs[1] < costs[2]
    assert costs[2] > costs[1] + 7.2, "eleven need a second hall, of 7.2 MUSD"


@pytest.mark.parametrize("model", [TINY, LEAST_COST, MOST_VALUE], ids=["tiny", "least_cost", "most_value"])
def test_twice_the_money_is_twice_the_objective(model: Path, tmp_path: Path) -> None:
    copy = copied(model, tmp_path)
    assert with_money_times(2)(copy) > 10
    assert solve_model(copy, sets=in_long_steps(model)).objective == pytest.approx(2 * solved(model).objective, rel=1e-9)
