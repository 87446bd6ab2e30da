"""Does a number matter? Rows are changed, the model is built again, and its arrays are compared: no record of look-ups is asked.

Many rows are changed at once, one of each item and site, and each is found again by the names of item and site in the rows and columns
that differ. What is not found so is changed alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwplan.common.calendar import Span, month_name
from gwplan.common.errors import InputFaults
from gwplan.inputs.case import Case
from gwplan.inputs.values import Value
from gwplan.model.assemble import assemble
from gwplan.planning.build import uncollected
from gwplan.solving.linear_program import Arrays, compile_plan

TRIALS = 5
"""Other numbers that a row is given, one after the other, at most."""
MONTHS = (18, 72, -72)
"""Months by which dates are moved."""
QUEUES = (("halls", "accelerators", "power"), ("contracts", "diversification"), ("cooling",), ("sites",))
"""Tables whose rows may change together: the items of one are not named in the index of what another is about."""
Entry = tuple[str, tuple[Any, ...]]


def is_number(value: Value) -> bool:
    """True for numbers and dates; labels are no numbers."""
    return value.quantity.unit != "label"


def key(value: Value) -> str:
    """`power.csv grid.price@north@2027`."""
    row = value.row
    return f"{row.table} {row.item}.{row.quantity}@{row.site}@{row.when}"


def others(value: Value) -> list[Value]:
    """The row with other numbers, inside its hard bounds: a little more, much less, much more, the least, the most that is usual; dates some years away."""
    quantity = value.quantity
    if quantity.unit == "date":
        base = value.dates[1]
        assert base is not None
        firsts = [base.first + months for months in MONTHS]
        spans = [Span(first, first + base.last - base.first, month_name(first)) for first in firsts]
        return [replace(value, dates=(span, span, span)) for span in spans]
    base, least, most = value.base, quantity.least, quantity.most
    top = most if most is not None else (quantity.sane or (0, 1))[1] if not base else 10 * base
    bottom = least if least is not None else 0.0
    far = quantity.sane[1] if quantity.sane else top
    wanted = [1.37 * base, 0.3 * base, 4 * base, bottom, far] if base else [0.3 * top, 0.9 * top]
    inside = [min(max(number, least if least is not None else number), max(top, far)) for number in wanted]
    return [replace(value, numbers=(number, number, number)) for number in dict.fromkeys(inside) if number != base]


@dataclass(eq=False)
class Model:
    """A model as sorted numbers by place (an entry and a term of it, both counted in `PLACES`), and the arrays that they are of.

    An entry is a row or a column by name. The terms of a row are its bounds and its columns; those of a column, whether it is whole
    and its costs.
    """

    places: NDArray[np.int64]
    numbers: NDArray[np.float64]
    arrays: Arrays

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and np.array_equal(self.places, other.places) and np.array_equal(self.numbers, other.numbers)

    __hash__ = None  # type: ignore[assignment]


PLACES: dict[Entry, int] = {}
"""What was ever named, rows, columns and terms, with a number for each."""
WIDE = 1 << 32


def place_of(entry: Entry) -> int:
    """The number of a name."""
    return PLACES.setdefault(entry, len(PLACES))


def model_of(case: Case, changes: Mapping[int, Value]) -> Model | None:
    """The model with some rows of the tables changed, by id; None where it cannot even be built."""
    values = [changes.get(id(value), value) for value in case.checked.values]
    try:
        with uncollected():
            return stated(compile_plan(assemble(Case(case.definition, replace(case.checked, values=values)))))
    except (InputFaults, RuntimeError, ValueError, ArithmeticError, AssertionError, LookupError):
        return None


def stated(arrays: Arrays) -> Model:
    """Each row with its coefficients by column, each column with its costs: names in place of numbers."""
    columns = np.array([place_of(entry) for entry in arrays.columns], dtype=np.int64)
    columns[list(arrays.columns.values())] = columns.copy()
    rows = np.array([place_of((rule.full_name, index)) for rule, index in arrays.rows], dtype=np.int64)
    matrix = arrays.matrix.tocoo()
    costs = np.arange(len(arrays.costs))
    parts = [(rows, "lower", arrays.lower), (rows, "upper", arrays.upper), (columns, "whole", arrays.whole)]
    parts += [(columns, f"cost {n}", arrays.costs[n].coefficients) for n in costs]
    parts += [(np.array([place_of(("constants", ()))]), f"cost {n}", np.array([arrays.costs[n].constant])) for n in costs]
    places = [rows[matrix.row] * WIDE + columns[matrix.col], *(entries * WIDE + place_of((term, ())) for entries, term, _ in parts)]
    numbers = [matrix.data, *(numbers.astype(float) for _, _, numbers in parts)]
    found = np.concatenate(places)
    order = np.argsort(found)
    return Model(found[order], np.concatenate(numbers)[order], arrays)


def differing(before: Model, after: Model) -> list[set[str]]:
    """For each row or column that is not as it was, the names in its own index and in those of columns whose factors differ."""
    _, mine, theirs = np.intersect1d(before.places, after.places, assume_unique=True, return_indices=True)
    same = before.numbers[mine] == after.numbers[theirs]
    changed = [np.delete(before.places, mine[same]), np.delete(after.places, theirs[same])]
    entries = list(PLACES)
    found: dict[int, set[str]] = {}
    for place in np.concatenate(changed).tolist():
        entry, term = divmod(place, WIDE)
        found.setdefault(entry, words(entries[entry][1])).update(words(entries[term][1]))
    return list(found.values())


@cache
def words_of(text: str) -> frozenset[str]:
    """The names in the text of an index."""
    return frozenset(re.findall(r"[\w.-]+", text))


def words(index: object) -> set[str]:
    """The names in an index."""
    return set(words_of(str(index)))


def batches(values: Sequence[Value]) -> list[list[Value]]:
    """Rows in as few groups as can be: of one queue of tables, of an item and site no two, rows of sites apart from general ones."""
    waiting: dict[tuple[int, bool], dict[tuple[str, str], list[Value]]] = defaultdict(lambda: defaultdict(list))
    for value in values:
        queue = next(number for number, tables in enumerate(QUEUES) if value.row.table in tables)
        waiting[queue, bool(value.row.site)][value.row.item, value.row.site].append(value)
    return [[rows[place] for rows in queue.values() if place < len(rows)]
            for queue in waiting.values() for place in range(max(map(len, queue.values())))]


def not_found(case: Case, before: Model, group: list[Value], trial: int) -> list[Value]:
    """Those of a group, changed together, that no difference names. A group that cannot be built is halved."""
    after = model_of(case, {id(value): others(value)[trial] for value in group})
    if after is None:
        half = len(group) // 2
        return [] if len(group) == 1 else not_found(case, before, group[:half], trial) + not_found(case, before, group[half:], trial)
    found = differing(before, after)
    return [value for value in group if not any(wanted <= names for wanted in named(case, value) for names in found)]


def named(case: Case, value: Value) -> list[set[str]]:
    """The names that tell of a row; a fuel is not named itself, but what burns it is."""
    item, site = value.row.item, value.row.site
    burners = [supply for supply in case.items("supply") if case.get_label("power", supply, "fuel") == item]
    return [{name, site} - {""} for name in (burners if item in case.items("fuel") else [item])]


def lesser(case: Case, sites: Collection[str]) -> Case:
    """The case with some of its sites only: what is no site's own shows its effect there too."""
    values = [value for value in case.checked.values if value.row.site in {*sites, ""} and
              (value.row.table != "sites" or value.row.item in sites)]
    kinds = {**case.checked.kinds, "sites": {name: kind for name, kind in case.checked.kinds["sites"].items() if name in sites}}
    return Case(case.definition, replace(case.checked, values=values, kinds=kinds))


