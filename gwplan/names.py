"""Names: the nearest known one for a misspelt one, and names so alike that one of them is likely a slip."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from itertools import combinations

ALIKE_FROM = 4
"""Shorter names (`ppa`, `tva`) often differ in one letter and mean different things."""


@lru_cache(maxsize=4096)
def _nearest(name: str, known: frozenset[str]) -> str | None:
    found = get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name nearest to one, None if none is near."""
    return _nearest(name, frozenset(known))


def suggestion(name: str, known: Collection[str]) -> str:
    """`; did you mean 'gas_engine'?`, or an empty text."""
    found = nearest(name, known)
    return f"; did you mean {found!r}?" if found else ""


def alike(one: str, other: str) -> bool:
    """True if two different names differ in case and joints only, or by one letter (never by one digit)."""
    plain = [name.casefold().replace("_", "").replace("-", "").replace(" ", "") for name in (one, other)]
    if plain[0] == plain[1]:
        return True
    short, long = sorted(plain, key=len)
    if len(short) < ALIKE_FROM or len(long) - len(short) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) == len(long):
        changed = short[start], long[start]
        swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
        return not any(letter.isdigit() for letter in changed) and (swapped or short[start + 1 :] == long[start + 1 :])
    return not long[start].isdigit() and short[start:] == long[start + 1 :]


def alike_pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that are alike, each sorted."""
    for one, other in combinations(sorted(set(names)), 2):
        if alike(one, other):
            yield one, other
