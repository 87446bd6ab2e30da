"""Assemble a plan: every part decides, the money is summed, every part binds, the goal is stated.

All parts decide before any binds, so no order of parts matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Relation, Rule, Variable, equal, total
from gwplan.model.choices import state_choices
from gwplan.model.exchange import Exchange
from gwplan.model.goals import Objective, Question, state_goals, state_targets
from gwplan.model.ledger import CREDITS, Ledger, MoneyKind
from gwplan.model.parts import PARTS, load


@dataclass(frozen=True)
class Plan:
    """A model ready to be solved, and what is needed to read its solution."""

    case: Case
    pyomo: Any
    blocks: dict[str, Block]
    exchange: Exchange
    ledger: Ledger
    objectives: list[Objective]

    @property
    def variables(self) -> list[Variable]:
        """All families of variables and of expressions."""
        return [each for block in self.blocks.values() for each in (*block.variables.values(), *block.expressions.values())]

    @property
    def rules(self) -> list[Rule]:
        """All families of rows."""
        return [rule for block in self.blocks.values() for rule in block.rules.values()]

    @property
    def unlimited(self) -> list[str]:
        """What is unconstrained: accounts that no part takes, and capital without a budget."""
        return self.exchange.unlimited + ([] if self.ledger.takers else ["capital"])


Change = Callable[[dict[str, Block], Exchange, Ledger], None]
"""Changes the entries of all parts after they have decided and before they bind, such as the loss of a site."""


class Notes(Protocol):
    """Notes what each step of assembling a plan reads and adds. step: decide, money, bind or goal; part: of the block."""

    @property
    def exchange(self) -> Exchange:
        """The exchange of the plan."""

    @property
    def ledger(self) -> Ledger:
        """The ledger of the plan."""

    def step(self, step: str, part: str, block: Block) -> AbstractContextManager[None]:
        """A context around a step."""


def assemble(case: Case, change: Change | None = None, notes: Notes | None = None) -> Plan:
    """Build the model of a case. MissingValue, InputFaults, ExchangeError or LedgerError if it cannot be built."""
    import pyomo.environ as pyo

    case.start_record()
    model: Any = pyo.ConcreteModel(name=case.definition.name)
    exchange, ledger = (Exchange(), Ledger(len(case.calendar.periods) - 1)) if notes is None else (notes.exchange, notes.ledger)
    names = [name for name in PARTS if name in case.definition.parts]
    parts = {name: load(name) for name in names}
    blocks = {name: Block(model, name) for name in (*names, "money", "goal")}

    def noted(step: str, name: str) -> AbstractContextManager[None]:
        return nullcontext() if notes is None else notes.step(step, name, blocks[name])

    for name, part in parts.items():
        with noted("decide", name):
            part.decide(blocks[name], case, exchange, ledger)
    if change is not None:
        change(blocks, exchange, ledger)
    with noted("money", "money"):
        sum_money(blocks["money"], ledger)
    for name, part in parts.items():
        with noted("bind", name):
            part.bind(blocks[name], case, exchange, ledger)
    with noted("goal", "goal"):
        objectives = goals_of(blocks, case, exchange, ledger)
    exchange.check()
    return Plan(case, model, blocks, exchange, ledger, objectives)


def goals_of(blocks: Mapping[str, Block], case: Case, exchange: Exchange, ledger: Ledger) -> list[Objective]:
    """State the targets, what is required and excluded, and the goals."""
    question = Question(blocks["goal"], case, exchange, ledger)
    state_targets(question)
    state_choices(question, blocks)
    return state_goals(question)


def sum_money(block: Block, ledger: Ledger) -> None:
    """One variable and one row for each kind of money, class and period."""
    sums = {kind: found for kind in MONEY if (found := ledger.sums(kind)) or kind in ALWAYS}
    sums["credit"] = {key: [-1 * amount for amount in sums["running"].pop(key)] for key in list(sums["running"]) if key[0] == CREDITS}
    for kind in sums:
        doc = MONEY[kind]
        ledger.balance[kind] = block.variable(kind, ("class", "period"), sums[kind], unit="MUSD", doc=doc)

    @block.rule(("kind", "class", "period"), [(kind, *key) for kind in sums for key in sums[kind]])
    def balance_sums_entries(kind: MoneyKind, cost_class: str, period: int) -> Relation:
        """Capital, running cost, residual, resale, commitment, revenue or credit of a class = sum of its entries in the period."""
        return equal(ledger.balance[kind][cost_class, period], total(sums[kind][cost_class, period]))

    received = {key: -1 * amount for key, amount in ledger.balance["credit"].items()}
    ledger.balance["running"] = {**ledger.balance["running"], **received}


MONEY: dict[MoneyKind, str] = {
    "capital": "capital paid", "running": "running cost paid", "residual": "residual value at the end",
    "resale": "resale at retirement", "commitment": "value at the end of payments that contracts still require",
    "revenue": "revenue earned", "credit": "tax credits received, of which running cost is less",
}
ALWAYS: tuple[MoneyKind, ...] = ("capital", "running", "residual", "credit")
