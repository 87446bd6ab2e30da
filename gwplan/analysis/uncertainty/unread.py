"""Numbers that a figure does not read: whatever is drawn of them, it is the same, and a correlation with it is chance.

A number is put to its low and to its high, and the model stated again where it reads it. If no coefficient, bound or constant that bears
on the first goal differs, the objective is the same; the plan is if nothing at all differs, and its capital if what is paid for it is the
same expression too.
Only drivers of which chance could be the reason are looked at: a stronger correlation is none of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gwplan.analysis.scenarios.scenario import Scenario, SharedInputs
from gwplan.analysis.scenarios.worker import request_of
from gwplan.analysis.uncertainty.correlations import band
from gwplan.analysis.uncertainty.ranges import Pick, UncertainInput, rows_at
from gwplan.common.errors import InputFaults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gwplan.model.assemble import Plan
    from gwplan.planning.build import Builder
    from gwplan.solving.linear_program import Arrays

OBJECTIVE = "objective"
NOT_READ = "not read: this figure is the same whatever is drawn"
MAY_BE_CHANCE = 2.0
"""Times the band of chance: of independent numbers a correlation beyond it has a probability below one in ten thousand."""
MOST_LOOKED_AT = 40
"""Numbers that are looked at; each states the model again once or twice."""
PICKS: tuple[Pick, Pick] = (lambda low, base, high: high, lambda low, base, high: low)
Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Readers:
    """Says which figures read a number. question: the unchanged model; numbers: those that are drawn, by key."""

    question: SharedInputs
    numbers: dict[str, UncertainInput]

    def unread(self, keys: list[str], say: Callable[[str], None] | None = None) -> dict[str, frozenset[str]]:
        """Of each key the figures that do not read it: none, OBJECTIVE alone, or blank for all figures of a plan and its capital too."""
        from gwplan.planning import build

        if not keys:
            return {}
        if say is not None:
            say(f"Looks whether the model reads {len(keys)} numbers whose correlation may be chance.")
        builder = build.Builder()
        with build.uncollected():
            case = build.read(request_of(self.question, Scenario(())))
            plan, arrays = builder.build(case)
            capital = dict(plan.ledger.capital)
            return {key: self._figures(builder, case, (arrays, capital), self.numbers[key]) for key in keys}

    def _figures(self, builder: Builder, case: Any, base: tuple[Arrays, dict[Any, Any]], number: UncertainInput) -> frozenset[str]:
        from gwplan.planning import build

        found = frozenset({OBJECTIVE, ""})
        for pick in PICKS:
            try:
                moved = build.read(request_of(self.question, Scenario((), rows=rows_at(case, number, pick))))
                plan, arrays = builder.build(moved)
            except InputFaults:
                return frozenset()
            found &= same_figures(base, plan, arrays)
            if not found:
                break
        return found


def same_figures(base: tuple[Arrays, dict[Any, Any]], plan: Plan, arrays: Arrays) -> frozenset[str]:
    """The figures that a model has in common with another one whatever the plan: OBJECTIVE, and blank for its capital too."""
    from gwplan.model.linear import alike

    before, capital = base
    if not same_problem(before, arrays):
        return frozenset()
    later = len(before.costs) == len(arrays.costs) and all(map(same_cost, before.costs, arrays.costs))
    later = later and (before.matrix != arrays.matrix).nnz == 0
    later = later and np.array_equal(before.lower, arrays.lower) and np.array_equal(before.upper, arrays.upper)
    paid = list(capital) == list(plan.ledger.capital) and all(map(alike, capital.values(), plan.ledger.capital.values()))
    return frozenset({OBJECTIVE, *([""] if later and paid else [])})


def same_problem(one: Arrays, other: Arrays) -> bool:
    """True for the same columns, the same first goal, and the same rows, bounds and whole numbers among those that bear on it."""
    if list(one.columns) != list(other.columns) or one.matrix.shape != other.matrix.shape or not same_cost(one.costs[0], other.costs[0]):
        return False
    rows, others = bearing(one), bearing(other)
    pairs = ((rows, others), (one.lower[rows], other.lower[rows]), (one.upper[rows], other.upper[rows]), (one.whole, other.whole))
    if not all(np.array_equal(*pair) for pair in pairs):
        return False
    return bool((one.matrix.tocsr()[rows] != other.matrix.tocsr()[rows]).nnz == 0)


def bearing(arrays: Arrays) -> NDArray[np.bool_]:
    """The rows that bear on the first goal: not those that only say what a sum comes to which neither it nor another row asks for.

    Such a row has a column that is in no other, without a cost and of any size, which can always make it true.
    """
    by_row, by_column, cost = arrays.matrix.tocsr(), arrays.matrix.tocsc(), arrays.costs[0].coefficients
    kept = np.ones(by_row.shape[0], dtype=bool)
    counts = np.diff(by_column.indptr).astype(int)
    open_ended = (cost == 0) & ~arrays.whole
    waiting = np.flatnonzero((counts == 1) & open_ended).tolist()
    while waiting:
        column = waiting.pop()
        mine = by_column.indices[by_column.indptr[column]:by_column.indptr[column + 1]]
        row = next((int(each) for each in mine if kept[each]), None)
        if row is None:
            continue
        span = slice(by_row.indptr[row], by_row.indptr[row + 1])
        columns, values = by_row.indices[span], by_row.data[span]
        if not always_true(values, values[columns == column][0], (arrays.lower[row], arrays.upper[row])):
            continue
        kept[row] = False
        counts[columns] -= 1
        waiting += [int(each) for each in columns if counts[each] == 1 and open_ended[each]]
    return kept


def always_true(values: NDArray[np.float64], own: float, ends: tuple[float, float]) -> bool:
    """True if a column with the coefficient `own` in a row can make it true, whatever the others are: all are at least 0."""
    lower, upper = ends if own > 0 else (-ends[1], -ends[0])
    if np.isinf(upper):
        return True
    return bool(lower == upper >= 0 and np.count_nonzero(values * own > 0) == 1)


def same_cost(one: Any, other: Any) -> bool:
    """True for goals with the same coefficients and constant."""
    return bool(one.maximize == other.maximize and one.constant == other.constant
                and np.array_equal(one.coefficients, other.coefficients))


def doubtful(drivers: Columns, figures: tuple[str, ...], count: int) -> list[str]:
    """Keys of the drivers of some figures whose correlation is beyond chance, but not by much; the strongest first."""
    limit = band(count)
    sizes = {key: max((abs(drivers[f"rho_{figure}"][place] or 0.0) for figure in figures
                       if limit <= abs(drivers[f"rho_{figure}"][place] or 0.0) < MAY_BE_CHANCE * limit), default=0.0)
             for place, key in enumerate(drivers["key"])}
    return sorted((key for key, size in sizes.items() if size > 0), key=lambda key: -sizes[key])[:MOST_LOOKED_AT]


def set_aside(drivers: Columns, figures: tuple[str, ...], unread: dict[str, frozenset[str]]) -> Columns:
    """The drivers with a note beside figures that do not read them, and without their correlations; those of the first figure last."""
    table = {name: list(cells) for name, cells in drivers.items()}
    for place, key in enumerate(table["key"]):
        for figure in figures:
            if (figure if figure == OBJECTIVE else "") in unread.get(key, frozenset()):
                table[f"rho_{figure}"][place], table[f"note_{figure}"][place] = None, NOT_READ
    order = sorted(range(len(table["key"])), key=lambda place: table[f"rho_{figures[0]}"][place] is None)
    return {name: [cells[place] for place in order] for name, cells in table.items()}
