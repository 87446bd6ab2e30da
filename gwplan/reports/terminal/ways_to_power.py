"""The ways to the first megawatt of each site for the terminal, and what waiting for the grid costs beside bridging."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from gwplan.common.amounts import number
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.ways_to_power import Wait, Way, WaysToPower
    from gwplan.results.run_folder import RunFolder

WIDE = 100
"""Columns from which on no cell is folded."""
WIDTHS = {0: 10, 1: 7, 2: 14, 3: 5, 4: 5, 5: 6, 6: 5, 7: 14, 8: 5}
"""Of each column on a narrower terminal: words are not broken."""
LEAST = 0.5
"""MW below which a plan has none."""


def show(found: WaysToPower, run: RunFolder, console: Console) -> None:
    """Print a table of ways, one of waits, and what they mean."""
    if not found.ways:
        console.print("No firm supply can be ordered so as to serve within the horizon.", markup=False)
    for site, ways in groupby(found.ways, key=lambda each: each.site):
        narrow = console.width < WIDE
        costs_of = [name.replace("/", "/ " if narrow else "/") for name in (">$M/MW", ">$K/MW a year", ">$/MWh")]
        table = blank("Way", "First", "Supply", ">MW", *costs_of, "Date set by", ">Plan, MW", folds=True)
        table.padding = (0, 1, 0, 0)
        for number_of, width in WIDTHS.items() if narrow else ():
            table.columns[number_of].width = width
        for each in ways:
            costs = (f"{each.capital:.2f}", f"{1e3 * each.yearly:,.0f}", f"{each.energy:,.0f}")
            built = number(each.built) if each.built > LEAST else ""
            table.add_row(each.way, each.date, run.named(each.supply), number(each.power), *costs, limit(each), built)
        section(console, f"{run.named(site)}: ways to the first megawatt, per MW of firm power", table)
    waits = blank("Site", "Bridge", "Grid", ">Years", ">Bridging, $M per MW", ">Waiting, $M per MW", "", folds=True)
    waits.padding = (0, 1, 0, 0)
    for wait in found.waits:
        waits.add_row(run.named(wait.site), wait.since, wait.until or "later", f"{wait.years:g}", f"{wait.bridged:.2f}",
                      "" if wait.lost is None else f"{wait.lost:.2f}", verdict(wait))
    section(console, "Waiting for the firm connection, against bridging to it", waits)
    if found.waits:
        valued = f"what does not run meanwhile, at the {found.valued_by}, without what it costs to have it; " if found.valued_by else ""
        console.print(f"\nWaiting: {valued}bridging: rent of whole terms, and energy beyond the grid's price.", markup=False)


def limit(way: Way) -> str:
    """What sets the date."""
    return way.limit if way.months is None else f"{way.limit}, {way.months:g} months"


def verdict(wait: Wait) -> str:
    """Which of both is dearer, in words."""
    if wait.lost is None:
        return ""
    cheaper, dearer = sorted((wait.lost, wait.bridged))
    if cheaper <= 0:
        return "bridging is cheaper" if wait.bridged < wait.lost else "waiting is cheaper"
    return f"{'waiting' if wait.lost > wait.bridged else 'bridging'} costs {dearer / cheaper:.2g} times as much"

