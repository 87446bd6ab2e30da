"""The sheet Finance, calculated again by LibreOffice: the model's figures, and another required return followed through."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.workbook import write
from tests.financed import by_period, solved, summary_of, table_of

FIGURES = {
    "Equity paid in": "equity_paid_in_musd_nominal", "Dividends": "dividends_musd_nominal",
    "Final distribution to the sponsor": "left_over_musd_nominal", "Value of equity": "equity_value_musd_nominal",
    "Rate of return (IRR), nominal": "irr", "Peak debt": "debt_most_musd_nominal", "Lowest debt service coverage": "least_coverage",
}  # fmt: skip
RETURN, OTHER_RETURN, LEFT = "B5", 0.2, 4
"""Cell of the required return on Summary, another one, and column of the first period on Finance, from 0."""


def opened(path: Path, **options: Any) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **options)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(solved(), tmp_path_factory.mktemp("book") / "plan.xlsx")


@pytest.fixture(scope="module")
def both(written: Path, office: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The workbook as it is, with another required return and with a line that no statement knows, saved without any value of a formula and calculated by LibreOffice."""
    folder, names = tmp_path_factory.mktemp("workbooks"), ("plain", "changed", "spoilt")
    for name in names:
        workbook = opened(written)
        if name == "changed":
            workbook["Summary"][RETURN] = OTHER_RETURN
        if name == "spoilt":
            (fees,) = [row[0] for row in workbook["Finance"].iter_rows() if row[0].value == "fees"]
            fees.value = "fines"
        workbook.save(folder / f"{name}.xlsx")
        assert opened(folder / f"{name}.xlsx", data_only=True)["Summary"]["B7"].value is None
    out = office(folder / "out", *(folder / f"{name}.xlsx" for name in names))
    return {name: opened(out / f"{name}.xlsx", data_only=True) for name in names}


@pytest.fixture(scope="module")
def calculated(both: dict[str, Any]) -> Any:
    return both["plain"]


def rows(sheet: Any, label: str) -> list[tuple[Any, ...]]:
    """The rows whose first cell is the label."""
    return [row for row in sheet.iter_rows(values_only=True) if row[0] == label]


def test_calculated_anew_it_gives_the_models_figures(calculated: Any) -> None:
    found = {row[0]: row[1:3] for row in calculated["Summary"].iter_rows(min_row=7, values_only=True) if row[0]}
    for name, key in FIGURES.items():
        assert found[name] == pytest.approx([summary_of(solved())[key]] * 2, rel=1e-6), name


def test_values_stand_beside_formulas_for_readers_that_do_not_calculate(written: Path, calculated: Any) -> None:
    kept, anew = opened(written, data_only=True)["Finance"], calculated["Finance"]
    for before, after in zip(kept.iter_rows(values_only=True), anew.iter_rows(values_only=True), strict=True):
        for value, calculation in zip(before, after, strict=True):
            if isinstance(value, (int, float)):
                assert calculation == pytest.approx(value, rel=1e-6, abs=1e-6), before[0]


def test_cash_debt_and_coverage_are_those_of_the_tables(calculated: Any) -> None:
    sheet, found = calculated["Finance"], summary_of(solved())
    (kept,) = rows(sheet, "cash at the end of the period")
    assert kept[LEFT:] == pytest.approx(by_period(solved(), "finance.cash"), abs=1e-6)
    for facility in ("loan", "mortgage"):
        (owed,) = rows(sheet, facility)
        assert owed[LEFT:] == pytest.approx(by_period(solved(), "finance.balance", facility=facility), abs=1e-6)
    (covered,) = rows(sheet, "coverage")
    shown = {name: value for name, value in zip(found["periods"], covered[LEFT:], strict=True) if value is not None}
    assert shown == pytest.approx(found["coverage_by_year"])
    assert len([row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] == "capital"]) > 1
    for row in rows(sheet, "difference"):
        assert row[LEFT:] == pytest.approx([0] * len(found["periods"]), abs=1e-6)


