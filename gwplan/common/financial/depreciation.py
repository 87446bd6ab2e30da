"""Depreciation: shares of a price written off by year, starting with the year of entry into service."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import ceil, inf

ROUNDING = 1e-9


@cache
def macrs_tables() -> dict[int, tuple[float, ...]]:
    """The shares by class life in years: `macrs.csv`, from IRS Publication 946, table A-1 (half-year convention)."""
    tables: dict[int, list[float]] = {}
    text = (files("gwplan.common.financial") / "macrs.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        tables.setdefault(int(row["life"]), []).append(float(row["share"]))
    return {life: tuple(shares) for life, shares in tables.items()}


def macrs(life: int) -> tuple[float, ...]:
    """Shares of the MACRS class with this life in whole years; ValueError if there is none."""
    tables = macrs_tables()
    if life not in tables:
        raise ValueError(f"no MACRS class of {life} years ({', '.join(map(str, sorted(tables)))})")
    return tables[life]


def straight_line(life: float, first: float = 1.0) -> tuple[float, ...]:
    """Straight line over a life in years. `first`: share of a year counted in the first year (0.5: half-year convention)."""
    if life <= 0 or not 0 < first <= 1:
        raise ValueError(f"straight line needs a positive life and a first-year share of at most 1, not {life} years and {first}")
    years = ceil(life - first - ROUNDING) + 1
    ends = [min(first + number, life) for number in range(years)]
    return tuple((end - begin) / life for begin, end in zip([0.0, *ends[:-1]], ends, strict=True) if end > begin)


def with_bonus(shares: Sequence[float], bonus: float) -> tuple[float, ...]:
    """First-year write-off: the share `bonus` at once, the rest by `shares`."""
    if not 0 <= bonus <= 1:
        raise ValueError(f"a bonus of {bonus} is not between 0 and 1")
    rest = [(1 - bonus) * share for share in shares]
    return (bonus + rest[0], *rest[1:])


def tax_shares(life: float, bonus: float = 0.0, bonus_within: float = inf) -> tuple[float, ...]:
    """Tax depreciation shares by year: MACRS if there is a class of that life, else straight line from mid-year.

    The bonus is for lives up to `bonus_within` years only.
    """
    whole = round(life)
    shares = macrs(whole) if abs(life - whole) < ROUNDING and whole in macrs_tables() else straight_line(life, first=0.5)
    short = sum(shares)
    shares = tuple(share / short for share in shares)
    return with_bonus(shares, bonus) if life <= bonus_within else shares
