"""Unfinished files and folders: each is protected by a lock that ends with its process; unlocked leftovers are removed.

The lock is an operating-system lock on a file beside the claimed one: it works across containers of one machine, where process
numbers are meaningless, and ends however the process ends. Locks of another machine may be invisible on a shared file system:
its claims are removed only if nothing in them was written for ten minutes.
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
"""Seconds without a change after which a claim of another machine, or of an earlier version, counts as abandoned."""
TRIES = 200
"""Number of attempts on a lock that another process may be testing."""


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Claim a file or folder to be created; the caller must rename or remove it before the context ends. OSError."""
    lock = _lock_of(path)
    handle = _locked(lock)
    try:
        yield
    finally:
        if sys.platform == "win32":  # on systems where an open file cannot be removed
            os.close(handle)
            lock.unlink(missing_ok=True)
        else:
            lock.unlink(missing_ok=True)
            os.close(handle)


def draft_name(prefix: str) -> str:
    """A name that is unique across processes and containers."""
    return f"{prefix}{os.getpid()}-{secrets.token_hex(4)}"


def sweep(folder: Path, prefix: str) -> None:
    """Remove the unclaimed entries of a folder whose names begin with a prefix, as far as they can be removed."""
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
        lock.unlink(missing_ok=True)  # fails if another process holds it


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _quiet(path: Path) -> bool:
    """True if nothing in it was written for QUIET seconds, or if it does not exist."""
    newest = 0.0
    for each in (path, *path.rglob("*")):
        with suppress(OSError):
            newest = max(newest, each.lstat().st_mtime)
    return newest < time.time() - QUIET


@cache
def machine() -> str:
    """Identity of this machine and boot: all processes of one kernel see each other's locks, across containers."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return platform.node()


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + LOCK)


def _locked(lock: Path) -> int:
    """Create and hold a lock; returns its handle. On file systems without locks the file alone marks the claim."""
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
        os.close(handle)  # a process that cleans up is testing it
        time.sleep(0.005)
    raise OSError(f"{lock} cannot be locked: another process holds it.")


def _machine_of(handle: int) -> str:
    """The machine on which a lock was created; blank if unknown."""
    try:
        return str(json.loads(os.pread(handle, 4096, 0) if hasattr(os, "pread") else os.read(handle, 4096))["machine"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


if sys.platform == "win32":
    import msvcrt

    def _try(handle: int) -> bool | None:
        """Try to take a lock: True if taken, False if another process holds it, None if unknown."""
        os.lseek(handle, 2**30, os.SEEK_SET)  # far behind the text, so that others can read it
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
        """Try to take a lock: True if taken, False if another process holds it, None if unknown."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
