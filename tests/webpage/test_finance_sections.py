"""The sections of finance: charts that sum to the plan's own figures, and a page without errors or overflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.formatting import money_unit
from gwplan.reports.webpage import write
from gwplan.reports.webpage.run import charts_finance
from gwplan.reports.webpage.run.sections import of
from gwplan.results.run_folder import RunFolder
from tests.financed import solved, summary_of
from tests.pages import opened, overflow

KEYS = ["sources", "cash", "debt", "levelised"]


@pytest.fixture(scope="module")
def run() -> RunFolder:
    return RunFolder(solved())


def test_both_bars_are_as_high(run: RunFolder) -> None:
    chart = charts_finance.sources_and_uses(run)
    assert chart is not None
    heights = {side: sum(trace["y"][0] for trace in chart.traces if trace["x"] == [side]) for side in ("sources", "uses")}
    assert heights["sources"] == pytest.approx(heights["uses"])
    assert {side: sum(row[3] for row in chart.rows if row[0] == side) for side in heights} == pytest.approx({"sources": 100, "uses": 100})
    assert "nominal" in chart.title


def test_small_pieces_stand_together() -> None:
    assert charts_finance.with_rest([("a", 98.0), ("b", 1.5), ("c", 0.5)], 100) == [("a", 98.0), ("other", 2.0)]
    assert charts_finance.with_rest([("a", 98.0), ("b", 2.0)], 100) == [("a", 98.0), ("b", 2.0)]


def test_what_comes_in_in_a_year_goes_out_or_is_kept(run: RunFolder) -> None:
    chart = charts_finance.cash(run)
    assert chart is not None
    for values in zip(*(trace["y"] for trace in chart.traces), strict=True):
        assert sum(values) == pytest.approx(0, abs=1e-6)
    dividends = next(trace for trace in chart.traces if trace["name"] == "dividends")
    _, size = money_unit(run)
    assert -sum(dividends["y"]) * size == pytest.approx(run.summary["dividends_musd_nominal"])


def test_debt_is_as_high_as_the_summary_says_and_coverage_stands_over_its_lines(run: RunFolder) -> None:
    owed, cover, (_, size) = charts_finance.debt(run), charts_finance.coverage(run), money_unit(run)
    assert owed is not None and cover is not None
    assert max(map(sum, zip(*(trace["y"] for trace in owed.traces), strict=True))) * size == pytest.approx(run.summary["debt_most_musd_nominal"])
    tested, floor, lock, _ = cover.traces
    assert dict(zip(tested["x"], tested["y"], strict=True)) == run.summary["coverage_by_year"]
    assert set(floor["y"]) == {1.3} and set(lock["y"]) == {1.4}


def test_curves_end_at_what_is_paid(run: RunFolder) -> None:
    curves, shares, (_, size) = charts_finance.paid_so_far(run), charts_finance.who_goes_first(run), money_unit(run)
    assert curves is not None and shares is not None
    ends = {trace["name"]: trace["y"][-1] * size for trace in curves.traces}
    assert ends["equity paid in"] == pytest.approx(run.summary["equity_paid_in_musd_nominal"])
    assert all(trace["y"][-1] == pytest.approx(100) for trace in shares.traces)
    assert shares.layout["xaxis"]["categoryarray"] == ["2026", "2027"]


def test_the_levelised_stack_ends_at_the_whole(run: RunFolder) -> None:
    chart = charts_finance.levelised(run)
    assert chart is not None
    *parts, whole = chart.traces[0]["y"]
    assert sum(parts) == pytest.approx(whole) == pytest.approx(run.summary["levelised_usd_per_h100e_hour"])


def test_sections_stand_on_the_page_of_a_financed_plan_alone(run: RunFolder, tiny_run: Path) -> None:
    assert [section.key for section in of(run) if section.key in KEYS] == KEYS
    assert [section.key for section in of(RunFolder(tiny_run)) if section.key in KEYS] == ["levelised"]


def test_opens_without_errors_or_overflow(browser: Any, tmp_path: Path) -> None:
    page, wrong = opened(browser, write(solved(), tmp_path / "page.html"), 390)
    assert max(overflow(page, width) for width in (390, 1280)) <= 0
    assert wrong == []
    assert "that of finance is nominal" in page.text_content("footer")
    figures = page.eval_on_selector_all("#cash > .wide tbody tr", "all => all.map(row => row.textContent)")
    assert any(f"{summary_of(solved())['irr']:.1%} nominal" in text for text in figures)
    page.close()
