"""Charts of finance, in nominal money: sources and uses, cash by year, who goes first, debt and its coverage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from gwplan.common.amounts import unit_words
from gwplan.reports.formatting import money_unit
from gwplan.reports.terminal.finance import largest_first
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart, lines, time_axis, with_ends
from gwplan.reports.webpage.run.charts_power import PALE
from gwplan.results import cash_flows
from gwplan.results.cash_flows import name_of
from gwplan.results.figures import PRICE
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST

NAMED = 0.035
"""Share of a bar from which a piece of it has room for its name; smaller ones stand together."""
OTHER = "other"
GREY, PALE_GREY = COLOURS[-1], PALE[4]
PIECES = tuple(colour for colour in PALE if colour != PALE_GREY)
"""Colours of pieces that stand on one another, each with its name in it."""
OVER_FLOOR = 4
"""Coverage, over its floor, beyond which the chart does not follow it: with little debt it has no end."""
SIDES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "earnings": (COLOURS[0], "up", ("revenue", "own_use", "running", "cash_interest")),
    "debt drawn": (COLOURS[4], "up", ("drawn", "revolver_drawn")),
    "paid in by investors": (COLOURS[3], "up", ("invested",)),
    "paid in by the sponsor": ("#44AA99", "up", ("equity",)),
    "capital": (GREY, "down", ("capital", "resale")),
    "tax": (COLOURS[5], "down", ("tax",)),
    "debt service and fees": (COLOURS[1], "down", ("interest", "principal", "fees", "revolver_repaid")),
    "paid to investors": ("#882255", "down", ("returned",)),
    "dividends": (COLOURS[2], "down", ("dividends",)),
}
"""Pieces of the cash of a year in the order in which they are paid: colour, the side they stand on as a rule, and their lines."""
KEPT = ("cash kept, or used where above the line", "#BBBBBB")


def sources_and_uses(run: RunFolder) -> Chart | None:
    """Two bars of the same height: where the money of the first build comes from, and what it goes to."""
    found = run.summary.get("sources_and_uses")
    if not found or not found["sources"]:
        return None
    unit, size = money_unit(run)
    traces, rows = [], []
    for side in ("sources", "uses"):
        listed = largest_first(found[side])
        whole = sum(amount for _, amount in listed)
        rows += [(side, name, amount / size, amount / whole * 100) for name, amount in listed]
        for number, (name, amount) in enumerate(with_rest(listed, whole)):
            colour, room = PALE_GREY if name == OTHER else PIECES[number % len(PIECES)], amount >= NAMED * whole
            traces.append({"type": "bar", "name": name, "x": [side], "y": [amount / size], "width": [0.86], "showlegend": False,
                           "marker": {"color": colour, "line": {"color": "#ffffff", "width": 1}}, "textangle": 0,
                           "text": [f"{name} {amount / size:,.3g}" if room else ""], "textposition": "inside", "insidetextanchor": "middle",
                           "textfont": {"color": "#000000"},
                           "hovertemplate": f"{name}: %{{y:,.4g}} {unit}, {amount / whole:.0%} of the {side}<extra></extra>"})  # fmt: skip
    layout = {"barmode": "stack", "tall": 480, "xaxis": {"type": "category"}, "yaxis": {"title": {"text": f"{unit} nominal"}},
              "uniformtext": {"minsize": 10, "mode": "show"}}  # fmt: skip
    title = f"Sources and uses of the first build, to {found['until']}, {unit} nominal"
    return Chart(title, traces, ("side", "item", f"{unit} nominal", "%"), rows, layout)


def with_rest(listed: Sequence[tuple[str, float]], whole: float) -> list[tuple[str, float]]:
    """The pieces that have room for their names; the rest together, named by its only one if it is one."""
    large = [(name, amount) for name, amount in listed if amount >= NAMED * whole]
    small = [(name, amount) for name, amount in listed if amount < NAMED * whole]
    return large + (small if len(small) == 1 else [(OTHER, sum(amount for _, amount in small))] if small else [])


def cash(run: RunFolder) -> Chart | None:
    """Each year's cash: what comes in above the line, what is paid below it, in the order in which it is paid."""
    by_line = cash_flows.by_line(run)
    if not by_line:
        return None
    unit, size = money_unit(run)
    none = [0.0] * len(run.periods)
    series = {name: cash_flows.added([by_line.get(line, none) for line in mine]) for name, (_, _, mine) in SIDES.items()}
    kept = cash_flows.by_period(run, "finance.cash")
    series[KEPT[0]] = [before - after for before, after in zip([0.0, *kept[:-1]], kept, strict=True)]
    yearly = {name: values for name, values in cash_flows.by_year(run, series).items() if any(abs(value) > LEAST for value in values)}
    years, colours = list(cash_flows.years_of(run)), {name: colour for name, (colour, _, _) in SIDES.items()} | dict([KEPT])
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": name, "x": years, "y": [value / size for value in values], "marker": {"color": colours[name]},
         "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} {unit}<extra></extra>"}
        for name, values in yearly.items()]  # fmt: skip
    rows = [(year, *(values[place] / size for values in yearly.values()), end / size)
            for place, (year, end) in enumerate(zip(years, cash_flows.at_year_ends(run, kept), strict=True))]  # fmt: skip
    layout = {"barmode": "relative", "tall": 460, "xaxis": {"dtick": 1}, "yaxis": {"title": {"text": f"{unit} nominal a year"}}}
    title = f"Cash by year: in above the line, out below it in the order of payment, {unit} nominal"
    return Chart(title, traces, ("year", *yearly, "cash at its end"), rows, layout)


