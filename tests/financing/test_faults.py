"""What is wrong with finance.csv is said with its file and row, before anything is solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning.build import read
from gwplan.planning.request import Request
from tests.financing.cases import INVESTOR, WITH_CONTRACTS, changed

MODEL = "tiny_finance.toml"


def faults(folder: Path, *rows: str, without: str = "") -> list[str]:
    """Everything wrong with the changed case; `without`: an input file to take away."""
    model = changed(folder, *rows)
    if without:
        (model.parent / "inputs" / without).unlink()
    with pytest.raises(InputFaults) as caught:
        read(Request(model))
    return [str(fault) for fault in caught.value.faults]


def row_of(folder: Path, item: str, quantity: str) -> int:
    """The row of finance.csv that gives a quantity, the header being row 1."""
    lines = (folder / "inputs" / "finance.csv").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(f"{item},") and f",{quantity}," in line)


def test_no_rate_and_no_spread(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.rate=")
    assert found == f"finance.csv:{row_of(tmp_path, 'rack_loan', 'eligible')} rack_loan: needs a rate, or a spread above reference_rate"


def test_a_grace_as_long_as_the_tenor(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.grace=2 year")
    assert found.startswith(f"finance.csv:{row_of(tmp_path, 'rack_loan', 'eligible')} rack_loan: the grace period must be shorter than the tenor")


@pytest.mark.parametrize(("rows", "message"), [
    (("finance.cash.rate=0.1 1/year",), "cash earns 10.00% and rack_loan costs 10.00%: a plan would borrow to deposit"),
    (("finance.cash.rate=0.09 1/year",), "cash earns 9.00% and revolver costs 8.00%: a plan would borrow to deposit"),
    (("finance.rack_loan.rate=", "finance.rack_loan.spread=0.05 1/year", "finance.cash.rate=0.095 1/year", "finance.revolver.rate=0.1 1/year"),
     "cash earns 9.50% and rack_loan costs 9.00%: a plan would borrow to deposit"),
    (("finance.cash.rate=0.05 1/year", "finance.equity.required_return=0.05 1/year"),
     "cash earns 5.00% and the sponsor requires 5.00%: it would pay in without end"),
])
def test_cash_that_earns_more_than_money_costs(rows: tuple[str, ...], message: str, tmp_path: Path) -> None:
    found = faults(tmp_path, *rows)
    assert f"finance.csv:{row_of(tmp_path, 'cash', 'rate')} cash.rate: {message}" in found


@pytest.mark.parametrize("required", [0.01, 0.02])
def test_cash_that_earns_more_than_investors_require(required: float, tmp_path: Path) -> None:
    """A plan would take in all that an investor offers, and keep it to the horizon's end."""
    model = changed(tmp_path, *INVESTOR, f"contracts.vendor.required_return={required} 1/year", texts=[WITH_CONTRACTS])
    with pytest.raises(InputFaults) as caught:
        read(Request(model))
    (found,) = map(str, caught.value.faults)
    assert found.startswith("contracts.csv:") and f"vendor.required_return: it requires {required:.2%} and cash earns 2.00%" in found


BOND = ("finance.bond.eligible=accelerators label", "finance.bond.rate=0.07 1/year", "finance.bond.advance_rate=0.5 1",
        "finance.bond.tenor=3 year")


def test_a_facility_cannot_refinance_itself(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.refinances=rack_loan label")
    assert found.startswith(f"finance.csv:{row_of(tmp_path, 'rack_loan', 'refinances')} rack_loan.refinances: it cannot refinance itself")


def test_nor_through_others(tmp_path: Path) -> None:
    """Two facilities that repay each other would roll one debt over for ever."""
    found = faults(tmp_path, *BOND, "finance.rack_loan.refinances=bond label", "finance.bond.refinances=rack_loan label")
    assert sorted(line.partition(": such debt")[0].split(" ", 1)[1] for line in found) == [
        "bond.refinances: it cannot refinance itself, through rack_loan", "rack_loan.refinances: it cannot refinance itself, through bond"]


def test_a_facility_that_is_none(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.refinances=rack_lone label")
    assert found.startswith(f"finance.csv:{row_of(tmp_path, 'rack_loan', 'refinances')} ") and "did you mean 'rack_loan'" in found


def test_a_class_that_nobody_pays_for(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.eligible=acelerators label")
    assert found.startswith(f"finance.csv:{row_of(tmp_path, 'rack_loan', 'eligible')} rack_loan.eligible")
    assert "'acelerators'" in found and "accelerators" in found


def test_sculpted_debt_pays_its_interest(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.repayment=sculpted label", "finance.rack_loan.grace_interest=capitalised label")
    assert found == f"finance.csv:{row_of(tmp_path, 'rack_loan', 'grace_interest')} rack_loan.grace_interest: sculpted debt pays its interest"


def test_dividends_before_the_build_is_over(tmp_path: Path) -> None:
    found = faults(tmp_path, "finance.equity.dividends_from=2027 date")
    row = row_of(tmp_path, "equity", "dividends_from")
    assert any(line.startswith(f"finance.csv:{row} equity.dividends_from: the first build is over with 2027;") for line in found)


def test_equity_paid_in_after_dividends(tmp_path: Path) -> None:
    """It would take out what others put in, and bring it back at the end."""
    (found,) = faults(tmp_path, "finance.equity.until=2029 date")
    row = row_of(tmp_path, "equity", "until")
    assert found.startswith(f"finance.csv:{row} equity.until: the sponsor pays in until 2029, and dividends may be paid from 2028 on")
    read(Request(changed(tmp_path / "later", "finance.equity.until=2029 date", "finance.equity.dividends_from=2030 date")))


def test_a_first_year_write_off_says_for_which_classes_it_is(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.tax.bonus=0.4 1")
    assert found == f"finance.csv:{row_of(tmp_path, 'tax', 'bonus')} tax.bonus needs bonus_within, the longest class life that it is for"


def test_without_a_price_level(tmp_path: Path) -> None:
    found = faults(tmp_path, without="prices.csv")
    assert found == ["prices.csv: finance is in nominal money: a row prices.inflation is needed"]


def test_without_the_table(tmp_path: Path) -> None:
    found = faults(tmp_path, without="finance.csv")
    assert any(line.startswith("finance.csv") for line in found)


def test_money_of_a_year_is_not_nominal(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.cash.least=5 MUSD_2026")
    assert found.startswith(f"finance.csv:{row_of(tmp_path, 'cash', 'least')} cash.least") and "nominal" in found


def test_a_first_build_that_ends_with_the_horizon_is_warned_about(tmp_path: Path) -> None:
    """Where the last target begins in the last year lenders never test coverage, and owners are paid nothing but what is left."""
    case = read(Request(changed(tmp_path / "over", texts=[('by = "2027-Q1"', 'by = "2030-Q1"')])))
    (said,) = [warning.message for warning in case.warnings if "coverage" in warning.message]
    assert "coverage is never tested and no dividend is ever paid" in said
    assert "the first build ends with the horizon" in said
    calm = read(Request(changed(tmp_path / "before")))
    assert not [warning for warning in calm.warnings if "coverage" in warning.message]
