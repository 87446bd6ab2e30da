"""Spelling of names: suggestions for misspelt names, and pairs of names so similar that one is likely a mistake.

Large sets of names are searched with an index of neighbours at edit distance one: pairwise comparison would take minutes
for a table of 100,000 rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from itertools import combinations

LONGEST = 80
"""Maximum characters of an item name."""
_ITEM = re.compile(r"\w[\w-]*")
ALIKE_FROM = 4
"""Shorter names (`ppa`, `tva`) often differ in one letter legitimately."""
MANY = 200


def unfit(name: str) -> str:
    """Why an item name is invalid; blank if valid. An invalid name could not be used in --set or as a column name."""
    if len(name) > LONGEST:
        return f"the name of an item has at most {LONGEST} characters, not {len(name)}"
    if _ITEM.fullmatch(name):
        return ""
    sign = next((sign for sign in name if not (sign.isalnum() or sign in "_-")), name[:1])
    rule = "the name of an item has letters, digits, _ and - only, and does not begin with -, so that it can be used in --set"
    return f"{rule}; {sign!r} is in {name!r}"


@lru_cache(maxsize=4096)
def _nearest(name: str, known: frozenset[str]) -> str | None:
    if len(known) > MANY:
        index = _index(known)
        near = {other for sign in _signs(_plain(name)) for other in index.get(sign, ())}
        return min(near, default=None)
    found = get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def nearest(name: str, known: Collection[str]) -> str | None:
    """The most similar known name, None if none is similar."""
    return _nearest(name, known if isinstance(known, frozenset) else frozenset(known))


def nearest_names(name: str, known: Collection[str], most: int = 5) -> list[str]:
    """The most similar known names, the most similar first, by their letters; empty if none is similar."""
    return get_close_matches(name.casefold(), sorted(known), n=most, cutoff=0.6)


def suggestion(name: str, known: Collection[str]) -> str:
    """`; did you mean 'gas_engine'?`, or an empty text."""
    found = nearest(name, known)
    return f"; did you mean {found!r}?" if found else ""


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def _signs(plain: str) -> Iterator[str]:
    """Index keys shared by all names that differ by one deletion, insertion, substitution or transposition."""
    yield plain
    for place in range(len(plain)):
        yield f"{plain[:place]}{plain[place + 1 :]}"


@lru_cache(maxsize=8)
def _index(known: frozenset[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for name in known:
        for sign in set(_signs(_plain(name))):
            index[sign].append(name)
    return dict(index)


def alike(one: str, other: str) -> bool:
    """True if two different names differ only in case and separators, or by one letter (never by one digit)."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    if short == long:
        return one != other
    if len(short) < ALIKE_FROM or len(long) - len(short) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return not long[start].isdigit() and short[start:] == long[start + 1 :]
    if short[start].isdigit() or long[start].isdigit():
        return False
    swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    return swapped or short[start + 1 :] == long[start + 1 :]


def alike_pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of similar names, each sorted, in order."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        plain = _plain(name)
        digits = "".join(filter(str.isdigit, plain))
        for sign in set(_signs(plain)):
            groups[sign, digits].append(name)
    pairs = {(one, other) for group in groups.values() if len(group) > 1 for one, other in combinations(group, 2)}
    yield from sorted(pair for pair in pairs if alike(*pair))
