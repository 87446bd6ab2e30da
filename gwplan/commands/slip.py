"""`gwplan slip`: what a delay costs a plan that is under way, with and without knowing in advance."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.kept import keep
from gwplan.commands.options import RUN, SHARE, shared
from gwplan.commands.progress import steps


@click.command("slip", short_help="Say what a delay costs once orders are placed, and what it is worth to know in advance.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--set", "sets", multiple=True, required=True, metavar="TEXT",
              help="What slips: table.item[@site][@when].quantity='+12 months', '*1.2' or 'VALUE UNIT'. May be repeated.")
@click.option("--after", required=True, metavar="DATE", help="When it becomes known, such as 2028-Q1: what was ordered before that stands.")
@click.option("--gap", type=SHARE, help="Relative optimality gap of each solve; by default the model's own.")
@shared
@click.pass_context
def slip(context: click.Context, /, folder: Path, sets: tuple[str, ...], after: str, gap: float | None, as_json: bool) -> None:
    """Say what a slip costs the plan of the run folder RUN, if it becomes known at a date only, and if it was known before.

    What was ordered, started or signed before the date stands; the rest is re-optimised with the changed numbers. An order
    that cannot be delivered on time any more is taken up as soon as it can be. Beside it stands the plan that knew of the
    slip from the start: the difference is the value of knowing. Where no plan keeps the targets any more, they are missed
    by the smallest shortfall, and it is said by how much. The result is kept in RUN as slip.json, and shown on its page.

    \b
    Examples:
      gwplan slip runs/RUN --set 'power.grid@abilene_tx.earliest=+12 months' --after 2028-Q1
      gwplan slip runs/RUN --set 'halls.liquid_48.build_months=+6 months' --after 2027-Q3 --json
    """
    from gwplan.analysis import slip as slipping
    from gwplan.reports import slip as plain
    from gwplan.reports.terminal import slip as shown
    from gwplan.results.run_folder import RunFolder, readable, versioned

    with console.reporting(as_json), versioned(folder):
        with readable(folder):
            run = RunFolder(folder)
        try:
            found = slipping.slip(run, sets, after, gap, steps())
        except slipping.NoPlan as error:
            console.fail(error.status.exit_code(plan=False), error.status, str(error), as_json)
        if as_json:
            console.print_json(plain.as_json(found))
        else:
            shown.show(found, run, console.output())
        keep(folder, lambda: plain.keep(folder, found))
    context.exit(plain.exit_code(found))
