"""`gwplan worth`: what more of each limit that binds is worth."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.kept import keep
from gwplan.commands.options import RUN, SHARE, shared
from gwplan.commands.progress import steps


@click.command("worth", short_help="Say what more of each limit that binds is worth.")
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--top", type=click.IntRange(1, 100), default=10, show_default=True, help="How many limits are solved.")
@click.option("--confirm", type=click.IntRange(0, 100), default=3, show_default=True,
              help="How many of the first are proven a second time.")
@click.option("--gap", type=SHARE, help="Relative optimality gap of each solve; by default the run's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'.")
@shared
@click.pass_context
def worth(context: click.Context, /, folder: Path, top: int, confirm: int, gap: float | None, time_limit: str | None,
          as_json: bool) -> None:
    """Say what more of each limit that binds in the plan of the run folder RUN is worth, in units of its goal.

    Each limit is relaxed by a step (2 % of money, a tenth of an allocation or a grid connection, a target one period
    later), the model is solved again, and the gain is given with what is proven of it. Beside it is the slope for one
    more unit with whole numbers fixed, and between which values it holds. The row of the tables to edit is named.
    Ctrl-C keeps the limits solved so far. The result is kept in RUN as worth.json, and shown on its page.

    \b
    Examples:
      gwplan worth runs/RUN
      gwplan worth runs/RUN --top 20 --confirm 20 --json
    """
    from gwplan.analysis.explain import worth as weighing
    from gwplan.analysis.explain.resolve import question_of
    from gwplan.reports import worth as kept
    from gwplan.reports.terminal import worth as shown
    from gwplan.results.run_folder import RunFolder, readable, versioned

    with console.reporting(as_json), versioned(folder):
        with readable(folder):
            run, question = RunFolder(folder), question_of(folder, gap=gap, time_limit=time_limit)
        found = weighing.worth(run, question, top, confirm, steps())
        if as_json:
            console.print_json(shown.as_json(found))
        else:
            shown.show(found, console.output())
        keep(folder, lambda: kept.keep(folder, found))
    context.exit(shown.exit_code(found))
