"""A sweep for the terminal: one line a variant, what failed and why, and which differences mean nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.scenarios.study_table import Study, unproven
from gwplan.common.status import Status
from gwplan.reports.formatting import PAGE, counted

if TYPE_CHECKING:
    from rich.console import Console

KILO = 1e3
WORDS = {Status.OPTIMAL: "with a plan", Status.STOPPED: "stopped with a plan", Status.STOPPED_EMPTY: "stopped without a plan",
         Status.FAULTY_INPUT: "faulty"}
"""How a scenario ended, for the last line."""
SHOWN = (
    ("objective", "Objective", False), ("capital_first_build_musd", "First build", True), ("npv_cost_musd", "NPV cost", True),
    ("it_mw_most", "IT MW", False), ("compute_kh100e_most", "kH100e", False), ("first_it_period", "First IT", False),
    ("sites", "Sites", False),
)  # fmt: skip
"""Columns of the table: name of the figure, title, and whether it is money."""


def rows(study: Study) -> list[dict[str, Any]]:
    """The table as one dictionary a variant."""
    return [dict(zip(study.table, values, strict=True)) for values in zip(*study.table.values(), strict=True)]


def as_json(study: Study) -> dict[str, Any]:
    """Folder, exit code, how many came from the cache, and every row."""
    return {"exit_code": study.exit_code, "folder": str(study.folder), "page": page_of(study.folder), "cached": study.cached,
            "seconds": study.seconds, "base": study.base.status, "rows": rows(study)}  # fmt: skip


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
    from rich.table import Table

    lines = rows(study)
    names = list(dict.fromkeys(name for scenario in study.scenarios for name, _ in scenario.values))
    large = max((abs(line.get("capital_musd") or 0.0) for line in lines), default=0.0) >= KILO
    unit, size = ("GUSD", KILO) if large else ("MUSD", 1.0)
    for number, name in enumerate(names, 1):
        console.print(f"({number}) {name}", markup=False)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number in range(1, len(names) + 1):
        table.add_column(f"({number})", justify="right", overflow="fold", min_width=6)
    table.add_column("Status", no_wrap=True)
    for _, title, money in SHOWN:
        table.add_column(f"{title}, {unit}" if money else title, justify="right", overflow="fold")
    for line in lines:
        figures = [_cell(line.get(name), size if money else 1.0) for name, _, money in SHOWN]
        table.add_row(*(_cell(line[name], 1.0) for name in names), str(line["status"]), *figures)
    console.print(table)
    console.print()
    for text in (*_troubles(lines), *_standing(study, lines)):
        console.print(text, markup=False)
    show_folder(study.folder, console)


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
        proof = f" Each objective is proven to within {max(gaps):,.4g} of its best: smaller differences mean nothing." if gaps else ""
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
