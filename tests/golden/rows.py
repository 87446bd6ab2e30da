"""The rows of one part as LP text: variables with their names, terms in order, each rule under its equation in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gwplan.model.assemble import Plan
from gwplan.model.block import Block, Rule
from gwplan.model.goals import Objective

WIDTH = 130


def names_of(plan: Plan) -> dict[int, str]:
    """Names of all variables by identity: `halls.started(north,hall,0)`."""
    return {id(data): f"{family.part}.{family.name}{index(key)}" for block in plan.blocks.values() for family in block.variables.values()
            for key, data in family.data.items()}  # fmt: skip


def index(key: tuple[Any, ...]) -> str:
    return "(" + ",".join(f"{value:g}" if isinstance(value, float) else str(value) for value in key) + ")"


def number(value: float) -> str:
    """Nine digits: enough to show each change of an input, too few to show the order of a sum."""
    return f"{value:.9g}"


def lp_text(plan: Plan, part: str) -> str:
    """A part's rows as one LP file."""
    block, names = plan.blocks[part], names_of(plan)
    lines = [f"\\ {part}: rows of the plan in tests/golden, written by `make golden`", ""]
    lines += ["minimize", " value:", "", "subject to", ""]
    for name in sorted(block.rules):
        lines += [*rule_text(block.rules[name], names), ""]
    lines += ["general", *(f" {name}" for name in sorted(whole(block, names))), "", "end", ""]
    return "\n".join(lines)


def rule_text(rule: Rule, names: dict[int, str]) -> Iterator[str]:
    """The equation in words, then one row for each index."""
    promise = f" [promise, {rule.promise}]" if rule.promise else ""
    yield f"\\ {rule.full_name}({','.join(rule.over)}){promise}"
    yield f"\\ {rule.doc}"
    for key in sorted(rule.data, key=str):
        yield from row_text(f"{rule.name}{index(key)}", rule.data[key], names)
    for key, miss in sorted(rule.broken.items(), key=str):
        yield f"\\ {rule.name}{index(key)} misses by {number(miss)} whatever is decided"


def row_text(name: str, row: Any, names: dict[int, str]) -> Iterator[str]:
    """One row, its constants on the right."""
    terms, constant = linear(row.body, names)
    sense, bound = ("=", row.lb) if row.equality else ("<=", row.ub) if row.ub is not None else (">=", row.lb)
    yield from wrapped(f" {name}: {terms} {sense} {number(bound - constant + 0.0)}")


def objective_text(goal: Objective, plan: Plan) -> str:
    """A goal's terms, as LP text."""
    lines = []
    for what, expression in (("", goal.expression), (" gap relative to", goal.relative_to)):
        if expression is not None:
            terms, constant = linear(expression, names_of(plan))
            lines += [f"\\ {goal.kind}{what} [{goal.unit}]", goal.sense, *wrapped(f" value: {terms} + {number(constant)}"), ""]
    return "\n".join(lines)


def linear(expression: Any, names: dict[int, str]) -> tuple[str, float]:
    """Terms in the order of the variables' names, and the constant."""
    from pyomo.repn import generate_standard_repn

    form = generate_standard_repn(expression)
    terms = sorted(zip((names[id(variable)] for variable in form.linear_vars), form.linear_coefs, strict=True))
    text = " ".join(f"{'+' if factor >= 0 else '-'} {number(abs(factor))} {name}" for name, factor in terms if factor)
    return text.removeprefix("+ "), float(form.constant)


def whole(block: Block, names: dict[int, str]) -> Iterator[str]:
    for family in block.variables.values():
        if family.whole:
            yield from (names[id(data)] for data in family.data.values())


def wrapped(line: str) -> Iterator[str]:
    """A long row over several lines, broken before a sign."""
    while len(line) > WIDTH:
        places = [found.start() for found in re.finditer(r" [+-] ", line) if 8 < found.start() <= WIDTH]
        if not places:
            break
        yield line[: places[-1]]
        line = "  " + line[places[-1] :]
    yield line

