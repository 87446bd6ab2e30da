"""Hourly series of a case: `profiles/<site>.csv` for each site and `profiles/_load.csv` for the shape of the load.

Each has a column `hour` and 8,760 rows of local standard time; hour 0 is 00:00-01:00 on 1 January. There is no leap day: a file of a leap
year leaves 29 February out. `profiles/units.csv` gives the unit of each series.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from gwplan.common.calendar import ALMOST, HOURS_A_DAY, HOURS_A_YEAR
from gwplan.common.errors import Fault
from gwplan.common.numbers import parse_number, plain_numbers
from gwplan.common.spelling import suggestion
from gwplan.common.units import factor
from gwplan.inputs.memory import AnyPath
from gwplan.inputs.plain_files import FileFault, read_bytes

FOLDER, UNITS, LOAD = "profiles", "units", "_load"
"""The folder of a case with hourly series, its table of units, and the table of the load's shape."""
HOUR, SOLAR, WIND, TEMPERATURE, PRICE, COINCIDENT = "hour", "solar", "wind", "temperature", "price", "coincident"
TRAINING, INFERENCE = "training", "inference"
LEAP_YEAR = HOURS_A_YEAR + HOURS_A_DAY
NIGHT = (22, 23, 0, 1, 2)
"""Hours of the day, in local standard time, in which no site of a case has sun."""
NIGHT_SHARE = 0.005
"""Share of the year's solar output in those hours from which on the time zone is doubted: twilight of high summer stays below it."""
DEGREES = "degC"
SHARES = {SOLAR: "output per nameplate power", WIND: "output per nameplate power", COINCIDENT: "share of the charge for the grid's peak"}
"""Series that lie between 0 and 1, and what they are."""
MEAN_PRICE = 0.01
"""How far from 1 the mean of a series of prices may lie: they are prices over their mean."""
MOST_FAULTS = 5
"""Cells of a file that are named; a file that is wrong throughout is named once more."""

KEPT = 32
"""Files whose series are kept: questions that are asked one after another mostly have the same hours."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Profiles:
    """Hourly series by site and name, in model units; those of the load's shape under the site "". files: as they were read."""

    series: Mapping[tuple[str, str], Array]
    files: Mapping[str, bytes]


def profile_files(folder: AnyPath) -> list[AnyPath]:
    """The hourly series of a folder and their units, as files by name."""
    place = folder / FOLDER
    return sorted((path for path in place.iterdir() if path.name.endswith(".csv") and path.is_file()), key=lambda path: path.name) \
        if place.is_dir() else []


def read_profiles(folder: AnyPath, sites: Collection[str], faults: list[Fault], warnings: list[Fault]) -> Profiles:
    """The hourly series of the sites, as far as there are files. Faults name the file, the row and the value."""
    place = folder / FOLDER
    files: dict[str, bytes] = {}
    units = _read_units(place, files, faults)
    series: dict[tuple[str, str], Array] = {}
    for site in ("", *sorted(sites)):
        name = f"{site or LOAD}.csv"
        content = _content(place / name, faults)
        if content is None:
            continue
        files[name] = content
        found, lines, wrong = _columns(content, name, tuple(sorted(units.items())))
        faults.extend(wrong)
        for column, values in found.items():
            series[site, column] = values
            if site:
                _doubt(site, column, values, name, warnings)
                _doubt_price(column, values, name, warnings)
            elif values.min() < 0 or not values.any():
                row, what = (lines[int(values.argmin())], "is below 0") if values.any() else (0, "is 0 throughout")
                faults.append(Fault(f"{FOLDER}/{name}", row, f"{column}: the load {what}"))
    return Profiles(series, files)


def _content(path: AnyPath, faults: list[Fault]) -> bytes | None:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        return None
    except FileFault as error:
        faults.append(Fault(f"{FOLDER}/{path.name}", 0, str(error)))
        return None


def _read_units(place: AnyPath, files: dict[str, bytes], faults: list[Fault]) -> dict[str, str]:
    """The unit of each series."""
    content = _content(place / f"{UNITS}.csv", faults)
    if content is None:
        return {}
    files[f"{UNITS}.csv"] = content
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    return {str(row.get("series") or "").strip(): str(row.get("unit") or "").strip() for row in rows}


@lru_cache(KEPT)
def _columns(content: bytes, name: str, units: tuple[tuple[str, str], ...]) -> tuple[Mapping[str, Array], Sequence[int], Sequence[Fault]]:
    """As `_read_columns`, and the faults; the series are not to be written to."""
    faults: list[Fault] = []
    found, lines = _read_columns(content, name, dict(units), faults)
    for values in found.values():
        values.flags.writeable = False
    return found, lines, faults


