"""Other inputs of a financed plan, calculated by LibreOffice, give what `solve --fix` gives of the changed tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.workbook import write
from gwplan.reports.workbook.assumptions import HEADER, OWN
from tests.financed import by_period, solved, summary_of, table_of
from tests.workbook.test_finance_sheet import FIGURES, LEFT, opened, results, rows

CHANGES = {
    "accelerators_new_rack_price": ("accelerators.new_rack.price", 6.6, "MUSD_2026"), "halls_hall_price": ("halls.hall.price", 9.3, "MUSD_2026/MW"),
    "halls_hall_upkeep": ("halls.hall.upkeep", 0.13, "MUSD_2026/MW/year"), "finance_loan_rate": ("finance.loan.rate", 0.095, "1/year"),
    "finance_mortgage_rate": ("finance.mortgage.rate", 0.07, "1/year"), "finance_tax_tax_rate": ("finance.tax.tax_rate", 0.31, "1"),
    "finance_tax_loss_share": ("finance.tax.loss_share", 0.6, "1"), "finance_tax_interest_limit": ("finance.tax.interest_limit", 0.2, "1"),
    "finance_mortgage_upfront_fee": ("finance.mortgage.upfront_fee", 0.02, "1"), "finance_cash_rate": ("finance.cash.rate", 0.03, "1/year"),
    "finance_shell_share": ("finance.shell.share", 0.3, "1"), "finance_compute_sales_sold_share": ("finance.compute_sales.sold_share", 0.95, "1"),
    "finance_compute_sales_2026_price": ("finance.compute_sales@@2026.price", 1.5, "USD_2026/H100e/hour"),
}  # fmt: skip
"""By the name of a cell: the row and its new number."""
FREE = ("drawn", "revolver_drawn", "revolver_repaid", "equity", "dividends")
"""Decisions on money: the plan whose builds are fixed makes its own."""
DEAR = {"accelerators_new_rack_price": 7.5}


@pytest.fixture(scope="module")
def fixed() -> Path:
    return solved(sets=tuple(f"{row}={number} {unit}" for row, number, unit in CHANGES.values()), fix=solved() / "plan.csv")


@pytest.fixture(scope="module")
def books(fixed: Path, office: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The workbook with other inputs, and with the money of the fixed plan too; with dear racks, and nobody who pays what is short."""
    folder = tmp_path_factory.mktemp("followed")
    written = write(solved(), folder / "as_is.xlsx")
    for name in ("changed", "decided", "dear", "unpaid"):
        workbook = opened(written)
        places = {str(row[HEADER.index("name")].value): row[0].row for row in workbook["Inputs"].iter_rows(min_row=4) if row[0].value}
        numbers = {cell: number for cell, (_, number, _) in CHANGES.items()} if name in ("changed", "decided") else DEAR
        for cell, number in numbers.items():
            workbook["Inputs"].cell(places[cell], 1 + OWN).value = number
        for row in workbook["Finance"].iter_rows(min_row=4) if name == "decided" else ():
            if row[0].value in FREE and row[1].value != "beyond the plan":
                for column, value in enumerate(by_period(fixed, "finance.flow", line=row[0].value, item=row[1].value), LEFT):
                    row[column].value = value
        if name == "unpaid":
            workbook["Finance"]["D1"].value = "no"
        workbook.save(folder / f"{name}.xlsx")
    out = office(folder / "out", *(folder / f"{name}.xlsx" for name in ("as_is", "changed", "decided", "dear", "unpaid")))
    return {path.stem: opened(path, data_only=True) for path in out.glob("*.xlsx")}


def by_year(run: Path, name: str, *less: str) -> list[float]:
    """A table by calendar year, less another one."""
    years = summary_of(run)["periods"]  # periods of the case are years
    found = dict.fromkeys(years, 0.0)
    for sign, each in zip((1, -1), (name, *less), strict=False):
        for row in table_of(run, f"finance.{each}"):
            found[row["year"].removesuffix(".0")] += sign * float(row["value"])
    return list(found.values())


def of_tax(workbook: Any, label: str) -> tuple[Any, ...]:
    """A row of Tax by year: the first of this label."""
    return tuple(rows(workbook["Tax"], label)[0][1:])


