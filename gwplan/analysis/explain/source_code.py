"""The model's own code as text: where each rule and variable is declared, with its docstring, and what it reads.

Nothing is assembled: names, units and docstrings are read from the syntax tree, so that an explanation takes a second.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[2]
MODEL = "model"
PARTS = "parts"
BLOCK_OF = {"assemble": "money", "goals": "goal", "choices": "goal"}
"""Blocks of what is declared outside the parts, by module."""
STATED_BY = ("variable", "expression")
"""Methods of a block that declare variables, or what follows from them."""
Env = Mapping[str, frozenset[str]]
"""Possible texts of names."""


class Module:
    """One file of the model. name: dotted; file: its path in the repository."""

    def __init__(self, path: Path) -> None:
        relative = path.relative_to(PACKAGE.parent)
        self.file = relative.as_posix()
        names = relative.with_suffix("").parts
        self.name = ".".join(names[:-1] if names[-1] == "__init__" else names)
        inner = self.name.split(".")[2:]
        self.part = inner[1] if inner[:1] == [PARTS] and len(inner) > 1 else BLOCK_OF.get(inner[0] if inner else "", "")
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.above = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def names(self) -> Mapping[str, Any]:
        """Its global names."""
        return vars(importlib.import_module(self.name))

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out."""
        while node in self.above:
            node = self.above[node]
            yield node


@dataclass(frozen=True)
class Declared:
    """A rule or a family of variables as its code states it. node: its function, or the call that declares it."""

    kind: str
    part: str
    name: str
    over: tuple[str, ...]
    unit: str
    doc: str
    module: Module
    node: ast.AST

    @property
    def full_name(self) -> str:
        """`power.supply_covers_peak`."""
        return f"{self.part}.{self.name}"

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.module.file}:{getattr(self.node, 'lineno', 0)}"


@cache
def modules() -> Mapping[str, Module]:
    """The files of the model by dotted name."""
    found = [Module(path) for path in sorted((PACKAGE / MODEL).rglob("*.py"))]
    return {each.name: each for each in found}


@cache
def rules() -> tuple[Declared, ...]:
    """Every rule."""
    return tuple(found for module in modules().values() for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)
                 for found in _rule(module, node))


def _rule(module: Module, node: ast.FunctionDef) -> Iterator[Declared]:
    for each in node.decorator_list:
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "rule":
            promise = next((word.value for word in each.keywords if word.arg == "promise"), None)
            doc = " ".join((ast.get_docstring(node) or "").split())
            yield Declared("rule", module.part, node.name, index(module, each.args[0]), first(module, promise), doc, module, node)


@cache
def variables() -> tuple[Declared, ...]:
    """Every family of variables, and of expressions of them."""
    found: list[Declared] = []
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STATED_BY and node.args:
                found += _variables(module, node)
    return tuple(found)


def _variables(module: Module, node: ast.Call) -> Iterator[Declared]:
    words = {word.arg: word.value for word in node.keywords}
    if "doc" not in words or len(node.args) < 2:
        return
    for env in environments(module, node):
        for name in sorted(texts(module, node.args[0], env)):
            doc, unit = first(module, words["doc"], env), first(module, words.get("unit"), env)
            yield Declared("variable", module.part, name, index(module, node.args[1]), unit, doc, module, node)


def environments(module: Module, node: ast.AST) -> list[Env]:
    """The texts of the names of loops over written-out dictionaries around a node, turn by turn; one empty one without such a loop."""
    for each in module.around(node):
        if isinstance(each, ast.For) and isinstance(each.iter, ast.Call) and isinstance(each.iter.func, ast.Attribute) \
                and isinstance(each.iter.func.value, ast.Dict) and isinstance(each.target, ast.Tuple):
            names = [name.id for name in each.target.elts if isinstance(name, ast.Name)]
            pairs = zip(each.iter.func.value.keys, each.iter.func.value.values, strict=True)
            return [dict(zip(names, (texts(module, key), texts(module, value)), strict=True)) for key, value in pairs if key is not None]
    return [{}]


