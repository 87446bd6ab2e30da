"""Charts that several kinds of study share: stacked bars of what is built, histograms, bars to either side of a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from gwplan.common.amounts import DUST
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date
from gwplan.common.status import WITH_PLAN
from gwplan.reports.formatting import Columns, rows_of
from gwplan.reports.terminal.sample import histogram
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.studies.material import Material

FAINT, STRONG = 0.35, 0.9
"""Opacity of bars that show what is not proven, and of all others."""
GREY = COLOURS[-1]
ROW_HEIGHT, FRAME_HEIGHT = 26, 120
"""Pixels of a horizontal bar, and of what is around them."""
LEAST_HEIGHT = 340
"""Pixels of a chart below which the page leaves a gap."""
MOST_STACKS = 40
"""Bars beyond which a stacked chart cannot be read."""
FLOOR = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
"""An axis over the first one on which marks stand at the bottom, whatever the first one shows."""
AT_FLOOR = 0.03
GROUPS = (("systems", "Systems bought", "systems"), ("supplies_mw", "Power supplies ordered", "MW"), ("halls", "Halls started", "halls"),
          ("capital_by_class_musd", "Capital by class", ""))  # fmt: skip
"""Amounts by name of the table of results: the prefix of their columns, what they are, and their unit; blank for money."""
FEW_SAMPLES, FEW_BINS, BINS = 200, 10, 20


def tall(bars: int) -> int:
    """Height of a chart of horizontal bars, in pixels."""
    return max(FRAME_HEIGHT + ROW_HEIGHT * bars, LEAST_HEIGHT)


def month_of(period: str) -> int:
    """The first month of a period by its name, counted from year 0."""
    return parse_date(period).first


def month_axis(months: Sequence[float]) -> dict[str, Any]:
    """An axis of months with the years as its ticks."""
    first = math.floor(min(months) / MONTHS_A_YEAR)
    last = max(math.ceil(max(months) / MONTHS_A_YEAR), first + 1)
    years = range(first, last + 1)
    return {"tickvals": [year * MONTHS_A_YEAR for year in years], "ticktext": [str(year) for year in years],
            "range": [first * MONTHS_A_YEAR - 1, last * MONTHS_A_YEAR + 1], "thin": True, "tickangle": 0}  # fmt: skip


def line_at(value: float, text: str = "", dash: str = "dash", layer: str = "above") -> tuple[dict[str, Any], dict[str, Any]]:
    """A line at a value of the x axis, and its label."""
    shape = {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": GREY, "dash": dash, "width": 1.5}, "layer": layer}  # fmt: skip
    label = {"x": value, "y": 1, "yref": "paper", "text": text, "showarrow": False, "yanchor": "bottom", "font": {"size": 11}}
    return shape, label


def stacked(material: Material, prefix: str, title: str, unit: str, labels: Sequence[str], *, upright: bool) -> Chart | None:
    """What is built of each name, a stacked bar for each row of the table; a cross where there is no plan. None where nothing is built."""
    size = material.size(prefix)
    unit = unit or material.unit(prefix)
    names = [name for name in material.amounts(prefix) if any((row[name] or 0.0) > DUST for row in material.rows)]
    if not names or len(labels) > MOST_STACKS:
        return None
    called = {name: material.label(name.partition(".")[2]) for name in names}
    x, y = ("x", "y") if upright else ("y", "x")
    amounts = {name: [(row[name] or 0.0) / size for row in material.rows] for name in names}
    # A single name has no legend.
    title = f"{title}: {called[names[0]]}" if len(names) == 1 else title
    traces: list[dict[str, Any]] = [
        {"type": "bar", "orientation": "v" if upright else "h", "name": called[name], x: list(labels), y: amounts[name],
         "marker": {"color": COLOURS[number % len(COLOURS)]},
         "hovertemplate": f"%{{{x}}}: %{{{y}:,.4g}} {unit} of {called[name]}<extra></extra>"}
        for number, name in enumerate(names)
    ]  # fmt: skip
    without = [label for label, row in zip(labels, material.rows, strict=True) if row["status"] not in WITH_PLAN]
    if without:
        traces.append({"type": "scatter", "mode": "markers", "name": "no plan", x: without, y: [0.0] * len(without), "cliponaxis": False,
                       "marker": {"symbol": "x", "size": 9, "color": GREY},
                       "hovertemplate": f"%{{{x}}}: no plan<extra></extra>"})  # fmt: skip
    named: dict[str, Any] = {"type": "category", "categoryorder": "array", "categoryarray": list(labels)}
    layout: dict[str, Any] = {"barmode": "stack", f"{x}axis": named, f"{y}axis": {"title": {"text": unit}, "rangemode": "tozero"}}
    if not upright:
        layout |= {"tall": tall(len(labels)), "yaxis": {**named, "autorange": "reversed"}}
    rows = [(label, *(amounts[name][place] for name in names)) for place, label in enumerate(labels)]
    return Chart(f"{title}, {unit}", traces, ("variant", *(trace["name"] for trace in traces[: len(names)])), rows, layout)


def bins_of(values: Sequence[float]) -> list[tuple[float, float, int]]:
    """Lower end, upper end and count of each bin."""
    return [each[:3] for each in histogram(values, FEW_BINS if len(values) < FEW_SAMPLES else BINS)]


def distribution(name: str, unit: str, values: Sequence[float], levels: dict[str, float]) -> Chart | None:
    """A histogram with lines at some levels; None where all values are the same."""
    if not values or max(values) - min(values) <= DUST * max(abs(max(values)), 1.0):
        return None
    rows = bins_of(values)
    trace = {"type": "bar", "x": [(low + high) / 2 for low, high, _ in rows], "y": [count for _, _, count in rows],
             "width": [high - low for low, high, _ in rows], "marker": {"color": COLOURS[0], "line": {"color": "#ffffff", "width": 0.5}},
             "text": [f"{low:,.4g} to {high:,.4g} {unit}: {count:,} samples" for low, high, count in rows], "textposition": "none",
             "hovertemplate": "%{text}<extra></extra>"}  # fmt: skip
    lines = [line_at(level, text, "solid" if text == "median" else "dash") for text, level in levels.items()]
    layout = {"xaxis": {"title": {"text": unit}}, "yaxis": {"title": {"text": "samples"}}, "shapes": [shape for shape, _ in lines],
              "annotations": [label for _, label in lines], "bargap": 0}  # fmt: skip
    return Chart(f"{name}, {unit}", [trace], ("from", "to", "samples"), list(rows), layout)


def signed_bars(title: str, names: Sequence[str], values: Sequence[float | None], faint: Sequence[bool],
                band: float | None = None) -> Chart:
    """Horizontal bars to either side of 0, faint where they may be chance; a band of what chance does."""
    colours = [COLOURS[0] if (value or 0.0) >= 0 else COLOURS[5] for value in values]
    trace = {"type": "bar", "orientation": "h", "y": list(names), "x": list(values),
             "marker": {"color": colours, "opacity": [FAINT if each else STRONG for each in faint]},
             "text": ["" if value is None else f"{value:+.2f}" for value in values], "textposition": "outside", "cliponaxis": False,
             "hovertemplate": "%{y}: %{x:+.2f}<extra></extra>"}  # fmt: skip
    shapes = [] if band is None else [{"type": "rect", "x0": -band, "x1": band, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
                                       "fillcolor": GREY, "opacity": 0.15, "line": {"width": 0}}]  # fmt: skip
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}, "tall": tall(len(names)), "shapes": shapes,
              "xaxis": {"range": [-1.15, 1.15]}}  # fmt: skip
    rows = [(name, value, "may be chance" if each else "") for name, value, each in zip(names, values, faint, strict=True)]
    return Chart(title, [trace], ("number", "rank correlation", "note"), rows, layout)


def shares(columns: Columns, label: Callable[[str], str]) -> Chart | None:
    """How often each site, generation, supply and design is chosen, in percent of the samples with a plan."""
    rows = [row for row in rows_of(columns) if row["share"] > 0]
    if not rows:
        return None
    traces = []
    for number, kind in enumerate(dict.fromkeys(row["kind"] for row in rows)):
        mine = [row for row in rows if row["kind"] == kind]
        percent = [100 * row["share"] for row in mine]
        traces.append({"type": "bar", "orientation": "h", "name": kind, "x": percent,
                       "y": [f"{label(row['item'])} ({kind})" for row in mine],
                       "marker": {"color": COLOURS[number]}, "text": [f"{each:.0f}%" for each in percent], "textposition": "outside",
                       "cliponaxis": False, "hovertemplate": "%{y}: %{x:.1f}% of samples<extra></extra>"})  # fmt: skip
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}, "tall": tall(len(rows)), "barmode": "overlay",
              "xaxis": {"range": [0, 112], "title": {"text": "% of samples with a plan"}}}  # fmt: skip
    listed = [(row["kind"], label(row["item"]), 100 * row["share"], None if row["kind"] == "site" else row["mean_amount"],
               "" if row["kind"] == "site" else row["unit"]) for row in rows]  # fmt: skip
    header = ("what", "item", "%", "mean when chosen", "of")
    return Chart("How often each is chosen, % of samples with a plan", traces, header, listed, layout)
