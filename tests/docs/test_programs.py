"""What the tests themselves rest on: programs that may be missing, and the changes that `make mutants` makes."""

from __future__ import annotations

import ast

import pytest
from _pytest.outcomes import Failed, Skipped

from tests.coverage_by_folder import by_folder, shown
from tests.mutants import changed, places
from tests.programs import WHOLE, path_of


@pytest.mark.parametrize(("whole", "ends"), [("", Skipped), ("1", Failed)])
def test_without_a_program_a_test_is_skipped_or_fails_where_none_may_be(whole: str, ends: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv(WHOLE, whole)
    with pytest.raises(ends, match="soffice is missing: on Debian, apt install libreoffice-calc-nogui"):
        path_of("soffice")


@pytest.mark.parametrize(("before", "after"), [
    ("a + b", "a - b"), ("a / b", "a * b"), ("a and b", "a or b"), ("a < b", "a >= b"), ("a not in b", "a in b"), ("not a", "a"), ("-a", "a"),
    ("min(a, b)", "max(a, b)"), ("2", "3"), ("50000", "100000"), ("True", "False"), ("found.append(a)", "found.append(a)"), ("a < b < c", "a < b < c"), ("'text'", "'text'"),
])
def test_a_change_is_one_that_a_test_should_notice(before: str, after: str) -> None:
    node = ast.parse(before, mode="eval").body
    other = changed(node)
    assert ast.unparse(node if other is None else other) == after


def test_a_call_is_left_out_and_nothing_changes_that_does_not_run() -> None:
    tree = ast.parse("def add(found: list[int | 3], more: int = 1) -> 5 | None:\n    found.append(more)\n    ranged(sane=(3, 4))\n")
    nodes = [getattr(parent, name) if number is None else getattr(parent, name)[number] for parent, name, number in places(tree)]
    assert [(ast.unparse(node), ast.unparse(other)) for node in nodes if (other := changed(node)) is not None] == [
        ("1", "2"), ("found.append(more)", "pass"), ("ranged(sane=(3, 4))", "pass")]


def test_coverage_is_summed_by_folder() -> None:
    """By hand: 3 of 4 and 1 of 6 lines of gwplan/model are 4 of 10; with 10 of 10 of gwplan/api.py 14 of 20."""
    def file(statements: int, run: int) -> dict[str, dict[str, int]]:
        return {"summary": {"num_statements": statements, "covered_lines": run}}

    report = {"files": {"gwplan/model/a.py": file(4, 3), "gwplan/model/parts/b.py": file(6, 1), "gwplan/api.py": file(10, 10)}}
    assert by_folder(report) == [("gwplan", 10, 10), ("gwplan/model", 10, 4), ("all", 20, 14)]
    assert shown(by_folder(report)).splitlines()[2].split() == ["gwplan/model", "10", "40.0%"]
