"""The run folder: complete in itself, never overwritten, written under another name and renamed at the end."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from gwplan.common import claims, stopping
from gwplan.results.drafts import UNFINISHED, claimed_in, sweep


@contextmanager
def run_folder(runs: Path, name: str) -> Iterator[Path]:
    """A folder to write a run into; it takes its own name, `<UTC time>_<model>_<hash8>`, only when all is written.

    A draft that is begun is finished: who is asked to stop meanwhile notes it (`stopping.noted`).
    """
    sweep(runs)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    draft = runs / f"{claims.draft_name(UNFINISHED)}-{stamp}-{name}"
    with stopping.noted(), claimed_in(runs, draft):
        draft.mkdir()
        try:
            yield draft
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def finish(draft: Path, name: str, digest: str) -> Path:
    """Give a finished draft its name; a number is added if two runs finish in the same second."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for attempt in range(1, 1000):
        final = draft.parent / (f"{stamp}_{name}_{digest[:8]}" + (f"_{attempt}" if attempt > 1 else ""))
        try:
            if not final.exists():
                draft.rename(final)
                return final
        except OSError:
            if not final.exists():
                raise
    raise FileExistsError(f"{draft.parent}: too many runs in one second")


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


