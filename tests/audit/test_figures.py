"""Each headline figure is worked out again: one that is changed is named, and what is not checked is listed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gwplan.audit import audit
from gwplan.audit.returns import joined, modified, payback, worth
from tests.audit.hand_made import SUMMARY, Run, audited, failed


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value * 1.02 + 0.01
    if isinstance(value, str):
        later = re.sub(r"20\d\d", lambda year: str(int(year[0]) + 1), value, count=1)
        return later if later != value else f"{value}_x"
    if isinstance(value, list):
        return [*value[:-1], changed(value[-1])] if value else ["north"]
    return {**value, next(iter(value)): changed(value[next(iter(value))])} if value else {"north": 1}


def test_no_figure_of_the_summary_can_be_changed(tmp_path: Path) -> None:
    run = Run()
    folder = run.write(tmp_path / "run")
    assert audit(folder).ok
    unseen = []
    for name, value in SUMMARY.items():
        (folder / "summary.json").write_text(json.dumps(run.summary | {name: changed(value)}), encoding="utf-8")
        if audit(folder).ok:
            unseen.append(name)
    assert unseen == []


def test_a_figure_that_no_check_knows_is_listed(tmp_path: Path) -> None:
    found = audited(tmp_path, lambda run: run.summary.__setitem__("moon_phase", 0.5))
    assert found.ok
    assert "summary.json moon_phase: no check knows this figure" in found.not_checked
    assert any("leased_mw" in line and "not in this folder" in line for line in found.not_checked), "the run by hand has no such figure"
    assert any("dual" in line for line in found.not_checked)


def test_the_first_power_must_be_between_its_lead_time_and_what_the_plan_has(tmp_path: Path) -> None:
    """Halls take a year: 2026 is too soon, and the plan has one in 2027."""
    wrong = "First IT power in 2027 at north. It could have come in 2026 (soonest: halls 2026, power 2026, systems 2026): waiting pays."
    assert failed(audited(tmp_path, lambda run: run.summary.__setitem__("held_back", wrong))) == {"summary.held_back_names_what_follows"}


def test_an_input_that_was_changed_afterwards_is_seen_by_its_digest(tmp_path: Path) -> None:
    folder = Run().write(tmp_path / "run")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"digest_of_inputs": "0" * 64}))
    assert failed(audit(folder)) == {"copies.inputs_have_the_digest_of_the_manifest"}


LIMITS = (["rule", "index", "side", "bound", "use", "slack", "dual", "unit"], [
    *[["sites.halls_fit_the_land", f"north,{year}", "most", 100, 10, 90, 0, "acre"] for year in (2026, 2027, 2028)],
    ["goal.target_is_met", "1,2028", "least", 10, 10, 0, 0, "MW IT"],
])  # fmt: skip


@pytest.mark.parametrize(("row", "column", "value", "check"), [
    (0, 3, 200, "sites_halls_fit_the_land_bound_is_what_follows"), (3, 3, 9, "goal_target_is_met_bound_is_what_follows"),
    (0, 2, "least", "sides_and_units_are_those_of_the_rules"), (3, 7, "kH100e", "sides_and_units_are_those_of_the_rules"),
    (1, 1, "north,2029", "sites_halls_fit_the_land_has_a_row_for_each_limit"),
    (1, 1, "north,2026", "no_row_stands_twice"),
])  # fmt: skip
def test_each_cell_of_a_limit_follows(tmp_path: Path, row: int, column: int, value: object, check: str) -> None:
    """Ten acres of a hundred; ten megawatts of ten."""

    def change(run: Run) -> None:
        columns, rows = LIMITS
        run.tables["limits"] = (columns, [list(each) for each in rows])
        run.rows("limits")[row][column] = value

    assert f"limits.{check}" in failed(audited(tmp_path, change))


def test_worth_joins_and_modified_return_by_hand() -> None:
    """100 paid at once, 121 back after two years: worth nothing at 10 %; at a required return of 5 % the modified return is 10 % too."""
    flows, years = np.array([-100.0, 121.0]), np.array([0.0, 2.0])
    assert worth(flows, years, 0.1) == pytest.approx(0)
    assert modified(flows, years, 0.05) == pytest.approx(0.1)
    assert modified(np.array([100.0, 121.0]), years, 0.05) is None, "nothing is paid in"
    assert list(joined(np.array([-50.0, -50.0, 121.0]), np.array([0.0, 0.0, 2.0]))) == [-100.0, 121.0]


def test_payback_by_hand() -> None:
    """100 in the first year, 40 in each after: 100 is back half way through the fourth; never, if only 20 come; 60 are left at the end."""
    answer: Any = SimpleNamespace(calendar=SimpleNamespace(steps_a_year=1), folder=SimpleNamespace(definition={"horizon": {"timing": "end"}}))
    assert payback(answer, np.array([-100.0, 40, 40, 40]), 0.0, 0.0) == pytest.approx(3.5)
    assert payback(answer, np.array([-100.0, 20, 20]), 0.0, 0.0) is None
    assert payback(answer, np.array([0.0, -100.0, 40]), 60.0, 0.0) == pytest.approx(2), "counted from the first payment; what is left falls at the end"
