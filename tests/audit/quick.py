"""The audit of a run that is changed in one place again and again: files that stay the same are parsed once, and it may end at what is wrong.

It is the audit of the program, check by check; only how a file's bytes become a table is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    """A check that did not pass, which ends an audit, and the full names of all that did not."""

    def __init__(self, check: Check, wrong: set[str]) -> None:
        super().__init__(str(check))
        self.check, self.wrong = check, wrong


class Ending(list[Check]):
    """Checks made so far. The audit ends once all that are looked for, by full name, do not pass; at the first where none is named."""

    def __init__(self, wanted: Collection[str]) -> None:
        super().__init__()
        self.wanted, self.wrong = set(wanted), set[str]()

    def append(self, check: Check) -> None:
        """Note a check."""
        super().append(check)
        if not check.passed:
            self.wrong.add(f"{check.part}.{check.name}")
            if self.wanted <= self.wrong:
                raise Seen(check, self.wrong)


def audited(run: Path) -> Audit:
    """The whole audit of a run folder."""
    with patch.object(gwplan.audit.run_folder, "Folder", Remembering):
        return gwplan.audit.audit(run)


def first_wrong(run: Path) -> Check | None:
    """The first check of the audit that does not pass, where it ends; None where all pass."""
    found = ending(run, ())
    return found.check if isinstance(found, Seen) else None


def wrong_until(run: Path, wanted: Collection[str]) -> set[str]:
    """Full names of checks that do not pass, until all that are wanted are among them: the audit ends there, or with its last check."""
    found = ending(run, wanted)
    return found.wrong if isinstance(found, Seen) else {f"{check.part}.{check.name}" for check in found.failed}


def ending(run: Path, wanted: Collection[str]) -> Audit | Seen:
    """The audit, or what ended it."""
    make: Callable[[float], Checks] = gwplan.audit.Checks

    def watched(tolerance: float) -> Checks:
        checks = make(tolerance)
        checks.found = Ending(wanted)
        return checks

    with patch.object(gwplan.audit, "Checks", watched):
        try:
            return audited(run)
        except Seen as seen:
            return seen
