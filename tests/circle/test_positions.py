"""Both sides of each investment, by hand: the figures of hand_made.py, whose first build ends with the first quarter of 2028."""

from __future__ import annotations

import pytest

from gwplan.analysis.circular_financing.circle import Circle, as_json
from gwplan.analysis.circular_financing.positions import Position
from gwplan.reports.webpage.circular_financing.sections import both_sides


def named(found: Circle, name: str) -> Position:
    return next(each for each in found.positions if each.name == name)


def test_a_maker_of_chips(found: Circle) -> None:
    """7,700 paid in, 4,700 of it by the first quarter of 2028; 77 paid out and 8,000 owed. Nothing is committed to it: 10,650 of racks are bought."""
    nvidia = named(found, "nvidia")
    assert (nvidia.cap, nvidia.invested, nvidia.committed, nvidia.bought) == pytest.approx((10000, 7700, 0, 15200))
    assert (sum(nvidia.received), nvidia.left, nvidia.gain) == pytest.approx((77, 8000, 377))
    assert (nvidia.at_stop, nvidia.due, nvidia.systems) == pytest.approx((4700, 0, 10650))
    assert nvidia.carries == "its own money (its systems are paid on delivery; who lent on them holds them)"


def test_a_cloud(found: Circle) -> None:
    """2,000 and 11,000 are due to it by contract; three quarters of 2028 are still to come. It gets nothing of its 4,000 back."""
    microsoft = named(found, "microsoft")
    assert (microsoft.invested, microsoft.committed, microsoft.bought, microsoft.coverage) == pytest.approx((4000, 13000, 13000, 3.25))
    assert (microsoft.at_stop, microsoft.due) == pytest.approx((4000, 0.75 * 11000))
    assert (microsoft.gain, microsoft.rate) == (-4000, None)
    assert microsoft.carries == "its own money and capacity built for the payments still due"
    assert microsoft.paid_on == ("nvidia",)


def test_deals_that_are_not_taken_are_listed(found: Circle) -> None:
    assert {each.name for each in found.positions} == {"nvidia", "microsoft", "google", "amazon"}
    amazon = named(found, "amazon")
    assert (named(found, "google").guarantee, named(found, "google").carries) == (3200, "debt or rent that it guarantees")
    assert (amazon.cap, amazon.invested, amazon.coverage, amazon.rate, amazon.carries) == (25000, 0, None, None, "nothing")


def test_the_return_balances_the_flows(found: Circle) -> None:
    """Money falls in the middle of its quarter, and what is left at the end of 2028: eight quarters after the start."""
    rate = named(found, "nvidia").rate
    assert rate is not None
    flows = {0.375: -2000, 0.875: -2700, 1.375: -3000, 1.875: 77, 2.0: 8000}
    assert sum(amount * (1 + rate) ** -years for years, amount in flows.items()) == pytest.approx(0, abs=1e-3)


def test_an_investor_who_has_its_money_back_carries_sales_alone() -> None:
    """10 in and 12 back in two years: 20 % for a year between them."""
    each = Position("x", ("preferred",), 10, (10.0, 0.0, 0.0), (0.0, 12.0, 0.0), 0, 0, 5, 0, 1, 0, (), 12)
    assert (each.at_stop, each.carries, each.gain) == (0, "nothing but sales to come", 2)
    assert each.rate == pytest.approx(0.2)


def test_the_page_and_the_json_say_the_same(found: Circle) -> None:
    section, told = both_sides(found), {each["investor"]: each for each in as_json(found)["both_sides"]}
    assert told["microsoft"]["if_payments_stop"] == {"after": "2028-Q1", "own_money_in": 4000, "payments_due": 8250, "guarantees": 0, "has_paid_on_to": ["nvidia"],
                                                    "carries": "its own money and capacity built for the payments still due"}
    rows = {row[0]: row for row in section.tables[0].rows}
    assert rows["nvidia"][3] == pytest.approx(told["nvidia"]["paid_in"] / 1000)
    assert "stops paying after 2028-Q1" in section.text
