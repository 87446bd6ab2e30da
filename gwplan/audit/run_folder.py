"""The audit's reader of run folders: definition, inputs as used, decisions, tables; each file is read once.

Arrays are dense over (item, site, period), so that the model's row-wise rules are recomputed in a few lines. Unknown
items, sites or periods, duplicate indices and non-numeric values in a file are separate failures.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gwplan.audit.checks import Array, Checks
from gwplan.audit.csv_text import columns_in, numbers_of
from gwplan.audit.inputs import DECLARED, Inputs
from gwplan.audit.year import slices_of, year_of
from gwplan.common.calendar import MONTHS_A_YEAR, Calendar, parse_date

CREDITS = "tax_credits"
"""The class of tax credits in the ledger."""
STAKES = "stakes"
"""The class of what is paid for shares of companies."""
CLOUD = "cloud"
"""The site label of rented compute."""

DECISIONS = {
    ("sites", "opening"): "site", ("halls", "started"): "design", ("halls", "renewed"): "design",
    ("accelerators", "bought"): "system",
    ("accelerators", "retired"): "system", ("power", "ordered"): "supply", ("contracts", "leased"): "contract",
    ("contracts", "signed"): "contract", ("contracts", "held"): "contract", ("contracts", "exercised"): "contract",
    ("contracts", "staked"): "contract",
}
"""The decisions allowed in plan.csv, and the kinds of their items."""
NOWHERE = (("contracts", "signed"), ("contracts", "held"), ("contracts", "exercised"), ("contracts", "staked"))
"""Decisions without a site."""
PLAN_COLUMNS = ("part", "decision", "item", "site", "when", "amount")
INPUT_COLUMNS = ("item", "site", "when", "quantity", "base", "unit")
LEDGER_COLUMNS = ("kind", "maker", "class", "item", "site", "payee", "period", "amount")
OPTIONAL = ("carbon", "compute", "budget", "prices", "contracts", "diversification")
"""Optional input tables."""
OTHER_TABLES = frozenset(("periods", "ledger", "units"))
ALIASES = {"scope": "kind", "place": "site", "level": "density"}
"""The column of a table that holds the labels along an axis, where it has another name."""
MONEY_SLACK = 1e-9
SHIFTS = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""Timing of payments within their period, as a share of the period."""


class Entry(NamedTuple):
    """A payment of the ledger, as recomputed."""

    kind: str
    cost_class: str
    item: str
    site: str
    payee: str
    period: str
    amount: float


class UnreadableRun(ValueError):
    """The folder is not a finished run: a file is missing or invalid."""


class Folder:
    """One run folder. UnreadableRun if a file that every run has is missing or broken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.texts: dict[Path, dict[str, list[str]]] = {}
        self.frames: dict[Path, pd.DataFrame] = {}
        self.manifest = self.document("manifest.json")
        self.summary = self.document("summary.json")
        definition = self.manifest.get("definition")
        if not isinstance(definition, dict):
            raise UnreadableRun(f"{path / 'manifest.json'} holds no definition")
        self.definition: dict[str, Any] = definition
        self.parts = list(self.definition.get("parts", []))
        self.calendar = replace(calendar_of(self.definition), slices=slices_of(path / "tables", self.definition))
        self.inputs = Inputs(self.used_tables(), self.calendar, self.definition)
        self.plan = self.csv(path / "plan.csv", PLAN_COLUMNS)
        self.tables = {file.stem: file for file in sorted((path / "tables").glob("*.csv"))}
        self.existing = self.csv(path / "inputs" / "existing.csv", INPUT_COLUMNS, missing=True)

    def document(self, name: str) -> dict[str, Any]:
        """A JSON file of the folder."""
        try:
            content = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UnreadableRun(f"{self.path / name} cannot be read: {error}") from error
        if not isinstance(content, dict):
            raise UnreadableRun(f"{self.path / name} holds no object")
        return content

    def columns(self, file: Path, wanted: Sequence[str]) -> dict[str, list[str]]:
        """A CSV as text, by column, read once. The result must not be modified."""
        if file not in self.texts:
            try:
                self.texts[file] = columns_in(file)
            except (OSError, ValueError, csv.Error) as error:
                raise UnreadableRun(f"{file} cannot be read: {error}") from error
        found = self.texts[file]
        absent = [column for column in wanted if column not in found]
        if absent:
            raise UnreadableRun(f"{file} has no column {', '.join(absent)}")
        return found

    def csv(self, file: Path, columns: Sequence[str], missing: bool = False) -> pd.DataFrame:
        """A CSV as text, read once; `missing`: an absent file has no rows. The result must not be modified."""
        if missing and not file.is_file():
            return pd.DataFrame(columns=list(columns), dtype=object)
        found = self.columns(file, columns)
        if file not in self.frames:
            self.frames[file] = pd.DataFrame(found, dtype=object)
        return self.frames[file]

    def input_columns(self, name: str, wanted: Sequence[str], missing: bool = False) -> dict[str, list[str]]:
        """An input table as text, by column; `missing`: an absent file has no rows. The result must not be modified."""
        file = self.path / "inputs" / f"{name}.csv"
        return {column: [] for column in wanted} if missing and not file.is_file() else self.columns(file, wanted)

    def used_tables(self) -> dict[str, dict[str, list[str]]]:
        """The input tables of the model's parts, and the one of compute, by column."""
        wanted = [name for name in DECLARED if name in self.parts or name in ("compute", "prices")]
        return {name: self.input_columns(name, INPUT_COLUMNS, missing=name in OPTIONAL) for name in wanted}


