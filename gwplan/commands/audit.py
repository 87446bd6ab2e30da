"""`gwplan audit`: verify a run folder independently."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import RUN, shared
from gwplan.common.status import Exit

EPILOG = """\b
Exit codes:
  0  every check passed
  1  a check failed: each failure is listed with its place and size
  3  RUN is not a run folder, or is too damaged to read"""


@click.command("audit", short_help="Verify a run folder without the model or the solver.", epilog=EPILOG)
@click.argument("folder", type=RUN, metavar="RUN")
@shared
@click.pass_context
def audit(context: click.Context, /, folder: Path, as_json: bool) -> None:
    """Verify the run folder RUN: recompute its results from its decisions and inputs, and compare.

    Every solve runs this audit before its run folder is published. Run it on a folder that you received or edited: it
    recomputes stocks, accounts, payments, limits and every headline figure without the model or the solver, and lists
    what it does not check. A folder from another version is checked as far as possible. RUN is not changed.

    \b
    Examples:
      gwplan audit runs/RUN
      gwplan audit runs/RUN --json
    """
    from gwplan.planning.audited import audit_folder
    from gwplan.reports.terminal import audit as audited

    with console.reporting(as_json):
        found = audit_folder(folder)
        if as_json:
            console.print_json(audited.as_json(found))
        else:
            audited.show(found, console.output())
    context.exit(Exit.SOLVED if found.audit.ok else Exit.OTHER)
