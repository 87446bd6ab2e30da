"""What HiGHS makes of a problem is handed on as what it is: infeasible, unbounded, stopped or failed, with the reason in words."""

from __future__ import annotations

import logging
import math
import re
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest

from gwplan.common.status import Status
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.solving import handover as library
from gwplan.solving import highs as solver
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Options, SolveResult
from gwplan.solving.problem import Problem
from gwplan.solving.search import search
from tests.solving.small import arrays_of
from tests.solving.test_search import two_sites
from tests.support import THREE_SITES, TINY

INF = math.inf
NO_END = arrays_of([[1, -1]], [-INF], [1], [False, False], [1, 0])
"""Most x where x - y <= 1: as much as one likes."""
NONE = arrays_of([[1, -1], [1, 0]], [-INF, 2], [1, 1], [False, False], [1, 0])
"""x is at least 2 and at most 1."""
HALF = arrays_of([[2, 0, 0], [0, 1, -1]], [1, -INF], [1, 5], [True, False, False], [0, 1, 0])
"""2a = 1 for a whole number a: there is none, though without whole numbers there is, and b has no end."""


def searched(arrays: Arrays, **options: Any) -> SolveResult:
    return search(Problem(arrays, arrays.costs[0]), Options(**options))


@pytest.mark.parametrize("gap", [0.0, 0.01])
@pytest.mark.parametrize(("arrays", "status"), [(NO_END, "unbounded"), (NONE, "infeasible"), (HALF, "infeasible")], ids=("no end", "none", "half"))
def test_infeasible_and_unbounded_are_told_apart(arrays: Arrays, status: str, gap: float) -> None:
    found = searched(arrays, gap=gap)
    assert (found.status, found.x) == (status, None)


