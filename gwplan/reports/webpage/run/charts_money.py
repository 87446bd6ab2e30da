"""Charts of money: what has been paid by when beside its cap, and the plan among published figures."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from gwplan.analysis import bridge
from gwplan.common.amounts import money
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date
from gwplan.reports.formatting import money_unit
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart, lines, with_ends
from gwplan.reports.webpage.run.charts_overview import holding
from gwplan.results.run_folder import RunFolder, sums

ALL = "capital"
WHOLE_LIFE = "capital and running cost"
FACILITY = "facility_per_gw"
LANE, AROUND = 21, 120
"""Heights in pixels: of a published figure, and of what stands around the figures."""


def whole_life(run: RunFolder) -> bool:
    """True if a goal caps capital and running cost of the whole horizon, rather than the budget capital."""
    return any(goal.get("kind") == "most_compute" and goal.get("spend") == "whole_life" for goal in run.manifest["definition"]["goal"])


def caps(run: RunFolder) -> list[dict[str, Any]]:
    """The rows of the budget that cap: class, MUSD, year (blank for a cap of all years), number of its last period, and `of`.

    `of` says what is capped: a class, capital, or capital and running cost of the whole horizon.
    """
    if "budget" not in run.manifest["definition"]["parts"]:
        return []
    frame = run.inputs("budget")
    rows = frame.to_dict("records") if len(frame) else []
    until = {row["item"]: holding(run, parse_date(str(row["base"])).last) for row in rows if row["quantity"] == "until"}
    last, found = len(run.periods) - 1, []
    for row in rows:
        if row["quantity"] == "cap":
            life = whole_life(run) and row["item"] == ALL and not row["when"]
            found.append({"class": str(row["item"]), "cap": float(row["base"]), "year": str(row["when"]),
                          "until": last if row["when"] or life else until.get(row["item"], last),
                          "of": WHOLE_LIFE if life else str(row["item"])})  # fmt: skip
    return found


def said(run: RunFolder) -> str:
    """The caps in words."""
    texts = []
    for cap in caps(run):
        when = f"in {cap['year']}" if cap["year"] else f"to {run.periods[cap['until']]}"
        if cap["of"] == WHOLE_LIFE:
            when = "over the whole horizon"
        texts.append(f"{cap['of']} {money(cap['cap'])} {when}")
    capped = any(cap["of"] != WHOLE_LIFE for cap in caps(run))
    alone = "" if capped else "Capital by itself is not capped." if texts else "Capital is not capped."
    return " ".join(filter(None, (f"Caps: {', '.join(texts)}." if texts else "", alone)))


def capital(run: RunFolder) -> Chart | None:
    """Capital by class and calendar year, with the caps of single years."""
    unit, size = money_unit(run)
    frame = run.ledger
    by_year: dict[str, dict[int, float]] = {}
    for row in sums(frame[frame["kind"] == "capital"], ["class", "number"]) if len(frame) else []:
        year = run.first_month(int(row["number"])) // MONTHS_A_YEAR
        mine = by_year.setdefault(str(row["class"]), {})
        mine[year] = mine.get(year, 0.0) + float(row["amount"]) / size
    if not by_year:
        return None
    paid_in = [year for mine in by_year.values() for year in mine]
    years = list(range(min(paid_in), max(paid_in) + 1))
    names = sorted(by_year, key=lambda name: -sum(by_year[name].values()))
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": name, "x": years, "y": [by_year[name].get(year, 0.0) for year in years],
         "marker": {"color": COLOURS[n % len(COLOURS)]}, "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"}
        for n, name in enumerate(names)]  # fmt: skip
    for name in dict.fromkeys(cap["of"] for cap in caps(run) if cap["year"]):
        of_years = {int(cap["year"][:4]): cap["cap"] / size for cap in caps(run) if cap["year"] and cap["of"] == name}
        traces.append({"type": "scatter", "mode": "markers", "name": f"cap of the year on {name}, before what is carried over",
                       "x": list(of_years), "y": list(of_years.values()),
                       "marker": {"symbol": "line-ew", "size": 34, "line": {"color": TARGET, "width": 3}}})  # fmt: skip
    amounts = [[by_year[name].get(year, 0.0) for name in names] for year in years]
    rows = [(year, *each, sum(each)) for year, each in zip(years, amounts, strict=True)]
    layout = {"barmode": "stack", "xaxis": {"dtick": 1}, "yaxis": {"title": {"text": f"{unit} a year"}}}
    return Chart(f"Capital by class and year, {unit} of {run.dollars}", traces, ("year", *names, "all"), rows, layout)


def paid_by(run: RunFolder, of: str) -> list[float]:
    """What has been paid by the end of each period, in the plan's unit: of a class, of capital, or of capital and running cost."""
    frame, (_, size) = run.ledger, money_unit(run)
    chosen = frame[frame["kind"].isin(("capital", "running") if of == WHOLE_LIFE else ("capital",))]
    if of not in (WHOLE_LIFE, ALL):
        chosen = chosen[chosen["class"] == of]
    each = [0.0] * len(run.periods)
    for row in sums(chosen, ["number"]):
        each[int(row["number"])] += float(row["amount"]) / size
    return list(accumulate(each))


