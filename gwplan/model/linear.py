"""Linear expressions of variables: their coefficients, and their value in a plan that is loaded."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyomo.core.base.var import VarData
from pyomo.core.expr.numeric_expr import (
    DivisionExpression,
    LinearExpression,
    MonomialTermExpression,
    NegationExpression,
    ProductExpression,
    SumExpression,
)

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


def alike(one: Any, other: Any) -> bool:
    """True for two expressions with the same coefficients of the same variables and the same constant."""
    if one is other:
        return True
    ours, theirs = Linear(), Linear()
    return gather(one, 1.0, ours) == gather(other, 1.0, theirs) and ours == theirs