@pytest.mark.parametrize(("arrays", "status"), [(NO_END, "unbounded"), (NONE, "infeasible"), (HALF, "infeasible")], ids=("no end", "none", "half"))
def test_what_the_solver_cannot_tell_is_found_by_looking_for_any_plan(arrays: Arrays, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS may say `infeasible or unbounded`, with its presolve and without: it once counted as infeasible."""
    honest, seen = solver.run, []

    def unsure(highs: Any, cost: Any, options: Options) -> SolveResult:
        found = honest(highs, cost, options)
        seen.append((cost.kind, highs.getOptionValue("presolve")[1]))
        return SolveResult.without_plan(Status.UNCLEAR) if cost.kind != "nothing" else found

    monkeypatch.setattr(solver, "run", unsure)
    assert solve_problem(Problem(arrays, arrays.costs[0]), Options()).status == status
    assert seen == [("most_value", "choose"), ("most_value", "off"), ("nothing", "choose")]


@pytest.mark.parametrize(("number", "words"), [(1e16, "accepts no number of 1e\\+15 or more"), (math.nan, "coefficients .* far too large"),
                                               (INF, "coefficients .* far too large")])
def test_a_number_that_the_solver_does_not_take_is_a_failure_with_its_reason(number: float, words: str) -> None:
    """It was `stopped`, as if more time would help."""
    found = solve_problem(Problem(arrays_of([[number, 1]], [1], [2], [False, False], [-1, -1]), NONE.costs[0]), Options())
    assert (found.status, found.x) == ("failed", None)
    assert np.isnan(found.bound)
    assert re.search(words, found.reason)


def test_a_failure_ends_the_command_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.Quiet, "passModel", lambda *_: highspy.HighsStatus.kError)
    outcome = solve(Request(TINY, runs=tmp_path))
    assert (outcome.exit_code, outcome.status, outcome.run) == (1, "failed", None)
    assert outcome.message == "No result: HiGHS does not accept the model: some input is far too large or far too small."


@pytest.mark.parametrize("state", list(library.FAILURES), ids=str)
def test_each_failure_of_the_solver_is_tried_once_more_and_then_said(state: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(library.Quiet, "run", lambda highs: tried.append(highs.getOptionValue("presolve")[1]))
    monkeypatch.setattr(library.Quiet, "getModelStatus", lambda _: state)
    found = solve_problem(Problem(HALF, HALF.costs[0]), Options())
    assert (found.status, found.reason, tried) == ("failed", library.FAILURES[state], ["choose", "off"])


@pytest.mark.parametrize("state", list(library.STOPS), ids=str)
def test_each_stop_has_its_reason(state: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.Quiet, "run", lambda _: None)
    monkeypatch.setattr(library.Quiet, "getModelStatus", lambda _: state)
    found = solve_problem(Problem(HALF, HALF.costs[0]), Options())
    assert (found.status, found.reason) == ("stopped", library.STOPS[state])


def test_every_state_of_the_solver_has_its_word() -> None:
    answers = {library.STATES.kOptimal, library.STATES.kInfeasible, library.STATES.kUnbounded, library.STATES.kUnboundedOrInfeasible}
    known = set(library.FAILURES) | set(library.STOPS) | answers
    assert {state for name, state in library.STATES.__members__.items() if name not in ("kMin", "kMax")} == known


def test_a_linear_program_that_is_not_done_proves_nothing() -> None:
    """One iteration finds a plan of x + y <= 10, not the best one: its own value was handed on as a bound on all others."""
    size = 30
    rows = [*np.eye(size).tolist(), [1.0] * size]
    arrays = arrays_of(rows, [-INF] * (size + 1), [*range(1, size + 1), 100.0], [False] * size, list(range(1, size + 1)))
    honest = solver.begin

    def one_iteration(highs: Any, *rest: Any) -> None:
        honest(highs, *rest)
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("simplex_strategy", 4)
        highs.setOptionValue("simplex_iteration_limit", 1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "begin", one_iteration)
        found = solve_problem(Problem(arrays, arrays.costs[0]), Options())
    assert found.status == "stopped"
    assert found.reason == library.STOPS[library.STATES.kIterationLimit]
    assert np.isnan(found.bound)
    assert found.x is not None


@pytest.mark.parametrize("error", [MemoryError("none left"), RuntimeError("of a callback")])
def test_an_error_in_the_solvers_thread_is_raised_where_its_result_is_read(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was lost, and the search was said to be stopped."""
    def fails(_: Any) -> None:
        raise error

    monkeypatch.setattr(library.Quiet, "run", fails)
    with pytest.raises(type(error), match=str(error)):
        solve_problem(Problem(HALF, HALF.costs[0]), Options())


@pytest.mark.parametrize("error", [ZeroDivisionError("of whoever is told"), KeyboardInterrupt("pressed")])
def test_an_error_of_whoever_is_told_of_progress_is_raised_where_the_result_is_read(error: BaseException) -> None:
    """HiGHS lost it, and said that it knows no answer."""
    told = []

    def fails(*progress: float) -> None:
        told.append(progress)
        raise error

    arrays = two_sites()
    with pytest.raises(type(error), match=str(error)):
        solve_problem(Problem(arrays, arrays.costs[0]), Options(watch=fails))
    assert len(told) >= 1


def test_an_error_of_what_is_done_meanwhile_is_raised_once_the_solver_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []
    honest = library.Quiet.run

    def noted(highs: Any) -> Any:
        time.sleep(0.2)
        status = honest(highs)
        ended.append(status)
        return status

    def fails() -> None:
        raise ImportError("of what comes after")

    monkeypatch.setattr(library.Quiet, "run", noted)
    with pytest.raises(ImportError, match="of what comes after"):
        solve_problem(Problem(HALF, HALF.costs[0]), Options(meanwhile=fails))
    assert len(ended) == 1


def test_time_that_runs_out_is_the_reason_of_a_stop(tmp_path: Path) -> None:
    outcome = solve(Request(THREE_SITES / "least_cost.toml", time_limit="0.0001 s", runs=tmp_path))
    assert (outcome.exit_code, outcome.status) == (6, "stopped")
    assert outcome.message.startswith("Stopped before any plan was found. The time limit was reached. There may be one")


def test_a_wrong_release_of_the_solver_is_said_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(library, "version", lambda name: "1.14.0" if name == "highspy" else "")
    library.warn_of_wrong_version.cache_clear()
    with caplog.at_level(logging.WARNING, logger="gwplan"):
        for _ in range(2):
            solve_problem(Problem(HALF, HALF.costs[0]), Options())
    library.warn_of_wrong_version.cache_clear()
    assert [record.getMessage()[:43] for record in caplog.records] == ["warning: highspy 1.14.0 must not be used: i"]


def test_the_release_in_use_gives_the_right_answer_to_what_the_wrong_one_got_wrong() -> None:
    """Least 2x + 3z with x + z >= 4.5, both at most 10, z whole: 9 at x = 4.5. Presolve of 1.14.0 gave 15."""
    arrays = arrays_of([[1, 1], [1, 0], [0, 1]], [4.5, -INF, -INF], [INF, 10, 10], [False, True], [-2, -3])
    found = solve_problem(Problem(arrays, arrays.costs[0]), Options())
    assert (found.status, found.objective) == ("optimal", pytest.approx(-9))


def test_the_metadata_excludes_the_releases_that_are_warned_of() -> None:
    import tomllib

    root = Path(__file__).parents[2]
    (asked,) = [each for each in tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"] if each.startswith("highspy")]
    assert {each[2:] for each in asked.split(",")[1:]} == set(library.WRONG_VERSIONS)
    assert f"\nhighspy!={next(iter(library.WRONG_VERSIONS))}\n" in (root / "requirements.in").read_text()
    (pinned,) = [line for line in (root / "requirements.txt").read_text().splitlines() if line.startswith("highspy==")]
    assert pinned.split("==")[1].split()[0] not in library.WRONG_VERSIONS
