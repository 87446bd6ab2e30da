"""Drafts of run folders: their names, who sweeps them, and whether there is a place to write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gwplan.common import claims

UNFINISHED = ".unfinished-"
"""What a run folder is called while it is written."""
ROOM = 2**20
"""Bytes for which there has to be room before anything is solved: a small run with its page takes more."""
TRIES = 5
"""How often a folder is made that others remove."""


@contextmanager
def claimed_in(folder: Path, draft: Path) -> Iterator[None]:
    """Claim a draft in a folder, which is made if need be: another run may just remove it, having made it to see if it can be written."""
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
    """See that run folders can be written, before anything is solved, and remove what killed runs left; nothing is left behind. OSError."""
    for folder in folders:
        try:
            sweep(folder)
            _try_to_write(folder)
        except OSError as error:
            in_the_way = isinstance(error, (FileExistsError, NotADirectoryError))
            reason = "a file is in the way" if in_the_way else (error.strerror or str(error)).lower()
            raise OSError(f"The folder {folder} cannot be written: {reason}. Name another with --runs; nothing was solved.") from error


def _try_to_write(folder: Path) -> None:
    """Make a folder and a file in it, of about the size of a small run, and remove what was made."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    draft = folder / claims.draft_name(UNFINISHED)
    try:
        with claimed_in(folder, draft):
            try:
                draft.write_bytes(bytes(ROOM))
            finally:
                draft.unlink(missing_ok=True)
    finally:
        with suppress(OSError):  # another run has begun to write there
            for each in made:
                each.rmdir()


def sweep(runs: Path) -> None:
    """Remove drafts that nobody writes any more."""
    claims.sweep(runs, UNFINISHED)