def without_effect(case: Case, values: Iterable[Value]) -> list[Value]:
    """Those of some rows that, changed one by one, leave the model as it is."""
    before, rest = model_of(case, {}), list(values)
    assert before is not None
    tables = {table for queue in QUEUES for table in queue}
    for trial in range(TRIALS):
        for group in batches([value for value in rest if value.row.table in tables and trial < len(others(value))]):
            lost = {id(value) for value in group} - {id(value) for value in not_found(case, before, group, trial)}
            rest = [value for value in rest if id(value) not in lost]
    # What no index names, and what was not found: each alone.
    return [value for value in rest if all(model_of(case, {id(value): changed}) == before for changed in others(value))]


def core(arrays: Arrays) -> dict[Entry, tuple[Any, ...]]:
    """Rows and columns of a model by name, without amounts that are only kept account of: columns without a cost that stand in one row
    alone, an equality, with it.

    Taken out again and again, until what is left is tied to a cost or a limit.
    """
    rows, costs = written(arrays)
    idle = {name for name, terms in costs.items() if terms[0] is False and not any(terms[1:])}
    places: dict[Entry, set[Entry]] = defaultdict(set)
    for entry, terms in rows.items():
        for name, _ in terms[2:]:
            places[name].add(entry)
    waiting = [name for name in idle if len(places[name]) == 1]
    while waiting:
        name = waiting.pop()
        for entry in list(places[name]):
            lower, upper, *terms = rows[entry]
            if lower != upper:
                continue
            del rows[entry]
            for other_name, _ in terms:
                places[other_name].discard(entry)
                if other_name in idle and len(places[other_name]) == 1:
                    waiting.append(other_name)
    used = {name for terms in rows.values() for name, _ in terms[2:]}
    return rows | {entry: terms for entry, terms in costs.items() if entry in used}


def written(arrays: Arrays) -> tuple[dict[Entry, tuple[Any, ...]], dict[Entry, tuple[Any, ...]]]:
    """Each row with its bounds and its coefficients by column; each column with whether it is whole and its costs."""
    names = {column: entry for entry, column in arrays.columns.items()}
    matrix = arrays.matrix.tocsr()
    rows = {}
    for number, (rule, index) in enumerate(arrays.rows):
        part = slice(matrix.indptr[number], matrix.indptr[number + 1])
        terms = {names[column]: factor for column, factor in zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True)}
        rows[rule.full_name, index] = (arrays.lower[number], arrays.upper[number], *sorted(terms.items(), key=str))
    costs = {entry: (bool(arrays.whole[column]), *(float(cost.coefficients[column]) for cost in arrays.costs))
             for entry, column in arrays.columns.items()}
    return rows, costs
