"""Pyomo's linear expressions as numbers: the coefficients of rows and objectives, and values in a plan, each in one walk.

Pyomo's `LinearStandardFormCompiler` and `value` give the same numbers (a test compares them) in four times the time: they
also know products of variables, fixed variables and mutable parameters, of which a plan has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from scipy.sparse import csr_array

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
