"""What a finished run folder gets for people who do not run the tool: its page and its workbook."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from gwplan.reports import webpage, workbook


def write(folder: Path, enough: Callable[[], bool] = lambda: False) -> None:
    """Write `report.html` and `plan.xlsx` into a run folder whose tables are there, until it is enough. InputFaults where it is none."""
    for writer in (webpage.write, workbook.write):
        if not enough():
            writer(folder)


def bring_in() -> None:
    """Import what writing them needs, while something else is waited for."""
    for name in ("gwplan.reports.terminal.summary", "gwplan.reports.webpage.run.sections", "gwplan.reports.workbook.finance", "xlsxwriter"):
        importlib.import_module(name)
