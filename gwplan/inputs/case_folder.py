"""The folder of a case, overlays laid over it, to checked values: every fault of every table at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from gwplan.common.errors import Fault
from gwplan.common.spelling import alike_pairs, suggestion
from gwplan.inputs.common_tables import EXISTING
from gwplan.inputs.declarations import Table
from gwplan.inputs.definition import Definition
from gwplan.inputs.items import classify, missing_rows, misspelt_items, twice, unknown_items
from gwplan.inputs.overlays import COMMAND_LINE, MODEL, Known, Rows, apply_set, lay_file
from gwplan.inputs.tables import COLUMNS, PUBLISHED_COLUMNS, UNREADABLE, Source, read_deflators, read_sources, read_table
from gwplan.inputs.values import LABEL, Checker, Value
from gwplan.model import parts

ALWAYS = ("compute", "published", "prices")
SUPPORT = ("sources", "deflators", "existing", "published", "prices", "correlations")


@dataclass(frozen=True)
class Unsure:
    """Tables of which some rows are unknown, and among them those of which even the items are: nothing is missed in them."""

    rows: set[str]
    names: set[str]


@dataclass(frozen=True)
class Checked:
    """A case folder as read: its tables, the kind of each item, the values, and what came with them.

    spoilt: table, item and quantity of rows that say nothing usable; what follows from them is no fault of its own.
    """

    tables: Mapping[str, Table]
    modules: Sequence[ModuleType]
    kinds: Mapping[str, Mapping[str, str]]
    values: Sequence[Value]
    spoilt: frozenset[tuple[str, str, str]]
    sources: Mapping[str, Source]
    deflators: Mapping[int, float]
    unread: tuple[str, ...]
    faults: list[Fault]
    warnings: list[Fault]


def modules_of(definition: Definition) -> list[ModuleType]:
    """The modules whose tables a definition reads: its parts, then what every plan needs."""
    return [parts.load(name) for name in definition.parts] + [import_module(f"gwplan.{name}") for name in ALWAYS]


def read_folder(definition: Definition, overlays: Sequence[Path], sets: Sequence[str]) -> Checked:
    """Read and check all tables of a definition, overlays and sets applied."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    modules = modules_of(definition)
    tables: dict[str, Table] = {module.TABLE.name: module.TABLE for module in modules} | {EXISTING.name: EXISTING}
    folder = definition.inputs
    if not _is_folder(folder):
        fault = Fault(definition.path.name, 0, f"inputs: there is no folder {folder}")
        return Checked(tables, modules, {}, [], frozenset(), {}, {}, (), [fault], [])
    rows, unsure = _read_rows(folder, tables, faults)
    sources, deflators, whole = _read_support(folder, definition.horizon.dollars, faults, warnings)
    left_out = {name for name in parts.PARTS if name not in tables}
    known = Known(tables, left_out)
    for path in (*definition.overlays, *overlays):
        lay_file(Path(path), rows, known, faults, warnings)
    if any(not text.startswith(MODEL) for text in sets):
        sources.setdefault(COMMAND_LINE.key, COMMAND_LINE)
    for text in sets:
        if not text.startswith(MODEL):
            apply_set(text, rows, known, faults)
    unread = _unread(folder, tables, warnings)
    kinds = _kinds(tables, rows, unsure.rows, faults)
    sites = None if "sites" in unsure.names or "sites" not in tables else frozenset(kinds["sites"])
    checker = Checker(definition.horizon.dollars, sources if whole[0] else None, deflators if whole[1] else None, sites, faults, warnings)
    spoilt: set[tuple[str, str, str]] = set()
    values = list(_values(tables, rows, kinds, checker, spoilt))
    faults.extend(_strange_references(tables, values, kinds, unsure.names))
    warnings.extend(_alike_names(values))
    used = {value.row.source for value in values}
    if COMMAND_LINE.key not in used:
        sources.pop(COMMAND_LINE.key, None)
    return Checked(tables, modules, kinds, values, frozenset(spoilt), sources, deflators, unread, faults, warnings)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long for the file system, or a folder above that may not be read
        return False


def _read_rows(folder: Path, tables: Mapping[str, Table], faults: list[Fault]) -> tuple[Rows, Unsure]:
    """The rows by table, and the tables that could not be read whole."""
    rows: Rows = {}
    unsure = Unsure(set(), set())
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        before = len(faults)
        columns = PUBLISHED_COLUMNS if name == "published" else COLUMNS
        rows[name] = [] if table.optional and not path.exists() else read_table(path, name, faults, columns)
        if len(faults) > before:
            unsure.rows.add(name)
            if not rows[name] or faults[-1].message.startswith(UNREADABLE):
                unsure.names.add(name)
    return rows, unsure


