"""Schedules over a time that is no whole number of periods: two draws by hand, and what must hold whatever the numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gwplan.common.financial.debt import SHAPES, Schedule, Shape, prorated, schedule, whole_parts


def parts(found: Schedule) -> tuple[list[float], list[float]]:
    return list(found.interest), list(found.principal)


@pytest.mark.parametrize(("shape", "periods", "grace", "interest", "principal"), [
    # Half falls due after two periods, half after three.
    ("bullet", 2.5, 0.0, [0.1, 0.1, 0.05], [0, 0.5, 0.5]),
    # Half repays in one period, half in two.
    ("level", 1.5, 0.0, [0.1, 0.025], [0.75, 0.25]),
    # Half begins to repay at once, half after a period.
    ("level", 2.0, 0.5, [0.1, 0.075], [0.25, 0.75]),
    # A quarter waits for two periods instead of one.
    ("level", 3.0, 1.25, [0.1, 0.1, 0.0625], [0, 0.375, 0.625]),
    # Below one period it is one.
    ("bullet", 0.25, 0.0, [0.1], [1]),
])
def test_by_hand(shape: Shape, periods: float, grace: float, interest: list[float], principal: list[float]) -> None:
    found = parts(prorated(shape, 0.1, periods, grace))
    assert found[0] == pytest.approx(interest)
    assert found[1] == pytest.approx(principal)


def test_capitalised_interest_by_hand() -> None:
    """Half of a bullet over two periods waits for one with its interest: 0.5 x 1.1 x 0.1 is then paid with 0.5 x 1.1."""
    found = prorated("bullet", 0.1, 2.0, 0.5, capitalised=True)
    assert found.accrued == pytest.approx((0.05, 0))
    assert found.interest == pytest.approx((0.05, 0.05 + 0.055))
    assert found.principal == pytest.approx((0, 0.5 + 0.55))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("periods", "grace"), [(1, 0), (4, 0), (7, 2), (20, 3)])
@pytest.mark.parametrize("capitalised", [False, True])
def test_whole_ones_are_as_they_were(shape: Shape, periods: int, grace: int, capitalised: bool) -> None:
    found, whole = (each(shape, 0.07, periods, grace, capitalised=capitalised) for each in (prorated, schedule))
    for column in ("interest", "principal", "accrued", "balance"):
        assert getattr(found, column) == pytest.approx(getattr(whole, column), abs=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("capitalised", [False, True])
@pytest.mark.parametrize("grace", [0.0, 0.6, 1.3])
def test_a_longer_tenor_is_cheaper_without_a_jump(shape: Shape, capitalised: bool, grace: float) -> None:
    """At a dearer rate than the loan's, what is paid back is worth less the longer it takes: in steps of a fiftieth of a period."""
    worths = [worth(prorated(shape, 0.07, tenor / 50, grace, capitalised=capitalised)) for tenor in range(130, 420)]
    assert all(later < before + 1e-12 for before, later in pairwise(worths))
    assert max(before - later for before, later in pairwise(worths)) < 0.06 / 50


@pytest.mark.parametrize("capitalised", [False, True])
def test_a_longer_grace_is_cheaper_without_a_jump(capitalised: bool) -> None:
    worths = [worth(prorated("level", 0.07, 6.4, grace / 50, capitalised=capitalised)) for grace in range(250)]
    assert all(later < before + 1e-12 for before, later in pairwise(worths))
    assert max(before - later for before, later in pairwise(worths)) < 0.06 / 50


def worth(found: Schedule, rate: float = 0.14) -> float:
    """What is paid back, at a rate."""
    return sum(paid / (1 + rate) ** number for number, paid in enumerate(found.service, 1))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("capitalised", [False, True])
def test_balances_follow(shape: Shape, capitalised: bool) -> None:
    found, balance = prorated(shape, 0.09, 5.7, 1.4, capitalised=capitalised), 1.0
    for interest, principal, accrued, after in zip(found.interest, found.principal, found.accrued, found.balance, strict=True):
        assert interest + accrued == pytest.approx(0.09 * balance)
        balance += accrued - principal
        assert after == pytest.approx(balance)
    assert balance == pytest.approx(0)


@pytest.mark.parametrize(("length", "expected"), [
    (4.0, ((4, 1.0),)), (4.25, ((4, 0.75), (5, 0.25))), (3.9999999999, ((4, 1.0),)), (0.0, ((0, 1.0),)),
])
def test_a_length_in_whole_periods(length: float, expected: tuple[tuple[int, float], ...]) -> None:
    assert whole_parts(length) == expected
