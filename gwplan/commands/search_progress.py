"""Progress of a search on stderr: one line of a terminal that is written again each second, plain lines in a pipe."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gwplan.commands import console

if TYPE_CHECKING:
    from gwplan.planning.request import Progress

SECOND, PLAIN_SECONDS = 1.0, 30.0
"""Seconds between two states of the line of a terminal, and between two lines in a pipe: a short solve has none there."""
UNKNOWN = 1e30
"""The solver gives values beyond it while it has none."""
Told = Callable[["Progress"], None]


@contextmanager
def progress_line(quiet: bool = False) -> Iterator[Told | None]:
    """Gives a callback that shows progress on stderr. quiet: None."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        with ticking(write_line, PLAIN_SECONDS) as heard:
            yield heard
        return
    from rich.live import Live
    from rich.text import Text

    from gwplan.commands.plain_console import Plain

    live = Live(console=Plain(stderr=True, highlight=False), auto_refresh=False, transient=True)

    def shown(progress: Progress) -> None:
        with suppress(OSError):  # a terminal that is closed must not stop the solver
            live.update(Text(progress_text(progress), no_wrap=True, overflow="ellipsis"), refresh=True)

    try:
        live.start()
        with ticking(shown, SECOND) as heard:

            def told(progress: Progress) -> None:
                heard(progress)
                shown(progress)

            yield told
    finally:
        with suppress(OSError):
            live.stop()


@contextmanager
def ticking(told: Told, seconds: float) -> Iterator[Told]:
    """Gives a callback that notes progress; every so many seconds the last one is told, with the time that has passed since."""
    done, noted = threading.Event(), list[tuple["Progress", float]]()

    def heard(progress: Progress) -> None:
        noted[:] = [(progress, time.monotonic())]

    def tick() -> None:
        while not done.wait(seconds):
            for progress, at in noted[:1]:
                told(replace(progress, seconds=progress.seconds + time.monotonic() - at))

    thread = threading.Thread(target=tick, daemon=True, name="gwplan progress")
    thread.start()
    try:
        yield heard
    finally:
        done.set()
        thread.join()


def write_line(progress: Progress) -> None:
    """Write progress as a line of stderr."""
    with suppress(OSError, ValueError):
        console.say(progress_text(progress), err=True)


def progress_text(progress: Progress) -> str:
    """Phase and seconds of those allowed; in a search the best plan and the bound in the unit of the goal, and the gap with its target."""
    limit = progress.time_limit
    allowed = f" of {limit:,.0f}" if progress.goal and limit is not None and math.isfinite(limit) else ""
    pieces = [f"{progress.phase}  {progress.seconds:.0f}{allowed} s"]
    if progress.objective is not None and abs(progress.objective) < UNKNOWN:
        pieces.append(f"best plan {in_its_unit(progress.objective, progress.goal)}")
    elif progress.goal:
        pieces.append("no plan yet")
    if progress.bound is not None and abs(progress.bound) < UNKNOWN:
        pieces.append(f"bound {in_its_unit(progress.bound, progress.goal)}")
    if progress.gap is not None and math.isfinite(progress.gap):
        target = f" (ends at {progress.target_gap:.2%})" if progress.target_gap is not None else ""
        pieces.append(f"gap {progress.gap:.2%}{target}")
    return "  ".join(pieces)


def in_its_unit(value: float, goal: str) -> str:
    """A value of a goal as people read it."""
    from gwplan.common.amounts import said
    from gwplan.results.figures import GOALS

    return said(value, GOALS[goal].unit, 4) if goal in GOALS else f"{value:,.1f}"
