"""Audit: an independent check of a run folder, without the model and the solver.

Everything that follows from the decisions in `plan.csv` is recomputed from the inputs as used: stocks, accounts, rules,
every payment, present values and every headline figure. Differences and violated rules are reported with their place;
what is not checked is listed. The audit shares only the calendar and the number format with the model: it has its own
rules, input look-up and units.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.audit.checks import Audit, Check, Checks

if TYPE_CHECKING:
    from gwplan.audit.run_folder import Answer

__all__ = ["TOLERANCE", "Audit", "Check", "audit"]
TOLERANCE = 1e-6
CORRUPT = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""Exceptions caused by corrupt or unexpected file content: they become findings."""


def audit(run_folder: Path, tolerance: float = TOLERANCE) -> Audit:
    """Check the run folder. `tolerance`: maximum error, relative to 1 + the larger side of each comparison.

    An unreadable folder gives a failed audit with a single check that states the reason.
    """
    import pandas as pd

    with pd.option_context("mode.string_storage", "python"):  # Python's own texts are quicker in small tables than Arrow's
        return _audit(run_folder, tolerance)


def _audit(run_folder: Path, tolerance: float) -> Audit:
    from gwplan.audit import (
        accelerators,
        budget,
        carbon,
        choices,
        contracts,
        cooling,
        copies,
        demand,
        diversification,
        finance,
        first_power,
        goals,
        grades,
        halls,
        headline,
        investors,
        leases,
        limits,
        money,
        power,
        returns,
        scope,
        sites,
        summary,
    )
    from gwplan.audit import run_folder as reading

    checks = Checks(tolerance)
    unchecked: list[str] = []
    not_checked: list[str] = list(scope.ALWAYS)
    try:
        answer = reading.Answer(reading.Folder(Path(run_folder)), checks)
        # Leased room adds to halls, its load is not on the planner's meter, and its cost is computed with power.
        for step in (sites.check, leases.check_room, halls.check, accelerators.check, leases.check_load, cooling.check, demand.check,
                     power.check, leases.enter_money, contracts.check, investors.check, sites.check_limits):
            step(answer)
        for subject in (carbon, money, budget, diversification, finance, goals, choices, summary, headline, returns, first_power, limits,
                        grades, copies, reading):
            attempt(checks, subject.__name__.rpartition(".")[2], subject.check, answer)
        unchecked = sorted(set(answer.folder.tables) - answer.read)
        not_checked = scope.not_checked(answer, unchecked)
    except CORRUPT as error:
        checks.found_wrong("reading.folder_can_be_read", [f"{type(error).__name__}: {error}"], 1)
    return Audit(all(check.passed for check in checks.found), checks.found, unchecked, not_checked)


def attempt(checks: Checks, subject: str, check: Callable[[Answer], None], answer: Answer) -> None:
    """Check a subject; unreadable content is a finding, and the other subjects are still checked."""
    try:
        check(answer)
    except CORRUPT as error:
        checks.found_wrong(f"reading.{subject}_can_be_worked_out", [f"{type(error).__name__}: {error}"[:200]], 1)
