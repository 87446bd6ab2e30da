"""`gwplan stress`: one number at a time at its low and its high."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gwplan import console
from gwplan.commands.options import MODEL, changes, shared, study


@click.command("stress", short_help="Put each number at its low and its high; say what moves the plan.")
@click.argument("model", type=MODEL)
@click.option("--only", multiple=True, metavar="PATTERN",
              help="Only numbers whose table.item[@site].quantity matches, such as 'accelerators.*'. May be repeated.")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many numbers to print; all are written.")
@changes
@study
@shared
@click.pass_context
def stress(context: click.Context, /, model: Path, only: tuple[str, ...], top: int, as_json: bool, **options: Any) -> None:
    """Put each number of MODEL that has a range at its low and at its high, everything else at its base.

    Each is solved anew, and once more with the decisions of the base plan taken as they stand. The first says how much
    the result depends on the number, the difference what it is worth to know the number before deciding.

    \b
    Examples:
      gwplan stress models/one_gigawatt.toml --only 'accelerators.*.price' --only 'halls.*'
      gwplan stress models/one_gigawatt.toml --top 40 --workers 4
    """
    from gwplan.commands.progress import scenario_progress
    from gwplan.reports import sampled
    from gwplan.variants import stress as stressing
    from gwplan.variants.sweep import Order

    with console.reporting(as_json):
        order = Order(model, (), **options)
        numbers = stressing.numbers_of(order, only)
        with scenario_progress(numbers.solves, "solves") as told:
            try:
                found = stressing.stress(replace(order, told=told), numbers, lambda text: click.echo(text, err=True))
            except stressing.NoBasePlan as error:
                console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        if as_json:
            console.print_json(sampled.stress_as_json(found))
        else:
            sampled.show_stress(found, console.output(), top)
    context.exit(found.study.exit_code)
