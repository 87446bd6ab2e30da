"""The hours that a plan sees: typical days, segments of the year, or all of it, taken from the hourly series of the sites.

Days are clustered, and days or the year cut into segments, by tsam (Hoffmann et al. 2022, doi:10.1016/j.adapen.2022.100107): of the days
that are alike the one in their middle stands for all, and the series are scaled so that the means over the year are kept. The day with the
least sun and wind and the hottest day are kept beside the typical ones, and so are, hour by hour, the days that the model names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from gwplan.common.calendar import HOURS_A_DAY, HOURS_A_YEAR, Slice
from gwplan.inputs.definition_schema import ANY_YEAR, DAYS_A_YEAR, Hours
from gwplan.inputs.profiles import COINCIDENT, SOLAR, TEMPERATURE, WIND, Array, Profiles

DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTH_OF_HOUR = np.repeat(np.arange(len(DAYS_OF_MONTHS)), np.array(DAYS_OF_MONTHS) * HOURS_A_DAY)
CALM, HEAT = "sun and wind of all sites", "temperature of all sites"
KEPT = 4
"""Divisions of a year whose work is kept: many cases of a study have the same."""
FIRST_DAY = f"{ANY_YEAR}-01-01"
"""tsam wants dates."""

Key = tuple[str, str]


@dataclass(frozen=True)
class SlicedYear:
    """The slices of a year, the typical day of each of its days, and the series of the sites in the slices.

    series: by site ("" for the shape of the load) and name, a number for each slice; hourly: the same in all hours of the year;
    place: the slice of each hour of the year; error: root mean square of what the slices get wrong over the hours, in the unit of a series.
    """

    slices: tuple[Slice, ...]
    days: tuple[int, ...]
    series: Mapping[Key, Array]
    hourly: Mapping[Key, Array]
    place: npt.NDArray[np.intp]
    error: Mapping[Key, float]
    files: Mapping[str, bytes]

    def value(self, site: str, name: str, part: str) -> float | None:
        """A series of a site in a slice; None where the site has none of that name."""
        found = self.series.get((site, name))
        return None if found is None else float(found[self._number[part]])

    def mean(self, site: str, name: str) -> float | None:
        """The mean of a series over the year."""
        return self._means.get((site, name))

    def windows(self, site: str) -> dict[float, list[str]]:
        """Slices with an hour that may be the grid's peak, by the share of the coincident charge that the hour carries."""
        hourly, found = self.hourly.get((site, COINCIDENT)), dict[float, list[str]]()
        for share in [] if hourly is None else sorted({float(each) for each in hourly if each > 0}):
            numbers = sorted({int(number) for number in self.place[np.flatnonzero(hourly == share)]})
            found[share] = [self.slices[number].name for number in numbers]
        return found

    @cached_property
    def _number(self) -> dict[str, int]:
        return {part.name: number for number, part in enumerate(self.slices)}

    @cached_property
    def _means(self) -> dict[Key, float]:
        return {key: float(values.mean()) for key, values in self.hourly.items()}


def slice_year(hours: Hours, profiles: Profiles, sites: Sequence[str]) -> SlicedYear:
    """The year as a plan with hours sees it. sites: those whose series count."""
    hourly = {key: values / values.mean() if not key[0] and values.mean() > 0 else values
              for key, values in profiles.series.items() if key[0] in sites or not key[0]}
    given = tuple((key, values.tobytes()) for key, values in sorted(hourly.items()))
    slices, days, rows, place = _divided(hours, given)
    series = {key: rows[:, number] for number, key in enumerate(sorted(hourly))}
    error = {key: float(np.sqrt(np.mean((values - series[key][place]) ** 2))) for key, values in hourly.items()}
    return SlicedYear(slices, days, series, hourly, place, error, profiles.files)


@lru_cache(KEPT)
def _divided(hours: Hours, given: tuple[tuple[Key, bytes], ...]) -> tuple[tuple[Slice, ...], tuple[int, ...], Array, npt.NDArray[np.intp]]:
    """Slices, the typical day of each day, the series (slice x series), and the slice of each hour."""
    keys = [key for key, _ in given]
    table = np.array([np.frombuffer(content, dtype=float) for _, content in given]).reshape(len(keys), HOURS_A_YEAR).T
    whole = hours.kind == "full" or (hours.kind == "segments" and hours.n == HOURS_A_YEAR) or not keys
    durations: tuple[tuple[int, ...], ...]
    assigned: tuple[int, ...]
    if whole or (hours.kind == "typical_days" and hours.n == DAYS_A_YEAR and hours.segments in (None, HOURS_A_DAY)):
        durations, assigned, rows = ((1,) * HOURS_A_YEAR,), (0,), table
    else:
        durations, assigned, rows = _kept(hours, keys, table)
    place = _places(durations, assigned)
    names = _named(durations)
    counts, each = np.bincount(assigned, minlength=len(durations)), _days_of(durations)
    months = [tuple(sorted({int(month) for month in some})) for some in np.split(MONTH_OF_HOUR[np.argsort(place, kind="stable")],
                                                                                 np.cumsum(np.bincount(place))[:-1])]
    lengths = [length for day in durations for length in day]
    slices = tuple(Slice(name, float(length * counts[day]) / HOURS_A_YEAR, float(length), day, months[number])
                   for number, (name, length, day) in enumerate(zip(names, lengths, each, strict=True)))
    return slices, assigned, rows, place


