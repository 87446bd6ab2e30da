"""A page about many plans, or about two: what stands on it, and its rendering to one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gwplan.common.status import WITH_PLAN
from gwplan.reports.formatting import Columns, clean, rows_of
from gwplan.results.figures import NAMES, NOMINAL, PRICES, RATIOS, unit_of_goal

KILO = 1e3
LISTED = 2000
"""Rows of a table that a page holds; the rest stand in the folder's table."""
MONEY = "_musd"
WORDS = {"first_it_period": "First IT power", "target_met": "Targets met", "sites": "Sites"}
"""Figures that are no numbers, and what they are called."""


@dataclass(frozen=True)
class Material:
    """What a study's page is made from, which its folder holds too: the manifest, and the tables by name and column."""

    facts: Mapping[str, Any]
    tables: Mapping[str, Columns]

    @property
    def table(self) -> Columns:
        """The table of results."""
        return self.tables["table"]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The table of results, a dictionary each row."""
        return rows_of(self.table)

    @cached_property
    def planned(self) -> list[dict[str, Any]]:
        """The rows with a plan."""
        return [row for row in self.rows if row["status"] in WITH_PLAN]

    @cached_property
    def large(self) -> bool:
        """True if money is shown in GUSD."""
        return max((abs(row.get("capital_musd") or 0.0) for row in self.rows), default=0.0) >= KILO

    def amounts(self, *prefixes: str) -> list[str]:
        """Columns of amounts by name, such as `systems.<name>`; not those of what was changed, whose names may begin alike."""
        listed = list(self.table)
        return [name for name in listed[listed.index("status"):] if name.startswith(tuple(f"{prefix}." for prefix in prefixes))]

    def cell(self, row: Mapping[str, Any], figure: str) -> Any:
        """A figure of a row as a table shows it: money by its size, truth and lists as words."""
        value = row[figure]
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float):
            return clean(value / self.size(figure))
        return value.replace("|", ", ") if isinstance(value, str) else value

    def header(self, figure: str) -> str:
        """A figure's name with its unit, if it has one."""
        named = "Not proven" if figure == "unproven" else self.name(figure)
        if figure in WORDS:
            return WORDS[figure]
        return f"{named}, {self.unit('objective' if figure == 'unproven' else figure)}"

    @property
    def title(self) -> str:
        """The model's title, its name where no plan says it."""
        return str(self.facts.get("title") or Path(str(self.facts["model"])).stem)

    @property
    def goal(self) -> str:
        """Kind of the first goal; several with commas."""
        return str(self.facts.get("goal", ""))

    @property
    def dollars(self) -> str:
        """Year of the dollars."""
        return str(self.facts.get("dollars", ""))

    @property
    def precision(self) -> str:
        """Precision of H100e; several with commas."""
        return str(self.facts.get("precision", ""))

    def name(self, figure: str) -> str:
        """What a figure of the table is called."""
        return WORDS.get(figure) or NAMES.get(figure, figure)

    def size(self, figure: str) -> float:
        """By what a figure of the table is divided when it is shown: money is in GUSD where it is large, the objective in its own unit."""
        return KILO if MONEY in figure and self.large else 1.0

    def unit(self, figure: str) -> str:
        """Unit of a figure as it is shown, with its dollars or its precision."""
        if figure == "objective":
            return unit_of_goal(self.goal, int(self.dollars), self.precision) if self.dollars.isdigit() else "unit of each goal"
        if figure == "first_it_period":
            return "period"
        if figure in RATIOS:
            return RATIOS[figure]
        if figure.endswith(NOMINAL):
            return f"{'GUSD' if self.large else 'MUSD'} nominal"
        if figure.endswith(PRICES):
            return f"USD_{self.dollars}/H100e/hour"
        if figure.startswith("compute_"):
            return f"kH100e ({self.precision})"
        if "_mw" in figure:
            return "MW"
        each = " per GW" if figure.endswith("it_gw") else " a year" if "per_year" in figure else ""
        return f"{'GUSD' if self.large else 'MUSD'} of {self.dollars}{each}"

    @property
    def footer(self) -> str:
        """What the page is of and how it was made."""
        versions, changes = self.facts["versions"], [*self.facts["overlays"], *self.facts["sets"]]
        changed = f" Changed throughout: {', '.join(Path(each).name for each in changes)}." if changes else ""
        kind, model = str(self.facts["kind"]).capitalize(), Path(str(self.facts["model"])).stem
        return (f"{kind} of {model}, question {self.facts['question'][:8]}.{changed} "
                f"Money is real. Written by gwplan {versions['gwplan']} from the tables of the study alone.")
