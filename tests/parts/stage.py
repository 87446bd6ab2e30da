"""One part on an empty stage: its decisions are put in by hand and its rules weighed, without a solver.

The case is inputs/tiny with a carbon table beside it and single numbers changed; the accounts of other parts are filled by the test.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

from gwplan.inputs.case import Case
from gwplan.model.block import Block
from gwplan.model.exchange import ACCOUNTS, Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts import PARTS, load
from gwplan.planning.build import read_case, read_definition

TINY = Path(__file__).parents[2] / "inputs" / "tiny"
COLUMNS = ["item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note"]
PHYSICAL = tuple(part for part in PARTS if part not in ("demand", "contracts", "diversification", "finance"))
"""Parts that need no deal and no lender; budget among them."""
CARBON = (
    "carbon.emissions.price=0 USD_2026/t", "carbon.operational.cap=100 kt/year", "carbon.embodied.total_cap=50 kt",
)
TOML = """
title = "One part"
inputs = "inputs"
parts = [{parts}]
precision = "{precision}"

[horizon]
start = "2026-Q1"
end = "{end}"
step = "{step}"
dollars = 2026
discount_rate = {rate}
timing = "{timing}"

[goal]
{goal}

[solver]
whole_units_from = "{whole_units_from}"
{more}
"""
DEFAULTS = {
    "precision": "fp8", "end": "2028-Q4", "step": "year", "rate": 0.0, "timing": "middle", "more": "", "whole_units_from": "1 MW",
    "goal": 'kind = "least_cost"\nany_hardware = true',
}
CHANGE = re.compile(r"(\w+)\.(\w+)(?:@(\w*))?(?:@([\w-]*))?\.(\w+)=(.*)")
Key = tuple[Any, ...]


def tiny(folder: Path, *changes: str, copies: Mapping[str, str] | None = None, parts: Iterable[str] = PHYSICAL, **options: object) -> Case:
    """The tiny case, changed: `table.item@site@when.quantity=VALUE UNIT` puts in or replaces a row, no value takes it out.

    copies: `table.new: old`, items made as others are, before the changes. options: see DEFAULTS.
    """
    inputs = Path(shutil.copytree(TINY, folder / "inputs"))
    for name, old in (copies or {}).items():
        table, _, new = name.partition(".")
        rows = read(inputs / f"{table}.csv")
        write(inputs / f"{table}.csv", [*rows, *([new, *row[1:]] for row in rows if row[0] == old)])
    for change in (*CARBON, *changes):
        apply(inputs, change)
    text = TOML.format(parts=", ".join(f'"{part}"' for part in parts), **(DEFAULTS | options))
    (folder / "part.toml").write_text(text)
    return read_case(read_definition(folder / "part.toml"))


def apply(inputs: Path, change: str) -> None:
    """Put one number, label or date into a table, or take it out."""
    found = CHANGE.fullmatch(change)
    assert found, change
    table, item, site, when, quantity, written = (each or "" for each in found.groups())
    path = inputs / f"{table}.csv"
    where = [item, site, when, quantity]
    rows = [row for row in (read(path) if path.exists() else []) if row[:4] != where]
    value, _, unit = written.partition(" ")
    write(path, rows + ([[*where, "", value, "", unit, "round_numbers", ""]] if value else []))


def read(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


class Stage:
    """A part with accounts of its own; `fake` stands for the parts that are not there."""

    def __init__(self, case: Case, part: str) -> None:
        self.case, self.part = case, load(part)
        self.model = pyo.ConcreteModel()
        self.block = Block(self.model, part)
        self.exchange, self.ledger = Exchange(), Ledger(len(case.calendar.periods) - 1)
        self.faked: dict[tuple[str, Key], Any] = {}

    def fake(self, account: str, amounts: Mapping[Key, float]) -> None:
        """Entries of another part: variables that hold these amounts, so that no row of the part is without variables."""
        self.exchange.make(account, "test", {key: self.other(account, key, amount) for key, amount in amounts.items()})

    def fake_capital(self, amounts: Mapping[Key, float]) -> None:
        """Capital by (class, period) as it is summed over all parts."""
        self.ledger.balance = {kind: {} for kind in ("capital", "running", "residual")}
        self.ledger.balance["capital"] = {key: self.other("capital", key, amount) for key, amount in amounts.items()}

    def other(self, account: str, key: Key, amount: float) -> Any:
        """A variable that is decided elsewhere."""
        variable = pyo.Var(initialize=amount)
        self.model.add_component(f"{account}_{len(self.faked)}", variable)
        self.faked[account, key] = variable
        return variable

    def decide(self) -> Stage:
        """The part declares its variables and makes its entries; all variables are 0."""
        self.part.decide(self.block, self.case, self.exchange, self.ledger)
        for name in self.block.variables:
            self.put(name, {})
        return self

    def bind(self) -> Stage:
        """The part states its rules."""
        self.part.bind(self.block, self.case, self.exchange, self.ledger)
        return self

    def keys(self, name: str) -> list[Key]:
        """The index of a family of variables or rows, in order."""
        family = self.block.variables.get(name) or self.block.rules[name]
        return sorted(family.data)

    def put(self, name: str, amounts: Mapping[Key, float]) -> None:
        """Set a family of variables: these amounts, all others 0."""
        data = self.block.variables[name].data
        strange = set(amounts) - set(data)
        assert not strange, f"{name} has no {strange}"
        for key, variable in data.items():
            variable.set_value(amounts.get(key, 0), skip_validation=True)

    def follow(self, name: str, where: Key, amounts: Sequence[float]) -> None:
        """Set one series over the periods, keeping the others: `where` is the index without its period."""
        for period, amount in enumerate(amounts):
            self.block.variables[name].data[(*where, period)].set_value(amount, skip_validation=True)

    def broken(self, *rules: str) -> set[tuple[str, Key]]:
        """Rows that the amounts put in do not keep: (rule, key), of all rules or of those named."""
        found = set()
        for name, rule in self.block.rules.items():
            if not rules or name in rules:
                found |= {(name, key) for key in rule.broken}
                found |= {(name, key) for key, row in rule.data.items() if not kept(row)}
        return found

    def amounts(self, account: str) -> dict[Key, float]:
        """The balance of an account, without zeros."""
        found = {key: pyo.value(amount) for key, amount in self.exchange.balance(account).items()}
        assert all(len(key) == len(ACCOUNTS[account].over) for key in found)
        return {key: amount for key, amount in found.items() if abs(amount) > 1e-12}

    def money(self, kind: str, cost_class: str = "") -> dict[Key, float]:
        """Payments of a kind by (class, item, site, payee, period), summed, without zeros."""
        sums: dict[Key, float] = {}
        for entry in self.ledger.entries:
            if entry.kind == kind and cost_class in ("", entry.cost_class):
                key = (entry.cost_class, entry.item, entry.site, entry.payee, entry.period)
                sums[key] = sums.get(key, 0.0) + pyo.value(entry.amount)
        return {key: amount for key, amount in sums.items() if abs(amount) > 1e-12}


def kept(row: Any, within: float = 1e-9) -> bool:
    """True if a row holds for the present values."""
    body = pyo.value(row.body)
    low, high = pyo.value(row.lower), pyo.value(row.upper)
    return (low is None or body >= low - within) and (high is None or body <= high + within)
