"""Tables for the terminal: without lines, numbers to the right, and no space at the ends of their lines."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def section(console: Console, title: str, table: Table | None) -> None:
    """Print a title and a table; nothing where the table has no row."""
    if table is not None and table.row_count:
        console.print(f"\n{title}", style="bold", markup=False)
        bare(console, table)


def bare(console: Console, table: Table) -> None:
    """Print a table without a title."""
    with console.capture() as capture:
        console.print(table)
    lines = capture.get().splitlines()
    console.file.write("\n".join(line.rstrip() for line in lines) + "\n")


def blank(*columns: str, header: bool = True, folds: bool = False) -> Table:
    """A table whose columns are left-aligned, or right-aligned where the name begins with `>`.

    folds: long names of columns that are right-aligned take two lines.
    """
    found = Table(box=None, pad_edge=False, show_header=header, header_style="dim")
    for column in columns:
        right = column.startswith(">")
        found.add_column(column.removeprefix(">"), justify="right" if right else "left", no_wrap=right and not folds, overflow="fold")
    return found


def filled(found: Table, rows: list[tuple[str, str | None]]) -> Table:
    """The table with the rows that say anything."""
    for name, text in rows:
        if text:
            found.add_row(name, text)
    return found
