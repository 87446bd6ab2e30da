"""Tax credits in finance, by hand on the case of test_by_hand: cash that no tax is due on, and half of an ITC off the basis of the grid.

| what | arithmetic | |
|---|---|---|
| grid, 10 | 0.4 back in 2027 | 4 |
| output, 10 MW x 8,760 h | at 10 USD/MWh, four years | 0.876 a year |
| machinery | 72 of the hall and 10 - 2 of grid over 8 years | 80: 5 and then 10 a year, where 5.125 and 10.25 were written off |
| earnings | 78.84 as before: credits are not taxed, nor do they lift the limit on interest | |
| profit 2027 | 78.94 - 45.225 | 33.715: tax 8.42875 |
| equity 2027 | 40.4575 - 4 - 0.876 + 0.03125 of tax | 35.61275 |
| left | hall 72, racks 30, grid 9 x 0.6 | 107.4 |
"""

from __future__ import annotations

import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.financing.cases import changed

CREDITED = ("power.grid.itc=0.4 1", "power.grid.ptc=10 USD_2026/MWh", "power.grid.ptc_years=10 year")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("credited")
    outcome = solve(Request(changed(folder, *CREDITED), runs=folder / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return RunFolder(outcome.run)


def by(run: RunFolder, name: str, column: str) -> dict[str, float]:
    return run.table(f"finance.{name}").groupby(column)["value"].sum().to_dict()


def test_basis_and_tax(run: RunFolder) -> None:
    basis = run.table("finance.basis")
    assert basis[basis["class"] == "machinery"]["value"].sum() == pytest.approx(80)
    years = {name: {int(year): value for year, value in by(run, name, "year").items()} for name in ("written_off", "earnings", "deducted", "tax")}
    assert years["written_off"][2027] == pytest.approx(45.35 - 0.125)
    assert [years["earnings"][year] for year in (2027, 2028, 2029, 2030)] == pytest.approx([78.84] * 4)
    assert years["deducted"][2028] == pytest.approx(6.4072)
    assert years["tax"][2027] == pytest.approx(8.42875)


def test_cash(run: RunFolder) -> None:
    assert by(run, "equity", "period")["2027"] == pytest.approx(35.61275)
    assert by(run, "dividends", "period")["2028"] == pytest.approx(18.94 + 0.876)
    ledger = run.ledger
    assert ledger[ledger["kind"] == "residual"]["amount"].sum() == pytest.approx(107.4)
    flows = run.table("finance.flow")
    received = flows[flows["party"] == "tax authority"]
    assert received[received["line"] == "running"].groupby("period")["value"].sum().to_dict() == pytest.approx(
        {"2027": 4.876, "2028": 0.876, "2029": 0.876, "2030": 0.876})


def test_the_audit_agrees(run: RunFolder) -> None:
    assert audit(run.path).failed == []
