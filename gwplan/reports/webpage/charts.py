"""Charts of a run as Plotly figures, each with the table of its data. Colours after Okabe and Ito, told apart by the colour-blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gwplan.results.schedule import LEAST

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B8A800", "#777777")
TARGET = COLOURS[5]
"""Colour of what a plan must reach or keep below: targets and caps."""
HEADROOM = 0.06
"""Room above the highest value, as a share of the axis."""
LEAST_APART = 0.055
"""Least distance between names at the ends of lines, as a share of the axis: a line of text in a chart of the usual height."""


@dataclass(frozen=True)
class Chart:
    """A figure for Plotly and the table behind it."""

    title: str
    traces: list[dict[str, Any]]
    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    layout: dict[str, Any] = field(default_factory=dict)


def lines(title: str, unit: str, across: Sequence[str], series: Mapping[str, Sequence[float]], *, stacked: bool = False) -> Chart:
    """Lines or stacked steps over periods, each with its name at its end."""
    traces: list[dict[str, Any]] = []
    for number, (name, values) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        trace = {"type": "scatter", "mode": "lines", "name": name, "x": list(across), "y": list(values),
                 "line": {"color": colour, "shape": "hvh", "width": 0.5 if stacked else 2},
                 "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"}  # fmt: skip
        traces.append(trace | ({"stackgroup": "all"} if stacked else {}))
    rows = [(period, *(values[n] for values in series.values())) for n, period in enumerate(across)]
    layout = {"xaxis": time_axis(across), "yaxis": {"title": {"text": unit}}}
    return with_ends(Chart(f"{title}, {unit}", traces, ("period", *series), rows, layout))


def time_axis(periods: Sequence[str]) -> dict[str, Any]:
    """An axis of periods by name, Plotly would read those of years as numbers, with a tick at the first of each year."""
    return {"type": "category", "categoryorder": "array", "categoryarray": list(periods), "range": [-0.5, len(periods) - 0.5],
            "tickvals": [periods[n] for n in first_of_years(periods)], "tickangle": 0, "thin": True}  # fmt: skip


def first_of_years(periods: Sequence[str]) -> list[int]:
    """Numbers of the periods that a calendar year begins with; the first period's where there is none."""
    return [n for n, name in enumerate(periods) if name[4:] in ("", "-Q1", "-H1")] or [0]


def with_ends(chart: Chart) -> Chart:
    """The same chart with the axis fixed, and with `ends` in its layout: the names to stand at the right ends of lines and areas.

    A line that is over before the last period, and every area where one has no height at the end, is named in the legend instead.
    """
    areas = [trace for trace in chart.traces if "stackgroup" in trace]
    pile = [sum(values) for values in zip(*(trace["y"] for trace in areas), strict=True)] if areas else []
    loose = [value for trace in chart.traces if "stackgroup" not in trace for value in trace["y"]]
    highest, lowest = max([*pile, *loose, 0.0]), min([*pile, *loose, 0.0])
    room = (highest - lowest) * HEADROOM or 1.0
    chart.layout["yaxis"] = {**chart.layout.get("yaxis", {}), "range": [lowest - (room if lowest < 0 else 0.0), highest + room]}
    last = chart.layout["xaxis"]["categoryarray"][-1]
    ends, below, thick = [], 0.0, all(trace["y"][-1] > LEAST for trace in areas)
    for number, trace in enumerate(chart.traces):
        at = trace["y"][-1]
        if "stackgroup" in trace:
            at, below = below + at / 2, below + at
        if trace["mode"] == "lines" and trace["x"][-1] == last and ("stackgroup" not in trace or thick):
            ends.append({"trace": number, "y": at, "at": at, "text": trace["name"], "color": trace["line"]["color"]})
    spread(ends, (highest - lowest + room) * LEAST_APART)
    chart.layout["ends"] = ends
    return chart


def spread(ends: list[dict[str, Any]], apart: float) -> None:
    """Move the names' heights `y` until they are `apart`, those that crowd about their middle, in the order of the lines they name."""
    groups: list[list[dict[str, Any]]] = []
    for end in sorted(ends, key=lambda each: (each["at"], -each["trace"])):
        groups.append([end])
        while len(groups) > 1 and bottom(groups[-1], apart) < bottom(groups[-2], apart) + len(groups[-2]) * apart:
            groups[-2:] = [groups[-2] + groups[-1]]
    for group in groups:
        for place, end in enumerate(group):
            end["y"] = bottom(group, apart) + place * apart


def bottom(group: list[dict[str, Any]], apart: float) -> float:
    """The lowest name of a group whose middle stands at the mean of its lines, and not below the axis."""
    heights = [float(end["at"]) for end in group]
    return max(sum(heights) / len(heights) - (len(heights) - 1) / 2 * apart, min(0.0, *heights))


def some(*found: Chart | None) -> list[Chart]:
    """The charts that there are."""
    return [chart for chart in found if chart is not None and chart.traces]