def paid(run: RunFolder) -> Chart | None:
    """What has been paid by the end of each period, with each undated cap beside what it caps."""
    if not len(run.ledger):
        return None
    unit, size = money_unit(run)
    undated = [cap for cap in caps(run) if not cap["year"]]
    names = list(dict.fromkeys([ALL, *(cap["of"] for cap in undated)]))
    chart = lines(f"Paid to date, dollars of {run.dollars}", unit, run.periods, {f"{name}, paid": paid_by(run, name) for name in names})
    colours = dict(zip(names, (trace["line"]["color"] for trace in chart.traces), strict=True))
    for cap in undated:
        periods = run.periods[: cap["until"] + 1]
        name = f"cap on {cap['of']}, to {periods[-1]}"
        colour = TARGET if cap["of"] in (ALL, WHOLE_LIFE) else colours[cap["of"]]
        chart.traces.append({"type": "scatter", "mode": "lines", "name": name, "x": periods,
                             "y": [cap["cap"] / size] * len(periods), "line": {"color": colour, "dash": "dash", "width": 2},
                             "hovertemplate": f"{name}: %{{y:,.4g}} {unit}<extra></extra>"})  # fmt: skip
    rows = [(*row, *(cap["cap"] / size if n <= cap["until"] else None for cap in undated)) for n, row in enumerate(chart.rows)]
    header = (*chart.header, *(f"cap on {cap['of']}" for cap in undated))
    return with_ends(Chart(chart.title, chart.traces, header, rows, chart.layout))


def ranges(run: RunFolder) -> Chart | None:
    """Published figures of a gigawatt from low to high, and this plan on the basis of each."""
    found = bridge.build(run)
    if found is None or not found.published:
        return None
    figures = sorted(found.published, key=lambda each: (each.quantity, each.base))
    names = [label(run, each) for each in figures]
    spans = {"type": "scatter", "mode": "markers", "name": "published, low to high", "x": [each.base for each in figures], "y": names,
             "marker": {"color": COLOURS[1], "symbol": "diamond", "size": 9},
             "error_x": {"type": "data", "symmetric": False, "array": [each.high - each.base for each in figures],
                         "arrayminus": [each.base - each.low for each in figures], "color": COLOURS[1], "thickness": 5, "width": 0},
             "hovertemplate": "%{y}: %{x:,.4g}<extra></extra>"}  # fmt: skip
    plan = [(label(run, each), value) for each in figures for value in each.plan]
    ours = {"type": "scatter", "mode": "markers", "name": "this plan on that basis", "x": [value for _, value in plan],
            "y": [name for name, _ in plan], "marker": {"color": COLOURS[0], "size": 8, "symbol": "circle-open", "line": {"width": 2}},
            "hovertemplate": "this plan: %{x:,.4g}<extra></extra>"}  # fmt: skip
    rows = [(run.named(each.name), each.quantity, each.basis, each.low, each.base, each.high,
             " / ".join(f"{value:,.1f}" for value in each.plan), each.source) for each in figures]  # fmt: skip
    layout = {"yaxis": {"automargin": True, "type": "category", "range": [-0.7, len(figures) - 0.3]}, "tall": AROUND + LANE * len(figures),
              "xaxis": {"rangemode": "tozero", "title": {"text": "$ billion per GW"}}}
    header = ("figure", "of", "basis", "low", "base", "high", "this plan", "source")
    return Chart(f"A gigawatt as published and in this plan, $ billion of {found.dollars} per GW", [spans, ours], header, rows, layout)


def label(run: RunFolder, figure: bridge.Figure) -> str:
    """A published figure by name; that it leaves out systems stands with it."""
    return f"{run.named(figure.name)}, no systems" if figure.quantity == FACILITY else run.named(figure.name)
