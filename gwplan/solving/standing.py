"""What was decided before a date and stands, in a model whose numbers have changed since.

A decision of plan.csv is made in the period in which it is ordered, started or signed: it stands if that is before the date. Where the
changed model cannot deliver it on its old order (a queue that opens later), it is taken up in the first period from which it can:
no less than that is ordered then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from gwplan.model.assemble import Plan
from gwplan.model.block import Key, Rule
from gwplan.solving.decisions import Decision, decided, place
from gwplan.solving.linear_program import Arrays

RETIRED = ("accelerators", "retired")
"""A decision that follows from arrivals, which may have moved."""
Where = tuple[str, str, str, str]
"""Part, decision, item and site."""


@dataclass(frozen=True)
class Moved:
    """A decision that stands and is taken up later. to: the name of the period; blank where it cannot be within the horizon."""

    decision: Decision
    to: str


@dataclass(frozen=True)
class Standing:
    """fixed: values by column, 0 for what was not decided before the date; arrays: with a row for each amount that is taken up after it."""

    fixed: Mapping[int, float]
    arrays: Arrays
    made: tuple[Decision, ...]
    moved: tuple[Moved, ...]


def standing(plan: Plan, arrays: Arrays, decisions: Iterable[Decision], before: int) -> Standing:
    """Fix what was decided in periods before a number; the rest is free."""
    names = plan.case.calendar.names
    number = {name: n for n, name in enumerate(names)}
    made = tuple(each for each in decisions if number[each.when] < before and each.amount)
    columns, whole = columns_of(plan, arrays)
    fixed = {column: 0.0 for found in columns.values() for period, column in found.items() if period < before}
    least: dict[int, float] = {}
    moved = []
    for each in made:
        where = (each.part, each.decision, each.item, each.site)
        amount = float(each.amount or 0.0)
        amount = round(amount) if where in whole else amount
        taken = min((period for period in columns.get(where, {}) if period >= number[each.when]), default=None)
        if taken != number[each.when] and where[:2] == RETIRED:
            continue
        if taken is None or taken != number[each.when]:
            moved.append(Moved(each, "" if taken is None else names[taken]))
        if taken is not None:
            column = columns[where][taken]
            kept = fixed if taken < before else least
            kept[column] = kept.get(column, 0.0) + amount
    if any(each.decision.part == "accelerators" for each in moved):
        retired = {column for where, found in columns.items() if where[:2] == RETIRED for column in found.values()}
        fixed = {column: amount for column, amount in fixed.items() if column not in retired}
    return Standing(fixed, with_least(arrays, least), made, tuple(moved))


def columns_of(plan: Plan, arrays: Arrays) -> tuple[dict[Where, dict[int, int]], set[Where]]:
    """The columns of each decision by period, and the decisions in whole numbers."""
    found: dict[Where, dict[int, int]] = {}
    whole = set()
    for pair, family in decided(plan):
        for key in family.data:
            item, site, period = place(family, key)
            column = arrays.columns.get((f"{family.part}.{family.name}", key))
            if column is not None:
                found.setdefault((*pair, item, site), {})[period] = column
                whole |= {(*pair, item, site)} if family.whole else set()
    return found, whole


def with_least(arrays: Arrays, least: Mapping[int, float]) -> Arrays:
    """The arrays with a row for each column that is at least an amount."""
    if not least:
        return arrays
    from scipy.sparse import csr_array, vstack

    doc = "What was ordered before the date is taken up as soon as it can be delivered."
    rule = Rule("slip", "order_stands", ("order",), doc, "orders", False, {})
    places = np.arange(len(least))
    rows = csr_array((np.ones(len(least)), (places, np.fromiter(least, dtype=int))), shape=(len(least), len(arrays.variables)))
    keys: list[tuple[Rule, Key]] = [(rule, (int(place),)) for place in places]
    return replace(arrays, matrix=vstack([arrays.matrix, rows]).tocsc(), rows=[*arrays.rows, *keys],
                   lower=np.append(arrays.lower, list(least.values())), upper=np.append(arrays.upper, np.full(len(least), np.inf)))


def within(arrays: Arrays, values: Mapping[int, float], share: float) -> Arrays:
    """The arrays with a row for each column that keeps a value, up to a share of it or of one."""
    if not values:
        return arrays
    from scipy.sparse import csr_array, vstack

    rule = Rule("slip", "payment_stands", ("payment",), "What was paid before the date stands.", "MUSD", False, {})
    places, amounts = np.arange(len(values)), np.fromiter(values.values(), dtype=float)
    rows = csr_array((np.ones(len(values)), (places, np.fromiter(values, dtype=int))), shape=(len(values), len(arrays.variables)))
    keys: list[tuple[Rule, Key]] = [(rule, (int(place),)) for place in places]
    more = share * np.maximum(1.0, np.abs(amounts))
    return replace(arrays, matrix=vstack([arrays.matrix, rows]).tocsc(), rows=[*arrays.rows, *keys],
                   lower=np.append(arrays.lower, amounts - more), upper=np.append(arrays.upper, amounts + more))
