"""What racks are sold for when their life is over is cash of that year, is taxed, and lenders do not count it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.financing.cases import changed

ROWS = ("accelerators.rack.life=2 year", "accelerators.rack.residual_one_year=0.6 1", "accelerators.rack.residual_three_years=0.2 1")


def test_racks_sold_within_the_horizon(tmp_path: Path) -> None:
    """Ten racks of 20 MUSD, there from 2027 on for two years: four tenths of their price in 2029, taxed with the profit of that year."""
    outcome = solve(Request(changed(tmp_path, *ROWS), runs=tmp_path / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    tables = {name: pd.read_csv(outcome.run / "tables" / f"{name}.csv") for name in ("finance.flow", "finance.earned", "finance.available")}
    flow = tables["finance.flow"].set_index(["line", "period"])["value"].groupby(level=[0, 1]).sum()
    assert flow["resale", 2029] == pytest.approx(80)
    earned, available = (tables[f"finance.{name}"].set_index("period")["value"].get(2029, 0.0) for name in ("earned", "available"))
    assert earned == pytest.approx(flow.get(("own_use", 2029), 0.0) + flow.get(("running", 2029), 0.0)), "what is sold is no earning"
    assert available <= earned - flow.get(("tax", 2029), 0.0) + 1e-6
    assert [str(check) for check in audit(outcome.run).failed] == []
