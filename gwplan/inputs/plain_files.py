"""Which files of a folder are its tables, and how they are read: plain files only, never a pipe, a device or what a link leads out to."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.memory import AnyPath, MemoryPath

NON_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
UNREADABLE = "cannot be read"
LINKED = f"{UNREADABLE}: it is a link that leads out of its folder; put the file itself there"
NOT_PLAIN = f"{UNREADABLE}: it is a pipe, a socket or a device, not a file"
SUFFIX = ".csv"


class FileFault(ValueError):
    """A file that cannot be read; the text says why."""


def read_bytes(path: AnyPath, largest: int | None = None) -> bytes:
    """The content of a plain file. FileNotFoundError where there is none, FileFault for what cannot be read or is above `largest` bytes."""
    if isinstance(path, MemoryPath):
        return path.content()
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise FileFault(NOT_PLAIN)
        # Opened without waiting and looked at again: a pipe may have taken its place.
        with os.fdopen(os.open(path, os.O_RDONLY | NON_BLOCKING), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise FileFault(NOT_PLAIN)
            if largest is not None and found.st_size > largest:
                raise FileFault(f"{UNREADABLE}: it is larger than {largest:,} bytes")
            return file.read()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise FileFault(f"{UNREADABLE}: {error.strerror or error}") from None


def is_there(path: AnyPath) -> bool:
    """True if there is anything of that name, were it a link that leads nowhere."""
    return path.is_file() if isinstance(path, MemoryPath) else os.path.lexists(path)


def leads_out(path: AnyPath) -> bool:
    """True for a link whose end is not inside the folder that holds it."""
    if isinstance(path, MemoryPath):
        return False
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def tables_of(folder: AnyPath) -> list[AnyPath]:
    """The tables of a folder by name: its own plain *.csv files. Nothing below it, no locks and copies of editors, no links out of it."""
    return [path for path in _listed(folder) if path.name.endswith(SUFFIX) and not _not_a_table(path)]


def passed_over(folder: AnyPath) -> Iterator[Fault]:
    """A warning for each entry of a folder that looks like a table and is none."""
    for path in _listed(folder):
        reason = _not_a_table(path)
        if reason and SUFFIX in path.name:
            yield Fault(path.name, 0, f"is not read: it is {reason}")


def of_an_editor(name: str) -> bool:
    """True for the locks, copies and drafts that editors and offices leave beside a file."""
    return name.startswith((".", "~", "#")) or name.endswith(("~", "#", ".swp", ".bak", ".tmp"))


def _not_a_table(path: AnyPath) -> str:
    """Why an entry is no table, blank where it may be one."""
    if of_an_editor(path.name):
        return "a lock or a copy of an editor"
    if isinstance(path, MemoryPath):
        return ""
    if leads_out(path):
        return "a link that leads out of its folder"
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a link that leads nowhere"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "" if stat.S_ISREG(mode) else "a pipe, a socket or a device"


def _listed(folder: AnyPath) -> list[AnyPath]:
    """All that a folder holds, by name; nothing where it cannot be read."""
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:
        return []
