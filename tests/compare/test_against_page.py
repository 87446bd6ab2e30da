"""A run that is started from another one holds the page of their comparison."""

from __future__ import annotations

from pathlib import Path

from gwplan.analysis.compare.against import solve_against
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.support import TINY


def test_solve_against_writes_the_page_of_the_comparison(tmp_path: Path) -> None:
    base = solve(Request(TINY, runs=tmp_path, pages=None)).run
    assert base is not None
    with_page, changed = solve_against(Request(TINY, runs=tmp_path, sets=("halls.hall.price=*1.1",)), base)
    without, _ = solve_against(Request(TINY, runs=tmp_path, sets=("halls.hall.price=*1.2",), pages=None), base)
    assert with_page.run is not None and without.run is not None and changed is not None
    page = (with_page.run / "comparison.html").read_text(encoding="utf-8")
    assert base.name in page
    assert changed.waterfall is not None
    assert f"{abs(changed.waterfall.difference):,.1f}" in page or f"{abs(changed.waterfall.difference):,.0f}" in page
    assert not (without.run / "comparison.html").exists()
