"""Designs of a sample, by their defining properties, and the interval of a quantile by the binomial distribution."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from gwplan.analysis.uncertainty.designs import interval, levels
from gwplan.analysis.uncertainty.sample import Drawing, chances

KEYS = ["a.b.c", "a.d.c", "e.f.g"]


def test_a_latin_hypercube_has_one_sample_in_each_part_of_each_number() -> None:
    found = levels("latin", KEYS, 20, 3)
    assert (np.sort(np.floor(found * 20), axis=0) == np.arange(20)[:, None]).all()
    assert (levels("latin", KEYS, 20, 3) == found).all() and (levels("latin", KEYS, 20, 4) != found).any()
    assert (levels("latin", KEYS[::-1], 20, 3)[:, ::-1] == found).all()


def test_a_sobol_sequence_of_a_power_of_two_fills_each_half_of_each_pair_alike() -> None:
    found = levels("sobol", KEYS, 64, 1)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        quarters = 2 * (found[:, one] > 0.5) + (found[:, other] > 0.5)
        assert np.bincount(quarters).tolist() == [16] * 4
    assert (levels("sobol", KEYS[::-1], 64, 1)[:, ::-1] == found).all()
    assert ((found > 0) & (found < 1)).all()


@pytest.mark.parametrize("design", ["latin", "sobol"])
def test_a_spread_design_has_a_mean_nearer_to_the_middle(design: str) -> None:
    """The error of the mean of 64 independent levels is about 0.036; of spread ones it is far less."""
    found = chances(KEYS, Drawing(64, 5, design=design))  # type: ignore[arg-type]
    assert np.abs(found.mean(axis=0) - 0.5).max() < 0.01


def test_the_interval_of_a_median_holds_with_the_confidence_that_it_says() -> None:
    """Of 20 values the median lies between the 6th and the 15th with 95.9 %: the sum of binomial chances of 6 to 14 below it."""
    values = [float(each) for each in range(1, 21)]
    assert interval(values, 0.5) == (6.0, 15.0)
    assert sum(comb(20, below) for below in range(6, 15)) / 2**20 > 0.95
    assert interval(values[::-1], 0.5) == (6.0, 15.0)


def test_too_small_a_sample_says_nothing_of_its_ends() -> None:
    assert interval([1.0, 2.0, 3.0], 0.05)[0] is None
    assert interval([1.0, 2.0, 3.0], 0.95)[1] is None
    assert interval([], 0.5) == (None, None)


def test_intervals_shrink_with_the_sample() -> None:
    widths = []
    for count in (50, 200, 800):
        low, high = interval(np.linspace(0, 1, count).tolist(), 0.5)
        assert low is not None and high is not None
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] / widths[2] == pytest.approx(4, rel=0.15)  # as the square root of the size
