"""Sections to one HTML file: styles, script, charts and Plotly itself are inside; nothing is fetched."""

from __future__ import annotations

import errno
from pathlib import Path

from gwplan.common.whole_files import write_whole
from gwplan.reports.formatting import plain
from gwplan.reports.webpage.escaping import environment, figures_json
from gwplan.reports.webpage.page import Page, Section

HERE = Path(__file__).parent


def numbered(sections: list[Section], first: int = 0) -> dict[str, list[int]]:
    """Number of each chart of each section, by key; `first` is how many charts stand before them."""
    found, next_one = {}, first
    for section in sections:
        found[section.key] = list(range(next_one, next_one + len(section.charts)))
        next_one += len(section.charts)
    return found


def render(page: Page) -> str:
    """The HTML of a page: style, script, charts and Plotly are inside."""
    from plotly.offline import get_plotlyjs

    templates = environment()
    templates.filters["plain"] = plain
    before = [] if page.lead is None else [page.lead]
    figures = [*before, *(chart for section in page.sections for chart in section.charts)]
    return templates.get_template("page.html.j2").render(
        page=page, title=page.title, sections=page.sections, numbers=numbered(page.sections, len(before)),
        style=(HERE / "style.css").read_text(encoding="utf-8"), script=f"{script('charts.js')}\n{script('page.js')}",
        plotly=get_plotlyjs(),
        data=figures_json(figures),
    )


def script(name: str) -> str:
    """A script of the pages: `charts.js` draws figures, `page.js` is the rest."""
    return (HERE / name).read_text(encoding="utf-8")


def put(target: Path, text: str) -> Path:
    """Write a page; gives its path. OSError if its folder is not there or it cannot be written."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(target.parent))
    return write_whole(target, text.encode())
