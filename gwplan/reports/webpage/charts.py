"""Charts of a run as Plotly figures, each with the table of its data. Colours after Okabe and Ito, told apart by the colour-blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gwplan.calendar import parse_date
from gwplan.reports import bridge
from gwplan.reports.folder import RunFolder
from gwplan.reports.schedule import LEAST

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B8A800", "#777777")
TARGET = COLOURS[5]
"""Colour of what a plan must reach or keep below: targets and caps."""
MEASURES = {"it": "IT"}
"""Measures of targets as the page names them, where that is not their own name."""
KILO = 1e3
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


def money(run: RunFolder) -> tuple[str, float]:
    """The unit of money that suits the plan, and MUSD in one of it."""
    large = (run.figure("capital_musd") or 0.0) >= KILO
    return ("GUSD" if large else "MUSD", KILO if large else 1.0)


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


def ramp(run: RunFolder) -> Chart:
    """IT and facility power by period, with the targets."""
    keys = {"IT": "it_mw", "at the meter": "facility_mw"}
    series = {name: [float(each) for each in run.summary[key]] for name, key in keys.items()}
    chart = lines("Power in use at its greatest", "MW", run.periods, series)
    chart.traces.extend(targets(run, "MW"))
    return with_ends(chart)


def targets(run: RunFolder, unit: str) -> list[dict[str, Any]]:
    """The targets in MW or in kH100e as dashed lines over the periods in which they hold."""
    found = []
    for target in run.manifest["definition"].get("target", []):
        amount, _, of = str(target["amount"]).partition(" ")
        if of != unit:
            continue
        # As the plan counts: from the period that contains `by` to the one that contains `until`.
        first = holding(run, parse_date(str(target["by"])).first)
        last = holding(run, parse_date(str(target["until"])).last) if target.get("until") else len(run.periods) - 1
        periods = run.periods[first: last + 1]
        name = f"target, {MEASURES.get(str(target['measure']), str(target['measure']))}"
        # The marker shows a target of a single period, which is no line.
        found.append({"type": "scatter", "mode": "lines" if len(periods) > 1 else "markers", "x": periods, "name": name,
                      "y": [float(amount)] * len(periods), "line": {"color": TARGET, "dash": "dash", "width": 2},
                      "marker": {"color": TARGET, "symbol": "diamond", "size": 11},
                      "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"})  # fmt: skip
    return found


def holding(run: RunFolder, month: int) -> int:
    """Number of the period that contains a month counted from year 0; the first or the last where it lies outside the horizon."""
    return max((number for number in range(len(run.periods)) if run.first_month(number) <= month), default=0)


def steps(run: RunFolder) -> Chart | None:
    """From the plan's capital per GW to published figures."""
    found = bridge.build(run)
    if found is None:
        return None
    measure = {"class": "relative", "change": "relative", "level": "absolute"}
    shown = [step for step in found.steps if step.kind != "class"]
    trace = {"type": "waterfall", "name": "bridge", "x": [step.name for step in shown], "y": [step.amount for step in shown],
             "measure": [measure[step.kind] for step in shown], "text": [f"{step.amount:,.1f}" for step in shown],
             "textposition": "outside",
             "increasing": {"marker": {"color": COLOURS[5]}}, "decreasing": {"marker": {"color": COLOURS[2]}},
             "totals": {"marker": {"color": COLOURS[0]}}, "cliponaxis": False}  # fmt: skip
    rows = [(step.kind, step.name, step.amount, step.why) for step in found.steps]
    layout = {"xaxis": {"automargin": True, "tickangle": -35}, "yaxis": {"title": {"text": "GUSD per GW"}}, "tall": 520}
    title = f"From this plan to published figures, GUSD of {found.dollars} per GW"
    return Chart(title, [trace], ("kind", "step", "GUSD per GW", "from"), rows, layout)
