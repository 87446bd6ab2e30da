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
    from gwplan.audit import (
        accelerators,
        budget,
        carbon,
        contracts,
        cooling,
        diversification,
        finance,
        goals,
        halls,
        investors,
        leases,
        limits,
        money,
        power,
        sites,
        summary,
    )
    from gwplan.audit import (
        run_folder as reading,
    )

    checks = Checks(tolerance)
    unchecked: list[str] = []
    try:
        answer = reading.Answer(reading.Folder(Path(run_folder)), checks)
        # Leased room stands beside halls, what stands in it is on no meter of the planner's, and its money comes with power's.
        for step in (sites.check, leases.check_room, halls.check, accelerators.check, leases.check_load, cooling.check, power.check,
                     leases.enter_money, contracts.check, investors.check, sites.check_limits):
            step(answer)
        for subject in (carbon, money, budget, diversification, finance, goals, summary, limits, reading):
            subject.check(answer)
        unchecked = sorted(set(answer.folder.tables) - answer.read)
    except (ValueError, LookupError) as error:
        # Corrupt text in any file ends up here: that is a finding, not a crash.
        checks.found_wrong("reading.folder_can_be_read", [f"{type(error).__name__}: {error}"], 1)
    return Audit(all(check.passed for check in checks.found), checks.found, unchecked)
