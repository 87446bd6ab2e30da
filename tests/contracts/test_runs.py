"""Runs with contracts: written, audited, taken up again as they are; a table that says something else is found out."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.common.errors import InputFaults
from gwplan.planning.request import Outcome, Request
from gwplan.planning.run import solve
from tests.audit.hand_made import failed
from tests.audit.quick import first_wrong
from tests.contracts.small import CLOUD, LEASE, NO_NEW_RACKS, OPTION, PARTS, SALE, model, target

ROWS = (
    *CLOUD, "rented.most=6 kH100e", "rented.commitment=40 MUSD_nominal", "rented.term=4 year", "rented.prepayment=0.1 1", "rented.makeup_years=1 year",
    "rented.indexation=0.5 1", "rented.passed_to=second_vendor label", "rented@@2026.ramp=0.2 1/year", "rented@@2027.ramp=0.15 1/year",
    "rented@@2026.most=2 kH100e", "rented@@2027.most=6 kH100e",
    *OPTION, "more.term=4 year", *LEASE, "room.rent=1 MUSD_2026/MW/year", "room.escalation=0.05 1/year", "room.emission_rate=300 kg/MWh",
    "room.block=2 MW", "room.lead_months=6 month", "shell.kind=lease label", "shell.provider=other_landlord label", "shell.cooling=liquid label",
    "shell.density=250 kW", "shell.rent=0.2 MUSD_2026/MW/year", "shell.term=1 year", "shell.lead_months=0 month", "shell.most_power=0 MW",
    "shell@north.most_power=3 MW", "shell.power=own label", *SALE, "deal.kind=sale label", "deal.customer=bank label",
    "deal.terms=contracted label", "deal.price=0.7 USD_2026/H100e/hour", "deal.most=1 kH100e", "deal.earliest=2027-04 date",
    "deal.lead_months=12 month", "deal.term=2 year", "deal.prepayment=0.25 1", "deal.indexation=0 1",
    "carbon.emissions.price=20 USD_2026/t", NO_NEW_RACKS,
)
TARGETS = (target("it", "19 MW"), target("compute", "30 kH100e", counts=("own", "leased", "cloud")))
VALUE = 'kind = "most_value"\nmost_it = "19 MW"'


def everything(folder: Path, **options: object) -> Path:
    """A model with contracts of every kind that needs no finance, in half-years, with inflation."""
    given = {"targets": TARGETS, "goal": VALUE, "signed": ["rented", "more", "deal"], "step": "half", "rate": 0.05, "inflation": 0.03,
             "parts": (*PARTS, "carbon")} | options
    return model(folder, *ROWS, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A solved run of it."""
    folder = tmp_path_factory.mktemp("everything")
    return solve(Request(everything(folder / "case"), runs=folder / "runs"))


@pytest.fixture(scope="module")
def run(outcome: Outcome) -> Path:
    """Its folder."""
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_the_run_uses_every_kind_and_passes(run: Path) -> None:
    found = audit(run)
    assert failed(found) == set()
    assert found.unchecked == []
    summary = json.loads((run / "summary.json").read_text())
    assert set(summary["contracts_signed"]) >= {"rented", "more", "deal", "room", "shell"}
    assert max(summary["cloud_kh100e"]) > 0 and max(summary["sold_kh100e"]) > 0 and max(summary["leased_mw"]) > 0
    assert summary["shortfall_musd_nominal"]["rented"] > 0
    assert set(summary["committed_beyond_musd_nominal"]) >= {"rented", "more", "room"}
    tables = {path.stem for path in (run / "tables").glob("contracts.*.csv") if len(pd.read_csv(path))}
    assert {"contracts.made_up", "contracts.credited", "contracts.leased_load", "contracts.sold", "contracts.blocks"} <= tables


def test_the_summary_sums_the_tables(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text())
    compute = pd.read_csv(run / "tables" / "account.compute.csv")
    by_provider = compute.groupby("provider")["value"].sum()
    assert sum(summary["cloud_kh100e"]) == pytest.approx(by_provider["cloud_house"])
    assert sum(summary["sold_kh100e"]) == pytest.approx(-by_provider["sold"])
    assert sum(summary["compute_kh100e"]) == pytest.approx(by_provider["own"] + by_provider["sold"])


def test_a_plan_in_which_nobody_is_paid_passes(tmp_path: Path) -> None:
    """Nothing is built and nothing is owed: there is no entry of money at all."""
    rows = (*OPTION, "more.premium=0 MUSD_2026/MW", "more.price=0 USD_2026/H100e/hour")
    wanted = target("compute", "5 kH100e", counts=("own", "cloud"))
    found = solve(Request(model(tmp_path / "case", *rows, targets=[wanted]), runs=tmp_path / "runs"))
    assert found.run is not None and found.exit_code == 0, found.message


