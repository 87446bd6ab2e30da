"""A run's own plan, fixed, is worth what it was, whatever the goal; and the same run again gives the same plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.planning.request import Outcome, Request
from gwplan.planning.run import solve

THREE_SITES = Path(__file__).parents[1] / "cases" / "three_sites"
HALF_YEARS = ("model.horizon.step=half",)
YEARS = ("model.horizon.step=year",)
KEPT = 3e-7
"""A first goal may give way to the least cost that follows it by a ten-millionth of its value, in each of the two runs."""


def figures(outcome: Outcome) -> tuple[float, float]:
    """Objective and present value of cost."""
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    found = json.loads((outcome.run / "summary.json").read_text())
    return float(found["objective"]), float(found["npv_cost_musd"])


@pytest.mark.parametrize(("goal", "within"), [("most_value", 1e-9), ("most_compute", KEPT), ("soonest", KEPT)])
def test_a_plan_of_its_own_gives_its_objective_again(goal: str, within: float, tmp_path: Path) -> None:
    model = THREE_SITES / f"{goal}.toml"
    first = solve(Request(model, sets=HALF_YEARS, runs=tmp_path, pages=None))
    again = solve(Request(model, fix=first.run, sets=HALF_YEARS, runs=tmp_path, pages=None))
    assert figures(again)[0] == pytest.approx(figures(first)[0], rel=within)
    assert figures(again)[1] == pytest.approx(figures(first)[1], rel=1e-6)


def test_the_same_run_gives_the_same_plan(tmp_path: Path) -> None:
    """Same inputs, seed and one thread: byte for byte. Another seed may find another plan, but none that is worth more."""
    model = THREE_SITES / "least_cost.toml"
    first, repeated = (solve(Request(model, sets=YEARS, seed=3, threads=1, runs=tmp_path, pages=None)) for _ in range(2))
    assert first.run is not None and repeated.run is not None
    for table in ("plan.csv", "tables/ledger.csv", "tables/limits.csv"):
        assert (first.run / table).read_bytes() == (repeated.run / table).read_bytes()
    other = solve(Request(model, sets=YEARS, seed=4, threads=2, runs=tmp_path, pages=None))
    assert figures(other)[0] == pytest.approx(figures(first)[0], rel=1e-9)
