"""A financed plan worked out with pencil and paper: tests/financing/tiny_finance, and what the program says of it.

One hall of 10 MW, ten racks of 1 MW and ten MW of grid: there is one way to build it in time. Money is in MUSD; without inflation nominal
money is real money. Years are 2026 to 2030, and the first build is over with 2027, when the target begins.

| what | arithmetic | |
|---|---|---|
| 2026 | opening 10, hall 10 MW x 9 | capital 100 |
| 2027 | ten racks at 20, ten MW of grid at 1 | capital 210 |
| a year from 2027 on | ten racks of 1,000 H100e: 10 kH100e x 8,760 h x 1 USD | own use pays 87.6 |
| | 10 MW x 8,760 h x 100 USD/MWh | energy 8.76, earnings 78.84 |
| loan | half of the racks' 200 in 2027, in two years: level principal at 10 % | 100; pays 10 + 50, then 5 + 50; fee 1 % = 1 |
| cash | 5 at the end of each year, at 2 % | earns 0.1 a year from 2027 on |
| written off | racks 200 x (0.2, 0.32, 0.192, 0.1152) | 40, 64, 38.4, 23.04 |
| | shell a fifth of the hall, 18 over 40 years from mid-year | 0.225, then 0.45 |
| | machinery 72 of the hall and 10 of grid over 8 years | 5.125, then 10.25 |
| | together | 45.35, 74.7, 49.1, 33.74 |
| interest deducted | at most 8 % of 78.84 = 6.3072, and the 0.1 that cash earns | 6.4072 of 10; 6.4072 of 5 + 3.5928; the last 2.1856 |
| left at the end | hall 0.8 x 90, racks of four years half of 0.3, grid 0.9 x 10 | 72 + 30 + 9 = 111 |
| not written off | racks 0.1728 x 200, shell 18 - 1.575, machinery 82 - 35.875, land 10 | 34.56 + 16.425 + 46.125 + 10 = 107.11 |
| profit 2027 | 78.84 + 0.1 - 45.35 | 33.59, tax a quarter: 8.3975 |
| profit 2028 | 78.94 - 74.7 - 6.4072 | a loss of 2.1672 |
| profit 2029 | 78.94 - 49.1 - 6.4072 | 23.4328, less the loss 21.2656: tax 5.3164 |
| profit 2030 | 78.94 - 33.74 - 2.1856 + 111 - 107.11 | 46.9044: tax 11.7261 |
| equity | 2026: 100 and 5 kept; 2027: 210 + 1 + 8.3975 - 78.94 - 100 | 105; 40.4575 |
| dividends | 78.94 - 60; 78.94 - 55 - 5.3164; 78.94 - 11.7261 | 18.94; 18.6236; 67.2139 |
| left over | 111, and the 5 in cash with 2 % for the half year since the last payments | 116.05 |

A required return of 21 % is 10 % for half a year, and payments fall in the middle of the year.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.common.financial.returns import rate_of_return
from gwplan.model.parts.finance.debt import window
from gwplan.planning.build import read as read_request
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.financing.cases import TINY_FINANCE, changed, series
from tests.support import Solved, solve_model

YEARS = ["2026", "2027", "2028", "2029", "2030"]
EQUITY, DIVIDENDS, LEFT = [105, 40.4575, 0, 0, 0], [0, 0, 18.94, 18.6236, 67.2139], 116.05
VALUE = sum((paid - given) / 1.1 ** (2 * year + 1) for year, (paid, given) in enumerate(zip(DIVIDENDS, EQUITY, strict=True))) + LEFT / 1.1**10
SERIES = {
    "equity": EQUITY, "dividends": DIVIDENDS, "cash": [5] * 5, "service": [0, 0, 60, 55, 0], "own_use": [0, *[87.6] * 4],
    "drawn": [0, 100, 0, 0, 0], "interest": [0, 0, 10, 5, 0], "principal": [0, 0, 50, 50, 0], "balance": [0, 100, 50, 0, 0],
    "undrawn": [100, 0, 0, 0, 0], "capital_so_far": [0, 200, 200, 200, 200],
}
BY_YEAR = {
    "written_off": [0, 45.35, 74.7, 49.1, 33.74], "earnings": [0, *[78.84] * 4], "deducted": [0, 0, 6.4072, 6.4072, 2.1856],
    "interest_carried": [0, 0, 3.5928, 2.1856, 0], "profit": [0, 33.59, 0, 23.4328, 46.9044], "loss": [0, 0, 2.1672, 0, 0],
    "losses_used": [0, 0, 0, 2.1672, 0], "losses_carried": [0, 0, 2.1672, 0, 0], "tax": [0, 8.3975, 0, 5.3164, 11.7261],
}


@pytest.fixture(scope="module")
def found() -> Solved:
    return solve_model(TINY_FINANCE)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outcome = solve(Request(TINY_FINANCE, runs=tmp_path_factory.mktemp("runs"), pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


@pytest.mark.parametrize("name", SERIES)
def test_each_period(found: Solved, name: str) -> None:
    assert series(found, name) == pytest.approx(SERIES[name], abs=1e-6)


@pytest.mark.parametrize("name", BY_YEAR)
def test_tax_of_each_year(found: Solved, name: str) -> None:
    by_year = [found.levels.get((f"finance.{name}", (2026 + year,)), 0.0) for year in range(5)]
    assert by_year == pytest.approx(BY_YEAR[name], abs=1e-6)


def test_what_the_equity_is_worth(found: Solved) -> None:
    """It is worth less than nothing at 21 %: the return on it is 11.92 % a year."""
    assert found.objective == pytest.approx(VALUE, abs=1e-6)
    assert pytest.approx(-31.2862090, abs=1e-6) == VALUE
    half_years = [0.0] * 11
    for year, (paid, given) in enumerate(zip(DIVIDENDS, EQUITY, strict=True)):
        half_years[2 * year + 1] = paid - given
    half_years[10] += LEFT
    rate = rate_of_return(half_years)
    assert rate is not None
    assert (1 + rate) ** 2 - 1 == pytest.approx(0.1192, abs=5e-5)
    assert sum(flow / (1 + rate) ** number for number, flow in enumerate(half_years)) == pytest.approx(0, abs=1e-6)


def test_the_flows_as_written(run: Path) -> None:
    """Every flow of 2027 and 2028, and the settlement."""
    rows = read(run, "finance.flow")
    by_year = {year: {(row["line"], row["item"], row["party"]): float(row["value"]) for row in rows if row["period"] == year} for year in YEARS}
    own = {("own_use", "own", "own use"): 87.6, ("running", "grid", "utilities"): -8.76, ("cash_interest", "cash", "banks"): 0.1}
    assert by_year["2027"] == pytest.approx(own | {
        ("capital", "rack", "first_vendor"): -200, ("capital", "grid", "suppliers"): -10, ("drawn", "rack_loan", "lenders"): 100,
        ("fees", "facilities", "lenders"): -1, ("tax", "tax", "tax authority"): -8.3975, ("equity", "equity", "sponsor"): 40.4575,
    })
    assert by_year["2028"] == pytest.approx(own | {
        ("interest", "rack_loan", "lenders"): -10, ("principal", "rack_loan", "lenders"): -50, ("dividends", "dividends", "sponsor"): -18.94,
    })
    settled = {row["line"]: float(row["value"]) for row in read(run, "finance.settlement")}
    assert settled == pytest.approx({"residual": 111, "cash": 5.05, "debt": 0, "claims": 0, "left_over": 116.05})


def test_the_audit_passes(run: Path) -> None:
    checked = audit(run)
    assert [str(check) for check in checked.failed] == []
    assert checked.unchecked == []
    assert len([check for check in checked.checks if check.part == "finance"]) > 50


def read(run: Path, name: str) -> list[dict[str, str]]:
    with (run / "tables" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("begins", "ends", "years"), [
    ("", "", range(5)), ("", "2028", range(3)), ("", "2028-Q2", range(3)), ("", "2045", range(5)), ("2027", "", range(1, 5)),
    ("2027-Q2", "2029", range(1, 4)),
])  # fmt: skip
def test_the_years_in_which_a_loan_may_be_drawn(tmp_path: Path, begins: str, ends: str, years: range) -> None:
    """From the year that holds the first day of `from`, of which it may be drawn in a part, to the one that holds the end of `until`: 2026 is year 0."""
    rows = [f"finance.rack_loan.{name}={date} date" for name, date in (("from", begins), ("until", ends)) if date]
    assert window(read_request(Request(changed(tmp_path, *rows))), "rack_loan") == years
