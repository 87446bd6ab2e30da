"""`gwplan bottleneck`: what comes first, money, power, chips or buildings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, changes, shared, study, tell_passed_over

CLASSES_AND_WAYS = 7


@click.command("bottleneck", short_help="Rank money, power, chips and buildings by what a little more of each gains.")
@click.argument("model", type=MODEL)
@click.option("--more", type=click.FloatRange(0, 10, min_open=True), default=0.1, show_default=True,
              help="Share by which budget, power on offer, allocation and starts are raised.")
@click.option("--months", type=click.IntRange(1, 60), default=3, show_default=True,
              help="Months by which dates and lead times move; at least one period of the model.")
@changes
@study
@shared
@click.pass_context
def bottleneck(context: click.Context, /, model: Path, more: float, months: int, as_json: bool, **options: Any) -> None:
    """Say what holds the plan for MODEL back: money, power, chips or buildings.

    Each class is eased a little (10% more of it, and 3 months sooner) and the plan re-optimised from the base plan. Reports
    the value and the GW-months of IT power gained, ranked; gains that the gap does not let prove are marked. The same
    classes, delayed, give the cost of a month. The chains of lead times to the first IT power of each site have their slack.

    Ctrl-C keeps what was found so far.

    \b
    Examples:
      gwplan bottleneck models/one_gigawatt.toml
      gwplan bottleneck models/one_gigawatt.toml --more 0.2 --months 6 --workers 2
    """
    from gwplan.analysis.bottleneck import bottleneck as asking
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.commands.progress import scenario_progress
    from gwplan.reports.terminal import bottleneck as shown
    from gwplan.reports.webpage.studies.write import write

    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        order = StudyRequest(model, (), page=write, **options)
        with scenario_progress(CLASSES_AND_WAYS, "solves") as on_result:
            try:
                found = asking.bottleneck(replace(order, on_result=on_result), more, months)
            except asking.NoBasePlan as error:
                console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        with console.reporting(as_json, console.kept(found.exit_code, found.folder)):
            if as_json:
                console.print_json(shown.as_json(found))
            else:
                shown.show(found, console.output())
    context.exit(found.exit_code)
