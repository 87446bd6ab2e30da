"""`gwplan reference`: reference plans by simple rules, beside the best plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.kept import keep
from gwplan.commands.options import PLAN, changes, shared, study


@click.command("reference", short_help="Set plans by simple rules beside the best one: one site, one generation, grid only, all rented.")
@click.argument("model", type=PLAN, metavar="MODEL|RUN")
@changes
@study
@shared
@click.pass_context
def reference(context: click.Context, /, model: Path, as_json: bool, **options: Any) -> None:
    """Solve reference plans for MODEL, or beside the plan of the run folder RUN, and set them beside the best plan.

    Current generation only: systems that are on sale when the horizon starts. Each vendor left out. Grid only: no own
    generation. One site only, each that can hold the target. As early as can be, and as late as the targets allow. Rent
    it all: no own halls, where the model has room or compute to rent. Each is solved to the model's own goal, with the rest
    free; where there is no such plan, it is said why. Beside a run the result is kept in RUN as reference.json: `gwplan show`
    and the page of the run have the lines that tell most.

    \b
    Examples:
      gwplan reference models/tiny.toml
      gwplan reference runs/RUN --gap 0.01
    """
    from gwplan.analysis import reference as referring
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.commands.progress import scenario_progress
    from gwplan.reports import reference_plans as plain
    from gwplan.reports.terminal import reference as shown
    from gwplan.results.run_folder import RunFolder, readable, versioned

    if model.is_dir() and (options["overlays"] or options["sets"]):
        raise click.UsageError("--with, --set, --force and --forbid change a model; a run is taken as it is.")
    with console.reporting(as_json), versioned(model):
        with readable(model):
            run = RunFolder(model) if model.is_dir() else None
        try:
            with scenario_progress(None) as on_result:
                order = StudyRequest(model, (), on_result=on_result, **options)
                found = referring.of_model(order) if run is None else referring.of_run(run, order)
        except referring.NoBasePlan as error:
            console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        if as_json:
            console.print_json(plain.as_json(found))
        else:
            shown.show(found, console.output())
        if run is not None:
            keep(model, lambda: plain.keep(model, found))
    context.exit(found.exit_code)
