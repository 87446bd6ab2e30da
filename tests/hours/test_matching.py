"""Matching by the year and by the hour: by hand, against the independent statement, and what an optimiser would do without a rule."""

from __future__ import annotations

import random
from dataclasses import replace
from math import isnan
from typing import Any

import pytest

from gwplan.model.assemble import assemble
from tests.hours.independent import System, least_cost
from tests.hours.small import BATTERY, GRID, LIFE, LOST, SUN, Hours, case_of, system
from tests.hours.test_independent import drawn, hours_of, supplies_of

DAY = Hours({"solar": [1.0, 0.0]}, hours=[12, 12])
DEAR = SUN | {"price": "1 MUSD_2026/MW"}
CHEAP = GRID | {"energy_price": "10 USD_2026/MWh"}
BILL = 10 * 8760 / 1e6
"""MUSD for a mean MW of grid throughout a year."""


def share(**rows: str) -> dict[str, str]:
    return {f"{name}_share": value for name, value in rows.items()}


def test_a_year_may_be_matched_at_noon() -> None:
    """10 MW, sun for half of the day: 8 MW of it are 4 in the mean, two fifths of the year. Each costs a tenth of its price in the year."""
    found = system({"grid": CHEAP, "sun": DEAR, "matching": share(annual="0.4 1")}, "10 MW", DAY)
    assert found.values("capacity")["sun", 0] == pytest.approx(8)
    assert found.cost == pytest.approx(8 / LIFE + 6 * BILL)
    assert system({"grid": CHEAP, "sun": DEAR}, "10 MW", DAY).cost == pytest.approx(10 * BILL)


def test_what_is_sold_counts_in_the_year() -> None:
    """All of the year: 20 MW at noon, of which half is sold at 5 USD/MWh and set against the bill of the night."""
    found = system({"grid": CHEAP | {"export_price": "5 USD_2026/MWh"}, "sun": DEAR, "matching": share(annual="1 1")}, "10 MW", DAY)
    assert found.values("capacity")["sun", 0] == pytest.approx(20)
    assert found.cost == pytest.approx(20 / LIFE + 5 * BILL - 5 * BILL / 2)


def test_an_hour_is_matched_by_itself() -> None:
    """Two fifths of each hour need storage for 4 MW of the night: 8 MW of sun, and a store that gives 4 MW."""
    rows = {"grid": CHEAP, "sun": DEAR, "store": BATTERY | {"price": "0.5 MUSD_2026/MW", "duration": "12 hour"},
            "matching": share(hourly="0.4 1")}
    found = system(rows, "10 MW", DAY)
    assert found.values("discharge")["store", 0, "s1"] == pytest.approx(4)
    assert found.cost == pytest.approx(8 / LIFE + 4 * 0.5 / LIFE + 6 * BILL)
    without = {name: each for name, each in rows.items() if name != "store"}
    assert isnan(system(without, "10 MW", DAY).cost), "no sun at night, and nothing that keeps it"


def test_a_part_of_the_grid_may_be_carbon_free() -> None:
    """Two fifths of each hour from a grid of which two fifths are: nothing else is needed; of three tenths of it, not all hours are."""
    matching = share(hourly="0.4 1")
    assert system({"grid": CHEAP | {"carbon_free": "0.4 1"}, "matching": matching}, "10 MW", DAY).cost == pytest.approx(10 * BILL)
    assert isnan(system({"grid": CHEAP | {"carbon_free": "0.3 1"}, "matching": matching}, "10 MW", DAY).cost)
    # Nuclear power is carbon-free and not renewable: 4 of 10 MW are missing whatever is decided.
    plan = assemble(case_of({"grid": CHEAP | {"carbon_free": "1 1"}, "matching": share(annual="0.4 1")}, "10 MW", DAY))
    assert plan.blocks["power"].rules["renewables_match_the_year"].broken == pytest.approx({(0,): 4.0})


def test_load_that_is_not_served_needs_no_match() -> None:
    """At night half of the load may go: of the other half the whole is to be carbon-free, so a store of 5 MW."""
    rows = {"grid": CHEAP, "sun": DEAR, "store": BATTERY | {"duration": "12 hour"}, "matching": share(hourly="1 1"),
            "unserved_energy": LOST | {"curtailable": "0.5 1", "lost_load_price": "0 USD_2026/MWh"}}
    found = system(rows, "10 MW", DAY)
    assert found.values("discharge")["store", 0, "s1"] == pytest.approx(5)


