"""Charts of the overview of a run: the ramp, targets, and what held the plan back."""

from __future__ import annotations

from typing import Any

from gwplan.analysis import bridge
from gwplan.common.calendar import parse_date
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart, lines, with_ends
from gwplan.results.run_folder import RunFolder

MEASURES = {"it": "IT"}
"""Measures of targets as the page names them, where that is not their own name."""


def ramp(run: RunFolder) -> Chart:
    """IT and facility power by period, with the targets."""
    keys = {"IT": "it_mw", "at the meter": "facility_mw"}
    series = {name: [float(each) for each in run.summary[key]] for name, key in keys.items()}
    chart = lines("Peak power in use", "MW", run.periods, series)
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
    layout = {"xaxis": {"automargin": True, "tickangle": -35}, "yaxis": {"title": {"text": "$ billion per GW"}}, "tall": 520}
    title = f"From this plan to published figures, $ billion of {found.dollars} per GW"
    return Chart(title, [trace], ("kind", "step", "$ billion per GW", "from"), rows, layout)
