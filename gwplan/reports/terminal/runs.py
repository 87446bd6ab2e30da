"""The runs of a folder for the terminal, the last first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from gwplan.common.errors import InputFaults
from gwplan.reports.first_screen import answer
from gwplan.reports.formatting import counted
from gwplan.reports.terminal.first_screen import wrapped
from gwplan.results.run_folder import RunFolder
from gwplan.results.run_list import LATEST, PREVIOUS, KeptRun

INDENT = "  "


def chosen(runs: Sequence[KeptRun], texts: Sequence[str]) -> list[KeptRun]:
    """The runs that have all of some texts, without regard to case; of a text that names one run, this run alone."""
    found = list(runs)
    for text in texts:
        exact = [run for run in runs if text in run.words]
        if text in (LATEST, PREVIOUS):
            place = (LATEST, PREVIOUS).index(text)
            exact = list(runs[place : place + 1])
        found = [run for run in found if (run in exact if exact or text in (LATEST, PREVIOUS) else text.casefold() in _all_of(run))]
    return found


def _all_of(run: KeptRun) -> str:
    return "\n".join((*run.words, run.model, run.title, run.status, *run.changes)).casefold()


def headline(run: KeptRun) -> str:
    """The answer of a run; its title where it cannot be read."""
    try:
        return answer(RunFolder(run.path))[0]
    except (InputFaults, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return run.title


def when(run: KeptRun) -> str:
    """Date and time of a run, UTC."""
    text = run.finished
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[9:11]}:{text[11:13]}" if text else ""


def lines(run: KeptRun, width: int) -> list[str]:
    """A run in two or three lines: what it is called; model, time, status and answer; what was changed."""
    about = ", ".join(filter(None, (run.model, when(run), run.status)))
    changed = wrapped(f"changed: {'; '.join(run.changes)}", width - len(INDENT)) if run.changes else []
    rest = [*wrapped(f"{about}: {headline(run)}", width - len(INDENT)), *changed]
    return ["  ".join((run.path.name, *filter(None, (run.name,)))), *(f"{INDENT}{line}" for line in rest)]


def as_json(run: KeptRun) -> dict[str, Any]:
    """A run as plain data."""
    return {"run": str(run.path), "name": run.name, "model": run.model, "finished": run.finished, "status": run.status,
            "title": run.title, "answer": headline(run), "changes": list(run.changes)}


def show(runs: Sequence[KeptRun], console: Console, known: int, folder: Path) -> None:
    """Print the runs. known: the number of all in the folder."""
    if not runs:
        console.print(f"No run in {folder}." if not known else f"None of {counted(known, 'run')} in {folder} has that.", markup=False)
        return
    for run in runs:
        first, *rest = lines(run, console.width)
        console.print(first, style="bold", markup=False, soft_wrap=True)
        for line in rest:
            console.print(line, markup=False, soft_wrap=True)
    if len(runs) < known:
        console.print(f"\n{len(runs)} of {counted(known, 'run')} in {folder}.", markup=False)


