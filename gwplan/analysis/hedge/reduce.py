"""Few scenarios for many draws: fast forward selection.

Draws of all uncertain numbers are points whose coordinates are quantile levels. One draw after the other is selected such that the mean
distance of all draws to the nearest selected one is least; each draw gives its probability to the nearest. The error that is
stated is that mean distance, as a share of what a single draw leaves.

Source: Heitsch and Roemisch 2003, Scenario reduction algorithms in stochastic programming.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Reduced:
    """The selected draws, by number, most probable first, with their probabilities. error: what they leave of the distance of one draw, a
    share; one: that distance.
    """

    chosen: tuple[int, ...]
    probabilities: tuple[float, ...]
    error: float
    one: float


def reduced(points: NDArray[np.float64], count: int) -> Reduced:
    """Select draws. points: draw by coordinate; count: how many, at most as many as there are draws."""
    apart = distances(points)
    nearest = np.full(len(points), np.inf)
    chosen: list[int] = []
    left = list(range(len(points)))
    one = float(apart.mean(axis=0).min()) if len(points) else 0.0
    for _ in range(min(count, len(points))):
        means = [float(np.minimum(nearest, apart[each]).mean()) for each in left]
        best = left.pop(int(np.argmin(means)))
        chosen.append(best)
        nearest = np.minimum(nearest, apart[best])
    owners = np.argmin(apart[chosen], axis=0)
    shares = np.bincount(owners, minlength=len(chosen)) / len(points)
    order = sorted(range(len(chosen)), key=lambda place: -shares[place])
    return Reduced(tuple(chosen[place] for place in order), tuple(float(shares[place]) for place in order),
                   float(nearest.mean()) / one if one else 0.0, one)


def distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distance of each pair of points."""
    found: NDArray[np.float64] = np.sqrt(np.maximum(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2), 0.0))
    return found
