"""Copies of small models with the part diversification and a table of shares put in."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from gwplan.planning.request import Outcome, Request
from gwplan.planning.run import solve
from tests.support import TINY, copied, read_rows

COLUMNS = ["item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note"]
UNITS = {"account": "label", "own_counts": "label", "from": "date", "until": "date"}


def with_shares(folder: Path, rows: Mapping[str, object], model: Path = TINY, amount: str = "") -> Path:
    """A copy of a model with the part and its table: `group.quantity` or `group.quantity@date` to value. amount: of the first target."""
    copy = copied(model, folder)
    text = copy.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^parts = \[', 'parts = ["diversification", ', text)
    source = read_rows(folder / "inputs" / "sources.csv")[0]["key"]
    if amount:
        text = re.sub(r'(?m)^amount = "10 MW"', f'amount = "{amount}"', text)
    copy.write_text(text, encoding="utf-8")
    with (folder / "inputs" / "diversification.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, value in rows.items():
            group, _, quantity = name.partition(".")
            quantity, _, when = quantity.partition("@")
            writer.writerow([group, "", when, quantity, "", value, "", UNITS.get(quantity, "1"), source, ""])
    return copy


def solved(model: Path, *sets: str) -> Outcome:
    """Solve a model without its pages."""
    return solve(Request(model, sets=sets, runs=model.parent / "runs", pages=None))


def table(outcome: Outcome, name: str) -> pd.DataFrame:
    """A table of a run."""
    assert outcome.run is not None, outcome.message
    return pd.read_csv(outcome.run / "tables" / f"{name}.csv", dtype={"period": str})


def amounts(outcome: Outcome, name: str, by: str) -> dict[str, float]:
    """Values of a table, summed by a column."""
    return {str(key): float(value) for key, value in table(outcome, name).groupby(by)["value"].sum().items()}