def test_another_required_return_is_followed_through(both: dict[str, Any]) -> None:
    sheet, rate = both["changed"]["Summary"], OTHER_RETURN
    value = next(row[1] for row in sheet.iter_rows(min_row=7, values_only=True) if row[0] == "Value of equity")
    flows = [-(paid + got) for paid, got in zip(by_period(solved(), "finance.flow", line="equity"),
                                                by_period(solved(), "finance.flow", line="dividends"), strict=True)]  # fmt: skip
    left = next(float(row["value"]) for row in table_of(solved(), "finance.settlement") if row["line"] == "left_over")
    expected = sum(flow / (1 + rate) ** (n + 0.5) for n, flow in enumerate(flows)) + left / (1 + rate) ** len(flows)
    assert value == pytest.approx(expected, rel=1e-6)
    assert value < summary_of(solved())["equity_value_musd_nominal"]


def results(workbook: Any) -> dict[str, str]:
    """The result of each check by its title."""
    return {str(row[0]): str(row[4]) for row in workbook["Checks"].iter_rows(min_row=7, values_only=True) if row[0]}


def test_waterfall_debt_balance_sources_and_uses_hold(both: dict[str, Any]) -> None:
    found = results(both["plain"])
    assert set(found.values()) == {"ok"}
    for start in ("Waterfall", "Debt: loan", "Debt: mortgage", "Debt: revolver", "Balance", "Sources and uses: both"):
        assert any(title.startswith(start) for title in found), start


def test_the_balance_sheet_is_that_of_the_tables(calculated: Any) -> None:
    """Cash and what was paid less what was written off; debt, equity, and the profit that is not paid out."""
    sheet, run = calculated["Balance"], solved()
    periods = summary_of(run)["periods"]
    capital = [-each for each in by_period(run, "finance.flow", line="capital")]
    written = {row["year"]: 0.0 for row in table_of(run, "finance.written_off")}
    for row in table_of(run, "finance.written_off"):
        written[row["year"]] += float(row["value"])
    (assets,), (owed,) = rows(sheet, "all assets"), rows(sheet, "all liabilities and equity")
    cash, debt = by_period(run, "finance.cash"), by_period(run, "finance.balance")
    revolver = by_period(run, "finance.revolver")
    for number, year in enumerate(periods):  # periods of the case are years
        book_value = sum(capital[: number + 1]) - sum(amount for each, amount in written.items() if each <= year)
        assert assets[1 + number] == pytest.approx(cash[number] + book_value, abs=1e-6), year
        assert owed[1 + number] == pytest.approx(assets[1 + number], abs=1e-6), year
    (lent,) = rows(sheet, "debt")
    assert lent[1:] == pytest.approx([one + other for one, other in zip(debt, revolver, strict=True)], abs=1e-6)


def test_sources_and_uses_are_those_of_the_summary(calculated: Any) -> None:
    told = summary_of(solved())["sources_and_uses"]
    (sources,), (uses,) = (rows(calculated["Sources and uses"], f"all {side}") for side in ("sources", "uses"))
    assert sources[1] == pytest.approx(sum(told["sources"].values())) == uses[1]
    (equity,) = rows(calculated["Sources and uses"], "equity")
    assert equity[1] == pytest.approx(told["sources"]["equity"])


def test_money_that_no_statement_knows_is_a_failed_check(both: dict[str, Any]) -> None:
    found = results(both["spoilt"])
    assert {title for title, result in found.items() if result == "WRONG"} >= {
        "Waterfall: it ends with the cash of Finance", "Balance: assets are liabilities and equity"}
    assert both["spoilt"]["Summary"]["D5"].value >= 2


def test_the_charts_are_there(written: Path) -> None:
    with zipfile.ZipFile(written) as packed:
        assert sum(name.startswith("xl/charts/chart") for name in packed.namelist()) == 4


def test_without_finance_there_is_no_such_sheet(tiny_run: Path, tmp_path: Path) -> None:
    assert not {"Finance", "Waterfall", "Debt", "Balance", "Sources and uses", "Tax", "Debt terms", "Depreciation"} & set(opened(write(tiny_run, tmp_path / "plan.xlsx")).sheetnames)
