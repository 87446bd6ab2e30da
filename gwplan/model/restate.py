"""State a model again after a change of some numbers: only the steps that read them, or read what these enter otherwise.

A plan is assembled in steps: each part decides, the money is summed, each part binds, the goal is stated. While a model is stated in
whole, each step is noted: the numbers that it looks up, the accounts that it reads, what it enters and what it adds to its block. Stated
again, a step that read nothing that changed stands as it is; another one runs again on the same variables. The goal is always stated again.
Where other variables would be needed, the model has to be stated in whole (`Changed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from gwplan.inputs.case import Case
from gwplan.model.assemble import Plan, goals_of, sum_money
from gwplan.model.block import Block, Expression, Key, Relation, Rule, Variable, Variables
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Basis, Entry, Ledger
from gwplan.model.linear import alike
from gwplan.model.parts import load

Number = tuple[str, str, str]
"""Table, item and quantity."""


class Changed(Exception):
    """The change is one of the model's structure: it has to be stated in whole."""


@dataclass
class Step:
    """What a step of assembling reads, enters and adds. raw: it reads entries of the ledger, not only their sums."""

    name: str
    part: str
    numbers: set[Number] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    raw: bool = False
    made: list[tuple[str, str, dict[Key, Expression]]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    bases: list[Basis] = field(default_factory=list)
    takers: set[str] = field(default_factory=set)
    equity_value: Expression | None = None
    variables: dict[str, Variable] = field(default_factory=dict)
    expressions: dict[str, Variable] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)


class NotedExchange(Exchange):
    """An exchange that notes in a step what is made, and which accounts are read."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Step("", "")

    def make(self, name: str, maker: str, amounts: Mapping[Key, Expression]) -> None:
        """See Exchange."""
        super().make(name, maker, amounts)
        self.now.made.append((name, maker, dict(amounts)))

    def take(self, name: str, taker: str) -> dict[Key, Expression]:
        """See Exchange."""
        self.now.taken.append((name, taker))
        return super().take(name, taker)

    def balance(self, name: str) -> dict[Key, Expression]:
        """See Exchange."""
        self.now.accounts.add(name)
        return super().balance(name)


class NotedLedger(Ledger):
    """A ledger that notes in a step whether its entries are read."""

    def __init__(self, last: int) -> None:
        self.now, self.writing = Step("", ""), False
        self._entries: list[Entry] = []
        self._bases: list[Basis] = []
        super().__init__(last)

    @property
    def entries(self) -> list[Entry]:
        """All entries."""
        self.now.raw = self.now.raw or not self.writing
        return self._entries

    @entries.setter
    def entries(self, entries: list[Entry]) -> None:
        self._entries = entries

    @property
    def bases(self) -> list[Basis]:
        """All bases of depreciation."""
        self.now.raw = self.now.raw or not self.writing
        return self._bases

    @bases.setter
    def bases(self, bases: list[Basis]) -> None:
        self._bases = bases

    def _write(self, enter: Callable[..., None], *given: Any) -> None:
        before, self.writing = self.writing, True
        try:
            enter(*given)
        finally:
            self.writing = before

    def pay(self, *given: Any) -> None:
        """See Ledger."""
        self._write(super().pay, *given)

    def asset(self, *given: Any) -> None:
        """See Ledger."""
        self._write(super().asset, *given)

    def owe(self, *given: Any) -> None:
        """See Ledger."""
        self._write(super().owe, *given)

    def earn(self, *given: Any) -> None:
        """See Ledger."""
        self._write(super().earn, *given)

    def receive(self, *given: Any) -> None:
        """See Ledger."""
        self._write(super().receive, *given)


class Noting:
    """The steps of a model as it is stated."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.exchange: NotedExchange = NotedExchange()
        self.ledger: NotedLedger = NotedLedger(len(case.calendar.periods) - 1)
        self.steps: list[Step] = []

    @contextmanager
    def step(self, name: str, part: str, block: Block) -> Iterator[None]:
        """Note a step."""
        step = Step(name, part)
        ledger, entries, bases, takers = self.ledger, len(self.ledger._entries), len(self.ledger._bases), set(self.ledger.takers)
        variables, expressions, rules = set(block.variables), set(block.expressions), set(block.rules)
        self.exchange.now = ledger.now = step
        self.case.read_into(step.numbers)
        try:
            yield
        finally:
            self.case.read_into(None)
        step.entries, step.bases = ledger._entries[entries:], ledger._bases[bases:]
        step.takers, step.equity_value = ledger.takers - takers, ledger.equity_value
        step.variables = {name: each for name, each in block.variables.items() if name not in variables}
        step.expressions = {name: each for name, each in block.expressions.items() if name not in expressions}
        step.rules = {name: each for name, each in block.rules.items() if name not in rules}
        self.steps.append(step)

    def repeat(self, step: Step, block: Block) -> None:
        """Enter and add again what a step entered and added."""
        for name, maker, amounts in step.made:
            Exchange.make(self.exchange, name, maker, amounts)
        for name, taker in step.taken:
            self.exchange.takers[name].add(taker)
        self.ledger._entries += step.entries
        self.ledger._bases += step.bases
        self.ledger.takers |= step.takers
        self.ledger.equity_value = step.equity_value
        block.variables.update(step.variables)
        block.expressions.update(step.expressions)
        block.rules.update(step.rules)
        self.steps.append(step)


