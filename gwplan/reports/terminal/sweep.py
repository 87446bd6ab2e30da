"""A sweep for the terminal: one line a variant, what failed and why, and which differences mean nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.scenarios.study_table import Study, unproven
from gwplan.common.amounts import is_money, number, said, table_unit
from gwplan.common.status import Status
from gwplan.reports.formatting import PAGE, counted, rows_of
from gwplan.reports.terminal.tables import blank
from gwplan.results.figures import GOALS, SWEPT, figure_of, short

if TYPE_CHECKING:
    from rich.console import Console

KILO = 1e3
WORDS = {Status.OPTIMAL: "with a plan", Status.STOPPED: "stopped with a plan", Status.STOPPED_EMPTY: "stopped without a plan",
         Status.FAULTY_INPUT: "faulty"}
"""How a scenario ended, for the last line."""


def as_json(study: Study) -> dict[str, Any]:
    """Folder, exit code, how many came from the cache, and every row."""
    return {"exit_code": study.exit_code, "folder": str(study.folder), "page": page_of(study.folder), "cached": study.cached,
            "seconds": study.seconds, "base": study.base.status, "rows": rows_of(study.table)}  # fmt: skip


def page_of(folder: Path) -> str | None:
    """The path of a study's page; None where it could not be written."""
    return str(folder / PAGE) if (folder / PAGE).is_file() else None


def show_folder(folder: Path, console: Console) -> None:
    """Print where a study and its page are."""
    page = page_of(folder)
    console.print(f"Folder: {folder}", markup=False, soft_wrap=True)
    if page is not None:
        console.print(f"Page: {page}", markup=False, soft_wrap=True)


def show(study: Study, console: Console) -> None:
    """Print the table, what failed, and what the differences are worth."""
    lines = rows_of(study.table)
    names = list(dict.fromkeys(name for scenario in study.scenarios for name, _ in scenario.values))
    units = {name: _unit(study, lines, name) for name in SWEPT}
    for place, name in enumerate(names, 1):
        console.print(f"({place}) {name}", markup=False)
    table = blank()
    for place in range(1, len(names) + 1):
        table.add_column(f"({place})", justify="right", overflow="fold", min_width=6)
    table.add_column("Status", no_wrap=True)
    for name, (unit, _) in units.items():
        table.add_column(f"{short(name)}, {unit}" if unit else short(name), justify="right", overflow="fold")
    table.add_column("Sites", justify="right", overflow="fold")
    for line in lines:
        figures = [_cell(line.get(name), size) for name, (_, size) in units.items()]
        table.add_row(*(_cell(line[name], 1.0) for name in names), str(line["status"]), *figures, _cell(line.get("sites"), 1.0))
    console.print(table)
    console.print()
    for text in (*_troubles(lines), *_standing(study, lines)):
        console.print(text, markup=False)
    show_folder(study.folder, console)


def _unit(study: Study, lines: list[dict[str, Any]], name: str) -> tuple[str, float]:
    """The unit of a column, of money alone, and by what its amounts are divided."""
    figure, goals = figure_of(name), {str(result.summary["goal"][0]) for result in study.results if result.summary}
    unit = "" if figure is None else figure.unit
    if figure is not None and figure.format == "objective" and len(goals) == 1:
        unit = GOALS[goals.pop()].unit
    return table_unit(unit, [line[name] for line in lines if line.get(name) is not None]) if is_money(unit) else ("", 1.0)


def _troubles(lines: list[dict[str, Any]]) -> list[str]:
    """What kept variants from an answer: each message once, with the variants it holds for."""
    by_message: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if line["message"]:
            by_message.setdefault((line["status"], line["message"]), []).append(str(line["scenario"]))
    return [f"{status}: {message} "
            f"(variant{'s' if len(numbers) > 1 else ''} {', '.join(numbers)} of the table)"
            for (status, message), numbers in by_message.items()]


def _standing(study: Study, lines: list[dict[str, Any]]) -> list[str]:
    found = []
    summary = next((result.summary for result in study.results if result.summary), None)
    if summary is not None:
        gaps = [value for value in (unproven(result.summary) for result in study.results) if value is not None]
        precision = f"Compute in H100e at {summary['precision']}; money real, in dollars of {summary['dollars']}."
        goals = {str(result.summary["goal"][0]) for result in study.results if result.summary}
        widest = said(max(gaps), GOALS[goals.pop()].unit) if gaps and len(goals) == 1 else number(max(gaps, default=0.0))
        proof = f" Each objective is proven to within {widest} of its best: smaller differences mean nothing." if gaps else ""
        found.append(precision + proof)
    statuses = Counter(WORDS.get(line["status"], line["status"]) for line in lines)
    ended = ", ".join(f"{count} {status}" for status, count in statuses.items())
    found.append(f"{counted(len(lines), 'variant')} in {study.seconds:.1f} s: {ended}; {study.cached} of {len(lines)} from the cache.")
    return found


def _cell(value: Any, size: float) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value / size:,.4g}" if abs(value / size) < KILO else f"{value / size:,.0f}"
    return str(value)
