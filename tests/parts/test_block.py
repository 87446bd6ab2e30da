"""Blocks: variables with their index and unit, rows with their equation, and rows that hold no variable."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from gwplan.model.block import Block, Key, Relation, at_least, at_most, equal, total


@pytest.fixture
def block() -> Block:
    return Block(pyo.ConcreteModel(), "part")


def test_variables_are_never_negative_and_whole_where_asked(block: Block) -> None:
    counted = block.variable("started", ("site", "period"), [("north", 0), ("south", 1)], unit="1", doc="halls started", whole=True)
    spent = block.variable("spent", ("period",), [0, 1], unit="MUSD", doc="money")
    assert list(counted) == [("north", 0), ("south", 1)]
    assert list(spent) == [(0,), (1,)]  # a scalar index is a key of one
    assert all(variable.lb == 0 for variable in (*counted.values(), *spent.values()))
    assert all(variable.is_integer() for variable in counted.values())
    assert not any(variable.is_integer() for variable in spent.values())
    assert block.pyomo.started.doc == "halls started [1]"
    assert (block.variables["spent"].unit, block.variables["spent"].over) == ("MUSD", ("period",))


def test_a_rule_is_named_and_explained_by_its_function(block: Block) -> None:
    spent = block.variable("spent", ("period",), [0, 1], unit="MUSD", doc="money")

    @block.rule(("period",), [0, 1], promise="MUSD")
    def spent_within_cap(period: int) -> Relation:
        """Spent is at most
        the cap."""
        return at_most(spent[period,], 5)

    rule = block.rules["spent_within_cap"]
    assert rule == spent_within_cap
    assert (rule.full_name, rule.doc, rule.promise, rule.over) == ("part.spent_within_cap", "Spent is at most the cap.", "MUSD", ("period",))
    assert [row.upper for row in rule.data.values()] == [5, 5]
    assert block.pyomo.spent_within_cap.doc == rule.doc


def test_a_row_without_variables_is_left_out_if_true_and_noted_if_false(block: Block) -> None:
    sides = {"less": at_most(1.0, 2.0), "more": at_most(3.5, 2.0), "same": equal(2, 2), "other": equal(2, 5), "low": at_least(1, 4.0)}

    @block.rule(("name",), sides)
    def numbers_compare(name: str) -> Relation:
        """A row of two numbers."""
        return sides[name]

    assert numbers_compare.data == {}
    assert numbers_compare.broken == {("more",): 1.5, ("other",): 3.0, ("low",): 3.0}


def test_a_sum_of_nothing_is_nothing(block: Block) -> None:
    spent: dict[Key, object] = dict(block.variable("spent", ("period",), [0, 1], unit="MUSD", doc="money"))
    assert total([]) == total([0, 0.0]) == 0
    spent[0,].set_value(2.0)  # type: ignore[attr-defined]
    spent[1,].set_value(3.0)  # type: ignore[attr-defined]
    assert pyo.value(total([0, *spent.values(), 1.5])) == 6.5
