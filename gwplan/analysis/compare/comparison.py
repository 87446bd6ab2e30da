"""Comparison of two run folders: inputs, figures, builds, and a breakdown of the change of the objective."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from gwplan.analysis.compare.builds import Move, moves
from gwplan.analysis.compare.figures import QUESTION, SAME, Cell, Figure, figures_of
from gwplan.analysis.compare.waterfall import COMPUTE_GOALS, KEPT_RUNS, MONEY_GOALS, SMALLEST, Waterfall, addends, waterfall
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.results.run_folder import RunFolder, named

COMPARISON_GAP = 0.001
"""Gap for a plan that will be compared with the plan it started from."""
OBJECTIVE_WITHIN = 1e-5
"""Tolerance, as a share of the sum of all addends, between the objective and the sum of the run's tables."""
REQUIRED = ("plan.csv", "tables/ledger.csv", "tables/periods.csv")
SUPPORT = ("sources", "deflators", "labels", "half_lives")
TEXT_UNITS = ("label", "date")
SAME_TIME = ("horizon.start", "horizon.end", "horizon.step")


@dataclass(frozen=True, slots=True)
class RowChange:
    """One input row that differs. change: added, removed or changed; before and after in `unit`, None if there is no row."""

    change: str
    table: str
    item: str
    site: str
    when: str
    quantity: str
    before: Cell
    after: Cell
    unit: str


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key of the definition that differs; None if it is not given."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Comparison:
    """The differences between two runs. left_out: what is not compared, and why; labels: display names."""

    base: str
    other: str
    question: tuple[str, ...]
    definition: tuple[KeyChange, ...]
    search: tuple[KeyChange, ...]
    inputs: tuple[RowChange, ...]
    unused_cells: int
    figures: tuple[Figure, ...]
    moves: tuple[Move, ...]
    waterfall: Waterfall | None
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> str:
        """The label of an item or a site, for people; its name where it has none."""
        return named(name, self.labels)

    @property
    def nothing_differs(self) -> bool:
        """True if inputs, definition and plan are equal."""
        changed = any(figure.difference or figure.before != figure.after for figure in self.figures)
        worth = self.waterfall is not None and any(abs(step.amount) > SMALLEST for step in self.waterfall.steps)
        return not (self.definition or self.inputs or self.moves or changed or worth)


def compare(base: Path, other: Path) -> Comparison:
    """Compare the run folder `other` with `base`. InputFaults if one of them is not a complete run folder."""
    return compare_runs(open_run(base), open_run(other))


def open_run(path: Path) -> RunFolder:
    """A run folder with all files that a comparison reads. InputFaults names the folder and the missing file."""
    return checked(RunFolder(path))


def checked(run: RunFolder) -> RunFolder:
    """The run, if it has all files that a comparison reads. InputFaults as `open_run`."""
    path = run.path
    missing = [name for name in REQUIRED if not run.files.holds(name)]
    missing += [] if run.input_tables else ["inputs/"]
    keys = [("manifest.json", run.manifest, "definition"), *(("summary.json", run.summary, key) for key in ("goal", "periods", "dollars"))]
    faults = [Fault(str(path), 0, f"is not a complete run folder: it has no {name}") for name in missing]
    faults += [Fault(str(path / name), 0, f"has no {key!r}: the run was made by another version") for name, document, key in keys
               if not document.get(key)]
    if faults:
        raise InputFaults(faults)
    return run


def compare_runs(base: RunFolder, other: RunFolder) -> Comparison:
    """Compare two opened run folders, whose files stay cached. InputFaults as `compare`."""
    before, after = flattened(base.manifest["definition"]), flattened(other.manifest["definition"])
    changes = [KeyChange(key, before.get(key), after.get(key)) for key in {**before, **after} if before.get(key) != after.get(key)]
    keys = {change.key for change in changes}
    question = tuple(f"{change.before} changed to {change.after} ({QUESTION[change.key]})" for change in changes if change.key in QUESTION)
    inputs, unused, left_out = rows_that_differ(base, other)
    why = reason_against(base, other, keys)
    fall = None
    if why is None:
        try:
            fall = waterfall(base, other, str(base.summary["goal"][0]))
        except InputFaults as error:
            why = f"The change of the objective is not broken down: {error}."
    figures, reasons = figures_of(base, other, keys)
    return Comparison(
        str(base.path), str(other.path), question,
        tuple(change for change in changes if not change.key.startswith("solver.")),
        tuple(change for change in changes if change.key.startswith("solver.")),
        tuple(inputs), unused, tuple(figures), tuple(moves(base, other)), fall,
        (*left_out, *reasons, *([why] if why else [])), tuple(warnings_of(base, other)), base.labels | other.labels,
    )


