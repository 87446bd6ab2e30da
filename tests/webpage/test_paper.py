"""The page of a run on paper: few pages of A4, without what only a screen can use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.pages import opened

MOST = 12
POINTS_A_MM = 72 / 25.4
A4 = (210, 297)
PAGE = re.compile(rb"/Type\s*/Page\b")
SIZE = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")


@pytest.fixture(scope="module", params=["tiny_run", "one_gigawatt_run"])
def printed(request: pytest.FixtureRequest, browser: Any) -> tuple[Any, bytes]:
    """A page, and what its print is as PDF."""
    run: Path = request.getfixturevalue(request.param)
    page, wrong = opened(browser, run / "report.html")
    assert not wrong
    return page, page.pdf(prefer_css_page_size=True)


def test_prints_on_few_pages_of_a4(printed: tuple[Any, bytes]) -> None:
    _, content = printed
    assert 1 <= len(PAGE.findall(content)) <= MOST
    sizes = {tuple(round(float(each) / POINTS_A_MM) for each in size) for size in SIZE.findall(content)}
    assert sizes == {A4}


def test_paper_has_no_controls_and_no_cut_charts(printed: tuple[Any, bytes]) -> None:
    page, _ = printed
    page.emulate_media(media="print")
    shown = "[...document.querySelectorAll('nav, .search, details, .screen')].filter(one => one.offsetParent !== null).length"
    assert page.evaluate(shown) == 0
    rows = page.evaluate("document.querySelectorAll('[data-searchable] tbody tr').length")
    assert page.evaluate("document.querySelector('.paper').innerText").startswith(f"{rows:,} rows")
    kept = "[...document.querySelectorAll('figure, .wide, section > p')].every(one => getComputedStyle(one).breakInside === 'avoid')"
    assert page.evaluate(kept)
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert page.eval_on_selector("main p", size) >= 11 and page.eval_on_selector("td", size) >= 10
    page.emulate_media(media="null")
