"""Terms that end within a period, and what contracts still ask for after the horizon: by hand.

The horizon is 2026 to 2028 in years; a kH100e throughout a year costs one MUSD and, as most tests say, is worth 1.5 or 0.5.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest

from gwplan.model.parts.contracts import commitments
from tests.contracts.small import CLOUD, LEASE, OPTION, SALE, case
from tests.contracts.test_leases import AT, rents
from tests.parts.stage import Stage

WORTH = "compute.compute.value={} USD_2026/H100e/hour"
PER_UNIT = 1 / 8.76
"""USD/H100e/hour at which a kH100e throughout a year costs one MUSD."""


def staged(folder: Path, *changes: str, **options: Any) -> Stage:
    return Stage(case(folder, *changes, **options), "contracts").decide()


def owed(found: Stage) -> dict[str, float]:
    """What is owed at the end, by contract."""
    return {key[1]: amount for key, amount in found.money("commitment").items()}


def test_rented_compute_is_used_for_the_part_of_its_last_period(tmp_path: Path) -> None:
    """A term of two years and a quarter: of the 100 kH100e a quarter in the third year, and 30 MUSD over nine quarters."""
    found = case(tmp_path, *CLOUD, "rented.term=2.25 year", "rented.commitment=30 MUSD_nominal")
    assert commitments.used_in(found, "rented") == {0: 1, 1: 1, 2: 0.25}
    assert commitments.minimums(found, "rented") == pytest.approx({2026: 30 * 4 / 9, 2027: 30 * 4 / 9, 2028: 30 / 9})


def test_a_ramp_asks_for_the_part_of_its_last_year_that_the_term_covers(tmp_path: Path) -> None:
    ramp = ["rented@@2026.ramp=0.4 1/year", "rented@@2028.ramp=0.2 1/year"]
    found = case(tmp_path, *CLOUD, *ramp, "rented.term=2.25 year", "rented.commitment=30 MUSD_nominal")
    assert commitments.minimums(found, "rented") == pytest.approx({2026: 12, 2027: 12, 2028: 6 / 4})


def test_room_is_leased_for_the_part_of_its_last_period(tmp_path: Path) -> None:
    """A year and a half: half of the room and of the rent in the second year."""
    found = staged(tmp_path, *LEASE, "room.term=1.5 year", "room.escalation=0.1 1/year").bind()
    assert rents(found, {0: 10}, [10, 5.5, 0]) == pytest.approx({0: 10, 1: 5.5})
    found.follow("under_lease", AT, [10, 5, 0])
    found.follow("leased_room", AT, [10, 5, 0])
    assert found.broken() == set()


def test_what_is_exercised_serves_for_the_part_of_its_last_period(tmp_path: Path) -> None:
    """Exercised in 2026, served from 2027 on for a year and a quarter: a quarter of it in 2028."""
    found = staged(tmp_path, *OPTION, "more.term=1.25 year").bind()
    found.put("held", {("more", 0): 1})
    found.put("exercised", {("more", 0): 4})
    found.put("reserved", {("more", 1): 4, ("more", 2): 1})
    assert found.broken() == set()
    assert found.money("running", "cloud") == pytest.approx({("cloud", "more", "cloud", "cloud_house", 1): 8,
                                                             ("cloud", "more", "cloud", "cloud_house", 2): 2})


def test_compute_is_sold_for_the_part_of_its_last_period(tmp_path: Path) -> None:
    """Three kH100e for a year and a third: one of them, in the mean, in the second year."""
    found = staged(tmp_path, *SALE, "buyer.terms=contracted label", f"buyer.term={4 / 3!r} year")
    found.fake("compute", {("own", "first_vendor", "north", period): 10.0 for period in range(3)})
    found.bind()
    found.put("signed", {("buyer", 0): 1})
    found.put("sold", {("buyer", 0): 3, ("buyer", 1): 1})
    assert found.broken("contracted_sale_is_delivered") == set()
    found.put("sold", {("buyer", 0): 3, ("buyer", 1): 3})
    assert found.broken("contracted_sale_is_delivered") == {("contracted_sale_is_delivered", ("buyer", 1))}


@pytest.mark.parametrize(("worth", "expected"), [(1.5, 0.0), (1.0, 0.0), (0.5, 6 * (1.1**-0.5 + 1.1**-1.5) / 2), (0.0, 6 * (1.1**-0.5 + 1.1**-1.5))])
def test_a_minimum_after_the_end_is_owed_less_the_worth_of_its_use(tmp_path: Path, worth: float, expected: float) -> None:
    """Thirty MUSD over five years: six in each of the two after the end, in their middle at 10 %; never an asset."""
    found = staged(tmp_path, *CLOUD, "rented.term=5 year", "rented.commitment=30 MUSD_nominal", WORTH.format(worth * PER_UNIT), rate=0.1)
    found.put("signed", {("rented", 0): 1})
    assert owed(found) == pytest.approx({"rented": expected} if expected else {})


def test_what_cannot_be_used_is_owed_in_full(tmp_path: Path) -> None:
    """Six MUSD a year are due and two kH100e can be used, each worth as much as it costs: four a year are lost."""
    rows = ("rented.term=5 year", "rented.commitment=30 MUSD_nominal", "rented.most=2 kH100e", WORTH.format(PER_UNIT))
    found = staged(tmp_path, *CLOUD, *rows)
    found.put("signed", {("rented", 0): 1})
    assert owed(found) == pytest.approx({"rented": 8})


def test_a_fixed_price_is_worth_less_real_money_later(tmp_path: Path) -> None:
    """At 10 % of inflation: six nominal MUSD 3.5 and 4.5 years after the middle of 2025, and no use that is worth anything."""
    rows = ("rented.term=5 year", "rented.commitment=30 MUSD_nominal", "rented.indexation=0 1", WORTH.format(0))
    found = staged(tmp_path, *CLOUD, *rows, inflation=0.1)
    found.put("signed", {("rented", 0): 1})
    assert owed(found) == pytest.approx({"rented": 6 * (1.1**-3 + 1.1**-4)})


@pytest.mark.parametrize(("rent", "expected"), [(1.0, 0.0), (0.6, 10 * 0.4 * 2), (1.4, 0.0)])
def test_a_lease_is_owed_as_far_as_it_is_above_the_market(tmp_path: Path, rent: float, expected: float) -> None:
    """Ten MW signed in 2026 at 1 MUSD/MW for five years; in 2028 the same is let at 1, 0.6 or 1.4. Two years lie after the end."""
    found = staged(tmp_path, *LEASE, "room.term=5 year", f"room@@2028.rent={rent} MUSD_2026/MW/year")
    found.put("leased", {(*AT, 0): 10})
    assert pyo.value(found.block.expressions["committed_beyond"].data["room",]) == pytest.approx(20)
    assert owed(found) == pytest.approx({"room": expected} if expected else {})


def test_what_is_exercised_is_owed_as_far_as_it_is_above_its_worth(tmp_path: Path) -> None:
    """Four MW of two kH100e from 2027 on for four years, two of them after the end, at half of what they cost."""
    found = staged(tmp_path, *OPTION, "more.term=4 year", WORTH.format(PER_UNIT / 2))
    found.put("exercised", {("more", 0): 4})
    assert pyo.value(found.block.expressions["committed_beyond"].data["more",]) == pytest.approx(16)
    assert owed(found) == pytest.approx({"more": 8})