def reason_against(base: RunFolder, other: RunFolder, keys: set[str]) -> str | None:
    """Why the change of the objective cannot be broken down; None if it can."""
    goals = [str(run.summary["goal"][0]) for run in (base, other)]
    not_apart = "The change of the objective is not broken down: "
    if goals[0] != goals[1]:
        return f"{not_apart}the goals differ ({goals[0]}, {goals[1]})."
    if goals[0] in MONEY_GOALS and base.dollars != other.dollars:
        return f"{not_apart}money is in dollars of {base.dollars} and of {other.dollars}."
    if goals[0] in COMPUTE_GOALS and base.measure != other.measure:
        return f"{not_apart}compute is counted at {base.measure} and at {other.measure}."
    if keys.intersection(SAME_TIME):
        return f"{not_apart}the horizons differ."
    return None


def flattened(value: Any, prefix: str = "") -> dict[str, Any]:
    """A definition as a flat dictionary, with keys as in `--set model.KEY`: `target.1.by`; lists of plain values stay lists."""
    if isinstance(value, Mapping):
        pairs = [(str(key), each) for key, each in value.items()]
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        pairs = [(str(number), each) for number, each in enumerate(value, 1)]
    else:
        return {prefix: ", ".join(map(str, value)) if isinstance(value, list) else value}
    return {key: found for name, each in pairs for key, found in flattened(each, f"{prefix}.{name}" if prefix else name).items()}


def warnings_of(base: RunFolder, other: RunFolder) -> Iterator[str]:
    """Caveats of a comparison."""
    versions = [str(run.manifest.get("versions", {}).get("gwplan")) for run in (base, other)]
    if versions[0] != versions[1]:
        yield f"The runs were made by gwplan {versions[0]} and {versions[1]}; part of the difference may come from that."
    for run in (base, other):
        name = run.path.name
        ok = None if run.audit is None else run.audit.get("ok")
        if "_FAILED_AUDIT" in name or ok is False:
            yield f"{name}: failed its audit; do not rely on its figures."
        elif ok is None:
            yield f"{name}: not audited."
        if run.status is not Status.OPTIMAL:
            yield f"{name}: the search was stopped early; its plan may be far from optimal."
        if run.manifest.get("fix"):
            yield f"{name}: decisions were fixed by a given plan; its bound holds for those decisions only."
        stated, goal = run.figure("objective"), str(run.summary["goal"][0])
        try:
            values = addends(run, goal).values
        except InputFaults:
            continue
        if stated is not None and abs(sum(values) - stated) > OBJECTIVE_WITHIN * (1 + sum(map(abs, values))):
            yield f"{name}: the objective is given as {stated:,.4g}, but the tables sum to {sum(values):,.4g}."


def rows_that_differ(base: RunFolder, other: RunFolder) -> tuple[list[RowChange], int, list[str]]:
    """Input rows whose base differs, the number of rows that differ only in fields no plan uses, and what is not compared."""
    found: list[RowChange] = []
    unused, other_dollars, left_out = 0, 0, []
    for name in sorted(set(_tables(base)) | set(_tables(other))):
        old, new = _rows(base, name), _rows(other, name)
        if not old or not new:
            run, count = (base, len(old)) if old else (other, len(new))
            left_out.append(f"Only {run.path.name} reads {name}.csv ({count} rows).")
            continue
        for key in {**old, **new}:
            first, last = old.get(key), new.get(key)
            if first is not None and last is not None:
                if first["unit"] != last["unit"] and base.dollars != other.dollars:
                    other_dollars += 1
                    continue
                if _same(first["base"], last["base"]) and first["unit"] == last["unit"]:
                    unused += any(first.get(column) != last.get(column) for column in ("low", "high", "source", "note"))
                    continue
            change = "changed" if first and last else "added" if last else "removed"
            unit = str((last or first or {})["unit"])
            item, site, when, quantity, _ = key
            found.append(RowChange(change, name, item, site, when, quantity, _cell(first), _cell(last), unit))
    if other_dollars:
        left_out.append(f"{other_dollars} rows in dollars of {base.dollars} and of {other.dollars} are not compared.")
    return found, unused, left_out


def _tables(run: RunFolder) -> list[str]:
    return [name for name in run.input_tables if name not in SUPPORT]


@lru_cache(maxsize=KEPT_RUNS * 32)
def _rows(run: RunFolder, name: str) -> dict[tuple[str, str, str, str, int], dict[str, str]]:
    """Rows by item, site, when and quantity; a running number distinguishes rows with the same key."""
    rows: dict[tuple[str, str, str, str, int], dict[str, str]] = {}
    frame = run.inputs(name)
    seen: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for row in frame.to_dict("records") if len(frame) else ():
        key = (row["item"], row.get("site", ""), row.get("when", ""), row["quantity"])
        rows[(*key, seen[key])] = {str(column): str(value) for column, value in row.items()}
        seen[key] += 1
    return rows


def _cell(row: Mapping[str, str] | None) -> Cell:
    if row is None:
        return None
    if row["unit"] in TEXT_UNITS:
        return row["base"]
    try:
        return float(row["base"])
    except ValueError:
        return row["base"]


def _same(before: str, after: str) -> bool:
    if before == after:
        return True
    try:
        return math.isclose(float(before), float(after), rel_tol=SAME)
    except ValueError:
        return False
