"""Storage: energy apart from power, what it holds from day to day, and days that stand for many."""

from __future__ import annotations

import random

import pytest

from tests.hours.small import BATTERY, GRID, LOST, SUN, Hours, system

YEAR = 8760


def test_power_and_energy_are_bought_apart() -> None:
    """Sun by day and none by night, twelve hours each: 10 MW need 10 MW of power, and 120 MWh of energy in a store without losses.

    Sun is free, so all cost is 1/10 of 10 MW x 2 + 120 MWh x 0.5, for a life of ten years in a horizon of one.
    """
    battery = BATTERY | {"price": "2 MUSD_2026/MW", "storage_price": "500 USD_2026/kWh"}
    found = system({"sun": SUN, "battery": battery}, "10 MW", Hours({"solar": [1.0, 0.0]}, hours=[12, 12]))
    assert found.values("capacity")["battery", 0] == pytest.approx(10)
    assert found.values("energy_capacity")["battery", 0] == pytest.approx(120)
    assert found.cost == pytest.approx((10 * 2 + 120 * 0.5) / 10)


def test_losses_fall_half_on_the_way_in_and_half_on_the_way_out() -> None:
    """Of 64 % there and back: 10 MW for 12 hours need 120 / 0.8 = 150 MWh held, and 10 / 0.64 = 15.625 MW of sun beside the load."""
    battery = BATTERY | {"storage_price": "500 USD_2026/kWh", "efficiency": "0.64 1"}
    sun = SUN | {"price": "1 MUSD_2026/MW"}
    found = system({"sun": sun, "battery": battery}, "10 MW", Hours({"solar": [1.0, 0.0]}, hours=[12, 12]))
    assert found.values("energy_capacity")["battery", 0] == pytest.approx(150)
    assert found.values("capacity")["sun", 0] == pytest.approx(25.625)


def days(*suns: float, order: tuple[int, ...]) -> Hours:
    """Typical days of two halves, with sun in the first half of each; the order of the days in the year."""
    series = [value for sun in suns for value in (sun, 0.0)]
    share = [order.count(day) / len(order) / 2 for day in range(len(suns)) for _ in range(2)]
    return Hours({"solar": series}, hours=[12] * len(series), day=[day for day in range(len(suns)) for _ in range(2)], days=order, share=share)


def test_a_dark_day_needs_energy_of_the_day_before() -> None:
    """A bright and a dark day: linked, a store of 36 h x 10 MW bridges a night, a dark day and its night; alone, no store can."""
    battery = BATTERY | {"storage_price": "500 USD_2026/kWh"}
    supplies = {"sun": SUN, "battery": battery}
    linked = system(supplies, "10 MW", days(1.0, 0.0, order=(0, 1)))
    assert linked.values("energy_capacity")["battery", 0] == pytest.approx(360)
    assert system(supplies, "10 MW", days(1.0, 0.0, order=(0, 1)), linked=False).answer.x is None
    longer = system(supplies, "10 MW", days(1.0, 0.0, order=(0, 1, 1)))
    assert longer.values("energy_capacity")["battery", 0] == pytest.approx(600)


@pytest.mark.parametrize("seed", range(4))
def test_days_in_their_order_are_the_year_in_order(seed: int) -> None:
    """Where each typical day stands for one day, linked days cost what the year in order costs."""
    draw = random.Random(seed)
    suns = [draw.random() for _ in range(4)]
    series = [value for sun in suns for value in (sun, 0.2 * sun, 0.0)]
    battery = BATTERY | {"price": "0.3 MUSD_2026/MW", "storage_price": "200 USD_2026/kWh", "efficiency": "0.85 1"}
    supplies = {"sun": SUN | {"price": "1 MUSD_2026/MW"}, "battery": battery,
                "unserved_energy": LOST | {"lost_load_price": f"{draw.uniform(5, 60)} USD_2026/MWh"}}
    hours = [8.0] * len(series)
    in_order = system(supplies, "10 MW", Hours({"solar": series}, hours=hours))
    by_days = system(supplies, "10 MW", Hours({"solar": series}, hours=hours, day=[day for day in range(4) for _ in range(3)],
                                              days=(0, 1, 2, 3)))
    assert by_days.cost == pytest.approx(in_order.cost, rel=1e-9)


def test_a_finer_division_changes_nothing() -> None:
    """Each slice cut in two equal ones: the same cost. Twice the money: twice the cost."""
    series, finer = [0.9, 0.3, 0.0, 0.1], [0.9, 0.9, 0.3, 0.3, 0.0, 0.0, 0.1, 0.1]
    battery = BATTERY | {"price": "0.3 MUSD_2026/MW", "storage_price": "200 USD_2026/kWh", "efficiency": "0.85 1"}
    grid = GRID | {"price": "1 MUSD_2026/MW", "energy_price": "40 USD_2026/MWh"}
    supplies = {"sun": SUN | {"price": "0.5 MUSD_2026/MW"}, "battery": battery, "grid": grid}
    cost = system(supplies, "10 MW", Hours({"solar": series}, hours=[6] * 4)).cost
    assert cost > 0
    assert system(supplies, "10 MW", Hours({"solar": finer}, hours=[3] * 8)).cost == pytest.approx(cost)
    dear = {"sun": SUN | {"price": "1 MUSD_2026/MW"}, "battery": battery | {"price": "0.6 MUSD_2026/MW", "storage_price": "400 USD_2026/kWh"},
            "grid": grid | {"price": "2 MUSD_2026/MW", "energy_price": "80 USD_2026/MWh"}}
    assert system(dear, "10 MW", Hours({"solar": series}, hours=[6] * 4)).cost == pytest.approx(2 * cost)


@pytest.mark.parametrize("apart", [True, False], ids=["energy apart", "a duration"])
def test_an_investment_tax_credit_is_a_share_of_the_energy_too(apart: bool) -> None:
    """10 MW for twelve dark hours: 120 MWh, and losses of none, at 100 USD/kWh are 12 MUSD. Nine tenths are left of a life of ten years.

    With half of it back, 6 MUSD come back in the year, and what is left is worth half as much: 0.6 MUSD in place of 1.2.
    """
    battery = BATTERY | {"storage_price": "100 USD_2026/kWh"} | ({} if apart else {"duration": "12 hour"})
    day = Hours({"solar": [1.0, 0.0]}, hours=[12, 12])
    assert system({"sun": SUN, "battery": battery}, "10 MW", day).cost == pytest.approx(12 * 0.1)
    assert system({"sun": SUN, "battery": battery | {"itc": "0.5 1"}}, "10 MW", day).cost == pytest.approx(12 * 0.1 / 2)
