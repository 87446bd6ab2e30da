"""Progress of a search: in the unit of the goal, with the gap at which it ends and the time; plain lines in a pipe."""

from __future__ import annotations

import io
import sys
import time
from types import SimpleNamespace

import pytest

from gwplan.commands import progress, search_progress
from gwplan.common.status import Status
from gwplan.planning.request import Clock, Progress


@pytest.mark.parametrize(("state", "text"), [
    (Progress("read", 0.4), "read  0 s"),
    (Progress("solve", 23.2, 1558.0, 1641.0, 0.0123, "most_value", 0.003, 600.0), "solve  23 of 600 s  best plan $1.558B  bound $1.641B  gap 1.23% (ends at 0.30%)"),
    (Progress("solve", 3.0, 4321.5, 4400.0, 0.018, "most_compute", 0.0, 60.0), "solve  3 of 60 s  best plan 4,322 kH100e years  bound 4,400 kH100e years  gap 1.80% (ends at 0.00%)"),
    (Progress("solve", 3.0, float("inf"), 12.5, float("inf"), "least_cost", 0.01, float("inf")), "solve  3 s  no plan yet  bound $12.5M"),
    (Progress("solve", 3.0, 1e100, -1e100, None, "soonest"), "solve  3 s  no plan yet"),
])  # fmt: skip
def test_a_line_says_phase_time_plan_bound_and_gap(state: Progress, text: str) -> None:
    assert search_progress.progress_text(state) == text


def test_the_clock_tells_the_goal_and_when_the_search_ends() -> None:
    told: list[Progress] = []
    clock = Clock(told.append)
    clock.until(0.003, 600.0)
    clock.search(1.0, 10.0, 12.0, 0.2, "least_cost")
    assert (told[0].goal, told[0].target_gap, told[0].time_limit, told[0].gap) == ("least_cost", 0.003, 600.0, 0.2)


def test_a_pipe_gets_plain_lines_from_time_to_time_with_the_time_that_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(search_progress, "PLAIN_SECONDS", 0.05)
    with search_progress.progress_line() as told:
        assert told is not None
        told(Progress("solve", 100.0, 5.0, 4.0, 0.2, "least_cost", 0.01, 600.0))
        assert pipe.getvalue() == "", "not at once"
        time.sleep(0.2)
    lines = pipe.getvalue().splitlines()
    assert lines and set(lines) == {"solve  100 of 600 s  best plan $5M  bound $4M  gap 20.00% (ends at 1.00%)"}
    time.sleep(0.1)
    assert pipe.getvalue().splitlines() == lines, "it has ended"


def test_quiet_has_none() -> None:
    with search_progress.progress_line(quiet=True) as told:
        assert told is None


def test_many_scenarios_in_a_pipe_are_counted_in_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, clock = io.StringIO(), iter((0.0, 4.0, 31.0, 32.0, 65.0))
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.scenario_progress(4) as told:
        assert told is not None
        for number, status in enumerate((Status.OPTIMAL, Status.INFEASIBLE, Status.FAILED, Status.OPTIMAL)):
            told(number, SimpleNamespace(status=status))  # type: ignore[arg-type]
    assert pipe.getvalue().splitlines() == ["2 of 4 scenarios  1 infeasible, 0 failed  31 s", "4 of 4 scenarios  1 infeasible, 1 failed  65 s"]


@pytest.mark.parametrize(("total", "what", "line"), [(12, "points", "3 of 12 points  31 s"), (None, "members searched", "3 members searched  31 s")])
def test_points_and_members_in_a_pipe_are_counted_in_plain_lines(monkeypatch: pytest.MonkeyPatch, total: int | None, what: str, line: str) -> None:
    pipe, clock = io.StringIO(), iter((0.0, 4.0, 10.0, 31.0))
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.counted_progress(total, what) as told:
        for done in (1, 2, 3):
            told(done)
    assert pipe.getvalue().splitlines() == [line]


def test_steps_in_a_pipe_are_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, clock = io.StringIO(), iter((0.0, 1.0, 40.0, 41.0))
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    told = progress.steps()
    for text in ("solve 1", "solve 2", "solve 3"):
        told(text)
    assert pipe.getvalue().splitlines() == ["solve 2  40 s"]
