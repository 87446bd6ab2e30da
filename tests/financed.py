"""The tiny case with a price for its compute, a lender and a sponsor, in round numbers: six years, built in the first two."""

from __future__ import annotations

import csv
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.support import TINY, copied, read_rows, replaced, write_rows

HEADER = "item,site,when,quantity,low,base,high,unit,source,note"
FINANCE = (
    "loan,,,eligible,,accelerators|networks,,label", "loan,,,rate,,0.08,,1/year", "loan,,,advance_rate,,0.5,,1", "loan,,,tenor,,4,,year",
    "mortgage,,,eligible,,halls,,label", "mortgage,,,rate,,0.06,,1/year", "mortgage,,,advance_rate,,0.6,,1", "mortgage,,,tenor,,5,,year",
    "mortgage,,,grace,,1,,year", "mortgage,,,upfront_fee,,0.01,,1",
    "revolver,,,rate,,0.07,,1/year", "revolver,,,cap,,20,,MUSD_nominal",
    "debt,,,coverage_floor,,1.3,,1", "debt,,,lock_up,,1.4,,1", "debt,,,reserve,,3,,month",
    "equity,,,least_share,,0.3,,1", "equity,,,required_return,,0.12,,1/year",
    "cash,,,rate,,0.02,,1/year", "cash,,,least,,1,,MUSD_nominal",
    "tax,,,tax_rate,,0.25,,1", "tax,,,loss_share,,0.8,,1", "tax,,,interest_limit,,0.5,,1",
    "accelerators,,,tax_life,,5,,year", "networks,,,tax_life,,5,,year", "machinery,,,tax_life,,15,,year", "shell,,,tax_life,,39,,year",
    "shell,,,share,,0.2,,1",
    "compute_sales,,2026,price,,1.4,,USD_2026/H100e/hour", "compute_sales,,2033,price,,0.7,,USD_2026/H100e/hour",
    "compute_sales,,,sold_share,,0.9,,1",
)  # fmt: skip
UNTIL = "2027"
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def financed(folder: Path, goal: str = "most_equity_value", end: str = "2031-Q4") -> Path:
    """A copy of the tiny case, financed, with `goal`; gives its model. Racks of 2027 are to be replaced after 2031."""
    model = copied(TINY, folder)
    for name, rows in (("finance", FINANCE), ("prices", ("prices,,,inflation,,0.02,,1/year",))):
        text = "\n".join((HEADER, *(f"{row},round_numbers,round number" for row in rows), ""))
        (folder / "inputs" / f"{name}.csv").write_text(text, encoding="utf-8")
    budget = folder / "inputs" / "budget.csv"
    write_rows(budget, [{**row, "base": UNTIL} if row["quantity"] == "until" else row for row in read_rows(budget)])
    replaced(model, '"budget"]', '"budget", "finance"]')
    replaced(model, 'end = "2028-Q4"', f'end = "{end}"')
    replaced(model, "discount_rate = 0.0", "discount_rate = 0.08")
    replaced(model, 'by = "2028-Q1"', f'by = "{UNTIL}"')
    replaced(model, 'kind = "least_cost"', f'kind = "{goal}"\nmost_it = "20 MW"')
    return model


@cache
def solved(goal: str = "most_equity_value", end: str = "2031-Q4", sets: tuple[str, ...] = (), fix: Path | None = None) -> Path:
    """The run folder of the financed case, solved once."""
    _FOLDERS.append(tempfile.TemporaryDirectory(prefix="gwplan-tests-"))
    folder = Path(_FOLDERS[-1].name)
    outcome = solve(Request(financed(folder, goal, end), sets=sets, fix=fix, runs=folder / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


def summary_of(run: Path) -> dict[str, Any]:
    """What summary.json holds."""
    found: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return found


def table_of(run: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table, cells by column."""
    with (run / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_period(run: Path, name: str, **wanted: str) -> list[float]:
    """The sum of a table's values in each period, in the rows with the labels that are wanted."""
    periods = summary_of(run)["periods"]
    found = dict.fromkeys(periods, 0.0)
    for row in table_of(run, name):
        if all(row[label] == text for label, text in wanted.items()):
            found[row["period"]] += float(row["value"])
    return [found[period] for period in periods]
