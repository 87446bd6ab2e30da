"""Drafts of run folders: their names, the removal of abandoned ones, and a check that the target is writable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gwplan.common import claims

UNFINISHED = ".unfinished-"
"""Name prefix of a run folder while it is written."""
ROOM = 2**20
"""Free space in bytes that is checked before a solve, about the size of a small run."""
TRIES = 5
"""Number of attempts to create a folder that other processes may remove."""


@contextmanager
def claimed_in(folder: Path, draft: Path) -> Iterator[None]:
    """Claim a draft in a folder, created if missing: another run may remove the folder after its own write test."""
    with ExitStack() as stack:
        for attempt in range(TRIES):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(claims.claimed(draft))
                break
            except FileNotFoundError:
                if attempt == TRIES - 1:
                    raise
        yield


def ready(*folders: Path) -> None:
    """Check before a solve that run folders can be written, and remove the drafts of killed runs. OSError if not writable."""
    for folder in folders:
        try:
            sweep(folder)
            _try_to_write(folder)
        except OSError as error:
            in_the_way = isinstance(error, (FileExistsError, NotADirectoryError))
            reason = "a file has that name" if in_the_way else (error.strerror or str(error)).lower()
            raise OSError(f"The folder {folder} cannot be written: {reason}. Name another with --runs; nothing was solved.") from error


def _try_to_write(folder: Path) -> None:
    """Create and remove a folder with a file of about the size of a small run."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    draft = folder / claims.draft_name(UNFINISHED)
    try:
        with claimed_in(folder, draft):
            try:
                draft.write_bytes(bytes(ROOM))
            finally:
                draft.unlink(missing_ok=True)
    finally:
        with suppress(OSError):  # another run has started to write there
            for each in made:
                each.rmdir()


def sweep(runs: Path) -> None:
    """Remove abandoned drafts."""
    claims.sweep(runs, UNFINISHED)
