"""The command `workbook`."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared


@click.command("workbook", short_help="Write the workbook of a run folder again.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--output", type=FILE, metavar="FILE", help="Where it goes; RUN/plan.xlsx by default.")
@shared
def workbook(folder: Path, output: Path | None, as_json: bool) -> None:
    """Write the run folder RUN as a workbook for people who do not run gwplan.

    Totals, figures per GW and present values are formulas: change the discount rate on its first sheet and follow it.

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
