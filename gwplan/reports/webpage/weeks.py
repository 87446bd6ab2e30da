"""A week by the hour as a chart: output stacked, the load over it, and what storage holds on an axis of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gwplan.reports.terminal.dispatch import when
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart

if TYPE_CHECKING:
    from gwplan.results.run_folder import RunFolder

DAY = 24
HELD = ("#777777", "#B8A800")
"""Colours of what storage holds."""


def chart(run: RunFolder, week: dict[str, Any]) -> Chart:
    """A week as `gwplan.reports.dispatch` keeps it."""
    load = week["load"]
    axis = [when(hour) for hour in range(week["first"], week["first"] + len(load))]
    series = {run.named(name): values for name, values in week["output"].items()}
    series |= {f"{run.named(name)}, out": values for name, values in week["discharge"].items()}
    traces = [line(name, axis, values, COLOURS[number % len(COLOURS)], 0.5) | {"stackgroup": "all"}
              for number, (name, values) in enumerate(series.items())]
    traces.append(line("load", axis, load, TARGET, 2))
    if week["unserved"]:
        traces.append(line("not served", axis, week["unserved"], "#777777", 1) | {"fill": "tozeroy"})
    held = {f"{run.named(name)} holds, MWh": values for name, values in week["level"].items()}
    for number, (name, values) in enumerate(held.items()):
        dotted = line(name, axis, values, HELD[number % len(HELD)], 1.5, "MWh")
        traces.append(dotted | {"yaxis": "y2", "line": dotted["line"] | {"dash": "dot"}})
    rows = [(axis[hour], load[hour], *(values[hour] for values in (*series.values(), *held.values()))) for hour in range(len(load))]
    days = {"tickvals": axis[::DAY], "ticktext": [text.partition(",")[0] for text in axis[::DAY]]}
    layout: dict[str, Any] = {"xaxis": {"type": "category", **days}, "yaxis": {"title": {"text": "MW"}, "rangemode": "tozero"}}
    if held:
        layout["yaxis2"] = {"title": {"text": "MWh held"}, "rangemode": "tozero", "overlaying": "y", "side": "right", "showgrid": False,
                            "automargin": True}
    return Chart(f"{week['title']}, from {axis[0].partition(',')[0]}, MW", traces, ("hour", "load", *series, *held), rows, layout)


def line(name: str, axis: list[str], values: list[float], colour: str, width: float, unit: str = "MW") -> dict[str, Any]:
    """A line over hours."""
    return {"type": "scatter", "mode": "lines", "name": name, "x": axis, "y": values,
            "line": {"width": width, "shape": "hv", "color": colour},
            "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"}
