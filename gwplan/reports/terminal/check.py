"""What `gwplan check` found, for a reader and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gwplan.common.errors import at_row, faults_as_json
from gwplan.results.sources import numbers_sentence

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.inputs.idle import Unused
    from gwplan.planning.request import CheckReport


def as_json(report: CheckReport) -> dict[str, Any]:
    """The report as a plain dictionary, with the exit code."""
    return {
        "exit_code": 0,
        "title": report.title,
        "tables": report.tables,
        "items": report.items,
        "warnings": faults_as_json(report.warnings),
        "unread": report.unread,
        "estimate_share_rows": report.estimate_share,
        "numbers_by_grade": dict(report.numbers.amounts),
        "sizes": report.sizes,
        "unused": [{"file": each.value.row.file, "row": each.value.row.row, "item": each.value.row.item, "site": each.value.row.site,
                    "quantity": each.value.row.quantity, "reason": each.reason} for each in report.rows],
    }


def show(report: CheckReport, console: Console, unused: bool = False) -> None:
    """Print title, tables, items, sizes, what the model does not use (row by row where asked) and warnings."""
    from rich.table import Table

    console.print(f"{report.title}\n", style="bold", markup=False)
    tables = Table(box=None, pad_edge=False, header_style="bold")
    tables.add_column("Table", no_wrap=True)
    tables.add_column("Rows", justify="right", no_wrap=True)
    for name, rows in report.tables.items():
        tables.add_row(f"{name}.csv", f"{rows:,}")
    console.print(tables)
    console.print()
    console.print("Items: " + ", ".join(_counted(count, kind) for kind, count in report.items.items()))
    if report.sizes:
        console.print("Model: " + ", ".join(f"{size:,} {name}" for name, size in report.sizes.items()))
    console.print(numbers_sentence(report.numbers), markup=False)
    if report.unread:
        console.print("Not read, since this model leaves their part out: " + ", ".join(report.unread))
    said = [row_line(each) for each in report.rows] if unused else report.unused
    if said:
        console.print("\nNot used by this model:")
    for line in said:
        console.print(f"  {line}", markup=False, highlight=False)
    if said and not unused:
        console.print(f"{len(report.rows)} rows in all; `gwplan check MODEL --unused` lists them.", markup=False, highlight=False)
    if said and report.warnings:
        console.print()
    for warning in report.warnings:
        console.print(f"warning: {warning}", markup=False)
    count = len(report.warnings)
    console.print(f"\nNo faults; {count or 'no'} warning{'s' if count != 1 else ''}.")


def row_line(each: Unused) -> str:
    """One row that the model does not use, and why."""
    row = each.value.row
    place = f"{row.item}{'@' + row.site if row.site else ''}{'@' + row.when if row.when else ''}.{row.quantity}"
    return f"{at_row(row.file, row.row)} {place}: {each.reason}"


def _counted(count: int, kind: str) -> str:
    if count == 1:
        return f"1 {kind}"
    ending = {"y": f"{kind[:-1]}ies", "s": f"{kind}es"}
    return f"{count} {ending.get(kind[-1], f'{kind}s')}"
