"""Runs of the planner pass, and in a run of the planner no number can be changed without the audit seeing it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.audit.hand_made import ROOT, failed
from tests.audit.quick import first_wrong
from tests.properties.rewritten import ALIGNED, HALVES

THREE_SITES = ROOT / "tests" / "cases" / "three_sites"
# Duals and the meaning of columns are reports about the plan, not part of the answer.
REPORTS = ("limits", "units")
NUDGE = 1e-4
ROWS_OF_EACH = 1


def run_of(model: Path, runs: Path, sets: tuple[str, ...] = ()) -> Path:
    """The run folder of a solved model."""
    outcome = solve(Request(model, sets=sets, runs=runs, pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of three sites with things that stand already and with caps by year."""
    folder = tmp_path_factory.mktemp("case") / "three_sites"
    shutil.copytree(THREE_SITES, folder)
    shutil.copy(folder / "variants" / "existing" / "existing.csv", folder / "inputs")
    shutil.copy(folder / "variants" / "yearly_cap" / "budget.csv", folder / "inputs")
    return folder


@pytest.fixture(scope="module")
def solved(variants: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One solved run of it."""
    return run_of(variants / "most_value.toml", tmp_path_factory.mktemp("runs"))


def test_a_run_of_tiny_passes(tiny_run: Path) -> None:
    found = audit(tiny_run)
    assert failed(found) == set()
    assert found.unchecked == []


@pytest.mark.parametrize("goal", ["least_cost", "most_compute", "soonest"])
def test_a_run_for_each_goal_passes(goal: str, variants: Path, tmp_path: Path) -> None:
    """In half-years, at a third of the time; the run with everything has quarters."""
    found = audit(run_of(variants / f"{goal}.toml", tmp_path, ALIGNED if goal == "least_cost" else HALVES))
    assert failed(found) == set()
    assert found.unchecked == []


def test_a_run_with_everything_passes(solved: Path) -> None:
    found = audit(solved)
    assert failed(found) == set()
    assert found.unchecked == []
    assert sum(check.rows for check in found.checks) > 5000


@pytest.fixture
def copy(solved: Path, tmp_path: Path) -> Path:
    """A copy of the solved run, to be changed."""
    return Path(shutil.copytree(solved, tmp_path / "run", ignore=shutil.ignore_patterns("*.parquet")))


def unseen_if_nudged(copy: Path, file: Path, row: int) -> bool:
    """True where the audit passes a run in which the last number of one row of a CSV is a little larger; the run is as before afterwards."""
    before = file.read_bytes()
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    column = frame.columns[-1]
    frame.loc[row, column] = repr(float(frame.loc[row, column]) * (1 + NUDGE) + NUDGE)
    frame.to_csv(file, index=False)
    found = first_wrong(copy)
    file.write_bytes(before)
    return found is None


def test_no_number_of_a_table_can_be_changed(copy: Path) -> None:
    chosen, unseen, tried = random.Random(7), [], 0
    for file in sorted((copy / "tables").glob("*.csv")):
        rows = len(pd.read_csv(file))
        if file.stem in REPORTS or not rows:
            continue
        for row in chosen.sample(range(rows), min(ROWS_OF_EACH, rows)):
            tried += 1
            if unseen_if_nudged(copy, file, row):
                unseen.append(f"{file.stem} row {row}")
    assert tried > 30
    assert unseen == []
    assert audit(copy).ok


def test_limits_agree_with_themselves(copy: Path) -> None:
    file = copy / "tables" / "limits.csv"
    frame = pd.read_csv(file)
    assert len(frame) > 50
    frame.assign(slack=frame["slack"] + 1).to_csv(file, index=False)
    found = failed(audit(copy))
    assert "limits.slack_is_what_is_left" in found
    assert "limits.halls_halls_within_site_slack_is_what_follows" in found
    assert all(name.startswith("limits.") for name in found)
    frame.assign(slack=-1.0, use=frame["bound"] + (frame["side"] == "most") * 2 - 1).to_csv(file, index=False)
    assert "limits.none_is_overdrawn" in failed(audit(copy))


def test_no_decision_can_be_changed(copy: Path) -> None:
    rows = len(pd.read_csv(copy / "plan.csv"))
    assert rows > 5
    unseen = [row for row in range(rows) if unseen_if_nudged(copy, copy / "plan.csv", row)]
    assert unseen == []


def test_no_decision_can_be_left_out_or_moved(copy: Path) -> None:
    plan = pd.read_csv(copy / "plan.csv", dtype=str, keep_default_na=False)
    periods = list(pd.read_csv(copy / "tables" / "periods.csv", dtype=str)["period"])
    unseen = []
    for row in range(len(plan)):
        plan.drop(index=row).to_csv(copy / "plan.csv", index=False)
        if first_wrong(copy) is None:
            unseen.append(f"row {row} left out")
        moved = plan.copy()
        moved.loc[row, "when"] = periods[(periods.index(plan.loc[row, "when"]) + 1) % len(periods)]
        moved.to_csv(copy / "plan.csv", index=False)
        if first_wrong(copy) is None:
            unseen.append(f"row {row} moved")
    assert unseen == []
