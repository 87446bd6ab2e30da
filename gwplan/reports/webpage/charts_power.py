"""Charts of power: what is used, what it needs, and which limits hold it where it is."""

from __future__ import annotations

from gwplan.reports.folder import RunFolder, sums
from gwplan.reports.schedule import LEAST
from gwplan.reports.webpage.charts import COLOURS, Chart, lines


def by_period(run: RunFolder, table: str) -> list[float]:
    """The sum of a table's values in each period, over all else."""
    found = [0.0] * len(run.periods)
    for row in sums(run.table(table), ["period"], "value"):
        found[run.number_of[str(row["period"])]] = float(row["value"])
    return found


def needs(run: RunFolder) -> Chart | None:
    """IT power beside the room in open halls, and power at the meter beside what supplies could give."""
    if not len(run.table("account.hall_room")) or not len(run.table("power.capacity")):
        return None
    meter, it = ([float(each) for each in run.summary[key]] for key in ("facility_mw", "it_mw"))
    series = {"capacity of supplies": by_period(run, "power.capacity"), "at the meter": meter,
              "room in open halls": by_period(run, "account.hall_room"), "IT": it}
    chart = lines("Power in use, and what there is for it", "MW", run.periods, series)
    for trace, dash in zip(chart.traces, ("dot", "solid", "dot", "solid"), strict=True):
        trace["line"]["dash"] = dash
    for there, used in ((0, 1), (2, 3)):
        for key in ("line", "textfont"):
            chart.traces[there][key]["color"] = chart.traces[used][key]["color"]
    return chart


def binds(run: RunFolder) -> Chart | None:
    """Which rules have no slack in which period, and a price: those are what a faster or larger plan would need moved."""
    frame = run.table("limits")
    if not len(frame):
        return None
    tight = frame[(frame["slack"].abs() <= LEAST * frame["bound"].abs().clip(lower=1)) & (frame["dual"].abs() > LEAST)]
    rows = []
    for row in tight.to_dict("records"):
        *where, period = str(row["index"]).split(",")
        if period in run.number_of:
            rows.append((str(row["rule"]), period, ", ".join(where), float(row["bound"]), str(row["unit"]), float(row["dual"])))
    if not rows:
        return None
    rows.sort(key=lambda row: (row[0], run.number_of[row[1]], row[2]))
    traces = []
    for number, rule in enumerate(dict.fromkeys(each[0] for each in rows)):
        at: dict[str, list[str]] = {}
        for name, period, place, *_ in rows:
            if name == rule:
                at.setdefault(period, []).append(place)
        traces.append({"type": "scatter", "mode": "markers", "name": rule, "x": list(at), "y": [rule.replace("_", " ")] * len(at),
                       "text": ["; ".join(sorted(filter(None, each))) for each in at.values()], "showlegend": False,
                       "marker": {"symbol": "square", "size": 12, "color": COLOURS[number % len(COLOURS)]},
                       "hovertemplate": "%{y}, %{x}<br>%{text}<extra></extra>"})  # fmt: skip
    across = {"type": "category", "categoryorder": "array", "categoryarray": run.periods, "range": [-0.5, len(run.periods) - 0.5]}
    layout = {"xaxis": across, "yaxis": {"automargin": True}, "tall": 120 + 34 * len(traces)}
    return Chart("Limits that bind, by period", traces, ("rule", "period", "at", "bound", "unit", "dual (local)"), rows, layout)
