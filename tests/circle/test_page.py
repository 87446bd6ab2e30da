"""The circle on pages: each chart with the table behind it, and nothing of it where there is no finance."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from gwplan.analysis.circular_financing.circle import Circle, circle
from gwplan.analysis.circular_financing.counterfactual import compare_without
from gwplan.reports import webpage
from gwplan.reports.webpage.circular_financing import charts
from gwplan.reports.webpage.circular_financing.page import write_circle
from gwplan.reports.webpage.run import sections
from gwplan.results.run_folder import RunFolder
from tests.circle.hand_made import write_run
from tests.pages import opened, overflow


def test_each_investor_stands_on_both_sides_and_no_link_goes_back(found: Circle) -> None:
    chart = charts.sankey(found)
    assert chart is not None
    links: dict[tuple[str, str], float] = defaultdict(float)
    for payer, payee, _, amount in chart.rows:
        links[payer, payee] += amount
    assert links["nvidia, as investor", "planner"] == pytest.approx(7.7)
    assert links["planner", "nvidia, as supplier"] == pytest.approx(10.65 + 0.077), "racks, and what is paid out on its claim"
    assert links["microsoft, as supplier", "nvidia, as supplier"] == pytest.approx(4.55)
    assert not {one for one, _ in links} & {two for _, two in links} - {"planner", "microsoft, as supplier"}
    came, went = (sum(value for pair, value in links.items() if pair[end] == "planner") for end in (1, 0))
    assert came == pytest.approx(went), "what is left is cash kept"


def test_what_is_drawn_keeps_every_amount(found: Circle) -> None:
    """A step beside those who pass money on takes in what it gives out; only the planner's cash has two sides."""
    chart = charts.sankey(found)
    assert chart is not None
    node, link = chart.traces[0]["node"], chart.traces[0]["link"]
    came, went = [0.0] * len(node["label"]), [0.0] * len(node["label"])
    for one, two, value in zip(link["source"], link["target"], link["value"], strict=True):
        went[one] += value
        came[two] += value
    steps = [number for number, label in enumerate(node["label"]) if not label]
    assert len(steps) > 3
    assert [came[n] for n in steps] == pytest.approx([went[n] for n in steps])
    planner = node["label"].index("planner")
    assert came[planner] == pytest.approx(went[planner])


def test_curves_end_at_what_is_paid_in_and_bought(found: Circle) -> None:
    chart = charts.curves(found)
    assert chart is not None
    assert {trace["name"]: trace["y"][-1] for trace in chart.traces} == {
        "nvidia, pays in": pytest.approx(7.7), "nvidia, bought of it": pytest.approx(15.2),
        "microsoft, pays in": pytest.approx(4), "microsoft, bought of it": pytest.approx(13),
    }  # fmt: skip


def test_commitments_and_the_wall(found: Circle) -> None:
    against, wall = charts.commitments(found), charts.wall(found)
    assert against is not None and wall is not None
    assert against.rows[0] == ("azure_compute", 2027, 2.0, 1.5, 0.5, 2.0)
    heights = [sum(trace["y"][n] for trace in wall.traces if trace["type"] == "bar") for n in range(2)]
    assert heights == pytest.approx([2.0, 12.80285])
    assert [row[0] for row in wall.rows] == [2027, 2028]


def test_sections_are_there_with_finance_and_absent_without(folder: Path, folder_without: Path) -> None:
    keys = [section.key for section in sections.of(RunFolder(folder))]
    assert {"circle", "obligations"} <= set(keys)
    assert "obligations" in (without := [section.key for section in sections.of(RunFolder(folder_without))])
    assert "circle" not in without
    (folder / "tables" / "finance.flow.csv").unlink()
    assert not {"circle", "obligations"} & {section.key for section in sections.of(RunFolder(folder))}


def test_pages_open_without_errors_or_overflow(folder: Path, folder_without: Path, tmp_path: Path, browser: Any) -> None:
    found = circle(RunFolder(folder))
    compared = compare_without(found.run, RunFolder(folder_without))
    for path in (write_circle(found, tmp_path / "circle.html", compared), webpage.write(folder)):
        page, wrong = opened(browser, path, 390)
        assert max(overflow(page, width) for width in (390, 1280)) <= 0
        assert wrong == []
        assert page.evaluate("document.querySelectorAll('#circle [data-chart] .sankey-node').length") > 8
        page.close()


def test_a_name_is_a_text_whatever_it_holds(tmp_path: Path, browser: Any) -> None:
    from tests.circle.hand_made import CONTRACTS, FLOWS

    name = "<b>nvidia</b>"
    flows = {(line, item, party.replace("nvidia", name)): values for (line, item, party), values in FLOWS.items()}
    rows = [row.replace(",nvidia,,label", f",{name},,label") for row in CONTRACTS]
    found = circle(RunFolder(write_run(tmp_path / "run", flows, contracts=rows)))
    page, wrong = opened(browser, write_circle(found, tmp_path / "circle.html"))
    assert wrong == []
    assert page.text_content("#circle table tbody td") is not None
    texts = page.evaluate("[...document.querySelectorAll('[data-chart] text')].map((text) => text.textContent)")
    assert any(name in text for text in texts), "a chart shows the name as it is written"
    assert not page.evaluate("document.querySelectorAll('[data-chart] a, [data-chart] tspan[style*=bold]').length")
    page.close()
