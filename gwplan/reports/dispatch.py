"""What `gwplan dispatch` keeps beside a run: its figures, its worst weeks by the hour, and the ways to the first megawatt."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gwplan.reports import kept
from gwplan.reports.terminal.dispatch import as_json

if TYPE_CHECKING:
    from pathlib import Path

    from gwplan.analysis.dispatch.program import Dispatched
    from gwplan.analysis.dispatch.whole_year import WholeYear

WEEK = 168
LEAST = 1e-6
"""MW below which all load is served."""
FLAT = 1e-3
"""Share of the highest load by which a load that is flat varies at most."""
DIGITS = 3
"""Decimals of MW that are kept of an hour."""
CALM, MISSED, HIGH = ("The week with the least sun and wind for its load", "The week with the most load that is not served",
                      "The week with the highest load")


def keep(found: WholeYear) -> Path | None:
    """Write `dispatch.json` beside the run, in place of the one before; gives its path. OSError if it cannot be written."""
    return kept.keep(found.run.path / kept.DISPATCH, record(found))


def record(found: WholeYear) -> dict[str, Any]:
    """The figures of the year, the worst weeks of each site by the hour, and the ways to the first megawatt of sites with a load."""
    from gwplan.analysis.ways_to_power import all_ways, most_built

    sites = {each.site for each in found.sites}
    weeks = {hours.year.site: [week_of(hours, first, title) for first, title in worst(hours)] for hours in found.hours}
    ways = [asdict(way) for way in all_ways(found.case, most_built(found.run)) if way.site in sites]
    return as_json(found) | {"weeks": weeks, "ways": ways}


def worst(hours: Dispatched) -> list[tuple[int, str]]:
    """First hours and titles of the weeks that tell most: of least sun and wind, of most load that is not served, of the highest load."""
    calm, high = hardest(hours)
    missed = first_of(hours.unserved) if hours.unserved.max() > LEAST else None
    found = [(calm, CALM)] if calm is not None and calm != missed else []
    if missed is not None:
        found.append((missed, MISSED))
    if varies(hours) or not found:
        found.append((high, HIGH))
    return found


def varies(hours: Dispatched) -> bool:
    """True for a load that is not flat."""
    return bool(np.ptp(hours.year.load) > FLAT * hours.year.load.max())


def hardest(hours: Dispatched) -> tuple[int | None, int]:
    """First hours of the week with the most load beyond what sun, wind and contracts could give, and of that with the highest load."""
    comes = [plant.could for plant in hours.year.plants if plant.role in ("variable", "contract")]
    load = hours.year.load
    return (first_of(load - np.sum(comes, axis=0)) if comes else None), first_of(load)


def first_of(values: npt.NDArray[np.float64]) -> int:
    """The first hour of the week with the highest sum."""
    return int(np.convolve(values, np.ones(WEEK), "valid").argmax())


def week_of(hours: Dispatched, first: int, title: str) -> dict[str, Any]:
    """A week by the hour, in MW: output, what storage gives out, the load, what is not served; and in MWh what storage holds."""
    part = slice(first, first + WEEK)

    def plain(values: npt.NDArray[np.float64]) -> list[float]:
        return [round(float(value), DIGITS) for value in values[part]]

    missed = hours.unserved[part].max() > 0
    return {"title": title, "first": first, "load": plain(hours.year.load), "unserved": plain(hours.unserved) if missed else None,
            "output": {name: plain(values) for name, values in hours.output.items() if values[part].max() > 0},
            "discharge": {name: plain(values) for name, values in hours.discharge.items() if values[part].max() > 0},
            "level": {name: plain(values) for name, values in hours.level.items()}}
