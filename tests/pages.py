"""A page opened in the browser, with all that goes wrong on it."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

DRAWN = "[...document.querySelectorAll('[data-chart]')].every(one => one.querySelector('.main-svg'))"


def opened(browser: Any, path: Path, width: int = 1280) -> tuple[Any, list[str]]:
    """The page with all its charts drawn, and what was printed as wrong on it or asked for beside it."""
    page, wrong = browser.new_page(viewport={"width": width, "height": 900}), []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(("file:", "data:", "blob:")) else None)
    page.goto(path.as_uri())
    wait_until_drawn(page, wrong)
    return page, wrong


def wait_until_drawn(page: Any, wrong: list[str], seconds: float = 30) -> None:
    """Ask again and again: the page's content security policy blocks what Playwright's own waiting evaluates inside it."""
    ends = time.monotonic() + seconds
    while not page.evaluate(DRAWN):
        assert time.monotonic() < ends, f"charts are not drawn after {seconds:g} s: {wrong}"
        page.wait_for_timeout(50)


def overflow(page: Any, width: int) -> float:
    """By how many pixels a page is wider than a screen of a width, once it has been made that wide."""
    page.set_viewport_size({"width": width, "height": 900})
    return float(page.evaluate("document.documentElement.scrollWidth")) - width


def charts_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The traces of each chart of a page by its caption; the page draws them as they stand there."""
    text = path.read_text(encoding="utf-8")
    figures = json.loads(re.findall(r"(?m)^<script>const FIGURES = (.*);</script>$", text)[-1])
    captions = [unescape(each) for each in re.findall(r"<figcaption>(.*)</figcaption>", text)]
    return {caption: figure["traces"] for caption, figure in zip(captions, figures, strict=True)}
