"""The audit of a run folder for the terminal and as JSON: what failed and where, how much was checked, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gwplan.planning.audited import Audited
from gwplan.reports.formatting import counted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType



def as_json(found: Audited) -> dict[str, Any]:
    """All of it as plain data, with the exit code."""
    extra = {"made_by": found.version} if found.version else {}
    return {"exit_code": int(not found.audit.ok), "run": str(found.folder), **extra, **found.audit.to_json()}


def listed(lines: Iterable[str]) -> RenderableType:
    """Lines, each with a dash, that hang where they are wrapped; their text is no markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    for line in lines:
        table.add_row(" -", Text(line, overflow="fold"))
    return table


def show(found: Audited, console: Console) -> None:
    """Print what failed, how much was checked of each subject, and what was not checked."""
    audit = found.audit
    failed, rows = audit.failed, sum(check.rows for check in audit.checks)
    if audit.ok:
        console.print(f"All {counted(len(audit.checks), 'check')} passed, of {rows:,} numbers and labels.", style="bold", markup=False)
    else:
        console.print(f"{len(failed)} of {counted(len(audit.checks), 'check')} failed: do not use the figures of this run.",
                      style="bold", markup=False)
        console.print(listed(map(str, failed)))
    if found.version:
        console.print(f"{found.version}: what another version wrote otherwise is checked as far as it can be, and may fail for that.",
                      markup=False)
    subjects = Counter(check.part for check in audit.checks)
    console.print("\nChecked: " + ", ".join(f"{part} {number}" for part, number in subjects.items()) + ".", markup=False)
    console.print("\nNot checked:", markup=False)
    console.print(listed(audit.not_checked))
    console.print(f"\nRun folder: {found.folder}", markup=False, soft_wrap=True)
