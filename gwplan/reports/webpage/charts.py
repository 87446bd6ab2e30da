"""Charts of a run as Plotly figures, each with the table of its data. Colours after Okabe and Ito, told apart by the colour-blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gwplan.calendar import MONTHS_A_YEAR, parse_date
from gwplan.reports import bridge
from gwplan.reports.folder import RunFolder, sums
from gwplan.reports.schedule import LEAST, events

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B8A800", "#777777")
KILO = 1e3


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
                 "line": {"color": colour, "shape": "hvh", "width": 2},
                 "hovertemplate": f"{name}: %{{y:,.4g}} {unit}<extra></extra>"}  # fmt: skip
        if not stacked:
            last = max((n for n, value in enumerate(values) if value), default=0)
            trace |= {"mode": "lines+text", "text": [name if n == last else "" for n in range(len(across))], "textposition": "top left",
                      "textfont": {"color": colour}}
        traces.append(trace | ({"stackgroup": "all", "line": {"color": colour, "shape": "hvh", "width": 0.5}} if stacked else {}))
    rows = [(period, *(values[n] for values in series.values())) for n, period in enumerate(across)]
    # Names of periods: Plotly would read those of years as numbers. A period's step reaches to either side of its name.
    layout = {"xaxis": {"type": "category"}, "yaxis": {"title": {"text": unit}, "rangemode": "tozero"}}
    return Chart(f"{title}, {unit}", traces, ("period", *series), rows, layout)


def ramp(run: RunFolder) -> Chart:
    """IT and facility power by period, with the targets."""
    keys = {"IT": "it_mw", "at the meter": "facility_mw"}
    series = {name: [float(each) for each in run.summary[key]] for name, key in keys.items()}
    chart = lines("Power in use at its greatest", "MW", run.periods, series)
    for target in run.manifest["definition"].get("target", []):
        amount, _, unit = str(target["amount"]).partition(" ")
        if unit != "MW":
            continue
        # As the plan counts: from the period that contains `by` to the one that contains `until`.
        first = holding(run, parse_date(str(target["by"])).first)
        last = holding(run, parse_date(str(target["until"])).last) if target.get("until") else len(run.periods) - 1
        periods = run.periods[first: last + 1]
        # The marker shows a target of a single period, which is no line.
        chart.traces.append({"type": "scatter", "mode": "lines" if len(periods) > 1 else "markers", "x": periods,
                             "name": f"target, {target['measure']}", "y": [float(amount)] * len(periods),
                             "line": {"color": COLOURS[5], "dash": "dash", "width": 2},
                             "marker": {"color": COLOURS[5], "symbol": "diamond", "size": 11}})  # fmt: skip
    return chart


def holding(run: RunFolder, month: int) -> int:
    """Number of the period that contains a month counted from year 0; the first or the last where it lies outside the horizon."""
    return max((number for number in range(len(run.periods)) if run.first_month(number) <= month), default=0)


def schedule(run: RunFolder) -> Chart | None:
    """What is begun and when it enters service: one bar for each decision."""
    found = [event for event in events(run) if event.amount > LEAST]
    if not found:
        return None
    colours = dict(zip(("sites", "halls", "systems", "supplies", "life over", "retired"), COLOURS, strict=False))
    traces = []
    for what, colour in colours.items():
        mine = [event for event in found if event.what == what]
        starts = [run.number_of.get(event.period, 0) for event in mine]
        ends = [run.number_of.get(event.service, len(run.periods) if event.service else start)
                for event, start in zip(mine, starts, strict=True)]
        if mine:
            text = [f"{event.amount:,.4g} {event.item} {event.period}" + (f", in service {event.service}" if event.service else "")
                    for event in mine]
            traces.append({"type": "bar", "orientation": "h", "name": what, "marker": {"color": colour}, "base": starts, "opacity": 0.75,
                           "x": [max(end - start, 0.4) for start, end in zip(starts, ends, strict=True)],
                           "y": [f"{event.site}: {event.item if what != 'sites' else 'site'}" for event in mine], "text": text,
                           "textposition": "none", "hovertemplate": "%{text}<extra></extra>"})  # fmt: skip
    rows = [(event.period, event.what, event.site, event.item, event.amount, event.megawatts, event.service) for event in found]
    steps = [number for number, name in enumerate(run.periods) if name.endswith("Q1") or "-" not in name]
    layout = {"barmode": "overlay", "xaxis": {"tickvals": steps, "ticktext": [run.periods[n] for n in steps]},
              "yaxis": {"automargin": True, "autorange": "reversed"}, "tall": 120 + 34 * len({row[2:4] for row in rows})}  # fmt: skip
    header = ("period", "what", "site", "item", "amount", "MW", "in service")
    return Chart("Schedule: from the order or start to service", traces, header, rows, layout)


def capital(run: RunFolder) -> Chart | None:
    """Capital by class and calendar year."""
    unit, size = money(run)
    frame = run.ledger
    if not len(frame):
        return None
    by_year: dict[str, dict[int, float]] = {}
    for row in sums(frame[frame["kind"] == "capital"], ["class", "number"]):
        year = run.first_month(int(row["number"])) // MONTHS_A_YEAR
        mine = by_year.setdefault(str(row["class"]), {})
        mine[year] = mine.get(year, 0.0) + float(row["amount"]) / size
    years = sorted({year for amounts in by_year.values() for year in amounts})
    names = sorted(by_year, key=lambda name: -sum(by_year[name].values()))
    traces = [{"type": "bar", "name": name, "x": years, "y": [by_year[name].get(year, 0.0) for year in years],
               "marker": {"color": COLOURS[n % len(COLOURS)]}} for n, name in enumerate(names)]  # fmt: skip
    rows = [(year, *(by_year[name].get(year, 0.0) for name in names)) for year in years]
    layout = {"barmode": "stack", "xaxis": {"dtick": 1}, "yaxis": {"title": {"text": f"{unit} a year"}}}
    return Chart(f"Capital by class and year, {unit} of {run.dollars}", traces, ("year", *names), rows, layout)


def by_item(run: RunFolder, table: str, item: str, title: str, unit: str) -> Chart | None:
    """A table of the run by item and period, stacked over sites."""
    frame = run.table(table)
    if not len(frame):
        return None
    amounts: dict[str, list[float]] = {}
    for row in sums(frame, [item, "period"], "value"):
        amounts.setdefault(str(row[item]), [0.0] * len(run.periods))[run.number_of[str(row["period"])]] += float(row["value"])
    return lines(title, unit, run.periods, amounts, stacked=True)


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
