"""`gwplan report`: the HTML page of a run or of a study."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared


@click.command("report", short_help="Write the HTML page of a run folder, for readers who do not run gwplan.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--output", type=FILE, metavar="FILE", help="Output file; by default report.html in RUN.")
@shared
def report(folder: Path, output: Path | None, as_json: bool) -> None:
    """Write the HTML page of the run or study folder RUN again, and print its path.

    The page is one file with all charts and data; it opens in a browser offline and can be sent by mail.

    \b
    Examples:
      gwplan report runs/RUN
      gwplan report runs/RUN --output plan.html
    """
    from gwplan.analysis.compare.comparison import open_run
    from gwplan.reports import webpage
    from gwplan.reports.webpage.studies import write
    from gwplan.results.run_folder import readable

    with console.reporting(as_json), readable(folder):
        if write.is_study(folder):
            written = write.redraw(folder, output)
        else:
            open_run(folder)
            written = webpage.write(folder, output)
    if as_json:
        console.print_json({"run": folder, "page": written})
    else:
        console.say(written)
