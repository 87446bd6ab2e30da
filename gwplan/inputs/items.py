"""Items of a table: the kind of each, missing quantities, and misspelt names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from gwplan.common.errors import Fault, at_row
from gwplan.common.spelling import nearest, suggestion, unfit
from gwplan.inputs.declarations import Table
from gwplan.inputs.overlays import key_of
from gwplan.inputs.tables import TextRow

MANY = 3
"""An unknown item with at least this many rows gives one fault, one with fewer a fault per row."""

MOST_MISSPELT = 100
"""If more items than this lack a quantity, its rows are missing; otherwise the names are probably wrong."""


def classify(table: Table, rows: Sequence[TextRow]) -> dict[str, str]:
    """The kind of each item: the first kind that claims it; items of no kind are left out."""
    names: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, set[str]] = defaultdict(set)
    marks: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        marks[row.item].add((row.quantity, row.base))
        names[row.item].add(row.quantity)
        labels[row.quantity].update(row.base.split("|"))
    found: dict[str, str] = {}
    for item, quantities in names.items():
        for kind in table.kinds:
            if kind.only:
                claimed = item in kind.only
            elif kind.marked:
                claimed = kind.marked in quantities
            elif kind.labelled:
                claimed = kind.labelled in marks[item]
            elif kind.named:
                claimed = item in labels[kind.named]
            else:
                claimed = bool(item)
            if claimed:
                found[item] = kind.name
                break
    return found


def unknown_items(table: Table, rows: Sequence[TextRow], kinds: Mapping[str, str]) -> Iterator[Fault]:
    """A fault for each item of no kind: per row, or once if it has many rows."""
    known = set(kinds) | {name for kind in table.kinds for name in kind.only}
    marks = [f"a {kind.name} needs {kind.marked!r}" for kind in table.kinds if kind.marked]
    marks += [f"a {kind.name} is named by some {kind.named!r}" for kind in table.kinds if kind.named]
    labels: dict[str, list[str]] = defaultdict(list)
    for kind in table.kinds:
        if kind.labelled:
            labels[kind.labelled[0]].append(kind.labelled[1])
    marks += [f"each item needs a row {quantity!r}: {', '.join(found)}" for quantity, found in labels.items()]
    orphans: dict[str, list[TextRow]] = defaultdict(list)
    for row in rows:
        if row.item not in kinds:
            orphans[row.item].append(row)
    for item, own in orphans.items():
        strange = [row for row in own if row.quantity in labels]
        # Its label names no kind: its other rows cannot be checked until that is corrected.
        for row in strange:
            yield row.fault(f"no label {row.base!r}{suggestion(row.base, labels[row.quantity])} ({', '.join(labels[row.quantity])})")
        if strange:
            continue
        reason = f" ({'; '.join(marks)})" if marks else f" (they are {', '.join(sorted(known))})"
        message = f"no item {item!r}{suggestion(item, known) or reason}" if item else "the item is blank"
        if len(own) >= MANY and marks and item:
            message += reason if reason not in message else ""
            own = own[:1]
        for row in own:
            yield row.fault(message, named=False)


def unfit_items(rows: Sequence[TextRow]) -> Iterator[Fault]:
    """A fault for each item with an invalid name, at its first row."""
    first: dict[str, TextRow] = {}
    for row in rows:
        first.setdefault(row.item, row)
    for item, row in first.items():
        wrong = unfit(item) if item else ""
        if wrong:
            yield row.fault(wrong, named=False)


def misspelt_items(table: Table, rows: Sequence[TextRow], kinds: dict[str, str]) -> Iterator[Fault]:
    """Items that lack most required quantities and are named almost like a complete item: probably misspelt.

    They are removed from `kinds`, so that their missing quantities are not reported as well.
    """
    lacks = lacking(table, rows, kinds)
    if len(lacks) > MOST_MISSPELT:
        return
    for item, quantities in sorted(lacks.items()):
        kind = kinds[item]
        needed = [quantity for quantity in table.quantities if quantity.of == kind and quantity.required]
        whole = [other for other, of in kinds.items() if of == kind and other not in lacks]
        other = nearest(item, whole)
        if other is None or 2 * len(quantities) < len(needed):
            continue
        del kinds[item]
        for row in rows:
            if row.item == item:
                yield row.fault(f"no item {item!r}; did you mean {other!r}?", named=False)


def lacking(table: Table, rows: Sequence[TextRow], kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """The required quantities that an item has no row for."""
    have = {(row.item, row.quantity) for row in rows}
    required: dict[str, list[str]] = defaultdict(list)
    for quantity in table.quantities:
        if quantity.required:
            required[quantity.of].append(quantity.name)
    lacks = {item: [name for name in required[kind] if (item, name) not in have] for item, kind in kinds.items()}
    return {item: names for item, names in lacks.items() if names}


def missing_rows(table: Table, rows: Sequence[TextRow], kinds: Mapping[str, str], known: Collection[str]) -> Iterator[Fault]:
    """A fault for each item with its missing quantities, and for each site at which it lacks one of them."""
    first: dict[str, TextRow] = {}
    sites: dict[str, dict[str, TextRow]] = defaultdict(dict)
    given: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        first.setdefault(row.item, row)
        given[row.item, row.quantity].add(row.site)
        if row.site in known:
            sites[row.item].setdefault(row.site, row)
    for item, names in lacking(table, rows, kinds).items():
        what = ", ".join(repr(name) for name in names)
        yield first[item].fault(f"{item}: the {kinds[item]} has no row for {what}", named=False)
    for quantity in table.quantities:
        if not quantity.required or "site" not in quantity.by:
            continue
        for item, kind in kinds.items():
            at = given[item, quantity.name]
            if kind != quantity.of or not at or "" in at:
                continue
            for site, row in sites[item].items():
                if site not in at:
                    yield row.fault(f"{item}: no {quantity.name!r} at {site}, nor one for all sites", named=False)


def twice(rows: Sequence[TextRow]) -> Iterator[Fault]:
    """A fault for each row that duplicates another of its table."""
    seen: dict[tuple[object, ...], TextRow] = {}
    for row in rows:
        before = seen.setdefault(key_of(row), row)
        if before is not row:
            where = f"row {before.row}" if before.file == row.file else at_row(before.file, before.row)
            yield row.fault(f"duplicates {where}")
