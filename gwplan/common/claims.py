"""Files and folders in the making: each is claimed by a lock that dies with its process, and what nobody claims any more is swept.

The lock is the system's own, on a file beside what it claims: it holds across containers of one machine, whose process numbers say
nothing, and it ends however its process ends. Locks of another machine may not be seen on a shared file system: what such a one has
claimed is swept only when nothing in it was written for ten minutes.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

LOCK = ".lock"
QUIET = 600.0
"""Seconds without a change after which what another machine has claimed, or an earlier version has made, counts as left behind."""
TRIES = 200
"""How often a lock is tried that somebody looks at for a moment."""


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Claim a file or folder that is yet to be made; whoever makes it gives it its name, or removes it, before the end. OSError."""
    lock = _lock_of(path)
    handle = _locked(lock)
    try:
        yield
    finally:
        if sys.platform == "win32":  # where a file that is open cannot be removed
            os.close(handle)
            lock.unlink(missing_ok=True)
        else:
            lock.unlink(missing_ok=True)
            os.close(handle)


def draft_name(prefix: str) -> str:
    """A name that no other process chooses, in this container or another."""
    return f"{prefix}{os.getpid()}-{secrets.token_hex(4)}"


def sweep(folder: Path, prefix: str) -> None:
    """Remove all of a folder whose names begin with a prefix and that nobody claims any more; what cannot be removed stays."""
    try:
        names = {entry.name.removesuffix(LOCK) for entry in os.scandir(folder) if entry.name.startswith(prefix)}
    except OSError:
        return
    for name in sorted(names):
        if name.removeprefix(prefix).partition("-")[0].isdigit():
            with suppress(OSError):
                _sweep_one(folder / name)


def _sweep_one(path: Path) -> None:
    lock = _lock_of(path)
    try:
        handle = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        if _quiet(path):
            _remove(path)
        return
    try:
        held = _try(handle)
        if held is not False and ((held and _machine_of(handle) == machine()) or (_quiet(path) and _quiet(lock))):
            _remove(path)
            if not path.exists() and sys.platform != "win32":
                lock.unlink(missing_ok=True)
    finally:
        os.close(handle)
    if sys.platform == "win32" and not path.exists():
        lock.unlink(missing_ok=True)  # fails where another process has it


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _quiet(path: Path) -> bool:
    """True if nothing in it was written for long; True for what is not there."""
    newest = 0.0
    for each in (path, *path.rglob("*")):
        with suppress(OSError):
            newest = max(newest, each.lstat().st_mtime)
    return newest < time.time() - QUIET


@cache
def machine() -> str:
    """This machine since it was started: all processes of one kernel see each other's locks, in whatever containers."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return platform.node()


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + LOCK)


def _locked(lock: Path) -> int:
    """Make a lock and hold it; gives its handle. Where the file system knows no locks, the file alone says who claims."""
    for _ in range(TRIES):
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if _try(handle) is not False and os.fstat(handle).st_nlink:
                os.write(handle, json.dumps({"machine": machine(), "process": os.getpid()}).encode())
                return handle
        except BaseException:
            os.close(handle)
            lock.unlink(missing_ok=True)
            raise
        os.close(handle)  # whoever sweeps looks at it
        time.sleep(0.005)
    raise OSError(f"{lock} cannot be locked: another process keeps it.")


def _machine_of(handle: int) -> str:
    """Where a lock was made; blank where it does not say."""
    try:
        return str(json.loads(os.pread(handle, 4096, 0) if hasattr(os, "pread") else os.read(handle, 4096))["machine"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


if sys.platform == "win32":
    import msvcrt

    def _try(handle: int) -> bool | None:
        """Take a lock: True if it is ours now, False if another has it, None if there is no telling."""
        os.lseek(handle, 2**30, os.SEEK_SET)  # far behind the text, which others may read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _try(handle: int) -> bool | None:
        """Take a lock: True if it is ours now, False if another has it, None if there is no telling."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
