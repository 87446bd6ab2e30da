"""Shares of variance against functions whose Sobol indices are known, and where they are refused.

A sum of a_k x level_k has the shares a_k^2 / sum of a^2; a level and its square: the variance of u is 1/12, of u^2 is 4/45, their
covariance 1/12. Ishigami's function on three levels is no sum of quadratics.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from gwplan.analysis.uncertainty.correlations import Correlations, correlated
from gwplan.analysis.uncertainty.designs import DESIGNS, Design, levels
from gwplan.analysis.uncertainty.shares import ALONG, LEAST_DRAWS, groups_of, shares

KEYS = tuple(f"t.i.q{number:02d}" for number in range(12))
UNITS = ("MW",) * len(KEYS)
DRAWS = 400


def drawn(design: Design = "independent", count: int = DRAWS) -> np.ndarray:
    return levels(design, KEYS, count, 3)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_sum_has_the_shares_of_its_squares(design: Design) -> None:
    """4, 2 and 1 of three levels: 16, 4 and 1 of 21; the other nine numbers have none."""
    u = drawn(design)
    found = shares(KEYS, UNITS, u, list(100 + u[:, :3] @ [4.0, 2.0, 1.0]))
    assert not found.refused and found.explained == pytest.approx(1.0)
    assert found.names == KEYS[:3]
    assert found.shares == pytest.approx([16 / 21, 4 / 21, 1 / 21])


def test_a_quadratic_has_the_share_of_both_its_terms() -> None:
    """Of u + v^2 the variances are 1/12 and 4/45: a square that rank correlation sees, beside a level."""
    u = drawn(count=2000)
    found = shares(KEYS, UNITS, u, list(u[:, 5] + u[:, 2] ** 2))
    whole = 1 / 12 + 4 / 45
    assert dict(zip(found.names, found.shares, strict=True)) == pytest.approx({KEYS[2]: 4 / 45 / whole, KEYS[5]: 1 / 12 / whole})


def test_a_valley_that_no_rank_correlation_sees_has_its_share() -> None:
    """(u - 1/2)^2 has the variance 1/180, a tenth of v the variance 1/1200: 20 of 23 and 3 of 23."""
    u = drawn(count=2000)
    found = shares(KEYS, UNITS, u, list((u[:, 0] - 0.5) ** 2 + 0.1 * u[:, 1]))
    assert dict(zip(found.names, found.shares, strict=True)) == pytest.approx({KEYS[0]: 20 / 23, KEYS[1]: 3 / 23})


def test_noise_lowers_what_is_explained_and_not_the_ratio_of_shares() -> None:
    """Noise with a ninth of the variance of the sum: 0.9 is explained, and shares are 0.9 of 16, 4 and 1 in 21."""
    u, noise = drawn(count=2000), np.random.default_rng(1).normal(size=2000)
    found = shares(KEYS, UNITS, u, list(u[:, :3] @ [4.0, 2.0, 1.0] + noise * math.sqrt(21 / 12 / 9)))
    assert found.explained == pytest.approx(0.9, abs=0.02)
    assert found.shares[:3] == pytest.approx([0.9 * 16 / 21, 0.9 * 4 / 21, 0.9 / 21], abs=0.03)
    assert sum(found.shares[3:]) < 0.02


def test_what_is_no_sum_of_quadratics_is_refused() -> None:
    """Ishigami: sin a + 7 sin^2 b + 0.1 c^4 sin a. Two thirds of its variance are waves of b and products of a and c."""
    a, b, c = (math.pi * (2 * drawn(count=2000)[:, place] - 1) for place in range(3))
    found = shares(KEYS, UNITS, drawn(count=2000), list(np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)))
    assert found.explained < 0.5 and found.names == ()
    assert "less than 70%" in found.refused


def test_chance_has_no_shares() -> None:
    found = shares(KEYS, UNITS, drawn(), list(np.random.default_rng(2).normal(size=DRAWS)))
    assert found.refused and found.explained < 0.05


def test_few_draws_lost_draws_and_no_spread_are_refused_in_words() -> None:
    u = drawn()
    plain: list[float | None] = list(u[:, 0])
    assert "too few" in shares(KEYS, UNITS, u[:LEAST_DRAWS - 1], plain[:LEAST_DRAWS - 1]).refused
    assert shares(KEYS, UNITS, u[:1], plain[:1]).refused.startswith("1 draw with a plan is too few")
    lost = [None if level > 0.9 else level for level in u[:, 0]]
    assert "have no plan" in shares(KEYS, UNITS, u, lost).refused
    assert "no variance" in shares(KEYS, UNITS, u, [3.0] * DRAWS).refused


def test_more_numbers_than_draws_are_no_hindrance_where_few_matter() -> None:
    keys = tuple(f"t.i.q{number:03d}" for number in range(300))
    u = levels("independent", keys, 150, 5)
    found = shares(keys, ("MW",) * 300, u, list(u[:, 7] * 3 + u[:, 100] * 2))
    assert set(found.names[:2]) == {keys[7], keys[100]}
    assert found.shares[:2] == pytest.approx([9 / 13, 4 / 13]) and sum(found.shares[2:]) < 1e-6
    assert found.terms <= 150 / 5


def test_correlated_numbers_have_one_share_together() -> None:
    """Two levels of rank correlation 0.8 and one apart, each with the weight 1: together 2 + 1.6 of 4.6."""
    matrix = np.array([[1.0, 0.8], [0.8, 1.0]])
    values, vectors = np.linalg.eigh(2 * np.sin(np.pi / 6 * matrix))
    moved = Correlations(KEYS[:2], matrix, (vectors * np.sqrt(values)) @ vectors.T)
    u = correlated(KEYS, drawn(count=2000), moved)
    found = shares(KEYS, UNITS, u, list(u[:, :3].sum(axis=1)), moved)
    assert found.names == (KEYS[0] + ALONG, KEYS[2])
    assert found.shares == pytest.approx([3.6 / 4.6, 1 / 4.6], abs=0.03)


def test_who_moves_with_whom_through_others_is_one_group() -> None:
    matrix = np.eye(4)
    for one, other in ((0, 1), (1, 2)):
        matrix[one, other] = matrix[other, one] = 0.3
    groups = groups_of(KEYS[:6], Correlations((KEYS[5], KEYS[0], KEYS[3], KEYS[1]), matrix, matrix))
    assert sorted(groups) == [(0, 3, 5), (1,), (2,), (4,)]
