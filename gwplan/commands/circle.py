"""`gwplan circle`: where the money comes from, and goes back to."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared
from gwplan.common.status import Exit, Status

EPILOG = """\b
Exit codes:
  0  done
  1  with --solve: the check of that plan found it wrong
  3  RUN has no finance, or no investor pays into it
  4  with --solve: there is no plan without investors' money
  5  with --solve: that plan was stopped early
  6  with --solve: stopped before there was such a plan"""


@click.command("circle", short_help="Follow the money of investors who are suppliers: who pays whom, and what comes back.", epilog=EPILOG)
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--without", type=RUN, metavar="RUN2", help="Compare with this run folder of the same question without investors' money.")
@click.option("--solve", is_flag=True, help="Solve the question of RUN without investors' money, beside RUN, and compare.")
@click.option("--page", type=FILE, metavar="FILE.html", help="Write a page of it as well: one file that needs no network.")
@shared
@click.pass_context
def circle(context: click.Context, /, folder: Path, without: Path | None, solve: bool, page: Path | None, as_json: bool) -> None:
    """Follow the money of the run folder RUN, whose investors are its suppliers.

    Says what investors pay in and what comes back to them as purchases, directly and through others; who pays whom;
    the loops; what must be paid whatever comes, year by year; and what the plan is without investors' money. Money is
    nominal.

    \b
    Examples:
      gwplan circle runs/RUN
      gwplan circle runs/RUN --solve --page circle.html
      gwplan circle runs/RUN --without runs/OTHER --json
    """
    if without is not None and solve:
        raise click.UsageError("--without names the run to compare with, --solve makes one: give one of them.")
    from gwplan.analysis.circular_financing import circle as answer
    from gwplan.analysis.circular_financing.books import NoCircle
    from gwplan.analysis.circular_financing.counterfactual import NoPlan, compare_without, solve_without
    from gwplan.reports.terminal import circular_financing
    from gwplan.results.run_folder import RunFolder

    with console.reporting(as_json):
        try:
            found = answer.circle(RunFolder(folder))
            code, no_plan, other = Exit.SOLVED, None, without
            if solve:
                with console.progress_line() as progress:
                    outcome = solve_without(found.run, progress=progress)
                code, other = outcome.exit_code, outcome.run
                if code and other:
                    console.say(outcome.message, err=True)
                no_plan = None if other else NoPlan(outcome.status is Status.INFEASIBLE, outcome.message)
            so = console.kept(code, other if solve else None)
            with console.reporting(as_json, so):
                compared = None if other is None else compare_without(found.run, RunFolder(other))
        except NoCircle as error:
            console.fail(Exit.INPUT, Status.NO_CIRCLE, str(error), as_json)
        with console.reporting(as_json, so):
            if page is not None:
                from gwplan.reports.webpage.circular_financing.page import write_circle

                write_circle(found, page, compared, no_plan)
            if as_json:
                more = {} if no_plan is None else {"no_plan": no_plan.message}
                console.print_json({"exit_code": code, **answer.as_json(found, compared, no_plan), **more,
                                    **({} if page is None else {"page": str(page)})})
            else:
                output = console.output()
                circular_financing.show(found, output, compared, no_plan)
                if page is not None:
                    output.print(f"Page: {page}", markup=False, soft_wrap=True)
    context.exit(code)
