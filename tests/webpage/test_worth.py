"""The section of a run's page on the worth of limits, from a result by hand beside the run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.webpage import write
from gwplan.reports.webpage.run import worth
from gwplan.results.run_folder import RunFolder
from tests.pages import opened, overflow


def limit(name: str, unit: str, value: float, step: float, words: str = "", **other: Any) -> dict[str, Any]:
    """A limit as `worth.json` has it."""
    row = {"limit": name, "base": f"{value:g} {unit}", "value": value, "unit": unit, "step": words or f"{step:+g} {unit}", "step_size": step,
           "worth": None, "proven": None, "confirmed_cold": False, "local": None, "rows": [{"row": "some.csv:2", "name": name}],
           "rules": [], "status": "optimal", "note": ""}  # fmt: skip
    return {**row, **other}


FOUND = {
    "exit_code": 0, "run": "runs/x", "unit": "MUSD_2026", "unproven": 40.0, "solves": 4, "seconds": 1.0, "seconds_of_the_run": 1.0,
    "left_out": ["sites.north.water_limit"], "rules_without_a_number": [], "stopped": False,
    "limits": [
        limit("budget.capital.cap", "MUSD_2026", 5000.0, 100.0, worth=82.0, proven=[65.0, 96.0], confirmed_cold=True,
              local={"per_unit": 0.9, "unit": "MUSD_2026", "between": [4000.0, None]}),
        limit("power.grid@north.most", "MW", 6.0, 0.5, worth=20.0, proven=[0.0, None],
              local={"per_unit": 60.0, "unit": "MW", "between": [6.0, 6.0]}),
        limit("model.target.1.by", "date", 24.0, 3.0, base="2028", words="3 months later", note="outside the horizon"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny run with a result of `gwplan worth` beside it, and its page."""
    copy = tmp_path_factory.mktemp("worth") / "run"
    shutil.copytree(tiny_run, copy)
    (copy / "worth.json").write_text(json.dumps(FOUND))
    write(copy)
    return copy


def test_bars_are_worths_with_what_is_proven_and_marks_are_slope_times_step(asked: Path) -> None:
    (chart,) = worth.section(RunFolder(asked)).charts
    bars, marks = chart.traces
    assert bars["x"] == [82.0, 20.0], "a limit without a plan has no bar"
    assert bars["error_x"]["arrayminus"] == pytest.approx([82 - 65, 20])
    assert bars["error_x"]["array"] == pytest.approx([96 - 82, 0]), "no end above is known of the second"
    assert marks["x"] == pytest.approx([0.9 * 100, 60 * 0.5])
    first, second = bars["marker"]["color"]
    assert first != second == worth.NOT_PROVEN
    assert chart.title == "Capital: cap, +$100M, is worth most: $82M; at least $65M is proven"
    assert chart.layout["tall"] >= 2 * 40


def test_the_table_says_it_in_words(asked: Path) -> None:
    section = worth.section(RunFolder(asked))
    rows = section.tables[0].rows
    assert rows[0] == ("Capital: cap", "$5B", "+$100M", "$82M", "$65M to $96M", "$0.9 per $1", "from 4,000 up", "yes", "some.csv:2", "")
    assert rows[1][0].endswith(": most") and " at North" in rows[1][0]
    assert rows[1][2:8] == ("+0.5 MW", "$20M", "$0 or more", "$60M per MW", "at this value alone", "no")
    assert rows[2] == ("Target 1: by", "2028", "3 months later", "", "", "", "", "", "some.csv:2", "outside the horizon")
    assert "Not solved: North: water limit." in section.text and "$40M" in section.text


def test_a_run_that_nobody_asked_has_no_section(tiny_run: Path) -> None:
    section = worth.section(RunFolder(tiny_run))
    assert not section.charts and not section.tables and not section.text


def test_steps_without_a_gain_are_said(tiny_run: Path) -> None:
    rows = [limit("power.grid@north.most", "MW", 6.0, 0.5, worth=0.0, proven=[0.0, 4.0])]
    chart = worth.chart(RunFolder(tiny_run), {**FOUND, "limits": rows})
    assert chart is not None and chart.title == "No step of a limit makes the plan better" and len(chart.traces) == 1
    assert worth.chart(RunFolder(tiny_run), {**FOUND, "limits": []}) is None


def test_it_opens_on_a_desk_and_a_telephone(asked: Path, browser: Any) -> None:
    tab, wrong = opened(browser, asked / "report.html", 390)
    assert max(overflow(tab, width) for width in (390, 1280)) <= 0 and wrong == []
    assert "is worth most: $82M" in tab.text_content("#worth")
    tab.close()
