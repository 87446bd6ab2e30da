"""The audit's own small table of units, so that an error in the model's registry is detected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

HOURS_A_YEAR = 8760
CUBE = 3
ML_A_CUBIC_METRE = 1e-3
PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
BASES = {
    # name: (dimension, size in the audit's unit)
    "W": ("power", 1e-6), "Wh": ("energy", 1e-6), "t": ("mass", 1.0), "g": ("mass", 1e-6), "L": ("volume", 1e-6), "m": ("length", 1.0),
    "acre": ("area", 1.0), "hour": ("time", 1.0), "h": ("time", 1.0), "month": ("time", HOURS_A_YEAR / 12), "year": ("time", HOURS_A_YEAR),
    "s": ("time", 1 / 3600), "second": ("time", 1 / 3600), "minute": ("time", 1 / 60), "min": ("time", 1 / 60), "H100e": ("compute", 1.0),
    "FLOP": ("operations", 1.0), "MMBtu": ("heat", 1.0), "USD": ("money", 1e-6), "percent": ("", 0.01),
    "K": ("warmth", 1.0), "degC": ("warmth", 1.0),
}
PREFIXED = frozenset(("W", "Wh", "t", "g", "L", "H100e", "FLOP", "USD"))
TERM = re.compile(r"\s*([*/]?)\s*([A-Za-z]\w*|\d+(?:\.\d+)?)\s*(?:(?:\*\*|\^)\s*(-?\d+))?")
DOLLARS = re.compile(r"([kMG]?USD)_(\d{4}|nominal)$")


class UnknownUnit(ValueError):
    """A unit that is not in the audit's table, or of an unexpected dimension."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A factor, powers of dimensions, and the year of its dollars (0: none)."""

    factor: float
    powers: tuple[tuple[str, int], ...]
    dollars: str = ""


@cache
def parse_unit(text: str) -> Unit:
    """Parse `MUSD_2026/MW/year`; UnknownUnit for anything not in the table."""
    factor, dollars, place = 1.0, "", 0
    powers: dict[str, int] = {}
    while place < len(text.rstrip()):
        found = TERM.match(text, place)
        if not found:
            raise UnknownUnit(f"{text!r} is not a unit")
        sign = -1 if found[1] == "/" else 1
        exponent = sign * int(found[3] or 1)
        name = found[2]
        year = DOLLARS.match(name)
        if year:
            name, dollars = year[1], year[2]
        measures, size = atom(name, text)
        factor *= size**exponent
        if measures:
            powers[measures] = powers.get(measures, 0) + exponent
        place = found.end()
    # A cubic metre is a thousandth of a ML, a megawatt hour a megawatt times an hour.
    if powers.get("length") == CUBE or powers.get("length") == -CUBE:
        sign = powers.pop("length") // CUBE
        powers["volume"], factor = powers.get("volume", 0) + sign, factor * ML_A_CUBIC_METRE**sign
    hours = powers.pop("energy", 0)
    powers["power"], powers["time"] = powers.get("power", 0) + hours, powers.get("time", 0) + hours
    return Unit(factor, tuple(sorted((key, power) for key, power in powers.items() if power)), dollars)


def atom(name: str, text: str) -> tuple[str, float]:
    """The dimension and size of one word of a unit."""
    if name[0].isdigit():
        return "", float(name)
    if name in BASES:
        return BASES[name]
    prefix, base = name[0], name[1:]
    if prefix in PREFIXES and base in PREFIXED:
        measures, size = BASES[base]
        return measures, size * PREFIXES[prefix]
    raise UnknownUnit(f"{name!r} in {text!r} is not a unit")


def convert(value: float, text: str, wanted: str) -> float:
    """Convert a value from the unit `text` to the unit `wanted`; UnknownUnit if dimensions differ."""
    unit, target = parse_unit(text), parse_unit(wanted)
    if unit.powers != target.powers:
        raise UnknownUnit(f"{text!r} has a different dimension from {wanted!r}")
    return value * (unit.factor / target.factor) if unit.factor != target.factor else value


def amount(given: object, wanted: str) -> float:
    """A number of the definition: `1 GW`, or a plain number already in the wanted unit."""
    if isinstance(given, (int, float)):
        return float(given)
    found = re.match(r"\s*([-+0-9.,eE_]+)\s*(.*)$", str(given))
    if not found:
        raise UnknownUnit(f"{given!r} is not an amount")
    return convert(float(found[1].replace(",", "")), found[2] or "1", wanted)
