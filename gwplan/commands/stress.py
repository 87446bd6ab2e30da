"""`gwplan stress`: one-at-a-time sensitivity, or the loss of a provider, a site or a vendor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gwplan.commands import completion, console
from gwplan.commands.options import MODEL, RUN, changes, shared, study, tell_passed_over


@click.command("stress", short_help="Test each number at its low and high, or the loss of a provider, site or vendor.")
@click.argument("model", type=MODEL)
@click.option("--only", multiple=True, metavar="PATTERN", shell_complete=completion.patterns,
              help="Only numbers whose table.item[@site].quantity matches, such as 'accelerators.*'. May be repeated.")
@click.option("--together", is_flag=True,
              help="Numbers of correlations.csv move along, by their correlation's share of the way to their own end.")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Number of rows to print; all are written.")
@click.option("--lose", metavar="WHO",
              help="Instead: lose the largest `provider`, `site` or `vendor`, or a named one (site=abilene_tx), and re-optimise.")
@click.option("--at", metavar="DATE", help="With --lose: date of the loss; by default the date of the first target.")
@click.option("--run", type=RUN, metavar="RUN", help="With --lose: the run whose plan suffers the loss; by default MODEL is solved first.")
@changes
@study
@shared
@click.pass_context
def stress(context: click.Context, /, model: Path, only: tuple[str, ...], together: bool, as_json: bool, **options: Any) -> None:
    """Solve MODEL with each uncertain number at its low and at its high, all others at base.

    Each end is solved twice: re-optimised, and with the base plan fixed. The first gives the sensitivity of the result
    to the number; the difference is the value of perfect information about it.

    With --together the numbers that are correlated with it (correlations.csv of the case) move along: rents with racks, the
    racks of one vendor with those of another.

    With --lose no number changes: from a date on a provider, a site or a vendor delivers nothing. Earlier decisions are
    fixed and later ones re-optimised; targets are relaxed by the smallest shortfall. Reports what is lost, for how long
    and at what cost.

    \b
    Examples:
      gwplan stress models/one_gigawatt.toml --only 'accelerators.*.price' --only 'halls.*'
      gwplan stress models/one_gigawatt.toml --top 40 --workers 4
      gwplan stress models/one_gigawatt.toml --only compute.compute.value --together
      gwplan stress models/one_gigawatt.toml --lose site --at 2031-Q1
      gwplan stress models/one_gigawatt.toml --lose vendor=nvidia --run runs/RUN
    """
    top, loss = options.pop("top"), (options.pop("lose"), options.pop("at"), options.pop("run"))
    if loss[0] is not None:
        if only or together:
            raise click.UsageError("--only and --together do not apply with --lose: no number is changed.")
        if options["workers"] is not None or options["cluster"] is not None:
            raise click.UsageError("--workers and --cluster do not apply with --lose: it takes only one or two solves.")
        context.exit(_lose((model, options), loss, as_json))
    if loss[1:] != (None, None):
        raise click.UsageError("--at and --run need --lose.")
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.analysis.uncertainty import stress as stressing
    from gwplan.commands.progress import scenario_progress
    from gwplan.reports.terminal import stress
    from gwplan.reports.webpage.studies.write import write

    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        order = StudyRequest(model, (), page=write, **options)
        numbers = stressing.numbers_of(order, only, together)
        with scenario_progress(numbers.solves, "solves") as on_result:
            try:
                found = stressing.stress(replace(order, on_result=on_result), numbers, lambda text: console.say(text, err=True))
            except stressing.NoBasePlan as error:
                console.fail(error.base.exit_code, error.base.status, str(error), as_json)
        with console.reporting(as_json, console.kept(found.study.exit_code, found.study.folder)):
            if as_json:
                console.print_json(stress.stress_as_json(found))
            else:
                stress.show_stress(found, console.output(), top)
    context.exit(found.study.exit_code)


def _lose(what: tuple[Path, dict[str, Any]], loss: tuple[str, str | None, Path | None], as_json: bool) -> int:
    """Remove a member, re-optimise and print the losses. Returns the exit code."""
    from gwplan.analysis.disruption import disruption
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.reports.terminal import disruption as shown
    from gwplan.reports.webpage.studies.write import write

    (model, options), (who, at, run) = what, loss
    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        try:
            found = disruption.lose(StudyRequest(model, (), page=write, **options), disruption.asked_of(who), at, run)
        except disruption.NoPlan as error:
            console.fail(error.exit_code, error.status, str(error), as_json)
        with console.reporting(as_json, console.kept(found.exit_code, found.folder)):
            if as_json:
                console.print_json(shown.as_json(found))
            else:
                shown.show(found, console.output())
    return found.exit_code