def so_far(run: RunFolder) -> dict[str, list[float]]:
    """Capital, draws, equity and investors' money so far, by the end of each period; those that come to anything."""
    by_line, none = cash_flows.by_line(run), [0.0] * len(run.periods)
    chosen = {"capital paid": ("capital", -1.0), "debt drawn": ("drawn", 1.0), "equity paid in": ("equity", 1.0),
              "paid in by investors": ("invested", 1.0)}  # fmt: skip
    found = {name: list(accumulate(sign * value for value in by_line.get(line, none))) for name, (line, sign) in chosen.items()}
    return {name: values for name, values in found.items() if values[-1] > LEAST}


def paid_so_far(run: RunFolder) -> Chart | None:
    """Money so far as lines."""
    found = so_far(run)
    if not found:
        return None
    unit, size = money_unit(run)
    return lines("Paid so far, nominal", unit, run.periods, {name: [value / size for value in values] for name, values in found.items()})


def who_goes_first(run: RunFolder) -> Chart | None:
    """The same within the first build, each as a share of what it comes to by its end, beside the power that runs: S-curves."""
    end = run.first_build_end + 1
    series = {**so_far(run), "IT power in use": [float(power) for power in run.summary["it_mw"]]}
    shares = {name: [100 * value / values[end - 1] for value in values[:end]] for name, values in series.items() if values[end - 1] > LEAST}
    if len(shares) < 2:
        return None
    chart = lines("First build: share of what each comes to by its end", "%", run.periods[:end], shares)
    # All end at 100 %: their names have no room of their own there.
    chart.layout["ends"] = []
    return chart


def debt(run: RunFolder) -> Chart | None:
    """What is owed on each facility at the end of each period, stacked."""
    unit, size = money_unit(run)
    owed = cash_flows.series(run, "finance.balance", "facility")
    revolver = cash_flows.by_period(run, "finance.revolver")
    owed |= {"revolver": revolver} if any(revolver) else {}
    shown = {name_of(name): [value / size for value in values] for name, values in owed.items() if max(values) > LEAST}
    return lines("Debt outstanding, nominal", unit, run.periods, shown, stacked=True) if shown else None


def coverage(run: RunFolder) -> Chart | None:
    """Cash flow available over debt service, by the period that each tested year ends with; the floor and the lock-up beside it."""
    found, floor, lock = run.summary.get("coverage_by_year"), run.figure("coverage_floor"), run.figure("coverage_lock_up")
    if not found or floor is None:
        return None
    name = "coverage of the year"
    tested: dict[str, Any] = {"type": "scatter", "mode": "lines", "name": name, "x": list(found), "y": list(found.values()),
                              "line": {"color": COLOURS[0], "width": 2}, "marker": {"size": 7, "color": COLOURS[0]},
                              "hovertemplate": f"{name} to %{{x}}: %{{y:,.3g}}<extra></extra>"}  # fmt: skip
    levels = [("floor", floor, TARGET)] + ([("lock-up of dividends", lock, COLOURS[3])] if lock is not None else [])
    flat = [{"type": "scatter", "mode": "lines", "name": f"{what} {value:,.3g}", "x": list(run.periods), "y": [value] * len(run.periods),
             "line": {"color": colour, "dash": "dash", "width": 2}, "hovertemplate": f"{what}: %{{y:,.3g}}<extra></extra>"}
            for what, value, colour in levels]  # fmt: skip
    layout = {"xaxis": time_axis(run.periods), "yaxis": {"title": {"text": "cash flow available / debt service"}}}
    rows = [(period, value, floor, lock) for period, value in found.items()]
    header, marked = ("year to", "coverage", "floor", "lock-up"), {**tested, "mode": "markers", "showlegend": False}
    title = "Coverage of debt service, over the year that ends with each period"
    chart = with_ends(Chart(title, [tested, *flat, marked], header, rows, layout))
    highest = min(chart.layout["yaxis"]["range"][1], floor * OVER_FLOOR)
    chart.layout["yaxis"]["range"] = [0, highest]
    return chart


def levelised(run: RunFolder) -> Chart | None:
    """The levelised cost of compute as a sum of its classes, the largest first."""
    parts, whole = run.summary.get("levelised_by_class_usd_per_h100e_hour"), run.figure("levelised_usd_per_h100e_hour")
    if not parts or whole is None:
        return None
    unit = unit_words(PRICE)
    listed = sorted(((name.replace("_running", ", running").replace("_", " "), float(value)) for name, value in parts.items()),
                    key=lambda item: -item[1])  # fmt: skip
    names = [*(name for name, _ in listed), "all"]
    trace = {"type": "waterfall", "name": "levelised cost", "x": names, "y": [*(value for _, value in listed), whole],
             "measure": [*("relative" for _ in listed), "total"],
             "text": [f"{value:,.3f}" for value in (*(value for _, value in listed), whole)], "textposition": "outside",
             "increasing": {"marker": {"color": COLOURS[1]}}, "decreasing": {"marker": {"color": COLOURS[2]}},
             "totals": {"marker": {"color": COLOURS[0]}}, "cliponaxis": False}  # fmt: skip
    rows = [(name, value, value / whole * 100) for name, value in (*listed, ("all", whole))]
    layout = {"xaxis": {"automargin": True, "tickangle": -35, "dtick": 1}, "yaxis": {"title": {"text": unit}}, "tall": 440}
    return Chart(f"Levelised cost of compute by class, {unit}, in dollars of {run.dollars}", [trace], ("class", unit, "%"), rows, layout)
