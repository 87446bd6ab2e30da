"""From a Pyomo model to arrays: matrix, bounds, costs, and what each row and column stands for.

Pyomo's `LinearStandardFormCompiler` in mixed form writes one row per side of a relation and leaves out variables that no
row uses; all objectives are compiled at once, so that a list of goals needs no second pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwplan.block import Key, Rule, Variable
from gwplan.model import Plan

Floats = NDArray[np.float64]
UPPER, LOWER = 1, -1


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
    """Compile an assembled plan."""
    import pyomo.environ as pyo
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    expressions = [each for goal in plan.objectives for each in (goal.expression, goal.relative_to) if each is not None]
    goals = pyo.Block()
    plan.pyomo.add_component("objectives", goals)
    goals.each = pyo.Objective(range(len(expressions)), rule=lambda _, n: expressions[n])
    form = LinearStandardFormCompiler().write(plan.pyomo, mixed_form=True, set_sense=None)
    families_of = [family for block in plan.blocks.values() for family in block.variables.values()]
    named = {id(data): (family, key) for family in families_of for key, data in family.data.items()}
    ruled = {id(data): (rule, key) for rule in plan.rules for key, data in rule.data.items()}
    sides = np.array([row.bound_type for row in form.rows], dtype=int)
    rhs = np.asarray(form.rhs, dtype=float)
    families = [named[id(variable)] for variable in form.columns]
    return Arrays(
        matrix=form.A,
        lower=np.where(sides == UPPER, -np.inf, rhs),
        upper=np.where(sides == LOWER, np.inf, rhs),
        whole=np.array([family.whole for family, _ in families], dtype=bool),
        variables=list(form.columns),
        columns={(full_name(family), key): n for n, (family, key) in enumerate(families)},
        rows=[ruled[id(row.constraint)] for row in form.rows],
        costs=costs(plan, form.c.toarray(), np.asarray(form.c_offset, dtype=float)),
        financed="finance" in plan.blocks,
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
