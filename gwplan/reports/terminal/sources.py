"""The sources of a case or a run for the terminal: the two lines, the class of estimate, the sources, what is past its half-life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from gwplan.common.amounts import money
from gwplan.reports.sentences import CARRIED, carried
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.sources import Listing, Past, Source, capital_sentence, numbers_sentence

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gwplan.results.run_folder import RunFolder

MOST_SHOWN = 15
"""Rows of each table; the JSON has all."""
CARRIERS = 10
"""Numbers that carry the answer."""
NUMBERS, NUMBERS_AND_MONEY, LEAST_TITLE = 15, 23, 20
"""Widths of the columns beside key and title, with and without money, and the least of a title."""


def show(listing: Listing, console: Console, run: RunFolder | None = None) -> None:
    """Print both lines, the class of estimate, what carries the answer of a run, the most used sources and what is past its half-life."""
    console.print(f"Sources of {listing.case}\n", style="bold", markup=False)
    for line in (capital_sentence(listing.capital), numbers_sentence(listing.numbers), class_sentence(listing)):
        if line:
            console.print(line, markup=False)
    if run is not None:
        section(console, CARRIED, carried_table(run, CARRIERS))
    console.print()
    console.print(used(listing.sources, console.width))
    _left(console, len(listing.sources), "source")
    if listing.past:
        console.print(f"\nPast their half-life in {listing.as_of}, the month of the newest source; each passed costs a grade", style="bold")
        rows = grouped(listing.past)
        console.print(past(rows))
        _left(console, len(rows), "row")


def carried_table(run: RunFolder, most: int) -> Table:
    """The numbers that carry the answer of a run."""
    table = blank("Number", "Grade", ">Low / base / high", "Unit", ">At low", ">At high")
    for row in carried(run, most):
        table.add_row(*row)
    return table


def class_sentence(listing: Listing) -> str:
    """The class of estimate, in words."""
    found = listing.estimate_class
    of = "capital" if listing.capital else "numbers (of a run: of its capital)"
    return (f"Class {found.number} estimate, {found.low:+.0%} to {found.high:+.0%}, by the grades of the {of}. "
            "Ranges of AACE 18R-97 from memory; thresholds judged.")


def used(sources: Sequence[Source], width: int) -> Table:
    """The most used sources; with their money if there is a plan, most first. Titles are cut so that a row of `width` is one line."""
    table = _table("Source", "Title", "Grade", "Numbers")
    weighed = any(source.money is not None for source in sources)
    if weighed:
        table.add_column("Capital", justify="right", no_wrap=True)
        sources = sorted(sources, key=lambda source: -(source.money or 0.0))
    keys = max((len(source.key) for source in sources[:MOST_SHOWN]), default=0)
    room = max(width - keys - (NUMBERS_AND_MONEY if weighed else NUMBERS), LEAST_TITLE)
    for source in sources[:MOST_SHOWN]:
        title = source.title if len(source.title) <= room else f"{source.title[: room - 3].rstrip()}..."
        row = [source.key, title, source.grade or "-", f"{source.numbers}"]
        table.add_row(*row, *([money(source.money or 0.0)] if weighed else []))
    return table


def grouped(rows: Sequence[Past]) -> list[tuple[str, str, str, str, str, str]]:
    """Quantity, source, count, months past over half-life, grades and money of what is past; alike rows together, most money first."""
    groups: dict[tuple[str, ...], list[Past]] = {}
    for row in rows:
        aged = f"{row.months} of {row.half_life:g}"
        grades = row.grade if row.stated == row.grade else f"{row.stated} to {row.grade}"
        groups.setdefault((f"{row.table}.{row.quantity}", row.source, aged, grades), []).append(row)
    found = []
    for (quantity, source, aged, grades), each in groups.items():
        amount = "" if each[0].money is None else money(sum(row.money or 0.0 for row in each))
        found.append((quantity, source, f"{len(each)}", aged, grades, amount))
    return found


def past(rows: Sequence[tuple[str, str, str, str, str, str]]) -> Table:
    """What is past its half-life; with its money if there is a plan."""
    table = _table("Quantity", "Source", "Rows", "Months", "Grade")
    weighed = any(row[-1] for row in rows)
    if weighed:
        table.add_column("Capital", justify="right", no_wrap=True)
    for row in rows[:MOST_SHOWN]:
        table.add_row(*row[: None if weighed else -1])
    return table


def _table(*names: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for name in names:
        justify: Literal["left", "right"] = "right" if name in ("Numbers", "Rows", "Months") else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=name not in ("Title", "Quantity", "Source"))
    return table


def _left(console: Console, count: int, word: str) -> None:
    """Say how many rows are not shown."""
    if count > MOST_SHOWN:
        console.print(f"{count - MOST_SHOWN} more {word}s; --json lists all.", markup=False)
