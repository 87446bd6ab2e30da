"""`report.html`: a run as one page that needs no network, for a board or a lender."""

from __future__ import annotations

from pathlib import Path

from gwplan.reports.formatting import PAGE
from gwplan.reports.webpage.render import put, render
from gwplan.results.run_folder import RunFolder

__all__ = ["write"]


def write(run: Path, target: Path | None = None) -> Path:
    """Write the page of a run folder, by default into it; gives its path. InputFaults where the folder is none."""
    from gwplan.reports.webpage.run import page, sections

    found = RunFolder(run)
    target = run / PAGE if target is None else target
    text = render(page.page(found, sections.of(found)))
    return put(target, text)
