"""The command line. Each command parses its arguments, calls one function and prints the result."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.alternatives import alternatives
from gwplan.commands.audit import audit
from gwplan.commands.bottleneck import bottleneck
from gwplan.commands.breakeven import breakeven
from gwplan.commands.calibrate import calibrate
from gwplan.commands.circle import circle
from gwplan.commands.compare import compare
from gwplan.commands.dispatch import dispatch
from gwplan.commands.downside import downside
from gwplan.commands.explain import explain
from gwplan.commands.frontier import frontier
from gwplan.commands.hedge import hedge
from gwplan.commands.levelised import levelised
from gwplan.commands.options import FILE, FOLDER, MODEL, PLAN, RUN, SHARE, changes, model_ending, name_is_free, runs_option, shared
from gwplan.commands.reference import reference
from gwplan.commands.report import report
from gwplan.commands.rolling import rolling
from gwplan.commands.runs import runs
from gwplan.commands.sample import sample
from gwplan.commands.scenarios import scenarios
from gwplan.commands.search_progress import progress_line
from gwplan.commands.serve import serve
from gwplan.commands.slip import slip
from gwplan.commands.streams import prepare_streams
from gwplan.commands.stress import stress
from gwplan.commands.sweep import sweep
from gwplan.commands.tables import tables
from gwplan.commands.watch import watch
from gwplan.commands.why import why
from gwplan.commands.why_not import why_not
from gwplan.commands.workbook import workbook
from gwplan.commands.worth import worth
from gwplan.common import stopping
from gwplan.common.status import Exit

EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code.value}  {code.text}" for code in Exit)


class InOrder(click.Group):
    """Commands listed in declaration order, the order in which a new user needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Command names in declaration order."""
        return list(self.commands)

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        """Parse the arguments; report an interruption in the meantime."""
        with console.reporting("--json" in args):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; report an interruption that the command itself does not handle."""
        with console.reporting("--json" in sys.argv):
            return super().invoke(ctx)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EPILOG)
@click.version_option(package_name="gwplan", message="%(prog)s %(version)s")
def gwplan() -> None:
    """Plan gigawatt AI data centers.

    gwplan decides what to build, where and when, with which accelerators and power, and what it costs, by solving one
    optimisation model. A model (.toml) states the question; a case (a folder of .csv tables) holds the input data, each
    number with its unit, range and source. Edit a number, solve again and see what changed.

    \b
    Start with these three:
      gwplan new demo                            copy the shipped models and inputs into the folder demo
      cd demo && gwplan check models/tiny.toml   read a model and its tables; list every fault
      gwplan solve models/one_gigawatt.toml      find the best plan and print it

    `gwplan COMMAND --help` explains a command. Every command takes --json.
    """


@gwplan.command("new", short_help="Copy the shipped models and inputs into a folder.")
@click.argument("folder", type=FOLDER)
@shared
def new(folder: Path, as_json: bool) -> None:
    """Copy the shipped models and inputs into FOLDER, as a starting point.

    FOLDER must be empty or must not exist yet: no file is ever overwritten.
    """
    from gwplan.inputs import starters

    with console.reporting(as_json):
        try:
            created = starters.create(folder)
        except FileExistsError as error:
            raise click.UsageError(str(error)) from error
    if as_json:
        console.print_json({"folder": created.folder, "models": created.models, "cases": created.cases})
    else:
        console.say(starters.next_steps(created))


@gwplan.command("check", short_help="Read a model and its tables; list every fault at once.")
@click.argument("model", type=MODEL)
@click.option("--unused", is_flag=True, help="List each input row that the model does not use, with the reason.")
@changes
@shared
def check(model: Path, unused: bool, as_json: bool, **options: Any) -> None:
    """Read MODEL and the tables it names, without solving.

    Every fault is listed with its file and row. Numbers outside their plausible range give warnings that name the likely
    mistake. Rows that the model does not use are counted, with the reason.

    \b
    Examples:
      gwplan check models/one_gigawatt.toml
      gwplan check models/one_gigawatt.toml --with cheaper.csv
      gwplan check models/one_gigawatt.toml --unused
    """
    from gwplan.planning import build, request
    from gwplan.reports.terminal import check as checked

    with console.reporting(as_json):
        report = build.check(request.Request(model=model, **options))
    if as_json:
        console.print_json(checked.as_json(report))
    else:
        checked.show(report, console.output(), unused)


