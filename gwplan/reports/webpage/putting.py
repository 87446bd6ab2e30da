"""Write a page whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def put(target: Path, text: str) -> Path:
    """Write a page; gives its path. OSError if its folder is not there or it cannot be written."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(target.parent))
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target
