"""What generates, as built, against the availability that is wanted: a plan that builds less than its credits are for says so."""

from __future__ import annotations

from pathlib import Path

import pytest

import gwplan
from gwplan.common.firmness import Fleet
from gwplan.results.fleets import served_share
from tests.parts.stage import tiny

OUTAGES = ("power.gas_engine.firm_credit=", "power.firm_power.wanted_availability=0.999 1")
TARGET = '[[target]]\nmeasure = "it"\namount = "10 MW"\nby = "2028-Q1"'


def planned(folder: Path, *changes: str) -> tuple[float, list[str]]:
    """MW of engines for 12 MW at the meter without a grid, and what is said of them, with its row."""
    tiny(folder, *OUTAGES, *changes, more=TARGET)
    plan = gwplan.solve(gwplan.read_case(folder / "part.toml").forbid("power=grid"))
    said = [each for each in plan._reader.manifest["warnings"] if "firm_power" in each]
    return plan.table("power.capacity")["value"].max(), said


def test_a_smaller_fleet_than_the_credit_is_for_is_said_with_its_share(tmp_path: Path) -> None:
    # The credit of 24 / 35 takes four engines for 12 MW. Three of four run 0.97^4 + 4 x 0.03 x 0.97^3 = 0.99481 of the time.
    power, (said,) = planned(tmp_path, "power.gas_engine.forced_outage_rate=0.03 1")
    assert power == pytest.approx(20)
    assert "north: what generates in 2028 serves its load 99.481 % of the time; 99.9 % are wanted" in said
    assert "state firm_power@north.fleet_load, here 12 MW" in said
    row = int(said.split()[0].partition(":")[2])
    assert ",wanted_availability," in (tmp_path / "inputs" / "power.csv").read_text().splitlines()[row - 1]


def test_the_fleet_that_is_sized_for_the_load_is_enough(tmp_path: Path) -> None:
    # Three of five run 0.99974 of the time.
    assert planned(tmp_path, "power.gas_engine.forced_outage_rate=0.03 1", "power.firm_power@north.fleet_load=12 MW") == (pytest.approx(25), [])


def test_a_fleet_that_never_fails_is_said_where_one_out_is_too_many(tmp_path: Path) -> None:
    # 1,000 MW take 200 and one spare: a credit of 0.995, by which three of 5 MW are enough for 12 MW, but two are not.
    power, (said,) = planned(tmp_path, "power.gas_engine.forced_outage_rate=0 1", "power.firm_power.fleet_load=1000 MW")
    assert power == pytest.approx(15)
    assert "what generates in 2028 does not serve its load with its largest unit out; 99.9 % are wanted" in said


def test_common_outages_by_hand() -> None:
    gas, more_gas, other = (("gas", 0.01, Fleet(2, 5, 0.1)), ("gas", 0.01, Fleet(1, 5, 0.2)), ("", 0.0, Fleet(1, 10, 0.05)))
    # 10 MW: with gas, two of two run 0.81, one of two 0.18 and then the third 0.8 of it: 0.954; without gas none.
    assert served_share((gas, more_gas), 10) == pytest.approx(0.99 * (0.81 + 0.18 * 0.8))
    # Beside a unit that runs 0.95 of the time, gas or not.
    assert served_share((gas, other), 10) == pytest.approx(0.95 + 0.05 * 0.99 * 0.81)
