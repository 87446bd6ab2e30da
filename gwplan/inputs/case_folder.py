"""From the folder of a case and its overlays to checked values, with the faults of all tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from gwplan.common.errors import Fault, Lost
from gwplan.common.spelling import alike_pairs, suggestion
from gwplan.inputs.case_workbook import CaseFolder, opened
from gwplan.inputs.common_tables import EXISTING
from gwplan.inputs.declarations import Table
from gwplan.inputs.definition import Definition
from gwplan.inputs.half_lives import HalfLife, read_half_lives
from gwplan.inputs.items import classify, missing_rows, misspelt_items, twice, unfit_items, unknown_items
from gwplan.inputs.labels import check_labels, names_of, read_labels
from gwplan.inputs.memory import AnyPath, shown_name
from gwplan.inputs.overlays import COMMAND_LINE, MODEL, Known, Rows, apply_set, lay_file
from gwplan.inputs.plain_files import is_there, passed_over, tables_of
from gwplan.inputs.tables import Source, read_deflators, read_sources, read_table
from gwplan.inputs.values import LABEL, Checker, Value

SUPPORT = ("sources", "deflators", "labels", "existing", "published", "prices", "correlations", "scenarios", "half_lives", "calibration")


@dataclass(frozen=True)
class Checked:
    """A case folder as read: its tables, the kind of each item, and the values.

    spoilt: table, item and quantity of rows without a usable value; lost: unreadable parts of the files. Consequences of
    either are not reported as separate faults.
    labels: display names of items, sites, vendors and providers. folder: the files and sheets that were read.
    """

    tables: Mapping[str, Table]
    modules: Sequence[ModuleType]
    kinds: Mapping[str, Mapping[str, str]]
    values: Sequence[Value]
    spoilt: frozenset[tuple[str, str, str]]
    lost: Lost
    sources: Mapping[str, Source]
    deflators: Mapping[int, float]
    unread: tuple[str, ...]
    faults: list[Fault]
    warnings: list[Fault]
    labels: Mapping[str, str] = field(default_factory=dict)
    half_lives: Sequence[HalfLife] = ()
    folder: CaseFolder | None = None


@dataclass(frozen=True)
class Declared:
    """The model's table declarations, passed in by the caller because this layer does not import the parts.

    modules: each may have a `TABLE`, `check` and `warn`. parts: the names of all parts, in the model or not.
    converted: gives, for a case and a row in H100e, the factor from the measure of its source to that of the model.
    """

    modules: Sequence[ModuleType]
    parts: Sequence[str]
    converted: Callable[..., float] | None = None


def read_folder(definition: Definition, declared: Declared, overlays: Sequence[AnyPath], sets: Sequence[str]) -> Checked:
    """Read and check all tables of a definition, overlays and sets applied."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    modules = declared.modules
    declared_tables = [module.TABLE for module in modules if hasattr(module, "TABLE")]
    tables: dict[str, Table] = {table.name: table for table in declared_tables} | {EXISTING.name: EXISTING}
    if not _is_folder(definition.inputs):
        fault = Fault(definition.path.name, 0, f"inputs: there is no folder {definition.inputs}")
        return Checked(tables, modules, {}, [], frozenset(), Lost(), {}, {}, (), [fault], [])
    folder = opened(definition.inputs)
    if not folder.readable:
        return Checked(tables, modules, {}, [], frozenset(), Lost(), {}, {}, (), list(folder.faults), [])
    faults.extend(folder.faults)
    lost = Lost()
    rows = _read_rows(folder, tables, faults, lost)
    sources, deflators = _read_support(folder, definition.horizon.dollars, faults, warnings, lost)
    left_out = {name for name in declared.parts if name not in tables}
    known = Known(tables, left_out, lost, frozenset(name for name in tables if not is_there(folder / f"{name}.csv")))
    for path in definition.overlays:
        lay_file(path, rows, known, faults, warnings)
    for path in overlays:
        lay_file(path, rows, known, faults, warnings, own=False)
    if any(not text.startswith(MODEL) for text in sets):
        sources.setdefault(COMMAND_LINE.key, COMMAND_LINE)
    for text in sets:
        if not text.startswith(MODEL):
            apply_set(text, rows, known, faults)
    unread = _unread(folder, tables, declared.parts, warnings)
    kinds = _kinds(tables, rows, lost, faults)
    sites = None if "sites" in lost.files or "sites" not in tables else kinds["sites"].keys() | lost.names("sites")
    checker = Checker(definition.horizon.dollars, None if "sources" in lost.files else sources,
                      None if "deflators" in lost.files else deflators, sites, faults, warnings, lost.names("sources"))
    spoilt: set[tuple[str, str, str]] = set()
    values = list(_values(tables, rows, kinds, checker, spoilt))
    faults.extend(_strange_references(tables, values, kinds, lost))
    warnings.extend(_alike_names(values))
    labels = read_labels(folder, faults, lost)
    check_labels(labels, names_of(values), faults, warnings)
    half_lives = read_half_lives(folder, tables, sources, faults, lost)
    used = {value.row.source for value in values}
    if COMMAND_LINE.key not in used:
        sources.pop(COMMAND_LINE.key, None)
    return Checked(tables, modules, kinds, values, frozenset(spoilt), lost, sources, deflators, unread, faults, warnings, labels,
                   half_lives, folder)


