"""Progress of many scenarios on stderr: how many are done, infeasible and failed, and the time left."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gwplan.common.status import WITH_PLAN, Status

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import Result

ANSWERED = (*WITH_PLAN, Status.INFEASIBLE)


@contextmanager
def scenario_progress(total: int | None, what: str = "scenarios",
                      begun: str = "the unchanged plan first") -> Iterator[Callable[[int, Result], None] | None]:
    """Gives a callback for each result, or None if stderr is not a terminal. begun: the text shown before the first result."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    counts: Counter[str] = Counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[found]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total, found=begun)

        def told(number: int, result: Result) -> None:
            counts[result.status] += 1
            failed = sum(count for status, count in counts.items() if status not in ANSWERED)
            progress.update(task, advance=1, found=f"{counts[Status.INFEASIBLE]} infeasible, {failed} failed")

        yield told
