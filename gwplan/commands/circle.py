"""`gwplan circle`: circular financing by investors who are also suppliers."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, RUN, shared
from gwplan.commands.search_progress import progress_line
from gwplan.common.status import Exit, Status

EPILOG = """\b
Exit codes:
  0  done
  1  with --solve: the counterfactual plan failed its audit
  3  RUN has no finance, or no investor contributes to it
  4  with --solve: infeasible without investors' money
  5  with --solve: the counterfactual was stopped early, with a plan
  6  with --solve: the counterfactual was stopped before a plan was found"""


@click.command("circle", short_help="Trace circular financing: payments between investors, suppliers and the planner.", epilog=EPILOG)
@click.argument("folder", type=RUN, metavar="RUN")
@click.option("--without", type=RUN, metavar="RUN2", help="Compare with this run folder, solved without investors' money.")
@click.option("--solve", is_flag=True, help="Solve the model of RUN without investors' money into a new run folder, and compare.")
@click.option("--view", metavar="INVESTOR", help="Also show the side of this investor: its cash by year, its stakes, and which gives more.")
@click.option("--page", type=FILE, metavar="FILE.html", help="Also write an HTML page: one file that works offline.")
@shared
@click.pass_context
def circle(context: click.Context, /, folder: Path, without: Path | None, solve: bool, view: str | None, page: Path | None,
           as_json: bool) -> None:
    """Trace the money of the run folder RUN whose investors are also its suppliers.

    Reports what investors pay in and how much returns to them as purchases, directly and through others; payments
    between parties; the loops; fixed obligations by year; and the counterfactual plan without investors' money. Money
    is nominal.

    \b
    Examples:
      gwplan circle runs/RUN
      gwplan circle runs/RUN --solve --page circle.html
      gwplan circle runs/RUN --without runs/OTHER --json
      gwplan circle runs/RUN --view microsoft
    """
    if without is not None and solve:
        raise click.UsageError("give either --without or --solve, not both.")
    from gwplan.analysis.circular_financing import circle as answer
    from gwplan.analysis.circular_financing import view as views
    from gwplan.analysis.circular_financing.books import NoCircle
    from gwplan.analysis.circular_financing.counterfactual import NoPlan, compare_without, solve_without
    from gwplan.reports.terminal import circular_financing, investor_view
    from gwplan.results.run_folder import RunFolder

    with console.reporting(as_json):
        try:
            found = answer.circle(RunFolder(folder))
            side = None if view is None else views.view(found.run, found.books, found.payments, found.positions, view)
            code, no_plan, other = Exit.SOLVED, None, without
            if solve:
                with progress_line() as progress:
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
                more: dict[str, object] = {} if no_plan is None else {"no_plan": no_plan.message}
                more |= {} if side is None else {"view": views.as_json(side)}
                console.print_json({"exit_code": code, **answer.as_json(found, compared, no_plan), **more,
                                    **({} if page is None else {"page": str(page)})})
            else:
                output = console.output()
                circular_financing.show(found, output, compared, no_plan)
                if side is not None:
                    investor_view.show(found, side, output)
                if page is not None:
                    output.print(f"Page: {page}", markup=False, soft_wrap=True)
    context.exit(code)
