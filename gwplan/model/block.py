"""One part of the plan as a Pyomo block: its variables, and its rules with their equation in words.

Parts state their mathematics through this class and do not import Pyomo, so that inputs can be checked and answers
audited without it. Variables are plain dicts from index to Pyomo variable: an impossible index (a delivery after the
horizon) has no variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyomo.environ as pyo

Key = tuple[Any, ...]
Expression = Any
"""A Pyomo linear expression, a variable, or a number."""
Variables = dict[Key, Any]


@dataclass(frozen=True)
class Variable:
    """A family of variables: its index, unit and meaning."""

    part: str
    name: str
    over: tuple[str, ...]
    unit: str
    doc: str
    whole: bool
    data: Variables


@dataclass(frozen=True)
class Rule:
    """A family of rows: a sentence that is true of each plan, with its equation in words.

    promise: the unit of the row if it is a target or limit set by the user, which may clash with others; blank otherwise.
    redundant: True if other rules imply the row for whole numbers, and it only tightens the relaxation.
    sides: both sides of the row, of promises.
    broken: indices at which the row is false for all decisions, with the amount that it is missed by.
    """

    part: str
    name: str
    over: tuple[str, ...]
    doc: str
    promise: str
    redundant: bool
    data: dict[Key, Any]
    broken: dict[Key, float] = field(default_factory=dict)
    sides: dict[Key, Relation] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """`power.supply_covers_peak`."""
        return f"{self.part}.{self.name}"


class Block:
    """The variables and rules of one part, on one Pyomo block."""

    def __init__(self, model: pyo.ConcreteModel, part: str) -> None:
        import pyomo.environ as pyo

        self.pyo = pyo
        self.part = part
        self.pyomo: Any = pyo.Block(doc=part)
        model.add_component(part, self.pyomo)
        self.variables: dict[str, Variable] = {}
        self.expressions: dict[str, Variable] = {}
        self.rules: dict[str, Rule] = {}

    def variable(self, name: str, over: tuple[str, ...], keys: Iterable[Any], *, unit: str, doc: str, whole: bool = False) -> Variables:
        """Nonnegative variables, one for each key of the index `over`; integer if `whole`."""
        domain = self.pyo.NonNegativeIntegers if whole else self.pyo.NonNegativeReals
        wanted = [key if isinstance(key, tuple) else (key,) for key in keys]
        index = self.pyo.Set(initialize=wanted, dimen=len(over), doc=" x ".join(over))
        self.pyomo.add_component(f"{name}_index", index)
        variable = self.pyo.Var(index, domain=domain, doc=f"{doc} [{unit}]")
        self.pyomo.add_component(name, variable)
        data = dict(zip(wanted, variable.values(), strict=True))
        self.variables[name] = Variable(self.part, name, over, unit, doc, whole, data)
        return data

    def expression(self, name: str, over: tuple[str, ...], data: Mapping[Key, Expression], *, unit: str, doc: str) -> Variables:
        """Linear expressions of variables, kept by name for reports."""
        self.expressions[name] = Variable(self.part, name, over, unit, doc, False, dict(data))
        return self.expressions[name].data

    def rule(self, over: tuple[str, ...], keys: Iterable[Any], *, promise: str = "",
             redundant: bool = False) -> Callable[[Callable[..., Relation]], Rule]:
        """Decorate the function that gives the row of each key: its name is the rule's, its docstring the equation.

        A row without variables is left out if it is true, and noted as broken if it is false.
        """

        def state(function: Callable[..., Relation]) -> Rule:
            name = function.__name__
            rule = Rule(self.part, name, over, " ".join((function.__doc__ or "").split()), promise, redundant, {})
            rows: dict[Key, Any] = {}
            for each in keys:
                key = each if isinstance(each, tuple) else (each,)
                row = function(*key)
                relation = row.to_pyomo(rule, key)
                if relation is not None:
                    rows[key] = relation
                if promise:
                    rule.sides[key] = row
            index = self.pyo.Set(initialize=list(rows), dimen=len(over), doc=" x ".join(over))
            self.pyomo.add_component(f"{name}_index", index)
            body = self.pyo.Constraint(index, rule=lambda _, *key: rows[key], doc=rule.doc)
            self.pyomo.add_component(name, body)
            rule.data.update(zip(rows, body.values(), strict=True))
            self.rules[name] = rule
            return rule

        return state


@dataclass(frozen=True)
class Relation:
    """The two sides of a row and its sense, kept apart so that the row can be relaxed and reported.

    spare: the slack of an equality, if it is a variable of its own.
    """

    left: Expression
    sense: str
    right: Expression
    spare: Expression = None

    def to_pyomo(self, rule: Rule, key: Key) -> Any:
        """The Pyomo relation; None for a row without variables, which is recorded in `rule.broken` if it is false."""
        if isinstance(self.left, (int, float)) and isinstance(self.right, (int, float)):
            gap = self.left - self.right
            miss = {"<=": gap, ">=": -gap, "==": abs(gap)}[self.sense]
            if miss > TOLERANCE:
                rule.broken[key] = float(miss)
            return None
        if self.sense == "<=":
            return self.left <= self.right
        return self.left >= self.right if self.sense == ">=" else self.left == self.right


TOLERANCE = 1e-9
PLAIN = frozenset((int, float))
"""Python number types."""


def at_most(left: Expression, right: Expression) -> Relation:
    """left <= right."""
    return Relation(left, "<=", right)


def at_least(left: Expression, right: Expression) -> Relation:
    """left >= right."""
    return Relation(left, ">=", right)


def equal(left: Expression, right: Expression, spare: Expression = None) -> Relation:
    """left == right."""
    return Relation(left, "==", right, spare)


def total(terms: Iterable[Expression]) -> Expression:
    """Sum of the terms; 0 if there are none."""
    found = [term for term in terms if term.__class__ not in PLAIN or term]
    return quicksum()(found) if len(found) > 1 else found[0] if found else 0


@cache
def quicksum() -> Callable[[list[Expression]], Expression]:
    """Pyomo's sum, imported once and only where something is summed."""
    from pyomo import core

    found: Callable[[list[Expression]], Expression] = core.quicksum
    return found


@dataclass(frozen=True)
class Report:
    """A tidy table: its name, the unit of its column `value`, its meaning, and its columns."""

    name: str
    unit: str
    doc: str
    columns: dict[str, list[Any]]
