"""A run folder for reports: its summary, plan, tables and inputs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gwplan.common.calendar import MONTHS_A_YEAR, parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.printable import read_cell
from gwplan.common.status import Status
from gwplan.results.run_files import OnDisk, RunFiles, columns_in, numbers_in

NUMBERS = frozenset(("value", "amount", "bound", "use", "slack", "dual", "number", "first", "months"))


def read_csv(files: RunFiles, name: str, numbers: frozenset[str] = NUMBERS, read: Callable[[str], str] = str) -> pd.DataFrame:
    """A CSV with labels as text, each as `read` gives it, and `numbers` as floats; empty if there is no such file."""
    if not files.holds(name):
        return pd.DataFrame()
    found = {}
    for column, cells in columns_in(files.text(name)).items():
        values = numbers_in(cells) if column in numbers else np.array([*map(read, cells)], dtype=object)
        found[column] = pd.Series(values, dtype=None if column in numbers else object)
    return pd.DataFrame(found)


def sums(frame: pd.DataFrame, by: list[str], column: str = "amount") -> list[dict[str, Any]]:
    """The sum of a column for each combination of labels, as rows of labels and sum, in the order of the labels.

    Sums are compensated (Kahan), as those of pandas are, which takes several milliseconds for a table of any size. What has no label is
    left out, and an amount that is not a number counts as 0.
    """
    if not len(frame):
        return []
    found: dict[tuple[Any, ...], tuple[float, float]] = {}
    for *labels, amount in zip(*(frame[name].tolist() for name in (*by, column)), strict=True):
        key = tuple(labels)
        if any(each != each for each in key):
            continue
        total, lost = found.get(key, (0.0, 0.0))
        step = (amount if amount == amount else 0.0) - lost
        after = total + step
        found[key] = after, after - total - step
    return [{**dict(zip(by, key, strict=True)), column: found[key][0]} for key in sorted(found)]


def named(name: str, labels: Mapping[str, str]) -> str:
    """The label of a name; the name itself where it has none. Of `item at site` and `item, role` each part has its own."""
    if name in labels:
        return labels[name]
    for between in (" at ", ", "):
        if between in name:
            return between.join(named(part, labels) for part in name.split(between))
    return name


class RunFolder:
    """One finished run. InputFaults if the folder is not a run folder.

    files: source of its files, by default the folder; for a run in memory `path` is its name.
    """

    def __init__(self, path: Path, files: RunFiles | None = None) -> None:
        self.path = path
        self.files: RunFiles = OnDisk(path) if files is None else files
        self.summary = self._document("summary.json")
        self.manifest = self._document("manifest.json")
        self._tables: dict[str, pd.DataFrame] = {}
        self._paths: dict[tuple[str, str, str, str], list[tuple[int, float]]] = {}
        self._rows: dict[str, dict[tuple[str, str], list[tuple[str, str, str]]]] = {}

    def _document(self, name: str) -> dict[str, Any]:
        file = self.path / name
        if not self.files.holds(name):
            raise InputFaults([Fault(str(self.path), 0, f"is not a run folder: it has no {name}")])
        try:
            content = json.loads(self.files.text(name))
        except (ValueError, RecursionError) as error:
            raise InputFaults([Fault(str(file), 0, f"is not the JSON of a run folder: {error}")]) from error
        if not isinstance(content, dict):
            raise InputFaults([Fault(str(file), 0, "is not the JSON of a run folder: it holds no object")])
        return content

    @property
    def name(self) -> str:
        """The folder's name; for a draft, which has a hidden name, its final name."""
        return str(self.manifest.get("run", self.path.name)) if self.path.name.startswith(".") else self.path.name

    @cached_property
    def plan(self) -> pd.DataFrame:
        """The decisions: part, decision, item, site, when, amount."""
        return read_csv(self.files, "plan.csv")

    def table(self, name: str) -> pd.DataFrame:
        """`tables/<name>.csv`; empty if the run has no such table."""
        if name not in self._tables:
            self._tables[name] = read_csv(self.files, f"tables/{name}.csv")
        return self._tables[name]

    def inputs(self, name: str) -> pd.DataFrame:
        """`inputs/<name>.csv` as used: every column as text, numbers in model units."""
        key = f"inputs/{name}"
        if key not in self._tables:
            self._tables[key] = read_csv(self.files, f"inputs/{name}.csv", frozenset(), read_cell)
        return self._tables[key]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Display names of items, sites, vendors and providers."""
        frame = self.inputs("labels")
        return dict(zip(frame["item"], frame["label"], strict=True)) if len(frame) else {}

    def named(self, name: str) -> str:
        """The label of a name; the name itself where it has none. Of `item at site` and `item, role` each part has its own."""
        return named(name, self.labels)

    @property
    def input_files(self) -> dict[str, bytes]:
        """The tables of inputs, and the hourly series where it has them, by name such as `power.csv` or `profiles/north.csv`."""
        found = [name for folder in ("", "profiles/") for name in
                 (f"{folder}{each}" for each in self.files.names(f"inputs/{folder}".rstrip("/"))) if name.endswith(".csv")]
        return {name: self.files.text(f"inputs/{name}").encode() for name in found}

    @cached_property
    def input_tables(self) -> list[str]:
        """Names of the tables of inputs, in order."""
        return [name.removesuffix(".csv") for name in self.files.names("inputs") if name.endswith(".csv")]

    @cached_property
    def numbered_tables(self) -> list[str]:
        """Names of the tables of inputs whose rows are numbers of items, in order."""
        return [name for name in self.input_tables if {"item", "quantity", "source"} <= set(self.inputs(name).columns)]

    @cached_property
    def audit(self) -> dict[str, Any] | None:
        """The audit's result; None if the run was not audited."""
        return self._document("audit.json") if self.files.holds("audit.json") else None

    @cached_property
    def worth(self) -> dict[str, Any] | None:
        """What more of each limit is worth, as `gwplan worth` has kept it; None if nobody asked."""
        return self._document("worth.json") if self.files.holds("worth.json") else None

    @cached_property
    def reference(self) -> dict[str, Any] | None:
        """Plans by simple rules beside this one, as `gwplan reference` has kept them; None if nobody asked."""
        return self._document("reference.json") if self.files.holds("reference.json") else None

    @cached_property
    def slip(self) -> dict[str, Any] | None:
        """What a delay costs this plan, as `gwplan slip` has kept the last one; None if nobody asked."""
        return self._document("slip.json") if self.files.holds("slip.json") else None

    @cached_property
    def dispatched(self) -> dict[str, Any] | None:
        """What this plan's builds do in a full year of hours, as `gwplan dispatch` has kept the last one; None if nobody asked."""
        return self._document("dispatch.json") if self.files.holds("dispatch.json") else None

    @cached_property
    def plan_text(self) -> str:
        """The text of `plan.csv`. OSError if there is none."""
        return self.files.text("plan.csv")

    @cached_property
    def periods(self) -> list[str]:
        """Names of the periods, in order."""
        return [str(name) for name in self.summary["periods"]]

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Number of each period by its name."""
        return {name: number for number, name in enumerate(self.periods)}

    @cached_property
    def months(self) -> int:
        """Length of a period in months."""
        return int(self.table("periods")["months"].iloc[0])

    def first_month(self, period: int) -> int:
        """The first month of a period, counted from year 0."""
        return self._first + period * self.months

    @cached_property
    def _first(self) -> int:
        return int(self.table("periods")["first"].min())

    def later(self, period: int, months: float) -> str:
        """Name of the period a lead time in months after `period`, rounded up to whole periods; `later` beyond the horizon."""
        number = period + math.ceil(months / self.months - 1e-9)
        return self.periods[number] if number < len(self.periods) else "later"

    def rows(self, table: str, item: str, quantity: str) -> list[tuple[str, str, str]]:
        """Site, date and number, as text, of each row of an item's quantity, in the order of the table."""
        if table not in self._rows:
            found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
            frame = self.inputs(table)
            if len(frame):
                columns = [frame[name] for name in ("item", "quantity", "site", "when", "base")]
                for of, named, *row in zip(*columns, strict=True):
                    found.setdefault((of, named), []).append((row[0], row[1], row[2]))
            self._rows[table] = found
        return self._rows[table].get((item, quantity), [])

    def number(self, table: str, item: str, quantity: str, site: str = "", period: int = 0) -> float | None:
        """The number that applies on the first day of a period: site rows before general ones, dated rows before undated ones."""
        month = self.first_month(period)
        best: tuple[bool, int, float] | None = None
        for place, when, base in self.rows(table, item, quantity):
            first = parse_date(when).first if when else -1
            if place in (site, "") and first <= month and (best is None or (place != "", first) > best[:2]):
                best = (place != "", first, float(base))
        return None if best is None else best[2]

    @property
    def measure(self) -> str:
        """How compute is counted: precision, peak or delivered, and the percentages of training, prefill and decode."""
        return str(self.summary.get("measure", self.summary.get("precision", "precision unknown")))

    def has(self, table: str, item: str, quantity: str) -> bool:
        """True if the item has a row of the quantity, at any site and date."""
        return bool(self.rows(table, item, quantity))

    def price(self, table: str, item: str, quantity: str, period: int, site: str = "") -> float | None:
        """A price in the middle of a period: linear between dated rows, constant after the last.

        An undated row applies until a year before the first dated one. Rows of the site take precedence over general ones.
        """
        points = self._path(table, item, quantity, site)
        if not points:
            return None
        months, values = zip(*points, strict=True)
        return float(np.interp(self.first_month(period) + self.months / 2, months, values))

    def _path(self, table: str, item: str, quantity: str, site: str) -> list[tuple[int, float]]:
        """First month and price of each row of the site, or else of those for all sites, by date."""
        key = (table, item, quantity, site)
        if key not in self._paths:
            rows = self.rows(table, item, quantity)
            chosen = site if any(place == site for place, _, _ in rows) else ""
            pairs = [(when, base) for place, when, base in rows if place == chosen]
            points = sorted((parse_date(when).first, float(base)) for when, base in pairs if when)
            undated = [float(base) for when, base in pairs if not when]
            if undated:
                points.insert(0, (points[0][0] - MONTHS_A_YEAR if points else 0, undated[0]))
            self._paths[key] = points
        return self._paths[key]

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Every payment: kind, maker, class, item, site, payee, period, amount (MUSD), and `number` of the period."""
        frame = self.table("ledger")
        return frame.assign(number=frame["period"].map(self.number_of)) if len(frame) else frame

    @cached_property
    def first_build_end(self) -> int:
        """Number of the last period of the first build; the horizon's last if the summary names none."""
        return self.number_of.get(str(self.summary.get("first_build_until")), len(self.periods) - 1)

    @cached_property
    def first_build(self) -> pd.DataFrame:
        """The capital entries of the ledger up to the end of the first build."""
        frame = self.ledger
        return frame[(frame["kind"] == "capital") & (frame["number"] <= self.first_build_end)] if len(frame) else frame

    @cached_property
    def status(self) -> Status:
        """How the search ended. InputFaults where the summary names no known status."""
        try:
            return Status(str(self.summary["status"]))
        except (KeyError, ValueError) as error:
            wrong = f"status: {error}" if isinstance(error, ValueError) else "has no 'status': the run was made by another version"
            made = other_version(self.path)
            raise InputFaults([Fault(str(self.path / "summary.json"), 0, f"{wrong}{made and f'; {made}'}")]) from error

    @property
    def dollars(self) -> int:
        """The year of the run's dollars."""
        return int(self.summary["dollars"])

    @cached_property
    def full_period(self) -> int:
        """Number of the first period of peak IT power."""
        it = [float(value) for value in self.summary["it_mw"]]
        return next(number for number, power in enumerate(it) if power >= max(it) * (1 - 1e-6))

    def figure(self, name: str) -> float | None:
        """A number of the summary; None if it is missing or null."""
        value = self.summary.get(name)
        return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


