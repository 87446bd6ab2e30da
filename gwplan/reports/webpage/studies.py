"""`report.html` of a study: a sweep, frontier, sample or stress test as one page that needs no network."""

from __future__ import annotations

import os
from pathlib import Path

from gwplan.reports.webpage import frontier_page, sample_page, stress_page, sweep_page
from gwplan.reports.webpage.study_page import Material, Page, render

__all__ = ["NAME", "Material", "page", "write"]
NAME = "report.html"
PAGES = {"sweep": sweep_page.page, "frontier": frontier_page.page, "sample": sample_page.page, "stress": stress_page.page}
"""What draws the page of each kind of study."""


def page(material: Material) -> Page:
    """What stands on the page of a study."""
    return PAGES[str(material.facts["kind"])](material)


def write(folder: Path, material: Material) -> Path:
    """Write the page of a study into its folder; gives its path."""
    return put(folder / NAME, render(page(material)))


def put(target: Path, text: str) -> Path:
    """Write a page whole or not at all; gives its path."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target
