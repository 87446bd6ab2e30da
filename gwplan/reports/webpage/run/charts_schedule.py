"""The schedule as a chart: what is begun and when it enters service, on a lane for each thing at each site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gwplan.reports.webpage.charts import COLOURS, Chart, first_of_years
from gwplan.reports.webpage.escaping import BREAK
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST, Event, events

LOOKS = {"sites": (COLOURS[0], "diamond"), "halls": (COLOURS[1], ""), "renewals": (COLOURS[1], "x"),
         "systems": (COLOURS[2], ""), "supplies": (COLOURS[3], ""),
         "leases": (COLOURS[4], ""), "signed": (COLOURS[6], "star"), "life over": (COLOURS[5], "x"),
         "retired": (COLOURS[7], "x")}  # fmt: skip
"""Colour of each kind of event, and the marker of those that take no time."""
LANE, AROUND = 34, 120
"""Heights in pixels: of a lane, and of what stands around the lanes."""


@dataclass
class Bar:
    """Orders of one lane whose times overlap: from the first order to the last service, as numbers of periods."""

    start: int
    end: int
    mine: list[Event]


def schedule(run: RunFolder) -> Chart | None:
    """A bar from the first order or start to the last service, with a notch at each service; a marker for what takes no time."""
    found = [replace(event, site=run.named(event.site), item=run.named(event.item)) for event in events(run) if event.amount > LEAST]
    if not found:
        return None
    traces: list[dict[str, Any]] = []
    for what, (colour, symbol) in LOOKS.items():
        mine = [event for event in found if event.what == what]
        if mine:
            traces.extend([markers(run, what, mine, colour, symbol)] if symbol else bars(run, what, mine, colour))
    rows = [(event.period, event.what, event.site, event.item, event.amount, event.megawatts, event.service) for event in found]
    years = first_of_years(run.periods)
    lanes = list(dict.fromkeys(map(lane, sorted(found, key=lambda event: (event.site, list(LOOKS).index(event.what))))))
    layout = {"barmode": "overlay", "uniformtext": {"minsize": 11, "mode": "hide"}, "tall": AROUND + LANE * len(lanes),
              "xaxis": {"tickvals": years, "ticktext": [run.periods[n] for n in years], "range": [-0.3, len(run.periods)], "tickangle": 0,
                        "thin": True},
              "yaxis": {"automargin": True, "type": "category", "categoryorder": "array", "categoryarray": lanes,
                        "range": [len(lanes) - 0.5, -0.5]}}  # fmt: skip
    header = ("period", "what", "site", "item", "amount", "MW", "in service")
    title = "Schedule: bars from the first order or start to the last service, a notch at each service"
    return Chart(title, traces, header, rows, layout)


def lane(event: Event) -> str:
    """Where an event stands: its site and its thing."""
    return f"{event.site}: {'site' if event.what == 'sites' else event.item}"


def span(run: RunFolder, event: Event) -> tuple[int, int]:
    """Numbers of the periods of the order and of service; one past the last where service comes after the horizon."""
    start = run.number_of.get(event.period, 0)
    return start, run.number_of.get(event.service, len(run.periods) if event.service else start)


def merged(run: RunFolder, found: Sequence[Event]) -> dict[str, list[Bar]]:
    """The bars of each lane, those that overlap or touch made one."""
    lanes: dict[str, list[Bar]] = {}
    for event in sorted(found, key=lambda each: span(run, each)):
        start, end = span(run, event)
        mine = lanes.setdefault(lane(event), [])
        if mine and start <= mine[-1].end:
            mine[-1].end = max(mine[-1].end, end)
            mine[-1].mine.append(event)
        else:
            mine.append(Bar(start, end, [event]))
    return lanes


def bars(run: RunFolder, what: str, found: Sequence[Event], colour: str) -> list[dict[str, Any]]:
    """Merged bars with what they bring in all, and a notch at each service."""
    flat = [(name, bar) for name, mine in merged(run, found).items() for bar in mine]
    drawn = {"type": "bar", "orientation": "h", "name": what, "marker": {"color": colour}, "base": [bar.start for _, bar in flat],
             "x": [max(bar.end - bar.start, 0.4) for _, bar in flat], "y": [name for name, _ in flat], "width": 0.62,
             "text": [amounts(bar) for _, bar in flat], "textposition": "inside", "insidetextanchor": "middle", "textangle": 0,
             "textfont": {"color": "#000000"}, "opacity": 0.8,
             "customdata": [told(bar) for _, bar in flat], "hovertemplate": "%{customdata}<extra></extra>"}  # fmt: skip
    at = {(name, span(run, event)[1]): event for name, bar in flat for event in bar.mine if event.service in run.number_of}
    notches = {"type": "scatter", "mode": "markers", "name": f"{what} in service", "showlegend": False,
               "x": [number for _, number in at], "y": [name for name, _ in at],
               "marker": {"symbol": "line-ns", "size": 12, "line": {"color": colour, "width": 3}},
               "text": [f"in service {event.service}" for event in at.values()], "hovertemplate": f"%{{y}}{BREAK}%{{text}}<extra></extra>"}
    return [drawn, notches] if at else [drawn]


def amounts(bar: Bar) -> str:
    """What a bar brings, as it stands in it: MW where the thing has power."""
    power = [event.megawatts for event in bar.mine if event.megawatts is not None]
    return f"{sum(power):,.4g} MW" if sum(power) > LEAST else ""


def told(bar: Bar) -> str:
    """A bar in words."""
    first, last = bar.mine[0], max(bar.mine, key=lambda event: (event.service == "later", event.service))
    amount = f"{sum(event.amount for event in bar.mine):,.4g} {first.item}" + (f", {amounts(bar)}" if amounts(bar) else "")
    orders = "1 order" if len(bar.mine) == 1 else f"{len(bar.mine)} orders"
    return f"{lane(first)}: {amount}{BREAK}{orders} from {first.period}, the last in service {last.service}"


def markers(run: RunFolder, what: str, found: Sequence[Event], colour: str, symbol: str) -> dict[str, Any]:
    """Events that take no time."""
    return {"type": "scatter", "mode": "markers", "name": what, "x": [span(run, event)[0] for event in found], "y": list(map(lane, found)),
            "marker": {"color": colour, "symbol": symbol, "size": 9},
            "text": [f"{event.amount:,.4g} {event.item}, {event.period}" for event in found],
            "hovertemplate": f"{what}: %{{text}}<extra></extra>"}  # fmt: skip
