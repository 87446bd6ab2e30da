"""`gwplan runs`: list the runs of a folder, and remove some."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console, named
from gwplan.commands.options import runs_option, shared
from gwplan.common.status import Exit

EPILOG = """\b
Exit codes:
  0  listed, or removed
  1  a folder could not be removed
  2  nothing to remove is named, or no run has these texts"""


@click.command("runs", short_help="List the runs, filter them, and remove some.", epilog=EPILOG)
@click.argument("texts", nargs=-1, metavar="[TEXT]...", shell_complete=named.complete_run)
@click.option("--delete", is_flag=True, help="Remove the runs listed, after a question.")
@click.option("--yes", is_flag=True, help="With --delete: do not ask.")
@runs_option("Where the run folders are.")
@shared
@click.pass_context
def runs(context: click.Context, /, texts: tuple[str, ...], delete: bool, yes: bool, runs: Path, as_json: bool) -> None:
    """List the runs, the last one first: name, model, when, answer, status and what was changed.

    Each TEXT filters: a run is listed if its name, folder, model, title, status or changes contain all of them. A TEXT that is
    the name of a run, its folder, `latest` or `previous` means that run alone. Every command takes these words for a run.

    --delete asks before it removes the runs listed. It removes folders of runs in DIR alone, and follows no link.

    \b
    Examples:
      gwplan runs
      gwplan runs one_gigawatt optimal
      gwplan runs cap38 --delete
    """
    from gwplan.reports.terminal import runs as listing
    from gwplan.results import run_list

    if delete and not all(text.strip() for text in texts or ("",)):  # a blank text is in every run, and would remove all
        raise click.UsageError("--delete needs a text that says which runs: a name, a model, a status ...")
    with console.reporting(as_json):
        known = run_list.runs_in(runs)
        found = listing.chosen(known, texts)
        if delete:
            if not found:
                raise click.UsageError(f"no run in {runs} has all of: {', '.join(texts)}. Nothing was removed.")
            if not (yes or _agreed([run.path.name for run in found], as_json)):
                console.say("Nothing was removed.", err=True)
                context.exit(Exit.SOLVED)
            for run in found:
                run_list.remove(run, runs)
        if as_json:
            console.print_json({"runs": [listing.as_json(run) for run in found], "removed": delete})
        elif delete:
            console.say(f"Removed {len(found)} run{'s' if len(found) > 1 else ''}.")
        else:
            listing.show(found, console.output(), len(known), runs)


def _agreed(lines: list[str], as_json: bool) -> bool:
    """Ask whether to remove runs, on stderr; no without an answer."""
    if as_json:
        raise click.UsageError("with --json nothing can be asked: say --yes.")
    for line in lines:
        console.say(line, err=True)
    try:
        return click.confirm("Remove?", default=False, err=True)
    except click.Abort:
        return False
