"""`gwplan compare`: compare runs with a base run."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared


@click.command("compare", short_help="Compare runs: inputs, figures, builds, and a breakdown of the difference.")
@click.argument("runs", type=RUN, nargs=-1, metavar="[BASE RUN...]")
@click.option("--page", type=FILE, metavar="FILE.html", help="Also write an HTML page: one file that works offline.")
@shared
def compare(runs: tuple[Path, ...], page: Path | None, as_json: bool) -> None:
    """Compare each RUN with the run folder BASE; without any, the latest run with the one before it.

    Lists the inputs that differ row by row, the headline figures side by side, and what is built earlier, later, more or
    less, and breaks the change of the objective down into steps that sum to it. A difference smaller than the
    optimality gaps of the two runs is marked: it is not proven.

    \b
    Examples:
      gwplan compare
      gwplan compare cap38 latest
      gwplan compare runs/BASE runs/CHEAPER --page cheaper.html
      gwplan compare runs/BASE runs/CHEAPER runs/LATER --json
    """
    if not runs:
        runs = (RUN.convert("previous", None, None), RUN.convert("latest", None, None))
    if len(runs) < 2:
        raise click.UsageError("compare needs at least two run folders: the others are compared with the first.")
    from gwplan.analysis.compare.comparison import compare_runs, open_run
    from gwplan.reports.terminal import comparison
    from gwplan.results.run_folder import readable

    with console.reporting(as_json), readable(*runs):
        base = open_run(runs[0])
        found = [compare_runs(base, open_run(run)) for run in runs[1:]]
        if page is not None:
            from gwplan.reports.webpage.comparison import write_comparison

            write_comparison(found, page)
        if as_json:
            written = {} if page is None else {"page": str(page)}
            console.print_json({"comparisons": [comparison.as_json(each) for each in found], **written})
            return
        output = console.output()
        for number, each in enumerate(found):
            if number:
                output.print()
            comparison.show(each, output)
        if page is not None:
            output.print(f"\nPage: {page}", markup=False, soft_wrap=True)
