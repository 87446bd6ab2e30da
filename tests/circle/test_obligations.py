"""The wall by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gwplan.circle.answer import Circle
from gwplan.circle.books import Contract
from gwplan.circle.obligations import COMMITMENTS, CONTRACTED, DEBT, OWN_USE, RENTS, SPOT, TAKES, minimums, nominal
from gwplan.reports.folder import RunFolder

JANUARY = 2027 * 12
EVEN = Contract("cloud", "compute", "microsoft", numbers={"commitment": 25000, "term": 5, "lead_months": 6})


def test_obligations_of_the_hand_made_run(found: Circle) -> None:
    wall = found.wall
    assert wall.years == (2027, 2028)
    assert [wall.due(year, COMMITMENTS) for year in wall.years] == pytest.approx([2000, 11000]), "8 % and 44 % of 25,000"
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


def test_a_run_that_does_not_say_what_is_paid_for_nothing(folder: Path) -> None:
    from gwplan.circle.answer import circle

    (folder / "tables" / "contracts.shortfall.csv").unlink()
    assert {each.shortfall for each in circle(RunFolder(folder)).wall.commitments} == {None}


def test_what_is_not_signed_is_not_owed(folder: Path) -> None:
    from gwplan.circle.answer import circle

    (folder / "plan.csv").write_text("part,decision,item,site,when,amount\n")
    assert circle(RunFolder(folder)).wall.commitments == ()


def test_without_a_ramp_a_commitment_is_due_evenly_over_its_term_from_the_first_use_on() -> None:
    """25,000 over 60 months from July 2027: 6, 12 and 12 of them in three years."""
    assert minimums(EVEN, JANUARY, JANUARY, JANUARY + 36) == pytest.approx({2027: 2500, 2028: 5000, 2029: 5000})


def test_the_supplier_waives_what_falls_into_its_delay() -> None:
    late = replace(EVEN, numbers={**EVEN.numbers, "delay_months": 3})
    assert minimums(late, JANUARY, JANUARY, JANUARY + 36) == pytest.approx({2027: 1250, 2028: 5000, 2029: 5000})
    ramp = replace(late, ramp={2027: 0.08, 2028: 0.44})
    assert minimums(ramp, JANUARY, JANUARY, JANUARY + 24) == pytest.approx({2027: 0.08 * 25000 * 9 / 12, 2028: 0.44 * 25000})


def test_a_year_counts_as_far_as_it_lies_in_the_horizon() -> None:
    ramp = replace(EVEN, ramp={2027: 0.08, 2028: 0.44})
    assert minimums(ramp, JANUARY + 6, JANUARY + 6, JANUARY + 15) == pytest.approx({2027: 1000, 2028: 0.44 * 25000 / 4})


def test_real_money_becomes_nominal_from_the_middle_of_the_year_of_its_dollars(folder: Path) -> None:
    prices = folder / "inputs" / "prices.csv"
    prices.write_text(prices.read_text().replace(",0.0,", ",0.02,"))
    # The middle of 2028-Q4 is 1.375 years after the middle of 2027.
    assert nominal(RunFolder(folder), 7) == pytest.approx(1.02**1.375)
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"dollars": 2028}))
    assert nominal(RunFolder(folder), 7) == pytest.approx(1.02**0.375)
