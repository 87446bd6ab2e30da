"""`gwplan why`: why a model cannot be met, or what holds a plan back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import PLAN, changes, keep_as_it_is, shared
from gwplan.commands.progress import steps

EPILOG = """\b
Exit codes:
  0  explained
  3  faulty input: every fault is listed with its file and row
  6  stopped before a plan was found, and no promises clash without whole numbers"""
SECONDS = "60 s"


@click.command("why", short_help="Say why a model has no plan and what is enough to change, or what holds its plan back.", epilog=EPILOG)
@click.argument("model", type=PLAN, metavar="MODEL|RUN")
@click.option("--time-limit", metavar="TIME", default=SECONDS, show_default=True, help="Stop after this long and print what was found.")
@changes
@shared
@click.pass_context
def why(context: click.Context, /, model: Path, time_limit: str, overlays: tuple[Path, ...], sets: tuple[str, ...], as_json: bool) -> None:
    """Say which promises of MODEL clash, and what is enough to change; or what holds back its plan, or that of the run folder RUN.

    Without a plan: for each target, its date, each limit that takes part, and each number that --set or --with changed, the
    smallest change of that number alone with which there is a plan, as the row to edit. Each is verified: the changed
    model is read, built and solved. Numbers of which no change alone is enough are named too. Where several are enough, the
    change of all of them by one share is the compromise; where none is, pairs are looked for that are enough together.

    With a plan: the limits that bind, and why it is not 5 % cheaper, a period sooner and 5 % larger. What can be had is
    priced by a solve; what cannot clashes with promises, and the smallest changes that make room for it are named.

    Ctrl-C ends it with what was found so far.

    \b
    Examples:
      gwplan why models/one_gigawatt.toml --set 'budget.capital.cap=25 GUSD_2026'
      gwplan why models/one_gigawatt.toml --set model.target.1.by=2028-Q2 --json
      gwplan why runs/RUN
    """
    from gwplan.analysis.explain import holding
    from gwplan.analysis.explain.resolve import NoBase, question_of
    from gwplan.planning.why import Unmet
    from gwplan.reports.terminal import holding as of_plan
    from gwplan.reports.terminal import why as of_clash
    from gwplan.results.run_folder import RunFolder, readable, versioned

    keep_as_it_is(model, overlays, sets)
    with console.reporting(as_json), versioned(model):
        try:
            if model.is_dir():
                with readable(model):
                    run, _ = RunFolder(model), RunFolder(model).summary
                found: holding.Holding | Unmet = holding.of_run(run, time_limit, steps())
            else:
                found = holding.of_question(question_of(model, overlays, sets), time_limit, steps())
        except NoBase as error:
            console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        if isinstance(found, Unmet):
            told, show = of_clash.as_json(found), partial(of_clash.show, found)
        else:
            told, show = of_plan.as_json(found), partial(of_plan.show, found)
        if as_json:
            console.print_json(told)
        else:
            show(console.output())
    context.exit(0)
