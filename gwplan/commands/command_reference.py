"""The page of the commands: each with its text, arguments, options and defaults, written from click itself.

`make reference` writes it, with the other generated pages.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import click

from gwplan.commands.cli import gwplan
from gwplan.common.status import Exit
from gwplan.reports.reference.markdown import prose, table

OPENING = """# Commands

Written from the code by `make reference`; a test compares the two. `gwplan COMMAND --help` prints the same.
"""
EXIT_CODES = """## Exit codes

The same for every command, so that a script can rely on them. With `--json` the document holds the code as `exit_code`.
"""
VERBATIM = "\b"
"""Click's mark of a paragraph whose lines are kept."""
HELP = "--help"
EVERYWHERE = ("--json", "--debug", HELP)
"""Options of every command, described once."""


def page() -> str:
    """The page as Markdown."""
    context = click.Context(gwplan, info_name="gwplan", **gwplan.context_settings)
    commands = [click.Context(gwplan.commands[name], info_name=name, parent=context) for name in gwplan.list_commands(context)]
    lines = [OPENING, *text(gwplan), *table(("command", "what it does"), [linked(each.command) for each in commands]), ""]
    lines += [*shared_options(commands), EXIT_CODES, *table(("code", "meaning"), [(f"`{code.value}`", code.text) for code in Exit]), ""]
    for each in commands:
        lines += section(each)
    return "\n".join(lines)


def linked(command: click.Command) -> tuple[str, str]:
    """The name of a command, linked to its section, and its short text."""
    return f"[`{command.name}`](#{command.name})", prose(command.get_short_help_str(limit=1000))


def shared_options(commands: Iterable[click.Context]) -> list[str]:
    """What every command takes, and the group's own option."""
    first = next(iter(commands))
    every = [each for each in first.command.get_params(first) if each.opts[-1] in EVERYWHERE]
    rows = [option_row(each, first) for each in every if isinstance(each, click.Option)]
    return ["## Options of every command", "", *rows_of_options(rows), "", "`gwplan --version` prints the version.", ""]


def section(context: click.Context) -> list[str]:
    """One command: usage, text, arguments and options."""
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    lines = [f"## {command.name}", "", "```text", usage, "```", "", *text(command)]
    options = [each for each in command.get_params(context) if isinstance(each, click.Option) and each.opts[-1] not in EVERYWHERE]
    if options:
        lines += [*rows_of_options([option_row(each, context) for each in options]), ""]
    return lines


def rows_of_options(rows: list[tuple[str, ...]]) -> list[str]:
    """The table of options."""
    return table(("option", "value", "default", "meaning"), rows)


def text(command: click.Command) -> Iterator[str]:
    """What a command says of itself, paragraph by paragraph; lines that it keeps are a block of code."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines = paragraph.splitlines()
        if lines[0] != VERBATIM:
            yield from (prose(" ".join(lines)), "")
        else:
            yield from (lines[1], "", "```text", *(line.strip() for line in lines[2:]), "```", "")


def option_row(option: click.Option, context: click.Context) -> tuple[str, ...]:
    """Names, values, default and meaning of an option."""
    # A command that was called by itself before keeps the names of help that are click's own.
    given = context.help_option_names if HELP in option.opts else [*option.opts, *option.secondary_opts]
    names = ", ".join(f"`{name}`" for name in given)
    return names, "" if option.is_flag else value(option, context), default(option), prose(option.help or "")


def value(option: click.Option, context: click.Context) -> str:
    """What an option takes: its placeholder or its choices, with the range of a number."""
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    shown = f"`{option.make_metavar(context)}`"
    if isinstance(option.type, click.IntRange | click.FloatRange):
        least, most = option.type.min, option.type.max
        shown = "a whole number" if isinstance(option.type, click.IntRange) else "a number"
        shown += f" from {least}" if most is None else f" up to {most}" if least is None else f" from {least} to {most}"
    return shown


def default(option: click.Option) -> str:
    """The default where there is one and it is no flag that is off."""
    found = option.to_info_dict()["default"]
    return "" if option.is_flag or option.multiple or found is None else f"`{found}`"
