"""The money of a plan that is built whatever it costs, financed under terms drawn from their ranges: only the finance part is solved.

The plan is found once, for the case of one gigawatt in yearly steps; what it pays, what is left of it and what it computes are then
plain numbers, and a draw takes a second or less.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

from gwplan.inputs.case import Case
from gwplan.inputs.values import Value
from gwplan.model.assemble import Plan, assemble
from gwplan.model.block import Block
from gwplan.model.exchange import Exchange
from gwplan.model.goals import Objective
from gwplan.model.ledger import Basis, Ledger
from gwplan.model.parts import load
from gwplan.planning.build import load as put_values
from gwplan.planning.build import options_of, read_case, read_definition
from gwplan.results.tables import level
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.linear_program import compile_plan
from tests.exploits.taken import Taken
from tests.support import ONE_GIGAWATT, ROOT

Drawn = Mapping[str, float]
"""Where in its range each number lies, by `item.quantity`: 0 its low, 1 its high."""


@dataclass(frozen=True)
class Built:
    """A plan found, as numbers: entries of the money accounts, what was paid for things in service, compute by key."""

    case: Case
    balance: Mapping[str, Mapping[tuple[str, int], float]]
    bases: tuple[Basis, ...]
    compute: Mapping[tuple[Any, ...], float]


def yearly_model(folder: Path) -> Path:
    """The model of one gigawatt in yearly steps, financed, roughly solved."""
    text = ONE_GIGAWATT.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^inputs = .*$', f'inputs = "{ROOT / "inputs" / "one_gigawatt"}"', text)
    text = re.sub(r'(?m)^parts = .*$', 'parts = ["sites", "halls", "accelerators", "cooling", "power", "budget", "finance"]', text)
    text = re.sub(r'(?m)^step = .*$', 'step = "year"', text)
    text = re.sub(r'(?m)^gap = .*$', 'gap = 0.05', text)
    path = folder / "yearly.toml"
    path.write_text(text, encoding="utf-8")
    return path


def built(folder: Path) -> Built:
    """Find the plan, for the value of what it computes and whatever its money costs."""
    model = yearly_model(folder)
    bare = model.with_name("bare.toml")
    bare.write_text(model.read_text(encoding="utf-8").replace(', "finance"]', "]"), encoding="utf-8")
    plan = assemble(read_case(read_definition(bare)))
    arrays = compile_plan(plan)
    answer = solve_goals(arrays, options_of(plan.case, None, None))
    put_values(plan, arrays, answer)
    balance = {kind: {key: level(amount) for key, amount in amounts.items()} for kind, amounts in plan.ledger.balance.items()}
    bases = tuple(replace(basis, quantity=amount) for basis in plan.ledger.bases if (amount := level(basis.quantity)))
    compute = {key: level(amount) for key, amount in plan.exchange.balance("compute").items()}
    return Built(read_case(read_definition(model)), balance, bases, compute)


def ranged(case: Case) -> list[str]:
    """Numbers of finance and of the price level that have a range, as `item.quantity`."""
    found = {f"{value.row.item}.{value.row.quantity}" for value in case.checked.values if of_finance(value) and value.numbers[0] is not None}
    return sorted(found)


def of_finance(value: Value) -> bool:
    return value.row.table in ("finance", "prices")


def drawn_case(case: Case, drawn: Drawn) -> Case:
    """The case with numbers moved within their ranges."""
    values = []
    for value in case.checked.values:
        place = drawn.get(f"{value.row.item}.{value.row.quantity}") if of_finance(value) else None
        low, base, high = value.numbers
        if place is not None and low is not None and high is not None:
            value = replace(value, numbers=(None, low + place * (high - low), None))
        elif place is not None:
            assert base is None or low is None
        values.append(value)
    return Case(case.definition, replace(case.checked, values=values))


def financed(found: Built, drawn: Drawn) -> Taken:
    """The best way to finance the plan under the terms drawn."""
    case = drawn_case(found.case, drawn)
    model = pyo.ConcreteModel()
    block, part = Block(model, "finance"), load("finance")
    exchange, ledger = Exchange(), Ledger(len(case.calendar.periods) - 1)
    ledger.balance = {kind: dict(amounts) for kind, amounts in found.balance.items()}
    ledger.bases = list(found.bases)
    exchange.make("compute", "accelerators", dict(found.compute))
    part.decide(block, case, exchange, ledger)
    part.bind(block, case, exchange, ledger)
    goal = Objective("most_equity_value", "maximize", ledger.equity_value, "MUSD_nominal", None)
    plan = Plan(case, model, {"finance": block}, exchange, ledger, [goal])
    if any(rule.broken for rule in plan.rules):
        return Taken(plan, None)
    arrays = compile_plan(plan)
    answer = solve_goals(arrays, replace(options_of(case, None, None), gap=0.001, time_limit=30))
    if answer.x is not None:
        put_values(plan, arrays, answer)
    return Taken(plan, answer)


def nominal_capital(taken: Taken) -> list[float]:
    """Capital by period, in nominal money."""
    from gwplan.model.price_level import inflator

    sums: dict[int, float] = defaultdict(float)
    for (_, period), amount in taken.plan.ledger.capital.items():
        sums[period] += amount * inflator(taken.plan.case, period)
    return [sums[period.number] for period in taken.plan.case.calendar.periods]
