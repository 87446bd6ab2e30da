"""Uncertain numbers: which have a range, the quantiles of a range, and reproducible random quantile levels.

One quantile level is drawn for each table, item, site and quantity: all its dated rows take that quantile of their own
ranges, and dated rows without a range are scaled by the factor of the nearest row with one, so that a price path moves
together. Of independent draws any first part is itself a sample.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gwplan.analysis.scenarios.scenario import Cells
from gwplan.common.calendar import Span
from gwplan.inputs.case_files import unit_of
from gwplan.inputs.overlays import COMMAND_LINE
from gwplan.inputs.tables import Move
from gwplan.inputs.values import DATE, LABEL, Value, shifted_date

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

Shape = Literal["triangular", "pert", "uniform"]
SHAPES: tuple[Shape, ...] = ("triangular", "pert", "uniform")
PERT_WEIGHT = 4.0
"""Weight of the base in a PERT distribution: its mean is (low + 4 base + high) / 6."""
CHANCE_BITS = 53
"""Bits of a hash used for a quantile level: the precision of a float."""
NOT_DRAWN = {
    "published": "published figures, which no plan reads",
    "halls.spend_first_third": "shares that sum to one", "halls.spend_middle_third": "shares that sum to one",
    "halls.spend_last_third": "shares that sum to one",
    "halls.density": "a system that no longer fits a hall would be an input fault",
}  # fmt: skip
"""Tables and `table.quantity` fixed at base, with the reason; the rates in compute.csv, the H100e measure, are fixed too."""
Pick = Callable[[float, float, float], float]
"""Maps low, base and high of a row to a number."""


@dataclass(frozen=True)
class UncertainInput:
    """A number with a range. key: `table.item[@site].quantity`; ranged and followers: its rows with and without range, by date."""

    key: str
    unit: str
    ranged: tuple[Value, ...]
    followers: tuple[Value, ...]

    @property
    def has_low(self) -> bool:
        """True if any row has a low below its base."""
        return any(low < base for low, base, _ in map(ends, self.ranged))

    @property
    def has_high(self) -> bool:
        """True if any row has a high above its base."""
        return any(base < high for _, base, high in map(ends, self.ranged))


def key_of(value: Value) -> str:
    """`table.item[@site].quantity` of a row."""
    row = value.row
    return f"{row.table}.{row.item}{'@' + row.site if row.site else ''}.{row.quantity}"


def ends(value: Value) -> tuple[float, float, float]:
    """Low, base and high of a row in model units, a date as its first month; a blank end equals the base."""
    if value.quantity.unit == DATE:
        low, base, high = (None if date is None else float(date.first) for date in value.dates)
    else:
        low, base, high = value.numbers
    middle = base or 0.0
    return middle if low is None else low, middle, middle if high is None else high


def has_range(value: Value) -> bool:
    """True if a row is a number or a date whose low and high differ."""
    low, _, high = ends(value)
    return value.quantity.unit != LABEL and low < high


def held(value: Value) -> bool:
    """True for a row that is never drawn: labels, numbers given by --set, and `NOT_DRAWN`."""
    row = value.row
    measure = row.table == "compute" and row.quantity.endswith("_rate")
    named = row.table in NOT_DRAWN or f"{row.table}.{row.quantity}" in NOT_DRAWN
    return value.quantity.unit == LABEL or row.source == COMMAND_LINE.key or measure or named


def drawables(case: Case, used: Collection[str] | None = None) -> list[UncertainInput]:
    """The numbers of a case that have a range, by key. used: keys of numbers that the model uses; None for all."""
    found: dict[str, list[Value]] = defaultdict(list)
    for value in case.checked.values:
        if not held(value) and (used is None or key_of(value) in used):
            found[key_of(value)].append(value)
    drawn = []
    for key, values in sorted(found.items()):
        values.sort(key=month_of)
        ranged = tuple(value for value in values if has_range(value))
        followers = tuple(value for value in values if not has_range(value))
        if ranged:
            drawn.append(UncertainInput(key, unit_of(case, ranged[0]), ranged, followers))
    return drawn


def used_keys(case: Case) -> frozenset[str]:
    """Keys of the numbers that the model uses in at least one row. InputFaults if it cannot be built."""
    from gwplan.inputs.unused import OWN
    from gwplan.planning.build import build

    build(case)
    idle = {id(each.value) for each in case.unused}
    return frozenset(key_of(value) for value in case.checked.values if value.row.table not in OWN and id(value) not in idle)


def month_of(value: Value) -> int:
    """The first month of a row's date; undated rows sort first."""
    return -1 if value.when is None else value.when.first


