"""What a page is made of: cards, sections and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gwplan.reports.webpage.charts import Chart


@dataclass(frozen=True)
class Table:
    """A table; `link` is the column whose texts may be addresses."""

    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    searchable: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    key: str
    title: str
    text: str = ""
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True)
class Card:
    """One figure of the first screen: its key, its value, and how it is shown."""

    key: str
    value: Any
    shown: str
    name: str


@dataclass(frozen=True)
class Page:
    """All that stands on a page.

    first: what the link to its top is called; doubt: what the standing is to be read with; lead: the chart of the first screen.
    """

    title: str
    sentence: str
    standing: str
    first: str
    cards: list[Card]
    sections: list[Section]
    footer: str
    warnings: list[str] = field(default_factory=list)
    doubt: str = ""
    lead: Chart | None = None