def calendar_of(definition: dict[str, Any]) -> Calendar:
    """Periods and discounting of a definition as resolved."""
    try:
        horizon = definition["horizon"]
        timing = horizon.get("timing") or {}
        if isinstance(timing, str):
            timing = {"capital": timing, "running": timing}
        start, end = parse_date(str(horizon["start"])), parse_date(str(horizon["end"]))
        timing = {"capital": "middle", "running": "middle"} | timing
        return Calendar.of(start, end, horizon["step"], float(horizon["discount_rate"]), timing)
    except (KeyError, ValueError) as error:
        raise UnreadableRun(f"manifest.json: the horizon cannot be read: {error}") from error


class Answer:
    """The audited run: names along each axis, decisions, tables, and the results recomputed so far (`known`).

    told: figures of the summary that a check has compared. unchecked: content that no check recomputes, with the reason,
    in words.
    """

    def __init__(self, folder: Folder, checks: Checks) -> None:
        self.folder, self.checks, self.inputs, self.calendar = folder, checks, folder.inputs, folder.calendar
        items = self.inputs.items
        supplies = [item for item in items.get("power", []) if self.inputs.has("power", item, "role")]
        self.axis: dict[str, list[str]] = {
            "site": items.get("sites", []), "design": items.get("halls", []), "system": items.get("accelerators", []),
            "supply": supplies, "cooling": items.get("cooling", []), "period": list(self.calendar.names),
            "slice": [part.name for part in self.calendar.slices], "contract": items.get("contracts", []),
            "month": [str(month) for month in range(MONTHS_A_YEAR)], "load": items.get("demand", []),
            "place": [*items.get("sites", []), CLOUD], "year": sorted({str(period.year) for period in self.calendar.periods}),
        }
        self.year = year_of(folder.path / "tables") if "hours" in folder.definition else None
        self.sites, self.last = self.axis["site"], len(self.calendar.periods) - 1
        self.years = self.calendar.periods[0].years
        self.hours = self.calendar.periods[0].hours
        self.known: dict[str, Array] = {}
        self.memo: dict[tuple[str, ...], Array] = {}
        self.frames: dict[str, pd.DataFrame] = {}
        self.read: set[str] = set()
        self.spent: list[Entry] = []
        self.unchecked: list[str] = []
        self.told: set[str] = set()
        self.wrong: list[str] = []
        self.negative: list[str] = []
        self.rows = 0
        if self.year is not None:
            self.read.update(("slices", "days", "hours", "peak_hours"))
        self.ledger = self.read_ledger()
        decided = dict(iter(folder.plan.groupby(["part", "decision"], sort=False)))
        none = folder.plan.iloc[:0]
        self.decided = {key: self.decision(key, kind, decided.get(key, none)) for key, kind in DECISIONS.items()}

    def axes(self, *names: str) -> list[list[str]]:
        """The labels along the named axes."""
        return [self.axis[name] for name in names]

    def placed(self, name: str, labels: Sequence[Sequence[str]], index: Sequence[str], numbers: Sequence[str], others: bool = False,
               below: bool = False) -> Array:
        """Numbers as an array over the named axes; `others`: several may stand in a place, which sums them; `below`: they may be negative.

        labels: for each axis, those of all numbers. Invalid rows are noted as failures.
        """
        shape = tuple(len(self.axis[axis]) for axis in index)
        answer = np.zeros(shape)
        if not len(numbers):
            return answer
        self.rows += len(numbers)
        values = numbers_of(numbers)
        codes = [places(self.axis[axis], each) for axis, each in zip(index, labels, strict=True)]
        good = np.isfinite(values)
        for code in codes:
            good &= code >= 0
        for number in np.flatnonzero(~good)[:3]:
            row = ", ".join(str(each[number]) for each in (*labels, numbers))
            self.wrong.append(f"{name}: {row!r} has an unknown item, site or period, or is not a number")
        if not below and (values[good] < -self.checks.tolerance).any():
            self.negative.append(f"{name}: {values[good].min():.9g}")
        flat = np.ravel_multi_index([code[good] for code in codes], shape) if shape else np.zeros(int(good.sum()), dtype=int)
        np.add.at(answer.reshape(-1), flat, values[good])
        if not others and len(set(flat.tolist())) < len(flat):
            self.wrong.append(f"{name}: duplicate index")
        return answer

    def decision(self, key: tuple[str, str], kind: str, rows: pd.DataFrame) -> Array:
        """A decision of plan.csv, from its rows, over (item, site, period); over (site, period) for sites, (item, period) for decisions
        without a site.
        """
        part, decision = key
        index: tuple[str, ...] = (kind, "site", "period")
        columns = {kind: list(rows["item"]), "site": list(rows["site"]), "period": list(rows["when"])}
        if kind == "site":
            columns, index = {**columns, "site": list(rows["item"])}, (kind, "period")
        elif key in NOWHERE:
            self.wrong += [f"plan.csv: {part}.{decision} at {site}, but it has no site" for site in columns["site"] if site]
            index = (kind, "period")
        return self.placed(f"plan.csv {part}.{decision}", [columns[axis] for axis in index], index, list(rows["amount"]))

    def table(self, name: str, *index: str, others: bool = False, below: bool = False) -> Array:
        """`tables/<name>.csv` over the named axes; zero without a row or file."""
        self.read.add(name)
        file = self.folder.tables.get(name)
        if file is None:
            return np.zeros(tuple(len(self.axis[axis]) for axis in index))
        columns = self.folder.columns(file, ("value",))
        absent = [axis for axis in index if column_of(columns, axis) not in columns]
        if absent:
            self.wrong.append(f"tables/{name}.csv has no column {', '.join(absent)}")
            return np.full(tuple(len(self.axis[axis]) for axis in index), np.nan)
        labels = [labels_of(columns, axis) for axis in index]
        return self.placed(f"tables/{name}.csv", labels, index, columns["value"], others, below)

    def compare(self, name: str, expected: Array, *index: str, scale: Array | None = None, others: bool = False,
                below: bool = False) -> None:
        """`tables/<name>.csv` equals the values recomputed from the decisions."""
        there = name in self.folder.tables
        part, variable = name.split(".", 1)
        sentence = f"{part}.{variable}_is_what_follows" + ("" if there or not np.any(expected) else "_but_the_table_is_missing")
        self.checks.equal(sentence, self.table(name, *index, others=others, below=below), expected, self.axes(*index), scale)

    def compare_if_there(self, name: str, expected: Array, *index: str, scale: Array | None = None) -> None:
        """As `compare`, for an optional table."""
        if name in self.folder.tables:
            self.compare(name, expected, *index, scale=scale)

    def read_ledger(self) -> pd.DataFrame:
        """The ledger with `amount` as a number."""
        self.read.update(OTHER_TABLES)
        file = self.folder.path / "tables" / "ledger.csv"
        frame = self.folder.csv(file, LEDGER_COLUMNS, missing=not len(self.folder.plan))
        amounts = pd.to_numeric(frame["amount"], errors="coerce").astype(float)
        self.rows += len(frame)
        if amounts.isna().any():
            self.wrong.append("tables/ledger.csv: an amount is not a number")
        # Tax credits are running cost below zero, and are compared with what they should be.
        others = amounts[(frame["class"] != CREDITS) | (amounts > 0)]
        if (others < -MONEY_SLACK * max(1.0, float(amounts.abs().max() or 0.0))).any():
            self.negative.append(f"tables/ledger.csv: {others.min():.9g}")
        return frame.assign(amount=amounts)

    def expect(self, kind: str, cost_class: str, index: tuple[Sequence[str], Sequence[str], Sequence[str]], amounts: Array) -> None:
        """Enter expected ledger entries: `amounts` over (item, site, period); index = (items, sites, payee of each item)."""
        items, sites, payees = index
        if not amounts.size:
            return
        names = self.axis["period"]
        for item, site, period in np.argwhere(amounts).tolist():
            labels = (kind, cost_class, items[item], sites[site], payees[item], names[period])
            self.spent.append(Entry._make((*labels, float(amounts[item, site, period]))))