def _is_folder(path: AnyPath) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long for the file system, or an unreadable parent folder
        return False


def _read_rows(folder: CaseFolder, tables: Mapping[str, Table], faults: list[Fault], lost: Lost) -> Rows:
    """The rows by table."""
    rows: Rows = {}
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        rows[name] = [] if table.optional and not is_there(path) else read_table(path, faults, lost)
    return rows


def _read_support(folder: CaseFolder, dollars: int, faults: list[Fault], warnings: list[Fault],
                  lost: Lost) -> tuple[dict[str, Source], dict[int, float]]:
    """Sources and deflators."""
    sources = read_sources(folder / "sources.csv", faults, lost)
    deflators = read_deflators(folder / "deflators.csv", faults, warnings, lost)
    if "deflators" not in lost.files and dollars not in deflators:
        faults.append(Fault("deflators.csv", 0, f"has no year {dollars}, the dollars of the model"))
        lost.files.add("deflators")
    return sources, deflators


def _unread(folder: CaseFolder, tables: Mapping[str, Table], parts: Sequence[str], warnings: list[Fault]) -> tuple[str, ...]:
    """Files of the folder that this model does not read; a warning for those that belong to no part."""
    names = {*tables, *SUPPORT}
    known = {*parts, *names, "compute"}
    unread = [path for path in tables_of(folder) if path.stem not in names]
    warnings.extend(fault for fault in passed_over(folder) if fault.file.removesuffix(".csv") not in tables)
    for path in unread:
        if path.stem not in known:
            warnings.append(Fault(shown_name(path), 0, f"belongs to no part and is not read{suggestion(path.stem, known)}"))
    return tuple(path.name for path in unread)


def _kinds(tables: Mapping[str, Table], rows: Rows, lost: Lost, faults: list[Fault]) -> dict[str, dict[str, str]]:
    """The kind of each item by table; faults for unknown and misspelt items, missing and duplicate rows."""
    kinds = {name: classify(table, rows[name]) for name, table in tables.items()}
    for name, table in tables.items():
        faults.extend(unfit_items(rows[name]))
        if name not in lost.files:
            faults.extend(unknown_items(table, [row for row in rows[name] if row.item not in lost.names(name)], kinds[name]))
        if not lost.touches(name):
            faults.extend(misspelt_items(table, rows[name], kinds[name]))
            faults.extend(missing_rows(table, rows[name], kinds[name], kinds.get("sites", {})))
        faults.extend(twice(rows[name]))
    return kinds


def _values(
    tables: Mapping[str, Table], rows: Rows, kinds: Mapping[str, Mapping[str, str]], checker: Checker, spoilt: set[tuple[str, str, str]]
) -> Iterator[Value]:
    """The values of all rows; rows without a usable value are recorded in `spoilt`."""
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
    tables: Mapping[str, Table], values: Sequence[Value], kinds: Mapping[str, Mapping[str, str]], lost: Lost
) -> Iterator[Fault]:
    """A fault for each label that must name an item of another table and does not."""
    home = {kind.name: name for name, table in tables.items() for kind in table.kinds}
    known = {kind: {item for item, of in kinds[name].items() if of == kind} for kind, name in home.items()}
    for value in values:
        kind = value.quantity.refers
        if kind is None or kind not in home or home[kind] in lost.files:
            continue
        for label in value.text.split("|"):
            if label not in known[kind] and label not in lost.names(home[kind]):
                items = suggestion(label, known[kind]) or (f" ({', '.join(sorted(known[kind]))})" if known[kind] else ", which has none")
                yield value.row.fault(f"no {kind} {label!r} in {home[kind]}.csv{items}")


def _alike_names(values: Sequence[Value]) -> Iterator[Fault]:
    """A warning for each free-form name that is very similar to another."""
    names: dict[tuple[str, str], dict[str, Value]] = {}
    for value in values:
        quantity = value.quantity
        if quantity.unit == LABEL and not quantity.labels and not quantity.refers:
            for label in value.text.split("|"):
                names.setdefault((value.row.table, quantity.name), {})[label] = value
    for found in names.values():
        for one, other in alike_pairs(found):
            yield found[other].row.fault(f"{other!r} is very similar to {one!r}: is it the same name?")
    sites = {value.row.item: value for value in values if value.row.table == "sites"}
    for one, other in alike_pairs(sites):
        yield sites[other].row.fault(f"the site {other!r} is very similar to {one!r}: is it the same site?", named=False)
