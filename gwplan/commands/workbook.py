"""`gwplan workbook`: a run as an Excel workbook."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared


@click.command("workbook", short_help="Write the Excel workbook of a run folder.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--output", type=FILE, metavar="FILE", help="Output file; by default plan.xlsx in RUN.")
@shared
def workbook(folder: Path, output: Path | None, as_json: bool) -> None:
    """Write the run folder RUN as an Excel workbook, for readers who do not run gwplan.

    The sheet Inputs has the numbers that price what the plan builds, and a scenario: capital, running cost, what is left, figures
    per GW and present values follow by formulas, and so they do at another discount rate. What is built stays.

    \b
    Example:
      gwplan workbook runs/RUN --output plan.xlsx
    """
    from gwplan.analysis.compare.comparison import open_run
    from gwplan.reports.workbook import write
    from gwplan.results.run_folder import readable

    with console.reporting(as_json), readable(folder):
        open_run(folder)
        path = write(folder, output)
    if as_json:
        console.print_json({"workbook": path})
    else:
        console.say(path)
