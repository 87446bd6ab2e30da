"""What a rule or an entry in an account is made from: the numbers it looks up, the variables and the accounts that it uses.

Found in the code: a rule's own text, what its function's names were assigned, and the functions that these call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gwplan.analysis.explain.source_code import STATED_BY, Env, Module, modules, rules, texts, variables
from gwplan.inputs.declarations import Table
from gwplan.model.exchange import ACCOUNTS

LOOKUPS = frozenset(("number", "get", "date", "own", "mean"))
KEPT_IN = ("variables", "expressions")
DEEPEST = 12
"""Calls within calls that are followed."""


@dataclass(frozen=True)
class Reads:
    """What is read: quantities as (table, quantity), variables by full name, accounts by name."""

    numbers: frozenset[tuple[str, str]] = frozenset()
    variables: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(self.numbers | other.numbers, self.variables | other.variables, self.accounts | other.accounts)


@cache
def of_rules() -> Mapping[str, Reads]:
    """What each rule reads, by full name."""
    return {each.full_name: read_by(each.module, each.node) for each in rules()}


@cache
def of_accounts() -> Mapping[str, Reads]:
    """What the entries of each account are made from."""
    return {name: _together(entries) for name, entries in _entries().items()}


@cache
def makers() -> Mapping[str, tuple[str, ...]]:
    """The parts that make entries in each account."""
    return {name: tuple(sorted({module.part for module, _ in entries})) for name, entries in _entries().items()}


def _together(entries: list[tuple[Module, ast.Call]]) -> Reads:
    found = Reads()
    for module, call in entries:
        for argument in call.args[2:]:
            found |= read_by(module, argument)
    return found


@cache
def _entries() -> dict[str, list[tuple[Module, ast.Call]]]:
    found: dict[str, list[tuple[Module, ast.Call]]] = {name: [] for name in ACCOUNTS}
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "make" and len(node.args) > 2:
                for name in _account_names(module, node):
                    found[name].append((module, node))
    return found


def _account_names(module: Module, node: ast.Call) -> list[str]:
    """The accounts of an entry."""
    return sorted(texts(module, node.args[0]) & set(ACCOUNTS))


def read_by(module: Module, node: ast.AST) -> Reads:
    """What a node reads, with what the names of the function around it were assigned."""
    found = Reads()
    for each in (node, *assigned(module, node)):
        found |= _direct(module, each, {}, 0)
    return found


def assigned(module: Module, node: ast.AST) -> list[ast.AST]:
    """What the local names that a node uses were assigned in the functions around it, with what that uses in turn."""
    outer = [each for each in module.around(node) if isinstance(each, ast.FunctionDef)]
    makers: dict[str, list[ast.AST]] = {}
    for function in outer:
        for statement in statements(function):
            for name, value in _assignments(statement):
                if value is not node:
                    makers.setdefault(name, []).append(value)
    found: list[ast.AST] = []
    seen: set[str] = set()
    left = [node]
    while left:
        for inner in walk(left.pop()):
            if isinstance(inner, ast.Name) and inner.id not in seen:
                seen.add(inner.id)
                new = makers.get(inner.id, [])
                found += new
                left += new
    return found


def statements(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without the insides of functions within it, whose names are their own."""
    left: list[ast.AST] = list(function.body)
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, ast.FunctionDef):
            left += ast.iter_child_nodes(node)


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all within it that enters its amount: not the keys that loops run over, nor those of variables and rules."""
    yield node
    for name, inner in ast.iter_fields(node):
        keys = (name == "iter" and not _of_values(inner)) or (name in ("args", "keywords") and _declares(node))
        if not keys and name != "decorator_list":
            for each in inner if isinstance(inner, list) else [inner]:
                if isinstance(each, ast.AST):
                    yield from walk(each)


def _of_values(node: Any) -> bool:
    """Whether a loop runs over the values of a dictionary, whose amounts enter; other loops run over keys."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "values")


