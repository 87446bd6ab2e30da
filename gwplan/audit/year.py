"""The hours that a run was planned with: its slices of the year, the order of their days, and the hourly series in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.csv_text import columns_in, numbers_of
from gwplan.common.calendar import Slice


@dataclass(frozen=True)
class Year:
    """Slices of the year: share, hours each time, day; the day of each day of the year; months by slice; series by (site, name)."""

    share: Array
    hours: Array
    day: Array
    days: Array
    months: list[set[int]]
    series: Mapping[tuple[str, str], Array]
    windows: Mapping[str, Mapping[float, list[int]]]
    means: Mapping[tuple[str, str], float]

    @cached_property
    def place(self) -> Array:
        """The number of the slice of each hour of the year, by the order of the days."""
        parts = [np.flatnonzero(self.day == day) for day in self.days] if len(self.days) > 1 else [np.arange(len(self.share))]
        order = np.concatenate(parts)
        return np.repeat(order, np.maximum(0, np.nan_to_num(self.hours[order])).astype(int))

    def of(self, sites: Sequence[str], name: str, absent: float) -> Array:
        """A series of the sites, over (site, slice); `absent` where a site has none."""
        return np.array([self.series.get((site, name), np.full(len(self.share), absent)) for site in sites])


def year_of(tables: Path) -> Year:
    """The hours of a run, from its tables."""
    slices, days, hours = (columns_in(tables / f"{name}.csv") for name in ("slices", "days", "hours"))
    names = {name: number for number, name in enumerate(slices["slice"])}
    series: dict[tuple[str, str], Array] = {}
    means: dict[tuple[str, str], float] = {}
    for site, name, part, value in zip(hours["site"], hours["series"], hours["slice"], numbers_of(hours["value"]), strict=True):
        series.setdefault((site, name), np.zeros(len(names)))[names[part]] = value
    for site, name, value in zip(hours["site"], hours["series"], numbers_of(hours["mean"]), strict=True):
        means[site, name] = float(value)
    return Year(numbers_of(slices["share"]), numbers_of(slices["hours"]), numbers_of(slices["day"]), numbers_of(days["typical"]),
                [{int(month) for month in text.split("|")} for text in slices["in_months"]], series, windows_of(tables, names), means)


def profile_means(inputs: Path, sites: Sequence[str]) -> dict[tuple[str, str], float]:
    """Means of the hourly series of the case, by (site, name), as far as their files say them in the unit of the tables.

    The shapes of the load, of the site "", count over their own mean.
    """
    folder = inputs / "profiles"
    if not (folder / "units.csv").is_file():
        return {}
    rows = columns_in(folder / "units.csv")
    plain = {name for name, unit in zip(rows["series"], rows["unit"], strict=True) if unit in ("1", "degC")}
    found: dict[tuple[str, str], float] = {}
    for site in ("", *sites):
        file = folder / f"{site or '_load'}.csv"
        columns = columns_in(file) if file.is_file() else {}
        found |= {(site, name): float(numbers_of(texts).mean()) if site else 1.0 for name, texts in columns.items() if name in plain}
    return found


def peaks_in(inputs: Path, site: str, year: Year) -> dict[float, list[int]]:
    """Slices with an hour that may be the grid's peak, by the share of the charge, from the profile of a site."""
    file = inputs / "profiles" / f"{site}.csv"
    shares = numbers_of(columns_in(file).get("coincident", [])) if file.is_file() else np.zeros(0)
    if len(shares) != len(year.place):
        return {}
    return {float(share): sorted(set(year.place[shares == share].tolist())) for share in sorted(set(shares[shares > 0].tolist()))}


def windows_of(tables: Path, names: Mapping[str, int]) -> dict[str, dict[float, list[int]]]:
    """Slices with an hour that may be the grid's peak, by site and by the share of the charge."""
    found: dict[str, dict[float, list[int]]] = {}
    file = tables / "peak_hours.csv"
    columns = columns_in(file) if file.is_file() else {"site": [], "window": [], "slice": []}
    for site, window, part in zip(columns["site"], numbers_of(columns["window"]), columns["slice"], strict=True):
        found.setdefault(site, {}).setdefault(float(window), []).append(names[part])
    return found


def slices_of(tables: Path, definition: dict[str, Any]) -> tuple[Slice, ...]:
    """The slices of the year that a run was planned with."""
    if "hours" not in definition:
        return (Slice("year", 1.0),)
    found = columns_in(tables / "slices.csv")
    return tuple(Slice(name, share) for name, share in zip(found["slice"], numbers_of(found["share"]).tolist(), strict=True))
