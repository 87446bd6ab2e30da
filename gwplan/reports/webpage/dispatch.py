"""The page of a year by the hour: for each site the hardest weeks, the duration of load and of what it buys, and energy by supply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gwplan.common.amounts import money, number
from gwplan.reports.terminal.dispatch import lines as words
from gwplan.reports.terminal.dispatch import sentence, when
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.render import render

if TYPE_CHECKING:
    from gwplan.analysis.dispatch.program import Dispatched
    from gwplan.analysis.dispatch.whole_year import SiteDispatch, WholeYear

WEEK = 168
LEAST = 1e-6
"""MW below which all load is served."""
FLAT = 1e-3
"""Share of the highest load by which a load that is flat varies at most."""
STEPS = 200
"""Points of a duration curve."""


def write_page(found: WholeYear, path: Path) -> None:
    """Write the page."""
    path.write_text(render(page(found)), encoding="utf-8", newline="")


def page(found: WholeYear) -> Page:
    """The page of a dispatch."""
    load, missed = (sum(getattr(each, name) for each in found.sites) for name in ("load_gwh", "unserved_gwh"))
    cost = sum(each.cost_musd for each in found.sites)
    cards = [Card("load", load, f"{number(load)} GWh", "load of the year"), Card("unserved", missed, f"{number(missed)} GWh", "unserved"),
             Card("cost", cost, money(cost), "energy and demand charges"),
             Card("per_mwh", cost / load, f"{1e3 * cost / load:.3g} USD/MWh", "of load, without capital and upkeep")]
    sections = [section(found, each, hours) for each, hours in zip(found.sites, found.hours, strict=True)]
    title = f"{found.run.summary.get('title', found.run.name)}: the hours of {found.period}"
    return Page(title, sentence(found), f"Least running cost over 8,760 hours; {found.status.text}.", "Year", cards, sections,
                f"{found.run.name}; hours in local standard time; builds as planned.")


def section(found: WholeYear, site: SiteDispatch, hours: Dispatched) -> Section:
    """A site."""
    calm, high = hardest(hours)
    charts = [week(found, hours, calm, "The week with the least sun and wind for its load")] if calm is not None else []
    if hours.unserved.max() > LEAST:
        charts.append(week(found, hours, first_of(hours.unserved), "The week with the most load that is not served"))
    varies = np.ptp(hours.year.load) > FLAT * hours.year.load.max()
    if varies or not charts:
        charts.append(week(found, hours, high, "The week with the highest load"))
    if varies or any(plant.wired for plant in hours.year.plants):
        charts.append(duration(hours))
    rows = [(found.run.named(name), round(energy, 1), round(100 * energy / site.load_gwh, 1)) for name, energy in site.energy_gwh.items()]
    return Section(site.site, found.run.named(site.site), " ".join(words(site)), charts, [Table(("supply", "GWh", "% of load"), rows)])


def hardest(hours: Dispatched) -> tuple[int | None, int]:
    """First hours of the week with the most load beyond what sun, wind and contracts could give, and of that with the highest load."""
    comes = [plant.could for plant in hours.year.plants if plant.role in ("variable", "contract")]
    load = hours.year.load
    high = first_of(load)
    return (first_of(load - np.sum(comes, axis=0)) if comes else None), high


def first_of(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
    """The first hour of the week with the highest sum."""
    sums = np.convolve(values, np.ones(WEEK), "valid")
    return int(sums.argmax())


def week(found: WholeYear, hours: Dispatched, first: int, title: str) -> Chart:
    """Output of each supply and of storage, stacked, with the load over it and what storage holds below."""
    part, axis = slice(first, first + WEEK), [when(hour) for hour in range(first, first + WEEK)]
    series = {found.run.named(name): values[part] for name, values in hours.output.items() if values[part].max() > 0}
    series |= {f"{found.run.named(name)}, out": values[part] for name, values in hours.discharge.items() if values[part].max() > 0}
    traces = [{"type": "scatter", "mode": "lines", "name": name, "x": axis, "y": [round(float(value), 3) for value in values],
               "stackgroup": "all", "line": {"width": 0.5, "shape": "hv", "color": COLOURS[number_ % len(COLOURS)]},
               "hovertemplate": f"{name}, %{{x}}: %{{y:,.4g}} MW<extra></extra>"} for number_, (name, values) in enumerate(series.items())]
    load = [round(float(value), 3) for value in hours.year.load[part]]
    traces.append({"type": "scatter", "mode": "lines", "name": "load", "x": axis, "y": load, "line": {"color": TARGET, "width": 2},
                   "hovertemplate": "load, %{x}: %{y:,.4g} MW<extra></extra>"})
    if hours.unserved[part].max() > 0:
        traces.append({"type": "scatter", "mode": "lines", "name": "not served", "x": axis, "fill": "tozeroy",
                       "y": [round(float(value), 3) for value in hours.unserved[part]], "line": {"color": "#777777", "width": 1},
                       "hovertemplate": "not served, %{x}: %{y:,.4g} MW<extra></extra>"})
    held = {f"{found.run.named(name)} holds, MWh": values[part] for name, values in hours.level.items()}
    rows = [(axis[hour], load[hour], *(round(float(values[hour]), 3) for values in (*series.values(), *held.values())))
            for hour in range(WEEK)]
    layout = {"xaxis": {"type": "category", "tickvals": axis[::24], "ticktext": [text.partition(",")[0] for text in axis[::24]]},
              "yaxis": {"title": {"text": "MW"}, "rangemode": "tozero"}}
    return Chart(f"{title}, from {axis[0].partition(',')[0]}, MW", traces, ("hour", "load", *series, *held), rows, layout)


def duration(hours: Dispatched) -> Chart:
    """Load and bought power of the hours, from the highest to the lowest."""
    bought = [hours.output[plant.name] for plant in hours.year.plants if plant.wired and plant.name in hours.output]
    series = {"load": hours.year.load} | ({"bought over the grid": np.sum(bought, axis=0)} if bought else {})
    places = np.linspace(0, len(hours.year.load) - 1, STEPS).astype(int)
    ordered = {name: np.sort(values)[::-1][places] for name, values in series.items()}
    share = [round(100 * float(place) / len(hours.year.load), 2) for place in places]
    traces = [{"type": "scatter", "mode": "lines", "name": name, "x": share, "y": [round(float(value), 3) for value in values],
               "line": {"color": TARGET if name == "load" else COLOURS[0], "width": 2},
               "hovertemplate": f"{name}: %{{y:,.4g}} MW or more in %{{x}} % of the hours<extra></extra>"}
              for name, values in ordered.items()]
    rows = [(each, *(round(float(values[number_]), 3) for values in ordered.values())) for number_, each in enumerate(share)]
    layout = {"xaxis": {"title": {"text": "% of the hours"}}, "yaxis": {"title": {"text": "MW"}, "rangemode": "tozero"}}
    return Chart("Power that is reached or passed in so many hours of the year, MW", traces, ("% of the hours", *series), rows, layout)
