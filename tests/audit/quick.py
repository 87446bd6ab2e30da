"""The audit of a run that is changed in one place again and again: files that stay the same are parsed once, and it may end at what is wrong.

It is the audit of the program, check by check; only how a file's bytes become a table is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import pandas as pd

import gwplan.audit
from gwplan.audit import Audit, Check
from gwplan.audit.checks import Checks
from gwplan.audit.run_folder import Folder

_PARSED: dict[tuple[bytes, tuple[str, ...]], pd.DataFrame] = {}


class Remembering(Folder):
    """A run folder that parses each content of a table once in a process."""

    def csv(self, file: Path, columns: Sequence[str], missing: bool = False) -> pd.DataFrame:
        """As of any folder; what was parsed before is given as a copy."""
        if not file.is_file():
            return super().csv(file, columns, missing)
        key = (file.read_bytes(), tuple(columns))
        if key not in _PARSED:
            _PARSED[key] = super().csv(file, columns, missing)
        return _PARSED[key].copy()


class Seen(Exception):
    """A check that did not pass, which ends an audit."""

    def __init__(self, check: Check) -> None:
        super().__init__(str(check))
        self.check = check


class Ending(list[Check]):
    """Checks made so far; the first that does not pass ends the audit."""

    def append(self, check: Check) -> None:
        """Note a check."""
        super().append(check)
        if not check.passed:
            raise Seen(check)


def audited(run: Path) -> Audit:
    """The whole audit of a run folder."""
    with patch.object(gwplan.audit.reading, "Folder", Remembering):
        return gwplan.audit.audit(run)


def first_wrong(run: Path) -> Check | None:
    """The first check of the audit that does not pass, where it ends; None where all pass."""
    make: Callable[[float], Checks] = gwplan.audit.Checks

    def ending(tolerance: float) -> Checks:
        checks = make(tolerance)
        checks.found = Ending()
        return checks

    with patch.object(gwplan.audit, "Checks", ending):
        try:
            found = audited(run)
        except Seen as seen:
            return seen.check
    assert found.ok
    return None
