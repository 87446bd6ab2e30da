"""Levelised cost and cost of capital: rows of NREL's Annual Technology Baseline 2024 within their tolerance, and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gwplan.common.financial.debt import annuity
from gwplan.common.financial.levelised import (
    Terms,
    capital_recovery,
    nominal_cost_of_capital,
    project_finance_factor,
    real_rate,
    written_off_value,
)

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "atb2024.json").read_text())
LCOE, WACC = CASES["atb2024_lcoe"], CASES["atb2024_wacc"]
HOURS = 8760


@pytest.mark.parametrize("name", LCOE["rows"])
def test_atb_2024_levelised_cost(name: str) -> None:
    row = LCOE["rows"][name]
    terms = Terms(row["real_wacc"], row["tax_rate"], row["inflation"], len(row["macrs"]) - 1, row["itc_fraction"])
    price = row["construction_finance_factor"] * (row["overnight_capex_usd_per_kw"] + row["grid_connection_usd_per_kw"])
    assert price == pytest.approx(row["expected_capex_usd_per_kw"], rel=LCOE["within"])
    yearly = capital_recovery(terms.rate, row["capital_recovery_years"]) * terms.finance_factor() * price + row["fixed_om_usd_per_kw_yr"]
    fuel = row.get("heat_rate_mmbtu_per_mwh", 0) * row.get("fuel_usd_per_mmbtu", 0)
    cost = 1000 * yearly / (HOURS * row["net_capacity_factor"]) + row["variable_om_usd_per_mwh"] + fuel - row["ptc_usd_per_mwh"]
    assert cost == pytest.approx(row["expected_lcoe_usd_per_mwh"], rel=LCOE["within"])


@pytest.mark.parametrize("name", LCOE["rows"])
def test_atb_2024_cost_of_capital_of_each_technology(name: str) -> None:
    row = LCOE["rows"][name]
    nominal = nominal_cost_of_capital(row["debt_share"], row["interest"], row["equity_return"], row["tax_rate"])
    assert nominal == pytest.approx(row["nominal_wacc"], rel=WACC["within"])
    assert real_rate(nominal, row["inflation"]) == pytest.approx(row["real_wacc"], rel=WACC["within"])


@pytest.mark.parametrize("name", WACC["rows"])
def test_atb_2024_cost_of_capital(name: str) -> None:
    row = WACC["rows"][name]
    nominal = nominal_cost_of_capital(row["debt_fraction"], row["interest"], row["roe"], row["tax"])
    assert nominal == pytest.approx(row["wacc_nominal"], rel=WACC["within"])
    assert real_rate(nominal, row["inflation"]) == pytest.approx(row["wacc_real"], rel=WACC["within"])


def test_capital_recovery_of_whole_years_is_the_annuity() -> None:
    assert [capital_recovery(0.07, years) for years in (1, 20)] == pytest.approx([1.07, annuity(0.07, 20)])
    assert capital_recovery(0.0, 12.5) == 0.08
    with pytest.raises(ValueError, match="over 0 years"):
        capital_recovery(0.05, 0)


def test_taxes_by_hand() -> None:
    # Written off in one year, at no rate: tax is paid on nothing but the revenue that repays the price, so that it costs nothing.
    assert written_off_value([1.0], 0.0) == 1
    assert project_finance_factor(0.25, 1.0) == 1
    # A credit of 0.3 is money, and takes 0.15 from what is written off: (1 - 0.25 x 0.85 - 0.3) / 0.75.
    assert project_finance_factor(0.25, 1.0, 0.3) == pytest.approx(0.65)
    assert Terms(0.05, itc=0.3).finance_factor() == pytest.approx(0.7)
    assert Terms(0.05).finance_factor() == 1