@gwplan.command("solve", short_help="Find the best plan, write its run folder, print the answer.")
@click.argument("model", type=MODEL)
@changes
@click.option("--fix", type=PLAN, metavar="PLAN", help="Fix the decisions of this plan.csv (or run folder); solve the rest.")
@click.option("--start", type=RUN, metavar="RUN", help="Start from the plan of this run folder.")
@click.option("--against", type=RUN, metavar="RUN",
              help="Start from this run's plan, solve to a gap tight enough for comparison, and print what changed.")
@click.option("--gap", type=SHARE, help="Relative optimality gap at which to stop, such as 0.001.")
@click.option("--time-limit", metavar="TIME", help="Time limit, such as '10 min' or a number of seconds.")
@click.option("--threads", type=click.IntRange(1, 1024), help="Number of solver threads.")
@click.option("--seed", type=click.IntRange(min=0, max=2**31 - 1), help="The solver's random seed.")
@click.option("--no-solve", is_flag=True, help="Build the model and report its size, but do not solve.")
@click.option("--write-lp", type=FILE, metavar="FILE", callback=model_ending,
              help="Also write the model of the first goal to this file: LP format, or MPS if the name ends in .mps.")
@click.option("--name", default="", callback=name_is_free, metavar="NAME", help="A name for the run, by which every command finds it.")
@click.option("--quiet", is_flag=True, help="No progress, and nothing printed but the path of the run folder.")
@runs_option("Where run folders go.")
@shared
@click.pass_context
def solve(context: click.Context, /, model: Path, against: Path | None, quiet: bool, as_json: bool, **options: Any) -> None:
    """Find the best plan for MODEL, write it to a run folder and print its first screen.

    MODEL is a file, or the name of one: of `models`, of this folder or of the shipped models. Ctrl-C, SIGTERM and SIGHUP
    stop the search and keep the best plan found so far; a plan that is being written is completed first. A run folder is
    self-contained and never overwritten; `gwplan show` prints its first screen again, and the rest by option.

    \b
    Examples:
      gwplan solve one_gigawatt
      gwplan solve one_gigawatt --set 'budget.capital.cap=38 GUSD_2026' --name cap38
      gwplan solve one_gigawatt --set 'model.target.1.by=2029-Q4' --start latest
      gwplan solve one_gigawatt --against cap38
    """
    from gwplan.analysis.compare.against import solve_against
    from gwplan.planning.request import Request
    from gwplan.reports import pages
    from gwplan.reports.terminal import summary
    from gwplan.reports.webpage.comparison import write_comparison

    with console.reporting(as_json), stopping.noted():
        with progress_line(quiet) as progress:
            request = Request(model=model, progress=progress, pages=pages.write, meanwhile=pages.bring_in, remedies=True, **options)
            outcome, changed = solve_against(request, against)
            if changed is not None and outcome.run is not None:
                write_comparison([changed], outcome.run / "comparison.html")
        with console.reporting(as_json, console.kept(outcome.exit_code, outcome.run)), stopping.raising():
            if as_json:
                console.print_json(summary.outcome_as_json(outcome, changed))
            elif quiet and outcome.run is not None:
                console.say(outcome.run)
            else:
                console.print_warnings(outcome.warnings)
                summary.show_outcome(outcome, console.output(), changed)
    context.exit(outcome.exit_code)


