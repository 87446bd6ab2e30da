"""Levelised costs for the terminal: the supplies of each site, cheapest first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from gwplan.analysis.levelised import Levelised

WIDE = 100
"""Columns from which on no name of a supply is folded."""
WIDTHS = {0: 15, 1: 7, 2: 6}
"""Of the first columns on a narrower terminal: words are not broken."""
KINDS = ("capital", "fixed", "running", "fuel", "energy", "credit", "total")


def show(found: Levelised, labels: Mapping[str, str], console: Console) -> None:
    """Print a table for each site. labels: shown names of supplies and sites."""
    terms = found.terms
    said = [f"{terms.rate:.4g} a year, real"]
    said += [f"tax {terms.tax:.4g}, written off over {terms.tax_life:g} years, inflation {terms.inflation:.4g}"] if terms.tax else []
    said += [f"an investment tax credit of {terms.itc:.4g} of the price"] if terms.itc else []
    title = f"Levelised cost of supplies of {found.of}, in dollars of {found.dollars} per MWh, run as much as they may run"
    console.print(title, style="bold", markup=False, soft_wrap=True)
    console.print(f"Capital at {'; '.join(said)}", markup=False, soft_wrap=True)
    for site, costs in groupby(found.costs, key=lambda each: each.site):
        table = blank("Supply", "Service", ">Load factor", *(f">{kind.capitalize()}" for kind in KINDS), folds=True)
        table.padding = (0, 1, 0, 0)
        for place, width in WIDTHS.items() if console.width < WIDE else ():
            table.columns[place].width = width
        for each in costs:
            table.add_row(labels.get(each.supply, each.supply), each.service, f"{each.load_factor:.3f}",
                          *(f"{getattr(each, kind):,.1f}" for kind in KINDS))
        section(console, labels.get(site, site), table)
    if not found.costs:
        console.print("No supply can be ordered so as to serve then.", markup=False)
