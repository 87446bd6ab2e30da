"""`gwplan serve`: a page on this machine alone on which the numbers are moved and the plan follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import PLAN, changes, runs_option, shared
from gwplan.commands.streams import json_text
from gwplan.common.status import Exit, Status

LAST_PORT = 65535


@click.command("serve", short_help="Open a local page: move numbers and see the plan follow.")
@click.argument("what", type=PLAN, required=False, metavar="[MODEL|RUN]")
@changes
@click.option("--port", type=click.IntRange(0, LAST_PORT), default=0, help="Port on the loopback address; by default a free one.")
@click.option("--open", "opening", is_flag=True, help="Open the page in the browser.")
@runs_option("Where saved plans go.")
@shared
@click.pass_context
def serve(context: click.Context, /, what: Path | None, port: int, opening: bool, as_json: bool, **options: Any) -> None:
    """Serve a page for MODEL (default: the shipped one_gigawatt), or for the model of the run folder RUN, beginning with its plan.

    The page answers on 127.0.0.1 alone, at an address with a random token, which is printed. Move a slider: the old plan is
    greyed until the new one is there, with what changed. Ctrl-C ends it, with exit code 0; what was saved stays. It needs
    the extra `server` (pip install 'gwplan[server]'); without it the exit code is 1.

    \b
    Examples:
      gwplan serve models/one_gigawatt.toml --open
      gwplan serve runs/RUN --port 8000
    """
    from gwplan.inputs import starters
    from gwplan.server.desk import Desk, served
    from gwplan.server.start import ExtraMissing, needed
    from gwplan.server.start import serve as serving

    def told(address: str) -> None:
        if as_json:
            click.echo(json_text({"address": address}))
        else:
            console.say(f"Open {address}")
            console.say("Ctrl-C ends it.", err=True)
        if opening:
            click.launch(address)

    with console.reporting(as_json):
        try:
            needed()
        except ExtraMissing as error:
            console.fail(Exit.OTHER, Status.ERROR, str(error), as_json)
        model = what or starters.root() / "models" / "one_gigawatt.toml"
        desk = Desk.of_model(served(model, tuple(options["overlays"]), tuple(options["sets"]), options["runs"]))
        serving(desk, port, told)
    context.exit(Exit.SOLVED)