@gwplan.command("show", short_help="Print the first screen of a run folder again, or its tables.")
@click.argument("folder", type=RUN, default="latest", metavar="[RUN]")
@click.option("--figures", "pages", flag_value="figures", multiple=True, help="The plan in sentences, and its headline figures.")
@click.option("--schedule", "pages", flag_value="schedule", multiple=True, help="What is opened, started, ordered and signed, by period.")
@click.option("--capital", "pages", flag_value="capital", multiple=True, help="Capital by class, per GW and over the whole horizon.")
@click.option("--finance", "pages", flag_value="finance", multiple=True, help="Sources and uses, returns, covenants and cash by year.")
@click.option("--published", "pages", flag_value="published", multiple=True, help="The bridge from this plan to published figures.")
@click.option("--limits", "pages", flag_value="limits", multiple=True, help="Limits that bind and what one more unit is worth; shares.")
@click.option("--weak", "pages", flag_value="weak", multiple=True, help="The numbers that the plan hangs on, and all by grade.")
@click.option("--all", "everything", is_flag=True, help="All of these.")
@click.option("--power", is_flag=True, help="Instead: each site's ways to the first megawatt, and waiting against bridging.")
@shared
def show(folder: Path, pages: tuple[str, ...], everything: bool, power: bool, as_json: bool) -> None:
    """Print the first screen of the run folder RUN again (default: the latest), from its files alone; or its tables, by option.

    The JSON has the whole summary, whatever the options. --power reads the inputs of the run again: firm grid, interim
    connection, own generation and bridge of each site, with date, cost per MW and what sets the date; and what waiting
    for the firm connection costs, against bridging to it. Its JSON has that alone.

    \b
    Examples:
      gwplan show
      gwplan show latest --power
      gwplan show previous --schedule --limits
      gwplan show runs/RUN --all
    """
    from gwplan.reports.terminal import first_screen, summary
    from gwplan.results.run_folder import RunFolder, readable

    with console.reporting(as_json), readable(folder):
        if power:
            from gwplan.analysis.ways_to_power import ways_to_power
            from gwplan.reports.terminal import ways_to_power as shown

            found = ways_to_power(RunFolder(folder))
            if as_json:
                console.print_json(found.as_json())
            else:
                shown.show(found, RunFolder(folder), console.output())
        elif as_json:
            console.print_json(summary.as_json(folder))
        elif everything or pages:
            summary.show(folder, console.output(), summary.PAGES if everything else pages)
        else:
            first_screen.show(RunFolder(folder), console.output())


@gwplan.command("sources", short_help="List where the numbers of a case come from.")
@click.argument("what", type=PLAN, required=False, metavar="[MODEL|RUN]")
@shared
def sources(what: Path | None, as_json: bool) -> None:
    """List the sources of the case that MODEL reads (default: the shipped one_gigawatt), or of the run folder RUN.

    Capital (of a run) and numbers by grade, from A (filed, read in the original) to F (judgement); the class of estimate
    that follows; the most used sources with their grade, how they were read and how many numbers cite them; the numbers
    past their half-life. The JSON has them all.
    """
    from gwplan.inputs import starters
    from gwplan.planning.build import read
    from gwplan.planning.request import Request
    from gwplan.reports.terminal import sources
    from gwplan.results import sources as listing
    from gwplan.results.carriers import as_json as carried
    from gwplan.results.run_folder import RunFolder, readable

    run = None
    with console.reporting(as_json):
        if what is not None and what.is_dir():
            with readable(what):
                listed, run = listing.of_run(what), RunFolder(what)
        else:
            listed = listing.of_case(read(Request(what or starters.root() / "models" / "one_gigawatt.toml")))
    if as_json:
        console.print_json(listed.as_json() | ({"carried_by": carried(run)} if run is not None else {}))
    else:
        sources.show(listed, console.output(), run)


LATER = (tables, runs, explain, why, why_not, worth, breakeven, slip, calibrate, levelised, compare, watch, serve, sweep,
         frontier, sample, stress, scenarios, hedge, rolling, downside, bottleneck, alternatives, reference, dispatch, circle,
         audit, report, workbook)
for command in LATER:
    gwplan.add_command(command)


def main() -> None:
    """The entry point: an unexpected error is one sentence on stderr, with exit code 1.

    Ctrl-C, SIGTERM and SIGHUP are handled alike.
    """
    sys.excepthook, sys.unraisablehook = console.one_sentence, console.unraised
    prepare_streams()
    stopping.listen()
    try:
        gwplan(prog_name="gwplan")
    finally:
        stopping.ended()