class Stated:
    """A relation of a row, as the compiler reads it."""

    __slots__ = ("expr",)
    active = True

    def __init__(self, expr: Any) -> None:
        self.expr = expr


class Again(Block):
    """The block of a part that is stated again: its variables are those of the block before."""

    def __init__(self, before: Block) -> None:
        self.part, self.before = before.part, before
        self.pyo, self.pyomo = before.pyo, before.pyomo
        self.variables, self.expressions, self.rules = {}, {}, {}

    def variable(self, name: str, over: tuple[str, ...], keys: Iterable[Any], *, unit: str, doc: str, whole: bool = False) -> Variables:
        """See Block. Changed if the block before has no such variables."""
        wanted = [key if isinstance(key, tuple) else (key,) for key in keys]
        known = self.before.variables.get(name)
        if known is None or list(known.data) != wanted or known.whole != whole:
            raise Changed(f"{self.part}.{name}")
        self.variables[name] = known
        return known.data

    def rule(self, over: tuple[str, ...], keys: Iterable[Any], *, promise: str = "",
             redundant: bool = False) -> Callable[[Callable[..., Relation]], Rule]:
        """See Block."""
        def state(function: Callable[..., Relation]) -> Rule:
            name = function.__name__
            rule = Rule(self.part, name, over, " ".join((function.__doc__ or "").split()), promise, redundant, {})
            for each in keys:
                key = each if isinstance(each, tuple) else (each,)
                row = function(*key)
                relation = row.to_pyomo(rule, key)
                if relation is not None:
                    rule.data[key] = Stated(relation)
                if promise:
                    rule.sides[key] = row
            self.rules[name] = rule
            return rule

        return state


def restate(plan: Plan, steps: list[Step], case: Case) -> tuple[Plan, list[Step]]:
    """The plan of a case that differs in some numbers, and its steps. Changed if it has other variables.

    plan, steps: of a model that was stated before, in whole or again.
    """
    numbers = differing(plan.case, case)
    notes, blocks = Noting(case), {name: Again(block) for name, block in plan.blocks.items()}
    accounts, money, stale = set[str](), False, set[str]()
    objectives = plan.objectives
    for step in steps:
        block = blocks[step.part]
        touched = step.part in stale or step.numbers & numbers or step.accounts & accounts or (step.raw and money)
        if step.name != "goal" and not touched:
            notes.repeat(step, block)
            if step.name == "money":
                notes.ledger.balance = plan.ledger.balance
            continue
        with notes.step(step.name, step.part, block):
            if step.name == "goal":
                objectives = goals_of(blocks, case, notes.exchange, notes.ledger)
            elif step.name == "money":
                sum_money(block, notes.ledger)
            else:
                getattr(load(step.part), step.name)(block, case, notes.exchange, notes.ledger)
        now = notes.steps[-1]
        accounts |= entered_otherwise(step, now)
        money = money or not same_entries(step, now)
        stale.add(step.part)
    notes.exchange.check()
    notes.exchange.now = notes.ledger.now = Step("", "")
    return Plan(case, plan.pyomo, dict(blocks), notes.exchange, notes.ledger, objectives), notes.steps


def differing(before: Case, case: Case) -> set[Number]:
    """The numbers that differ. Changed if anything else does."""
    one, other = (replaced_solver(each) for each in (before, case))
    same = one == other and before.calendar == case.calendar and before.deflators == case.deflators and before.existing() == case.existing()
    same = same and before.checked.kinds == case.checked.kinds and before.checked.labels == case.checked.labels
    if not same or case.checked.spoilt or case.checked.lost.files or case.checked.lost.cells:
        raise Changed("the model file, the items or what there is already")
    return before.differing(case)


def replaced_solver(case: Case) -> dict[str, Any]:
    """What the model file says, but for the solver."""
    return {name: value for name, value in case.definition.resolved().items() if name != "solver"}


def entered_otherwise(before: Step, now: Step) -> set[str]:
    """The accounts in which a step enters something else than before."""
    found = set()
    for one, other in zip_longest(before.made, now.made):
        if one is None or other is None or one[:2] != other[:2]:
            found |= {each[0] for each in (one, other) if each is not None}
        elif one[0] not in found and not (list(one[2]) == list(other[2]) and all(map(alike, one[2].values(), other[2].values()))):
            found.add(one[0])
    return found | {name for name, _ in {*before.taken} ^ {*now.taken}}


def same_entries(before: Step, now: Step) -> bool:
    """True if a step enters the same payments and bases as before."""
    if len(before.entries) != len(now.entries) or len(before.bases) != len(now.bases):
        return False
    entries = all((one.kind, one.maker, one.cost_class, one.item, one.site, one.payee, one.period)
                  == (other.kind, other.maker, other.cost_class, other.item, other.site, other.payee, other.period)
                  and alike(one.amount, other.amount) for one, other in zip(before.entries, now.entries, strict=True))
    return entries and all((one.cost_class, one.item, one.site, one.period, one.price, one.spend, one.taxed)
                           == (other.cost_class, other.item, other.site, other.period, other.price, other.spend, other.taxed)
                           and alike(one.quantity, other.quantity) for one, other in zip(before.bases, now.bases, strict=True))
