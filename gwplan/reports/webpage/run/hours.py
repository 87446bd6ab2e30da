"""The year by the hour on the page of a run: what `gwplan dispatch` has kept of its worst weeks, and the ways to the first megawatt."""

from __future__ import annotations

from typing import Any

from gwplan.common.amounts import money, number
from gwplan.reports.webpage import weeks
from gwplan.reports.webpage.page import Section, Table
from gwplan.results.run_folder import RunFolder

TITLE = "The year by the hour"
SITES = ("site", "GWh of load", "GWh not served", "hours", "GWh not used of sun, wind, contracts", "cost a year", "as planned")
WAYS = ("site", "way to the first megawatt", "first", "supply", "MW firm", "M USD per MW", "k USD per MW a year", "USD per MWh",
        "date set by", "plan, MW")


def section(run: RunFolder) -> Section:
    """The section of a run; empty where no year was run."""
    found = run.dispatched
    if found is None:
        return Section("hours", TITLE)
    charts = [weeks.chart(run, week) for each in found["sites"] for week in found["weeks"][each["site"]]]
    sites = [(run.named(each["site"]), number(each["load_gwh"]), number(each["unserved_gwh"]), f"{each['unserved_hours']:,}",
              number(each["spilled_gwh"]), money(each["cost_musd"]), money(each["planned_musd"])) for each in found["sites"]]
    ways = [cells(run, each) for each in found["ways"]]
    tables = [Table(SITES, sites), *([Table(WAYS, ways)] if ways else [])]
    return Section("hours", TITLE, f"{found['sentence']} Builds of {found['period']}, at the least running cost.", charts, tables)


def cells(run: RunFolder, way: dict[str, Any]) -> tuple[Any, ...]:
    """A row of the ways."""
    limit = way["limit"] if way["months"] is None else f"{way['limit']}, {way['months']:g} months"
    return (run.named(way["site"]), way["way"], way["date"], run.named(way["supply"]), number(way["power"]), f"{way['capital']:.2f}",
            f"{1e3 * way['yearly']:,.0f}", f"{way['energy']:,.0f}", limit, number(way["built"]) if way["built"] > 0 else "")