@pytest.mark.parametrize("name", ["changed", "decided"])
def test_what_builds_determine_is_that_of_the_fixed_plan(name: str, books: dict[str, Any], fixed: Path) -> None:
    sheet = books[name]["Finance"]
    for line in ("capital", "running", "own_use"):
        here = [sum(filter(None, amounts)) for amounts in zip(*(row[LEFT:] for row in rows(sheet, line)), strict=True)]
        assert here == pytest.approx(by_period(fixed, "finance.flow", line=line), rel=1e-6), line
        assert here != pytest.approx(by_period(solved(), "finance.flow", line=line), rel=1e-3), line
    assert of_tax(books[name], "depreciation") == pytest.approx(by_year(fixed, "written_off"), rel=1e-6)
    earnings = of_tax(books[name], "earnings before interest, tax and depreciation")
    assert earnings == pytest.approx(by_year(fixed, "earnings", "shortfall"), rel=1e-6)


def test_with_the_money_of_the_fixed_plan_all_figures_are_its_own(books: dict[str, Any], fixed: Path) -> None:
    found = {row[0]: row[1] for row in books["decided"]["Summary"].iter_rows(min_row=7, values_only=True) if row[0]}
    for title, key in FIGURES.items():
        assert found[title] == pytest.approx(summary_of(fixed)[key], rel=1e-6), title
    assert of_tax(books["decided"], "tax") == pytest.approx(by_year(fixed, "tax"), abs=1e-6)
    assert of_tax(books["decided"], "interest deducted") == pytest.approx(by_year(fixed, "deducted"), abs=1e-6)
    (kept,) = rows(books["decided"]["Finance"], "cash at the end of the period")
    assert kept[LEFT:] == pytest.approx(by_period(fixed, "finance.cash"), abs=1e-6)
    for facility in ("loan", "mortgage"):
        (owed,) = rows(books["decided"]["Finance"], facility)
        assert owed[LEFT:] == pytest.approx(by_period(fixed, "finance.balance", facility=facility), abs=1e-6)


def test_interest_at_another_rate_is_that_of_each_draws_annuity(books: dict[str, Any]) -> None:
    """Draws of the plan, each repaid with level payments over 4 years at 9.5 % instead of 8 %, followed from its balance."""
    expected = [0.0] * len(summary_of(solved())["periods"])
    rate, tenor = CHANGES["finance_loan_rate"][1], 4
    for begins, drawn in enumerate(by_period(solved(), "finance.drawn", facility="loan")):
        owed, payment = drawn, drawn * rate / (1 - (1 + rate) ** -tenor)
        for period in range(begins + 1, min(begins + tenor + 1, len(expected))):
            expected[period] -= rate * owed
            owed -= payment - rate * owed
    (interest,) = [row for row in rows(books["changed"]["Finance"], "interest") if row[1] == "loan"]
    assert interest[LEFT:] == pytest.approx(expected, abs=1e-9) and min(expected) < -1


def test_dearer_racks_are_paid_by_the_sponsor_or_are_said_to_be_short(books: dict[str, Any]) -> None:
    """Draws and equity stay: what racks cost more is missing when they are paid."""
    assert set(results(books["as_is"]).values()) == {"ok"}
    paid, short = (results(books[name]) for name in ("dear", "unpaid"))
    assert paid["Cash: paid in by the sponsor beyond the plan"] == "SHORT" and paid["Cash: short of its smallest balance, at most"] == "ok"
    assert short["Cash: short of its smallest balance, at most"] == "SHORT" and short["Cash: paid in by the sponsor beyond the plan"] == "ok"
    assert {*paid.values(), *short.values()} <= {"ok", "changed", "SHORT"}
    for name in ("dear", "unpaid"):
        assert books[name]["Summary"]["D5"].value == 0
    (lowest,) = [min(row[LEFT:]) for row in rows(books["unpaid"]["Finance"], "cash at the end of the period")]
    (beyond,) = [row for row in rows(books["dear"]["Finance"], "equity") if row[1] == "beyond the plan"]
    assert lowest < 0 < max(beyond[LEFT:])
