"""Collateral in finance: cash out at the order and back at the end of the term, of no lender, and no tax is due on it."""

from __future__ import annotations

import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.financing.cases import changed

COLLATERAL = "power.grid.collateral=200 USD_2026/kW"


def run_of(folder: str, factory: pytest.TempPathFactory, *rows: str) -> RunFolder:
    where = factory.mktemp(folder)
    outcome = solve(Request(changed(where, *rows), runs=where / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return RunFolder(outcome.run)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return run_of("plain", tmp_path_factory)


def by(run: RunFolder, name: str, column: str) -> dict[str, float]:
    return run.table(f"finance.{name}").groupby(column)["value"].sum().to_dict()


@pytest.mark.parametrize("term", [2, 10])
def test_cash_out_and_back_and_no_tax_on_it(plain: RunFolder, term: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """2 MUSD of the sponsor in 2026; back in 2029 after a term of two years from 2027 on, else of use at the end alone."""
    run = run_of(f"posted{term}", tmp_path_factory, COLLATERAL, f"power.grid.contract_term={term} year")
    assert by(run, "equity", "period")["2026"] == pytest.approx(by(plain, "equity", "period")["2026"] + 2)
    assert by(run, "tax", "year") == pytest.approx(by(plain, "tax", "year"))
    flows = run.table("finance.flow")
    back = flows[(flows["line"] == "resale") & (flows["party"] == "utilities")]
    assert back.groupby("period")["value"].sum().to_dict() == pytest.approx({"2029": 2.0} if term == 2 else {})
    left = run.ledger[(run.ledger["kind"] == "residual") & (run.ledger["class"] == "collateral")]["amount"].sum()
    assert left == pytest.approx(0 if term == 2 else 2), "without a discount rate what comes back later is worth as much"
    assert audit(run.path).failed == []