def quantile(shape: Shape, chance: float, low: float, base: float, high: float) -> float:
    """The quantile of a range at a level between 0 and 1; the base if the range has zero width."""
    width = high - low
    if width <= 0:
        return base
    if shape == "uniform":
        return low + chance * width
    if shape == "triangular":
        if chance * width < base - low:
            return low + math.sqrt(chance * width * (base - low))
        return high - math.sqrt((1 - chance) * width * (high - base))
    from scipy.stats import beta

    rise, fall = 1 + PERT_WEIGHT * (base - low) / width, 1 + PERT_WEIGHT * (high - base) / width
    return low + width * float(beta.ppf(chance, rise, fall))


def at(shape: Shape, chance: float) -> Pick:
    """Picks the quantile of each range."""
    return lambda low, base, high: quantile(shape, chance, low, base, high)


def chance_of(seed: int, sample: int, key: str) -> float:
    """A level strictly between 0 and 1 that depends only on seed, sample index and key."""
    digest = hashlib.sha256(f"{seed}\n{sample}\n{key}".encode()).digest()
    return ((int.from_bytes(digest[:8], "big") >> (64 - CHANCE_BITS)) + 0.5) / 2.0**CHANCE_BITS


def value_at(drawable: UncertainInput, pick: Pick) -> float | str:
    """The value drawn for the first row with a range: a number in its unit, or a date."""
    value = drawable.ranged[0]
    number = pick(*ends(value))
    return str(_moved(value, number)) if value.quantity.unit == DATE else number


def rows_at(case: Case, drawable: UncertainInput, pick: Pick) -> tuple[Cells, ...]:
    """The overlay rows that set a number to the picked value, with its followers; bases only, in model units."""
    factors: dict[int, float] = {}
    rows = []
    for place, value in enumerate(drawable.ranged):
        low, base, high = ends(value)
        number = pick(low, base, high)
        if base and value.quantity.unit != DATE:
            factors[place] = number / base
        rows.append(_cells(case, value, str(_moved(value, number)) if value.quantity.unit == DATE else repr(float(number))))
    for value in drawable.followers if factors else ():
        nearest = min(factors, key=lambda place: abs(month_of(drawable.ranged[place]) - month_of(value)))
        rows.append(_cells(case, value, repr(_within(value, value.base * factors[nearest]))))
    return tuple(rows)


def _within(value: Value, number: float) -> float:
    """A follower's value, clipped to the hard bounds of its quantity."""
    least, most = value.quantity.least, value.quantity.most
    number = number if least is None else max(number, least)
    return float(number if most is None else min(number, most))


def _moved(value: Value, month: float) -> Span:
    """The date of a row, moved by whole months to the picked month."""
    base = value.dates[1]
    assert base is not None
    months = round(month) - base.first
    moved = shifted_date(base, Move("+", months, "month", ""), value.quantity.name.endswith("until")) if months else base
    assert isinstance(moved, Span), moved
    return moved


def _cells(case: Case, value: Value, base: str) -> Cells:
    row = value.row
    return row.table, row.item, row.site, row.when, row.quantity, "", base, "", unit_of(case, value), row.source, row.note


def rows_of(case: Case, drawn: Sequence[UncertainInput], shape: Shape, chances: Sequence[float]) -> tuple[Cells, ...]:
    """The overlay rows of one sample: each number at its drawn quantile."""
    return tuple(row for each, chance in zip(drawn, chances, strict=True) for row in rows_at(case, each, at(shape, chance)))
