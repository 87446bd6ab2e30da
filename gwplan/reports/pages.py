"""What a finished run folder gets for people who do not run the tool: its page and its workbook."""

from __future__ import annotations

import importlib
from pathlib import Path

from gwplan.reports import webpage, workbook


def write(folder: Path) -> None:
    """Write `report.html` and `plan.xlsx` into a run folder whose tables are there. InputFaults where the folder is none."""
    webpage.write(folder)
    workbook.write(folder)


def bring_in() -> None:
    """Import what writing them needs, while something else is waited for."""
    for name in ("gwplan.reports.terminal.summary", "gwplan.reports.webpage.run.sections", "gwplan.reports.workbook.finance", "xlsxwriter"):
        importlib.import_module(name)
