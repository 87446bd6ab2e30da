"""The audit of a plan whose lives end within periods, with racks that are sold, leases and rented compute that go on after the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.audit.hand_made import failed
from tests.parts.stage import COLUMNS
from tests.properties.test_lives import model

ROWS = {
    "accelerators": ["k,,,residual_one_year,0.7,1", "k,,,residual_three_years,0.3,1"],
    "prices": ["prices,,,inflation,0.02,1/year"],
    "contracts": [
        "room,,,kind,lease,label", "room,,,provider,landlord,label", "room,,,cooling,liquid,label", "room,,,density,2000,kW",
        "room,,,rent,1,MUSD_2026/MW/year", "room,,2032,rent,0.8,MUSD_2026/MW/year", "room,,,term,5.3,year", "room,,,lead_months,0,month",
        "room,,,most_power,0,MW", "room,a,2030,most_power,4,MW", "room,a,2031,most_power,1,MW", "room,,,power,included,label",
        "rented,,,kind,compute,label", "rented,,,provider,cloud_house,label", "rented,,,price,1,USD_2026/H100e/hour",
        "rented,,,most,3,kH100e", "rented,,,lead_months,0,month", "rented,,,term,10.4,year", "rented,,,commitment,100,MUSD_nominal",
        "rented,,,indexation,0,1",
    ],
}
CHANGED = {
    "accelerators__k__life": "2.4", "halls__h__life": "3.3", "halls__h__build_months": "0", "power__grid__life": "2.7",
    "power__grid__price": "5", "compute__compute__value": "2", "sites__a__most_it": "10",
}
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A solved plan: rented compute is signed whatever it is worth, and worth a quarter of its price at the end."""
    folder = tmp_path_factory.mktemp("lives")
    path = model(folder, "year", **CHANGED)
    for table, rows in ROWS.items():
        file = folder / "inputs" / f"{table}.csv"
        cells = [row.split(",") for row in rows]
        lines = [",".join([*each[:4], "", each[4], "", each[5], "round_numbers", ""]) for each in cells]
        head = file.read_text() if file.exists() else ",".join(COLUMNS) + "\n"
        file.write_text(head + "\n".join(lines) + "\n")
    values = folder / "inputs" / "compute.csv"
    values.write_text(values.read_text() + "compute,,2034,value,,0.25,,USD_2026/H100e/hour,round_numbers,\n")
    path.write_text(path.read_text().replace('"power", ', '"power", "contracts", ') + '\n[contracts]\nsigned = ["rented"]\n')
    outcome = solve(Request(path, runs=folder / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_it_passes_and_says_what_is_sold_and_owed(run: Path) -> None:
    found = audit(run)
    assert failed(found) == set()
    assert found.unchecked == []
    ledger = pd.read_csv(run / "tables" / "ledger.csv")
    sold, owed = (ledger[ledger["kind"] == kind] for kind in ("resale", "commitment"))
    assert set(sold["class"]) == {"accelerators"}
    assert set(owed["item"]) == {"rented", "room"}
    assert set(owed["class"]) == {"commitments"}
    assert (owed["amount"] > 0).all()


@pytest.mark.parametrize(("table", "change", "expected"), [
    ("ledger", lambda frame: frame.assign(amount=frame["amount"].where(frame["kind"] != "resale", frame["amount"] * 2)),
     "money.ledger_of_resale_is_what_follows"),
    ("ledger", lambda frame: frame[frame["kind"] != "commitment"], "money.ledger_of_commitment_is_what_follows"),
    ("ledger", lambda frame: frame[frame["kind"] != "resale"], "money.ledger_npv_is_that_of_the_decisions"),
    ("halls.closed_early", lambda frame: pd.concat([frame, pd.DataFrame([["a", "h", "2033", 5.0]], columns=frame.columns)]),
     "halls.closed_early_is_ending"),
    ("power.given_up", lambda frame: pd.concat([frame, pd.DataFrame([["grid", "a", "2033", 50.0]], columns=frame.columns)]),
     "power.given_up_is_ending"),
])
def test_a_change_is_named(tmp_path: Path, run: Path, table: str, change: Change, expected: str) -> None:
    copy = Path(shutil.copytree(run, tmp_path / run.name))
    file = copy / "tables" / f"{table}.csv"
    frame = pd.read_csv(file, dtype={"period": str})
    change(frame).to_csv(file, index=False)
    assert expected in failed(audit(copy))
