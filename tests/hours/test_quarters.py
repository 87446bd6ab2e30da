"""Periods shorter than a year: each sees the hours of a whole year, and pays its share of the year's bills."""

from __future__ import annotations

import pytest

from tests.hours import small
from tests.hours.small import BATTERY, GRID, LOST, SUN, Hours, Solved, system

TARIFF = GRID | {"energy_price": "50 USD_2026/MWh", "monthly_charge": "0.01 MUSD_2026/MW/month", "tier_from": "4 MW", "ratchet": "0.8 1",
                 "tier_charge": "0.004 MUSD_2026/MW/month", "coincident_charge": "0.06 MUSD_2026/MW/year", "minimum_take": "0.3 1",
                 "contract_term": "5 year", "export_price": "20 USD_2026/MWh", "price": "0.2 MUSD_2026/MW"}
SUPPLIES = {"grid": TARIFF, "sun": SUN | {"price": "0.9 MUSD_2026/MW", "most": "30 MW"},
            "battery": BATTERY | {"price": "0.1 MUSD_2026/MW", "storage_price": "60 USD_2026/kWh", "efficiency": "0.85 1"},
            "unserved_energy": LOST | {"lost_load_price": "300 USD_2026/MWh", "curtailable": "0.3 1", "curtailable_hours": "300 hour/year"}}
HOURS = Hours({"solar": [0.9, 0.0, 0.4, 0.1], "price": [0.7, 1.3, 0.8, 1.2], "coincident": [0.0, 1.0, 0.0, 0.5]}, hours=[6] * 4,
              months=[(0, 1), (2, 3, 4), (5, 6), (7, 8, 9, 10, 11)])


def by(step: str, monkeypatch: pytest.MonkeyPatch, supplies: small.Rows) -> Solved:
    monkeypatch.setattr(small, "MODEL", small.MODEL.replace('step = "year"', f'step = "{step}"'))
    return system(supplies, "10 MW", HOURS)


@pytest.mark.parametrize("step", ["quarter", "half"])
def test_a_year_costs_what_its_parts_cost(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is ordered at the start, under one load: energy, demand, tiers, the grid's peak, and load not served add up to those of the year."""
    whole = system(SUPPLIES, "10 MW", HOURS)
    assert whole.cost > 0
    assert by(step, monkeypatch, SUPPLIES).cost == pytest.approx(whole.cost, rel=1e-9)


def test_a_monthly_charge_of_a_quarter_is_three_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """10 MW at 0.01 MUSD/MW a month, from the second quarter on, for the grid takes a quarter: nine months; before that all load is lost."""
    grid = GRID | {"monthly_charge": "0.01 MUSD_2026/MW/month", "lead_months": "3 month"}
    found = by("quarter", monkeypatch, {"grid": grid, "unserved_energy": LOST | {"lost_load_price": "1000 USD_2026/MWh"}})
    assert found.cost == pytest.approx(10 * 8760 / 4 * 1000 / 1e6 + 9 * 10 * 0.01)
