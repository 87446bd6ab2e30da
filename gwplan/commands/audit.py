"""`gwplan audit`: check a run folder again."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import RUN, shared
from gwplan.common.status import Exit

EPILOG = """\b
Exit codes:
  0  every check passed
  1  a check failed: each is named, with where and by how much
  3  RUN is no run folder, or is damaged so that it cannot be read"""


@click.command("audit", short_help="Check a run folder again, without the model and the solver.", epilog=EPILOG)
@click.argument("folder", type=RUN, metavar="RUN")
@shared
@click.pass_context
def audit(context: click.Context, /, folder: Path, as_json: bool) -> None:
    """Check the run folder RUN again: work out what follows from its decisions and inputs, and compare.

    Every solve does this before it gives a run its name. A folder that came from elsewhere, or that somebody edited,
    can be checked by anyone: stocks, accounts, payments, limits and every headline figure, without the model and the
    solver. It says what it does not check. A folder of another version is checked as far as it can be. Nothing in RUN
    is changed.

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
