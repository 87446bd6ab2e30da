"""Chains, lives, annuities and spend curves of the audit, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gwplan.audit.halls import spend
from gwplan.audit.stocks import annuity_share, at_arrival, moved, product, rolling, within


def series(*values: float) -> np.ndarray:
    """One item at one site."""
    return np.array(values, dtype=float).reshape(1, 1, -1)


def test_orders_arrive_their_chain_later_and_none_after_the_horizon() -> None:
    assert moved(series(1, 2, 3, 4), np.array([[[2]]])).ravel().tolist() == [0, 0, 1, 2]
    # Two orders may arrive together if the chain grows shorter.
    assert moved(series(1, 2, 0, 0), np.array([[[2, 1, 1, 1]]])).ravel().tolist() == [0, 0, 3, 0]


def test_a_stock_is_what_entered_within_its_life() -> None:
    assert within(series(1, 2, 0, 4), np.array([[2]])).ravel().tolist() == [1, 3, 2, 4]
    assert within(series(1, 2, 0, 4), np.array([[9]])).ravel().tolist() == [1, 3, 3, 7]


def test_a_year_is_the_period_and_those_before_it() -> None:
    assert rolling(np.array([1.0, 2, 3, 4, 5]), 4).tolist() == [1, 3, 6, 10, 14]
    assert rolling(np.array([1.0, 2, 3]), 1).tolist() == [1, 2, 3]
    assert rolling(np.array([1.0, 2]), 4).tolist() == [1, 3]


def test_a_limit_is_read_on_arrival() -> None:
    values = at_arrival(series(5, 6, 7), np.array([[[1, 2, 3]]])).ravel()
    assert values[:2].tolist() == [6, 7]
    assert np.isnan(values[2])


def test_nothing_times_no_number_is_nothing() -> None:
    assert product(np.array([0.0, 2.0]), np.array([np.nan, 3.0])).tolist() == [0, 6]
    assert np.isnan(product(np.array([1.0]), np.array([np.nan])))[0]


def test_an_annuity_is_worth_what_it_still_pays() -> None:
    """At 25 % a payment in one and two years is worth 0.8 and 0.64: 1.44 in all, 0.8 with one year left."""
    share = annuity_share(np.array(2.0), np.array([0.0, 1.0, 2.0, 3.0]), 0.25)
    assert share.tolist() == pytest.approx([1, 0.8 / 1.44, 0, 0])
    assert annuity_share(np.array(4.0), np.array([1.0]), 0.0).tolist() == [0.75]


def test_an_annuity_loses_less_than_a_straight_line_at_first() -> None:
    ages = np.linspace(0.5, 9.5, 10)
    assert (annuity_share(np.array(10.0), ages, 0.09) > 1 - ages / 10).all()


@pytest.mark.parametrize(("steps", "expected"), [
    (0, [1]), (1, [1]), (2, [0.45, 0.55]), (3, [0.3, 0.3, 0.4]), (4, [0.225, 0.225, 0.25, 0.3]), (6, [0.15, 0.15, 0.15, 0.15, 0.2, 0.2]),
])
def test_thirds_are_spread_over_the_build(steps: int, expected: list[float]) -> None:
    """0.3, 0.3 and 0.4: the first half of the build is the first third and half of the second, 0.3 + 0.15."""
    curve = spend(np.array([0.3, 0.3, 0.4]), steps)
    assert curve.tolist() == pytest.approx(expected)
    assert curve.sum() == pytest.approx(1)
