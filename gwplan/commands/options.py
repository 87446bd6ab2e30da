"""Argument types and options that several commands share."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from gwplan.commands import completion, console, named
from gwplan.common.numbers import parse_number
from gwplan.inputs.selectors import EXCLUDE, REQUIRE, change

Command = TypeVar("Command", bound=Callable[..., Any])

GIVEN = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that exists."""
FOLDER_GIVEN = click.Path(exists=True, file_okay=False, path_type=Path)
"""A folder that exists."""


class Named(click.Path):
    """A path whose name is not blank, as an unset variable of the shell would make it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. BadParameter for a blank name."""
        if isinstance(value, str) and not value.strip():
            self.fail("its name is blank.", param, ctx)
        return super().convert(value, param, ctx)


FILE = Named(dir_okay=False, path_type=Path)
FOLDER = Named(file_okay=False, path_type=Path)
MOST_WORKERS = 1024
MODEL = named.Model()
"""A model's file, or the name of one."""
RUN = named.Run()
"""A run folder, or a word for one."""
PLAN = named.ModelOrRun()
"""A file or a folder; or the name of a model, or a word for a run."""


class Share(click.FloatRange):
    """A share as a number or in per cent: 0.005 or 0.5%."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The share. BadParameter for anything else, or out of range."""
        if not isinstance(value, str) or not value.strip().endswith("%"):
            share = super().convert(value, param, ctx)
            if isinstance(share, float) and math.isnan(share):
                self.fail(f"{value!r} is no share, such as 0.005 or 0.5%.", param, ctx)
            return share
        given = parse_number(value.strip().removesuffix("%").strip())
        if isinstance(given, str):
            self.fail(f"{value!r} is no share, such as 0.005 or 0.5%.", param, ctx)
        return super().convert(given / PERCENT, param, ctx)


SHARE = Share(0, 1)
PERCENT = 100.0


def _debug(context: click.Context, parameter: click.Parameter, on: bool) -> None:
    if on:
        os.environ[console.DEBUG] = "1"


def model_ending(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """A file for the model, whose ending gives its format. BadParameter for an unknown ending."""
    if path is not None:
        from gwplan.solving.model_file import wrong_ending

        wrong = wrong_ending(path)
        if wrong:
            raise click.BadParameter(f"{wrong}.")
    return path


def name_is_free(context: click.Context, parameter: click.Parameter, name: str) -> str:
    """A name for a run, which no other run has. BadParameter, in words, if one has it or it is no name."""
    if name:
        from gwplan.results import run_list

        wrong = run_list.wrong_name(name, named.runs_of(context))
        if wrong:
            raise click.BadParameter(f"{wrong}.")
    return name


def shared(command: Command) -> Command:
    """The options that every command has."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
    debug = click.option("--debug", is_flag=True, expose_value=False, callback=_debug,
                         help="Show the traceback of an error (or set GWPLAN_DEBUG).")
    return as_json(debug(command))


def runs_option(text: str) -> Callable[[Command], Command]:
    """The option --runs. It is read before all others, for a word that means a run is looked up there."""
    first = partial(click.option, "--runs", type=FOLDER, metavar="DIR", is_eager=True)
    return first(default=Path("runs"), show_default=True, help=text)


def changes(command: Command) -> Command:
    """The options that change a case or a model without editing its files."""
    overlays = click.option("--with", "overlays", multiple=True, type=GIVEN, metavar="FILE",
                            help="An overlay: a CSV of the rows that differ, with a leading column `table`. May be repeated.")
    sets = click.option("--set", "sets", multiple=True, metavar="TEXT", shell_complete=completion.keys,
                        help="One number: table.item[@site][@when].quantity='VALUE UNIT', or ='*0.9', or model.KEY=VALUE. May be repeated.")
    force = click.option("--force", "forced", multiple=True, metavar="TEXT",
                         help="What the plan must have, as [require]: 'halls@SITE>=100 MW', 'systems=NAME<=50 MW', 'sites=NAME'. Repeat.")
    forbid = click.option("--forbid", "forbidden", multiple=True, metavar="TEXT",
                          help="What it may not order, as [exclude]: 'vendor=NAME', 'fuel=NAME@SITE', 'item=NAME'. May be repeated.")

    @wraps(command)
    def changed(*args: Any, sets: tuple[str, ...], forced: tuple[str, ...], forbidden: tuple[str, ...], **options: Any) -> Any:
        added = (*(change(REQUIRE, text) for text in forced), *(change(EXCLUDE, text) for text in forbidden))
        return command(*args, sets=(*sets, *added), **options)

    return cast("Command", overlays(sets(force(forbid(changed)))))


def keep_as_it_is(model: Path, overlays: Sequence[Path], sets: Sequence[str]) -> None:
    """UsageError for changes of a run folder, whose inputs are those of its plan."""
    if model.is_dir() and (overlays or sets):
        raise click.UsageError("--with, --set, --force and --forbid change a model; a run is explained as it is.")


def tell_passed_over(model: Path, sets: Sequence[str], *folders: Path) -> None:
    """Warn on stderr of files that look like tables but are not read, in the case or in other folders. InputFaults for a faulty model."""
    from gwplan.inputs.plain_files import passed_over
    from gwplan.planning.build import read_definition

    found = [fault for folder in (read_definition(model, sets).inputs, *folders) for fault in passed_over(folder)]
    console.print_warnings(found)


def study(command: Command) -> Command:
    """The options of commands that solve many scenarios."""
    options = (
        click.option("--gap", type=SHARE,
                     help="Relative optimality gap of each solve; by default the model's own, for samples at least 0.01."),
        click.option("--time-limit", metavar="TIME", help="Time limit of each solve, such as '2 min'."),
        click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Number of parallel processes; by default one per core."),
        click.option("--cluster", metavar="ADDRESS", help="Solve on the Dask cluster with this scheduler."),
        runs_option("Where result folders go."),
        click.option("--no-cache", is_flag=True, help="Solve everything again; neither read nor write cached results."),
    )
    for option in reversed(options):
        command = option(command)
    return command
