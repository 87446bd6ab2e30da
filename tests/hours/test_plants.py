"""Plants by the hour: heat, minimum load, ramps, hours of running, and prices that change by the hour."""

from __future__ import annotations

import pytest

from tests.hours.small import BATTERY, GRID, LOST, SUN, Hours, system

YEAR = 8760
PLANT = GRID | {"fuel": "gas_like", "energy_price": "50 USD_2026/MWh"}


def test_heat_takes_power() -> None:
    """At 35 degrees a plant that loses 1 % per degree above 15 gives 80 %: 10 MW need 12.5, at 1 MUSD/MW and a tenth of it for the year."""
    plant = GRID | {"price": "1 MUSD_2026/MW", "derate": "0.01 1/K", "derate_from": "15 degC", "firm_credit": "1 1"}
    found = system({"plant": plant}, "10 MW", Hours({"temperature": [35.0, 5.0]}))
    assert found.cost == pytest.approx(1.25)
    cool = system({"plant": plant | {"derate_from": "35 degC"}}, "10 MW", Hours({"temperature": [35.0, 5.0]}))
    assert cool.cost == pytest.approx(1.0)


def test_a_plant_with_a_minimum_load_runs_through_its_day() -> None:
    """Free sun serves 10 MW in half of the day; a plant of 60 % minimum load that serves the night runs 6 MW by day as well."""
    found = system({"sun": SUN, "plant": PLANT | {"minimum_load": "0.6 1"}}, "10 MW", Hours({"solar": [1.0, 0.0]}))
    assert found.cost == pytest.approx((6 + 10) * 50 * YEAR / 2 / 1e6)
    assert system({"sun": SUN, "plant": PLANT}, "10 MW", Hours({"solar": [1.0, 0.0]})).cost == pytest.approx(10 * 50 * YEAR / 2 / 1e6)


def test_output_changes_no_faster_than_the_ramp() -> None:
    """A tenth of 20 MW in an hour: between two hours output differs by 2 MW, so that 8 MW run beside free sun of 10 MW."""
    plant = PLANT | {"ramp": "0.1 1/hour", "most": "20 MW"}
    found = system({"sun": SUN, "plant": plant}, "10 MW", Hours({"solar": [1.0, 0.0]}, hours=[1, 1]))
    assert found.cost == pytest.approx((8 + 10) * 50 * YEAR / 2 / 1e6)


def test_a_backup_runs_its_hours_only() -> None:
    """A free backup of 10 MW for 876 hours a year serves a tenth of the load beside a grid at 50 USD/MWh, and never covers the peak."""
    backup = {"role": "backup", "fuel": "distillate", "price": "0 MUSD_2026/MW", "unit": "1 MW", "lead_months": "0 month",
              "life": "10 year", "most": "10 MW", "heat_rate": "0 MMBtu/MWh", "most_hours": "876 hour/year"}
    fuel = {"fuel_price": "10 USD_2026/MMBtu"}
    found = system({"backup": backup, "distillate": fuel, "grid": PLANT}, "10 MW", Hours({"solar": [0.0, 0.0]}))
    assert found.cost == pytest.approx(10 * 0.9 * YEAR * 50 / 1e6)
    assert system({"backup": backup, "distillate": fuel}, "10 MW", Hours({"solar": [0.0, 0.0]})).answer.x is None


def test_energy_is_paid_at_the_price_of_its_hour() -> None:
    """Prices of 0.5 and 1.5 of 40 USD/MWh: a flat load pays the mean; a store of 12 h moves all of it to the cheap half."""
    grid, prices = GRID | {"energy_price": "40 USD_2026/MWh"}, Hours({"price": [0.5, 1.5]}, hours=[12, 12])
    assert system({"grid": grid}, "10 MW", prices).cost == pytest.approx(10 * 40 * YEAR / 1e6)
    moved = system({"grid": grid, "battery": BATTERY | {"duration": "12 hour"}}, "10 MW", prices)
    assert moved.cost == pytest.approx(10 * 20 * YEAR / 1e6)


def test_a_capacity_factor_scales_the_series() -> None:
    """A series with a mean of 0.25 and a capacity factor of 0.3 in the table: its output is 1.2 times that of the series, and at most 1."""
    sun = SUN | {"price": "1 MUSD_2026/MW", "capacity_factor": "0.3 1"}
    found = system({"sun": sun, "unserved_energy": LOST}, "6 MW", Hours({"solar": [0.5, 0.0]}))
    assert found.values("capacity")["sun", 0] == pytest.approx(10)


@pytest.mark.parametrize(("out", "wanted", "units"), [({"forced_outage_rate": "0.1 1"}, "0.95 1", 2), ({"forced_outage_rate": "0.1 1"}, "0.995 1", 3),
                                                      ({"forced_outage_rate": "0.1 1", "planned_outage_rate": "0.1 1"}, "0.99 1", 3)])
def test_a_fleet_is_as_large_as_its_outages_ask_by_the_hour(out: dict[str, str], wanted: str, units: int) -> None:
    """One of n units of 10 MW serves 10 MW unless all are out: 1 - 0.1^2 = 0.99, 1 - 0.1^3 = 0.999 and 1 - 0.2^3 = 0.992 of the time.

    Sun that gives half of the peak in each hour leaves half of the firm power to the fleet.
    """
    plant = {name: text for name, text in PLANT.items() if name != "firm_credit"} | {"unit": "10 MW", "price": "1 MUSD_2026/MW"} | out
    supplies = {"plant": plant | {"energy_price": "0 USD_2026/MWh"}, "firm_power": {"wanted_availability": wanted}}
    found = system(supplies, "10 MW", Hours({"solar": [0.5, 0.5]}))
    assert found.values("capacity")["plant", 0] == pytest.approx(10 * units)
    sunny = system(supplies | {"sun": SUN | {"most": "10 MW"}}, "10 MW", Hours({"solar": [0.5, 0.5]}))
    assert sunny.values("capacity")["plant", 0] == pytest.approx(5 * units)