def _read_support(folder: Path, dollars: int, faults: list[Fault],
                  warnings: list[Fault]) -> tuple[dict[str, Source], dict[int, float], tuple[bool, bool]]:
    """Sources, deflators, and whether each was read whole."""
    before = len(faults)
    sources = read_sources(folder / "sources.csv", faults)
    between = len(faults)
    deflators = read_deflators(folder / "deflators.csv", faults, warnings)
    whole = not any(fault.row == 0 for fault in faults[before:between]), len(faults) == between
    if whole[1] and dollars not in deflators:
        faults.append(Fault("deflators.csv", 0, f"has no year {dollars}, the dollars of the model"))
        whole = whole[0], False
    return sources, deflators, whole


def _unread(folder: Path, tables: Mapping[str, Table], warnings: list[Fault]) -> tuple[str, ...]:
    """Files of the folder that no table of this model reads; a warning for those of no part at all."""
    names = {*tables, *SUPPORT}
    known = {*parts.PARTS, *names}
    unread = [path for path in sorted(folder.glob("*.csv")) if path.stem not in names]
    for path in unread:
        if path.stem not in known:
            warnings.append(Fault(path.name, 0, f"belongs to no part and is not read{suggestion(path.stem, known)}"))
    return tuple(path.name for path in unread)


def _kinds(tables: Mapping[str, Table], rows: Rows, unsure: set[str], faults: list[Fault]) -> dict[str, dict[str, str]]:
    """The kind of each item by table; faults for unknown and misspelt items, missing and doubled rows."""
    kinds = {name: classify(table, rows[name]) for name, table in tables.items()}
    for name, table in tables.items():
        faults.extend(unknown_items(table, rows[name], kinds[name]))
        if name not in unsure:
            faults.extend(misspelt_items(table, rows[name], kinds[name]))
            faults.extend(missing_rows(table, rows[name], kinds[name], kinds.get("sites", {})))
        faults.extend(twice(rows[name]))
    return kinds


def _values(
    tables: Mapping[str, Table], rows: Rows, kinds: Mapping[str, Mapping[str, str]], checker: Checker, spoilt: set[tuple[str, str, str]]
) -> Iterator[Value]:
    """The values of all rows; what has a row without a usable value is put into `spoilt`."""
    each: dict[str, float] = {}
    for row in rows.get("accelerators", ()):
        if row.quantity == "accelerators" and row.base.isdigit():
            each[row.item] = float(row.base)
    for name, table in tables.items():
        for row in rows[name]:
            kind = kinds[name].get(row.item)
            value = checker.value(row, kind, table, each.get(row.item)) if kind else None
            if value is not None:
                yield value
            else:
                spoilt.add((name, row.item, row.quantity))


def _strange_references(
    tables: Mapping[str, Table], values: Sequence[Value], kinds: Mapping[str, Mapping[str, str]], broken: set[str]
) -> Iterator[Fault]:
    """A fault for each label that must name an item of another table and names none."""
    home = {kind.name: name for name, table in tables.items() for kind in table.kinds}
    known = {kind: {item for item, of in kinds[name].items() if of == kind} for kind, name in home.items()}
    for value in values:
        kind = value.quantity.refers
        if kind is None or kind not in home or home[kind] in broken:
            continue
        for label in value.text.split("|"):
            if label not in known[kind]:
                items = suggestion(label, known[kind]) or (f" ({', '.join(sorted(known[kind]))})" if known[kind] else ", which has none")
                yield value.row.fault(f"no {kind} {label!r} in {home[kind]}.csv{items}")


def _alike_names(values: Sequence[Value]) -> Iterator[Fault]:
    """A warning for each open name that is nearly the same as another."""
    names: dict[tuple[str, str], dict[str, Value]] = {}
    for value in values:
        quantity = value.quantity
        if quantity.unit == LABEL and not quantity.labels and not quantity.refers:
            for label in value.text.split("|"):
                names.setdefault((value.row.table, quantity.name), {})[label] = value
    for found in names.values():
        for one, other in alike_pairs(found):
            yield found[other].row.fault(f"{other!r} is nearly the same name as {one!r}")
    sites = {value.row.item: value for value in values if value.row.table == "sites"}
    for one, other in alike_pairs(sites):
        yield sites[other].row.fault(f"the site {other!r} is nearly called as {one!r}", named=False)