@contextmanager
def readable(*runs: Path) -> Iterator[None]:
    """A context that turns errors from missing or unexpected content of run folders into InputFaults that name their version."""
    from gwplan.common.errors import Fault, InputFaults

    try:
        yield
    except UnicodeEncodeError:  # of a terminal, not of a folder
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        missing = f"it lacks {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
        versions = "".join(f"; {each}" for each in map(other_version, runs) if each)
        message = f"is damaged or of another version, and cannot be read ({missing}){versions}"
        raise InputFaults([Fault(" or ".join(map(str, runs)), 0, message)]) from error


@contextmanager
def versioned(run: Path) -> Iterator[None]:
    """A context in which faults of a run say which version made it, if that is another one: its inputs may be of older names."""
    from gwplan.common.errors import InputFaults

    try:
        yield
    except InputFaults as error:
        made = other_version(run)
        first, *others = error.faults
        if not made or made in first.message:
            raise
        raise InputFaults([replace(first, message=f"{first.message}; {made}"), *others]) from error


def other_version(run: Path) -> str:
    """The gwplan version of a run, if it is not this one; blank if it is, or if unknown."""
    try:
        made = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["versions"]["gwplan"]
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    mine = version("gwplan")
    return "" if made == mine else f"{run.name} was made by gwplan {made}, this is {mine}"
