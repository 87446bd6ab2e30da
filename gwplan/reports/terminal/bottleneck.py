"""A study of bottlenecks for the terminal: what comes first, what a month of delay costs, and the chains of each site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gwplan.reports import bottleneck as words
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.run_folder import named

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gwplan.analysis.bottleneck.bottleneck import Bottleneck

RIGHT = frozenset(("Value", "At least", "At most", "GW-months", "Cost of a month", "GW-months lost"))


def as_json(found: Bottleneck) -> dict[str, Any]:
    """What was found, with the page."""
    facts, gains = dict(found.facts), list(map(asdict, found.gains))
    return {**found.as_json(), "page": page_of(found.folder), "sentence": words.sentence(facts, gains)}


def show(found: Bottleneck, console: Console) -> None:
    """Print the sentence, the tables and where the folder is."""
    facts = dict(found.facts)
    gains, delays, chains = (list(map(asdict, each)) for each in (found.gains, found.delays, found.chains))
    console.print(words.sentence(facts, gains), style="bold", markup=False)
    console.print(f"Against the plan for {facts['title']}, first IT power {facts['first_it_period'] or 'never'}. "
                  f"Money real, in dollars of {facts['dollars']}. A gain within the gap is not proven.", markup=False)
    section(console, "What a little more of each class gains", lines(words.GAIN_HEADER, [words.gain_cells(row, facts) for row in gains]))
    section(console, f"What a month of delay costs (a delay of {facts['months']} months, divided)",
            lines(words.DELAY_HEADER, [words.delay_cells(row, facts) for row in delays]))
    section(console, "Chains of lead times to the first IT power of each site",
            lines(words.CHAIN_HEADER, [words.chain_cells(row, lambda name: named(name, found.labels)) for row in chains]))
    console.print()
    for text in (*(f"No rows for {name}: it cannot be eased in this model." for name in found.missing),
                 *(["Stopped early: not all classes were solved."] if found.stopped else []), f"Solved in {found.seconds:.1f} s."):
        console.print(text, markup=False)
    show_folder(found.folder, console)


def lines(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """A table; its amounts to the right."""
    table = blank(*(f">{name}" if name in RIGHT else name for name in header), folds=True)
    for row in rows:
        table.add_row(*row)
    return table
