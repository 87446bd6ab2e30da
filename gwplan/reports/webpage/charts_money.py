"""Charts of money: what has been paid by when beside its cap, and the plan among published figures."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from gwplan.calendar import parse_date
from gwplan.reports import bridge
from gwplan.reports.folder import RunFolder, sums
from gwplan.reports.webpage.charts import COLOURS, Chart, holding, lines, money

ALL = "capital"


def whole_life(run: RunFolder) -> bool:
    """True if the goal caps capital and running cost of the whole horizon rather than capital."""
    goal = run.manifest["definition"].get("goal", {})
    return isinstance(goal, dict) and goal.get("kind") == "most_compute" and goal.get("spend") == "whole_life"


def caps(run: RunFolder) -> list[dict[str, Any]]:
    """The rows of the budget that cap: class, MUSD, year (blank for a cap of all years), number of its last period."""
    frame = run.inputs("budget")
    rows = frame.to_dict("records") if len(frame) else []
    until = {row["item"]: holding(run, parse_date(str(row["base"])).last) for row in rows if row["quantity"] == "until"}
    last = len(run.periods) - 1
    return [{"class": str(row["item"]), "cap": float(row["base"]), "year": str(row["when"]),
             "until": last if row["when"] or (whole_life(run) and row["item"] == ALL) else until.get(row["item"], last)}
            for row in rows if row["quantity"] == "cap"]  # fmt: skip


def said(run: RunFolder) -> str:
    """The caps in words."""
    unit, size = money(run)
    texts = []
    for cap in caps(run):
        what = "capital and running cost" if whole_life(run) and cap["class"] == ALL else cap["class"]
        when = f" in {cap['year']}" if cap["year"] else f" to {run.periods[cap['until']]}"
        texts.append(f"{what} {cap['cap'] / size:,.4g} {unit}{when}")
    return f"Caps: {', '.join(texts)}." if texts else "Capital is not capped."


def paid(run: RunFolder) -> Chart | None:
    """What has been paid by the end of each period, with the undated cap on all of it."""
    frame = run.ledger
    if not len(frame):
        return None
    unit, size = money(run)
    kinds = ("capital", "running") if whole_life(run) else ("capital",)
    each = [0.0] * len(run.periods)
    for row in sums(frame[frame["kind"].isin(kinds)], ["number"]):
        each[int(row["number"])] += float(row["amount"]) / size
    name = " and running cost".join(("capital", "")) if len(kinds) > 1 else "capital"
    chart = lines(f"Paid to date: {name}, dollars of {run.dollars}", unit, run.periods, {f"{name}, paid": list(accumulate(each))})
    for cap in caps(run):
        if cap["class"] == ALL and not cap["year"]:
            periods = run.periods[: cap["until"] + 1]
            chart.traces.append({"type": "scatter", "mode": "lines", "name": f"cap, to {periods[-1]}", "x": periods,
                                 "y": [cap["cap"] / size] * len(periods), "line": {"color": COLOURS[5], "dash": "dash", "width": 2}})
    return chart


def ranges(run: RunFolder) -> Chart | None:
    """Published figures of a gigawatt from low to high, and this plan on the basis of each."""
    found = bridge.build(run)
    if found is None or not found.published:
        return None
    figures = sorted(found.published, key=lambda each: (each.quantity, each.base))
    names = [each.name for each in figures]
    spans = {"type": "scatter", "mode": "markers", "name": "published, low to high", "x": [each.base for each in figures], "y": names,
             "marker": {"color": COLOURS[1], "symbol": "diamond", "size": 9},
             "error_x": {"type": "data", "symmetric": False, "array": [each.high - each.base for each in figures],
                         "arrayminus": [each.base - each.low for each in figures], "color": COLOURS[1], "thickness": 3, "width": 0}}
    plan = [(each.name, value) for each in figures for value in each.plan]
    ours = {"type": "scatter", "mode": "markers", "name": "this plan on that basis", "x": [value for _, value in plan],
            "y": [name for name, _ in plan], "marker": {"color": COLOURS[0], "size": 8, "symbol": "circle-open", "line": {"width": 2}}}
    rows = [(each.name, each.quantity, each.basis, each.low, each.base, each.high, " / ".join(f"{value:,.1f}" for value in each.plan),
             each.source) for each in figures]
    layout = {"yaxis": {"automargin": True, "type": "category"}, "tall": 140 + 20 * len(figures),
              "xaxis": {"rangemode": "tozero", "title": {"text": "GUSD per GW"}}}
    header = ("figure", "of", "basis", "low", "base", "high", "this plan", "source")
    return Chart(f"A gigawatt as published and in this plan, GUSD of {found.dollars} per GW", [spans, ours], header, rows, layout)
