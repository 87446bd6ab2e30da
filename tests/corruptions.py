"""Corrupt a run folder in one place at a time, and count what its audit does not notice.

    python -m tests.corruptions RUN ... [--count 300] [--seed 1]

Each corruption changes one number, label or row of one file by an amount that a reader would see: a cell of a table, a figure of
the summary, a row that is dropped, doubled or exchanged with another, a unit, a decision, an input, a leaf of the manifest, a cell
of a Parquet copy. It is drawn with a seed, written into a copy of the folder, audited, and taken back. What an audit cannot know is
named in `UNKNOWABLE` with its reason; everything else that passes is a hole.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DUST = 1e-6
"""Numbers below it are what the solver leaves of nothing: no reader sees one that is changed by a few per cent."""
LEAST_CHANGE = 0.02
"""Least change of a number, as a share of it."""
SHARES = {"table": 0.52, "summary": 0.26, "plan": 0.06, "units": 0.03, "input": 0.05, "manifest": 0.04, "parquet": 0.04}
"""How often each kind of file is corrupted."""
COLUMN_OF = {"ledger": "amount"}

UNKNOWABLE: tuple[tuple[str, str], ...] = (
    (r"tables/limits\.csv.* dual", "a dual value: only the solver knows it, and its sign and zeros are all that can be checked"),
    (r"tables/units\.csv.* meaning", "a sentence for people"),
    (r"summary\.json (title|goals\.\d+\.seconds|seconds\.)", "a title, or a time of the clock that no table holds"),
    (r"summary\.json goals\.\d+\.(bound|gap)", "a bound of a later goal, which only the search knows"),
    (r"summary\.json unread", "files that the run left out are not in its folder"),
    (r"manifest\.json (versions|sizes|seconds|overlays|sets|fix|start|model|warnings|seed|name|digest(?!_of)|definition\.(title|inputs|solver))",
     "how the run was called, which its results do not show"),
)
"""What no audit of the folder alone can know: a pattern over `file place`, and why."""


@dataclass(frozen=True)
class Corruption:
    """One change. place: what of the file; was, now: the text before and after; content: the file as corrupted."""

    file: str
    place: str
    was: str
    now: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.file} {self.place}: {self.was} -> {self.now}"

    @property
    def excuse(self) -> str:
        """Why an audit cannot notice it; blank where it should."""
        return next((why for pattern, why in UNKNOWABLE if re.match(pattern, f"{self.file} {self.place}")), "")


class Corrupter:
    """Draws corruptions of one run folder, read once."""

    def __init__(self, run: Path, seed: int) -> None:
        self.run, self.draw = run, random.Random(seed)
        tables = sorted((run / "tables").glob("*.csv"))
        self.tables = [file for file in tables if file.name != "units.csv" and len(rows_of(file)) > 1]
        self.inputs = [file for file in sorted((run / "inputs").glob("*.csv")) if len(rows_of(file)) > 1]
        self.parquets = sorted((run / "tables").glob("*.parquet"))

    def drawn(self) -> Corruption:
        """One corruption; those that change nothing are drawn again."""
        makers: dict[str, Callable[[], Corruption | None]] = {
            "table": lambda: self.of_rows(self.draw.choice(self.tables)), "summary": lambda: self.of_leaf("summary.json"),
            "plan": lambda: self.of_rows(self.run / "plan.csv"), "units": lambda: self.of_rows(self.run / "tables" / "units.csv"),
            "input": lambda: self.of_rows(self.draw.choice(self.inputs)), "manifest": lambda: self.of_leaf("manifest.json"),
            "parquet": self.of_parquet,
        }
        while True:
            (kind,) = self.draw.choices(list(SHARES), list(SHARES.values()))
            found = makers[kind]()
            if found is not None:
                return found

    def of_rows(self, file: Path) -> Corruption | None:
        """A table with one cell, or one row, changed."""
        name = str(file.relative_to(self.run))
        header, *rows = rows_of(file)
        if not rows:
            return None
        number = self.draw.randrange(len(rows))
        how = self.draw.choices(("cell", "drop", "double", "exchange"), (0.64, 0.12, 0.08, 0.16))[0]
        label = " ".join(each for each in rows[number] if not is_number(each))[:60]
        if how == "drop":
            return Corruption(name, f"row {number + 2} ({label})", "there", "dropped", text_of([header, *rows[:number], *rows[number + 1 :]]))
        if how == "double":
            return Corruption(name, f"row {number + 2} ({label})", "once", "twice", text_of([header, *rows, rows[number]]))
        column = self.draw.randrange(len(header))
        other = self.draw.randrange(len(rows))
        changed = [list(row) for row in rows]
        if how == "exchange":
            if same(rows[number][column], rows[other][column]) or sorted(all_but(rows[number], column)) == sorted(all_but(rows[other], column)):
                return None
            changed[number][column], changed[other][column] = rows[other][column], rows[number][column]
            now = f"exchanged with {rows[other][column]!r} of row {other + 2}"
        else:
            values = sorted({row[column] for row in rows})
            changed[number][column] = now = self.another(rows[number][column], values)
            if same(now, rows[number][column]):
                return None
        return Corruption(name, f"row {number + 2} ({label}) {header[column]}", repr(rows[number][column]), repr(now), text_of([header, *changed]))

    def another(self, text: str, values: list[str]) -> str:
        """A cell changed by an amount that is seen: a number by at least 2 %, a label to another one of its column."""
        if is_number(text):
            return self.other_number(float(text), whole=re.fullmatch(r"-?\d+", text) is not None)
        others = [each for each in values if each != text]
        return self.draw.choice(others) if others else f"{text}_x"

    def other_number(self, value: float, whole: bool = False) -> str:
        """A number that a reader would see to be another."""
        if abs(value) < DUST:
            return str(self.draw.choice((1, 10)) if whole else self.draw.choice((0.5, 3.0, 100.0)))
        if whole:
            return str(int(value) + self.draw.choice((-1, 1, 2)))
        return repr(value * self.draw.choice((0.5, 1 - LEAST_CHANGE, 1 + LEAST_CHANGE, 1.1, 2.0, -1.0)))

    def of_leaf(self, name: str) -> Corruption | None:
        """A JSON file with one leaf changed, or one figure gone."""
        content = json.loads((self.run / name).read_text(encoding="utf-8"))
        groups: dict[str, list[tuple[str, ...]]] = {}
        for path in leaves(content):
            groups.setdefault(path[0], []).append(path)
        # Long series are drawn as often as single figures.
        path = self.draw.choice(groups[self.draw.choice(sorted(groups))])
        parent, key = content, path[-1]
        for step in path[:-1]:
            parent = parent[int(step) if isinstance(parent, list) else step]
        place = int(key) if isinstance(parent, list) else key
        was = parent[place]
        if isinstance(parent, dict) and len(path) > 1 and self.draw.random() < 0.1:
            now = f"moved to {key}_x"
            parent[f"{key}_x"] = parent.pop(key)
        else:
            now = self.another_leaf(was)
            if now == was:
                return None
            parent[place] = now
        return Corruption(name, ".".join(path), repr(was), repr(now), json.dumps(content).encode())

    def another_leaf(self, was: Any) -> Any:
        """Another value of the same type."""
        if isinstance(was, bool):
            return not was
        if isinstance(was, int):
            return int(self.other_number(was, whole=True))
        if isinstance(was, float):
            return float(self.other_number(was))
        if was is None:
            return 1.5
        found = re.search(r"\d{4}(-Q\d)?", was)
        if found:
            year = int(found[0][:4]) + 1
            return was.replace(found[0], f"{year}{found[0][4:]}", 1)
        return f"{was}_x"

    def of_parquet(self) -> Corruption | None:
        """A Parquet copy of a table with one number changed."""
        import pandas as pd

        file = self.draw.choice(self.parquets)
        frame = pd.read_parquet(file)
        numbers = [name for name in frame.columns if frame[name].dtype.kind == "f"]
        if frame.empty or not numbers:
            return None
        column, row = self.draw.choice(numbers), self.draw.randrange(len(frame))
        was = float(frame[column].iloc[row])
        if was != was:
            return None
        frame.loc[row, column] = float(self.other_number(was))
        stream = io.BytesIO()
        frame.to_parquet(stream)
        return Corruption(f"tables/{file.name}", f"row {row} {column}", repr(was), repr(frame[column].iloc[row]), stream.getvalue())


def rows_of(file: Path) -> list[list[str]]:
    """All rows of a CSV, its header first."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def text_of(rows: list[list[str]]) -> bytes:
    """Rows as the bytes of a CSV."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def is_number(text: str) -> bool:
    """Whether a cell is a number; a year that names a period is a label."""
    try:
        value = float(text)
    except ValueError:
        return False
    return not (re.fullmatch(r"\d{4}", text) and 1990 <= value <= 2100)


def same(one: str, other: str) -> bool:
    """Whether two cells say the same."""
    if one == other:
        return True
    return is_number(one) and is_number(other) and abs(float(one) - float(other)) <= LEAST_CHANGE / 2 * max(abs(float(one)), abs(float(other)))


def all_but(row: list[str], column: int) -> list[str]:
    """The cells of a row but one."""
    return [*row[:column], *row[column + 1 :]]


def leaves(content: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each leaf of a JSON document."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in pairs:
        if isinstance(value, (dict, list)):
            yield from leaves(value, (*path, str(key)))
        else:
            yield (*path, str(key))


def unnoticed(run: Path, count: int, seed: int, told: Callable[[int, Corruption, bool], None] | None = None) -> list[Corruption]:
    """The corruptions, of so many, that the audit of a folder does not notice."""
    from gwplan.audit import audit

    passed = []
    corrupter = Corrupter(run, seed)
    with tempfile.TemporaryDirectory(prefix="gwplan-corrupt-") as scratch:
        copy = Path(scratch) / run.name
        shutil.copytree(run, copy, ignore=shutil.ignore_patterns("*.html", "*.xlsx", "*.log"))
        before = audit(copy)
        assert before.ok, f"the folder itself fails its audit: {'; '.join(map(str, before.failed))}"
        for number in range(count):
            corruption = corrupter.drawn()
            file = copy / corruption.file
            honest = file.read_bytes()
            file.write_bytes(corruption.content)
            ok = audit(copy).ok
            file.write_bytes(honest)
            if ok:
                passed.append(corruption)
            if told is not None:
                told(number, corruption, ok)
    return passed


def told(number: int, corruption: Corruption, ok: bool) -> None:
    """Print a corruption that went unnoticed as it is found."""
    if ok:
        print(f"  unnoticed, number {number + 1}: {corruption}", file=sys.stderr, flush=True)


def main(words: list[str]) -> int:
    """Corrupt the folders named, print what went unnoticed, and fail where more than one in twenty did, or one without a reason."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    worst = 0
    for run in given.runs:
        missed = unnoticed(run, given.count, given.seed, told)
        excused = [each for each in missed if each.excuse]
        print(f"{run.name}: {len(missed)} of {given.count} unnoticed ({len(missed) / given.count:.1%}), {len(excused)} of them unknowable.")
        for each in missed:
            print(f"  {each}" + (f"  [{each.excuse}]" if each.excuse else ""))
        print("  by file: " + ", ".join(f"{name} {number}" for name, number in Counter(each.file for each in missed).most_common()))
        worst = max(worst, int(len(missed) > given.count / 20 or len(excused) < len(missed)))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
