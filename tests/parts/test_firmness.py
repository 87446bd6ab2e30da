"""Firm power of independent units: a published kind of table by value, and the same by counting every state."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest

from gwplan.common.firmness import Fleet, OutOfReachError, availability_of, available_power, firm_credit, fleet_for, outages

LEVELS = (0.999, 0.9999, 0.99999)
NAMEPLATE = {
    "engine": (18.3, 0.03, (1135, 1171, 1190)), "engine with maintenance": (18.3, 0.06, (1208, 1244, 1281)),
    "aeroderivative": (50, 0.05, (1300, 1350, 1400)), "frame": (230, 0.05, (1840, 2070, 2300)),
    "combined cycle": (380, 0.05, (2280, 2280, 2660)), "fuel cell": (10, 0.01, (1050, 1070, 1080)), "diesel": (3, 0.02, (1050, 1059, 1065)),
}
"""MW installed for a load of 1,000 MW at 99.9, 99.99 and 99.999 %, by unit and the share of time that one is out: a binomial count."""


@pytest.mark.parametrize("name", NAMEPLATE)
def test_nameplate_that_a_gigawatt_takes(name: str) -> None:
    unit, rate, installed = NAMEPLATE[name]
    assert [round(unit * fleet_for(1000, unit, rate, level)) for level in LEVELS] == list(installed)
    assert [firm_credit(1000, unit, rate, level) for level in LEVELS] == pytest.approx([1000 / each for each in installed], rel=5e-4)


@pytest.mark.parametrize(("load", "unit", "rate", "level"), [(10, 5, 0.03, 0.999), (47, 10, 0.2, 0.99), (1000, 18.3, 0.06, 0.9999), (3, 1, 0.5, 0.5)])
def test_one_unit_fewer_is_too_few_unless_it_is_the_spare(load: float, unit: float, rate: float, level: float) -> None:
    units = fleet_for(load, unit, rate, level)
    assert availability_of([Fleet(units, unit, rate)], load) >= level
    assert availability_of([Fleet(units - 1, unit, rate)], load) < level
    assert (units - 1) * unit >= load


def test_two_units_of_five_for_ten_megawatts_by_hand() -> None:
    # Two of two run 0.97^2 = 0.9409 of the time, two of three 0.9409 + 2 x 0.03 x 0.9409 = 0.997354, of four 0.99989 of it.
    assert [fleet_for(10, 5, 0.03, level) for level in (0.9, 0.99, 0.999)] == [3, 3, 4]
    assert firm_credit(10, 5, 0.03, 0.999) == 0.5
    assert availability_of([Fleet(3, 5, 0.03)], 10) == pytest.approx(0.997354, abs=1e-12)


def test_the_largest_unit_may_be_out_even_where_units_never_fail() -> None:
    assert [fleet_for(load, 5, 0.0, 0.999) for load in (4, 5, 5.001, 10)] == [2, 2, 3, 3]


def test_a_common_outage_takes_its_share_and_may_put_the_target_out_of_reach() -> None:
    # With the fuel there 0.9991 of the time, the units alone must reach 0.999 / 0.9991 = 0.9999: 1,350 MW in place of 1,300.
    assert [fleet_for(1000, 50, 0.05, 0.999, common) for common in (0.0, 0.0009)] == [26, 27]
    assert availability_of([Fleet(40, 50, 0.05)], 1000, 0.0005) == pytest.approx(0.9995, abs=1e-9)
    for common, level in ((0.002, 0.999), (0.001, 0.999), (0.0, 1.0)):
        with pytest.raises(OutOfReachError):
            fleet_for(1000, 50, 0.05, level, common)


def test_unlike_fleets_agree_with_every_state_of_their_units() -> None:
    fleets = [Fleet(3, 50, 0.05), Fleet(2, 18.3, 0.03), Fleet(1, 230, 0.1)]
    units = [fleet for fleet in fleets for _ in range(fleet.units)]
    found = available_power(fleets)
    by_hand: dict[float, float] = {}
    for state in product((0, 1), repeat=len(units)):
        power = round(sum(on * each.unit for on, each in zip(state, units, strict=True)), 9)
        chance = prod(1 - each.outage_rate if on else each.outage_rate for on, each in zip(state, units, strict=True))
        by_hand[power] = by_hand.get(power, 0.0) + chance
    assert found == pytest.approx(by_hand, abs=1e-14)
    assert list(found) == sorted(found)
    assert sum(found.values()) == pytest.approx(1)
    # Together they need less than each alone would: reserve is shared.
    assert availability_of(fleets, 230) == pytest.approx(sum(chance for power, chance in by_hand.items() if power >= 230))


def test_fleets_may_be_large() -> None:
    assert sum(outages(5000, 0.02)) == pytest.approx(1, abs=1e-9)
    assert 3400 < fleet_for(10_000, 3, 0.02, 0.999) < 3460  # 3,334 needed, 69 out of 3,430 on average, with a spread of 8
    assert outages(3, 0.0) == (1, 0, 0, 0)


@pytest.mark.parametrize("wrong", [(0, 5, 0.1, 0.9), (10, 0, 0.1, 0.9), (10, 5, 1.0, 0.9), (10, 5, -0.1, 0.9), (10, 5, 0.1, 0.9, 1.5)])
def test_numbers_that_are_no_fleet(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="no fleet"):
        fleet_for(*wrong)


def test_a_share_of_time_is_below_one() -> None:
    with pytest.raises(ValueError, match="no fleet"):
        outages(3, 1.0)
