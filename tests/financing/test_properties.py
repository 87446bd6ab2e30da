"""What must hold of financed plans whatever the numbers: schedules as others compute them, scale, order, and what more of a limit does."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
import pyxirr

from gwplan.common.financial.debt import annuity
from tests.exploits.taken import Taken, solved
from tests.finance.textbook import sculpted
from tests.financing.cases import EVERYTHING, HALF_YEARS, INVESTOR, WITH_CONTRACTS, by_last, changed, of, series
from tests.support import Solved, read_rows, solve_model, write_rows

Solve = Callable[..., Solved]
MONEY = ("USD", "MUSD", "GUSD")


@pytest.fixture
def find(tmp_path: Path) -> Solve:
    """Solve the case with rows changed."""
    numbers = iter(range(100))

    def found(*rows: str, half_years: bool = False) -> Solved:
        return solve_model(changed(tmp_path / str(next(numbers)), *rows, texts=[HALF_YEARS] if half_years else []))

    return found


def payments(found: Solved, name: str, facility: str = "rack_loan") -> list[float]:
    """What one facility pays of a kind, by period."""
    levels = {key: level for (family, key), level in found.levels.items() if family == f"finance.{name}" and key[0] == facility}
    return by_last(found, levels)


@pytest.mark.parametrize(("half_years", "tenor", "rate"), [(False, 3, 0.1), (True, 2, 0.08), (True, 3, 0.12)])
def test_an_annuity_is_that_of_other_libraries(half_years: bool, tenor: int, rate: float, find: Solve) -> None:
    """Interest and principal of each payment after the one draw are those of ipmt and ppmt, at the rate of a period."""
    terms = (f"finance.rack_loan.rate={rate} 1/year", "finance.rack_loan.repayment=annuity label", f"finance.rack_loan.tenor={tenor} year")
    found = find(*terms, half_years=half_years)
    steps = 2 if half_years else 1
    drawn = series(found, "drawn")
    (begun,) = [period for period, amount in enumerate(drawn) if amount > 1e-6]
    number = tenor * steps
    for age in range(1, min(number, len(drawn) - 1 - begun) + 1):
        assert payments(found, "interest")[begun + age] == pytest.approx(-pyxirr.ipmt(rate / steps, age, number, drawn[begun]))
        assert payments(found, "principal")[begun + age] == pytest.approx(-pyxirr.ppmt(rate / steps, age, number, drawn[begun]))


def test_interest_that_is_capitalised(find: Solve) -> None:
    """A grace of a year at 10 %, capitalised: 100 grow to 110, which the two years after repay by an annuity of 110 x 0.5762."""
    found = find("finance.rack_loan.repayment=annuity label", "finance.rack_loan.grace=1 year", "finance.rack_loan.tenor=3 year",
                 "finance.rack_loan.grace_interest=capitalised label")
    drawn = series(found, "drawn")[1]
    assert drawn > 50
    payment = 1.1 * drawn * annuity(0.1, 2)
    assert annuity(0.1, 2) == pytest.approx(0.1 * 1.21 / 0.21)
    assert payments(found, "balance") == pytest.approx([0, drawn, 1.1 * drawn, 1.21 * drawn - payment, 0])
    assert series(found, "service") == pytest.approx([0, 0, 0, payment, payment])


def test_sculpted_debt_is_what_cash_flow_covers(find: Solve) -> None:
    """Without tax cash flow is 78.84 a year: at a coverage of 1.2, three years of it carry 65.7 x 2.4869 = 163.4 of debt at 10 %.

    Racks at 25 need more than that, and equity at 50 % is dearer.
    """
    terms = ("finance.rack_loan.repayment=sculpted label", "finance.rack_loan.tenor=3 year", "finance.rack_loan.advance_rate=1 1",
             "accelerators.rack.price=25 MUSD_2026", "finance.tax.tax_rate=0 1", "finance.equity.least_share=0.1 1", "finance.equity.required_return=0.5 1/year")
    found = find(*terms)
    most, schedule = sculpted([78.84] * 3, 0.1, 1.2)
    assert most == pytest.approx(163.386, abs=1e-3)
    drawn = series(found, "drawn")
    assert sum(drawn) == pytest.approx(most)
    assert series(found, "principal")[2:] == pytest.approx(list(schedule.principal))
    assert series(found, "balance")[-1] == pytest.approx(0, abs=1e-6)


def test_sculpted_debt_matures_draw_by_draw(find: Solve) -> None:
    """Within a tenor of two years: what is drawn in 2027 is repaid with 2029, though draws stay possible to the end."""
    found = find("finance.rack_loan.repayment=sculpted label", "finance.equity.required_return=0.5 1/year")
    assert series(found, "drawn")[1] > 50
    assert series(found, "balance")[3:] == pytest.approx([0, 0], abs=1e-6)


def test_refinancing_repays_what_it_replaces(find: Solve) -> None:
    """Two bonds that each refinance the loan: together no more than it is repaid, so that nothing is borrowed twice."""
    bonds = [row for name in ("one", "two") for row in (
        f"finance.{name}.eligible=accelerators label", f"finance.{name}.rate=0.05 1/year", f"finance.{name}.advance_rate=0.5 1",
        f"finance.{name}.tenor=5 year", f"finance.{name}.refinances=rack_loan label", f"finance.{name}.from=2028 date")]
    found = find(*bonds)
    assert max(series(found, "refinanced")) > 10
    for refinanced, repaid in zip(series(found, "refinanced"), payments(found, "principal"), strict=True):
        assert refinanced <= repaid + 1e-6
    assert all(service >= -1e-6 for service in series(found, "service"))


def test_a_higher_floor_never_raises_debt(find: Solve) -> None:
    lent = [sum(series(find(f"finance.debt.coverage_floor={floor} 1"), "drawn")) for floor in (1.2, 1.4, 1.6, 2, 3)]
    assert lent == sorted(lent, reverse=True)
    assert lent[-1] < 50 < 99 < lent[0]


def test_all_money_doubled_doubles_the_value(tmp_path: Path) -> None:
    """Prices, wages of cash and sums of contracts: real and nominal alike."""
    once, twice = (changed(tmp_path / name, *EVERYTHING, texts=[HALF_YEARS]) for name in ("once", "twice"))
    for path in (twice.parent / "inputs").glob("*.csv"):
        rows = read_rows(path)
        if "unit" in rows[0]:
            for row in rows:
                if any(row["unit"].startswith(f"{money}_") for money in MONEY):
                    row["base"] = repr(2 * float(row["base"]))
            write_rows(path, rows)
    assert solve_model(twice).objective == pytest.approx(2 * solve_model(once).objective, rel=1e-6)


def test_without_investors_the_plan_is_the_same(tmp_path: Path) -> None:
    """An investor with nothing to give, one that is not on offer, and no contracts at all."""
    none = solve_model(changed(tmp_path / "none", *EVERYTHING))
    empty = solve_model(changed(tmp_path / "empty", *EVERYTHING, *INVESTOR, "contracts.vendor.cap=0 MUSD_nominal", texts=[WITH_CONTRACTS]))
    text = ('precision = "fp8"', 'precision = "fp8"\n\n[contracts]\nwithout = ["vendor"]')
    model = changed(tmp_path / "without", *EVERYTHING, *INVESTOR, texts=[WITH_CONTRACTS, text])
    without = solved(model)
    assert empty.objective == pytest.approx(none.objective)
    assert series(empty, "dividends") == pytest.approx(series(none, "dividends"))
    assert without.levels("contracts", "invested") == {}
    assert without.objective == pytest.approx(none.objective)


def test_the_order_of_rows_is_nothing(tmp_path: Path) -> None:
    straight, shuffled = (changed(tmp_path / name, *EVERYTHING, texts=[HALF_YEARS]) for name in ("straight", "shuffled"))
    for path in (shuffled.parent / "inputs").glob("*.csv"):
        rows = read_rows(path)
        if "site" in rows[0]:
            random.Random(3).shuffle(rows)
            write_rows(path, rows)
    one, other = solve_model(straight), solve_model(shuffled)
    assert other.objective == pytest.approx(one.objective)
    for name in ("drawn", "dividends", "tax", "balance"):
        assert by_year(other, name) == pytest.approx(by_year(one, name), abs=1e-6)


def by_year(found: Solved, name: str) -> dict[object, float]:
    """Sums by the last place of the index, whatever it is."""
    sums: dict[object, float] = defaultdict(float)
    for (family, key), level in found.levels.items():
        if family == f"finance.{name}":
            sums[key[-1]] += level
    return dict(sums)


def test_without_inflation_nominal_money_is_real(find: Solve) -> None:
    """And with it, where every rate is raised with it and nothing is fixed in nominal money, the real value is the same.

    Neither debt nor tax here: depreciation is of what was paid, and worth less the more prices rise.
    """
    bare = ("finance.rack_loan.cap=0 MUSD_nominal", "finance.tax.tax_rate=0 1", "finance.cash.least=0 MUSD_nominal", "finance.cash.rate=0 1/year")
    real = find(*bare)
    assert series(real, "own_use")[1] == pytest.approx(87.6)
    required = 1.21 * 1.05 - 1
    nominal = find(*bare, "prices.prices.inflation=0.05 1/year", f"finance.equity.required_return={required!r} 1/year")
    assert series(nominal, "own_use") == pytest.approx([0, *[87.6 * 1.05**year for year in range(1, 5)]])
    # Prices stand in the middle of 2026: those at the horizon's start are half a year of inflation lower.
    assert nominal.objective == pytest.approx(real.objective * 1.05**-0.5)


def test_inflation_lowers_what_is_written_off(find: Solve) -> None:
    plain = find("finance.rack_loan.cap=0 MUSD_nominal")
    raised = find("finance.rack_loan.cap=0 MUSD_nominal", "prices.prices.inflation=0.05 1/year", f"finance.equity.required_return={1.21 * 1.05 - 1!r} 1/year")
    assert raised.objective * 1.05**0.5 < plain.objective


def test_taken_reads_as_solved(find: Solve, tmp_path: Path) -> None:
    """The two ways of these tests to solve a case agree."""
    taken: Taken = solved(changed(tmp_path / "taken"))
    assert of(taken, "dividends") == pytest.approx(series(find(), "dividends"))
