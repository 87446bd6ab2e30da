"""The first screen of each shipped model, solved coarsely, at 80 x 24 and at 120 x 40; before a release."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from gwplan.commands.plain_console import Plain
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.terminal import first_screen
from gwplan.results.run_folder import RunFolder
from tests.support import ROOT

pytestmark = pytest.mark.long
MODELS = sorted((ROOT / "models").glob("*.toml"))
ALWAYS = {"When", "MW", "Where", "What", "Power", "Cost", "Delayed by", "Unconstrained", "Grades", "Checked", "Saved", "More", "Try"}
OF_SYSTEMS = {"When", "MW", "What", "Delayed by"}
"""Rows of plans with systems; those of power alone say in the first line from when on their load is served."""


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_the_whole_answer_is_on_the_first_screen(model: Path, tmp_path: Path) -> None:
    run = solve(Request(model, sets=("model.horizon.step=year",), gap=0.05, time_limit="2 min", runs=tmp_path)).run
    assert run is not None
    there = ALWAYS if "halls" in RunFolder(run).manifest["definition"]["parts"] else ALWAYS - OF_SYSTEMS
    for columns, rows in ((80, 24), (120, 40)):
        stream = io.StringIO()
        first_screen.show(RunFolder(run), Plain(file=stream, width=columns, highlight=False))
        lines = stream.getvalue().splitlines()
        print("\n".join(lines))
        assert sum(-(-len(line) // columns) for line in lines) < min(rows, 24 + 1), "the prompt takes one line"
        assert max(len(line) for line in lines if not line.startswith("Saved")) <= columns
        assert {line[:15].split("  ")[0].strip() for line in lines} >= there
