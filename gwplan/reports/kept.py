"""What commands keep in the folder of a run: results of solves that belong beside its plan, as plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gwplan.common.whole_files import write_whole

WORTH, REFERENCE, SLIP, DISPATCH = "worth.json", "reference.json", "slip.json", "dispatch.json"
"""Results of `gwplan worth`, `gwplan reference`, `gwplan slip` and `gwplan dispatch`."""


def keep(target: Path, record: dict[str, Any]) -> Path:
    """Write a result; gives its path. OSError if it cannot be written."""
    return write_whole(target, json.dumps(record, indent=2, allow_nan=False).encode())


def holds(target: Path, key: str, value: object) -> bool:
    """True if there is a result that has a value under a key."""
    try:
        return bool(json.loads(target.read_text(encoding="utf-8"))[key] == value)
    except (OSError, ValueError, LookupError, TypeError):
        return False
