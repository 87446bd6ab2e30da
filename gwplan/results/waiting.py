"""Systems that wait: delivered to a site, neither running nor spare, in the periods before more of them run there."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gwplan.common.constants import KILO
from gwplan.results.run_folder import RunFolder

LEAST = 1.0
"""Fewest systems that are told: parts of one come from rounding."""
WITHIN = 1e-6
INSTALLED, RUNNING, ALLOCATION = "accelerators.installed", "accelerators.running", "accelerators.arrivals_within_allocation"
ROOM, LOAD = "account.hall_room", "account.it_peak"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Systems that wait at a site.

    most: number at once; megawatts: IT power of these; between: numbers of the first and the last period. awaited: the name of the period
    in which the site's first hall opens, `room` if what runs fills the halls, else `other`. allocated: all that makers allocate is taken
    in each period from the first in which they wait to the one after the last.
    """

    site: str
    most: float
    megawatts: float
    between: tuple[int, int]
    awaited: str
    allocated: bool


def waiting(run: RunFolder) -> list[Waiting]:
    """All of a run, by site, most first; none without systems."""
    if not len(run.table(INSTALLED)):
        return []
    idle = idle_systems(run)
    found = []
    for site, rows in idle.groupby("site", sort=False):
        totals = {int(str(period)): float(number) for period, number in rows.groupby("period")["systems"].sum().items()}
        told = {period: number for period, number in totals.items() if number >= LEAST}
        if not told:
            continue
        first, last, peak = min(told), max(told), max(told, key=lambda period: told[period])
        power = rows.loc[rows["period"] == peak, "megawatts"].sum()
        names = set(rows.loc[rows["systems"] > WITHIN, "system"])
        opens = opens_after(run, str(site), first)
        awaited = run.periods[opens] if opens is not None else "room" if is_full(run, str(site), first) else "other"
        found.append(Waiting(str(site), told[peak], float(power), (first, last), awaited, all_taken(run, names, first, last + 1)))
    return sorted(found, key=lambda each: (-each.most, each.site))


def idle_systems(run: RunFolder) -> pd.DataFrame:
    """Systems that wait by system, site and period, and their IT power; what is idle after the last rise of what runs is left out."""
    keys = ["system", "site", "period"]
    runs = run.table(RUNNING) if len(run.table(RUNNING)) else run.table(INSTALLED).head(0)
    both = run.table(INSTALLED).merge(runs, on=keys, how="left", suffixes=("", "_running")).fillna({"value_running": 0.0})
    both["period"] = both["period"].map(run.number_of)
    number = run.number
    spares = {name: number("accelerators", name, "spares") or 0.0 for name in both["system"].unique()}
    each = {name: (number("accelerators", name, "power") or 0.0) * (number("accelerators", name, "overhead") or 1.0) / KILO
            for name in both["system"].unique()}
    both["systems"] = (both["value"] - both["value_running"] * (1 + both["system"].map(spares))).clip(lower=0)
    both["megawatts"] = both["systems"] * both["system"].map(each)
    both = both.sort_values(keys)
    later = both.groupby(["system", "site"], sort=False)["value_running"].transform(lambda values: values[::-1].cummax()[::-1])
    return both[(both["systems"] > WITHIN) & (later > both["value_running"] * (1 + WITHIN))]


def opens_after(run: RunFolder, site: str, period: int) -> int | None:
    """The period in which a site first has room for systems, if it is after another; None if there is some by then, or never."""
    room = run.table(ROOM)
    if not len(room):
        return None
    opened = room.loc[(room["site"] == site) & (room["value"] > WITHIN), "period"].map(run.number_of)
    return None if opened.empty or opened.min() <= period else int(opened.min())


def is_full(run: RunFolder, site: str, period: int) -> bool:
    """True if what runs at a site in a period fills its halls."""
    room, used = (frame.loc[(frame["site"] == site) & (frame["period"] == run.periods[period]), "value"].sum() if len(frame) else 0.0
                  for frame in map(run.table, (ROOM, LOAD)))
    return bool(used >= room * (1 - WITHIN))


def all_taken(run: RunFolder, systems: set[str], first: int, last: int) -> bool:
    """True if no allocation of these systems is left in any period from first to last."""
    rows = run.table("limits")
    rows = rows[rows["rule"] == ALLOCATION] if len(rows) else rows
    if not len(rows):
        return False
    places = rows["index"].str.rsplit(",", n=1, expand=True)
    inside = places[0].isin(systems) & places[1].map(run.number_of).between(first, last)
    return bool(inside.any() and (rows.loc[inside, "slack"].abs() <= WITHIN * rows.loc[inside, "bound"].abs().clip(lower=1)).all())
