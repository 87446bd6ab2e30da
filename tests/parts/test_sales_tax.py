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