def rewritten(run: Path, folder: Path) -> Path:
    """A copy of a run, to be changed."""
    return Path(shutil.copytree(run, folder / "run", ignore=shutil.ignore_patterns("*.parquet")))


def changed(file: Path, row: int) -> None:
    """The last number of a row, a little larger."""
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame.loc[row, frame.columns[-1]] = repr(float(frame.loc[row, frame.columns[-1]]) * 1.0001 + 0.0001)
    frame.to_csv(file, index=False)


def test_no_number_of_a_contract_can_be_changed(run: Path, tmp_path: Path) -> None:
    copy, chosen, unseen = rewritten(run, tmp_path), random.Random(3), []
    names = [*(copy / "tables").glob("contracts.*.csv"), *(copy / "tables").glob("account.*.csv"), copy / "tables" / "money.revenue.csv"]
    for file in sorted(names):
        before, rows = file.read_bytes(), len(pd.read_csv(file))
        for row in chosen.sample(range(rows), min(1, rows)):
            changed(file, row)
            if first_wrong(copy) is None:
                unseen.append(f"{file.stem} row {row}")
            file.write_bytes(before)
    assert unseen == []


def test_no_entry_of_a_contract_can_be_changed_or_left_out(run: Path, tmp_path: Path) -> None:
    copy = rewritten(run, tmp_path)
    file = copy / "tables" / "ledger.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    entries = frame[frame["maker"] == "contracts"]
    assert set(entries["class"]) == {"cloud", "premiums", "leases", "energy", "sales", "commitments"}
    for cost_class, rows in entries.groupby("class"):
        frame.drop(index=rows.index[-1]).to_csv(file, index=False)
        assert first_wrong(copy) is not None, cost_class


def test_no_decision_of_a_contract_can_be_changed(run: Path, tmp_path: Path) -> None:
    copy = rewritten(run, tmp_path)
    file = copy / "plan.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    decisions = frame[frame["part"] == "contracts"]
    assert set(decisions["decision"]) == {"signed", "held", "exercised", "leased"}
    for row in decisions.index:
        frame.drop(index=row).to_csv(file, index=False)
        assert first_wrong(copy) is not None, f"row {row} left out"


def test_a_plan_is_taken_up_as_it_is(outcome: Outcome, run: Path, tmp_path: Path) -> None:
    """With all of its decisions fixed, and started from: the same objective."""
    def worth(found: Outcome) -> float:
        assert found.run is not None, found.message
        return float(json.loads((found.run / "summary.json").read_text())["objective"])

    path = everything(tmp_path / "case")
    fixed = solve(Request(path, fix=run, runs=tmp_path / "fixed", pages=None))
    assert worth(fixed) == pytest.approx(worth(outcome), rel=1e-6)
    started = solve(Request(path, start=run, runs=tmp_path / "started", pages=None))
    assert worth(started) == pytest.approx(worth(outcome), rel=1e-6)


def given(folder: Path, *rows: str) -> Path:
    """A plan.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "plan.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["part", "decision", "item", "site", "when", "amount"], *(row.split(",") for row in rows)])
    return path


def test_decisions_can_be_given(tmp_path: Path) -> None:
    """Room for 4 MW from 2027 on, and the contract not signed: what is not named of a decision is 0."""
    path = model(tmp_path / "case", *CLOUD, *LEASE, NO_NEW_RACKS, targets=[target("it", "10 MW")])
    found = solve(Request(path, fix=given(tmp_path, "contracts,leased,room,north,2027,4"), runs=tmp_path / "runs", pages=None))
    assert found.run is not None
    leased = pd.read_csv(found.run / "tables" / "contracts.leased.csv")
    assert leased[["contract", "site", "period", "value"]].to_numpy().tolist() == [["room", "north", 2027, 4.0]]


@pytest.mark.parametrize(("row", "message"), [
    ("contracts,signed,rented,north,2026,1", "contracts.signed has no site, but the row names 'north'"),
    ("contracts,signed,rentet,,2026,1", "no item 'rentet' in contracts.csv; did you mean 'rented'?"),
    ("contracts,leased,room,,2026,1", "no site ''"),
    ("contracts,lease,room,north,2026,1", "contracts.lease is an unknown decision; did you mean 'contracts.leased'?"),
])
def test_a_decision_that_cannot_be_is_a_fault(tmp_path: Path, row: str, message: str) -> None:
    path = model(tmp_path / "case", *CLOUD, *LEASE)
    with pytest.raises(InputFaults, match=message.replace("?", r"\?")):
        solve(Request(path, fix=given(tmp_path, row), runs=tmp_path / "runs"))
