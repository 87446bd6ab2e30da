"""`gwplan calibrate`: published figures reproduced from the tables of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, changes, shared

EPILOG = """\b
Exit codes:
  0  each case of a tested class is inside its tolerance, or has its reason in the table
  1  a case of a tested class is outside its tolerance, without a reason
  3  faulty input: every fault is listed with its file and row"""


@click.command("calibrate", short_help="Reproduce published figures from the tables of a case.", epilog=EPILOG)
@click.argument("model", type=MODEL, required=False, metavar="[MODEL]")
@changes
@shared
@click.pass_context
def calibrate(context: click.Context, /, model: Path | None, as_json: bool, **options: Any) -> None:
    """Reproduce the published figures of calibration.csv from the tables of MODEL (default: the shipped one_gigawatt).

    Each case says what a published, filed or signed figure includes, on which basis and from when. Its value follows from
    the prices of the tables on that basis; nothing is solved. Printed are both, the error, and the part that it comes
    from. Tolerances go by class and are rows of the table. A case that does not state what its calculation needs is
    listed with the reason. All figures of one family have one vote.

    \b
    Examples:
      gwplan calibrate
      gwplan calibrate models/one_gigawatt.toml --set 'halls.liquid_48.price=13 MUSD_2026/MW'
    """
    from gwplan.analysis.calibrate.calibrate import of_request
    from gwplan.inputs import starters
    from gwplan.planning.request import Request
    from gwplan.reports.terminal import calibration

    with console.reporting(as_json):
        found = of_request(Request(model or starters.root() / "models" / "one_gigawatt.toml", **options))
        if as_json:
            console.print_json(found.as_json())
        else:
            calibration.show(found, console.output())
    context.exit(found.exit_code)
