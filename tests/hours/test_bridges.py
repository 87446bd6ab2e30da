"""What is rented, what goes on a date, and the steps that run beside a lead time: each is worked out by hand."""

from __future__ import annotations

import pytest

from gwplan.model.parts.power.supplies import months_to_service, services
from tests.hours.small import GRID, LOST, SITE, Hours, case_of, system

YEAR = 8760
FLAT = Hours({"solar": [0.0]})
BRIDGE = GRID | {"rent": "50 USD_2026/kW/month", "life": "2 year", "energy_price": "0 USD_2026/MWh"}
LOSS = LOST | {"lost_load_price": "1000 USD_2026/MWh"}


@pytest.mark.parametrize("hours", [None, FLAT])
def test_a_rent_is_paid_for_the_whole_term(hours: Hours | None) -> None:
    """10 MW for the first of two years alone: 50 USD/kW-month x 24 months x 10 MW = 12 MUSD, though the second year has no use for it."""
    found = system({"turbine": BRIDGE}, {"power@2026": "10 MW", "power@2027": "0 MW"}, hours, end=2027)
    assert found.cost == pytest.approx(50e-3 * 24 * 10)
    assert found.values("capacity")["turbine", 1] == pytest.approx(10)


def test_the_last_part_of_a_term_is_not_given_up() -> None:
    """A term of 1.5 years is paid to its end: 18 months; of a machine that is owned the upkeep of the last half is saved."""
    load, short = {"power@2026": "10 MW", "power@2027": "0 MW"}, {"life": "1.5 year", "most@2026": "50 MW", "most@2027": "0 MW"}
    rented = {key: text for key, text in (BRIDGE | short).items() if key != "most"}
    owned = {key: text for key, text in (rented | {"fixed_upkeep": "600 USD_2026/kW/year"}).items() if key != "rent"}
    assert system({"turbine": rented}, load, None, end=2027).cost == pytest.approx(50e-3 * 18 * 10)
    assert system({"turbine": owned}, load, None, end=2027).cost == pytest.approx(50e-3 * 12 * 10)


def test_a_bridge_leaves_at_the_end_of_its_term() -> None:
    """Let for two years by an offer of the first alone, it serves two years of three; nothing else serves the third."""
    bridge = {key: text for key, text in (BRIDGE | {"most@2026": "50 MW", "most@2027": "0 MW"}).items() if key != "most"}
    assert system({"turbine": bridge}, "10 MW", None, end=2028).answer.x is None
    found = system({"turbine": bridge, "unserved_energy": LOSS}, "10 MW", FLAT, end=2028)
    assert found.values("capacity")["turbine", 2] == pytest.approx(0)
    assert found.cost == pytest.approx(50e-3 * 24 * 10 + 10 * YEAR * 1000 / 1e6)


def test_what_is_rented_leaves_no_residual_value() -> None:
    """Bringing a set costs 1 MUSD/MW. Owned with a life of 2 years half of it is left after one; rented nothing is."""
    priced = BRIDGE | {"price": "1 MUSD_2026/MW", "rent": "0 USD_2026/kW/month"}
    assert system({"turbine": priced}, "10 MW", None).cost == pytest.approx(10 - 5)
    assert system({"turbine": priced | {"rent": "50 USD_2026/kW/month"}}, "10 MW", None).cost == pytest.approx(10 + 50e-3 * 12 * 10)


@pytest.mark.parametrize("hours", [None, FLAT])
def test_a_supply_goes_on_its_date(hours: Hours | None) -> None:
    """Offered until 2027 and never again, with a life of ten years and power still on offer: nothing serves 2027."""
    supplies = {"interim": GRID | {"until": "2027 date"}}
    assert system(supplies, "10 MW", hours, end=2027).answer.x is None
    found = system(supplies, {"power@2026": "10 MW", "power@2027": "0 MW"}, hours, end=2027)
    assert found.values("capacity") == pytest.approx({("interim", 0): 10, ("interim", 1): 0})


def test_what_goes_on_a_date_is_worth_nothing_after_it() -> None:
    """1 MUSD/MW with a life of ten years, gone after two: after one half of it is left, after two nothing."""
    supply = GRID | {"price": "1 MUSD_2026/MW", "until": "2028 date"}
    assert system({"interim": supply}, "10 MW", None).cost == pytest.approx(10 - 5)
    load = {"power@2026": "10 MW", "power@2028": "0 MW"}
    assert system({"interim": supply}, load, None, end=2028).cost == pytest.approx(10)


def test_service_comes_after_the_longest_step() -> None:
    """Steps run side by side from the order: 6, 12 and 24 months beside a lead time of 3 come to two years, not to 45 months."""
    steps = {"lead_months": "3 month", "permit_months": "12 month", "fuel_line_months": "24 month", "equipment_months": "6 month"}
    case = case_of({"turbine": GRID | steps}, "0 MW", None, end=2029)
    assert months_to_service(case, "turbine", SITE, 0) == 24
    assert services(case, "turbine", SITE) == {0: 2, 1: 3}
    later = steps | {"fuel_line_months@2027": "0 month"}
    assert services(case_of({"turbine": GRID | later}, "0 MW", None, end=2029), "turbine", SITE) == {0: 2, 1: 2, 2: 3}
