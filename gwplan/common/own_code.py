"""A digest of the package's own code, used as cache key and to check the workers of a cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

SOLVERS = ("highspy", "numpy", "pandas", "pint", "pyomo", "scipy")
"""Packages that can affect a result."""


@cache
def digest() -> str:
    """SHA-256 of the sources of gwplan and of the versions of its packages; computed once, in hundredths of a second."""
    total = hashlib.sha256()
    for name, source in sorted(_sources(files("gwplan"), "")):
        content = source.read_bytes()
        total.update(f"\n{name} {len(content)}\n".encode() + content)
    for package in SOLVERS:
        total.update(f"\n{package} {version(package)}".encode())
    return total.hexdigest()


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _sources(each, f"{path}{each.name}/")
        elif each.name.endswith(".py"):
            yield f"{path}{each.name}", each


def identity() -> tuple[str, str]:
    """Version of gwplan (blank if not installed) and the digest of its code."""
    try:
        return version("gwplan"), digest()
    except PackageNotFoundError:
        return "", digest()
