"""A run that is started from another one by the command holds the page of their comparison."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from gwplan.analysis.compare.against import solve_against
from gwplan.analysis.compare.comparison import compare
from gwplan.commands.cli import gwplan
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.support import TINY


def test_solve_against_writes_the_page_of_the_comparison(tmp_path: Path) -> None:
    base = solve(Request(TINY, runs=tmp_path, pages=None)).run
    assert base is not None
    words = ["solve", TINY, "--set", "halls.hall.price=*1.1", "--against", base, "--runs", tmp_path, "--json"]
    result = CliRunner().invoke(gwplan, list(map(str, words)))
    assert result.exit_code == 0, result.output
    with_page = Path(json.loads(result.stdout)["run"])
    page = (with_page / "comparison.html").read_text(encoding="utf-8")
    assert base.name in page
    changed = compare(base, with_page)
    assert changed.waterfall is not None
    assert f"{abs(changed.waterfall.difference):,.1f}" in page or f"{abs(changed.waterfall.difference):,.0f}" in page


def test_without_the_command_no_page_is_written(tmp_path: Path) -> None:
    base = solve(Request(TINY, runs=tmp_path, pages=None)).run
    assert base is not None
    without, changed = solve_against(Request(TINY, runs=tmp_path, sets=("halls.hall.price=*1.2",), pages=None), base)
    assert without.run is not None and changed is not None
    assert not list(without.run.glob("*.html"))
