"""How a run counts compute: H100e of a system, and what compute rents for at that measure, from the run's own tables."""

from __future__ import annotations

import numpy as np

from gwplan.common.calendar import MONTHS_A_YEAR, parse_date
from gwplan.results.run_folder import RunFolder

FIRST_PRECISION = "fp8"
"""Precision of a reference system where its rows name none, as declared."""


def workload(run: RunFolder) -> dict[str, float]:
    """Share of time of each workload; empty where compute is counted at peak rates."""
    return (run.manifest.get("definition", {}).get("compute") or {}).get("workload") or {}


def h100e(run: RunFolder, system: str) -> float | None:
    """H100 that one system equals as the plan counts compute; None where it has no rate."""
    return equivalent(run, system, str(run.summary.get("precision")), workload(run))


def equivalent(run: RunFolder, system: str, precision: str, shares: dict[str, float]) -> float | None:
    """H100 that one system equals at a precision: at peak without a workload, else as delivered; None where it has no rate."""
    peak = _ratio(run, system, f"{precision}_rate")
    ratios = [(share, _ratio(run, system, f"achieved_{name}_{precision}")) for name, share in shares.items() if share]
    if peak is None or any(each is None for _, each in ratios):
        return None
    return peak * sum(share * (each or 0.0) for share, each in ratios) if ratios else peak


def _ratio(run: RunFolder, system: str, quantity: str) -> float | None:
    of, one = run.number("accelerators", system, quantity), run.number("compute", "h100", quantity)
    return of / one if of and one else None


def rent(run: RunFolder, period: int) -> float | None:
    """What compute rents for in the middle of a period, per H100e as the plan counts them; None where the run has no such price.

    Rows are quoted per H100e of their reference system at peak; an hour of that machine costs the same at every measure.
    """
    rows = [(parse_date(when).first if when else None, float(base)) for _, when, base in run.rows("compute", "compute", "value")]
    if not rows:
        return None
    points = sorted((first, base * factor_of(run, first)) for first, base in rows if first is not None)
    for _, base in (row for row in rows if row[0] is None):
        points.insert(0, (points[0][0] - MONTHS_A_YEAR if points else 0, base * factor_of(run, None)))
    months, values = zip(*points, strict=True)
    return float(np.interp(run.first_month(period) + run.months / 2, months, values))


def factor_of(run: RunFolder, first: int | None, of: tuple[str, str] = ("compute", "compute")) -> float:
    """H100e of the reference system at its own peak / those that the plan counts; 1 without one. of: table and item of its rows."""
    system = _label(run, of, "reference_system", first)
    if not system:
        return 1.0
    peak = equivalent(run, system, _label(run, of, "reference_precision", first) or FIRST_PRECISION, {})
    counted = h100e(run, system)
    return peak / counted if peak and counted else 1.0


def _label(run: RunFolder, of: tuple[str, str], quantity: str, first: int | None) -> str:
    """The label of an item that holds in a month (None: the undated one)."""
    held = [(parse_date(when).first if when else -1, base) for _, when, base in run.rows(*of, quantity)]
    return max((each for each in held if each[0] <= (-1 if first is None else first)), default=(-1, ""))[1]