def column_of(columns: Mapping[str, Sequence[str]], axis: str) -> str:
    """The column of a table that holds the labels along an axis."""
    other = ALIASES.get(axis, axis)
    return other if other in columns else axis


def labels_of(columns: Mapping[str, Sequence[str]], axis: str) -> Sequence[str]:
    """The labels of a table's rows along an axis; a density as short as it can be written."""
    name = column_of(columns, axis)
    return [f"{level:g}" for level in numbers_of(columns[name])] if name == "density" else columns[name]


def places(axis: Sequence[str], labels: Sequence[str]) -> NDArray[np.intp]:
    """Where each label stands on an axis; -1 for one that is not on it."""
    known = {label: number for number, label in enumerate(axis)}
    return np.fromiter((known.get(label, -1) for label in labels), dtype=np.intp, count=len(labels))


def check(answer: Answer) -> None:
    """Check that the content read is complete and valid. Runs last, after everything has been read."""
    plan, checks = answer.folder.plan, answer.checks
    pairs = set(zip(plan["part"], plan["decision"], strict=True)) - set(DECISIONS)
    unknown = [f"plan.csv: unknown decision {part}.{decision}" for part, decision in sorted(pairs)]
    checks.found_wrong("reading.rows_can_be_placed", answer.wrong + unknown, answer.rows)
    checks.found_wrong("reading.nothing_is_negative", answer.negative, answer.rows)
    checks.found_wrong("reading.inputs_are_in_model_units", list(dict.fromkeys(answer.inputs.faults)), len(answer.inputs.rows))
    check_existing(answer)
    check_periods(answer)


