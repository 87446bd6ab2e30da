"""Charts of power: what is used, what there is for it, which limits hold it where it is, and who serves the load."""

from __future__ import annotations

from typing import Any

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.reports.webpage.charts import COLOURS, Chart, lines, time_axis, with_ends
from gwplan.reports.webpage.escaping import BREAK
from gwplan.reports.webpage.run.charts_money import caps
from gwplan.reports.webpage.run.charts_overview import targets
from gwplan.results.run_folder import RunFolder, sums
from gwplan.results.schedule import LEAST

FULL = "halls.are_full"
"""Name of the row that the page derives: no room is left in open halls. Every other row is a rule of the model."""
LANE, AROUND = 44, 90
"""Heights in pixels: of a rule's lane, and of what stands around the lanes."""
PALE = ("#9CC9E3", "#F2CF8F", "#8FD0BC", "#E6BFD5", "#D9D9D9", "#DDD88F", "#EBB08F", "#BBD9EE")
"""Colours of areas that lines are drawn over, so that those stand out."""
AT_THE_METER, ROOM, IT = "at the meter", "room in open halls", "IT"
BAND = {AT_THE_METER: (COLOURS[5], "solid"), ROOM: (COLOURS[0], "dot"), IT: (COLOURS[0], "solid")}
"""Colour and dash of the lines over the areas."""


def by_period(run: RunFolder, table: str) -> list[float]:
    """The sum of a table's values in each period, over all else."""
    found = [0.0] * len(run.periods)
    for row in sums(run.table(table), ["period"], "value"):
        found[run.number_of[str(row["period"])]] = float(row["value"])
    return found


def by_item(run: RunFolder, table: str, item: str) -> dict[str, list[float]]:
    """A table by the label of each item and by period, over all sites; of one with slices of the year the mean, weighted by their hours.

    Empty where there is no such table, or where it has slices and the run does not say how long they are.
    """
    frame = run.table(table)
    if not len(frame):
        return {}
    if "slice" in frame.columns and frame["slice"].nunique() > 1:
        shares = run.table("slices")
        if not len(shares):
            return {}
        share = {str(row["slice"]): float(row["share"]) for row in shares.to_dict("records")}
        frame = frame.assign(value=frame["value"] * frame["slice"].map(share))
    found: dict[str, list[float]] = {}
    for row in sums(frame, [item, "period"], "value"):
        found.setdefault(run.named(str(row[item])), [0.0] * len(run.periods))[run.number_of[str(row["period"])]] = float(row["value"])
    return found


def output(run: RunFolder) -> Chart | None:
    """Mean output of supplies in each period, stacked."""
    found = by_item(run, "power.output", "supply")
    return lines("Mean output of supplies", "MW", run.periods, found, stacked=True) if found else None


def needs(run: RunFolder) -> Chart | None:
    """Capacity of supplies as areas; power at the meter, room in open halls, IT and targets as lines over them."""
    supplies = by_item(run, "power.capacity", "supply")
    if not supplies or not len(run.table("account.hall_room")):
        return None
    series = {AT_THE_METER: [float(each) for each in run.summary["facility_mw"]], ROOM: by_period(run, "account.hall_room"),
              IT: [float(each) for each in run.summary["it_mw"]]}  # fmt: skip
    chart = lines("Peak power in use, and what there is for it", "MW", run.periods, supplies, stacked=True)
    for number, trace in enumerate(chart.traces):
        trace["line"]["color"] = trace["fillcolor"] = PALE[number % len(PALE)]
        trace["name"] = f"{trace['name']}, capacity"
    over = lines("", "MW", run.periods, series).traces
    for trace in over:
        trace["line"]["color"], trace["line"]["dash"] = BAND[trace["name"]]
    chart.traces.extend([*over, *targets(run, "MW")])
    binding = tight(run)
    rows = [(period, series[IT][n], series[ROOM][n], series[AT_THE_METER][n], ratio(series[AT_THE_METER][n], series[IT][n]),
             sum(values[n] for values in supplies.values()), ", ".join(dict.fromkeys(row[0] for row in binding if row[1] == period)))
            for n, period in enumerate(run.periods)]  # fmt: skip
    header = ("period", "IT", ROOM, AT_THE_METER, "meter / IT", "capacity of supplies", "what binds")
    return with_ends(Chart(chart.title, chart.traces, header, rows, chart.layout))


