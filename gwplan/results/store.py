"""The run folder: complete in itself, never overwritten, written under another name and renamed at the end."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

UNFINISHED = ".unfinished-"


@contextmanager
def run_folder(runs: Path, name: str) -> Iterator[Path]:
    """A folder to write a run into; it takes its own name, `<UTC time>_<model>_<hash8>`, only when all is written."""
    sweep(runs)
    runs.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    draft = runs / f"{UNFINISHED}{os.getpid()}-{stamp}-{name}"
    draft.mkdir()
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def stamped(name: str, digest: str) -> str:
    """The name of a run that ends now: `<UTC time>_<model>_<hash8>`."""
    return f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}_{name}_{digest[:8]}"


def finish(draft: Path, name: str, digest: str, wanted: str = "") -> Path:
    """Give a finished draft its name, or the one wanted; a number is added if another run of the same second has it."""
    base = wanted or stamped(name, digest)
    for attempt in range(1, 1000):
        final = draft.parent / (base + (f"_{attempt}" if attempt > 1 else ""))
        try:
            if not final.exists():
                draft.rename(final)
                return final
        except OSError:
            if not final.exists():
                raise
    raise FileExistsError(f"{draft.parent}: too many runs in one second")


def sweep(runs: Path) -> None:
    """Remove drafts of processes that are gone."""
    for draft in runs.glob(f"{UNFINISHED}*") if runs.is_dir() else ():
        owner = draft.name.removeprefix(UNFINISHED).split("-")[0]
        if owner.isdigit() and not alive(int(owner)):
            shutil.rmtree(draft, ignore_errors=True)


def alive(process: int) -> bool:
    """True if a process of that number runs on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def digest(parts: Iterable[bytes]) -> str:
    """SHA-256 over parts, each with its length, in hexadecimal."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that every reader takes: numbers that are not finite become null."""
    path.write_text(json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def finite(value: Any) -> Any:
    """The value with numbers that are not finite as None, and numpy's numbers as Python's."""
    if isinstance(value, Mapping):
        return {str(key): finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def write_csv(path: Path, header: list[str], lines: Iterable[list[object]]) -> None:
    """Write a CSV; floats in their shortest exact form."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def write_table(folder: Path, name: str, columns: Mapping[str, list[Any]]) -> None:
    """Write a tidy table as `<name>.csv` and `<name>.parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    header = list(columns)
    write_csv(folder / f"{name}.csv", header, map(list, zip(*columns.values(), strict=True)))
    pq.write_table(pa.table(dict(columns)), folder / f"{name}.parquet")


