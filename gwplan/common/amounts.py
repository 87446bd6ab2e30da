"""Numbers, money and units as people read them: $39.8B, $1.06 per H100e-hour, 1,000 MW."""

from __future__ import annotations

import math
from collections.abc import Iterable

KILO = 1e3
DUST = 1e-9
"""Amounts that rounding leaves of 0."""
CENT = 5e-9
"""MUSD: half a cent; less is no money."""
EXACT = 1e-9
"""Relative difference below which an amount is the one that is written."""
SENTENCE, TABLE = 3, 4
"""Significant digits of money in sentences and cards, and in tables."""
LETTERS = ((KILO, "B"), (1.0, "M"), (1 / KILO, "K"), (1 / KILO**2, ""))
"""MUSD in a billion, a million, a thousand and one dollar, and how they are written."""
MILLION, BILLION = "$ million", "$ billion"
PER = {"GW": " per GW", "year": " a year"}
AMOUNTS = {"exaFLOP-days/year": "exaFLOP-days a year", "trillion/year": "trillion a year"}
PRICES = {"USD/H100e/hour": "$ per H100e-hour", "USD/hour": "$ per hour", "USD/exaFLOP-day": "$ per exaFLOP-day",
          "USD/million tokens": "$ per million tokens"}
SHARE = "1/year"
WORDS = PRICES | AMOUNTS | {SHARE: "a year", "1": "", "period": ""}


def number(value: float | None) -> str:
    """A number with four figures or more, thousands apart; blank for None."""
    if value is None:
        return ""
    if abs(value) < DUST:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def money(musd: float, digits: int = SENTENCE, *, plus: bool = False) -> str:
    """An amount of MUSD as people read it: $39.8B, $850M, $420K, -$1.56B. plus: with a sign where it is positive.

    digits: significant ones; zeros at the end are left out where the amount is exactly that.
    """
    size = abs(musd)
    if not math.isfinite(musd):
        return "unknown"
    if size < CENT:
        return "$0"
    rounded = float(f"{size:.{digits - 1}e}")
    step, letter = next((each for each in LETTERS if rounded >= each[0] * (1 - EXACT)), LETTERS[-1])
    places = max(digits - 1 - math.floor(math.log10(rounded / step * (1 + EXACT))), 0)
    text = f"{size / step:,.{places}f}"
    if places and math.isclose(size, rounded, rel_tol=EXACT):
        text = text.rstrip("0").rstrip(".")
    return f"{'-' if musd < 0 else '+' if plus else ''}${text}{letter}"


def scale(amounts: Iterable[float]) -> tuple[str, float]:
    """The unit that suits the largest of some amounts of MUSD in a table, and MUSD in one of it."""
    return (BILLION, KILO) if max(map(abs, amounts), default=0.0) >= KILO else (MILLION, 1.0)


def is_money(unit: str) -> bool:
    """True for a unit of money: MUSD, MUSD/GW, MUSD_nominal ..."""
    return unit.startswith("MUSD")


def unit_words(unit: str, word: str = MILLION) -> str:
    """A unit of the model as people read it; word: what money is in. `of <year>` of dollars is left out: it is said once."""
    head, _, tail = unit.partition("/")
    if unit in WORDS:
        return WORDS[unit]
    if not is_money(unit):
        return unit
    return f"{word}{PER.get(tail, f' per {tail}' if tail else '')}{', nominal' if 'nominal' in head else ''}"


def amount(value: float, unit: str, digits: int = SENTENCE, *, plus: bool = False) -> str:
    """A number as people read it, without what `beside` says of its unit: $39.8B, $1.060, 12.3%, 1,000."""
    sign = "+" if plus and value > 0 else ""
    if is_money(unit):
        return money(value, digits, plus=plus)
    if unit in PRICES:
        return f"{'-' if value < 0 else sign}${abs(value):,.{0 if abs(value) >= KILO else 3}f}"
    return f"{sign}{value:.{max(digits - 2, 1)}%}" if unit == SHARE else f"{sign}{number(value)}"


def beside(unit: str) -> str:
    """What of a unit is still to be said beside an `amount`: per GW, a year, nominal, per H100e-hour, MW; blank for nothing."""
    if unit == SHARE:
        return ""
    return unit_words(unit, "").removeprefix("$").strip(" ,")


def said(value: float, unit: str, digits: int = SENTENCE, *, plus: bool = False) -> str:
    """A number with its unit as people read it: $39.8B, $49.1B per GW, $1.060 per H100e-hour, 1,000 MW, 12.3%.

    That money is nominal is said once, and not here.
    """
    return f"{amount(value, unit, digits, plus=plus)} {beside(unit).removesuffix('nominal').rstrip(' ,')}".rstrip()


def table_unit(unit: str, amounts: Iterable[float]) -> tuple[str, float]:
    """A unit as people read it above a column, and by what its amounts are divided: money is in what suits the largest."""
    word, size = scale(amounts) if is_money(unit) else (MILLION, 1.0)
    return unit_words(unit, word), size
