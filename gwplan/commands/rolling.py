"""`gwplan rolling`: plan for the base, move on, and plan again as things become known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import GIVEN, MODEL, SHARE, changes, runs_option, shared, tell_passed_over


@click.command("rolling", short_help="Plan for the base and again as things become known: what that gives in each scenario.")
@click.argument("model", type=MODEL)
@click.option("--reveal", type=GIVEN, metavar="FILE",
              help="What becomes known, as `gwplan hedge` reads it; by default scenarios.csv of the model's inputs.")
@click.option("--hedge", "with_hedge", is_flag=True, help="Also solve the hedge, which takes about as long again, and compare.")
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap of each solve; by default the model's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'.")
@runs_option("Where result folders go.")
@shared
@click.pass_context
def rolling(context: click.Context, /, model: Path, reveal: Path | None, with_hedge: bool, as_json: bool, **options: Any) -> None:
    """Plan MODEL as it stands, move on, and plan again each time that something of the scenarios becomes known.

    What was decided before stands; orders that cannot be delivered then are taken up as soon as they can. Beside what
    comes of it in each scenario stands the plan of one who knew from the start that it comes (perfect foresight), and
    with --hedge the hedge. Exit code 4: the model as it stands or some scenario has no plan, or planning again has one
    in none.

    \b
    Examples:
      gwplan rolling models/tiny.toml --reveal scenarios.csv
      gwplan rolling models/one_gigawatt.toml --set model.horizon.step=half --hedge
    """
    from gwplan.analysis.hedge import rolling as roll
    from gwplan.analysis.hedge import rolling_study
    from gwplan.analysis.hedge.futures import NoHedge
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.commands.progress import steps
    from gwplan.reports.terminal import rolling as shown
    from gwplan.reports.webpage.studies.write import write
    from gwplan.results.drafts import ready

    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        order = StudyRequest(model, (), page=write, **options)
        ready(order.runs)
        try:
            found = roll.rolling(order, reveal, with_hedge, steps())
        except NoHedge as error:
            console.fail(error.status.exit_code(plan=False), error.status, str(error), as_json)
        folder, facts, tables = rolling_study.write(order, found)
        code = found.status.exit_code(plan=True)
        with console.reporting(as_json, console.kept(code, folder)):
            if as_json:
                console.print_json(shown.as_json(found, folder, facts, tables))
            else:
                shown.show(found, folder, (facts, tables), console.output())
    context.exit(code)
