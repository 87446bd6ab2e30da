"""Audit: re-check an answer from its written run folder, without the model and without the solver.

Everything that follows from the decisions in `plan.csv` is worked out anew from the inputs as used: stocks, accounts,
rules, every payment, present values. Where the folder says something else, or a rule does not hold, the audit says
which and where. It shares only the calendar with the model: not its parts, not its look-up, not its units.
"""

from __future__ import annotations

from pathlib import Path

from gwplan.audit.checks import Audit, Check, Checks

__all__ = ["TOLERANCE", "Audit", "Check", "audit"]
TOLERANCE = 1e-6


def audit(run_folder: Path, tolerance: float = TOLERANCE) -> Audit:
    """Check the run folder. `tolerance`: largest miss, relative to 1 + the larger side of each comparison.

    A folder that cannot be read gives an audit that is not ok, whose one failed check says why.
    """
    from gwplan.audit import accelerators, budget, carbon, cooling, finance, goals, halls, limits, money, power, reading, sites, summary

    checks = Checks(tolerance)
    unchecked: list[str] = []
    try:
        answer = reading.Answer(reading.Folder(Path(run_folder)), checks)
        for subject in (sites, halls, accelerators, cooling, power):
            subject.check(answer)
        sites.check_limits(answer)
        for subject in (carbon, money, budget, finance, goals, summary, limits, reading):
            subject.check(answer)
        unchecked = sorted(set(answer.folder.tables) - answer.read)
    except (ValueError, LookupError) as error:
        # Corrupt text in any file ends up here: that is a finding, not a crash.
        checks.found_wrong("reading.folder_can_be_read", [f"{type(error).__name__}: {error}"], 1)
    return Audit(all(check.passed for check in checks.found), checks.found, unchecked)