def _read_columns(content: bytes, name: str, units: Mapping[str, str], faults: list[Fault]) -> tuple[dict[str, Array], list[int]]:
    """The series of a file by name, none where it has a fault; and the row of the file that each hour stands in, blank ones counted."""
    file, before = f"{FOLDER}/{name}", len(faults)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"), newline="")))
    header = [cell.strip() for cell in rows[0]] if rows else []
    filled = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    lines, body = [number for number, _ in filled], [row for _, row in filled]
    if HOUR not in header:
        faults.append(Fault(file, 1, f"has no column {HOUR!r} ({', '.join(header[:MOST_FAULTS])})"))
        return {}, lines
    if len(body) != HOURS_A_YEAR:
        leap = "; a leap year leaves out 29 February" if len(body) == LEAP_YEAR else ""
        faults.append(Fault(file, 0, f"has {len(body):,} hours; a year has {HOURS_A_YEAR:,} here{leap}"))
        return {}, lines
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header):]):
            faults.append(Fault(file, number, f"has {len(row)} cells; the header has {len(header)}"))
            return {}, lines
    factors = {column: _factor(column, units, file, faults) for column in header if column and column != HOUR}
    twice = {column for column in header if header.count(column) > 1}
    faults.extend(Fault(file, 1, f"has the column {column!r} twice") for column in sorted(twice))
    cells = {column: [row[place] if place < len(row) else "" for row in body] for place, column in enumerate(header)
             if column in factors and column not in twice}
    read = partial(_numbers, file=file, lines=lines, faults=faults)
    found = {column: factors[column] * read(column, texts, scale=factors[column]) for column, texts in cells.items()}
    hours = read(HOUR, [row[header.index(HOUR)] if header.index(HOUR) < len(row) else "" for row in body])
    out = np.flatnonzero(hours != np.arange(HOURS_A_YEAR))
    if len(faults) == before and out.size:
        faults.append(Fault(file, lines[int(out[0])], f"hour is {hours[out[0]]:g}, not {out[0]}: the hours of the "
                            "year are in order, from 0"))
    if len(faults) > before:
        return {}, lines
    return found, lines


def _factor(column: str, units: Mapping[str, str], file: str, faults: list[Fault]) -> float:
    """What the numbers of a series are multiplied by."""
    wanted = DEGREES if column == TEMPERATURE else "1"
    unit = units.get(column)
    if unit is None:
        faults.append(Fault(f"{FOLDER}/{UNITS}.csv", 0, f"has no unit for {column!r} of {file}{suggestion(column, units)}"))
        return 1.0
    if unit == wanted:
        return 1.0
    if wanted == DEGREES:
        faults.append(Fault(f"{FOLDER}/{UNITS}.csv", 0, f"{column}: {unit!r} is not {DEGREES}"))
        return 1.0
    try:
        return float(factor(unit, wanted)[0])
    except ValueError as error:
        faults.append(Fault(f"{FOLDER}/{UNITS}.csv", 0, f"{column}: {error}"))
        return 1.0


def _numbers(column: str, cells: Sequence[str], file: str, lines: Sequence[int], faults: list[Fault], scale: float = 1.0) -> Array:
    """The numbers of a column; a fault for each cell that is none, up to a few. scale: what they are multiplied by afterwards.

    lines: the row of the file that each cell stands in.
    """
    plain = plain_numbers(cells)
    if plain is not None:
        values = np.array(plain)
        if column not in SHARES or (0 <= values.min() * scale and values.max() * scale <= 1 + ALMOST):
            return values
    found, wrong = np.zeros(HOURS_A_YEAR), 0
    for place, cell in enumerate(cells):
        value = parse_number(cell.strip())
        if isinstance(value, str):
            wrong += 1
            if wrong <= MOST_FAULTS:
                faults.append(Fault(file, lines[place], f"{column}: {cell.strip()[:40]!r} is not a number" if cell.strip()
                                    else f"{column}: the cell is blank"))
            continue
        found[place] = value
        if column in SHARES and not 0 <= value * scale <= 1 + ALMOST and wrong < MOST_FAULTS:
            wrong += 1
            faults.append(Fault(file, lines[place], f"{column}: {value:g} is not between 0 and 1, {SHARES[column]}"))
    if wrong > MOST_FAULTS:
        faults.append(Fault(file, 0, f"{column}: {wrong:,} cells are not usable"))
    return found


def _doubt(site: str, column: str, values: Array, name: str, warnings: list[Fault]) -> None:
    """A warning for sun at night: the hours are then those of another time zone, or of daylight saving time."""
    if column != SOLAR or not values.any():
        return
    daily = values.reshape(-1, HOURS_A_DAY).sum(axis=0)
    if daily[list(NIGHT)].sum() <= NIGHT_SHARE * daily.sum():
        return
    angle = 2 * np.pi * (np.arange(HOURS_A_DAY) + 0.5) / HOURS_A_DAY
    middle = np.angle(np.sum(daily * np.exp(1j * angle))) * HOURS_A_DAY / (2 * np.pi) % HOURS_A_DAY
    shift = round(middle - HOURS_A_DAY / 2)
    warnings.append(Fault(f"{FOLDER}/{name}", 0, f"{site}: there is sun at night; the middle of the sun's day is hour {middle:.1f}, so the "
                          f"hours seem to be shifted by {shift:+d} h; they are read as local standard time"))


def _doubt_price(column: str, values: Array, name: str, warnings: list[Fault]) -> None:
    """A warning for prices that are not over their mean: the prices of the table are multiplied by them."""
    if column == PRICE and abs(values.mean() - 1) > MEAN_PRICE:
        warnings.append(Fault(f"{FOLDER}/{name}", 0, f"{column}: the mean of the year is {values.mean():.4g}, not 1; the series is each "
                              "hour's price over the mean, and energy_price and export_price are multiplied by it"))
