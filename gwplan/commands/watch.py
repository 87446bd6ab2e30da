"""`gwplan watch`: solve again whenever a table is saved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, SHARE, changes, runs_option, shared
from gwplan.commands.search_progress import progress_line
from gwplan.commands.streams import json_text
from gwplan.common import errors
from gwplan.common.status import Exit

if TYPE_CHECKING:
    from gwplan.analysis.watch import Event


@click.command("watch", short_help="Solve again whenever a table is saved, and print what changed.")
@click.argument("model", type=MODEL)
@changes
@click.option("--gap", type=SHARE, help="Relative optimality gap, such as 0.001: slower, but proves smaller changes.")
@runs_option("Where run folders go.")
@shared
@click.pass_context
def watch(context: click.Context, /, model: Path, as_json: bool, **options: Any) -> None:
    """Solve MODEL, then wait for its file or one of its tables to be saved, solve again and print what changed.

    Each solve starts from the last plan; the new plan is compared with the last one and, in one line, with the first.
    Faults in a saved file are listed, and the command waits for the next save. Ctrl-C ends it, with exit code 0 if there
    is a plan and 6 if there is none. If the last run folder was deleted, the model is solved again. With --json each
    event is one JSON document on one line.

    \b
    Examples:
      gwplan watch models/one_gigawatt.toml
      gwplan watch models/one_gigawatt.toml --gap 0.001
    """
    with console.reporting(as_json):
        from gwplan.analysis.watch import watch as watching
        from gwplan.planning.request import Request
        from gwplan.reports import pages

        request = Request(model, pages=pages.write, meanwhile=pages.bring_in, **options)
        last = watching(request, _tell_json if as_json else _tell, progress_line)
        sentence = "Stopped watching, without a plan." if last is None else f"Stopped watching. The last plan is {last}."
        if as_json:
            _line({"event": "stopped", "run": last, "message": sentence})
        else:
            console.say(sentence)
    context.exit(0 if last is not None else Exit.STOPPED_EMPTY)


def _tell(event: Event) -> None:
    """Print an event: plans and comparisons to stdout, all else to stderr."""
    from gwplan.reports.terminal import comparison as compared
    from gwplan.reports.terminal import first_screen
    from gwplan.results.run_folder import RunFolder

    output = console.output()
    if event.kind == "faults":
        console.print_faults(event.faults, event.warnings)
    elif event.message:
        console.say(event.message, err=True)
    if event.kind == "solved" and event.run is not None:
        console.print_warnings(event.warnings)
        first_screen.show(RunFolder(event.run), output, len(event.warnings))
    if event.with_last is not None:
        output.print()
        compared.show(event.with_last, output)
        if event.with_first is not None:
            output.print()
            compared.show_briefly(event.with_first, output)
        output.print(f"{event.seconds:.1f} s after the save. Run folder: {event.run}", markup=False, soft_wrap=True)
    sys.stdout.flush()
    if event.kind not in ("unchanged", "gone"):
        console.say("Waiting for a save; Ctrl-C ends.", err=True)


def _tell_json(event: Event) -> None:
    from gwplan.reports.terminal import comparison as compared
    from gwplan.results.run_folder import RunFolder

    found: dict[str, Any] = {"event": event.kind, "seconds": event.seconds, "run": event.run, "message": event.message,
                             "faults": errors.faults_as_json(event.faults), "warnings": errors.faults_as_json(event.warnings)}
    if event.kind == "solved" and event.run is not None:
        found["summary"] = RunFolder(event.run).summary
    for name, comparison in (("with_last", event.with_last), ("with_first", event.with_first)):
        found[name] = None if comparison is None else compared.as_json(comparison)
    _line(found)


def _line(content: dict[str, Any]) -> None:
    click.echo(json_text(console.plain(content)))
