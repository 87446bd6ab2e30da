"""`gwplan frontier`: the trade-off (Pareto) curve between two figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, SHARE, changes, runs_option, shared, tell_passed_over


@click.command("frontier", short_help="Draw the trade-off (Pareto) curve between two figures.")
@click.argument("model", type=MODEL)
@click.option("--of", "names", default="capital,compute", show_default=True, metavar="A,B",
              help="Two of capital, first_build, cost (minimised), value, compute (maximised).")
@click.option("--points", type=click.IntRange(min=2, max=500), default=12, show_default=True,
              help="Maximum number of points, both ends included.")
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap of each point; by default the model's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'.")
@runs_option("Where result folders go.")
@shared
@click.pass_context
def frontier(context: click.Context, /, model: Path, names: str, points: int, as_json: bool, **options: Any) -> None:
    """Draw the trade-off (Pareto) curve between two figures of MODEL.

    Both ends are found by optimising the figures in order of priority, one way and the other. Between them the first is
    bounded in even steps and the second optimised. MODEL's rules and targets hold; its own goal is ignored. Dominated
    points are left out.

    \b
    Examples:
      gwplan frontier models/most_compute.toml --of capital,compute --points 12
      gwplan frontier models/one_gigawatt.toml --of first_build,value
    """
    from gwplan.analysis import frontier as drawing
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.commands.progress import counted_progress
    from gwplan.reports.terminal import frontier as frontiers
    from gwplan.reports.webpage.studies.write import write

    try:
        figures = drawing.chosen(names)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        with counted_progress(points, "points") as told:
            try:
                found, folder = drawing.run(StudyRequest(model, (), page=write, **options), figures, points, told)
            except drawing.NoFrontier as error:
                console.fail(error.exit_code, error.status, str(error), as_json)
        with console.reporting(as_json, console.kept(frontiers.exit_code(found), folder)):
            if as_json:
                console.print_json(frontiers.as_json(found, folder))
            else:
                frontiers.show(found, folder, console.output())
    context.exit(frontiers.exit_code(found))