def ratio(above: float, below: float) -> float | None:
    """A quotient; None where there is nothing to divide by."""
    return above / below if below > LEAST else None


def tight(run: RunFolder) -> list[tuple[str, str, str, float, str, float | None]]:
    """Every limit without slack and with a price, in each of its periods: rule, period, at, bound, unit, dual; and full halls.

    A limit on a year stands in that year's periods; one on several years, a cap on capital, in all until it ends.
    """
    frame = run.table("limits")
    rows: list[tuple[str, str, str, float, str, float | None]] = []
    if len(frame):
        found = frame[(frame["slack"].abs() <= LEAST * frame["bound"].abs().clip(lower=1)) & (frame["dual"].abs() > LEAST)]
        for row in found.to_dict("records"):
            periods, where = held(run, str(row["index"]))
            rows.extend((str(row["rule"]), period, where, float(row["bound"]), str(row["unit"]), float(row["dual"])) for period in periods)
    room, it = by_period(run, "account.hall_room"), [float(each) for each in run.summary["it_mw"]]
    rows.extend((FULL, period, "all sites", room[n], "MW IT", None) for n, period in enumerate(run.periods)
                if room[n] > LEAST and room[n] - it[n] <= LEAST * room[n])  # fmt: skip
    return sorted(rows, key=lambda row: (row[0], run.number_of[row[1]], row[2]))


def held(run: RunFolder, index: str) -> tuple[list[str], str]:
    """The periods that a row of a limit is about, and the rest of its index."""
    *where, last = index.split(",")
    if last in run.number_of:
        return [last], ", ".join(map(run.named, where))
    in_year = [name for n, name in enumerate(run.periods) if str(run.first_month(n) // MONTHS_A_YEAR) == last]
    if in_year:
        return in_year, ", ".join([*map(run.named, where), last])
    until = {str(cap["class"]): int(cap["until"]) for cap in caps(run) if not cap["year"]}
    return run.periods[: until.get(index, len(run.periods) - 1) + 1], ", ".join(map(run.named, [*where, last]))


def binds(run: RunFolder) -> Chart | None:
    """What has no slack in which period, and a price: that is what a faster or larger plan would need moved."""
    rows = tight(run)
    if not rows:
        return None
    traces: list[dict[str, Any]] = []
    lanes = list(dict.fromkeys(row[0] for row in rows))
    for number, rule in enumerate(lanes):
        at: dict[str, list[str]] = {}
        for name, period, place, *_ in rows:
            if name == rule:
                at.setdefault(period, []).append(place)
        traces.append({"type": "scatter", "mode": "markers", "name": rule, "x": list(at), "y": [said(rule)] * len(at),
                       "text": ["; ".join(sorted(filter(None, each))) for each in at.values()], "showlegend": False,
                       "marker": {"symbol": "square", "size": 12, "color": COLOURS[number % len(COLOURS)]},
                       "hovertemplate": f"%{{y}}, %{{x}}{BREAK}%{{text}}<extra></extra>"})  # fmt: skip
    side = {"automargin": True, "type": "category", "categoryorder": "array", "categoryarray": list(map(said, lanes)),
            "range": [len(lanes) - 0.5, -0.5]}  # fmt: skip
    layout = {"xaxis": time_axis(run.periods), "yaxis": side, "tall": AROUND + LANE * len(lanes)}
    return Chart("Limits that bind, by period", traces, ("rule", "period", "at", "bound", "unit", "worth of one more"), rows, layout)


def said(rule: str) -> str:
    """A rule as a label: its part on one line, its name on the next."""
    part, _, name = rule.partition(".")
    return f"{part}:{BREAK}{name.replace('_', ' ')}" if name else part
