"""Several models as one: the extensive form of a plan under scenarios.

Each member is a whole model, with a weight. A shared decision is one amount that enters a column of each member: its own column, or
a later one where a member cannot deliver it as early. Where it is the one thing that enters, those columns become one column; else it is
a column of its own, with a row for each member. The objective is the weighted sum of the members' objectives.

Source: Birge and Louveaux 2011, Introduction to Stochastic Programming, chapter 2: the deterministic equivalent with
nonanticipativity in its variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwplan.model.block import Key, Rule
from gwplan.solving.linear_program import Arrays, Cost, Floats

Places = NDArray[np.int64]
Entry = tuple[int, int]
"""Number of a member and one of its columns."""
TIE = Rule("hedge", "decided_before_it_is_known", ("scenario", "order"),
           "What was decided before a scenario is known enters it as it was decided, or as soon as it can be delivered.", "", False, {})


@dataclass(frozen=True)
class SharedDecision:
    """A decision that some members make alike. enters: the column that it enters, by member. exact: of these, the members
    whose column is all that was shared, in contrast to at least that.
    """

    enters: Mapping[int, int]
    exact: frozenset[int]


@dataclass(frozen=True)
class Extensive:
    """The members as one. places: column of each member's columns, by member; shared: column of each shared decision.

    members: the number of columns that are of members and shared decisions; a measure of risk adds columns after these.
    """

    arrays: Arrays
    places: tuple[Places, ...]
    shared: tuple[int, ...]
    weights: tuple[float, ...]
    costs: tuple[Cost, ...] = field(default=())

    def of_member(self, x: Floats, number: int) -> Floats:
        """The columns of one member in a solution of the whole."""
        found: Floats = x[self.places[number]]
        return found

    def values(self, x: Floats) -> list[float]:
        """The objective of each member in a solution of the whole."""
        return [cost.value(self.of_member(x, number)) for number, cost in enumerate(self.costs)]


def extensive(members: Sequence[Arrays], weights: Sequence[float], shared: Sequence[SharedDecision]) -> Extensive:
    """The members as one problem. weights: of each member's objective, positive; they need not sum to 1.

    A shared decision is whole where the columns that it enters are.
    """
    entering: dict[Entry, list[int]] = {}
    for number, each in enumerate(shared):
        for entry in each.enters.items():
            entering.setdefault(entry, []).append(number)
    alone = [all(member in each.exact and entering[member, column] == [number] for member, column in each.enters.items())
             for number, each in enumerate(shared)]
    offsets = np.cumsum([0, *(len(each.variables) for each in members)])
    first = np.arange(offsets[-1])
    for number, each in enumerate(shared):
        if alone[number]:
            columns = [offsets[member] + column for member, column in each.enters.items()]
            first[columns] = min(columns)
    kept, places = np.unique(first, return_inverse=True)
    owned = tuple(places[offsets[n]:offsets[n + 1]] for n in range(len(members)))
    extra = [number for number, each in enumerate(alone) if not each]
    of_shared = np.zeros(len(shared), dtype=np.int64)
    of_shared[extra] = len(kept) + np.arange(len(extra))
    for number, each in enumerate(shared):
        if alone[number]:
            member, column = next(iter(each.enters.items()))
            of_shared[number] = owned[member][column]
    arrays = joined(members, owned, len(kept) + len(extra))
    arrays = with_ties(arrays, owned, shared, of_shared, {entry: found for entry, found in entering.items() if not alone[found[0]]})
    costs = tuple(each.costs[0] for each in members)
    whole = arrays.whole.copy()
    whole[of_shared[extra]] = [all(members[m].whole[c] for m, c in shared[number].enters.items()) for number in extra]
    arrays = replace(arrays, whole=whole, costs=expected(members, weights, owned, len(whole)))
    return Extensive(arrays, owned, tuple(of_shared.tolist()), tuple(weights), costs)


def joined(members: Sequence[Arrays], places: Sequence[Places], width: int) -> Arrays:
    """The rows of all members on the columns of the whole. Names of columns and of rows have the number of their member at the end; a
    column that members share has several names.
    """
    spread = [at_places(each.matrix, where, width) for each, where in zip(members, places, strict=True)]
    from scipy.sparse import vstack

    whole = np.zeros(width, dtype=bool)
    names: dict[tuple[str, Key], int] = {}
    for number, (each, where) in enumerate(zip(members, places, strict=True)):
        whole[where[each.whole]] = True
        names |= {(family, (*key, number)): int(where[column]) for (family, key), column in each.columns.items()}
    return Arrays(
        matrix=vstack(spread).tocsc(), lower=np.concatenate([each.lower for each in members]),
        upper=np.concatenate([each.upper for each in members]), whole=whole, variables=[None] * width, columns=names,
        rows=[(rule, (*key, number)) for number, each in enumerate(members) for rule, key in each.rows], costs=[],
        financed=any(each.financed for each in members),
    )  # fmt: skip


def at_places(matrix: Any, places: Places, width: int) -> Any:
    """A matrix whose columns stand at other places; what stands at one place is added."""
    from scipy.sparse import csr_array

    found = matrix.tocoo()
    return csr_array((found.data, (found.row, places[found.col])), shape=(found.shape[0], width))


def with_ties(arrays: Arrays, places: Sequence[Places], shared: Sequence[SharedDecision], of_shared: Places,
              entering: Mapping[Entry, Sequence[int]]) -> Arrays:
    """The arrays with a row for each column of a member that shared decisions enter: it is their sum, or at least that."""
    if not entering:
        return arrays
    from scipy.sparse import csr_array, vstack

    rows, columns, values = list[int](), list[int](), list[float]()
    upper, keys = list[float](), list[tuple[Rule, Key]]()
    for row, ((member, column), numbers) in enumerate(entering.items()):
        exact = any(member in shared[number].exact for number in numbers)
        for place, value in ((int(places[member][column]), 1.0), *((int(of_shared[number]), -1.0) for number in numbers)):
            rows.append(row)
            columns.append(place)
            values.append(value)
        upper.append(0.0 if exact else np.inf)
        keys.append((TIE, (member, row)))
    width = arrays.matrix.shape[1]
    more = csr_array((values, (rows, columns)), shape=(len(upper), width))
    return replace(arrays, matrix=vstack([arrays.matrix, more]).tocsc(), rows=[*arrays.rows, *keys],
                   lower=np.append(arrays.lower, np.zeros(len(upper))), upper=np.append(arrays.upper, upper))


def expected(members: Sequence[Arrays], weights: Sequence[float], places: Sequence[Places], width: int) -> list[Cost]:
    """The weighted sums of the members' goals, in their order; all members have the same goals."""
    found = []
    for goals in zip(*(each.costs for each in members), strict=True):
        coefficients, spend = np.zeros(width), np.zeros(width)
        for cost, weight, where in zip(goals, weights, places, strict=True):
            np.add.at(coefficients, where, weight * cost.coefficients)
            if cost.spend is not None:
                np.add.at(spend, where, weight * cost.spend)
        constants = [sum(weight * amount for weight, amount in zip(weights, each, strict=True))
                     for each in ([cost.constant for cost in goals], [cost.spend_constant for cost in goals])]
        relative = all(cost.spend is not None for cost in goals)
        found.append(Cost(goals[0].kind, goals[0].maximize, coefficients, constants[0], spend if relative else None, constants[1]))
    return found