def index(module: Module, node: ast.AST) -> tuple[str, ...]:
    """The names of an index, from its tuple or the name of one; empty where it cannot be read."""
    if isinstance(node, ast.Name):
        found = module.names.get(node.id)
        if isinstance(found, tuple):
            return tuple(map(str, found))
        before = [each for each in ast.walk(module.tree) if isinstance(each, ast.Assign) and isinstance(each.value, ast.Tuple)
                  and each.lineno < node.lineno and any(isinstance(name, ast.Name) and name.id == node.id for name in each.targets)]
        return index(module, max(before, key=lambda each: each.lineno).value) if before else ()
    if isinstance(node, ast.Tuple):
        inner = [index(module, each.value) if isinstance(each, ast.Starred) else (first(module, each),) for each in node.elts]
        return tuple(name for each in inner for name in each)
    return ()


def first(module: Module, node: ast.AST | None, env: Env | None = None) -> str:
    """The text of a node; blank where it has none, the first in order where it has several."""
    return min(texts(module, node, env or {}), default="") if node is not None else ""


def texts(module: Module, node: ast.AST | None, env: Env | None = None) -> frozenset[str]:
    """The texts that a node may stand for, as far as they are written out."""
    env = env or {}
    if isinstance(node, ast.Constant):
        return frozenset([node.value]) if isinstance(node.value, str) else frozenset()
    if isinstance(node, ast.IfExp):
        return texts(module, node.body, env) | texts(module, node.orelse, env)
    if isinstance(node, ast.JoinedStr):
        return _joined(module, node, env)
    if isinstance(node, ast.Subscript):
        return _held(module.names.get(node.value.id)) if isinstance(node.value, ast.Name) else frozenset()
    if isinstance(node, ast.Name):
        if node.id in env:
            return env[node.id]
        known = module.names.get(node.id)
        return frozenset([known]) if isinstance(known, str) else _looped(module, node)
    return frozenset()


def _joined(module: Module, node: ast.JoinedStr, env: Env) -> frozenset[str]:
    found = [""]
    for piece in node.values:
        each = texts(module, piece.value, env) if isinstance(piece, ast.FormattedValue) else texts(module, piece, env)
        found = [before + after for before in found for after in sorted(each)]
    return frozenset(found)


def _held(known: object) -> frozenset[str]:
    """The texts of a global dictionary or sequence."""
    inner = known.values() if isinstance(known, Mapping) else known if isinstance(known, tuple | list | frozenset) else ()
    return frozenset(each for each in inner if isinstance(each, str))


def _looped(module: Module, node: ast.Name) -> frozenset[str]:
    """The texts of a name that a loop around it takes from a written-out or global sequence, or that is assigned in its function."""
    for each in module.around(node):
        loops = each.generators if isinstance(each, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) else \
            [each] if isinstance(each, ast.For) else []
        for loop in loops:
            if isinstance(loop.target, ast.Name) and loop.target.id == node.id:
                return _items(module, loop.iter)
            elements = loop.target.elts if isinstance(loop.target, ast.Tuple) else []
            names = [each.id if isinstance(each, ast.Name) else "" for each in elements]
            if node.id in names and isinstance(loop.iter, ast.Tuple | ast.List):
                rows = [each.elts for each in loop.iter.elts if isinstance(each, ast.Tuple) and len(each.elts) == len(names)]
                return frozenset().union(*(texts(module, row[names.index(node.id)]) for row in rows))
        if isinstance(each, ast.FunctionDef):
            values = [inner.value for inner in ast.walk(each) if isinstance(inner, ast.Assign)
                      and any(isinstance(target, ast.Name) and target.id == node.id for target in inner.targets)
                      and isinstance(inner.value, ast.Constant | ast.IfExp)]
            return frozenset().union(*(texts(module, value) for value in values))
    return frozenset()


def _items(module: Module, node: ast.AST) -> frozenset[str]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return frozenset().union(*(texts(module, each) for each in node.elts))
    if isinstance(node, ast.Name):
        known = module.names.get(node.id)
        return frozenset(key for key in known if isinstance(key, str)) if isinstance(known, Mapping) else _held(known)
    return frozenset()
