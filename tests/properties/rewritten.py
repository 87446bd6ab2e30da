"""Ways to write the same case otherwise: each takes a copied model and changes its files in place, not what they say.

A change says how many rows it touched, so that a test can tell that it did something.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from tests.support import Row, edited, read_rows, write_rows

HALVES = ("model.horizon.step=half",)
"""Half-years leave all rules of the case of three sites at work, at a third of the time."""
YEARS = ("model.horizon.step=year",)
"""Years leave its limits at work, at a fifth of the time of half-years."""
ALIGNED = (*HALVES, "model.target.2.by=2029-Q1", "model.target.2.until=2029-Q4", "model.target.3.by=2029-Q1")
"""The same for its targets, which then start and end with half-years."""
NUMBERS = ("low", "base", "high")
MONEY = re.compile(r"USD_(\d{4})")
SITES = {"north": "zenith", "south": "abyss", "plains": "zzz", "river": "brook", "desert": "a_dry_place"}
# Unit as written: (another unit of the same thing, how many of the other make one of the first).
OTHER_UNITS = {
    "kW": ("MW", 1e-3), "MW": ("kW", 1e3), "month": ("year", 1 / 12), "year": ("month", 12), "1": ("%", 100),
    "1/year": ("1/month", 1 / 12), "L/kWh": ("m**3/MWh", 1), "m**3/year": ("ML/month", 1e-3 / 12), "acre": ("m**2", 4046.8726098742523),
    "acre/MW": ("m**2/kW", 4.0468726098742523), "t": ("kg", 1e3), "t/year": ("kt/year", 1e-3), "t/MW": ("kg/kW", 1),
    "kg/MWh": ("t/GWh", 1), "kg/MMBtu": ("t/MMBtu", 1e-3), "MMBtu/MWh": ("MMBtu/GWh", 1e3), "TFLOP/s": ("PFLOP/s", 1e-3),
    "USD/kW": ("MUSD/MW", 1e-3), "MUSD/MW": ("USD/kW", 1e3), "USD/kW/year": ("MUSD/MW/month", 1e-3 / 12), "USD/MWh": ("cent/kWh", 0.1),
    "USD/MMBtu": ("kUSD/MMBtu", 1e-3), "USD/t": ("MUSD/kt", 1e-3), "USD/H100e/hour": ("cent/H100e/hour", 100), "MUSD": ("USD", 1e6),
    "GUSD": ("MUSD", 1e3), "hour/year": ("hour/month", 1 / 12),
}


def times(row: Row, factor: float) -> Row:
    """The row with its numbers multiplied."""
    return {**row, **{name: repr(float(row[name]) * factor) for name in NUMBERS if row.get(name)}}


def shuffled(model: Path) -> int:
    """Rows and files say the same in any order."""
    changed = 0
    for path in sorted((model.parent / "inputs").glob("*.csv")):
        rows = read_rows(path)
        other = random.Random(path.stem).sample(rows, len(rows))
        changed += sum(new != old for new, old in zip(other, rows, strict=True))
        write_rows(path, other)
    return changed


def in_other_units(model: Path) -> int:
    """MW for kW, years for months, cents a kWh for dollars a MWh."""

    def change(_: str, row: Row) -> Row:
        year = MONEY.search(row["unit"])
        plain = MONEY.sub("USD", row["unit"])
        if plain not in OTHER_UNITS:
            return row
        unit, factor = OTHER_UNITS[plain]
        return times({**row, "unit": re.sub("USD|cent", rf"\g<0>_{year[1]}", unit) if year else unit}, factor)

    return edited(model, change)


def in_dollars_of(year: int) -> Callable[[Path], int]:
    """All money in the dollars of another year."""

    def rewrite(model: Path) -> int:
        index = {int(row["year"]): float(row["index"]) for row in read_rows(model.parent / "inputs" / "deflators.csv")}

        def change(_: str, row: Row) -> Row:
            named = MONEY.search(row["unit"])
            if not named:
                return row
            return times({**row, "unit": MONEY.sub(f"USD_{year}", row["unit"])}, index[year] / index[int(named[1])])

        return edited(model, change)

    return rewrite


def with_another_base_year(model: Path) -> int:
    """An index of prices means the same on any scale."""
    path = model.parent / "inputs" / "deflators.csv"
    rows = [{**row, "index": repr(float(row["index"]) * 0.37)} for row in read_rows(path)]
    write_rows(path, rows)
    return len(rows)


def renamed(model: Path, names: dict[str, str] = SITES) -> int:
    """Sites and items under other names, which also stand elsewhere in the order of the alphabet."""

    def change(_: str, row: Row) -> Row:
        return {**row, "item": names.get(row["item"], row["item"]), "site": names.get(row["site"], row["site"])}

    return edited(model, change)


def renamed_items(model: Path) -> int:
    """Designs, systems and supplies under other names; the table halls.csv may then list them in another order."""
    return renamed(model, {"hall": "zhall", "air_hall": "zzz_hall", "old_rack": "z_rack", "air_server": "zzz", "liquid_rack": "a",
                           "grid": "wire", "gas_engine": "zz_engine"})


def with_parts_backwards(model: Path) -> int:
    """The order in which a model names its parts says nothing."""
    text = model.read_text(encoding="utf-8")
    (listed,) = re.findall(r"(?m)^parts = \[(.*)\]$", text)
    parts = listed.split(", ")
    model.write_text(text.replace(listed, ", ".join(reversed(parts))), encoding="utf-8")
    return len(parts)


def with_months_for_quarters(model: Path) -> int:
    """2028-Q1 and 2028 start when 2028-01 does; only the first day of a row's date counts."""

    def change(_: str, row: Row) -> Row:
        year, _, quarter = row["when"].partition("-Q")
        return {**row, "when": f"{year}-{3 * int(quarter) - 2:02d}" if quarter else row["when"]}

    def dated(model: Path) -> int:
        text = model.read_text(encoding="utf-8")
        other = re.sub(r'(by|start) = "(\d{4})-Q(\d)"', lambda found: f'{found[1]} = "{found[2]}-{3 * int(found[3]) - 2:02d}"', text)
        model.write_text(other, encoding="utf-8")
        return int(other != text)

    return edited(model, change) + dated(model)


REWRITTEN: dict[str, Callable[[Path], int]] = {
    "shuffled": shuffled, "in other units": in_other_units, "in dollars of 2025": in_dollars_of(2025), "another base year": with_another_base_year,
    "renamed sites": renamed, "renamed items": renamed_items, "parts backwards": with_parts_backwards, "months": with_months_for_quarters,
}


def with_money_times(factor: float) -> Callable[[Path], int]:
    """Every row of money multiplied: prices, upkeep, the value of compute, the budget."""
    return lambda model: edited(model, lambda _, row: times(row, factor) if MONEY.search(row["unit"]) else row)