def check_existing(answer: Answer) -> None:
    """Existing assets are known items at known sites."""
    frame = answer.folder.existing
    items = {item for kind in ("design", "system", "supply") for item in answer.axis[kind]}
    wrong = [f"existing.csv: {item} at {site}" for item, site in zip(frame["item"], frame["site"], strict=True)
             if item not in items or site not in answer.sites]
    answer.checks.found_wrong("reading.existing_things_are_known", wrong, len(frame))


def discounts(answer: Answer, kind: str) -> Array:
    """Discount factors to the horizon's start by kind and period: from the definition, not from the run's tables."""
    horizon = answer.folder.definition["horizon"]
    timing = horizon.get("timing") or {}
    shift = SHIFTS[timing if isinstance(timing, str) else timing.get(kind, "middle")]
    return np.asarray((1 + float(horizon["discount_rate"])) ** -((np.arange(answer.last + 1) + shift) * answer.years), dtype=float)


def check_periods(answer: Answer) -> None:
    """tables/periods.csv gives the first day and the discount factors of each period."""
    columns = ("period", "number", "first", "months", "discount_capital", "discount_running")
    file = answer.folder.path / "tables" / "periods.csv"
    frame = answer.folder.csv(file, columns, missing=True).set_index("period")
    wrong = [] if list(frame.index) == answer.axis["period"] else ["tables/periods.csv does not list the periods of the horizon"]
    answer.checks.found_wrong("reading.periods_are_those_of_the_horizon", wrong, len(frame))
    if wrong:
        return
    periods = answer.calendar.periods
    expected = {
        "number": np.arange(len(periods), dtype=float), "first": np.array([period.first for period in periods], dtype=float),
        "months": np.array([period.months for period in periods], dtype=float),
        "discount_capital": discounts(answer, "capital"), "discount_running": discounts(answer, "running"),
    }
    for name, wanted in expected.items():
        written = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
        answer.checks.equal(f"reading.{name}_of_periods_is_that_of_the_horizon", written, wanted, answer.axes("period"))
