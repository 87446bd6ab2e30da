"""Grades: the capital by the grade of its prices, from the inputs of the run alone.

Each payment counts for the rows that its price is interpolated from in the middle of its period. A row's grade is its own,
else that of its source, one lower for each half-life that passed from the source's date to the newest one of sources.csv;
choices of the planner (P) do not age.
"""

from __future__ import annotations

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
          "networks": ("accelerators", "network_price"), "power": ("power", "price")}
"""The price behind each class of capital."""


def check(answer: Answer) -> None:
    """Check the share of estimates and the capital by grade."""
    if KEY not in answer.folder.summary and SHARE not in answer.folder.summary:
        return
    sources = answer.folder.csv(answer.folder.path / "inputs" / "sources.csv", ("key", "kind"), missing=True)
    kinds = dict(zip(sources["key"], sources["kind"], strict=True))
    capital = answer.ledger[answer.ledger["kind"] == "capital"]
    paid = estimated = 0.0
    sums = capital.groupby(["class", "item", "site"])["amount"].sum().reset_index()
    for cost_class, item, site, amount in zip(sums["class"], sums["item"], sums["site"], sums["amount"], strict=True):
        rows = priced(answer, cost_class, item, site)
        paid += float(amount)
        estimated += float(amount) * float((rows["source"].map(kinds) == ESTIMATE).mean()) if len(rows) else 0.0
    optional(answer, SHARE, estimated / paid if paid > 0 else None)
    if KEY in answer.folder.summary:
        figures(answer, KEY, by_grade(answer, capital, sources))


def by_grade(answer: Answer, capital: pd.DataFrame, sources: pd.DataFrame) -> dict[str, float]:
    """MUSD of capital by the grade of its prices."""
    found: dict[str, float] = {}
    for (cost_class, item, site), payments in capital.groupby(["class", "item", "site"]):
        rows = priced(answer, str(cost_class), str(item), str(site))
        graded = grades(answer, str(cost_class), rows, sources)
        periods = [answer.axis["period"].index(name) for name in payments["period"]]
        middles = np.array([(answer.calendar.periods[n].first + answer.calendar.periods[n].last + 1) / 2 for n in periods])
        months = dates(list(rows["when"]))
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


def priced(answer: Answer, cost_class: str, item: str, site: str) -> pd.DataFrame:
    """The rows of the price behind a payment: those of the site if there are any, else those without a site."""
    table, quantity = PRICES.get(cost_class, (cost_class, "price"))
    frame = answer.folder.csv(answer.folder.path / "inputs" / f"{table}.csv", (*INPUT_COLUMNS, "source"), missing=True)
    rows = frame[(frame["item"] == (site if table == "sites" else item)) & (frame["quantity"] == quantity)]
    own = rows[rows["site"] == site] if table != "sites" else rows
    return own if len(own) else rows[rows["site"] == ""]


def grades(answer: Answer, cost_class: str, rows: pd.DataFrame, sources: pd.DataFrame) -> list[str]:
    """The grade of each of some rows of a price."""
    stated = dict(zip(sources["key"], sources["grade"], strict=True)) if "grade" in sources.columns else {}
    dated = dict(zip(sources["key"], sources["date"], strict=True)) if "date" in sources.columns else {}
    months = {key: month for key, date in dated.items() if (month := middle(date)) is not None}
    life = half_life(answer, *PRICES.get(cost_class, (cost_class, "price")))
    found = []
    for row in rows.to_dict("records"):
        grade = str(row.get("grade") or "") or stated.get(row["source"], "")
        if not row.get("grade") and grade in SCALE and grade and life is not None and row["source"] in months:
            passed = int((max(months.values()) - months[row["source"]]) // life)
            grade = SCALE[min(SCALE.index(grade) + passed, len(SCALE) - 1)]
        found.append(grade or UNGRADED)
    return found


def half_life(answer: Answer, table: str, quantity: str) -> float | None:
    """The half-life of a quantity in months: its own row, else that of the rest of its table (`*`); None if it does not age."""
    frame = answer.folder.csv(answer.folder.path / "inputs" / "half_lives.csv", ("table", "quantity", "months"), missing=True)
    for name in (quantity, "*"):
        rows = frame[(frame["table"] == table) & (frame["quantity"] == name)]
        if len(rows):
            return float(rows["months"].iloc[0])
    return None


def middle(date: str) -> int | None:
    """The middle month of a source's date, a day being that of its month; None if it is no date."""
    try:
        span = parse_date(date[:MONTH] if date[MONTH : MONTH + 1] == "-" else date)
    except ValueError:
        return None
    return (span.first + span.last) // 2
