"""Progress of many solves on stderr: how many are done, infeasible and failed, and the time left; plain lines in a pipe."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gwplan.commands import console
from gwplan.commands.search_progress import PLAIN_SECONDS
from gwplan.common.status import WITH_PLAN, Status

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result

ANSWERED = (*WITH_PLAN, Status.INFEASIBLE)


@contextmanager
def scenario_progress(total: int | None, what: str = "scenarios",
                      begun: str = "the unchanged plan first") -> Iterator[Callable[[int, Result], None] | None]:
    """Gives a callback for each result. begun: the text shown before the first result. In a pipe a line is written every half minute."""
    counts: Counter[str] = Counter()
    if not sys.stderr.isatty():
        yield plain_lines(total, what, counts)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[found]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total, found=begun)

        def told(number: int, result: Result) -> None:
            counts[result.status] += 1
            progress.update(task, advance=1, found=words(counts))

        yield told


def words(counts: Counter[str]) -> str:
    """How many have no plan, and how many failed."""
    failed = sum(count for status, count in counts.items() if status not in ANSWERED)
    return f"{counts[Status.INFEASIBLE]} infeasible, {failed} failed"


def plain_lines(total: int | None, what: str, counts: Counter[str]) -> Callable[[int, Result], None]:
    """A callback that writes a line at most every half minute, and with the seconds since it was made."""
    say = now_and_then()

    def told(number: int, result: Result) -> None:
        counts[result.status] += 1
        say(f"{done_of(counts.total(), total, what)}  {words(counts)}")

    return told


def done_of(done: int, total: int | None, what: str) -> str:
    """`3 of 12 points`."""
    return f"{done}{'' if total is None else f' of {total}'} {what}"


def now_and_then() -> Callable[[str], None]:
    """A callback that writes what it is told to stderr as a line with the seconds since it was made, at most every half minute."""
    began = last = time.monotonic()

    def say(text: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PLAIN_SECONDS:
            last = now
            with suppress(OSError):
                console.say(f"{text}  {now - began:.0f} s", err=True)

    return say


@contextmanager
def counted_progress(total: int | None, what: str) -> Iterator[Callable[[int], None]]:
    """Gives a callback for how many are done. In a pipe a line is written every half minute."""
    if not sys.stderr.isatty():
        say = now_and_then()
        yield lambda done: say(done_of(done, total, what))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    known = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    unknown = (TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(TextColumn(what), *(unknown if total is None else known), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def steps() -> Callable[[str], None]:
    """A callback for what is done next: a line on stderr; in a pipe at most one every half minute."""
    return (lambda text: console.say(text, err=True)) if sys.stderr.isatty() else now_and_then()
