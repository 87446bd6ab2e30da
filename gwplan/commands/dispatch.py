"""`gwplan dispatch`: the full year of a plan, hour by hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.kept import keep
from gwplan.commands.options import RUN, shared
from gwplan.commands.progress import steps
from gwplan.common.calendar import HOURS_A_DAY, HOURS_A_YEAR
from gwplan.common.status import Exit, Status

DAYS_A_YEAR = HOURS_A_YEAR // HOURS_A_DAY
HERE = click.Path(dir_okay=False, path_type=Path)


def days_of(context: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """A number of days from 1 to 365, or `full` for all of the year."""
    if value is None or value == "full":
        return None if value is None else DAYS_A_YEAR
    if not value.isdecimal() or not 1 <= int(value) <= DAYS_A_YEAR:
        raise click.BadParameter(f"{value!r} is no number of days from 1 to {DAYS_A_YEAR}, and not `full`", context, option)
    return int(value)


def in_a_folder(context: click.Context, option: click.Parameter, value: Path | None) -> Path | None:
    """A file to be written into a folder that is there: it would be missed only after all hours were run."""
    if value is not None and not value.parent.is_dir():
        raise click.BadParameter(f"there is no folder {value.parent}", context, option)
    return value


@click.command("dispatch", short_help="Run what a plan builds through all hours of a year.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--period", metavar="PERIOD", help="Which period's builds, such as 2030-Q4; by default the last one.")
@click.option("--site", "sites", multiple=True, metavar="SITE", help="Only this site. May be repeated.")
@click.option("--csv", "table", type=HERE, callback=in_a_folder, metavar="FILE", help="Write what each hour brings, in MW, as a CSV.")
@click.option("--page", type=HERE, callback=in_a_folder, metavar="FILE", help="Write a page with the hardest weeks and the load duration.")
@click.option("--keep", type=click.IntRange(1, DAYS_A_YEAR), metavar="DAYS",
              help="Plan again with so many of the worst days kept beside the typical ones.")
@click.option("--size", callback=days_of, metavar="DAYS", help="Size what is of any size against so many typical days, or `full`.")
@shared
@click.pass_context
def dispatch(context: click.Context, /, folder: Path, period: str | None, sites: tuple[str, ...], as_json: bool,
             **options: Any) -> None:
    """Run the plants and the storage of the plan RUN through all 8,760 hours of a year, at the least running cost.

    The builds of a period stay as they are; load, sun, wind, heat and prices are those of each hour. It is said whether
    all load is served, in which hours it is not, what each supply gives, and what the year costs beside what the plan
    took it to cost: the error of planning with means, or with a few days. A plan of yearly means takes the hourly
    series of the case that it was read from. Exit code 4 if load goes unserved that the plan serves.

    With --keep the plan is found again, from the old one, with the days kept in which most goes unserved. With --size what
    is whole stays as it is, connections too, and sun, wind, storage, contracts of energy and split units are sized against
    many hours; after --keep those of the plan found again. Each writes a run beside RUN; what both plans build and cost is
    compared, and the full year shown is that of the last one.

    The worst weeks are kept in the run as dispatch.json and shown on its page, but not those of some sites alone.

    \b
    Examples:
      gwplan dispatch latest
      gwplan dispatch latest --period 2030-Q4 --site abilene_tx --csv hours.csv --page hours.html
      gwplan dispatch latest --keep 2 --size 24
    """
    from gwplan.analysis.dispatch import again, whole_year
    from gwplan.reports import dispatch as dispatched
    from gwplan.reports.terminal import dispatch as shown
    from gwplan.reports.terminal import dispatch_again
    from gwplan.results.run_folder import RunFolder, readable

    with console.reporting(as_json):
        with readable(folder):
            run = RunFolder(folder)
        try:
            found = whole_year.dispatch(run, period, sites, told=steps())
            steps_made = [(do, days) for do, days in ((again.keep, options["keep"]), (again.size, options["size"])) if days is not None]
            made = []
            for do, days in steps_made:
                more = do(found, days, run.path.parent, steps())
                made += [] if more is None else [more]
                found = found if more is None else more.after
        except again.NoPlanAgain as error:
            console.fail(Exit.INFEASIBLE, Status.INFEASIBLE, str(error), as_json)
        except whole_year.CannotDispatch as error:
            console.fail(Exit.INPUT, Status.UNKNOWN_NAME, str(error), as_json)
        table, page = options["table"], options["page"]
        if table is not None:
            table.write_text(shown.hours_text(found), encoding="utf-8", newline="")
        if page is not None:
            from gwplan.reports.webpage.dispatch import write_page

            write_page(found, page)
        if as_json:
            console.print_json(shown.as_json(found) | ({"again": [dispatch_again.as_json(each) for each in made]} if steps_made else {}))
        else:
            if options["keep"] is not None and not any(each.what == "kept" for each in made):
                console.output().print(dispatch_again.NO_DAYS, markup=False)
            for each in made:
                dispatch_again.show(each, console.output())
            shown.show(found, console.output(), table, page)
        keep(found.run.path, lambda: None if sites else dispatched.keep(found))
    context.exit(Exit.INFEASIBLE if found.falls_short else Exit.SOLVED)
