"""From a Pyomo model to arrays: matrix, bounds, costs, and what each row and column stands for.

Each relation is one row, with one bound or two equal ones; variables that nothing uses are left out. All objectives are
compiled at once, so that a list of goals needs no second pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwplan.block import TOLERANCE, Key, Rule, Variable
from gwplan.model import Plan

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cost:
    """One objective: coefficients by column, constant, and the vector and constant of what its gap is relative to."""

    kind: str
    maximize: bool
    coefficients: Floats
    constant: float
    spend: Floats | None
    spend_constant: float


@dataclass(frozen=True)
class Arrays:
    """The plan as HiGHS takes it: lower <= matrix @ x <= upper, x >= 0, some whole."""

    matrix: Any
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    variables: list[Any]
    columns: dict[tuple[str, Key], int]
    rows: list[tuple[Rule, Key]]
    costs: list[Cost]
    financed: bool = False
    """True where the plan has finance: rows that tie all periods together, on which an interior point method is the faster one."""

    @property
    def sizes(self) -> dict[str, int]:
        """Columns, rows, nonzeros and whole columns."""
        return {"columns": len(self.variables), "rows": len(self.rows), "nonzeros": int(self.matrix.nnz), "whole": int(self.whole.sum())}


def compile_plan(plan: Plan) -> Arrays:
    """Compile an assembled plan. A row whose variables cancel out is noted in `rule.broken` if it is false."""
    import pyomo.environ as pyo

    from gwplan.linear import Linear, gather, tabled

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
    """The rows of all rules; those without a variable are left out, and those that are switched off, as Pyomo's compiler does."""
    from pyomo.core.expr.relational_expr import EqualityExpression

    from gwplan.linear import Linear, gather, is_number

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
