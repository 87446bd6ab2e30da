"""The map of sites: where they are, and how much stands at each. A grid of degrees, without coasts or borders: these would need data."""

from __future__ import annotations

from collections import Counter
from math import cos, radians
from typing import NamedTuple

from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.results.run_folder import RunFolder, sums

LARGEST, SMALLEST, RING = 38.0, 7.0, 9
"""Diameters in pixels: of the site with the most power, of the least that can be seen, and of a site that is not chosen."""
FLATTEST = 0.1
"""Least length of a degree to the east, as a share of one to the north, that the map keeps to: near the poles it has none."""
ASIDE, ROOM = 6.0, 4.5
"""Degrees of longitude beside the outer sites, for their labels, and of latitude above and below them."""
GRID = {"xaxis": 10, "yaxis": 5}
"""Degrees from one line to the next."""


class Site(NamedTuple):
    """A site on the map. megawatts: peak IT power of the plan."""

    name: str
    latitude: float
    longitude: float
    megawatts: float


def sites_of(run: RunFolder) -> list[Site]:
    """The sites with coordinates, from west to east."""
    table, found = run.inputs("sites"), []
    names = dict.fromkeys(str(item) for item in table["item"]) if len(table) else {}
    peaks = peak_power(run)
    for name in names:
        place = [run.number("sites", name, quantity) for quantity in ("latitude", "longitude")]
        if place[0] is not None and place[1] is not None:
            found.append(Site(run.named(name), place[0], place[1], peaks.get(name, 0.0)))
    return sorted(found, key=lambda site: (site.longitude, site.latitude))


def peak_power(run: RunFolder) -> dict[str, float]:
    """Peak IT power of the plan at each site, MW."""
    frame, found = run.table("account.it_peak"), dict[str, float]()
    for row in sums(frame, ["site", "period"], "value") if len(frame) else []:
        found[str(row["site"])] = max(found.get(str(row["site"]), 0.0), float(row["value"]))
    return found


def labels(sites: list[Site]) -> list[str]:
    """What stands beside each site: the state that its name ends with, or all of its name where several have the same."""
    short = [site.name.rpartition(", ")[2] for site in sites]
    often = Counter(short)
    return [site.name if often[text] > 1 else text for site, text in zip(sites, short, strict=True)]


def sides(sites: list[Site]) -> list[str]:
    """On which side of each site its label is: below one of the plan, away from the nearest other one beside the rest."""
    found = []
    for site in sites:
        others = [other for other in sites if other is not site]
        near = min(others, key=lambda other: abs(other.longitude - site.longitude) + 2 * abs(other.latitude - site.latitude), default=None)
        side = "middle left" if near is not None and near.longitude > site.longitude else "middle right"
        found.append("bottom center" if site.megawatts > 0 else side)
    return found


def sites_map(run: RunFolder) -> Chart | None:
    """Sites by latitude and longitude, those of the plan by their power; None where no site has both."""
    sites = sites_of(run)
    if not sites:
        return None
    most = max(site.megawatts for site in sites)
    named = list(zip(sites, labels(sites), sides(sites), strict=True))
    traces = []
    for name, chosen in (("in the plan, area by peak IT power", True), ("not chosen", False)):
        mine = [each for each in named if (each[0].megawatts > 0) is chosen]
        if not mine:
            continue
        filled = {"size": [site.megawatts for site, *_ in mine], "sizemode": "area", "sizeref": 2 * most / LARGEST**2,
                  "sizemin": SMALLEST / 2, "color": COLOURS[0], "opacity": 0.8}
        ring = {"size": RING, "symbol": "circle-open", "color": "#777777", "line": {"width": 2}}
        told = [f"{site.name}, {site.megawatts:,.0f} MW of IT" if chosen else f"{site.name}, not chosen" for site, *_ in mine]
        traces.append({"type": "scatter", "mode": "markers+text", "name": name, "x": [site.longitude for site, *_ in mine],
                       "y": [site.latitude for site, *_ in mine], "text": [text for _, text, _ in mine],
                       "textposition": [side for *_, side in mine], "marker": filled if chosen else ring, "cliponaxis": False,
                       "hovertext": told, "hovertemplate": "%{hovertext}<extra></extra>"})  # fmt: skip
    rows = [(site.name, site.latitude, site.longitude, site.megawatts) for site in sites]
    header = ("site", "latitude, degrees", "longitude, degrees", "peak MW of IT")
    return Chart("Sites by latitude and longitude", traces, header, rows, axes(sites))


def axes(sites: list[Site]) -> dict[str, object]:
    """A grid of degrees on which a mile is as long to the north as to the east, in the middle of the map."""
    wide, high = [site.longitude for site in sites], [site.latitude for site in sites]
    middle = (min(high) + max(high)) / 2
    axis = {"ticksuffix": "°", "zeroline": False, "constrain": "domain"}
    return {
        "xaxis": {**axis, "dtick": GRID["xaxis"], "title": {"text": "longitude"}, "range": [min(wide) - ASIDE, max(wide) + ASIDE]},
        "yaxis": {**axis, "dtick": GRID["yaxis"], "title": {"text": "latitude"}, "range": [min(high) - ROOM, max(high) + ROOM],
                  "scaleanchor": "x", "scaleratio": 1 / max(cos(radians(middle)), FLATTEST)},
    }
