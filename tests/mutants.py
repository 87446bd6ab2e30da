"""Do the tests bite? A random sample of small changes of the sources, each held against the tests near it.

Each change goes into a copy of the tree: a sum becomes a difference, a smallest a largest, a number another, a call is left out.
A test that then fails has killed it, if it passes without the change. The near tests are those whose imports lead to the changed
module soonest; golden files are left out, for they would notice any change of a rule without knowing whether it is right.

    python -m tests.mutants --sample 20 --seed 1
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TREE = ("gwplan", "tests", "models", "inputs", "docs", "pyproject.toml", "README.md", "CHANGELOG.md", "Makefile", "requirements.in", "LICENSE")
"""What a copy of the tree needs."""
LEFT_OUT = ("golden", "benchmarks")
"""Folders of tests that are not run."""
NEAR = 10
"""How many files of tests are near a module."""
BUSY = 600
"""Seconds of processor time after which a change has killed the tests by keeping them busy; in a loop, say."""
PATIENCE = 3600
"""Seconds of waiting after which nobody knows."""
WANTED = 0.9
"""Share that should be killed."""
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
LARGE = 10
"""A number as large as this is doubled, a smaller one is one more."""
RENAMED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A change of one place: of `before` to `after`, words of Python, in a module that then reads `text`."""

    path: Path
    line: int
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.before}  ->  {self.after}"


def changed(node: ast.AST) -> ast.AST | None:
    """The node with something else in its place, or None where there is nothing to change."""
    other = copy.deepcopy(node)
    match other:
        case ast.BinOp() | ast.BoolOp() if type(other.op) in SWAPPED:
            other.op = SWAPPED[type(other.op)]()  # type: ignore[assignment]
        case ast.Compare(ops=[operator]) if type(operator) in SWAPPED:
            other.ops = [SWAPPED[type(operator)]()]  # type: ignore[list-item]
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return operand
        case ast.Call(func=ast.Name(id=name)) if name in RENAMED:
            other.func = ast.Name(RENAMED[name], ast.Load())
        case ast.Constant(value=bool(value)):
            other.value = not value
        case ast.Constant(value=int(value) | float(value)):
            other.value = value + 1 if abs(value) < LARGE else 2 * value
        case ast.Expr(value=ast.Call()):
            return ast.Pass()
        case _:
            return None
    return other


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every node that runs, as its parent, the parent's field and its number there.

    No annotation, nothing for type checkers alone, and no range within which a number is sane: that is a matter of taste.
    """
    if isinstance(tree, ast.keyword) and tree.arg == "sane":
        return
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns") or (isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.unparse(tree.test)):
            continue
        for number, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield tree, name, number
                yield from places(child)


def mutants_of(path: Path) -> Iterator[tuple[int, int]]:
    """The places of a module that can be changed: their number and line."""
    for number, (parent, name, index) in enumerate(places(ast.parse((ROOT / path).read_text(encoding="utf-8")))):
        node = getattr(parent, name) if index is None else getattr(parent, name)[index]
        if changed(node) is not None:
            yield number, node.lineno


def mutant(path: Path, wanted: int) -> Mutant:
    """The module with the place of this number changed."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    parent, name, index = next(place for number, place in enumerate(places(tree)) if number == wanted)
    node = getattr(parent, name) if index is None else getattr(parent, name)[index]
    other = changed(node)
    assert other is not None
    if index is None:
        setattr(parent, name, other)
    else:
        getattr(parent, name)[index] = other
    return Mutant(path, node.lineno, ast.unparse(node), ast.unparse(other), ast.unparse(ast.fix_missing_locations(tree)) + "\n")


def drawn(count: int, seed: int, only: str) -> list[Mutant]:
    """A sample of all places of all modules whose path begins with `only`, each as likely as the others."""
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / "gwplan").rglob("*.py"))]
    found = [(path, number) for path in paths if str(path).startswith(only) for number, _ in mutants_of(path)]
    return [mutant(*each) for each in random.Random(seed).sample(found, min(count, len(found)))]


