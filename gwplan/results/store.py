"""Writing run folders: self-contained, never overwritten, written under a draft name and renamed at the end."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from gwplan.common import claims, stopping
from gwplan.common.printable import cell_text
from gwplan.results.drafts import UNFINISHED, claimed_in, sweep


@contextmanager
def run_folder(runs: Path, name: str) -> Iterator[Path]:
    """A draft folder for a run; it gets its final name, `<UTC time>_<model>_<hash8>`, once complete.

    A draft is always finished: stop requests in the meantime are noted (`stopping.noted`). One that does not get its name by
    the end is removed, with the folders that were made for it.
    """
    sweep(runs)
    made = [each for each in (runs, *runs.parents) if not each.exists()]
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    draft = runs / f"{claims.draft_name(UNFINISHED)}-{stamp}-{name}"
    try:
        with stopping.noted(), claimed_in(runs, draft):
            draft.mkdir()
            try:
                yield draft
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    finally:
        with suppress(OSError):  # something is in them
            for each in made:
                each.rmdir()


def stamped(name: str, digest: str) -> str:
    """The name of a run that finishes now: `<UTC time>_<model>_<hash8>`."""
    return f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}_{name}_{digest[:8]}"


def finish(draft: Path, name: str, digest: str, wanted: str = "") -> Path:
    """Rename a finished draft to its name, or a given one; a number is added if the name is taken."""
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


def digest(parts: Iterable[bytes]) -> str:
    """SHA-256 over parts, each prefixed by its length, in hexadecimal."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def json_text(content: Mapping[str, Any]) -> str:
    """Standard JSON text: non-finite numbers become null."""
    return json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write standard JSON: non-finite numbers become null."""
    # A file name may not be valid UTF-8.
    path.write_text(json_text(content), encoding="utf-8", errors="backslashreplace")


def finite(value: Any) -> Any:
    """The value with non-finite numbers as None and numpy numbers as Python numbers."""
    if isinstance(value, Mapping):
        return {str(key): finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def csv_text(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A CSV as text; floats in their shortest exact form."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell_text(each) if isinstance(each, str) else each for each in line] for line in lines)
    return text.getvalue()


def write_csv(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write a CSV; floats in their shortest exact form."""
    path.write_text(csv_text(header, lines), encoding="utf-8", newline="")


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts by file name, such as `inputs/sites.csv`, into a folder; subfolders are created."""
    for name in sorted({Path(each).parent for each in texts}):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="")


def write_parquets(folder: Path, tables: Mapping[str, Mapping[str, list[Any]]]) -> None:
    """Write tables by name, each by column, as `<name>.parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, columns in tables.items():
        with (folder / f"{name}.parquet").open("wb") as file:  # opened here, because Arrow's own errors do not name the file
            pq.write_table(pa.table(dict(columns)), file)


def write_table(folder: Path, name: str, columns: Mapping[str, list[Any]]) -> None:
    """Write a tidy table as `<name>.csv` and `<name>.parquet`."""
    write_csv(folder / f"{name}.csv", list(columns), zip(*columns.values(), strict=True))
    write_parquets(folder, {name: columns})
