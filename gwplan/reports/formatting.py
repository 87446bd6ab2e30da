"""Cells, rows and figures as people read them; shared by the terminal, the page and the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gwplan.common.amounts import DUST, TABLE, amount, said, scale
from gwplan.results.figures import figure_of
from gwplan.results.run_folder import RunFolder

PAGE = "report.html"
"""The page in the folder of a run or a study."""
KILO = 1e3
Columns = Mapping[str, list[Any]]


def money_unit(run: RunFolder) -> tuple[str, float]:
    """The unit that suits the tables and charts of a plan, `$ billion` or `$ million`, and MUSD in one of it."""
    return scale([run.figure("capital_musd") or 0.0])


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: 1 variant, 2 variants."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plain(value: Any) -> str:
    """A cell as text: four digits for a number that is not whole."""
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return "" if value != value else f"{value:,.0f}" if abs(value) >= KILO else f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10 * KILO else str(value)


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """A table as a dictionary for each row."""
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def clean(value: float | None) -> float | None:
    """A number without the dust that rounding leaves of 0."""
    return 0.0 if value is not None and abs(value) < DUST else value


def shown(value: Any) -> str:
    """A number with four digits or more; other values as text, None as nothing."""
    return plain(clean(float(value))) if isinstance(value, (int, float)) and not isinstance(value, bool) else plain(value)


def figure_text(key: str, value: Any, digits: int = TABLE) -> str:
    """A headline figure as people read it, by its format in the catalogue; a dash for nothing."""
    found = figure_of(key)
    if value is None or value == "":
        return "-"
    if isinstance(value, bool) or found is None or not isinstance(value, (int, float)):
        return ("yes" if value else "no") if isinstance(value, bool) else shown(value)
    if found.format in ("power", "compute"):
        return f"{value:,.0f} {found.unit}"
    if found.format == "work":
        return said(float(value), found.unit)
    if found.format == "years":
        return f"{value:,.1f} years"
    if found.format == "ratio":
        return f"{value:,.2f}"
    # That money is per GW or a year, the title says.
    return said(float(value), found.unit) if found.format == "price" else amount(float(value), found.unit, digits)
