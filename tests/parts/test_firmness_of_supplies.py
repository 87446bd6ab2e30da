"""Firm credits that follow from outages: of the tiny engines (5 MW), without the row that says 0.8."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.inputs.unused import lines, unused, warnings
from gwplan.model.parts.power.firmness import credit_of
from gwplan.planning.build import build
from tests.parts.stage import tiny
from tests.parts.test_power import PEAK, serve, staged

OUTAGES = ("power.gas_engine.firm_credit=", "power.gas_engine.forced_outage_rate=0.03 1")
WANTED = "power.firm_power.wanted_availability=0.999 1"


def test_the_credit_is_that_of_the_fleet_for_the_largest_load(tmp_path: Path) -> None:
    case = tiny(tmp_path, *OUTAGES, WANTED)
    # North 20 x 1.2 = 24 MW: five engines of seven run 0.99914 of the time, of six 0.98754. South 40 x 1.4 = 56 MW: twelve of
    # fifteen run 0.99915 of the time, of fourteen 0.99233.
    assert [credit_of(case, "gas_engine", site) for site in ("north", "south")] == pytest.approx([24 / 35, 56 / 75])
    assert credit_of(case, "grid", "north") == 1


@pytest.mark.parametrize(("changes", "credit"), [
    (["power.firm_power.fleet_load=10 MW"], 10 / 20),  # two of four run 0.99989 of the time, two of three 0.99735
    (["power.firm_power.fleet_load=10 MW", "power.firm_power@north.wanted_availability=0.99 1"], 10 / 15),
    (["power.firm_power@north.fleet_load=10 MW", "power.gas_engine.planned_outage_rate=0.07 1"], 10 / 25),  # of five 0.99954, of four 0.9963
    (["power.firm_power.fleet_load=10 MW", "power.natural_gas.outage_rate=0.00095 1"], 10 / 25),  # 0.999 / 0.99905 = 0.99995 is wanted
    (["power.firm_power.fleet_load=4 MW", "power.gas_engine@north.forced_outage_rate=0 1"], 4 / 10),  # one may always be out
    (["power.gas_engine@north.firm_credit=0.7 1"], 0.7),
])
def test_credits_by_hand(tmp_path: Path, changes: list[str], credit: float) -> None:
    assert credit_of(tiny(tmp_path, *OUTAGES, WANTED, *changes), "gas_engine", "north") == pytest.approx(credit)


def test_the_peak_is_covered_by_the_credit_that_follows(tmp_path: Path) -> None:
    stage = staged(tmp_path, *OUTAGES, WANTED, "power.firm_power.fleet_load=10 MW")
    serve(stage, ("gas_engine", "north"), [0, 2 * PEAK, 2 * PEAK - 0.1], [])
    assert stage.broken("supply_covers_peak") == {("supply_covers_peak", ("north", 2))}


@pytest.mark.parametrize(("changes", "words"), [
    ([], "gas_engine at north: a firm credit that follows from forced_outage_rate needs firm_power.wanted_availability"),
    ([WANTED, "power.gas_engine.planned_outage_rate=0.97 1"], "at forced_outage_rate + planned_outage_rate = 1 no unit ever runs"),
    ([WANTED, "power.natural_gas@south.outage_rate=0.002 1"], "gas_engine at south: firm_power.wanted_availability of 0.999 cannot be reached: "
     "its fuel, natural_gas, is out 0.002 of the time, so no number of units is available for more than 0.998"),
    (["power.firm_power.wanted_availability=1 1"], "of 1 cannot be reached: units that fail are never certain"),
])
def test_what_is_missing_or_out_of_reach_is_a_fault_with_its_row(tmp_path: Path, changes: list[str], words: str) -> None:
    with pytest.raises(InputFaults) as told:
        build(tiny(tmp_path, *OUTAGES, *changes))
    (fault, *_) = [each for each in told.value.faults if words in each.message]
    rows = (tmp_path / "inputs" / "power.csv").read_text().splitlines()
    quantity = "outage_rate" if "fuel" in words else "wanted_availability" if "certain" in words else "forced_outage_rate"
    assert fault.file == "power.csv" and f",{quantity}," in rows[fault.row - 1]


def test_a_prime_supply_has_a_credit_or_outages(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as told:
        build(tiny(tmp_path, "power.gas_engine.firm_credit="))
    assert "gas_engine: a prime supply needs firm_credit or forced_outage_rate" in str(told.value)


def test_outages_beside_a_credit_are_said_not_to_be_used(tmp_path: Path) -> None:
    case = tiny(tmp_path, OUTAGES[1], WANTED, "power.natural_gas.outage_rate=0.0001 1")
    build(case)
    found = unused(case)
    text = "\n".join(lines(found))
    assert not [each for each in warnings(found) if "outage" in each.message or "firm_power" in each.message]
    assert "gas_engine: its firm_credit is given" in text
    assert "firm_power, natural_gas: no supply's firm credit follows from its outages" in text
