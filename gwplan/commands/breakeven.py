"""`gwplan breakeven`: where an item enters or leaves the plan, or a figure reaches a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import completion, console
from gwplan.commands.options import PLAN, SHARE, Share, changes, keep_as_it_is, shared
from gwplan.commands.progress import steps


@click.command("breakeven", short_help="Find the value of a number at which an item enters or leaves the plan.")
@click.argument("model", type=PLAN, metavar="MODEL|RUN")
@click.option("--of", "of", required=True, metavar="NUMBER", shell_complete=completion.keys,
              help="The number: table.item[@site][@when].quantity (without a date all dated rows alike), or model.KEY.")
@click.option("--for", "aim", default="", metavar="AIM",
              help="enters or leaves (the item of the row is bought at all; the default), or FIGURE=VALUE, a headline figure.")
@click.option("--from", "low", default="", metavar="VALUE", help="Lower end of the range; by default the row's low.")
@click.option("--to", "high", default="", metavar="VALUE", help="Upper end of the range; by default the row's high.")
@click.option("--within", type=Share(1e-6, 1), default=0.005, show_default=True,
              help="Width of the bracket that is looked for, as a share of the number.")
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap of each solve; by default the model's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'.")
@shared
@click.pass_context
def breakeven(context: click.Context, /, model: Path, within: float, as_json: bool, **options: Any) -> None:
    """Find the value of a number at which an item enters or leaves the plan, or a figure a value.

    The model is solved again at values of the number, each time from the last plan, until two values with different
    answers are close together. Both are then solved without a start: the answer is the bracket between them, since plans
    are proven to the gap of the model only. Dated rows of a price move together, by one factor; dates by months.

    A value is a number in the unit of the row, or `*0.9` times what it is now. Ctrl-C keeps the bracket found so far.

    \b
    Examples:
      gwplan breakeven models/one_gigawatt.toml --of accelerators.vr_nvl72.price
      gwplan breakeven models/tiny.toml --of accelerators.new_rack.price --from 1 --to 10
      gwplan breakeven models/tiny.toml --of halls.hall.price --for capital_musd=300 --from 5 --to 20
    """
    from gwplan.analysis.explain import breakeven as searching
    from gwplan.analysis.explain.asked import Wanted
    from gwplan.analysis.explain.resolve import NoBase, question_of
    from gwplan.reports.terminal import breakeven as shown
    from gwplan.results.run_folder import versioned

    wanted = Wanted(options.pop("of"), options.pop("aim"), (options.pop("low"), options.pop("high")), within)
    keep_as_it_is(model, options["overlays"], options["sets"])
    with console.reporting(as_json), versioned(model):
        try:
            found, number = searching.run(question_of(model, **options), wanted, steps())
        except NoBase as error:
            console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        if as_json:
            console.print_json(shown.as_json(found, number))
        else:
            shown.show(found, number, console.output())
    context.exit(shown.exit_code(found))
