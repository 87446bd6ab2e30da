"""The tables of a folder, and safe reading: regular files only, no pipes, devices or links that lead outside."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from typing import Protocol

from gwplan.common.errors import Fault
from gwplan.inputs.memory import AnyPath, MemoryPath

NON_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
UNREADABLE = "cannot be read"
MISSING = "the file is missing"
LINKED = f"{UNREADABLE}: it is a link that leads outside its folder; replace it by the file itself"
NOT_PLAIN = f"{UNREADABLE}: it is a pipe, a socket or a device, not a file"
SUFFIX = ".csv"
WORKBOOK = "case.xlsx"
"""The workbook of a folder, whose sheets are tables."""


class Folder(Protocol):
    """A folder whose entries can be listed."""

    def iterdir(self) -> Iterable[AnyPath]:
        """The entries."""


class FileFault(ValueError):
    """A file that cannot be read; the text says why."""


def read_bytes(path: AnyPath, largest: int | None = None) -> bytes:
    """The content of a regular file. FileNotFoundError if missing, FileFault if unreadable or larger than `largest` bytes."""
    if isinstance(path, MemoryPath):
        return path.content()
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise FileFault(NOT_PLAIN)
        # Opened without blocking and checked again: a pipe may have replaced it.
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
    """True if the path exists, even as a broken link."""
    return path.is_file() if isinstance(path, MemoryPath) else os.path.lexists(path)


def leads_out(path: AnyPath) -> bool:
    """True for a link whose target is outside its folder."""
    if isinstance(path, MemoryPath):
        return False
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def tables_of(folder: Folder) -> list[AnyPath]:
    """The tables of a folder by name: its regular *.csv files, without subfolders, editor files and links to the outside."""
    return [path for path in _listed(folder) if path.name.endswith(SUFFIX) and not _not_a_table(path)]


def files_of(folder: AnyPath) -> list[AnyPath]:
    """The tables of a folder and its workbook, as files."""
    return [*tables_of(folder), *(path for path in _listed(folder) if path.name == WORKBOOK)]


def passed_over(folder: Folder) -> Iterator[Fault]:
    """A warning for each entry of a folder that looks like a table but is not read."""
    for path in _listed(folder):
        reason = _not_a_table(path)
        if reason and SUFFIX in path.name:
            yield Fault(path.name, 0, f"is not read: it is {reason}")
        elif path.name.lower().endswith(".xlsx") and path.name != WORKBOOK and not of_an_editor(path.name):
            yield Fault(path.name, 0, f"is not read: a workbook of tables has the name {WORKBOOK}")


def of_an_editor(name: str) -> bool:
    """True for lock, backup and temporary files of editors and office programs."""
    return name.startswith((".", "~", "#")) or name.endswith(("~", "#", ".swp", ".bak", ".tmp"))


def _not_a_table(path: AnyPath) -> str:
    """Why an entry is not a table, blank if it may be one."""
    if of_an_editor(path.name):
        return "a lock or backup file of an editor"
    if isinstance(path, MemoryPath):
        return ""
    if leads_out(path):
        return "a link that leads outside its folder"
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a broken link"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "" if stat.S_ISREG(mode) else "a pipe, a socket or a device"


def _listed(folder: Folder) -> list[AnyPath]:
    """The entries of a folder, by name; empty if it cannot be read."""
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:
        return []
