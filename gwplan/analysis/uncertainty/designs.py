"""Designs of a sample: how the quantile levels of many numbers are spread, and how sure its quantiles are.

Independent draws; a Latin hypercube, in which each number falls once into each of as many equal parts as there are samples (McKay, Beckman
and Conover 1979); a scrambled Sobol sequence, which fills all parts of the space alike, best with a power of two samples (Owen 1998). The
interval of a quantile is between two samples by rank (the binomial distribution; Conover 1999, section 3.2): it holds for independent
draws, and is wide for the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gwplan.analysis.uncertainty.ranges import chance_of

Design = Literal["independent", "latin", "sobol"]
DESIGNS: tuple[Design, ...] = ("independent", "latin", "sobol")
NAMES: dict[Design, str] = {"independent": "independent draws", "latin": "a Latin hypercube", "sobol": "a scrambled Sobol sequence"}
SURE = 0.95
"""Confidence of the interval of a quantile."""
WITHIN = ":within its part"
"""Added to a key for its place within its part of a Latin hypercube."""


def levels(design: Design, keys: Sequence[str], count: int, seed: int) -> NDArray[np.float64]:
    """Quantile levels, sample by key, each strictly between 0 and 1."""
    if design == "sobol":
        return sobol(keys, count, seed)
    plain = np.array([[chance_of(seed, sample, key) for key in keys] for sample in range(1, count + 1)]).reshape(count, len(keys))
    if design == "independent":
        return plain
    within = np.array([[chance_of(seed, sample, key + WITHIN) for key in keys] for sample in range(1, count + 1)]).reshape(count, len(keys))
    found: NDArray[np.float64] = (np.argsort(np.argsort(plain, axis=0), axis=0) + within) / count
    return found


def sobol(keys: Sequence[str], count: int, seed: int) -> NDArray[np.float64]:
    """A scrambled Sobol sequence; the column of a key is by its place among all keys by name, whatever their order."""
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the help says that a power of two is best
        drawn = qmc.Sobol(max(len(keys), 1), scramble=True, rng=np.random.default_rng(seed)).random(count)
    tiny = np.finfo(float).eps
    order = {key: place for place, key in enumerate(sorted(keys))}
    found: NDArray[np.float64] = np.clip(drawn[:, [order[key] for key in keys]], tiny, 1 - tiny)
    return found


def interval(values: Sequence[float], share: float) -> tuple[float | None, float | None]:
    """Between which of the values a quantile lies, with a confidence of `SURE`; None where the sample is too small to say."""
    from scipy.stats import binom

    ordered, count = sorted(values), len(values)
    if not count:
        return None, None
    low, high = (int(binom.ppf(level, count, share)) for level in ((1 - SURE) / 2, (1 + SURE) / 2))
    return (ordered[low - 1] if low >= 1 else None), (ordered[high] if high < count else None)
