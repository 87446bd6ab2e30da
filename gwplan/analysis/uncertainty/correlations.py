"""Drivers of a result (rank correlations), and correlations between the drawn numbers (Gaussian copula)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.numbers import parse_number
from gwplan.inputs.memory import AnyPath
from gwplan.inputs.tables import read_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORRELATION_COLUMNS = ("a", "b", "rho", "source", "note")
LEAST_EIGENVALUE = -1e-9
"""Rounding tolerance of a zero eigenvalue; below it a matrix is not positive semidefinite."""
CHANCE_BAND = 2.0
"""95 % quantile: the rank correlation of n independent samples is within this over sqrt(n) with 95 % probability."""


@dataclass(frozen=True)
class Correlations:
    """Correlations of the normal scores of drawn keys. keys: correlated keys; root: symmetric square root of their matrix."""

    keys: tuple[str, ...]
    matrix: NDArray[np.float64]
    root: NDArray[np.float64]
    warnings: tuple[str, ...] = ()


NO_CORRELATIONS = Correlations((), np.zeros((0, 0)), np.zeros((0, 0)))


def read_correlations(path: AnyPath, drawn: Collection[str], known: Collection[str], sources: Collection[str]) -> Correlations:
    """Read a table of correlations; `*` in a key is a wildcard.

    drawn: keys that are drawn. known: keys of all rows. InputFaults for an invalid row, a row that matches nothing,
    a pair with two different values, and correlations that contradict one another.
    """
    faults: list[Fault] = []
    warnings: list[str] = []
    pairs: dict[tuple[str, str], tuple[float, int]] = {}
    for number, (one, other, text, source, _) in read_cells(path, CORRELATION_COLUMNS, faults):
        wrong, rho = _wrong(one, other, text, source, known, sources)
        faults.extend(Fault(path.name, number, message) for message in wrong)
        if wrong:
            continue
        found = {(min(a, b), max(a, b)) for a in _matching(one, drawn) for b in _matching(other, drawn) if a != b}
        if not found:
            warnings.append(f"{path.name}:{number} correlates no two drawn numbers: {one} and {other}")
        for pair in sorted(found):
            before = pairs.setdefault(pair, (rho, number))
            if before[0] != rho:
                message = f"{pair[0]} and {pair[1]} have the correlation {before[0]:g} in row {before[1]}"
                faults.append(Fault(path.name, number, message))
    if faults:
        raise InputFaults(faults)
    return _joined(path, {pair: rho for pair, (rho, _) in pairs.items()}, tuple(warnings))


def _matching(pattern: str, keys: Collection[str]) -> list[str]:
    return [key for key in keys if fnmatchcase(key, pattern)]


def _wrong(one: str, other: str, text: str, source: str, known: Collection[str], sources: Collection[str]) -> tuple[list[str], float]:
    """The faults of a row, and its correlation."""
    wrong = [f"{pattern!r} matches no number of the case; the format is table.item[@site].quantity, with * as wildcard"
             for pattern in (one, other) if not _matching(pattern, known)]
    rho = parse_number(text) if text else "rho is blank"
    if isinstance(rho, str):
        wrong.append(rho)
    elif not -1 <= rho <= 1:
        wrong.append(f"rho {rho:g} is not between -1 and 1")
    if not source:
        wrong.append("the source is blank")
    elif source not in sources:
        wrong.append(f"no source {source!r} in sources.csv")
    return wrong, 0.0 if isinstance(rho, str) else rho


def _joined(path: AnyPath, pairs: dict[tuple[str, str], float], warnings: tuple[str, ...]) -> Correlations:
    """The correlation matrix of all pairs, and its square root."""
    keys = tuple(sorted({key for pair in pairs for key in pair}))
    place = {key: number for number, key in enumerate(keys)}
    matrix = np.eye(len(keys))
    for (one, other), rho in pairs.items():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = rho
    if not keys:
        return Correlations((), matrix, matrix, warnings)
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < LEAST_EIGENVALUE:
        weight = np.abs(vectors[:, 0])
        named = ", ".join(key for key, share in zip(keys, weight, strict=True) if share > weight.max() / 10)
        raise InputFaults([Fault(path.name, 0, f"impossible correlations: those among {named} contradict one another "
                                               f"(their matrix is not positive semidefinite, least eigenvalue {values[0]:.3g})")])
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return Correlations(keys, matrix, root, warnings)


def correlated(keys: Sequence[str], chances: NDArray[np.float64], correlations: Correlations) -> NDArray[np.float64]:
    """Quantile levels (sample by key) correlated by a Gaussian copula; uncorrelated keys keep theirs."""
    if not correlations.keys:
        return chances
    from scipy.stats import norm

    places = [list(keys).index(key) for key in correlations.keys]
    found = chances.copy()
    found[:, places] = norm.cdf(norm.ppf(chances[:, places]) @ correlations.root)
    return found


def rank_correlations(chances: NDArray[np.float64], outcome: Sequence[float]) -> NDArray[np.float64]:
    """Spearman's rank correlation of each column with an outcome; nan if either is constant or there are fewer than 3 samples."""
    from scipy.stats import rankdata

    values = np.asarray(outcome, dtype=float)
    if len(values) < 3 or not chances.shape[1]:
        return np.full(chances.shape[1], np.nan)
    ranks = rankdata(chances, axis=0)
    ranks -= ranks.mean(axis=0)
    own = rankdata(values)
    own -= own.mean()
    size = np.sqrt((ranks**2).sum(axis=0) * (own**2).sum())
    found: NDArray[np.float64] = np.divide(own @ ranks, size, out=np.full(ranks.shape[1], np.nan), where=size > 0)
    return found


def band(samples: int) -> float:
    """Size that a rank correlation of so many samples may have by chance."""
    return CHANCE_BAND / math.sqrt(samples) if samples else math.inf


def drivers(keys: Sequence[str], units: Sequence[str], chances: NDArray[np.float64], outcomes: Mapping[str, Sequence[float]]
            ) -> dict[str, list[Any]]:
    """The table of drivers, strongest for the first outcome first. outcomes: figures of the samples in the rows of `chances`."""
    rho = {name: rank_correlations(chances, values) for name, values in outcomes.items()}
    first = next(iter(rho.values()))
    order = sorted(range(len(keys)), key=lambda place: (-(abs(first[place]) if first[place] == first[place] else -1.0), keys[place]))
    limit = band(len(chances))
    table: dict[str, list[Any]] = {"key": [keys[place] for place in order], "unit": [units[place] for place in order]}
    for name, values in rho.items():
        table[f"rho_{name}"] = [float(values[place]) if values[place] == values[place] else None for place in order]
    table["n"] = [len(chances)] * len(order)
    for name, values in rho.items():
        table[f"note_{name}"] = ["" if abs(values[place]) >= limit else f"not distinguishable from chance (below {limit:.2f})"
                                 for place in order]
    return table
