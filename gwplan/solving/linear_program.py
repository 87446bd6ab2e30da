"""From a Pyomo model to arrays: matrix, bounds, objectives, and the rule or variable of each row and column.

Each relation is one row with one bound, or two equal ones. Variables that no row and no goal uses are left out. All objectives are
compiled in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwplan.common.lean import spare_scipy
from gwplan.model.assemble import Plan
from gwplan.model.block import TOLERANCE, Key, Rule, Variable
from gwplan.model.linear import Linear, gather, is_number

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cost:
    """One objective: coefficients by column, constant, and those of the spend that its gap is relative to (None: the objective itself)."""

    kind: str
    maximize: bool
    coefficients: Floats
    constant: float
    spend: Floats | None
    spend_constant: float

    def value(self, x: Floats) -> float:
        """The objective in a plan."""
        return float(self.coefficients @ x + self.constant)

    def spend_in(self, x: Floats) -> float | None:
        """What the gap is relative to in a plan; None where it is the objective itself."""
        return None if self.spend is None else float(self.spend @ x + self.spend_constant)


@dataclass(frozen=True)
class Arrays:
    """The model in matrix form: lower <= matrix @ x <= upper, x >= 0, some whole."""

    matrix: Any
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    variables: list[Any]
    columns: dict[tuple[str, Key], int]
    rows: list[tuple[Rule, Key]]
    costs: list[Cost]
    financed: bool = False
    """True if the plan has finance: its rows link all periods, and an interior point method is faster on them."""

    def relaxed(self) -> Arrays:
        """The arrays without whole numbers."""
        return replace(self, whole=np.zeros_like(self.whole))

    def of_rows(self, kept: Sequence[int]) -> Arrays:
        """The arrays with some of the rows only."""
        index = np.array(kept, dtype=int)
        return replace(self, matrix=self.matrix.tocsr()[index].tocsc(), rows=[self.rows[row] for row in kept],
                       lower=self.lower[index], upper=self.upper[index])

    def rounded(self, x: Floats) -> dict[int, float]:
        """The whole numbers of a plan by column, without the solver's tolerance."""
        return {int(column): float(round(x[column])) for column in np.flatnonzero(self.whole)}

    @property
    def sizes(self) -> dict[str, int]:
        """Columns, rows, nonzeros and whole columns."""
        return {"columns": len(self.variables), "rows": len(self.rows), "nonzeros": int(self.matrix.nnz), "whole": int(self.whole.sum())}


@dataclass
class Compiled:
    """What was compiled before, of use where a model is stated again: rows by the rule they are of, and the columns of the last one."""

    rules: dict[int, tuple[Rule, Rows]] = field(default_factory=dict)
    used: NDArray[np.int64] | None = None
    columns: Columns | None = None

    def rows(self, rule: Rule) -> Rows:
        """The rows of a rule, compiled once for each rule object."""
        known = self.rules.get(id(rule))
        if known is None or known[0] is not rule:
            known = self.rules[id(rule)] = rule, rows_of(rule)
        return known[1]

    def forget(self, plan: Plan) -> None:
        """Drop the rows of rules that are not in a plan."""
        kept = {id(rule) for rule in plan.rules}
        self.rules = {number: each for number, each in self.rules.items() if number in kept}


def compile_plan(plan: Plan, known: Compiled | None = None) -> Arrays:
    """Compile an assembled plan. A row whose variables cancel out is noted in `rule.broken` if it is false."""
    import pyomo.environ as pyo

    known = known or Compiled()
    expressions = [each for goal in plan.objectives for each in (goal.expression, goal.relative_to) if each is not None]
    if plan.pyomo.component("objectives") is None:  # a model that is stated again has those of the first
        goals_of = pyo.Block()
        plan.pyomo.add_component("objectives", goals_of)
        goals_of.each = pyo.Objective(range(len(expressions)), rule=lambda _, n: expressions[n])
    sums: list[Linear] = [{} for _ in expressions]
    constants = [gather(each, 1.0, linear) for each, linear in zip(expressions, sums, strict=True)]
    rules = plan.rules
    goals, stated = tabled(sums), [known.rows(rule) for rule in rules]
    used = np.concatenate([goals.ids, *(rows.ids for rows in stated)])
    if known.columns is None or known.used is None or not np.array_equal(used, known.used):
        known.columns, known.used = columns_of(plan, used), used
    columns = known.columns
    sizes = np.concatenate([goals.sizes, *(rows.sizes for rows in stated)])
    values = np.concatenate([goals.values, *(rows.values for rows in stated)])
    matrix = matrix_of(sizes, columns.of_used, values, len(columns.families))
    count = len(sums)
    return Arrays(
        matrix=matrix[count:].tocsc(),
        lower=np.concatenate([rows.lower for rows in stated]), upper=np.concatenate([rows.upper for rows in stated]),
        whole=columns.whole, variables=columns.variables, columns=columns.names,
        rows=[(rule, key) for rule, rows in zip(rules, stated, strict=True) for key in rows.keys],
        costs=costs(plan, matrix[:count].toarray(), np.array(constants)),
        financed="finance" in plan.blocks,
    )


