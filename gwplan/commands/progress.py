"""Progress of many scenarios on stderr: how many are done, infeasible and failed, and the time left."""

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
    began = last = time.monotonic()
    known = "" if total is None else f" of {total}"

    def told(number: int, result: Result) -> None:
        nonlocal last
        counts[result.status] += 1
        now = time.monotonic()
        if now - last >= PLAIN_SECONDS:
            last = now
            with suppress(OSError):
                console.say(f"{counts.total()}{known} {what}  {words(counts)}  {now - began:.0f} s", err=True)

    return told
