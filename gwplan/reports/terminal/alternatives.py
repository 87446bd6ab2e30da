"""A study of alternatives for the terminal: what every plan must have, and the plans that differ most."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.reports import alternatives as words
from gwplan.reports.terminal.bottleneck import lines
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import section
from gwplan.results.run_folder import named

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.alternatives.alternatives import Alternatives


def facts_of(found: Alternatives) -> dict[str, Any]:
    """What the sentences need."""
    return {"within": found.slack, "stopped": found.stopped, "goal": found.case.definition.goals[0].kind}


def rows_of(found: Alternatives) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The plans, the best first, and the ranges, as rows."""
    plans = [{"plan": place, "loss": each.loss, "loss_share": each.of, "difference": each.difference,
              **{f"{kind}.{name}": amount for (kind, name), amount in each.built.items()}}
             for place, each in enumerate((found.best, *found.found))]  # fmt: skip
    return plans, [{**asdict(each), "verdict": each.verdict} for each in found.ranges]


def as_json(found: Alternatives, folder: Path) -> dict[str, Any]:
    """Folder, plans and ranges."""
    plans, ranges = rows_of(found)
    return {"exit_code": found.exit_code, "folder": str(folder), "page": page_of(folder), **facts_of(found), "status": found.status,
            "seconds": found.seconds, "plans": plans, "ranges": ranges}


def show(found: Alternatives, folder: Path, console: Console) -> None:
    """Print the sentence, the ranges, the plans and where the folder is."""
    def label(name: str) -> str:
        return named(name, dict(found.case.checked.labels))

    plans, ranges = rows_of(found)
    facts = facts_of(found)
    console.print(words.sentence(facts, ranges, label), style="bold", markup=False)
    console.print("MW over the horizon: room of halls at sites, IT power of systems bought, supplies ordered.", markup=False)
    section(console, "Least and most of each, within the slack",
            lines(words.RANGE_HEADER, [words.range_cells(row, label) for row in ranges]))
    section(console, "Plans that differ most", lines(words.PLAN_HEADER, [words.plan_cells(row, facts, label) for row in plans]))
    console.print()
    if found.stopped:
        console.print("Stopped early: not all members were searched.")
    console.print(f"Solved in {found.seconds:.1f} s. `gwplan solve --start` and `--fix` read plan_1.csv ... of the folder.", markup=False)
    show_folder(folder, console)
