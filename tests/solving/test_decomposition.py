"""The relaxation site by site is the relaxation: the same value, a plan that keeps all rows, and bounds that hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array

from gwplan.planning.build import build, read
from gwplan.planning.request import Request
from gwplan.solving import decomposition
from gwplan.solving.decomposition import apart, by_sites, relax
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Options, SolveResult
from gwplan.solving.problem import ExtraRow, Problem
from gwplan.solving.site_openings import opened, sites_of
from tests.support import ONE_GIGAWATT, THREE_SITES

NEAR = 1e-7
GOALS = ("least_cost", "most_value", "most_compute", "soonest")


def linear(arrays: Arrays) -> Arrays:
    return replace(arrays, whole=np.zeros_like(arrays.whole))


def whole(arrays: Arrays, cost: Cost, kept: tuple[ExtraRow, ...] = ()) -> SolveResult:
    """The relaxation in one piece."""
    return solve_problem(Problem(linear(arrays), replace(cost, spend=None), kept), Options())


def drawn(seed: int, sites: int = 4, items: int = 3, maximize: bool = True) -> Arrays:
    """Random sites that build within their own limits and a common budget, with a target that they share."""
    chance = np.random.default_rng(seed)
    columns: dict[Any, int] = {}
    for site in range(sites):
        columns[("sites.opening", (f"s{site}", 0))] = len(columns)
        for item in range(items):
            columns[("built", (f"s{site}", item))] = len(columns)
    columns[("bought", ("power",))] = len(columns)
    width, rows, upper, lower = len(columns), [], [], []

    def row(values: dict[int, float], low: float, high: float) -> None:
        rows.append([values.get(column, 0.0) for column in range(width)])
        lower.append(low)
        upper.append(high)

    for site in range(sites):
        first = site * (items + 1)
        row({first: 1.0}, -np.inf, 1.0)
        for item in range(1, items + 1):
            row({first + item: 1.0, first: -chance.uniform(1, 5)}, -np.inf, 0.0)
    built = [column for (name, _), column in columns.items() if name == "built"]
    row({column: chance.uniform(0.5, 2) for column in range(width)}, -np.inf, chance.uniform(6, 20))
    row({**{column: chance.uniform(0.5, 2) for column in built}, width - 1: -1.0}, -np.inf, 0.0)
    row(dict.fromkeys(built, 1.0), chance.uniform(0.5, 2), np.inf)
    gain = chance.uniform(0.5, 3, width) * (1 if maximize else -1)
    gain[[column for (name, _), column in columns.items() if name == "sites.opening"]] *= -1
    gain[-1] = -0.2 if maximize else 0.2
    cost = Cost("most_value" if maximize else "least_cost", maximize, gain, 7.0, None, 0.0)
    rules: list[Any] = [None] * len(rows)
    return Arrays(csc_array(np.array(rows)), np.array(lower), np.array(upper), np.zeros(width, dtype=bool), [None] * width, columns, rules, [cost])


def agrees(arrays: Arrays, cost: Cost, found: SolveResult, expected: SolveResult, kept: tuple[ExtraRow, ...] = ()) -> None:
    """The same value and bound as the whole, by a plan that keeps every row."""
    size = max(1.0, abs(expected.objective))
    assert found.status == expected.status == "optimal"
    assert found.x is not None
    assert found.objective == pytest.approx(expected.objective, abs=NEAR * size)
    assert found.bound == pytest.approx(expected.objective, abs=NEAR * size)
    assert cost.coefficients @ found.x + cost.constant == pytest.approx(found.objective, abs=NEAR * size)
    assert (found.x >= -NEAR).all()
    used = arrays.matrix @ found.x
    slack = 1e-6 * np.maximum(1.0, np.abs(used))
    assert (used <= arrays.upper + slack).all() and (used >= arrays.lower - slack).all()
    for coefficients, low, high in kept:
        assert low - NEAR * size <= coefficients @ found.x <= high + NEAR * size


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("maximize", [True, False], ids=("most", "least"))
def test_random_sites(seed: int, maximize: bool) -> None:
    arrays = drawn(seed, maximize=maximize)
    cost = arrays.costs[0]
    expected = whole(arrays, cost)
    sites = sorted(sites_of(arrays))
    tried = [found for likely in (sites[:1], sites[1:3], sites[:3]) if (found := by_sites(Problem(arrays, cost), Options(), likely)) is not None]
    assert tried, "one site alone, or two, or three keep the target"
    for found in tried:
        agrees(arrays, cost, found, expected)


def test_rows_that_are_kept_bind() -> None:
    arrays = drawn(3)
    cost = arrays.costs[0]
    best = whole(arrays, cost)
    assert best.x is not None
    most = float(best.x.sum())
    kept = (ExtraRow(np.ones(len(best.x)), -np.inf, 0.8 * most),)
    found = by_sites(Problem(arrays, cost, kept), Options(), ["s0", "s1"])
    assert found is not None
    agrees(arrays, cost, found, whole(arrays, cost, kept), kept)
    assert found.objective < best.objective


def test_every_round_bounds_all_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[SolveResult] = []

    def noted(*arguments: Any) -> SolveResult | None:
        found = exchanged(*arguments)
        rounds.extend([found] if found is not None else [])
        return found

    exchanged = decomposition.exchanged
    monkeypatch.setattr(decomposition, "exchanged", noted)
    arrays = drawn(5)
    best = whole(arrays, arrays.costs[0]).objective
    by_sites(Problem(arrays, arrays.costs[0]), Options(), ["s3"])
    assert len(rounds) > 1
    assert all(each.objective <= best + NEAR and each.bound >= best - NEAR for each in rounds)
    assert [each.objective for each in rounds] == sorted(each.objective for each in rounds), "offers only add"


def test_a_site_where_something_stands_stays_with_what_is_common() -> None:
    arrays = drawn(1)
    lower = arrays.lower.copy()
    lower[0] = 1.0  # the first site is open
    arrays = replace(arrays, lower=lower)
    parted = apart(Problem(arrays, arrays.costs[0]), ["s1"])
    assert parted is not None
    master, sites = parted
    assert {0, 1, 2, 3} <= set(master.columns.tolist())
    assert len(sites) == 2
    found = by_sites(Problem(arrays, arrays.costs[0]), Options(), ["s1"])
    assert found is not None
    agrees(arrays, arrays.costs[0], found, whole(arrays, arrays.costs[0]))


def test_rows_that_tie_two_sites_are_common() -> None:
    arrays = drawn(2)
    row = np.zeros((1, len(arrays.variables)))
    row[0, [1, 5]] = 1.0, -1.0  # as much at the second site as at the first
    arrays = replace(arrays, matrix=csc_array(np.vstack([arrays.matrix.toarray(), row])), lower=np.append(arrays.lower, -np.inf),
                     upper=np.append(arrays.upper, 0.0), rows=[*arrays.rows, None])  # type: ignore[list-item]
    for likely in (["s3"], ["s0"], ["s2", "s3"]):
        found = relax(Problem(arrays, arrays.costs[0]), Options(), likely)
        agrees(arrays, arrays.costs[0], found, whole(arrays, arrays.costs[0]))


def test_sites_that_are_too_small_are_joined_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = drawn(6, sites=8)
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    upper[-3] = 1000.0  # money for all that the sites hold
    arrays = replace(arrays, upper=upper)
    lower[-1] = 0.4 * solve_problem(Problem(arrays, replace(arrays.costs[0], coefficients=arrays.matrix.toarray()[-1], constant=0.0)), Options()).objective
    arrays = replace(arrays, lower=lower)
    tried: list[set[str]] = []
    parted = decomposition.apart
    monkeypatch.setattr(decomposition, "apart", lambda whole, guess: (tried.append(set(guess)), parted(whole, guess))[1])
    found = by_sites(Problem(arrays, arrays.costs[0]), Options(), ["s2"])
    assert len(tried) > 1 and tried[0] == {"s2"}, "s2 alone cannot meet the target"
    assert found is not None
    agrees(arrays, arrays.costs[0], found, whole(arrays, arrays.costs[0]))


def test_many_sites_need_no_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = drawn(7, sites=decomposition.MANY + 1)
    expected = whole(arrays, arrays.costs[0])
    monkeypatch.setattr(decomposition, "solve_apart", None)
    agrees(arrays, arrays.costs[0], relax(Problem(arrays, arrays.costs[0]), Options(), ()), expected)


def test_what_no_guess_helps_is_left_to_the_whole() -> None:
    arrays = drawn(4)
    lower = arrays.lower.copy()
    lower[-1] = 1e6
    assert relax(Problem(replace(arrays, lower=lower), arrays.costs[0]), Options(), ["s0"]).status == "infeasible"
    for likely in ([], ["nowhere"], sorted(sites_of(arrays))):
        agrees(arrays, arrays.costs[0], relax(Problem(arrays, arrays.costs[0]), Options(), likely), whole(arrays, arrays.costs[0]))


def arrays_of(model: Path, *sets: str) -> Arrays:
    return build(read(Request(model, sets=sets)))[1]


@pytest.mark.parametrize("goal", GOALS)
def test_three_sites(goal: str) -> None:
    arrays = arrays_of(THREE_SITES / f"{goal}.toml")
    cost = arrays.costs[0]
    expected = whole(arrays, cost)
    tried = [found for site in sorted(sites_of(arrays)) if (found := by_sites(Problem(arrays, cost), Options(), [site])) is not None]
    assert tried
    for found in tried:
        agrees(arrays, cost, found, expected)


def test_one_gigawatt_from_a_good_guess_and_a_bad_one() -> None:
    arrays = arrays_of(ONE_GIGAWATT, "model.horizon.step=year")
    cost = arrays.costs[0]
    expected = whole(arrays, cost)
    assert expected.x is not None
    good = opened(arrays, expected.x)
    for likely in (good, [site for site in ("richland_la", "utah_millard") if site not in good]):
        found = by_sites(Problem(arrays, cost), Options(), likely)
        assert found is not None
        agrees(arrays, cost, found, expected)
