"""Shares of variance: how much of the spread of an outcome each drawn number makes by itself, from the draws that there are.

The outcome is fitted by a sum of quadratics of the quantile levels drawn, in Legendre polynomials that are orthonormal on independent
levels. The squares of a number's two coefficients over the variance of the outcome are its first-order Sobol index (Sudret 2008, Global
sensitivity analysis using polynomial chaos expansions). Only numbers whose coefficients are beyond chance enter, no more than the draws
can bear. What the fit explains is cross-validated, the choice of numbers with it; where that is too little there are no shares. Numbers
that are correlated have one share together: apart they have none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.analysis.uncertainty.correlations import NO_CORRELATIONS, Correlations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_EXPLAINED = 0.7
"""Share of the variance that the fit must explain, cross-validated, for shares to be told."""
LEAST_DRAWS = 50
"""Draws below which nothing is fitted."""
DRAWS_A_TERM = 5
"""Draws for each coefficient that is fitted, at least."""
MOST_WITHOUT = 0.05
"""Share of draws without a plan beyond which the others are no independent draws any more."""
FOLDS = 10
"""Parts of the draws that are left out in turn."""
CHANCE = 0.01
"""Probability with which a number without any effect enters."""
DEGREES = 2
MEAN = -1
"""Key of the mean among the coefficients of the fit."""
ROUNDING = 1e-9
"""Share of the spread of an outcome below which nothing is left to explain."""
ALONG = " and those that move with it"


@dataclass(frozen=True)
class Shares:
    """Shares of the variance. names: of numbers, or of the first of a correlated group; explained: by the fit, cross-validated, NaN where
    none was made. refused: why there are no shares, else blank.
    """

    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    explained: float = math.nan
    terms: int = 0
    draws: int = 0
    refused: str = ""

    @property
    def table(self) -> dict[str, list[Any]]:
        """By column, the greatest share first."""
        return {"number": list(self.names), "unit": list(self.units), "share": list(self.shares)}


def shares(keys: Sequence[str], units: Sequence[str], levels: Floats, outcome: Sequence[float | None],
           correlations: Correlations = NO_CORRELATIONS) -> Shares:
    """Shares of an outcome. levels: quantile levels, draw by key; outcome: of each draw, None without a plan."""
    planned = [place for place, value in enumerate(outcome) if value is not None]
    y = np.array([outcome[place] for place in planned], dtype=float)
    count, missing = len(y), 1 - len(y) / max(len(outcome), 1)
    if count < LEAST_DRAWS:
        draws = "1 draw with a plan is" if count == 1 else f"{count} draws with a plan are"
        return Shares(draws=count, refused=f"{draws} too few for shares of variance: take at least {LEAST_DRAWS}")
    if missing > MOST_WITHOUT:
        return Shares(draws=count, refused=f"{missing:.0%} of the draws have no plan: what is left is not drawn independently, so no "
                      "number has a share of its variance")
    if not y.std() > ROUNDING * max(1.0, float(np.abs(y).max())):
        return Shares(draws=count, refused="all draws give the same: there is no variance to share")
    groups = groups_of(keys, correlations)
    fields = legendre(levels[planned])
    explained = cross_validated(fields, y)
    if not explained >= LEAST_EXPLAINED:
        return Shares(explained=explained, draws=count, refused="a sum of quadratics of the drawn numbers explains "
                      f"{max(explained, 0.0):.0%} of the variance (cross-validated), less than {LEAST_EXPLAINED:.0%}: its shares would "
                      "say little. More draws may help")
    chosen = screened(fields, y)
    coefficients, errors, left = fitted(fields, y, chosen)
    sizes = {group: size_of(fields, group, coefficients, errors) for group in groups if set(group) & set(chosen)}
    whole = math.fsum(sizes.values()) + left  # the terms of different groups are drawn independently
    found = sorted(((size / whole, group) for group, size in sizes.items()), reverse=True)
    names = tuple(keys[group[0]] + (ALONG if len(group) > 1 else "") for _, group in found)
    return Shares(names, tuple(units[group[0]] for _, group in found), tuple(share for share, _ in found), explained,
                  1 + DEGREES * len(chosen), count)


def groups_of(keys: Sequence[str], correlations: Correlations) -> list[tuple[int, ...]]:
    """Places of the keys, those together that are correlated, directly or through others."""
    place = {key: number for number, key in enumerate(keys)}
    apart = {number: {number} for number in range(len(keys))}
    for row, one in enumerate(correlations.keys):
        for column, other in enumerate(correlations.keys[:row]):
            if correlations.matrix[row, column] and apart[place[one]] is not apart[place[other]]:
                joined = apart[place[one]] | apart[place[other]]
                apart |= dict.fromkeys(joined, joined)
    return [tuple(sorted(group)) for group in {id(each): each for each in apart.values()}.values()]


def legendre(levels: Floats) -> Floats:
    """The polynomials of degree 1 and 2 of each level, orthonormal on (0, 1): draw by key by degree."""
    centred = 2 * levels - 1
    found: Floats = np.stack([math.sqrt(3) * centred, math.sqrt(5) * (3 * centred**2 - 1) / 2], axis=2)
    return found


def screened(fields: Floats, y: Floats) -> list[int]:
    """The numbers that enter: those whose own coefficients are beyond chance, the strongest, no more than the draws can bear.

    Then those that are beyond chance in what the first leave unexplained.
    """
    most = int((len(y) / DRAWS_A_TERM - 1) // DEGREES)
    chosen = beyond_chance(fields, y)[:most]
    coefficients, *_ = fitted(fields, y, chosen)
    left = y - told(fields, chosen, coefficients)
    if left.std() > ROUNDING * y.std():
        chosen += [place for place in beyond_chance(fields, left) if place not in chosen][:most - len(chosen)]
    return sorted(chosen)


def beyond_chance(fields: Floats, y: Floats) -> list[int]:
    """The numbers whose coefficients by themselves are larger than chance makes them, the strongest first."""
    count = len(y)
    own = np.tensordot(y - y.mean(), fields, axes=(0, 0)) / (count * y.std())
    score = count * (own**2).sum(axis=1)
    least = -2 * math.log(CHANCE)  # of a chi-square with two degrees of freedom
    return [int(place) for place in np.argsort(-score) if score[place] > least]


def told(fields: Floats, chosen: Sequence[int], coefficients: dict[int, Floats]) -> Floats:
    """What the fit says of draws."""
    made = [fields[:, place, :] @ coefficients[place] for place in chosen]
    found: Floats = coefficients[MEAN][0] + np.sum([np.zeros(len(fields)), *made], axis=0)
    return found


def fitted(fields: Floats, y: Floats, chosen: Sequence[int]) -> tuple[dict[int, Floats], dict[int, Floats], float]:
    """Coefficients of each number that enters, and of the mean under MEAN; squares of their standard errors; the variance that is left."""
    matrix = np.hstack([np.ones((len(y), 1)), *(fields[:, place, :] for place in chosen)])
    found: Floats = np.asarray(np.linalg.lstsq(matrix, y, rcond=None)[0], dtype=np.float64)
    missed = y - matrix @ found
    left = float(missed @ missed) / max(len(y) - matrix.shape[1], 1)
    errors: Floats = left * np.diag(np.linalg.pinv(matrix.T @ matrix))
    places = {place: slice(1 + DEGREES * number, 1 + DEGREES * (number + 1)) for number, place in enumerate(chosen)}
    return {MEAN: found[:1]} | {place: found[each] for place, each in places.items()}, {
        place: errors[each] for place, each in places.items()}, left


def cross_validated(fields: Floats, y: Floats) -> float:
    """The share of the variance that the fit explains of draws that it has not seen."""
    folds = np.arange(len(y)) % FOLDS
    missed = np.zeros(len(y))
    for fold in range(FOLDS):
        seen, unseen = folds != fold, folds == fold
        chosen = screened(fields[seen], y[seen])
        coefficients, *_ = fitted(fields[seen], y[seen], chosen)
        missed[unseen] = y[unseen] - told(fields[unseen], chosen, coefficients)
    return 1 - float(missed @ missed) / float(((y - y.mean()) ** 2).sum())


def size_of(fields: Floats, group: Sequence[int], coefficients: dict[int, Floats], errors: dict[int, Floats]) -> float:
    """The variance that a number makes: squares of its coefficients, less what chance adds. Of a group: of all its terms together."""
    mine = [place for place in group if place in errors]
    chance = float(sum(errors[place].sum() for place in mine))
    size = float((coefficients[mine[0]] ** 2).sum()) if len(group) == 1 else float(told(fields, mine, coefficients).var())
    return max(0.0, size - chance)
