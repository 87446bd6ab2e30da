"""What a part reports beside its variables: a table worked out from the plan that was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """A tidy table: its name, the unit of its column `value`, its meaning, and its columns."""

    name: str
    unit: str
    doc: str
    columns: dict[str, list[Any]]
