"""Numbers with their nouns."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: 1 variant, 2 variants."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
