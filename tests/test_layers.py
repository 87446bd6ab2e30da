"""The layers of the package: an import goes downwards only, wherever it stands in the file.

Imports inside functions and under TYPE_CHECKING count: they tie modules together as much as any other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gwplan"
LAYERS = ("common", "inputs", "model", "solving", "results", "planning", "analysis", "reports", "api", "server", "commands")
"""From the ground up. `audit` stands apart: it imports the calendar alone, and only planning runs it."""
AUDIT_MAY = "gwplan.common.calendar"
Imports = Mapping[str, set[str]]


def name_of(path: Path, root: Path) -> str:
    """`gwplan.model.parts` for gwplan/model/parts/__init__.py."""
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(root: Path) -> dict[str, set[str]]:
    """Modules of the package by module that imports them, wherever in its file."""
    paths = {name_of(path, root): path for path in root.rglob("*.py")}
    return {name: set(imported(path, name, set(paths))) & set(paths) - {name} for name, path in paths.items()}


def imported(path: Path, name: str, known: set[str]) -> Iterator[str]:
    """Modules that a file imports; a package that only hands a module on is not counted."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                above = package.split(".")[:len(package.split(".")) - node.level + 1]
                source = ".".join([*above, *([source] if source else [])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if inner in known else source


def layer_of(name: str) -> str:
    """The layer that a module belongs to; `audit`, or "" for the package itself."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def climbs(imports: Imports) -> list[str]:
    """Imports that go up a layer, into the audit, or out of it."""
    found = []
    for name, targets in sorted(imports.items()):
        for target in sorted(targets):
            above, below = layer_of(name), layer_of(target)
            if above in ("", "__main__") or (above == below == "audit"):
                continue
            if above == "audit":
                wrong = target != AUDIT_MAY
            elif below == "audit":
                wrong = above != "planning"
            elif below == "":
                wrong = True
            else:
                wrong = LAYERS.index(below) > LAYERS.index(above)
            if wrong:
                found.append(f"{name} -> {target}")
    return found


def circles(imports: Imports) -> list[list[str]]:
    """Sets of modules that import each other, directly or through others (Tarjan)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for target in imports[name]:
            if target not in order:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
        if low[name] == order[name]:
            group = []
            while True:
                group.append(stack.pop())
                if group[-1] == name:
                    break
            if len(group) > 1:
                found.append(sorted(group))

    for name in imports:
        if name not in order:
            visit(name)
    return found


def between_parts(imports: Imports) -> list[str]:
    """Imports from one part of the model to another."""
    def part(name: str) -> str:
        return name.split(".")[3] if name.startswith("gwplan.model.parts.") else ""

    return [f"{name} -> {target}" for name, targets in imports.items() for target in targets
            if part(name) and part(target) and part(name) != part(target)]


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """The imports of the package."""
    return imports_of(PACKAGE)


def test_every_module_has_a_layer(imports: Imports) -> None:
    """No module beside the packages but the face and the entry point."""
    assert {layer_of(name) for name in imports} <= {*LAYERS, "audit", "", "__main__"}
    beside = {path.name for path in PACKAGE.glob("*.py")}
    assert beside == {"__init__.py", "__main__.py"}


def test_no_import_climbs(imports: Imports) -> None:
    """Each import goes to its own layer or a lower one; the audit imports the calendar alone."""
    assert climbs(imports) == []


def test_no_circle(imports: Imports) -> None:
    """No modules import each other in a circle."""
    assert circles(imports) == []


def test_parts_do_not_know_each_other(imports: Imports) -> None:
    """Parts of the model meet in the accounts alone."""
    assert between_parts(imports) == []


@pytest.mark.parametrize(("planted", "line"), [
    ("model/ledger.py", "from gwplan.results import tables"),
    ("model/ledger.py", "def f() -> None:\n    from gwplan.results import tables"),
    ("model/ledger.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gwplan.results.tables"),
    ("audit/checks.py", "from gwplan.common import units"),
    ("results/tables.py", "from gwplan import audit"),
])
def test_a_planted_climb_is_found(tmp_path: Path, planted: str, line: str) -> None:
    """The test bites: an import up, late or for types, and one of or into the audit, is found."""
    root = small_package(tmp_path)
    assert climbs(imports_of(root)) == []
    path = root / planted
    path.write_text(f"{path.read_text()}\n{line}\n")
    assert len(climbs(imports_of(root))) == 1


def test_a_planted_circle_is_found(tmp_path: Path) -> None:
    """Two modules of one layer that import each other are a circle."""
    root = small_package(tmp_path)
    (root / "model" / "ledger.py").write_text("from gwplan.model import block\n")
    (root / "model" / "block.py").write_text("def f():\n    from gwplan.model.ledger import x\n")
    assert circles(imports_of(root)) == [["gwplan.model.block", "gwplan.model.ledger"]]


def small_package(folder: Path) -> Path:
    """A package with a module in some layers."""
    root = folder / "gwplan"
    for name in ("common/units.py", "common/calendar.py", "model/ledger.py", "results/tables.py", "audit/checks.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    for place in [root, *root.iterdir()]:
        (place / "__init__.py").write_text("")
    return root
