"""When sculpted debt must be repaid, by the rows of the rule: nothing is solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.planning.build import build, read
from gwplan.planning.request import Request
from gwplan.solving.linear_program import Arrays
from tests.financing.cases import changed

SCULPTED = "finance.rack_loan.repayment=sculpted label"


def rows_of(folder: Path, tenor: float) -> dict[int, dict[str, float]]:
    """The rows of the rule on racks by period, each with its coefficients by variable and period."""
    _, arrays = build(read(Request(changed(folder, SCULPTED, f"finance.rack_loan.tenor={tenor} year", "finance.rack_loan.grace=0 year"))))
    return {key[-1]: terms(arrays, place) for place, (rule, key) in enumerate(arrays.rows) if rule.name == "sculpted_debt_matures"}


def terms(arrays: Arrays, place: int) -> dict[str, float]:
    """Coefficients of a row, with the sign that the balance has 1: `drawn 0` is what was drawn in the first period."""
    names = {column: f"{name.removeprefix('finance.')} {key[-1]}" for (name, key), column in arrays.columns.items()}
    row = arrays.matrix.tocsr()[[place], :].tocoo()
    found = {names[column]: float(value) for column, value in zip(row.col.tolist(), row.data.tolist(), strict=True)}
    sign = next(value for name, value in found.items() if name.startswith("balance"))
    return {name: value / sign for name, value in found.items()}


@pytest.mark.parametrize(("tenor", "before"), [(1, 1), (2, 2), (3, 3)])
def test_from_its_tenor_on_a_draw_is_repaid(tenor: float, before: int, tmp_path: Path) -> None:
    """Steps of a year: at the end of period n only what the last `tenor` periods drew, this one with them, may be owed."""
    rows = rows_of(tmp_path, tenor)
    assert min(rows) == before
    for period, found in rows.items():
        drawn = {name for name in found if name.startswith("drawn")}
        assert drawn <= {f"drawn {each}" for each in range(period - before + 1, period + 1)}
        assert found[f"balance {period}"] == 1
        assert all(found[name] == -1 for name in drawn)


def test_a_tenor_of_part_of_a_period_counts_as_one_period(tmp_path: Path) -> None:
    """Half a year in steps of a year: what a period draws may be owed at its end, and no longer."""
    assert rows_of(tmp_path / "half", 0.5) == rows_of(tmp_path / "whole", 1)
