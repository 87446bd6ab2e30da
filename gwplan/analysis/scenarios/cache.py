"""A cache of results by digest, one small file each: a killed sweep resumes, a repeated one is immediate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from gwplan.analysis.scenarios.scenario import Result
from gwplan.common import claims
from gwplan.common.status import Status
from gwplan.inputs.plain_files import read_bytes
from gwplan.results.drafts import UNFINISHED

LASTING = frozenset((Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED, Status.FAULTY_INPUT))
"""Statuses that are reproducible and therefore cached; time-outs and failures are solved again."""


def stamp_of(content: bytes) -> bytes:
    """Checksum at the head of a cache file, which detects truncated or changed content."""
    return hashlib.sha256(content).hexdigest().encode()


class Cache:
    """Results of scenarios in a folder, by the digest of question and scenario."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """The file of a result."""
        return self.folder / digest[:2] / f"{digest}.json"

    def get(self, digest: str) -> Result | None:
        """The cached result, or None; a damaged file counts as missing."""
        try:
            stamp, _, content = read_bytes(self.path(digest)).partition(b"\n")
            return Result.from_json(content.decode()) if stamp == stamp_of(content) else None
        except (OSError, ValueError, TypeError):
            return None

    def holds(self, digests: Iterable[str]) -> int:
        """How many of some digests have a cached result."""
        return sum(self.get(digest) is not None for digest in digests)

    def put(self, digest: str, result: Result) -> None:
        """Cache a reproducible result. OSError if it cannot be written."""
        if result.status not in LASTING:
            return
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.folder / claims.draft_name(UNFINISHED)
        with claims.claimed(draft):
            try:
                content = result.to_json().encode()
                draft.write_bytes(stamp_of(content) + b"\n" + content)
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
