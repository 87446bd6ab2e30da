"""Published systems and tariffs, from their inputs to their figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hours.small import BATTERY, GRID, LIFE, LOST, SUN, Hours, system

HERE = Path(__file__).parent


def published(name: str) -> dict[str, Any]:
    return dict(json.loads((HERE / name).read_text(encoding="utf-8")))


def test_flat_gigawatt_off_the_grid() -> None:
    """PyPSA's and an independent program's answer for 1 GW from wind, sun and batteries in 32 steps of 3 hours.

    Hydrogen, which the published answer does not build, is left out. A tenth of each price falls into the one year of the horizon.
    """
    case = published("offgrid_flat.json")
    given, wanted = case["inputs"], case["expected"]
    yearly, battery = given["annual_capital_usd_per_mw"], given["battery"]
    price = {name: f"{yearly[name] * LIFE / 1e6!r} MUSD_2026/MW" for name in ("wind", "solar", "battery_power")}
    found = system({
        "wind": SUN | {"fuel": "wind", "price": price["wind"], "most": "9000 MW"},
        "solar": SUN | {"price": price["solar"], "most": "9000 MW"},
        "battery": BATTERY | {"price": price["battery_power"], "most": "9000 MW", "duration": f"{battery['hours']} hour",
                              "efficiency": f"{battery['eff_in'] * battery['eff_out']!r} 1"},
        "unserved_energy": LOST | {"lost_load_price": f"{given['load_shedding']['usd_per_mwh']} USD_2026/MWh"},
    }, f"{given['load_mw']} MW", Hours({"wind": given["wind_availability"], "solar": given["solar_availability"]},
                                      hours=[given["step_hours"]] * given["steps"]))
    assert found.cost * 1e6 == pytest.approx(wanted["objective_usd_per_year"], rel=case["tolerance"]["rel"])
    built = {name: value for (name, _), value in found.values("capacity").items()}
    assert built == pytest.approx({**wanted["build_mw"], "battery": wanted["battery_mw"]}, rel=case["tolerance"]["build_rel"])
    assert sum(found.values("unserved").values()) == pytest.approx(wanted["energy_mwh"]["load shedding"], abs=1e-6)


def test_energy_and_demand_charge() -> None:
    """REopt: a flat load of 10,000 kWh a year at 0.10 USD/kWh and 10 USD/kW a month."""
    case = published("tariffs.json")
    given, wanted = case["inputs"]["blended"], case["expected"]["blended"]
    kilowatts = 10_000 / 8760
    grid = GRID | {"energy_price": f"{given['energy'] * 1e3} USD_2026/MWh",
                   "monthly_charge": f"{given['demand_usd_per_kw_month']} USD_2026/kW/month"}
    found = system({"grid": grid}, f"{kilowatts / 1e3!r} MW", Hours({"solar": [0.0, 0.0]}))
    assert found.cost * 1e6 == pytest.approx(wanted["energy"] + wanted["demand"], abs=case["tolerance"]["abs"])


def test_coincident_peak() -> None:
    """REopt: a flat load of 1 kW, and two windows of hours in which the grid may peak, at 10 and 5 USD/kW."""
    case = published("tariffs.json")
    first, second = case["inputs"]["coincident_peak"]["charge_usd_per_kw"]
    grid = GRID | {"coincident_charge": f"{first} USD_2026/kW/year"}
    found = system({"grid": grid}, "0.001 MW", Hours({"coincident": [0, 1, second / first, 0, 1]}))
    assert found.cost * 1e6 == pytest.approx(case["expected"]["coincident_peak"], abs=case["tolerance"]["abs"])


def test_tiers_of_the_demand_charge() -> None:
    """REopt: a flat load of 1,000,000 kWh a year; the first 50 kW are free, what is above costs 12 USD/kW a month."""
    case = published("tariffs.json")
    given = case["inputs"]["tiered_tou_demand"]
    grid = GRID | {"tier_from": f"{given['tier1_max_kw'] / 1e3} MW", "tier_charge": f"{given['tier2_rate']} USD_2026/kW/month"}
    found = system({"grid": grid}, f"{1e6 / 8760 / 1e3!r} MW", Hours({"solar": [0.0]}))
    assert found.cost * 1e6 == pytest.approx(case["expected"]["tiered_tou_demand"], abs=case["tolerance"]["tiered_abs"])
