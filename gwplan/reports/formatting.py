"""Numbers, units and texts as people read them; shared by the terminal, the page and the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: 1 variant, 2 variants."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


PAGE = "report.html"
"""The page in the folder of a run or a study."""
DUST = 1e-9
"""Amounts that rounding leaves of 0."""


def number(value: float | None) -> str:
    """A number with four figures or more, thousands apart; blank for None."""
    if value is None:
        return ""
    if abs(value) < DUST:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


KILO = 1e3


def plain(value: Any) -> str:
    """A cell as text: four digits for a number that is not whole."""
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return "" if value != value else f"{value:,.0f}" if abs(value) >= KILO else f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10 * KILO else str(value)


Columns = Mapping[str, list[Any]]


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """A table as a dictionary for each row."""
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def clean(value: float | None) -> float | None:
    """A number without the dust that rounding leaves of 0."""
    return 0.0 if value is not None and abs(value) < DUST else value


def shown(value: Any) -> str:
    """A number with four digits or more; other values as text, None as nothing."""
    return plain(clean(float(value))) if isinstance(value, (int, float)) and not isinstance(value, bool) else plain(value)
