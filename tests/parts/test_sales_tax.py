"""Sales tax: on what systems and their networks cost with contingency, where they arrive, on arrival; it is worth nothing later."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.support import TINY, copied

RATE = 0.05


def test_a_taxed_site_pays_a_twentieth_more_for_systems(tmp_path: Path) -> None:
    """The same plan, fixed: capital of systems and networks there x (1 + rate), paid to the states; the audit agrees."""
    model = copied(TINY, tmp_path)
    free = solve(Request(model, runs=tmp_path / "runs", pages=None))
    assert free.run is not None
    site = next(iter(json.loads((free.run / "summary.json").read_text())["sites"]))
    with (model.parent / "inputs" / "sites.csv").open("a") as file:
        file.write(f"{site},,,sales_tax,,{RATE},,1,round_numbers,round number\n")
    taxed = solve(Request(model, fix=free.run, runs=tmp_path / "runs", pages=None))
    assert taxed.exit_code == 0, taxed.message
    assert taxed.run is not None
    bought, paid = 0.0, 0.0
    with (taxed.run / "tables" / "ledger.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "capital" and row["class"] in ("accelerators", "networks") and row["site"] == site:
                bought += float(row["amount"]) if row["payee"] != "states" else 0.0
                paid += float(row["amount"]) if row["payee"] == "states" else 0.0
    assert bought > 0
    assert paid == pytest.approx(RATE * bought, rel=1e-9)
    before, after = (json.loads((run / "summary.json").read_text()) for run in (free.run, taxed.run))
    assert after["capital_musd"] - before["capital_musd"] == pytest.approx(paid, rel=1e-9)
    assert after["residual_musd"] == pytest.approx(before["residual_musd"], rel=1e-9)


@pytest.mark.parametrize("rows", [
    {"sites": "north,,2026,sales_tax,,0.01,,1,round_numbers,\nnorth,,2027,sales_tax,,0.04,,1,round_numbers,\n"},
    {"accelerators": "old_rack,,2026,import_duty,,0.01,,1,round_numbers,\nold_rack,,2027,import_duty,,0.04,,1,round_numbers,\n"},
    {"sites": "north,,,sales_tax,,0.01,,1,round_numbers,\n",
     "accelerators": "old_rack,,2026,import_duty,,0,,1,round_numbers,\nold_rack,,2027,import_duty,,0.03,,1,round_numbers,\n"},
])
def test_tax_and_duty_of_the_date_of_arrival(tmp_path: Path, rows: dict[str, str]) -> None:
    """1 % in 2026, 4 % from 2027: of the price of the order, by the period in which it arrives, whether a tax, a duty or both."""
    model = copied(TINY, tmp_path)
    for table, text in rows.items():
        with (model.parent / "inputs" / f"{table}.csv").open("a") as file:
            file.write(text)
    ended = solve(Request(model, runs=tmp_path / "runs", pages=None))
    assert ended.run is not None, ended.message
    bought, arrived = (read_values(ended.run, f"accelerators.{name}") for name in ("bought", "arrived"))
    (old_orders,) = {sum(number for (system, *_), number in amounts.items() if system == "old_rack") for amounts in (bought, arrived)}
    assert old_orders > 0
    paid, taxed = dict[str, float](), dict[str, float]()
    with (ended.run / "tables" / "ledger.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "capital" and row["item"] == "old_rack" and row["class"] in ("accelerators", "networks"):
                of = taxed if row["payee"] == "states" else paid
                of[row["period"]] = of.get(row["period"], 0.0) + float(row["amount"])
    assert not any(amount for period, amount in taxed.items() if (("old_rack", "north", period) not in arrived))
    share = {period: 0.01 if period < "2027" else 0.04 for period in taxed}
    each = sum(paid.values()) / old_orders
    for period, amount in taxed.items():
        assert amount == pytest.approx(share[period] * each * arrived["old_rack", "north", period], rel=1e-9), period


def read_values(run: Path, table: str) -> dict[tuple[str, ...], float]:
    with (run / "tables" / f"{table}.csv").open(newline="") as file:
        return {(row["system"], row["site"], row["period"]): float(row["value"]) for row in csv.DictReader(file)}