def test_exploit_storage_may_not_launder_the_grid() -> None:
    """A store that is filled from the grid gives nothing carbon-free; beside 3 MW that are so all day, it has no use."""
    store = BATTERY | {"duration": "12 hour"}
    dirty = {"grid": CHEAP, "store": store, "matching": share(hourly="0.3 1")}
    assert isnan(system(dirty, "10 MW", DAY).cost)
    clean = dirty | {"clean": CHEAP | {"carbon_free": "1 1", "most": "3 MW", "energy_price": "20 USD_2026/MWh"}}
    assert system(clean, "10 MW", DAY).cost == pytest.approx(10 * BILL + 3 * BILL)
    assert isnan(system(clean | {"matching": share(hourly="0.31 1")}, "10 MW", DAY).cost)


def test_exploit_energy_that_is_bought_to_be_sold_matches_nothing() -> None:
    """Two fifths of the grid are renewable and a unit sold pays for a unit bought: no amount of both makes three fifths.

    Sun has to fill the rest. With s of it at noon net import is 10 - s/2 in the mean: s/2 + 0.4 x (10 - s/2) = 6 needs 20/3 MW.
    """
    rows = {"grid": CHEAP | {"renewable": "0.4 1", "export_price": "10 USD_2026/MWh"}, "matching": share(annual="0.6 1")}
    assert isnan(system(rows, "10 MW", DAY).cost)
    other = {"other": CHEAP | {"export_price": "10 USD_2026/MWh"}, "grid": CHEAP | {"renewable": "0.4 1"}}
    assert isnan(system(rows | other, "10 MW", DAY).cost), "bought over one connection, sold over another"
    found = system(rows | {"sun": DEAR}, "10 MW", DAY)
    assert found.values("capacity")["sun", 0] == pytest.approx(20 / 3)
    assert found.cost == pytest.approx(20 / 3 / LIFE + (10 - 10 / 3) * BILL)


def test_sun_that_is_sold_and_bought_back_counts_once() -> None:
    """20 MW of sun at noon, half of it sold, half of the load bought at night: all of the year is matched, and no more than all."""
    rows = {"grid": CHEAP | {"renewable": "0.4 1", "export_price": "5 USD_2026/MWh"}, "sun": DEAR}
    assert system(rows | {"matching": share(annual="1 1")}, "10 MW", DAY).values("capacity")["sun", 0] == pytest.approx(20)


def test_exploit_burning_energy_in_storage_matches_nothing() -> None:
    """A store that loses half of what goes in would be a use for sun that nobody needs; the loss is taken off what counts."""
    store = BATTERY | {"efficiency": "0.5 1", "duration": "12 hour"}
    found = system({"grid": CHEAP, "sun": SUN | {"price": "0 MUSD_2026/MW"}, "store": store, "matching": share(annual="1 1")}, "10 MW", DAY)
    given, kept = found.values("output"), found.values("charge")
    lost = sum(kept.values()) - sum(found.values("discharge").values())
    sun = sum(amount for key, amount in given.items() if key[0] == "sun")
    assert sun - lost >= 20 - 1e-6, "two slices of 10 MW"


@pytest.mark.parametrize("seed", range(6))
def test_a_random_system_that_matches_costs_the_same(seed: int) -> None:
    """Both statements agree with shares of a year and of each hour, and a grid that is carbon-free in part."""
    draw = random.Random(f"matching {seed}")
    plain = drawn(random.Random(100 + seed))
    shares = {"annual": draw.uniform(0.3, 0.8), "hourly": draw.uniform(0.05, 0.3), "grid_clean": draw.uniform(0.2, 0.6),
              "ppa_clean": draw.uniform(0.5, 1), "grid_green": draw.uniform(0, 0.4)}
    asked: System = replace(plain, numbers={**plain.numbers, **shares})
    rows = supplies_of(plain)
    rows["grid"] |= {"carbon_free": f"{shares['grid_clean']!r} 1", "renewable": f"{shares['grid_green']!r} 1"}
    rows["ppa"] |= {"renewable": f"{shares['ppa_clean']!r} 1"}
    rows["matching"] = share(annual=f"{shares['annual']!r} 1", hourly=f"{shares['hourly']!r} 1")
    demand: dict[str, Any] = {f"power@{2026 + year}": f"{load!r} MW" for year, load in enumerate(plain.load)}
    demand |= {"mean_share": f"{plain.mean_share!r} 1", "shape": "load"}
    found, expected = system(rows, demand, hours_of(plain), end=2027, linked=plain.linked), least_cost(asked)
    assert found.cost == pytest.approx(expected, rel=1e-6, nan_ok=True)
    assert isnan(expected) or expected > least_cost(plain) - 1e-9
