"""A titled table in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def show_section(console: Console, title: str, table: Table | None) -> None:
    """Print a table under its title, without blanks at the ends of lines; nothing where it has no row."""
    if table is not None and table.row_count:
        console.print(f"\n{title}", style="bold", markup=False)
        with console.capture() as capture:
            console.print(table)
        console.file.write("\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n")
