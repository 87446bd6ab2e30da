"""From a Pyomo model to arrays: matrix, bounds, objectives, and the rule or variable of each row and column.

Each relation is one row with one bound, or two equal ones. Variables that no row and no goal uses are left out. All objectives are
compiled in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.core.base.var import VarData
from pyomo.core.expr.numeric_expr import (
    DivisionExpression,
    LinearExpression,
    MonomialTermExpression,
    NegationExpression,
    ProductExpression,
    SumExpression,
)

from gwplan.common.lean import spare_scipy
from gwplan.model.assemble import Plan
from gwplan.model.block import TOLERANCE, Key, Rule, Variable

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

    def rounded(self, x: Floats) -> dict[int, float]:
        """The whole numbers of a plan by column, without the solver's tolerance."""
        return {int(column): float(round(x[column])) for column in np.flatnonzero(self.whole)}

    @property
    def sizes(self) -> dict[str, int]:
        """Columns, rows, nonzeros and whole columns."""
        return {"columns": len(self.variables), "rows": len(self.rows), "nonzeros": int(self.matrix.nnz), "whole": int(self.whole.sum())}


def compile_plan(plan: Plan) -> Arrays:
    """Compile an assembled plan. A row whose variables cancel out is noted in `rule.broken` if it is false."""
    import pyomo.environ as pyo


    expressions = [each for goal in plan.objectives for each in (goal.expression, goal.relative_to) if each is not None]
    goals = pyo.Block()
    plan.pyomo.add_component("objectives", goals)
    goals.each = pyo.Objective(range(len(expressions)), rule=lambda _, n: expressions[n])
    sums: list[Linear] = [{} for _ in expressions]
    constants = [gather(each, 1.0, linear) for each, linear in zip(expressions, sums, strict=True)]
    rows = list(stated(plan))
    table = tabled([*sums, *(row.linear for row in rows)])
    families, place = columns_of(plan, dict(zip(table.ids.tolist(), table.first.tolist(), strict=True)))
    places = np.array([place[each] for each in table.ids.tolist()], dtype=np.int64)
    return Arrays(
        matrix=table.matrix(len(sums), len(sums) + len(rows), places),
        lower=np.array([row.lower for row in rows], dtype=float),
        upper=np.array([row.upper for row in rows], dtype=float),
        whole=np.array([family.whole for family, _ in families], dtype=bool),
        variables=[family.data[key] for family, key in families],
        columns={(full_name(family), key): n for n, (family, key) in enumerate(families)},
        rows=[(row.rule, row.key) for row in rows],
        costs=costs(plan, table.matrix(0, len(sums), places).toarray(), np.array(constants)),
        financed="finance" in plan.blocks,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """lower <= linear <= upper, as a rule states it for a key."""

    rule: Rule
    key: Key
    linear: dict[int, float]
    lower: float
    upper: float


def stated(plan: Plan) -> Iterator[Row]:
    """The rows of all rules, without those that are inactive or have no variable."""
    from pyomo.core.expr.relational_expr import EqualityExpression


    for rule in plan.rules:
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
                yield Row(rule, key, linear, least, most)
            elif not least - TOLERANCE <= 0 <= most + TOLERANCE:
                rule.broken[key] = max(least, -most)


def columns_of(plan: Plan, first: Mapping[int, int]) -> tuple[list[tuple[Variable, Key]], dict[int, int]]:
    """Family and key of each variable that is used, and its place by id. first: where each id is first used: so families follow."""
    families = [(family, [(key, id(data)) for key, data in family.data.items() if id(data) in first])
                for block in plan.blocks.values() for family in block.variables.values()]
    met = sorted((each for each in families if each[1]), key=lambda each: min(first[number] for _, number in each[1]))
    ordered = [(family, key, number) for family, used in met for key, number in used]
    return [(family, key) for family, key, _ in ordered], {number: n for n, (_, _, number) in enumerate(ordered)}


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


NUMBERS = frozenset((int, float, np.float64, np.int64))


SUMS = frozenset((LinearExpression, SumExpression))


Linear = dict[int, float]
"""Coefficients by the id of their variable."""


class NotLinearError(TypeError):
    """An expression that is not linear in variables, or holds what is neither a variable nor a number."""


def is_number(expression: Any) -> bool:
    """True for a plain number."""
    return expression.__class__ in NUMBERS


def gather(expression: Any, factor: float, linear: Linear) -> float:
    """Add the coefficients of factor x expression; gives factor x its constant."""
    kind = expression.__class__
    if kind in SUMS:
        constant = 0.0
        for term in expression.args:
            if term.__class__ is MonomialTermExpression:  # most terms are: a call less for each
                coefficient, variable = term.args
                linear[id(variable)] = linear.get(id(variable), 0.0) + factor * coefficient
            else:
                constant += gather(term, factor, linear)
        return constant
    if kind is VarData:
        linear[id(expression)] = linear.get(id(expression), 0.0) + factor
        return 0.0
    if kind is MonomialTermExpression:
        coefficient, variable = expression.args
        linear[id(variable)] = linear.get(id(variable), 0.0) + factor * coefficient
        return 0.0
    if is_number(expression):
        return factor * float(expression)
    if kind is NegationExpression:
        return gather(expression.args[0], -factor, linear)
    if kind is ProductExpression or kind is DivisionExpression:
        first, second = expression.args
        number_first, number_second = (is_number(each) for each in (first, second))
        if number_second:
            return gather(first, factor * second if kind is ProductExpression else factor / second, linear)
        if number_first and kind is ProductExpression:
            return gather(second, factor * first, linear)
    raise NotLinearError(f"{kind.__name__} is not linear in variables: {expression}")


def value_of(expression: Any) -> float:
    """The value of an expression, variable or number in the plan that is loaded; variables without a value are 0."""
    kind = expression.__class__
    if kind in SUMS:
        return sum(map(value_of, expression.args))
    if kind is MonomialTermExpression:
        coefficient, variable = expression.args
        return float(coefficient * (variable.value or 0.0))
    if kind is VarData:
        return float(expression.value or 0.0)
    if is_number(expression):
        return float(expression)
    if kind is NegationExpression:
        return -value_of(expression.args[0])
    if kind is ProductExpression:
        return value_of(expression.args[0]) * value_of(expression.args[1])
    if kind is DivisionExpression:
        return value_of(expression.args[0]) / value_of(expression.args[1])
    return float(expression(exception=False) or 0.0)


@dataclass(frozen=True)
class Tabled:
    """Many linear sums as a matrix. ids: of its columns; first: where each is first used, counted over all coefficients."""

    ids: NDArray[np.int64]
    first: NDArray[np.int64]
    _sizes: list[int]
    _columns: NDArray[np.int64]
    _values: NDArray[np.float64]

    def matrix(self, begin: int, end: int, place: NDArray[np.int64]) -> Any:
        """The sums from begin to end as a sparse matrix by column; place: which column each of `ids` becomes."""
        spare_scipy()
        from scipy.sparse import csr_array

        ends = np.cumsum([0, *self._sizes])
        part = slice(ends[begin], ends[end])
        columns = place[self._columns[part]]
        shape = (end - begin, len(self.ids))
        return csr_array((self._values[part], columns, ends[begin:end + 1] - ends[begin]), shape=shape).tocsc()


def tabled(sums: Sequence[Linear]) -> Tabled:
    """Put sums together, in their order."""
    sizes = [len(each) for each in sums]
    used = np.fromiter((each for linear in sums for each in linear), dtype=np.int64, count=sum(sizes))
    values = np.fromiter((value for linear in sums for value in linear.values()), dtype=float, count=sum(sizes))
    ids, first, columns = np.unique(used, return_index=True, return_inverse=True)
    return Tabled(ids, first, sizes, columns, values)
