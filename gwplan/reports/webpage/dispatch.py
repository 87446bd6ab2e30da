"""The page of a year by the hour: for each site the hardest weeks, the duration of load and of what it buys, and energy by supply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gwplan.common.amounts import money, number
from gwplan.reports.dispatch import varies, week_of, worst
from gwplan.reports.terminal.dispatch import lines as words
from gwplan.reports.terminal.dispatch import sentence
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.render import render
from gwplan.reports.webpage.weeks import chart

if TYPE_CHECKING:
    from gwplan.analysis.dispatch.program import Dispatched
    from gwplan.analysis.dispatch.whole_year import SiteDispatch, WholeYear

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
    charts = [chart(found.run, week_of(hours, first, title)) for first, title in worst(hours)]
    if varies(hours) or any(plant.wired for plant in hours.year.plants):
        charts.append(duration(hours))
    rows = [(found.run.named(name), round(energy, 1), round(100 * energy / site.load_gwh, 1)) for name, energy in site.energy_gwh.items()]
    return Section(site.site, found.run.named(site.site), " ".join(words(site)), charts, [Table(("supply", "GWh", "% of load"), rows)])


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
