"""`gwplan alternatives`: plans nearly as good as the best, as different as possible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, SHARE, changes, runs_option, shared, tell_passed_over


@click.command("alternatives", short_help="Find near-optimal plans that differ most; say what must be and what is free.")
@click.argument("model", type=MODEL)
@click.option("--within", default="2%", show_default=True, metavar="SHARE", type=SHARE,
              help="Slack of the goal, such as 2%; of a value relative to the present value of all spend, as the gap is.")
@click.option("-n", "count", type=click.IntRange(1, 100), default=8, show_default=True, help="Maximum number of alternatives.")
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap of the best plan; by default the model's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each search after the best plan; by default a quarter of its time.")
@runs_option("Where result folders go.")
@shared
@click.pass_context
def alternatives(context: click.Context, /, model: Path, within: float, count: int, as_json: bool, **options: Any) -> None:
    """Find plans for MODEL that are nearly as good as the best, and as different as possible in what is built.

    For each site, vendor, generation and supply the least and the most within the slack: what every plan must have, what
    can be avoided, and what is a free choice. Each alternative keeps all rules and targets.

    Ctrl-C keeps what was found so far.

    \b
    Examples:
      gwplan alternatives models/one_gigawatt.toml --within 2%
      gwplan alternatives models/tiny.toml --within 5% -n 4
    """
    from gwplan.analysis.alternatives import alternatives as seeking
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.commands.progress import counted_progress
    from gwplan.reports.terminal import alternatives as shown
    from gwplan.reports.webpage.studies.write import write

    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        order = StudyRequest(model, (), page=write, **options)
        with counted_progress(None, "members searched") as told:
            try:
                found, folder = seeking.run(order, within, count, told)
            except seeking.NoBasePlan as error:
                console.fail(error.exit_code, error.status, str(error), as_json)
        with console.reporting(as_json, console.kept(found.exit_code, folder)):
            if as_json:
                console.print_json(shown.as_json(found, folder))
            else:
                shown.show(found, folder, console.output())
    context.exit(found.exit_code)
