"""The sources of a case, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gwplan.results.sources import Listing

if TYPE_CHECKING:
    from rich.console import Console


def show(listing: Listing, console: Console) -> None:
    """Print the sources as a table, and the share of estimates in a sentence."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", title=f"Sources of {listing.case}", title_justify="left")
    table.add_column("Key", overflow="fold", ratio=3)
    table.add_column("Title", overflow="fold", ratio=5)
    table.add_column("Publisher", overflow="fold", ratio=3)
    table.add_column("Kind", no_wrap=True)
    table.add_column("Numbers", justify="right", no_wrap=True)
    table.add_column("Share", justify="right", no_wrap=True)
    for source in listing.sources:
        table.add_row(source.key, source.title, source.publisher, source.kind, f"{source.numbers}", f"{source.share:.1%}")
    console.print(table)
    console.print(f"\n{listing.estimated.sentence}")
