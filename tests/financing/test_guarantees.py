"""Guaranteed debt by hand: the loan of tests/financing/test_by_hand.py with a backer who guarantees 60 of it, for 2 % a year.

| what | arithmetic | |
|---|---|---|
| loan | 60 in 2027 at 10 %, half back each year; fee 1 % = 0.6 | pays 6 + 30, then 3 + 30 |
| guarantee | 2 % of 60, then of 30 | 1.2; 0.6 |
| equity 2027 | 210 + 0.6 + 8.3975 - 78.94 - 60 | 80.0575 |
| profit 2028 | 78.94 - 74.7 - 6 | a loss of 1.76 |
| profit 2029 | 78.94 - 49.1 - 3 - 1.76 | 25.08: tax 6.27 |
| profit 2030 | 78.94 - 33.74 + 111 - 107.11 | 49.09: tax 12.2725 |
| dividends | 78.94 - 36 - 1.2; 78.94 - 33 - 0.6 - 6.27; 78.94 - 12.2725 | 41.74; 39.07; 66.6675 |
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.common.errors import InputFaults
from gwplan.planning.build import read_case, read_definition
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.exploits.taken import Taken, solved
from tests.financing.cases import WITH_CONTRACTS, changed, of
from tests.financing.test_by_hand import DIVIDENDS, EQUITY, LEFT, VALUE

BACKER = (
    "contracts.backer.kind=investor label", "contracts.backer.investor=first_vendor label", "contracts.backer.cap=0 MUSD_nominal",
    "contracts.backer.required_return=0.1 1/year", "contracts.backer.guarantee=60 MUSD_nominal",
    "finance.rack_loan.guaranteed_by=backer label", "finance.rack_loan.guarantee_fee=0.02 1/year",
)
DEAL = (WITH_CONTRACTS, ("[goal]", "[contracts]\nwithout = []\n\n[goal]"))
NOT_ON_OFFER = (WITH_CONTRACTS, ("[goal]", '[contracts]\nwithout = ["backer"]\n\n[goal]'))


def found(folder: Path, *rows: str, without: tuple[str, ...] = ()) -> Taken:
    return solved(changed(folder, *BACKER, *rows, texts=DEAL), without=[("finance", rule, None) for rule in without])


def test_debt_is_within_its_guarantee(tmp_path: Path) -> None:
    plan = found(tmp_path)
    assert of(plan, "drawn") == pytest.approx([0, 60, 0, 0, 0], abs=1e-5)
    assert of(plan, "equity") == pytest.approx([105, 80.0575, 0, 0, 0], abs=1e-5)
    assert of(plan, "dividends") == pytest.approx([0, 0, 41.74, 39.07, 66.6675], abs=1e-4)
    assert plan.total("finance", "left_over") == pytest.approx(LEFT, abs=1e-5)


def test_a_residual_guarantee_counts_at_the_end_alone(tmp_path: Path) -> None:
    """Nothing is owed at the end of 2030: all 100 are drawn, for 2 and then 1 to the backer."""
    plan = found(tmp_path, "finance.rack_loan.guarantee_covers=residual label")
    assert of(plan, "drawn") == pytest.approx([0, 100, 0, 0, 0], abs=1e-5)
    assert of(plan, "dividends") == pytest.approx([0, 0, DIVIDENDS[2] - 2, DIVIDENDS[3] - 1, DIVIDENDS[4]], abs=1e-4)
    assert plan.objective == pytest.approx(VALUE - 2 / 1.1**5 - 1 / 1.1**7, abs=1e-5)


def test_a_longer_loan_is_held_to_its_residual_guarantee(tmp_path: Path) -> None:
    """Over five years in equal parts two fifths of a loan of 2027 are owed at the end of 2030: 25 of guarantee carry 62.5."""
    rows = ("finance.rack_loan.guarantee_covers=residual label", "finance.rack_loan.tenor=5 year", "contracts.backer.guarantee=25 MUSD_nominal",
            "accelerators.rack.life=5 year")
    assert of(found(tmp_path, *rows), "drawn")[1] == pytest.approx(62.5, abs=1e-5)


def test_a_guarantee_frees_leverage_and_rate(tmp_path: Path) -> None:
    """At 6 % and eight tenths of the racks, as lenders to the backer would set them, the same plan is worth more than on the loan at 10 % and half."""
    rows = ("finance.rack_loan.rate=0.06 1/year", "finance.rack_loan.spread=", "finance.rack_loan.advance_rate=0.8 1",
            "contracts.backer.guarantee=1000 MUSD_nominal")
    plan = found(tmp_path, *rows)
    assert 100 < of(plan, "drawn")[1] <= 0.7 * 310 and plan.objective is not None and plan.objective > VALUE


def test_without_the_rule_debt_outgrows_the_guarantee(tmp_path: Path) -> None:
    free = found(tmp_path, without=("debt_within_guarantee",))
    assert free.objective == pytest.approx(VALUE - 2 / 1.1**5 - 1 / 1.1**7, abs=1e-5) and of(free, "drawn")[1] == pytest.approx(100)


def test_who_is_not_on_offer_backs_nothing(tmp_path: Path) -> None:
    """No debt: all is paid with equity."""
    plan = solved(changed(tmp_path, *BACKER, texts=NOT_ON_OFFER))
    assert sum(of(plan, "drawn")) == pytest.approx(0, abs=1e-9) and sum(of(plan, "equity")) > sum(EQUITY) + 90


def test_a_backer_states_an_amount(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="backer states no guarantee"):
        read_case(read_definition(changed(tmp_path, *BACKER, "contracts.backer.guarantee=", texts=DEAL)))


@pytest.mark.parametrize("texts", [DEAL, NOT_ON_OFFER])
def test_the_audit_follows(tmp_path: Path, texts: tuple[tuple[str, str], ...]) -> None:
    """And the fee is paid to the backer, beside the lenders' own."""
    outcome = solve(Request(changed(tmp_path, *BACKER, texts=texts), runs=tmp_path / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    checked = audit(outcome.run)
    assert [str(check) for check in checked.failed] == []
    with (outcome.run / "tables" / "finance.flow.csv").open(newline="") as file:
        fees = {(row["item"], row["party"], row["period"]): float(row["value"]) for row in csv.DictReader(file) if row["line"] == "fees"}
    wanted = {("facilities", "lenders", "2027"): -0.6, ("rack_loan", "first_vendor", "2028"): -1.2, ("rack_loan", "first_vendor", "2029"): -0.6}
    assert fees == pytest.approx(wanted if texts == DEAL else {}, abs=1e-5)