@dataclass(frozen=True)
class Rows:
    """Rows, one after the other: sizes: coefficients of each; ids: of the variables; lower <= sum of values x variables <= upper."""

    keys: list[Key]
    sizes: NDArray[np.int64]
    ids: NDArray[np.int64]
    values: Floats
    lower: Floats
    upper: Floats


def tabled(sums: Sequence[Linear], keys: list[Key] | None = None, lower: Sequence[float] = (), upper: Sequence[float] = ()) -> Rows:
    """Linear sums as rows, in their order."""
    sizes = np.array([len(each) for each in sums], dtype=np.int64)
    count = int(sizes.sum())
    ids = np.fromiter((each for linear in sums for each in linear), dtype=np.int64, count=count)
    values = np.fromiter((value for linear in sums for value in linear.values()), dtype=float, count=count)
    return Rows(keys or [], sizes, ids, values, np.array(lower, dtype=float), np.array(upper, dtype=float))


def matrix_of(sizes: NDArray[np.int64], columns: NDArray[np.int64], values: Floats, width: int) -> Any:
    """Rows as a sparse matrix by row; columns: of each value."""
    spare_scipy()
    from scipy.sparse import csr_array

    return csr_array((values, columns, np.concatenate([[0], np.cumsum(sizes)])), shape=(len(sizes), width))


def rows_of(rule: Rule) -> Rows:
    """The rows of a rule, without those that are inactive or have no variable; one of these that is false is noted in `rule.broken`."""
    from pyomo.core.expr.relational_expr import EqualityExpression

    keys, sums, lower, upper = list[Key](), list[Linear](), list[float](), list[float]()
    for key, data in rule.data.items():
        if not data.active:
            continue
        linear: Linear = {}
        left, right = data.expr.args  # left <= right, or left == right
        equals = data.expr.__class__ is EqualityExpression
        if is_number(left):
            least = left - gather(right, 1.0, linear)
            most = least if equals else np.inf
        else:
            most = -gather(left, 1.0, linear) - gather(right, -1.0, linear)
            least = most if equals else -np.inf
        if 0.0 in linear.values():
            linear = {each: value for each, value in linear.items() if value}
        if linear:
            keys.append(key)
            sums.append(linear)
            lower.append(least)
            upper.append(most)
        elif not least - TOLERANCE <= 0 <= most + TOLERANCE:
            rule.broken[key] = max(least, -most)
    return tabled(sums, keys, lower, upper)


@dataclass(frozen=True)
class Columns:
    """The columns of a model. of_used: the column of each coefficient, as they follow one another in goals and rows."""

    families: list[tuple[Variable, Key]]
    names: dict[tuple[str, Key], int]
    variables: list[Any]
    whole: NDArray[np.bool_]
    of_used: NDArray[np.int64]


def columns_of(plan: Plan, used: NDArray[np.int64]) -> Columns:
    """The variables that are used, family by family in the order of first use. used: ids of the variables, one for each coefficient."""
    ids, firsts, inverse = np.unique(used, return_index=True, return_inverse=True)
    first = dict(zip(ids.tolist(), firsts.tolist(), strict=True))
    families = [(family, [(key, id(data)) for key, data in family.data.items() if id(data) in first])
                for block in plan.blocks.values() for family in block.variables.values()]
    met = sorted((each for each in families if each[1]), key=lambda each: min(first[number] for _, number in each[1]))
    ordered = [(family, key, number) for family, used_here in met for key, number in used_here]
    place = {number: n for n, (_, _, number) in enumerate(ordered)}
    return Columns(
        families=[(family, key) for family, key, _ in ordered],
        names={(full_name(family), key): n for n, (family, key, _) in enumerate(ordered)},
        variables=[family.data[key] for family, key, _ in ordered],
        whole=np.array([family.whole for family, _, _ in ordered], dtype=bool),
        of_used=np.array([place[each] for each in ids.tolist()], dtype=np.int64)[inverse],
    )


def costs(plan: Plan, coefficients: Floats, constants: Floats) -> list[Cost]:
    """Objectives with what their gaps are relative to, as they follow one another in the compiled arrays."""
    found, n = [], 0
    for goal in plan.objectives:
        spend = goal.relative_to is not None
        found.append(Cost(goal.kind, goal.sense == "maximize", coefficients[n], float(constants[n]),
                          coefficients[n + 1] if spend else None, float(constants[n + 1]) if spend else 0.0))
        n += 2 if spend else 1
    return found


def full_name(family: Variable) -> str:
    """`halls.started`."""
    return f"{family.part}.{family.name}"
