"""Run folders that cannot be read: damaged ones, and those that another version of gwplan wrote otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path


@contextmanager
def readable(*runs: Path) -> Iterator[None]:
    """What fails inside for what a run folder lacks or says otherwise is a fault of that folder: InputFaults, with its version."""
    from gwplan.faults import Fault, InputFaults

    try:
        yield
    except UnicodeEncodeError:  # of a terminal, not of a folder
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        missing = f"it lacks {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
        versions = "".join(f"; {each}" for each in map(other_version, runs) if each)
        message = f"is damaged or of another version, and cannot be read ({missing}){versions}"
        raise InputFaults([Fault(" or ".join(map(str, runs)), 0, message)]) from error


def other_version(run: Path) -> str:
    """Which gwplan made a run, where it was not this one; blank if it was, or if the run does not say."""
    try:
        made = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["versions"]["gwplan"]
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    mine = version("gwplan")
    return "" if made == mine else f"{run.name} was made by gwplan {made}, this is {mine}"
