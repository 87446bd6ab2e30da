"""The cash flows of a financed run for reports: by line and period, and summed into the columns of a cash table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.results.run_folder import RunFolder, sums

GATHERED: dict[str, tuple[str, ...]] = {
    "earned": ("revenue", "own_use", "running", "cash_interest"),
    "capital": ("capital", "resale"),
    "tax": ("tax",),
    "drawn": ("drawn", "revolver_drawn"),
    "debt paid": ("interest", "principal", "fees", "revolver_repaid"),
    "paid in": ("equity", "invested"),
    "paid out": ("dividends", "returned"),
}
"""Columns of the cash table, with the lines in each: every line is in exactly one."""
NAMES = {
    "own_use": "own use", "running": "running cost", "cash_interest": "interest on cash", "revolver_drawn": "revolver drawn",
    "revolver_repaid": "revolver repaid", "invested": "investors", "returned": "paid to investors", "cash": "cash kept",
    "resale": "resale", "interest": "interest", "principal": "principal repaid",
}
"""Display names of lines, if different from their keys."""


def is_financed(run: RunFolder) -> bool:
    """True for a run with finance."""
    return bool(len(run.table("finance.flow")))


def name_of(line: str) -> str:
    """The display name of a line, a facility or a class."""
    return NAMES.get(line, line.replace("_", " "))


def by_line(run: RunFolder) -> dict[str, list[float]]:
    """Each line by period, MUSD nominal: positive into the planner's cash."""
    return series(run, "finance.flow", "line")


def series(run: RunFolder, table: str, label: str) -> dict[str, list[float]]:
    """A table summed by one of its labels and period."""
    found: dict[str, list[float]] = {}
    for row in sums(run.table(table), [label, "period"], "value"):
        found.setdefault(str(row[label]), [0.0] * len(run.periods))[run.number_of[str(row["period"])]] += float(row["value"])
    return found


def by_period(run: RunFolder, table: str) -> list[float]:
    """The sum of a table's values in each period."""
    found = [0.0] * len(run.periods)
    for row in sums(run.table(table), ["period"], "value"):
        found[run.number_of[str(row["period"])]] += float(row["value"])
    return found


def gathered(run: RunFolder) -> dict[str, list[float]]:
    """The columns of the cash table by period; they sum to the change in cash."""
    lines, none = by_line(run), [0.0] * len(run.periods)
    found = {name: added([lines.get(line, none) for line in mine]) for name, mine in GATHERED.items()}
    known = {line for mine in GATHERED.values() for line in mine}
    other = added([values for line, values in lines.items() if line not in known] or [none])
    return found | ({"other": other} if any(other) else {})


def added(rows: Sequence[Sequence[float]]) -> list[float]:
    """Element-wise sum of lists of equal length."""
    return [sum(values) for values in zip(*rows, strict=True)]


def years_of(run: RunFolder) -> dict[int, list[int]]:
    """Numbers of the periods of each calendar year."""
    found: dict[int, list[int]] = {}
    for number in range(len(run.periods)):
        found.setdefault(run.first_month(number) // MONTHS_A_YEAR, []).append(number)
    return found


def by_year(run: RunFolder, rows: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """Flows by period as flows by calendar year."""
    years = years_of(run).values()
    return {name: [sum(values[number] for number in numbers) for numbers in years] for name, values in rows.items()}


def at_year_ends(run: RunFolder, values: Sequence[float]) -> list[float]:
    """Balances by period as balances at the end of each calendar year."""
    return [values[numbers[-1]] for numbers in years_of(run).values()]