def _kept(hours: Hours, keys: Sequence[Key], table: Array) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...], Array]:
    """As `_aggregated`, with days of their own for those that are kept, after the typical ones, with all of their hours.

    The typical days are the same with and without them, but for a factor (of temperatures, a shift) that keeps the means of the year: what
    a plan had to serve it still has to, and the kept days too.
    """
    durations, found, rows = _aggregated(hours, keys, table)
    kept = list(hours.kept)
    if not kept:
        return durations, found, rows
    assigned, rows, by_day = np.array(found), rows.copy(), table.reshape(DAYS_A_YEAR, HOURS_A_DAY, -1)
    assigned[kept] = len(durations) + np.arange(len(kept))
    counts = np.bincount(assigned, minlength=len(durations) + len(kept))[:len(durations)]
    weights = np.concatenate([count * np.array(day, dtype=float) for count, day in zip(counts, durations, strict=True)])
    wanted = table.sum(axis=0) - by_day[kept].sum(axis=(0, 1))
    for number, (_, name) in enumerate(keys):
        there = float(weights @ rows[:, number])
        if name == TEMPERATURE and weights.sum() > 0:
            rows[:, number] += (wanted[number] - there) / weights.sum()
        elif there > 0:
            rows[:, number] *= wanted[number] / there
    used = np.flatnonzero(counts)  # a typical day that stood for kept ones alone is none any more
    places = np.repeat(np.isin(np.arange(len(durations)), used), [len(day) for day in durations])
    numbers = np.cumsum(np.bincount(assigned, minlength=len(counts) + len(kept)) > 0) - 1
    left = tuple(durations[day] for day in used)
    own = by_day[kept].reshape(-1, table.shape[1])
    return (*left, *((1,) * HOURS_A_DAY for _ in kept)), tuple(int(numbers[day]) for day in assigned), np.concatenate([rows[places], own])


def _aggregated(hours: Hours, keys: Sequence[Key], table: Array) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...], Array]:
    """Lengths of the segments of each typical day, the typical day of each day, and the series (segment x series), by tsam."""
    import pandas as pd
    from tsam import ExtremeConfig, SegmentConfig, aggregate

    columns = [f"{site}.{name}" for site, name in keys]
    frame = pd.DataFrame(table, columns=columns, index=pd.date_range(FIRST_DAY, periods=len(table), freq="h"))
    sums = {kept: [name for name, key in zip(columns, keys, strict=True) if key[0] and key[1] in names]
            for kept, names in ((CALM, (SOLAR, WIND)), (HEAT, (TEMPERATURE,)))}
    for kept, names in sums.items():
        if names:
            frame[kept] = frame[names].mean(axis=1)
    if hours.kind == "segments":
        found = aggregate(frame, 1, period_duration=HOURS_A_YEAR, segments=SegmentConfig(n_segments=int(hours.n or 1)))
    else:
        extremes = ExtremeConfig(min_period=[CALM] if sums[CALM] else [], max_period=[HEAT] if sums[HEAT] else [])
        segments = SegmentConfig(n_segments=hours.segments) if hours.segments and hours.segments < HOURS_A_DAY else None
        found = aggregate(frame, int(hours.n or 1), segments=segments, extremes=extremes if sums[CALM] or sums[HEAT] else None)
    assigned = tuple(int(day) for day in found.cluster_assignments)
    count = max(assigned) + 1
    durations = tuple(tuple(int(each) for each in day) for day in found.segment_durations) if found.segment_durations else \
        ((1,) * HOURS_A_DAY,) * count
    rows = found.cluster_representatives[columns].to_numpy(dtype=float)
    return durations[:count], assigned, rows


def _places(durations: Sequence[Sequence[int]], assigned: Sequence[int]) -> npt.NDArray[np.intp]:
    """The slice of each hour of the year."""
    firsts = np.cumsum([0, *(len(day) for day in durations)])
    each = [np.repeat(np.arange(len(day)) + firsts[number], day) for number, day in enumerate(durations)]
    return np.concatenate([each[day] for day in assigned])


def _days_of(durations: Sequence[Sequence[int]]) -> list[int]:
    """The typical day of each slice."""
    return [number for number, day in enumerate(durations) for _ in day]


def _named(durations: Sequence[Sequence[int]]) -> list[str]:
    """Names of slices: typical day and first hour, such as `d02h07`; of a year in order the first hour, such as `h0031`."""
    if len(durations) == 1:
        firsts = np.cumsum([0, *durations[0]])[:-1]
        return [f"h{first:04d}" for first in firsts]
    return [f"d{number + 1:02d}h{first:02d}" for number, day in enumerate(durations) for first in np.cumsum([0, *day])[:-1]]
