"""`gwplan dispatch`: the full year of a plan, hour by hour."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import RUN, shared
from gwplan.commands.progress import steps
from gwplan.common.status import Exit, Status

HERE = click.Path(dir_okay=False, path_type=Path)


@click.command("dispatch", short_help="Run what a plan builds through all hours of a year.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--period", metavar="PERIOD", help="Which period's builds, such as 2030-Q4; by default the last one.")
@click.option("--site", "sites", multiple=True, metavar="SITE", help="Only this site. May be repeated.")
@click.option("--csv", "table", type=HERE, metavar="FILE", help="Write what each hour brings, in MW, as a CSV.")
@click.option("--page", type=HERE, metavar="FILE", help="Write a page with the hardest weeks and the load duration.")
@shared
@click.pass_context
def dispatch(context: click.Context, /, folder: Path, period: str | None, sites: tuple[str, ...], table: Path | None, page: Path | None,
             as_json: bool) -> None:
    """Run the plants and the storage of the plan RUN through all 8,760 hours of a year, at the least running cost.

    The builds of a period stay as they are; load, sun, wind, heat and prices are those of each hour. It is said whether
    all load is served, in which hours it is not, what each supply gives, and what the year costs beside what the plan
    took it to cost: the error of planning with means, or with a few days. A plan of yearly means takes the hourly
    series of the case that it was read from. Exit code 4 if load goes unserved that the plan serves.

    \b
    Examples:
      gwplan dispatch latest
      gwplan dispatch latest --period 2030-Q4 --site abilene_tx --csv hours.csv --page hours.html
    """
    from gwplan.analysis.dispatch import whole_year
    from gwplan.reports.terminal import dispatch as shown
    from gwplan.results.run_folder import RunFolder, readable

    with console.reporting(as_json):
        with readable(folder):
            run = RunFolder(folder)
        try:
            found = whole_year.dispatch(run, period, sites, told=steps())
        except whole_year.CannotDispatch as error:
            console.fail(Exit.INPUT, Status.UNKNOWN_NAME, str(error), as_json)
        if table is not None:
            table.write_text(shown.hours_text(found), encoding="utf-8", newline="")
        if page is not None:
            from gwplan.reports.webpage.dispatch import write_page

            write_page(found, page)
        if as_json:
            console.print_json(shown.as_json(found))
        else:
            shown.show(found, console.output(), table, page)
    context.exit(Exit.INFEASIBLE if found.falls_short else Exit.SOLVED)
