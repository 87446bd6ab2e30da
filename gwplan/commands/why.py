"""`gwplan why`: why a model cannot be met, and the smallest change of one number that is enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, changes, shared
from gwplan.commands.search_progress import progress_line

EPILOG = """\b
Exit codes:
  0  explained; or there is nothing to explain, since the model has a plan
  3  faulty input: every fault is listed with its file and row"""
SECONDS = "60 s"


@click.command("why", short_help="Why a model has no plan, and the smallest change of one number that is enough.", epilog=EPILOG)
@click.argument("model", type=MODEL)
@click.option("--time-limit", metavar="TIME", default=SECONDS, show_default=True, help="Stop after this long and print what was found.")
@changes
@shared
@click.pass_context
def why(context: click.Context, /, model: Path, time_limit: str, as_json: bool, **options: Any) -> None:
    """Say which promises of MODEL clash, and what is enough to change.

    For each target, its date, and each limit that takes part: the smallest change of that number alone with which there is
    a plan, as the row to edit. Each is verified: the changed model is read, built and solved. Numbers of which no change
    alone is enough are named too. Where several numbers are enough, the change of all of them by one share is the compromise.

    Ctrl-C ends it with what was found so far.

    \b
    Examples:
      gwplan why models/one_gigawatt.toml --set 'budget.capital.cap=25 GUSD_2026'
      gwplan why models/one_gigawatt.toml --set model.target.1.by=2028-Q2 --json
    """
    from gwplan.planning import why as explaining
    from gwplan.planning.request import Request
    from gwplan.reports.terminal import why

    with console.reporting(as_json):
        with progress_line() as line:
            found = explaining.why(Request(model, time_limit=time_limit, progress=line, **options))
        if as_json:
            console.print_json(why.as_json(found))
        else:
            why.show(found, console.output())
    context.exit(0)
