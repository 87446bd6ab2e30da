"""No function has more than six parameters and no call more than six arguments; the exceptions are listed with their reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MOST = 6
"""The subject of a method (`self`, `cls`) and the context of a command do not count."""

OPTIONS = {"solve"}
"""`gwplan.solve`: its keyword options are those of the command line, and each has a default."""
VARIADIC = {"add_row", "blank", "compare"}
"""One argument for each cell of a row, column of a table or axis of an array."""
FOREIGN = {"render", "watch"}
"""The context of a template by name, and the options of `watchfiles.watch`."""
COPIES = {"replace", "cls"}
"""Fields of a record by name: `dataclasses.replace`, and a record's own alternative constructor."""
RECORDS = {
    # Declarations: one argument for each column of the data dictionary, of a rule's page, or of the catalogue of figures.
    "Quantity", "Variable", "Rule", "Basis", "Promise", "HeadlineFigure", "Page",
    "Declared", "Topic",
    # Requests and definitions: one field for each option of the command line or key of a model's file.
    "SlicedYear", "Year", "Plant", "SiteYear", "Dispatched", "SiteDispatch", "Request", "StudyRequest", "SharedInputs", "Order", "Options", "Selector", "Definition", "Checker",
    # Results: one field for each column of a table or key of a JSON document, read together by whoever reports them.
    "Alternatives", "Books", "Bottleneck", "Breakeven", "Carrier", "Chain", "CheckReport", "Checked", "Circle", "Comparison",
    "Contract", "Debt", "Decided", "Decision", "Elastic", "Event", "Explanation", "Facility", "Figure", "Frontier", "Investor",
    "KeptRun", "Lever", "Listing", "Move", "Numbered", "Outcome", "Past", "Point", "Position", "Progress", "Published",
    "DownsideCase", "Flows", "Begun", "Hedged", "Rolled", "Range", "Reference", "Reproduced", "Row", "RowChange", "Sampled", "Side", "Slipped", "Source", "Stake", "Stressed", "Study",
    "Supplies", "SupplyCost", "Swing", "Unmet", "Variant", "Waterfall", "Way", "WhyNot", "Worths",
    # The matrix of a linear program, whose parts have the same rows and columns.
    "Arrays",
}  # fmt: skip
CALLED = OPTIONS | VARIADIC | FOREIGN | COPIES | RECORDS


def long_definitions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each function with more than MOST parameters; commands take further options of click as `**options`."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name not in OPTIONS:
            names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            count = len([name for name in names if name not in ("self", "cls", "context")])
            if count > MOST:
                yield node.lineno, node.name


def long_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each call with more than MOST arguments that is no exception."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > MOST:
            name = ast.unparse(node.func).rpartition(".")[2]
            if name not in CALLED:
                yield node.lineno, name


def test_a_long_definition_and_a_long_call_are_found() -> None:
    tree = ast.parse("def seven(a, b, c, d, e, f, g): ...\ndef six(self, a, b, c, d, e, f): ...\nseven(1, 2, 3, 4, 5, 6, g=7)\nx.six(1, 2, 3, 4, 5, 6)")
    assert list(long_definitions(tree)) == [(1, "seven")]
    assert list(long_calls(tree)) == [(3, "seven")]


def test_no_function_has_more_than_six_parameters() -> None:
    found = [f"{path.relative_to(ROOT)}:{line} {name}" for path, tree in trees() for line, name in long_definitions(tree)]
    assert not found, found


def test_no_call_has_more_than_six_arguments() -> None:
    found = [f"{path.relative_to(ROOT)}:{line} {name}" for path, tree in trees() for line, name in long_calls(tree)]
    assert not found, found


def trees() -> list[tuple[Path, ast.AST]]:
    """The modules of the package, parsed."""
    paths = sorted((ROOT / "gwplan").rglob("*.py"))
    assert len(paths) > 200, "the package is read"
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]
