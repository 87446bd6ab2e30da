"""When money may move: windows and tenors that are no whole periods, owners after coverage is tested, years in which nobody lends."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from gwplan.planning.build import read
from gwplan.planning.request import Request
from tests.exploits.taken import Taken, solved
from tests.financing.cases import HALF_YEARS, INVESTOR, WITH_CONTRACTS, changed, of
from tests.parts.stage import kept


def plan(folder: Path, *rows: str, half_years: bool = False, without: tuple[str, ...] = ()) -> Taken:
    texts = [HALF_YEARS] if half_years else []
    texts += [WITH_CONTRACTS] if any(row.startswith("contracts.") for row in rows) else []
    return solved(changed(folder, *rows, texts=texts), without=[("finance", rule, None) for rule in without])


def value(found: Taken) -> float:
    assert found.objective is not None
    return found.objective


@pytest.mark.parametrize(("repayment", "half_years"), [("bullet", False), ("bullet", True), ("annuity", False), ("sculpted", False)])
def test_value_rises_with_the_tenor_without_a_jump(repayment: str, half_years: bool, tmp_path: Path) -> None:
    """Debt at 10 % beside equity at 21 %: a tenth of a year more is worth a little more, at each step; three years are far from two.

    Nothing covers debt here, so that tenors alone count.
    """
    tenors = (2, 2.1, 2.6, 3)
    rows = (f"finance.rack_loan.repayment={repayment} label", "finance.debt.coverage_floor=1 1", "finance.compute_sales.price=3 USD_2026/H100e/hour")
    worths = [value(plan(tmp_path / str(tenor), *rows, f"finance.rack_loan.tenor={tenor} year", half_years=half_years)) for tenor in tenors]
    whole = worths[-1] - worths[0]
    assert whole > 0.5
    for (shorter, before), (longer, after) in pairwise(zip(tenors, worths, strict=True)):
        assert -1e-6 <= after - before <= 2.5 * whole * (longer - shorter)


def test_a_grace_of_part_of_a_period(tmp_path: Path) -> None:
    """Half a year of grace at yearly steps: of 100 over two years 25 are repaid after one, where 50 or none would be."""
    rows = ("finance.compute_sales.price=3 USD_2026/H100e/hour", "finance.rack_loan.grace=0.5 year")
    assert of(plan(tmp_path, *rows), "principal") == pytest.approx([0, 0, 25, 75, 0])


@pytest.mark.parametrize(("opens", "lent"), [("2027", 100), ("2027-07", 100), ("2027-10", 50), ("2027-12", 200 / 12)])
def test_a_facility_that_opens_inside_a_period(opens: str, lent: float, tmp_path: Path) -> None:
    """It pays for at most the share of the year's 200 in which it is open, and for half of all."""
    assert sum(of(plan(tmp_path, f"finance.rack_loan.from={opens} date"), "drawn")) == pytest.approx(lent)


def test_owners_wait_until_coverage_is_tested(tmp_path: Path) -> None:
    """In half-years the build is over with the first half of 2027: the year that lenders look at ends with the first of 2028."""
    price = "finance.compute_sales.price=2 USD_2026/H100e/hour"
    lent, alone = plan(tmp_path / "lent", price, half_years=True), plan(tmp_path / "alone", price, "finance.rack_loan.cap=0 MUSD_nominal", half_years=True)
    assert sum(of(lent, "drawn")) > 50
    assert [amount > 1 for amount in of(lent, "dividends")][:6] == [False, False, False, False, True, True]
    assert [amount > 1 for amount in of(alone, "dividends")][:6] == [False, False, False, True, True, True]


def test_a_date_of_dividends_before_that_is_said(tmp_path: Path) -> None:
    model = changed(tmp_path, "finance.equity.dividends_from=2027-07 date", texts=[HALF_YEARS])
    said = [str(each) for each in read(Request(model)).warnings if "dividends_from" in str(each)]
    assert len(said) == 1 and said[0].startswith("finance.csv:")
    assert said[0].endswith("nobody is paid before the coverage of a whole year is tested, first with 2028-H1")


BAD_YEAR = ("finance.compute_sales@2029.price=1 USD_2026/H100e/hour", "finance.compute_sales@2030.price=0.05 USD_2026/H100e/hour",
            "finance.compute_sales@2031.price=0.05 USD_2026/H100e/hour", "finance.compute_sales.price=1 USD_2026/H100e/hour")
"""In 2030 own use pays 4.38, and energy costs 8.76."""


@pytest.mark.parametrize("rows", [("finance.rack_loan.cap=0 MUSD_nominal",), ("finance.rack_loan.until=2027 date",)])
def test_a_bad_year_without_lenders_is_paid_from_cash(rows: tuple[str, ...], tmp_path: Path) -> None:
    """With nobody who could lend, or all repaid by 2029, nobody asks for coverage in 2030."""
    found = plan(tmp_path, *BAD_YEAR, *rows)
    assert found.objective is not None
    assert of(found, "available")[4] < 0 and of(found, "service")[4] == pytest.approx(0, abs=1e-6)


def test_an_investor_does_not_pay_in_what_it_is_paid_at_once(tmp_path: Path) -> None:
    """Ten in and ten out of one period change no claim, and no cash: either switch forbids one of them."""
    found = plan(tmp_path, *INVESTOR)
    block, contracts = found.plan.blocks["finance"], found.plan.blocks["contracts"]
    key = ("vendor", 2)
    contracts.variables["invested"].data[key].set_value(10)
    block.variables["returned"].data[key].set_value(10)
    for switch, rule in ((0, "invested_only_where_nothing_is_returned"), (1, "returned_only_where_nothing_is_invested")):
        block.variables["pays_in"].data[key].set_value(switch)
        assert not kept(block.rules[rule].data[key])
    assert sorted(block.variables["pays_in"].data) == [("vendor", period) for period in (2, 3, 4)]
