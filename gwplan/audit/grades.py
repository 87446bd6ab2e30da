"""Grades: the capital by the grade of its prices, from the inputs of the run alone.

Each payment counts for the rows that its price is interpolated from in the middle of its period. A row's grade is its own,
else that of its source, one lower for each half-life that passed from the source's date to the newest one of sources.csv;
choices of the planner (P) do not age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gwplan.audit.run_folder import INPUT_COLUMNS, Answer
from gwplan.audit.summary import figures, optional
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date

ESTIMATE, UNGRADED = "estimate", "ungraded"
SCALE = "ABCDEF"
KEY, SHARE = "capital_by_grade_musd", "estimate_share"
MONTH = len("2026-11")
PRICES = {"sites": ("sites", "opening_price"), "halls": ("halls", "price"), "accelerators": ("accelerators", "price"),
          "networks": ("accelerators", "network_price"), "power": ("power", "price"), "stakes": ("contracts", "cap"),
          "collateral": ("power", "collateral")}
"""The price behind each class of capital."""


Price = dict[str, str]
"""A row of a price."""


@dataclass(frozen=True)
class Prices:
    """The rows behind payments. sources: columns of sources.csv; rows: of each input table, by item and quantity."""

    answer: Answer
    sources: Mapping[str, Sequence[str]]
    rows: dict[str, dict[tuple[str, str], list[Price]]] = field(default_factory=dict)

    def of_table(self, table: str) -> dict[tuple[str, str], list[Price]]:
        """The rows of an input table by item and quantity; none of a table that is not there."""
        if table not in self.rows:
            columns = self.answer.folder.input_columns(table, (*INPUT_COLUMNS, "source"), missing=True)
            found: dict[tuple[str, str], list[Price]] = {}
            for cells in zip(*columns.values(), strict=True):
                row = dict(zip(columns, cells, strict=True))
                found.setdefault((row["item"], row["quantity"]), []).append(row)
            self.rows[table] = found
        return self.rows[table]

    def behind(self, cost_class: str, item: str, site: str) -> list[Price]:
        """The rows of the price behind a payment: those of the site if there are any, else those without a site."""
        table, quantity = PRICES.get(cost_class, (cost_class, "price"))
        rows = self.of_table(table).get((site if table == "sites" else item, quantity), [])
        own = [row for row in rows if row["site"] == site] if table != "sites" else rows
        return own or [row for row in rows if not row["site"]]

    def grades(self, cost_class: str, rows: Sequence[Price]) -> list[str]:
        """The grade of each of some rows of a price."""
        stated, dated = (self.by_key(name) for name in ("grade", "date"))
        months = {key: month for key, date in dated.items() if (month := middle(date)) is not None}
        life = half_life(self.answer, *PRICES.get(cost_class, (cost_class, "price")))
        found = []
        for row in rows:
            grade = row.get("grade") or stated.get(row["source"], "")
            if not row.get("grade") and grade in SCALE and grade and life is not None and row["source"] in months:
                passed = int((max(months.values()) - months[row["source"]]) // life)
                grade = SCALE[min(SCALE.index(grade) + passed, len(SCALE) - 1)]
            found.append(grade or UNGRADED)
        return found

    def by_key(self, name: str) -> dict[str, str]:
        """A column of sources.csv by key; empty without it."""
        return dict(zip(self.sources["key"], self.sources[name], strict=True)) if name in self.sources else {}


def check(answer: Answer) -> None:
    """Check the share of estimates and the capital by grade."""
    if KEY not in answer.folder.summary and SHARE not in answer.folder.summary:
        return
    prices = Prices(answer, answer.folder.input_columns("sources", ("key", "kind"), missing=True))
    kinds = prices.by_key("kind")
    capital = answer.ledger[answer.ledger["kind"] == "capital"]
    paid = estimated = 0.0
    sums = capital.groupby(["class", "item", "site"])["amount"].sum().reset_index()
    for cost_class, item, site, amount in zip(sums["class"], sums["item"], sums["site"], sums["amount"], strict=True):
        rows = prices.behind(cost_class, item, site)
        paid += float(amount)
        estimated += float(amount) * sum(kinds.get(row["source"]) == ESTIMATE for row in rows) / len(rows) if rows else 0.0
    optional(answer, SHARE, estimated / paid if paid > 0 else None)
    if KEY in answer.folder.summary:
        figures(answer, KEY, by_grade(answer, capital, prices))


def by_grade(answer: Answer, capital: pd.DataFrame, prices: Prices) -> dict[str, float]:
    """MUSD of capital by the grade of its prices."""
    found: dict[str, float] = {}
    for (cost_class, item, site), payments in capital.groupby(["class", "item", "site"]):
        rows = prices.behind(str(cost_class), str(item), str(site))
        graded = prices.grades(str(cost_class), rows)
        periods = [answer.axis["period"].index(name) for name in payments["period"]]
        middles = np.array([(answer.calendar.periods[n].first + answer.calendar.periods[n].last + 1) / 2 for n in periods])
        months = dates([row["when"] for row in rows])
        order = np.argsort(months, kind="stable")
        for place, grade in enumerate(graded):  # a row's share in an interpolated price: that of a series which is 1 there and 0 elsewhere
            shares = np.interp(middles, np.array(months)[order], (order == place).astype(float))
            found[grade] = found.get(grade, 0.0) + float((payments["amount"].to_numpy(dtype=float) * shares).sum())
        if not graded:
            found[UNGRADED] = found.get(UNGRADED, 0.0) + float(payments["amount"].sum())
    return found


def dates(texts: list[str]) -> list[int]:
    """The first month of each date of a series; a blank one is a year before the first of the others."""
    known = [parse_date(text).first for text in texts if text]
    return [parse_date(text).first if text else min(known, default=MONTHS_A_YEAR) - MONTHS_A_YEAR for text in texts]


def half_life(answer: Answer, table: str, quantity: str) -> float | None:
    """The half-life of a quantity in months: its own row, else that of the rest of its table (`*`); None if it does not age."""
    names = ("table", "quantity", "months")
    columns = answer.folder.input_columns("half_lives", names, missing=True)
    lives = [(of, months) for of_table, of, months in zip(*(columns[name] for name in names), strict=True) if of_table == table]
    for name in (quantity, "*"):
        for of, months in lives:
            if of == name:
                return float(months)
    return None


def middle(date: str) -> int | None:
    """The middle month of a source's date, a day being that of its month; None if it is no date."""
    try:
        span = parse_date(date[:MONTH] if date[MONTH : MONTH + 1] == "-" else date)
    except ValueError:
        return None
    return (span.first + span.last) // 2
