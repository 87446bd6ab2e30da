"""What racks fetch when their life is over, and what they are worth at the end: by hand, the part alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.calendar import Calendar, parse_date
from gwplan.model.parts.accelerators.resale import resale_at_the_end, resale_share
from tests.parts.stage import tiny
from tests.parts.test_accelerators import OLD, PRICE, paid, staged, stand

ONE_YEAR = ("accelerators.old_rack.life=1 year",)


@pytest.mark.parametrize("early", [0, 10])
def test_racks_are_sold_when_their_life_is_over(tmp_path: Path, early: int) -> None:
    """Eighty arrive in 2027 and last a year: all fetch 70 % of the price they were ordered at after it, those retired before too."""
    stage = staged(tmp_path, *ONE_YEAR, "accelerators.old_rack.contingency=0.1 1")
    stage.put("bought", {(*OLD, 0): 80})
    stage.follow("retired", OLD, [0, early, 80 - early])
    for name, counts in {"young": [0, 80, 0], "installed": [0, 80 - early, 0]}.items():
        stage.follow(name, OLD, counts)
    assert stage.broken() == set()
    assert stage.money("resale", "accelerators") == paid("accelerators", {2: 80 * PRICE * 0.7})
    assert stage.money("resale", "networks") == paid("networks", {2: 80 * 0.5 * 0.7})
    assert stage.money("residual") == {}


def test_what_is_young_at_the_end_is_not_sold(tmp_path: Path) -> None:
    """What arrives in 2028 is a year old at the end of 2029, when the horizon ends: it is left, and not sold."""
    stage = staged(tmp_path, *ONE_YEAR)
    stage.put("bought", {(*OLD, 1): 80})
    stage.follow("retired", OLD, [0, 0, 0])
    stand(stage, OLD, [0, 0, 80])
    assert stage.broken() == set()
    assert stage.money("resale") == {}


def test_a_life_that_ends_within_a_period_is_sold_in_two(tmp_path: Path) -> None:
    """Half a year at yearly steps: half of what arrives is over it in that year, half in the next; 85 % of the price at that age."""
    stage = staged(tmp_path, "accelerators.old_rack.life=0.5 year")
    stage.put("bought", {(*OLD, 0): 80})
    stage.follow("retired", OLD, [0, 40, 40])
    stand(stage, OLD, [0, 40, 0])
    assert stage.broken() == set()
    assert stage.money("resale", "accelerators") == paid("accelerators", {1: 40 * PRICE * 0.85, 2: 40 * PRICE * 0.85})


def test_the_curve_goes_on_falling_after_its_last_point(tmp_path: Path) -> None:
    """0.7, 0.3 and 0.12 after one, three and five years: 0.09 less a year from then on, and never below nothing."""
    case = tiny(tmp_path, "accelerators.old_rack.residual_five_years=0.12 1", "accelerators.old_rack.life=6 year")
    assert [resale_share(case, "old_rack", age) for age in (0, 2, 5, 6, 9)] == pytest.approx([1, 0.5, 0.12, 0.03, 0])
    assert resale_at_the_end(case, "old_rack") == pytest.approx(0.03)


def test_without_a_curve_nothing_is_sold(tmp_path: Path) -> None:
    curve = [f"accelerators.old_rack.residual_{age}=" for age in ("one_year", "three_years", "five_years")]
    stage = staged(tmp_path, *ONE_YEAR, *curve)
    stage.put("bought", {(*OLD, 0): 80})
    stage.follow("retired", OLD, [0, 0, 80])
    stand(stage, OLD, [0, 80, 0])
    assert stage.money("resale") == {}
    assert resale_at_the_end(stage.case, "old_rack") == 0


@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_a_price_is_its_annuity_and_its_resale(rate: float) -> None:
    """Two years, a tenth back at the end: at 25 % 0.8 + 0.64 of a payment and 0.064 make 1; after a year 0.8 of a payment and 0.08."""
    found = Calendar.of(parse_date("2027-Q1"), parse_date("2034-Q4"), "year", rate)
    payment = 0.936 / 1.44 if rate else 0.45
    expected = [1, 0.8 * payment + 0.08 if rate else payment + 0.1, 0.1, 0.1]
    assert [found.annuity_share(2, age, 0.1) for age in (0, 1, 2, 3)] == pytest.approx(expected)
