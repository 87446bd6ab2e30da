"""What `gwplan reference` and `gwplan slip` keep beside a run: its page, its first screen and its limits, from results by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gwplan.analysis.reference import BEST, Reference, References
from gwplan.audit import audit
from gwplan.common.status import Status
from gwplan.reports.first_screen import limits
from gwplan.reports.reference_plans import as_json, keep, telling
from gwplan.reports.webpage import write
from gwplan.reports.webpage.run import reference, slip
from gwplan.results.run_folder import RunFolder


def plan(name: str, cost: float | None, unproven: float = 0.0, status: Status = Status.OPTIMAL, message: str = "") -> Reference:
    goal = None if cost is None else 100.0 + cost
    return Reference(name, "", status, goal, None if cost is None else unproven, cost, 300.0, "2028", "2028", ("north",), message)


FOUND = References("least_cost", 2026, "fp8 peak", (
    plan(BEST, 0.0, 0.5), plan("grid only", 0.4, 0.2), plan("without Acme", 60.0, 0.5), plan("North only", 0.0, message="the best plan itself"),
    plan("current generation only", 0.0), plan("rent it all", None, status=Status.INFEASIBLE, message="No plan keeps target 1.")), 1.0, {})
SLIP: dict[str, Any] = {
    "exit_code": 0, "run": "runs/x", "sets": ["power.grid@*.earliest=+12 months"], "after": "2027", "goal": "least_cost", "unit": "MUSD_2026",
    "value_of_knowing": 30.0, "stands": [{"part": "sites", "decision": "opening", "item": "north", "site": "north", "when": "2026", "amount": 1}],
    "moved": [{"decision": "12 MW of grid", "to": "2028"}, {"decision": "a hall", "to": None}], "sentence": "It costs $50M.",
    **{name: {"name": name, "status": "optimal", "objective": 100.0 + cost, "bound": 100.0, "cost": cost, "capital_first_build_musd": 300.0,
              "targets_met_from": "2028", "missed": []}
       for name, cost in (("planned", 0.0), ("known_in_advance", 20.0), ("known_at_the_date", 50.0))},
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny run with both results beside it, and its page."""
    copy = tmp_path_factory.mktemp("kept") / "run"
    shutil.copytree(tiny_run, copy)
    assert keep(copy, FOUND) == copy / "reference.json"
    (copy / "slip.json").write_text(json.dumps(SLIP))
    write(copy)
    return copy


def test_the_dearest_and_the_cheapest_rule_and_what_cannot_be_had_are_told_first(asked: Path, tiny_run: Path) -> None:
    told = ["without Acme costs $60M more", "current generation only costs nothing more", "rent it all cannot be had"]
    assert telling(RunFolder(asked)) == told and telling(RunFolder(tiny_run)) == []
    assert [row.pieces for row in limits(RunFolder(asked)) if row.label == "Compared"] == [tuple(told)]
    assert "Compared" not in {row.label for row in limits(RunFolder(tiny_run))}


def test_a_cost_that_the_gaps_leave_open_is_not_proven(asked: Path) -> None:
    """The grid costs 0.4 more, and both plans together may differ by 0.7 unproven."""
    section = reference.section(RunFolder(asked))
    (chart,) = section.charts
    assert chart.traces[0]["y"] == ["without Acme", "grid only", "current generation only"]
    assert chart.traces[0]["marker"]["color"] == [reference.PROVEN, reference.NOT_PROVEN, reference.NOT_PROVEN]
    assert chart.title == "Without Acme costs most, $60M more than the best plan; current generation only costs $0"
    rows = {row[0]: row for row in section.tables[0].rows}
    assert (rows["grid only"][3:5], rows["without Acme"][3:5], rows["North only"][3]) == (("$400K", "no"), ("$60M", "yes"), "the same")
    assert rows["rent it all"][-1] == "No plan keeps target 1." and "No plan keeps: rent it all." in section.text


def test_a_stopped_result_does_not_replace_a_complete_one(tmp_path: Path) -> None:
    stopped = References("least_cost", 2026, "fp8 peak", (plan(BEST, 0.0, status=Status.STOPPED),), 1.0, {})
    assert keep(tmp_path, stopped) is not None
    assert keep(tmp_path, FOUND) is not None
    assert keep(tmp_path, stopped) is None
    assert json.loads((tmp_path / "reference.json").read_text()) == json.loads(json.dumps(as_json(FOUND)))


def test_the_page_says_what_a_delay_costs_known_and_not(asked: Path, tiny_run: Path) -> None:
    section = slip.section(RunFolder(asked))
    (chart,) = section.charts
    assert (chart.title, chart.traces[0]["x"]) == ("It costs $50M", [20.0, 50.0])
    assert "12 MW of grid is taken up in 2028." in section.text and "Not deliverable within the horizon: a hall." in section.text
    plans, stands = (table.rows for table in section.tables)
    assert [row[3] for row in plans] == ["", "$20M", "$50M"] and stands == [("sites, opening", "North", 1, "North", "2026")]
    page = (asked / "report.html").read_text(encoding="utf-8")
    assert slip.TITLE in page and reference.TITLE in page
    assert slip.TITLE not in (tiny_run / "report.html").read_text(encoding="utf-8")


def test_plans_that_cannot_be_compared_have_no_bars(tiny_run: Path) -> None:
    assert slip.chart({**SLIP, "value_of_knowing": None}) is None


def test_the_audit_says_that_it_does_not_read_them(asked: Path) -> None:
    assert {line.partition(":")[0] for line in audit(asked).not_checked} >= {"reference.json", "slip.json"}
