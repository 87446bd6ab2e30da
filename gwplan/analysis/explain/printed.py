"""Names that are printed and declared nowhere by themselves: classes of payments, payees, and checks of the audit, read from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gwplan.analysis.explain.reading import called
from gwplan.analysis.explain.source_code import PACKAGE, Module, modules, texts
from gwplan.model.ledger import COMMITMENTS

ENTRIES = {"pay": 2, "asset": 1, "earn": 1, "receive": 1}
"""Methods of the ledger, and the place of the class among their arguments; the payee is the last of the three that follow it."""
KINDS = {"asset": "capital", "earn": "revenue", "receive": "received", "owe": "commitment"}
AUDIT = "audit"
BETWEEN = ".+"


@dataclass
class Paid:
    """Where a class or a payee is entered: kinds of money, parts, classes, and the first file with its line."""

    kinds: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    file: str = ""


@cache
def classes() -> Mapping[str, Paid]:
    """Classes of payments by name."""
    return _entered()[0]


@cache
def payees() -> Mapping[str, Paid]:
    """Payees that the code names; others are vendors, providers and items of the tables."""
    return _entered()[1]


@cache
def _entered() -> tuple[dict[str, Paid], dict[str, Paid]]:
    found: tuple[dict[str, Paid], dict[str, Paid]] = {}, {}
    for module in modules().values():
        for node in ast.walk(module.tree):
            method = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            if not isinstance(node, ast.Call) or not (method in ENTRIES or method == "owe") or len(node.args) < 3 or not module.part:
                continue
            place = ENTRIES.get(method, 0)
            named = frozenset([COMMITMENTS]) if method == "owe" else texts(module, node.args[place])
            kinds = texts(module, node.args[0]) if method == "pay" else {KINDS[method]}
            whom = node.args[place + 1]
            paid = _payees(module, whom.elts[2]) if isinstance(whom, ast.Tuple) and len(whom.elts) == 3 else frozenset()
            for group, names in zip(found, (named, paid), strict=True):
                for name in names:
                    each = group.setdefault(name, Paid(file=f"{module.file}:{node.lineno}"))
                    each.kinds |= kinds
                    each.parts.add(module.part)
                    each.classes |= named
    return found


def _payees(module: Module, node: ast.AST) -> frozenset[str]:
    """The payees that a node names, by itself, by the assignment of a name, or by what the function returns that it calls."""
    if isinstance(node, ast.Call):
        found = called(module, node.func)
        returns = [] if found is None else [each.value for each in ast.walk(found[1]) if isinstance(each, ast.Return)]
        return frozenset().union(*(texts(found[0], each) for each in returns)) if found else frozenset()
    return texts(module, node)


def check_of(name: str) -> tuple[str, str] | None:
    """File and line that state a check of the audit, and what it is about; None if none has this name.

    name: as `gwplan audit` prints it, with or without what stands before the dot.
    """
    literal = re.escape(name)
    for pattern, file in _checks():
        short = pattern.partition(r"\.")[2] or pattern
        if BETWEEN not in pattern:
            if literal in (pattern, short):
                return file, ""
            continue
        match = _compiled(pattern).fullmatch(name) or _compiled(short).fullmatch(name)
        if match:
            return file, next(iter(match.groups()[-1:]), "")
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """There are more patterns of checks than the module `re` keeps."""
    return re.compile(pattern)


@cache
def _checks() -> tuple[tuple[str, str], ...]:
    """Patterns of the names of checks, the most exact first, each with file and line."""
    found: list[tuple[str, str]] = []
    for path in sorted((PACKAGE / AUDIT).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for pattern in _pattern(node):
                found.append((pattern, f"{_place(path)}:{getattr(node, 'lineno', 0)}"))
    return tuple(sorted(found, key=lambda each: (each[0].count(BETWEEN), -len(each[0]))))


def _pattern(node: ast.AST) -> Iterator[str]:
    """`limits.NAME_is_what_follows` as a pattern: a text with a dot and words joined by `_`."""
    if isinstance(node, ast.JoinedStr):
        pieces = [re.escape(str(each.value)) if isinstance(each, ast.Constant) else f"({BETWEEN})" for each in node.values]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        pieces = [re.escape(node.value)]
    else:
        return
    text = "".join(pieces)
    plain = re.sub(r"\(\.\+\)", "x", text)
    if re.fullmatch(r"\w+\\\.\w+", plain) and plain.count("_") > 1:
        yield text


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()
