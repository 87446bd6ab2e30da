"""Terminal output of faults and errors. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import errno
import math
import os
import shutil
import sys
import textwrap
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gwplan.commands.streams import json_text
from gwplan.common import stopping
from gwplan.common.errors import Fault, InputFaults, MissingValue, faults_as_json, sentence
from gwplan.common.printable import printable
from gwplan.common.status import Exit, Status

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

DEBUG = "GWPLAN_DEBUG"
PIPE_WIDTH = 100


def output() -> Console:
    """Stdout for tables: as wide as the terminal, at least 80 columns; in a pipe plain text, 100 columns wide."""
    from gwplan.commands.plain_console import Plain

    console = Plain(highlight=False, soft_wrap=False)
    console.width = max(console.width, 80) if console.is_terminal else PIPE_WIDTH
    return console


def plain(value: Any) -> Any:
    """The value as JSON types: paths and labels as text, non-finite numbers as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def print_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    click.echo(json_text(plain(value), 2))


def say(text: object, err: bool = False) -> None:
    """Write a line to stdout or stderr, without terminal control characters."""
    click.echo(printable(str(text)), err=err)


def say_wrapped(text: object) -> None:
    """Write to stderr: on a terminal in lines that end between words, all but the first set in; in a pipe as one line."""
    line = printable(str(text))
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    click.echo(line, err=True)


def print_warnings(warnings: Sequence[Fault]) -> None:
    """Write every warning to stderr, one per line in a pipe."""
    for warning in warnings:
        say_wrapped(f"warning: {warning}")


def print_faults(faults: Sequence[Fault], warnings: Sequence[Fault]) -> None:
    """Write every fault and warning to stderr, one per line in a pipe, then the number of faults."""
    print_warnings(warnings)
    for fault in faults:
        say_wrapped(fault)
    found = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
    click.echo(f"{found} in the input; nothing was solved.", err=True)


def kept(code: int, folder: Path | None) -> stopping.Ending:
    """How a command ends if interrupted while it prints a finished folder: with its normal exit code."""
    return stopping.NOTHING if folder is None else stopping.Ending(code, f"Stopped while printing; {folder} is complete.")


@contextmanager
def reporting(as_json: bool, stopped: stopping.Ending = stopping.NOTHING) -> Iterator[None]:
    """Turn expected errors into one message and an exit code; with JSON the message is a document on stdout."""
    try:
        with stopping.ending(stopped):
            yield
    except (click.exceptions.Exit, click.ClickException, click.Abort):
        raise
    except InputFaults as error:
        if as_json:
            content = {"faults": faults_as_json(error.faults), "warnings": faults_as_json(error.warnings)}
            print_json({"exit_code": Exit.INPUT, "status": Status.FAULTY_INPUT, **content})
        else:
            print_faults(error.faults, error.warnings)
        leave(Exit.INPUT)
    except MissingValue as error:
        fail(Exit.INPUT, Status.FAULTY_INPUT, str(error), as_json)
    except KeyboardInterrupt as error:
        stopping.acknowledge()
        fail(stopped.code, Status.STOPPED, str(error) or stopped.message, as_json)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader closed the pipe: click ends quietly
            raise
        if error.errno == errno.EIO and stopping.asked():  # the terminal was closed: nobody reads the output
            leave(stopped.code)
        fail(Exit.OTHER, Status.ERROR, sentence(error), as_json)
    except Exception:
        if stopping.asked():  # broken off by the signal, such as a half-finished import
            stopping.acknowledge()
            fail(stopped.code, Status.STOPPED, stopped.message, as_json)
        raise


def leave(code: int) -> NoReturn:
    """End the command with this exit code."""
    if os.environ.get(DEBUG) and sys.exc_info()[0] is not None:
        traceback.print_exc()
    raise click.exceptions.Exit(int(code))


def fail(code: int, status: Status, message: str, as_json: bool) -> NoReturn:
    """End the command with one message (a JSON document with --json) and an exit code."""
    if as_json:
        print_json({"exit_code": int(code), "status": status, "message": message})
    else:
        say(message, err=True)
    leave(code)


def one_sentence(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """`sys.excepthook`: one sentence instead of a traceback; the exit code is then 1."""
    if os.environ.get(DEBUG):
        sys.__excepthook__(kind, error, trace)
    else:
        say(sentence(error), err=True)


def unraised(found: sys.UnraisableHookArgs) -> None:
    """`sys.unraisablehook`: keeps silent about an interruption in a callback, which is handled at the next phase."""
    if not (found.exc_type is KeyboardInterrupt and stopping.asked()):
        sys.__unraisablehook__(found)
