"""The page of a run in headless Chromium: nothing fetched, figures of the summary, the search, the charts, the theme."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.webpage import write
from tests.pages import opened, overflow

NARROW, WIDE = 390, 1280


@pytest.fixture(scope="module", params=["tiny", "one_gigawatt"])
def run(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(f"{request.param}_run")
    return folder


@pytest.fixture(scope="module")
def opening(run: Path, browser: Any) -> Iterator[tuple[Any, list[str], list[float]]]:
    """The page of the run, what went wrong on it, and how far it overflows a telephone, where it is opened, and then a desk."""
    found, wrong = opened(browser, run / "report.html", NARROW)
    yield found, wrong, [overflow(found, width) for width in (NARROW, WIDE)]
    found.close()
    assert wrong == []


@pytest.fixture(scope="module")
def page(opening: tuple[Any, list[str], list[float]]) -> Any:
    """The page of the run, at the width of a desk; tests leave it as they found it."""
    return opening[0]


def test_opens_without_errors_requests_or_overflow(opening: tuple[Any, list[str], list[float]]) -> None:
    _, wrong, overflows = opening
    assert wrong == []
    assert max(overflows) <= 0


def test_figures_are_those_of_the_summary(run: Path, page: Any) -> None:
    summary = json.loads((run / "summary.json").read_text())
    cards = page.eval_on_selector_all("[data-figure]", "all => all.map(one => [one.dataset.figure, one.dataset.value])")
    assert len(cards) == 6
    for key, shown in cards:
        value = max(summary[key]) if isinstance(summary[key], list) else summary[key]
        assert shown == value if isinstance(value, str) else float(shown) == value


def test_every_chart_has_data_and_its_table_holds_the_same(run: Path, page: Any) -> None:
    counts = page.eval_on_selector_all("[data-chart]", "all => all.map(one => one.data.map(trace => (trace.y || trace.x || trace.link.value).length))")
    assert len(counts) >= 7
    assert all(traces and min(traces) > 0 for traces in counts)
    summary = json.loads((run / "summary.json").read_text())
    first = page.evaluate("document.querySelector('[data-chart]').data[0].y")
    assert first == pytest.approx(summary["it_mw"])
    rows = page.eval_on_selector_all("figure:first-of-type details", "all => all[0].querySelectorAll('tbody tr').length")
    assert rows == len(summary["periods"])


def test_periods_are_names_and_the_target_is_drawn(page: Any) -> None:
    assert page.evaluate("document.querySelector('[data-chart]').layout.xaxis.type") == "category"
    names = page.evaluate("document.querySelector('[data-chart]').data.map(trace => trace.name)")
    assert names == ["IT", "at the meter", "target, IT"]


def test_a_page_without_a_failed_check_has_no_alarm(page: Any) -> None:
    assert page.query_selector("header [role=alert]") is None


def test_a_failed_check_is_said_at_the_top(tiny_run: Path, browser: Any, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(tiny_run, copy)
    audit = json.loads((copy / "audit.json").read_text())
    assert audit["ok"]
    (copy / "audit.json").write_text(json.dumps({**audit, "ok": False}))
    alarmed, _ = opened(browser, write(copy))
    assert "do not use its figures" in alarmed.text_content("header [role=alert]")
    alarmed.close()


def test_search_filters_the_assumptions(page: Any) -> None:
    shown = "document.querySelectorAll('#assumptions tbody tr:not([hidden])').length"
    every = page.evaluate(shown)
    page.fill("[data-search]", "halls. price")
    some = page.evaluate(shown)
    texts = page.eval_on_selector_all("#assumptions tbody tr:not([hidden])", "all => all.map(one => one.textContent.toLowerCase())")
    assert 0 < some < every
    assert all("halls." in text and "price" in text for text in texts)
    assert page.text_content("[data-count]") == f"{some:,} of {every:,} rows"
    page.fill("[data-search]", "")
    assert page.evaluate(shown) == every


def test_the_button_changes_light_and_dark(page: Any) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(paper)
    page.click("[data-theme-button]")
    assert page.evaluate(paper) != before
    page.click("[data-theme-button]")
    assert page.evaluate(paper) == before


def test_a_title_is_a_text_whatever_it_holds(tiny_run: Path, browser: Any, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(tiny_run, copy)
    summary = json.loads((copy / "summary.json").read_text())
    title = "<script>document.title='taken'</script></script><b>"
    (copy / "summary.json").write_text(json.dumps({**summary, "title": title}))
    label = "<img src=x onerror=alert(1)>"
    (copy / "inputs" / "labels.csv").write_text("item,label\n" + "".join(f"{site},{label}\n" for site in summary["sites"]))
    page, wrong = opened(browser, write(copy))
    assert page.text_content("h1") == title
    assert page.title() == title
    assert label in page.text_content("#schedule"), "a display name is a text too, in charts and in tables"
    assert wrong == []
    page.close()


def test_paid_to_date_ends_at_the_capital_of_the_summary_beside_its_cap(tiny_run: Path) -> None:
    from gwplan.reports.formatting import money_unit
    from gwplan.reports.webpage.run import charts_money
    from gwplan.results.run_folder import RunFolder

    run = RunFolder(tiny_run)
    chart = charts_money.paid(run)
    assert chart is not None
    _, size = money_unit(run)
    assert chart.traces[0]["y"][-1] == pytest.approx(run.summary["capital_musd"] / size)
    cap = next(float(row["base"]) for row in run.inputs("budget").to_dict("records") if row["quantity"] == "cap" and not row["when"])
    assert set(chart.traces[1]["y"]) == {cap / size}


def test_compute_of_the_generations_sums_to_the_plans(tiny_run: Path) -> None:
    from gwplan.reports.webpage.run import charts_fleet
    from gwplan.results.run_folder import RunFolder

    run = RunFolder(tiny_run)
    traces = charts_fleet.compute(run).traces
    assert [sum(values) for values in zip(*(trace["y"] for trace in traces), strict=True)] == pytest.approx(run.summary["compute_kh100e"])


def test_limits_by_period_are_those_without_slack(tiny_run: Path) -> None:
    from gwplan.reports.webpage.run import charts_power
    from gwplan.results.run_folder import RunFolder

    run = RunFolder(tiny_run)
    chart = charts_power.binds(run)
    assert chart is not None
    slack = {(row["rule"], row["index"]): row["slack"] for row in run.table("limits").to_dict("records")}
    room = run.table("account.hall_room").groupby("period")["value"].sum()
    seen = set()
    for rule, period, at, *_ in chart.rows:
        seen.add(rule)
        if rule == "halls.are_full":  # the page's own row: open halls hold all that they can
            assert room[period] - run.summary["it_mw"][run.number_of[period]] < 1e-3
            continue
        places = at.split(", ") if at else []
        indices = {",".join([*places, period]), ",".join(places)}  # of a period, or of a year or of all periods
        found = [value for (name, index), value in slack.items() if name == rule and index in indices]
        assert found and abs(found[0]) < 1e-3
    assert len(seen) > 1


def test_prints_on_white_even_from_dark(page: Any) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="null", media="null")
