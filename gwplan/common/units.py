"""Units: power, energy, compute, money with its year, and a year of 8760 hours.

Any unit of pint can be written. The usual ones stand in `known_units.csv` with pint's factors (a test compares them), so
that most commands start a second faster: pint is imported, and its registry built, for the others alone. Beside
pint's own units there are `USD_<year>`, `cent_<year>`, `USD_nominal`, `H100e`, `FLOP`, `MMBtu`; `year` is 8760 hours,
`month` a twelfth of it, `kt` a thousand tonnes (pint's own is the knot). Ambiguous units (a bare `USD`, `ton`, `c`,
`quarter`, `MBtu`) are rejected with a message that names the unit to write.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from gwplan.common.lean import spare_scipy
from gwplan.common.numbers import beyond, foreign_digit, parse_number
from gwplan.common.unit_grammar import LARGEST, LONGEST, NotAUnit, Product, parse

DEFINITIONS = (
    "USD = [currency]",
    "USD_nominal = USD",
    "cent = 0.01 * USD",
    "H100e = [compute]",
    "FLOP = [operation]",
    "MMBtu = 1e6 * Btu",
    "year = 8760 * hour = a = yr",
    "month = year / 12",
    "kt = 1000 * metric_ton",
)
NOMINAL = "USD_nominal"
_WORD = re.compile(r"[^\W\d]\w*", re.ASCII)
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_MONEY = re.compile(r"[A-Za-z]*?(USD|cent)_([0-9]{4}|nominal)\Z")
_AMOUNT = re.compile(rf"\s*([+-]?{_NUMBER})\s*(.*?)\s*$", re.ASCII)
_PREFIX = "(?:k|M|G|T|kilo|mega|giga)?"
_SEPARATED = re.compile(r"\s*([+-]?\d{1,3}(?:[,_']\d{3})+(?:\.\d+)?)(?!\w)", re.ASCII)
MONEY_TRAPS = (
    (re.compile(rf"{_PREFIX}(?:USD|cent)$"), "has no year: write the year of its prices, such as {word}_2026"),
    (re.compile(rf"{_PREFIX}cents$"), "has no year: write the year of its prices, such as cent_2026"),
)
TRAPS = (
    (re.compile(rf"{_PREFIX}(?:dollars?|usd|EUR|euros?)$"), "is an unknown currency: write USD_<year>, such as USD_2026"),
    (re.compile(rf"{_PREFIX}tons?$"), "may be short, long or metric: write t (1000 kg) or short_ton"),
    (re.compile(r"c$"), "is the speed of light: write cent_2026 for money"),
    (re.compile(r"quarters?$"), "is a mass of 28 pounds: write 3*month"),
    (re.compile(r"(?:MBtu|MBTU|mbtu|mmbtu|mmBtu|MMBTU)$"), "means a thousand or a million Btu: write MMBtu (a million)"),
    (re.compile(r"decades?$"), "is a logarithm: write 10*year"),
)
COMMON = ("W", "kW", "MW", "GW", "Wh", "kWh", "MWh", "GWh", "MMBtu", "Btu", "H100e", "kH100e", "TFLOP", "PFLOP", "t", "kt", "kg", "L", "ML",
          "acre", "hour", "month", "year")
WORDS = {
    "USD": "money", "MUSD": "money", "MUSD_nominal": "nominal money",
    "MW": "power", "kW": "power", "MWh": "energy", "kWh": "energy", "MMBtu": "heat", "year": "time",
    "month": "time", "hour": "time", "second": "time", "acre": "area", "ML": "volume", "L": "volume", "t": "mass", "kt": "mass",
    "kg": "mass", "H100e": "compute", "kH100e": "compute", "1": "a plain ratio",
}


SHOWN = 80
"""Maximum characters shown of an invalid unit."""
NO_EXPONENT = 1e-9


class UnitError(ValueError):
    """An invalid unit; the text says what is wrong with it and what to write."""


@cache
def registry() -> Any:
    """The registry, built once. Its type is pint.UnitRegistry."""
    spare_scipy()
    import pint

    units = pint.UnitRegistry(on_redefinition="ignore")
    for line in DEFINITIONS:
        units.define(line)
    return units


@cache
def _define_year(year: str) -> None:
    """Define USD_<year> and cent_<year> on demand."""
    if year != "nominal":
        registry().define(f"USD_{year} = USD")
    registry().define(f"cent_{year} = 0.01 * USD_{year}")


def _refuse(text: str, traps: tuple[tuple[re.Pattern[str], str], ...]) -> None:
    for word in _WORD.findall(text):
        for pattern, reason in traps:
            if pattern.match(word):
                raise UnitError(f"{word!r} {reason.format(word=word)}")


def _unknown(name: str) -> str:
    """A message for an unknown unit, with the unit that differs only in case, if any."""
    meant = next((common for common in COMMON if common.casefold() == name.casefold()), None)
    return f"{name!r} is unknown" + (f"; did you mean {meant!r}?" if meant else "")


@cache
def _known() -> dict[str, tuple[float, Mapping[str, float]]]:
    """The usual units by name, from `known_units.csv`: factor and exponents of the base units; money without its year."""
    text = (files("gwplan.common") / "known_units.csv").read_text(encoding="utf-8")
    return {row.pop("name"): (float(row.pop("factor")), {base: float(power) for base, power in row.items() if power})
            for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=4096)
def _basic(name: str) -> tuple[float | None, Mapping[str, float]]:
    """A name in base units: factor and exponents; the factor is None for offset and logarithmic units (degC, dB).

    NotAUnit for a name unknown to pint.
    """
    money = _MONEY.match(name)
    if known := _known().get(name.removesuffix(f"_{money[2]}") if money else name):
        return known
    units = registry()
    import pint

    if money:
        _define_year(money[2])
    try:
        nothing, one = (units.Quantity(number, "percent" if name == "%" else name).to_base_units() for number in (0.0, 1.0))
    except (pint.PintError, ArithmeticError, AttributeError, AssertionError, LookupError, TypeError, ValueError):
        raise NotAUnit(_unknown(name)) from None
    bases = {base: float(power) for base, power in one.unit_items()}
    return (float(one.magnitude) if nothing.magnitude == 0 and one.magnitude > 0 else None), bases


def _resolved(product: Product) -> tuple[float, dict[str, float]] | None:
    """A product in base units, None if a name has no factor. NotAUnit for names that are unknown or out of range."""
    logarithm, powers = math.log10(product.scale), dict[str, float]()
    value: float = product.scale
    known = {name: _basic(name) for name in product.powers}
    for name, power in product.powers.items():
        found, bases = known[name]
        if found is None:
            return None
        logarithm += power * math.log10(found)
        if abs(logarithm) > 2 * math.log10(LARGEST):
            raise NotAUnit("is out of range")
        value *= found**power
        for base, exponent in bases.items():
            powers[base] = powers.get(base, 0.0) + power * exponent
    return value, {base: exponent for base, exponent in powers.items() if abs(exponent) > NO_EXPONENT}


def _parse(text: str) -> tuple[float, dict[str, float]] | None:
    """A unit as written, in base units; UnitError if invalid, None for units without a factor."""
    try:
        return _resolved(parse(text))
    except NotAUnit as error:
        reason = f": {error}" if str(error) else ""
        raise UnitError(f"{text[:SHOWN]!r} is not a unit{reason}") from None


@cache
def money_years(text: str) -> frozenset[str]:
    """The dollar years in a unit, including `nominal`."""
    return frozenset(match[2] for word in _WORD.findall(text) if (match := _MONEY.match(word)))


@cache
def dimension(declared: str) -> str:
    """A declared unit in words, if known: `money per power` for MUSD/MW."""
    parts = declared.split("/")
    if declared == "TFLOP/s":
        return "a rate of compute"
    if parts[0] == "1" and len(parts) > 1:
        return "a share or count per " + " per ".join(WORDS.get(part, part) for part in parts[1:])
    return " per ".join(WORDS.get(part, part) for part in parts)


@cache
def factor(text: str, declared: str) -> tuple[float, int | None]:
    """The factor that converts a number from the unit `text` to the unit `declared`, and the year of its dollars.

    `declared` is the model's unit, with dollars without a year (`MUSD/MW`). The year is None if there is no money in
    it, and for sums fixed by a contract (`MUSD_nominal`), which are not indexed to prices.
    UnitError for anything that is not a unit of the same dimension with one dollar year.
    """
    if text == declared and "USD" not in declared:
        return 1.0, None
    if not text:
        raise UnitError(f"has no unit; {dimension(declared)} is expected ({declared})")
    if len(text) > LONGEST:
        raise UnitError(f"{text[:SHOWN]!r} ... is not a unit: it is longer than {LONGEST} characters")
    _refuse(text, TRAPS)
    years = money_years(text)
    value = _ratio(_parse(text), declared)
    if value is None:
        raise UnitError(f"{text!r} is not {dimension(declared)} ({declared})")
    _refuse(text, MONEY_TRAPS)
    if len(years) > 1:
        raise UnitError(f"{text!r} mixes dollars of different years")
    if NOMINAL in declared:
        if years != {"nominal"}:
            raise UnitError(f"{text!r}: a sum fixed by a contract is nominal; write USD_nominal")
        return value, None
    if "nominal" in years:
        raise UnitError(f"{text!r}: nominal dollars have no year of prices; write USD_<year>")
    year = int(next(iter(years))) if years else None
    if year is not None and text == with_year(declared, year):
        return 1.0, year
    return value, year


def _ratio(parsed: tuple[float, dict[str, float]] | None, declared: str) -> float | None:
    """The parsed quantity in the declared unit; None if it has another dimension or is out of range."""
    wanted = _resolved(parse(declared))
    if parsed is None or wanted is None or parsed[1] != wanted[1]:
        return None
    value = parsed[0] / wanted[0]
    return _tidy(value) if 1 / LARGEST <= value <= LARGEST else None


def _tidy(value: float) -> float:
    """A factor without the rounding errors of pint's conversions: 1000.0000000000002 is 1000."""
    return float(f"{value:.14g}")


def with_year(declared: str, year: int) -> str:
    """The declared unit with the dollar year: `MUSD_2026/MW` for MUSD/MW; nominal dollars have none."""
    return declared if NOMINAL in declared else declared.replace("USD", f"USD_{year}")


@lru_cache(maxsize=1024)
def amount(text: str, declared: str) -> float:
    """A written quantity such as `1 GW` in the unit `declared`; UnitError if invalid, or if it is money."""
    found = _AMOUNT.match(text)
    if not found:
        raise UnitError(f"{text[:SHOWN]!r} is not a number with its unit, such as '1 {declared}'{foreign_digit(text)}")
    if not found[2]:
        raise UnitError(f"{text!r} has no unit; {dimension(declared)} is expected ({declared})")
    if separated := _SEPARATED.match(text):
        raise UnitError(str(parse_number(separated[1])))
    ratio, year = factor(found[2], declared)
    if year is not None:
        raise UnitError(f"{text!r} is not {dimension(declared)} ({declared})")
    number = parse_number(found[1])
    value = number if isinstance(number, str) else number * ratio
    if isinstance(value, str):
        raise UnitError(value)
    if beyond(value):
        raise UnitError(f"{text!r} {beyond(value)}")
    return value
