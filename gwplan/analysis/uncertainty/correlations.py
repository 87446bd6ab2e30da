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
from gwplan.inputs.grades import grade_fault
from gwplan.inputs.memory import AnyPath, shown_name
from gwplan.inputs.tables import read_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORRELATION_COLUMNS = ("a", "b", "rho", "source", "note")
OPTIONAL_COLUMNS = ("unit", "grade")
LEAST_EIGENVALUE = -1e-9
"""Rounding tolerance of a zero eigenvalue; below it a matrix is not positive semidefinite."""
CHANCE_BAND = 2.0
"""95 % quantile: the rank correlation of n independent samples is within this over sqrt(n) with 95 % probability."""


@dataclass(frozen=True)
class Correlations:
    """Correlations of drawn keys. keys: correlated keys; matrix: their rank correlations; root: square root of those of normal scores."""

    keys: tuple[str, ...]
    matrix: NDArray[np.float64]
    root: NDArray[np.float64]
    warnings: tuple[str, ...] = ()


NO_CORRELATIONS = Correlations((), np.zeros((0, 0)), np.zeros((0, 0)))


def read_correlations(path: AnyPath, drawn: Collection[str], known: Collection[str], sources: Collection[str],
                      unread: Collection[str] = ()) -> Correlations:
    """Read a table of rank correlations; `*` in a key is a wildcard.

    drawn: keys that are drawn. known: keys of all rows. unread: tables that the model does not read; rows on them are left aside.
    InputFaults for an invalid row, a row that matches nothing, a pair with two different values, and correlations that contradict
    one another.
    """
    faults: list[Fault] = []
    warnings: list[str] = []
    pairs: dict[tuple[str, str], tuple[float, int]] = {}
    for number, (one, other, text, source, _, unit, grade) in read_cells(path, CORRELATION_COLUMNS, faults, optional=OPTIONAL_COLUMNS):
        if any(pattern.partition(".")[0] in unread for pattern in (one, other)):
            continue
        wrong, rho = _rho(text)
        wrong += [*_unknown(one, other, known), *_unsourced(source, sources, unit, grade)]
        faults.extend(Fault(shown_name(path), number, message) for message in wrong)
        if wrong:
            continue
        found = {(min(a, b), max(a, b)) for a in _matching(one, drawn) for b in _matching(other, drawn) if a != b}
        if not found:
            warnings.append(f"{shown_name(path)}:{number} correlates no two drawn numbers: {one} and {other}")
        for pair in sorted(found):
            before = pairs.setdefault(pair, (rho, number))
            if before[0] != rho:
                message = f"{pair[0]} and {pair[1]} have the correlation {before[0]:g} in row {before[1]}"
                faults.append(Fault(shown_name(path), number, message))
    if faults:
        raise InputFaults(faults)
    return _joined(path, pairs, tuple(warnings))


def _matching(pattern: str, keys: Collection[str]) -> list[str]:
    return [key for key in keys if fnmatchcase(key, pattern)]


def _unknown(one: str, other: str, known: Collection[str]) -> list[str]:
    return [f"{pattern!r} matches no number of the case; the format is table.item[@site].quantity, with * as wildcard"
            for pattern in (one, other) if not _matching(pattern, known)]


def _rho(text: str) -> tuple[list[str], float]:
    """The faults of a correlation, and its value."""
    rho = parse_number(text) if text else "rho is blank"
    if isinstance(rho, str):
        return [rho], 0.0
    return ([] if -1 <= rho <= 1 else [f"rho {rho:g} is not between -1 and 1"]), rho


def _unsourced(source: str, sources: Collection[str], unit: str, grade: str) -> list[str]:
    """The faults of the columns beside a correlation."""
    wrong = [] if source in sources else [f"no source {source!r} in sources.csv" if source else "the source is blank"]
    if unit not in ("", "1"):
        wrong.append(f"the unit {unit!r} of a correlation is '1'")
    return [*wrong, *filter(None, [grade_fault(grade)])]


def _joined(path: AnyPath, pairs: dict[tuple[str, str], tuple[float, int]], warnings: tuple[str, ...]) -> Correlations:
    """The rank correlations of all pairs, and the square root of the correlations of normal scores that have them.

    Normal scores with the correlation r have the rank correlation 6 / pi x asin(r / 2).
    """
    keys = tuple(sorted({key for pair in pairs for key in pair}))
    place = {key: number for number, key in enumerate(keys)}
    matrix = np.eye(len(keys))
    for (one, other), (rho, _) in pairs.items():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = rho
    if not keys:
        return Correlations((), matrix, matrix, warnings)
    values, vectors = np.linalg.eigh(2 * np.sin(np.pi / 6 * matrix))
    if values[0] < LEAST_EIGENVALUE:
        weight = np.abs(vectors[:, 0])
        named = {key for key, share in zip(keys, weight, strict=True) if share > weight.max() / 10}
        raise InputFaults([_contradiction(path, {pair: cell for pair, cell in pairs.items() if named.issuperset(pair)}, values[0])])
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return Correlations(keys, matrix, root, warnings)


def _contradiction(path: AnyPath, pairs: dict[tuple[str, str], tuple[float, int]], least: float) -> Fault:
    """The fault of correlations that no numbers can have together, at the last row of them."""
    rows = {row: (pair, rho) for pair, (rho, row) in sorted(pairs.items(), reverse=True)}
    last = max(rows)
    (one, other), rho = rows.pop(last)
    beside = ", ".join(f"row {row} ({found:g}: {' and '.join(pair)})" for row, (pair, found) in sorted(rows.items()))
    return Fault(shown_name(path), last, f"rho {rho:g} of {one} and {other} contradicts {beside or 'itself'}: no numbers have these "
                                  f"correlations together (their matrix is not positive semidefinite, least eigenvalue {least:.3g})")


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
