"""The chart of a study of alternatives, from ranges by hand, and its page in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.webpage.escaping import BREAK
from gwplan.reports.webpage.studies import alternatives_chart as drawing
from gwplan.reports.webpage.studies import write
from tests.pages import opened, overflow

LITTLE = 0.1


def row(kind: str, name: str, best: float, ends: tuple[float, float], proven: tuple[float, float], verdict: str) -> dict[str, Any]:
    """A range in MW; proven: what no plan goes below and above."""
    return {"kind": kind, "name": name, "best": best, "least": ends[0], "most": ends[1], "no_less": proven[0], "no_more": proven[1],
            "little": LITTLE, "verdict": verdict}  # fmt: skip


ROWS = [
    row("site", "north", 10, (8, 10), (8, 10), "must have"),
    row("site", "west", 0, (0, 2), (0, 2), "free choice"),
    row("site", "south", 0, (0, 0), (0, 0), "not within the slack"),
    row("vendor", "same", 10, (10, 10), (9, 10), "must have"),
    row("generation", "same", 6, (0, 6), (0, 8), "can avoid"),
    row("supply", "a supply with a very long name", 3, (3, 3), (0, float("inf")), "not settled"),
    row("supply", "unknown", 0, (0, 0), (0, float("inf")), "not settled"),
]


@pytest.fixture
def chart() -> Any:
    found = drawing.chart(ROWS, 0.02, str.title)
    assert found is not None
    return found


def test_bars_go_from_least_to_most_by_verdict(chart: Any) -> None:
    bars = {trace["name"]: trace for trace in chart.traces if trace["type"] == "bar"}
    assert list(bars) == ["must have", "can avoid", "free choice", "not settled"]
    assert (bars["must have"]["base"], bars["must have"]["x"]) == ([8, 10], [2, 0])
    assert (bars["can avoid"]["base"], bars["can avoid"]["x"]) == ([0], [6])
    assert len({trace["marker"]["color"] for trace in bars.values()}) == 4
    (best,) = [trace for trace in chart.traces if trace["name"] == "best plan"]
    assert best["x"] == [10, 0, 10, 6, 3]


def test_each_lane_has_its_own_name_below_its_kind(chart: Any) -> None:
    order = chart.layout["yaxis"]["categoryarray"]
    assert order[:4] == ["SITES", "North", "West", "VENDORS"], "South is in no plan; the most MW come first"
    assert order[4:7] == ["Same (vendor)", "GENERATIONS", "Same (generation)"]
    assert order[8].count(BREAK) == 1 and len(order) == len(set(order)) == 9


def test_what_is_not_ruled_out_is_a_thin_line(chart: Any) -> None:
    (line,) = [trace for trace in chart.traces if trace["name"] == "not ruled out"]
    assert line["x"] == [9, 10, None, 0, 8, None, 0, 3, None], "a bound that says nothing is not drawn"


def test_the_title_is_the_finding(chart: Any) -> None:
    assert chart.title == "Every plan within 2% of the best has North; Same. The choice is widest of Same: 0 to 6 MW"
    alone = drawing.chart(ROWS[3:4], 0.02, str.title)
    assert alone is not None and alone.title == "Every plan within 2% of the best has Same"
    free = drawing.chart(ROWS[1:2], 0.05, str.title)
    assert free is not None and free.title.startswith("Nothing is proven to be in every plan within 5% of the best. The choice is widest of West")
    assert drawing.chart(ROWS[2:3], 0.02, str.title) is None


def test_the_page_opens_on_a_desk_and_a_telephone(browser: Any, tmp_path: Path) -> None:
    facts = {"kind": "alternatives", "versions": {"gwplan": "0"}, "question": "0123456789", "model": "models/hand.toml", "overlays": [],
             "sets": [], "title": "By hand", "goal": "least_cost", "precision": "fp8", "dollars": "2026", "within": 0.02,
             "stopped": False}  # fmt: skip
    plans = {"plan": [0], "loss": [0.0], "loss_share": [0.0], "difference": [0.0], "site.north": [10.0]}
    ranges = {name: [each[name] for each in ROWS] for name in ROWS[0]}
    tab, wrong = opened(browser, write.write(tmp_path, facts, {"table": plans, "ranges": ranges}), 390)
    assert max(overflow(tab, width) for width in (390, 1280)) <= 0 and wrong == []
    assert "Every plan within 2% of the best has north; same" in tab.text_content("#ranges")
    tab.close()
