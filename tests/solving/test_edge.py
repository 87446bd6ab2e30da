"""A cap near the least money that will do: by hand on the smallest model, where 10 MW of IT cost 284 million and no less."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.status import Status
from gwplan.planning.build import build, options_of, read
from gwplan.planning.request import Request
from gwplan.solving import search
from gwplan.solving.edge import Edge, capped, completed, decided, edge_of
from gwplan.solving.elastic import dates, until
from gwplan.solving.infeasibility import too_little_money
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Deadline, Options
from gwplan.solving.problem import Problem
from tests.support import TINY

GAP = 1e-4
"""Without a gap there is no relaxation before the search."""
LEAST = 284.0
"""Site and hall take 110, 12 MW of grid 6, racks for 10 MW 168, in million dollars: see test_remedies."""


def model(cap: float, path: Path = TINY) -> tuple[Arrays, Options]:
    case = read(Request(path, sets=(f"budget.capital.cap={cap} MUSD_2026",)))
    return build(case)[1], options_of(case)


def edge(cap: float) -> tuple[Edge | None, Arrays, Options]:
    arrays, options = model(cap)
    return edge_of(until(arrays, dates(arrays)[0]), options), arrays, options


def test_a_cap_far_above_the_least_is_no_edge() -> None:
    assert edge(400)[0] is None


@pytest.mark.parametrize("cap", [LEAST - 1, LEAST - 0.01])
def test_below_the_least_it_is_proven_that_there_is_no_plan(cap: float) -> None:
    found, _, options = edge(cap)
    assert found is not None and found.cap == cap
    least = decided(found, options)
    assert least.status == Status.INFEASIBLE and cap < least.bound <= LEAST + 1e-6


@pytest.mark.parametrize("cap", [LEAST, LEAST + 5])
def test_from_the_least_on_a_plan_is_found_and_completed(cap: float) -> None:
    found, arrays, options = edge(cap)
    assert found is not None
    least = decided(found, options)
    assert least.x is not None and LEAST - 1e-6 <= least.objective <= cap + 1e-6
    problem = Problem(arrays, arrays.costs[0])
    whole = completed(problem, found, least, options)
    assert whole.x is not None
    rows = arrays.matrix @ whole.x
    assert (rows <= arrays.upper + 1e-5).all() and (rows >= arrays.lower - 1e-5).all(), "it keeps every row of the whole model"


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("cap", "status"), [(LEAST - 0.01, Status.INFEASIBLE), (LEAST, Status.OPTIMAL), (LEAST + 5, Status.OPTIMAL)])
def test_the_search_is_decided_there(threads: int, cap: float, status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan is the one that is found without looking at the least money."""
    arrays, options = model(cap)
    options = Options(GAP, options.time_limit, threads)
    found = solve_goals(arrays, options)
    assert found.status == status
    monkeypatch.setattr(search.Disproof, "least_first", lambda self, part, options: None)
    other = solve_goals(arrays, options)
    assert other.status == status
    if found.x is not None:
        assert found.objective == pytest.approx(other.objective, rel=2 * GAP)


def test_what_is_missing_is_said() -> None:
    """A million of the 284 that halls, sites and supplies as a whole take."""
    case = read(Request(TINY, sets=(f"budget.capital.cap={LEAST - 1} MUSD_2026",)))
    plan, arrays = build(case)
    found = too_little_money(plan, arrays, LEAST, Deadline(options_of(case)))
    assert found is not None and {rule for rule, _ in found.parts} >= {"goal.target_is_met", "budget.capital_within_cap"}
    assert "target 1 (10 MW IT by 2028-Q1); budget.capital_within_cap (capital, $283M)" in found.sentence
    assert "by at least $1M (at least $284M is needed)" in found.sentence
    assert too_little_money(plan, arrays, LEAST - 2, Deadline(options_of(case))) is None, "the cap is above it"


def test_what_is_not_capped_does_not_wait() -> None:
    arrays, options = model(400)
    relaxed = search.relax(Problem(arrays, arrays.costs[0]), options, ())
    assert not capped(arrays, relaxed)
    arrays, options = model(LEAST)
    assert capped(arrays, search.relax(Problem(arrays, arrays.costs[0]), options, ()))
