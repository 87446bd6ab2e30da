"""The full year of a plan for the terminal: what is served, by what, and what it costs beside the plan."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gwplan.common.amounts import money, number
from gwplan.inputs.hours import MONTH_OF_HOUR
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from gwplan.analysis.dispatch.whole_year import SiteDispatch, WholeYear
    from gwplan.inputs.case import Case

SHOWN = 10
"""Percent from which on no decimals are shown."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def as_json(found: WholeYear) -> dict[str, Any]:
    """What was found."""
    return {"run": found.run.name, "period": found.period, "status": found.status, "sentence": sentence(found),
            "sites": [asdict(each) for each in found.sites]}


def sentence(found: WholeYear) -> str:
    """The answer in a sentence or two."""
    load = sum(each.load_gwh for each in found.sites)
    missed = sum(each.unserved_gwh for each in found.sites)
    cost, planned = (sum(getattr(each, name) for each in found.sites) for name in ("cost_musd", "planned_musd"))
    if missed <= load * 1e-9:
        served = f"All {number(load)} GWh of a year with the builds of {found.period} are served"
    else:
        hours = max(each.unserved_hours for each in found.sites)
        share = 100 * missed / load
        percent = f"{share:.0f}%" if share >= SHOWN else f"{share:.2g}%"
        served = (f"{percent} of {number(load)} GWh of a year with the builds of {found.period} go unserved, in "
                  f"{hours:,} hours")
    more = cost - planned
    beside = "as the plan took it" if abs(more) <= 0.0005 * max(abs(planned), 1e-9) else \
        f"{money(abs(more))} {'more' if more > 0 else 'less'} than the plan took it"
    what = "Energy and demand charges cost" if missed <= load * 1e-9 else "Energy, demand charges and load not served, at its price, cost"
    return f"{served}. {what} {money(cost)} a year, {beside}."


def when(hour: int) -> str:
    """An hour of the year in words."""
    month = int(MONTH_OF_HOUR[hour])
    first = int((MONTH_OF_HOUR < month).sum())
    return f"{(hour - first) // 24 + 1} {MONTHS[month]}, {hour % 24:02d}:00"


def show(found: WholeYear, console: Console, table: Path | None = None, page: Path | None = None) -> None:
    """Print the sentence, a table of supplies for each site, and where more is written."""
    console.print(sentence(found), style="bold", markup=False)
    for each in found.sites:
        section(console, f"{found.run.named(each.site)}: {number(each.load_gwh)} GWh", supplies(found, each))
        for line in lines(each):
            console.print(line, markup=False)
    left_out = not_held(found.case)
    if left_out:
        console.print(f"Not held hour by hour: {', '.join(left_out)}.", markup=False)
    console.print()
    for path in (table, page):
        if path is not None:
            console.print(f"Written: {path}", markup=False)


def not_held(case: Case) -> list[str]:
    """Limits of the plan that have rows and are not held in the full year."""
    periods = range(len(case.calendar.periods))
    asked = {"annual_share of matching": "annual_share", "hourly_share of matching": "hourly_share"}
    found = [words for words, name in asked.items() if any(case.get("power", item, name, site, period) for item in case.items("matching")
                                                           for site in ("", *case.items("site")) for period in periods)]
    capped = "carbon" in case.definition.parts and any(case.get("carbon", "operational", "cap", period=period) is not None
                                                       for period in periods)
    return [*(["the cap on emissions"] if capped else []), *found]


def supplies(found: WholeYear, site: SiteDispatch) -> Table:
    """Capacity, energy, share of the load and hours of full load of each supply."""
    table = blank("Supply", ">MW", ">GWh", ">of load", ">full-load hours")
    year = next(each.year for each in found.hours if each.year.site == site.site)
    capacity = {plant.name: plant.capacity for plant in year.plants} | {store.name: store.power for store in year.stores}
    for name, energy in sorted(site.energy_gwh.items(), key=lambda pair: -pair[1]):
        power = capacity.get(name, 0.0)
        table.add_row(found.run.named(name), number(power), number(energy), f"{100 * energy / site.load_gwh:.1f}%",
                      f"{1e3 * energy / power:,.0f}" if power else "")
    return table


def lines(site: SiteDispatch) -> list[str]:
    """What is unserved, spilled and imported."""
    found = []
    if site.unserved_hours:
        found.append(f"Unserved: {number(site.unserved_gwh)} GWh in {site.unserved_hours:,} hours, at most {number(site.worst_mw)} MW on "
                     f"{when(site.worst_hour or 0)}, at most {site.longest:,} hours in a row; the plan leaves "
                     f"{number(site.planned_unserved_gwh)} GWh unserved.")
    if site.beyond_gwh > site.load_gwh * 1e-9 and site.beyond_gwh < site.unserved_gwh * (1 - 1e-9):
        found.append(f"Of it {number(site.beyond_gwh)} GWh beyond what may be turned down (curtailable, curtailable_hours).")
    if site.credits_musd > 0:
        found.append(f"Tax credits for output: {money(site.credits_musd)}, taken off the cost.")
    if site.spilled_gwh > site.load_gwh * 1e-6:
        found.append(f"Not used of sun, wind and contracts: {number(site.spilled_gwh)} GWh.")
    if site.sold_gwh > site.load_gwh * 1e-6:
        found.append(f"Sold over the grid: {number(site.sold_gwh)} GWh.")
    if site.peak_import_mw:
        found.append(f"Highest import over the grid: {number(site.peak_import_mw)} MW.")
    return found


def hours_text(found: WholeYear) -> str:
    """A CSV with a row for each hour of each site, in MW; what storage holds in MWh. Each hour is balanced.

    Supplies + discharged + unserved = load + charged + sold.
    """
    names = sorted({name for each in found.hours for name in each.output})
    stores = sorted({name for each in found.hours for name in each.charge})
    sellers = sorted({name for each in found.hours for name in each.sold})
    head = ["site", "hour", "load_mw", "unserved_mw", *(f"{name}_mw" for name in names),
            *(f"{name}_{what}" for name in stores for what in ("charge_mw", "discharge_mw", "level_mwh")),
            *(f"{name}_sold_mw" for name in sellers)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for each in found.hours:
        series = [each.output.get(name) for name in names]
        series += [part.get(name) for name in stores for part in (each.charge, each.discharge, each.level)]
        series += [each.sold.get(name) for name in sellers]
        for hour, (load, unserved) in enumerate(zip(each.year.load, each.unserved, strict=True)):
            cells = ["" if values is None else f"{values[hour]:.6g}" for values in series]
            writer.writerow([each.year.site, hour, f"{load:.6g}", f"{unserved:.6g}", *cells])
    return text.getvalue()