def _declares(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STATED_BY


def _assignments(statement: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(statement, ast.FunctionDef) and not statement.decorator_list:
        yield statement.name, statement
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _paired(target, statement.value)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _paired(statement.target, statement.value)
    elif isinstance(statement, ast.For) and _of_values(statement.iter):
        yield from ((name, statement.iter) for name in _roots(statement.target))
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from ((name, argument) for name in _roots(statement.value.func) for argument in statement.value.args)


def _paired(target: ast.AST, value: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _paired(one, other)
    else:
        yield from ((name, value) for name in _roots(target))


def _roots(node: ast.AST) -> list[str]:
    """`amounts` of `amounts.setdefault(key, [])` and of `amounts[key]`; each name of a tuple."""
    if isinstance(node, ast.Tuple):
        return [name for each in node.elts for name in _roots(each)]
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return [node.id] if isinstance(node, ast.Name) else []


def _direct(module: Module, node: ast.AST, env: Env, depth: int) -> Reads:
    """What a node reads itself and by the functions that it calls. env: texts of the parameters of its function."""
    found = Reads()
    for each in walk(node):
        if isinstance(each, ast.Call):
            found |= _call(module, each, env, depth)
        elif isinstance(each, ast.Subscript) and isinstance(each.value, ast.Attribute) and each.value.attr in KEPT_IN:
            names = {f"{module.part}.{name}" for name in texts(module, each.slice, env)} & _known_variables()
            found |= Reads(variables=frozenset(names))
    return found


def _call(module: Module, node: ast.Call, env: Env, depth: int) -> Reads:
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if _declares(node) and node.args:
        return Reads(variables=frozenset(f"{module.part}.{name}" for name in texts(module, node.args[0], env)) & _known_variables())
    if method in LOOKUPS and len(node.args) > 2:
        tables, quantities = texts(module, node.args[0], env), texts(module, node.args[2], env)
        return Reads(frozenset((table, quantity) for table in tables for quantity in quantities) & _known_quantities())
    if method in ("take", "balance") and node.args:
        return Reads(accounts=texts(module, node.args[0], env) & frozenset(ACCOUNTS))
    function = called(module, node.func)
    if function is None or depth > DEEPEST:
        return Reads()
    inner, body = function
    named = [*zip((each.arg for each in body.args.args), node.args, strict=False),
             *((word.arg, word.value) for word in node.keywords if word.arg)]
    given = {name: found for name, value in named if (found := texts(module, value, env))}
    return _of_function(inner.name, body.name, tuple(sorted(given.items())), depth + 1)


@cache
def _of_function(module: str, name: str, given: tuple[tuple[str, frozenset[str]], ...], depth: int) -> Reads:
    inner = modules()[module]
    return _direct(inner, inner.functions[name], dict(given), depth)


def called(module: Module, node: ast.AST) -> tuple[Module, ast.FunctionDef] | None:
    """The function of the model that a call names."""
    if isinstance(node, ast.Name):
        found = module.names.get(node.id)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        found = getattr(module.names.get(node.value.id), node.attr, None)
    else:
        return None
    home = modules().get(getattr(found, "__module__", "") or "")
    body = home.functions.get(getattr(found, "__name__", "")) if home else None
    return (home, body) if home and body else None


@cache
def _known_quantities() -> frozenset[tuple[str, str]]:
    return frozenset((table.name, quantity.name) for table in tables() for quantity in table.quantities)


@cache
def _known_variables() -> frozenset[str]:
    return frozenset(each.full_name for each in variables())


@cache
def tables() -> tuple[Table, ...]:
    """The input tables that the model reads."""
    from gwplan.model import compute_measure, parts, price_level

    homes = [*map(parts.load, parts.PARTS), compute_measure, price_level]
    return tuple(home.TABLE for home in homes if isinstance(getattr(home, "TABLE", None), Table))
