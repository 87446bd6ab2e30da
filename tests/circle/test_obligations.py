"""The wall by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.analysis.circular_financing.circle import Circle, circle
from gwplan.analysis.circular_financing.obligations import COMMITMENTS, CONTRACTED, DEBT, OPTIONS, OWN_USE, RENTS, SPOT, TAKES, nominal
from gwplan.results.run_folder import RunFolder


def test_obligations_of_the_hand_made_run(found: Circle) -> None:
    wall = found.wall
    assert wall.years == (2027, 2028)
    assert [wall.due(year, COMMITMENTS) for year in wall.years] == pytest.approx([2000, 11000])
    assert [wall.due(year, RENTS) for year in wall.years] == pytest.approx([0, 120])
    assert [wall.due(year, DEBT) for year in wall.years] == pytest.approx([0, 60 + 540 + 530 + 520])
    # 60 % of 125 MW for 8,760 hours at 50 USD/MWh.
    assert [wall.due(year, TAKES) for year in wall.years] == pytest.approx([0, 0.6 * 125 * 8760 * 50 / 1e6])
    assert wall.due(2028) == pytest.approx(11000 + 120 + 1650 + 32.85)


def test_income_that_is_sure_and_what_is_not(found: Circle) -> None:
    income = found.wall.income
    assert income[OWN_USE] == pytest.approx({2027: 500, 2028: 13000})
    assert income[CONTRACTED][2028] == pytest.approx(800)
    assert income[SPOT][2028] == pytest.approx(120)
    assert found.wall.gap(2027) == pytest.approx(1500), "2,000 due, 500 of own use"
    assert found.wall.gap(2028) == pytest.approx(12802.85 - 13800)


def test_commitments_against_use(found: Circle) -> None:
    rows = [(each.year, each.least, each.used, each.shortfall, each.paid) for each in found.wall.commitments]
    assert rows == [(2027, 2000, 1500, 500, 2000), (2028, 11000, 11000, 0, 11000)]


def test_what_is_not_signed_is_not_owed(folder: Path) -> None:
    (folder / "tables" / "contracts.minimum.csv").write_text("contract,year,value\n")
    assert circle(RunFolder(folder)).wall.commitments == ()


def test_capacity_of_an_option_that_is_exercised_is_owed(folder: Path) -> None:
    with (folder / "inputs" / "contracts.csv").open("a") as file:
        file.write("azure_option,,,kind,,option,,label,study,terms\nazure_option,,,provider,,microsoft,,label,study,terms\n")
    with (folder / "tables" / "ledger.csv").open("a") as file:
        file.write("running,contracts,cloud,azure_option,cloud,microsoft,2028-Q4,70\nrunning,contracts,premiums,azure_option,cloud,microsoft,2028-Q1,9\n")
    assert circle(RunFolder(folder)).wall.due(2028, OPTIONS) == pytest.approx(70), "the premium is paid, not owed"


def test_real_money_becomes_nominal_from_the_middle_of_the_year_of_its_dollars(folder: Path) -> None:
    prices = folder / "inputs" / "prices.csv"
    prices.write_text(prices.read_text().replace(",0.0,", ",0.02,"))
    # The middle of 2028-Q4 is 1.375 years after the middle of 2027.
    assert nominal(RunFolder(folder), 7) == pytest.approx(1.02**1.375)
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"dollars": 2028}))
    assert nominal(RunFolder(folder), 7) == pytest.approx(1.02**0.375)
