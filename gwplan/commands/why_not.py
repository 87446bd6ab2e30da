"""`gwplan why-not`: why a plan does not have an option."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import completion, console
from gwplan.commands.options import PLAN, SHARE, changes, keep_as_it_is, shared
from gwplan.commands.progress import steps


@click.command("why-not", short_help="Say what it costs to force an option that the plan leaves out, and what would let it in.")
@click.argument("model", type=PLAN, metavar="MODEL|RUN")
@click.argument("option", shell_complete=completion.items)
@click.option("--only", "kinds", multiple=True, type=click.Choice(("price", "rate", "date", "none")),
              help="Vary only this, or nothing. May be repeated; by default all three.")
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap of each solve; by default the model's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'.")
@shared
@click.pass_context
def why_not(context: click.Context, /, model: Path, option: str, kinds: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Say why the plan of MODEL, or of the run folder RUN, does not have OPTION.

    OPTION is a system, vendor, site, hall design, supply or contract, by name or label; SUPPLY@SITE for one site. The
    plan is solved with a small share of it forced, in whole numbers and with sites and halls free: what that costs the
    goal. Then its price falls, its rate rises or its date moves forward until it enters by itself (as breakeven finds
    it). Ctrl-C keeps what was found so far.

    \b
    Examples:
      gwplan why-not models/one_gigawatt.toml amd --only price
      gwplan why-not models/tiny.toml south
      gwplan why-not runs/RUN helios_rack --only none --json
    """
    from gwplan.analysis.explain import why_not as explaining
    from gwplan.analysis.explain.resolve import NoBase, question_of
    from gwplan.reports.terminal import why_not as shown
    from gwplan.results.run_folder import RunFolder, readable, versioned

    keep_as_it_is(model, options["overlays"], options["sets"])
    with console.reporting(as_json), versioned(model):
        with readable(model):
            run = RunFolder(model) if model.is_dir() else None
        question = question_of(model, **options)
        try:
            found = explaining.why_not(question, option, kinds or explaining.CHANGES, run, steps())
        except NoBase as error:
            console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        if as_json:
            console.print_json(shown.as_json(found))
        else:
            shown.show(found, console.output())
    context.exit(shown.exit_code(found))
