"""No expression is taken for what it is not. That the arrays are those that Pyomo itself compiles: test_model_file."""

from __future__ import annotations

from pathlib import Path

import pyomo.environ as pyo
import pytest

from gwplan.model.assemble import assemble
from gwplan.model.block import equal
from gwplan.model.linear import NotLinearError, gather, value_of
from gwplan.planning.build import read
from gwplan.planning.request import Request
from gwplan.solving.linear_program import compile_plan

MODELS = sorted((Path(__file__).parents[2] / "models").glob("*.toml"))


def test_coefficients_are_gathered_from_all_kinds_of_sums() -> None:
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var([0]), pyo.Var([0])
    x, y = model.x[0], model.y[0]
    found: dict[int, float] = {}
    constant = gather(3 * (2 * x - (y + 1)) / 2 - (-x) + (x + y) * 4 + 7, 10.0, found)
    assert found == pytest.approx({id(x): 80.0, id(y): 25.0})
    assert constant == pytest.approx(55.0)


def test_values_are_those_of_pyomo() -> None:
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var([0], initialize=3.0), pyo.Var([0], initialize=0.5)
    x, y = model.x[0], model.y[0]
    for expression in (3 * (2 * x - (y + 1)) / 2 - (-x) + (x + y) * 4 + 7, 2 * x, x + 1, x**2, x * y):
        assert value_of(expression) == pytest.approx(pyo.value(expression))
    assert value_of(7) == 7.0


@pytest.mark.parametrize("power", [lambda x, y: x * y, lambda x, y: x**2, lambda x, y: 1 / x], ids=("product", "square", "inverse"))
def test_what_is_not_linear_is_refused(power: object) -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1])
    with pytest.raises(NotLinearError, match="not linear"):
        gather(power(model.x[0], model.x[1]), 1.0, {})  # type: ignore[operator]


def test_a_row_whose_variables_cancel_is_weighed() -> None:
    plan = assemble(read(Request(MODELS[-1])))
    block = next(iter(plan.blocks.values()))
    variable = next(iter(next(iter(block.variables.values())).data.values()))

    @block.rule(("n",), [0, 1])
    def amounts_to_itself(n: int) -> object:
        """x + n = x: true for 0 alone."""
        return equal(variable + n, variable)

    arrays = compile_plan(plan)
    assert amounts_to_itself.broken == {(1,): 1.0}
    assert all(rule is not amounts_to_itself for rule, _ in arrays.rows)


def test_a_row_that_is_switched_off_is_left_out() -> None:
    """Else the tests that take a rule out to see what it holds back would say nothing."""
    plan = assemble(read(Request(MODELS[-1])))
    rule = next(rule for rule in plan.rules if rule.full_name == "goal.target_is_met")
    first, *others = rule.data
    rule.data[first].deactivate()
    assert [key for each, key in compile_plan(plan).rows if each is rule] == others
