"""The edits of each class, as `--set` texts: a little more of it, and all of it sooner or later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.inputs.values import DATE
from gwplan.model.parts.power.table import STEPS

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.values import Value

Key = tuple[str, str]
"""Table and quantity."""


@dataclass(frozen=True)
class Limited:
    """A class of what a plan is limited by. more: amounts that limit it; times: dates and lead times that delay it."""

    name: str
    more: tuple[Key, ...]
    times: tuple[Key, ...] = ()


CLASSES = (
    Limited("money", (("budget", "cap"),)),
    Limited("power", (("power", "most"),), (("power", "earliest"), *(("power", step) for step in ("lead_months", *STEPS)))),
    Limited("chips", (("accelerators", "most_bought"),), (("accelerators", "earliest"), ("accelerators", "lead_months"))),
    Limited("buildings", (("halls", "most_started"),), (("halls", "build_months"),)),
)


@dataclass(frozen=True)
class Steps:
    """How large the edits are. more: share added to amounts; months: by which dates and lead times move."""

    more: float
    months: int


def eased(case: Case, limited: Limited, steps: Steps) -> tuple[str, ...]:
    """More of a class, and sooner; empty if the case has no such rows. No number leaves its hard bounds."""
    amounts = [text for key in limited.more for text in scaled(case, key, 1 + steps.more)]
    return (*amounts, *(text for key in limited.times for text in shifted(case, key, -steps.months)))


def delayed(case: Case, limited: Limited, steps: Steps) -> tuple[str, ...]:
    """A class later, with the same amounts; empty if it has no dates and lead times."""
    return tuple(text for key in limited.times for text in shifted(case, key, steps.months))


def scaled(case: Case, key: Key, factor: float) -> Iterator[str]:
    """Every row of a quantity times a factor, or as far as its bound lets it."""
    rows = rows_of(case, key)
    most = [value.quantity.most for value in rows]
    fits = all(bound is None or highest(value) * factor <= bound for value, bound in zip(rows, most, strict=True))
    if rows and fits:
        yield f"{key[0]}.*@*@*.{key[1]}=*{factor:.12g}"
        return
    for value, bound in zip(rows, most, strict=True):
        whole = highest(value)
        within = factor if bound is None or not whole else min(factor, bound / whole)
        if within > 1:
            yield f"{named(value)}=*{within:.12g}"


def shifted(case: Case, key: Key, months: int) -> Iterator[str]:
    """Every row of a date or lead time moved by months; a lead time goes down to its least."""
    rows = rows_of(case, key)
    dates = all(value.quantity.unit == DATE for value in rows)
    if rows and (dates or months > 0 or all(lowest(value) + months >= (value.quantity.least or 0.0) for value in rows)):
        yield f"{key[0]}.*@*@*.{key[1]}=+{months} months"
        return
    for value in rows:
        room = lowest(value) - (value.quantity.least or 0.0)
        if room > 0:
            yield f"{named(value)}=+{-min(float(-months), room):.12g} months"


def rows_of(case: Case, key: Key) -> list[Value]:
    """The rows of a quantity."""
    return [value for value in case.checked.values if (value.row.table, value.row.quantity) == key]


def named(value: Value) -> str:
    """The key of a row, as `--set` takes it."""
    row = value.row
    at = f"@{row.site}" + (f"@{row.when}" if row.when else "") if row.site or row.when else ""
    return f"{row.table}.{row.item}{at}.{row.quantity}"


def highest(value: Value) -> float:
    """The largest of low, base and high."""
    return max(number for number in value.numbers if number is not None)


def lowest(value: Value) -> float:
    """The smallest of low, base and high."""
    return min(number for number in value.numbers if number is not None)
