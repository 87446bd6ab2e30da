"""A result that is kept beside a run, and shown on its page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gwplan.commands import console
from gwplan.common.errors import InputFaults, sentence


def keep(folder: Path, write: Callable[[], Path | None]) -> None:
    """Keep a result beside the run, and write the page of the run again if it has one. What cannot be written is a warning.

    write: writes the result; gives None where nothing is kept.
    """
    from gwplan.reports import webpage
    from gwplan.reports.formatting import PAGE
    from gwplan.results.run_folder import readable

    try:
        if write() is not None and (folder / PAGE).is_file():
            with readable(folder):
                webpage.write(folder)
    except OSError as error:
        console.say(f"warning: the result is not kept in the run folder: {sentence(error)}", err=True)
    except InputFaults as error:
        console.say(f"warning: the page of the run is as it was: {error.faults[0]}", err=True)
