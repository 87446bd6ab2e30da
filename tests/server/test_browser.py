"""The page in Chromium, with the keyboard alone: nothing goes wrong on any screen, and each screen does what it is for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.headline import headline
from gwplan.results.run_folder import RunFolder
from gwplan.server.desk import Desk, served
from gwplan.server.start import address, listening, server_of
from tests.pages import overflow
from tests.support import TINY

SCREENS = ("plan", "compare", "numbers", "money", "risk", "share")
PRICE = "[data-control='halls.hall.price']"
DRAWN = """[...document.querySelectorAll('[data-figure]')].every(one => {
  const { top, bottom } = one.getBoundingClientRect();
  return one.querySelector('.main-svg') || bottom < 0 || top > innerHeight;
})"""
"""True once all charts on the screen are drawn; those below are drawn as they come near."""


def until(page: Any, true: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for something on a page; its policy does not let Playwright wait inside it."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, page.inner_text("body")[:2000]
        page.wait_for_timeout(30)


def shows(page: Any, text: str) -> None:
    """Wait until the plan says so, with its charts drawn."""
    until(page, lambda: text in page.inner_text("#headline") and page.get_attribute("#status", "data-state") == "ready" and bool(page.evaluate(DRAWN)))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the tiny case."""
    desk = Desk.of_model(served(TINY, (), (), tmp_path_factory.mktemp("runs")))
    with listening(0) as heard:
        server = server_of(desk, heard, "token")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [heard]})
        desk.solver.start()
        thread.start()
        yield address(heard, "token")
        server.should_exit = True
        thread.join()
        desk.solver.end()


@pytest.fixture(scope="module")
def context(browser: Any) -> Iterator[Any]:
    """One browser: Plotly is fetched once."""
    found = browser.new_context(viewport={"width": 1280, "height": 900})
    yield found
    found.close()


@pytest.fixture
def page(site: str, context: Any) -> Iterator[Any]:
    """A new tab, on which nothing may go wrong."""
    found, wrong = context.new_page(), []
    found.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning", "trace") else None)
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((site.split("?")[0], "data:", "blob:")) else None)
    found.goto(site)
    until(found, lambda: found.query_selector("#headline") is not None)
    yield found
    found.close()
    assert wrong == []


def test_each_screen_opens_without_errors_and_fits(page: Any) -> None:
    for name in [link.get_attribute("href").rpartition("/")[2] for link in page.query_selector_all("nav a")]:
        page.goto(f"{page.url.rpartition('/')[0]}/{name}")
        until(page, lambda: bool(page.evaluate(DRAWN)))
        for width in (390, 1280):
            until(page, lambda width=width: overflow(page, width) <= 0)  # type: ignore[misc]


def test_a_slider_moved_by_keys_shows_the_figure_of_the_terminal(page: Any, tiny_run: Path) -> None:
    assert page.inner_text("#headline") == headline(RunFolder(tiny_run))
    while page.evaluate("document.activeElement.dataset.control || ''") != "halls.hall.price":
        page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("End")
    # By hand: ten megawatts of halls at 15 in place of 10 cost 50 more than the 290 of the tutorial.
    shows(page, "$340M")
    assert "+$50M" in page.inner_text(".difference")
    assert page.inner_text(".control:has([data-control='halls.hall.price']) output") == "$15M per MW"
    page.reload()
    assert "$340M" in page.inner_text("#headline") and page.input_value(PRICE) == "20"


@pytest.mark.slow
def test_the_last_of_fifty_quick_moves_is_shown(page: Any) -> None:
    page.focus(PRICE)
    for key in ["ArrowLeft", "ArrowRight"] * 23 + ["ArrowRight"] * 4:
        page.keyboard.press(key)
    # By hand: four steps of half a million above 10, for ten megawatts: 20 more.
    shows(page, "$310M")
    assert page.inner_text(".control:has([data-control='halls.hall.price']) output") == "$12M per MW"


@pytest.mark.slow
def test_tabs_of_their_own_and_of_the_same_address(page: Any, site: str) -> None:
    other, same = page.context.new_page(), page.context.new_page()
    other.goto(site)
    same.goto(page.url)
    page.focus(PRICE)
    page.keyboard.press("Home")
    for each in (page, same):
        shows(each, "$240M")
    assert "$290M" in other.inner_text("#headline")
    other.close()
    same.close()


@pytest.mark.slow
def test_a_wrong_cell_shows_its_fault_and_a_right_one_is_solved(page: Any) -> None:
    page.goto(page.url.replace("/plan", "/numbers"))
    page.fill("input[type=search]", "halls price")
    until(page, lambda: page.inner_text("#count").startswith("1 of") or "price" in page.inner_text("tbody"))
    page.wait_for_timeout(300)
    cell = "[data-check='halls.hall.price']"
    page.fill(cell, "12 MW")
    until(page, lambda: "MW" in page.inner_text(".fault:not(:empty)") if page.query_selector(".fault:not(:empty)") else False)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.get_attribute("#status", "data-state") == "ready" and page.input_value(cell) == "12 MW"
    page.fill(cell, "12")
    page.keyboard.press("Enter")
    until(page, lambda: page.query_selector("tr.changed") is not None and "was 10" in page.inner_text("tr.changed"))
    page.goto(page.url.replace("/numbers", "/plan"))
    shows(page, "$310M")


@pytest.mark.slow
def test_pin_and_compare(page: Any) -> None:
    base = page.url.rpartition("/")[0]
    page.focus(PRICE)
    page.keyboard.press("End")
    shows(page, "$340M")
    page.goto(f"{base}/compare")
    page.fill("input[name=name]", "dear")
    page.keyboard.press("Enter")
    until(page, lambda: page.query_selector(".pins") is not None)
    page.select_option("#to", "pin dear")
    page.wait_for_timeout(500)
    until(page, lambda: bool(page.evaluate(DRAWN)))
    assert "$340M" in page.inner_text("#compare table") and page.query_selector("[data-figure] .main-svg")
    assert "All halls: price: $15M per MW" in page.inner_text(".pins")


@pytest.mark.slow
def test_no_plan_and_the_button_that_is_enough(page: Any) -> None:
    page.goto(page.url.replace("/plan", "/numbers"))
    page.fill("input[type=search]", "budget capital cap")
    until(page, lambda: not page.inner_text("#count").startswith("131"))
    page.fill("[data-check='budget.capital.cap']", "0.2")
    page.keyboard.press("Enter")
    until(page, lambda: page.query_selector(".remedies button") is not None)
    page.focus("#remedy_1")
    page.keyboard.press("Enter")
    until(page, lambda: page.query_selector(".remedies") is None and page.get_attribute("#status", "data-state") == "ready")
