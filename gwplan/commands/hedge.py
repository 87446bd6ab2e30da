"""`gwplan hedge`: what to decide now, where several scenarios may come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import GIVEN, MODEL, SHARE, Share, changes, runs_option, shared, tell_passed_over

MEASURES = ("expected", "cvar", "regret")


@click.command("hedge", short_help="Plan under scenarios: what to order now, what to do then, what that is worth.")
@click.argument("model", type=MODEL)
@click.option("--scenarios", type=GIVEN, metavar="FILE", help="Scenarios; by default scenarios.csv of the model's inputs.")
@click.option("--measure", type=click.Choice(MEASURES), default="expected", show_default=True,
              help="Beside the mean: the mean of the worst outcomes (cvar), or the greatest regret.")
@click.option("--alpha", type=Share(0, 1, min_open=True), default=0.1, show_default=True, help="Share of the worst outcomes.")
@click.option("--weight", type=SHARE, help="Weight of the measure beside the mean; by default 0.5 for cvar, 1 for regret.")
@click.option("--flexibility", is_flag=True,
              help="Also say what each option and each supply that is rented is worth: a hedge more for each that is used.")
@click.option("--without", multiple=True, metavar="TEXT", help="Also say what this is worth, as --forbid takes it: 'contracts=NAME'. "
              "May be repeated.")
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap of each solve; by default the model's own.")
@click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'.")
@runs_option("Where result folders go.")
@shared
@click.pass_context
def hedge(context: click.Context, /, model: Path, scenarios: Path | None, measure: str, alpha: float, as_json: bool,
          **options: Any) -> None:
    """Plan MODEL under scenarios: one plan for now, and an answer to each scenario once it is known.

    What is decided in periods in which scenarios cannot be told apart is the same in all of them: openings, halls, orders,
    contracts. What follows adapts. Beside it stand the plan of each scenario as if it were certain and the base plan, kept
    until something is known: their regret, the value of the hedge, and the value of knowing.

    \b
    Examples:
      gwplan hedge models/tiny.toml --scenarios scenarios.csv
      gwplan hedge models/one_gigawatt.toml --measure cvar --alpha 0.2 --weight 0.5
      gwplan hedge models/three_way_pact.toml --scenarios scenarios.csv --flexibility
    """
    from gwplan.analysis.hedge import flexibility as flexible
    from gwplan.analysis.hedge import hedge as hedging
    from gwplan.analysis.hedge import study
    from gwplan.analysis.hedge.futures import NoHedge
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.commands.progress import steps
    from gwplan.common.status import Status
    from gwplan.reports.terminal import hedge as shown
    from gwplan.reports.webpage.studies.write import write
    from gwplan.results.drafts import ready

    given, every, selectors = options.pop("weight"), options.pop("flexibility"), options.pop("without")
    with console.reporting(as_json):
        if measure == "expected" and given:
            raise click.UsageError("--weight is of a measure of risk: add --measure cvar or --measure regret.")
        if measure == "regret" and (every or selectors):
            raise click.UsageError("Regret is of other best plans once something is forbidden: ask for the worth of flexibility with "
                                   "another --measure.")
        tell_passed_over(model, options["sets"])
        order = StudyRequest(model, (), page=write, **options)
        ready(order.runs)
        asked = flexible.asked_of(order, selectors, every)
        say = steps()
        try:
            found = hedging.hedge(order, scenarios, hedging.aim_of(measure, alpha, given), say)
        except NoHedge as error:
            console.fail(error.status.exit_code(plan=False), error.status, str(error), as_json)
        worths = flexible.flexibility(order, scenarios, found, asked, say)
        folder, facts, tables = study.write(order, found, worths if every or selectors else None)
        late = any(each.status is Status.STOPPED for each in worths)
        code = (Status.STOPPED if late else found.status).exit_code(plan=True)
        with console.reporting(as_json, console.kept(code, folder)):
            if as_json:
                console.print_json(shown.as_json(found, folder, facts, tables))
            else:
                shown.show(found, folder, (facts, tables), console.output())
    context.exit(code)
