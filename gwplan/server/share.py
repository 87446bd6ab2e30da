"""What is handed on: the page, the workbook and the overlay of the plan on the screen, and the command that gives it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gwplan.common.errors import InputFaults
from gwplan.reports import workbook
from gwplan.reports.webpage.render import render
from gwplan.reports.webpage.run import page, sections
from gwplan.server import numbers

if TYPE_CHECKING:
    from gwplan.results.run_folder import RunFolder
    from gwplan.server.desk import Desk
    from gwplan.server.session import Session

HTML, XLSX, CSV = "text/html; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"
FILES = {"report.html": HTML, "plan.xlsx": XLSX, "overlay.csv": CSV}
"""What can be downloaded, with its kind."""


def plan_of(session: Session) -> RunFolder:
    """The plan of the changes on the screen. ValueError without one."""
    with session.lock:
        if session.solving or session.failure is not None or session.shown is None or session.shown.run is None:
            raise ValueError("There is no plan for these changes yet.")
        return session.shown.run


def content(desk: Desk, session: Session, name: str) -> bytes:
    """A file to download. ValueError says why there is none."""
    if name == "overlay.csv":
        try:
            text = numbers.overlay(desk.case, desk.case_with(session.texts))
        except InputFaults as error:
            raise ValueError("The changes cannot be used.") from error
        if not text:
            raise ValueError(numbers.NOTHING)
        return text.encode()
    run = plan_of(session)
    return workbook.content_of(run) if name == "plan.xlsx" else render(page.page(run, sections.of(run))).encode()
