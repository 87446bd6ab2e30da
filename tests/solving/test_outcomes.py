"""What a solve comes to: its exit code and status."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.support import THREE_SITES, TINY


def test_solved_is_0(tmp_path: Path) -> None:
    outcome = solve(Request(TINY, runs=tmp_path))
    assert (outcome.exit_code, outcome.status) == (0, "optimal")
    assert outcome.run is not None and outcome.run.parent == tmp_path


def test_faulty_inputs_are_raised_for_the_caller_to_tell(tmp_path: Path) -> None:
    with pytest.raises(InputFaults):
        solve(Request(TINY, sets=("halls.hall.price=12 MW",), runs=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_no_plan_at_all_is_4(tmp_path: Path) -> None:
    outcome = solve(Request(TINY, sets=("model.target.1.amount=900 MW",), runs=tmp_path))
    assert (outcome.exit_code, outcome.run) == (4, None)


def test_no_time_for_a_plan_is_6(tmp_path: Path) -> None:
    outcome = solve(Request(THREE_SITES / "least_cost.toml", time_limit="0.0001 s", runs=tmp_path))
    assert (outcome.exit_code, outcome.status, outcome.run) == (6, "stopped", None)
    assert list(tmp_path.iterdir()) == []


def test_no_time_for_the_best_plan_is_5(tmp_path: Path) -> None:
    """The plan of a shorter horizon is there from the start; the best of six years takes far more than three seconds to find and prove."""
    model = THREE_SITES / "most_value.toml"
    first = solve(Request(model, gap=0.05, runs=tmp_path / "first", pages=None))
    outcome = solve(Request(model, sets=("model.horizon.end=2032-Q4",), start=first.run, time_limit="3 s", runs=tmp_path / "second", pages=None))
    assert (outcome.exit_code, outcome.status) == (5, "stopped")
    assert outcome.run is not None and (outcome.run / "plan.csv").is_file()


def test_built_but_not_solved_is_0(tmp_path: Path) -> None:
    outcome = solve(Request(TINY, no_solve=True, runs=tmp_path, pages=None))
    assert (outcome.exit_code, outcome.status, outcome.run) == (0, "built", None)
    assert outcome.sizes["whole"] > 0


def test_a_process_may_change_its_number_of_threads(tmp_path: Path) -> None:
    assert [solve(Request(TINY, threads=threads, runs=tmp_path, pages=None)).exit_code for threads in (None, 1, 2, None, 1)] == [0] * 5