def module_of(path: Path) -> str:
    """The dotted name of a module by its path in the tree."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> set[str]:
    """Dotted names that a module imports anywhere in it; names from a module may be modules too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module_of(path).split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


@cache
def imports_of_all() -> dict[Path, set[str]]:
    """What each module of the sources and of the tests imports."""
    paths = [each.relative_to(ROOT) for part in ("gwplan", "tests") for each in sorted((ROOT / part).rglob("*.py"))]
    return {path: imports_of(path) for path in paths}


def stems(text: str) -> set[str]:
    """The beginnings of the words of a path: finance and financing begin alike."""
    return {word[:5] for word in re.findall(r"[a-z]+", text)} - {"gwpla", "test", "tests", "py"}


def near(path: Path) -> list[str]:
    """The files of tests that are named as a module or its folder, and then those that reach it in the fewest imports."""
    imports, steps, reached = imports_of_all(), {module_of(path)}, {path: 0}
    while steps:
        distance = max(reached.values()) + 1
        new = {each for each, names in imports.items() if each not in reached and names & steps}
        reached |= dict.fromkeys(new, distance)
        steps = {module_of(each) for each in new}
    mine = stems("/".join(path.with_suffix("").parts[-2:]))

    def rank(test: Path) -> tuple[int, int, str]:
        return -len(mine & stems(str(test))), reached.get(test, len(imports)), str(test)

    tests = [each for each in imports if each.name.startswith("test_") and each.parts[1] not in LEFT_OUT]
    return [str(each) for each in sorted((each for each in tests if each in reached or mine & stems(str(each))), key=rank)[:NEAR]]


def tested(tree: Path, tests: Sequence[str]) -> tuple[bool, str]:
    """Whether tests pass in a copy of the tree, and the first one that fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (BUSY, BUSY))

    try:
        ended = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
                               preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return True, "nothing within the time there is"
    if ended.returncode < 0:
        return False, "being kept busy"
    failed = re.search(r"(?m)^(?:FAILED|ERROR) (\S+(?: \S+)*?)(?: - .*)?$", ended.stdout)
    return ended.returncode == 0, failed[1] if failed else "what could not even be collected"


def held_against_its_tests(tree: Path, each: Mutant) -> tuple[bool, str]:
    """True, and the test, if one fails with the change that passes without it."""
    whole = (tree / each.path).read_text(encoding="utf-8")
    (tree / each.path).write_text(each.text, encoding="utf-8")
    try:
        passed, failed = tested(tree, near(each.path))
    finally:
        (tree / each.path).write_text(whole, encoding="utf-8")
    if passed:
        return False, "lives"
    if "::" in failed and not tested(tree, [failed])[0]:
        return False, f"unknown: {failed} fails without the change too"
    return True, f"killed by {failed}"


def main() -> int:
    """Draw the sample, hold each change against its tests, and say which live; 0 if enough of them are killed."""
    words = argparse.ArgumentParser(description="A random sample of small changes of the sources, each against the tests near it.")
    words.add_argument("--sample", type=int, default=20, help="how many changes")
    words.add_argument("--seed", type=int, default=1, help="which sample")
    words.add_argument("--only", default="gwplan", help="beginning of the paths that are changed, such as gwplan/model/parts")
    words.add_argument("--list", action="store_true", help="only show the changes and the tests near them")
    given = words.parse_args()
    sample = drawn(given.sample, given.seed, given.only)
    if given.list:
        for each in sample:
            print(f"{each}\n    {' '.join(near(each.path))}")
        return 0
    os.nice(10)
    killed = 0
    with tempfile.TemporaryDirectory(prefix="gwplan-mutants-") as folder:
        for name in TREE:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, Path(folder) / name)
        for number, each in enumerate(sample, 1):
            dead, said = held_against_its_tests(Path(folder), each)
            killed += dead
            print(f"{number:3d}  {each}\n     {said}", flush=True)
    share = killed / len(sample) if sample else 1.0
    print(f"{killed} of {len(sample)} killed, {share:.0%}; {WANTED:.0%} is the aim")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
