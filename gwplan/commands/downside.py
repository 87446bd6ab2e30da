"""`gwplan downside`: coverage, default and recovery of a financed run if things go wrong."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared


@click.command("downside", short_help="Say what lenders ask: coverage, default and recovery if one thing goes wrong.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--page", type=FILE, metavar="FILE.html", help="Also write an HTML page with charts: one file that works offline.")
@shared
@click.pass_context
def downside(context: click.Context, /, folder: Path, page: Path | None, as_json: bool) -> None:
    """Let one thing go wrong in the financed run RUN: compute not sold, the largest customer gone, power or chips late,
    interest higher, nothing left at the end.

    Builds, debt and its schedule stay; sponsor and investors are paid last, and nothing while coverage is below its
    covenant. For each case: the least coverage, when money runs out, by how much, and what lenders recover. Beside them
    the share of unsold compute and the rise of interest at which money runs out.

    \b
    Examples:
      gwplan downside latest --page downside.html
      gwplan downside runs/RUN --json
    """
    from gwplan.analysis import downside as studied
    from gwplan.reports.terminal import downside as shown
    from gwplan.results.run_folder import RunFolder, readable

    with console.reporting(as_json):
        with readable(folder):
            run = RunFolder(folder)
            found = studied.downside(run)
        if page is not None:
            from gwplan.reports.webpage.studies.downside import write_page

            write_page(found, run, page)
        if as_json:
            console.print_json(shown.as_json(found) | ({} if page is None else {"page": str(page)}))
        else:
            shown.show(found, run, console.output())
            if page is not None:
                console.output().print(f"Page: {page}", markup=False, soft_wrap=True)
