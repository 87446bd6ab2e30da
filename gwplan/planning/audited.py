"""The audit of an existing run folder, of any version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault, InputFaults
from gwplan.results.run_folder import RunFolder, other_version

if TYPE_CHECKING:
    from gwplan.audit import Audit
    from gwplan.audit.checks import Check


UNREADABLE = "folder_can_be_read"
"""The check that fails if a folder cannot be read at all."""


@dataclass(frozen=True)
class Audited:
    """The audit of a folder, and the version that made it if it is another one."""

    folder: Path
    audit: Audit
    version: str


def audit_folder(folder: Path) -> Audited:
    """Audit a run folder. InputFaults if it is not one, or is too damaged to read."""
    from gwplan.audit import audit

    RunFolder(folder)
    found, version = audit(folder), other_version(folder)
    broken = next((check for check in found.failed if check.name == UNREADABLE), None)
    if broken is not None:
        other = f"; {version}" if version else ""
        raise InputFaults([Fault(str(folder), 0, f"is damaged or of another version, and cannot be audited ({broken.where}){other}")])
    return Audited(folder, found, version)


def shared_decisions(scenarios: str, plans: Mapping[str, str], moved: Sequence[Mapping[str, str]], periods: Sequence[str]) -> Check:
    """Whether plans of scenarios decide the same until these can be told apart; see `gwplan.audit.shared_decisions`."""
    from gwplan.audit.shared_decisions import shared

    return shared(scenarios, plans, moved, periods)
