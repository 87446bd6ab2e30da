"""A page about many plans, or about two: what stands on it, and its rendering to one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gwplan.common.amounts import BILLION, KILO, MILLION, is_money, said, unit_words
from gwplan.common.status import WITH_PLAN
from gwplan.reports.formatting import Columns, clean, rows_of
from gwplan.results.figures import GOALS, REAL, figure_of, title
from gwplan.results.run_folder import named

LISTED = 2000
"""Rows of a table that a page holds; the rest stand in the folder's table."""
MONEY = "_musd"
"""Ending of amounts by name that are real money."""
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
        """True if money is shown in $ billion."""
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
        return "; ".join(map(self.label, value.split("|"))) if isinstance(value, str) else value

    def label(self, name: str) -> str:
        """The label of an item; its name where it has none. Of `systems.<name>` the name alone has one."""
        prefix, _, item = name.rpartition(".")
        return f"{prefix}.{named(item, self.labels)}" if prefix else named(item, self.labels)

    @property
    def labels(self) -> Mapping[str, str]:
        """What people are shown in place of names."""
        return dict(self.facts.get("labels") or {})

    def header(self, figure: str) -> str:
        """A figure's name with its unit, if it has one."""
        named = "Not proven" if figure == "unproven" else self.name(figure)
        if figure in WORDS:
            return WORDS[figure]
        unit = self.unit(figure)
        return f"{named}, {unit}" if unit else named

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
        return WORDS.get(figure) or title(figure)

    def unit_of(self, figure: str) -> str:
        """Unit of a figure as it stands in the table; that of the objective is its goal's."""
        found = figure_of("objective" if figure == "unproven" else figure)
        if found is None and figure.endswith(MONEY):
            return REAL
        if found is None or found.format == "objective":
            return GOALS[self.goal].unit if self.goal in GOALS else "unit of each goal"
        return found.unit

    def size(self, figure: str) -> float:
        """By what a figure of the table is divided when it is shown: money is in $ billion where the plans are large."""
        return KILO if is_money(self.unit_of(figure)) and self.large else 1.0

    def unit(self, figure: str) -> str:
        """Unit of a figure as it is shown; compute with its precision. The year of the dollars is said once on the page."""
        words = unit_words(self.unit_of(figure), BILLION if self.large else MILLION)
        return f"{words} ({self.precision})" if words.startswith("kH100e") else words

    def said(self, figure: str, value: float | None, *, plus: bool = False) -> str:
        """A value of a figure, as it stands in the table, with its unit: for sentences and cards."""
        return "none" if value is None else said(value, self.unit_of(figure), plus=plus)

    @property
    def footer(self) -> str:
        """What the page is of and how it was made."""
        versions, changes = self.facts["versions"], [*self.facts["overlays"], *self.facts["sets"]]
        changed = f" Changed throughout: {', '.join(Path(each).name for each in changes)}." if changes else ""
        dollars = f", in dollars of {self.dollars}" if self.dollars else ""
        kind, model = str(self.facts["kind"]).capitalize(), Path(str(self.facts["model"])).stem
        return (f"{kind} of {model}, question {self.facts['question'][:8]}.{changed} "
                f"Money is real{dollars}, unless it says nominal. "
                f"Written by gwplan {versions['gwplan']} from the tables of the study alone.")
