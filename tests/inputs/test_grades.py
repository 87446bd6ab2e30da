"""Grades of sources and of single numbers: read where they are given, refused where they are none, kept by a run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from gwplan.common.errors import Fault
from gwplan.inputs.case_files import frame, write
from gwplan.inputs.grades import SCALE, lowered
from gwplan.inputs.tables import read_sources
from tests.inputs.folders import case_of, faults_of, found_at, tiny_copy

INPUTS = Path(__file__).parents[2] / "inputs"
OLD = "key,title,publisher,date,address,kind\na,A title,Us,2026,,study\n"


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def graded(folder: Path, grade: str) -> int:
    """Give the first row of halls.csv a grade of its own; returns its row. The other rows end before the new column."""
    lines = (folder / "halls.csv").read_text().splitlines()
    lines[0] += ",grade"
    lines[1] += f",{grade}"
    (folder / "halls.csv").write_text("\n".join([*lines, ""]))
    return 2


def test_a_grade_outside_the_scale_is_a_fault_that_names_file_row_value_and_rule(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    path = folder / "sources.csv"
    path.write_text(path.read_text().replace(",estimate,F,", ",estimate,G,by heart"))
    faults = faults_of(folder)
    assert found_at(faults, "sources.csv", 2, "round_numbers: no grade 'G' (A, B, C, D, E, F; P for a choice of the planner)")
    assert found_at(faults, "sources.csv", 2, "round_numbers: no way of reading 'by heart' (direct, second-hand, memory)")
    assert len(faults) == 2


def test_a_row_may_have_a_grade_of_its_own_which_a_run_keeps(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path / "case")
    graded(folder, "B")
    case = case_of(folder)
    found = frame(case)
    assert list(found[found["grade"] != ""]["table"]) == ["halls"]
    write(case, tmp_path / "run")
    rows = rows_of(tmp_path / "run" / "halls.csv")
    assert [row["grade"] for row in rows] == ["B", *[""] * (len(rows) - 1)]
    assert "grade" not in (tmp_path / "run" / "power.csv").read_text().splitlines()[0]
    assert (tmp_path / "run" / "sources.csv").read_text().splitlines()[1].endswith(",estimate,F,")


@pytest.mark.parametrize("grade", ["b", "AA", "1"])
def test_a_grade_of_a_row_outside_the_scale_is_a_fault(tmp_path: Path, grade: str) -> None:
    folder = tiny_copy(tmp_path)
    row = graded(folder, grade)
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", row, f"no grade '{grade}'")
    assert len(faults) == 1


def test_a_note_with_a_comma_is_still_found_where_a_table_has_grades(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = graded(folder, "and more of the note")
    assert found_at(faults_of(folder), "halls.csv", row, "no grade 'and more of the note'")


def test_folders_without_grades_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    path.write_text(OLD)
    faults: list[Fault] = []
    source = read_sources(path, faults)["a"]
    assert (source.kind, source.grade, source.read, faults) == ("study", "", "", [])


def test_steps_down_the_scale() -> None:
    assert [lowered(grade, 1) for grade in SCALE] == ["B", "C", "D", "E", "F", "F", "P"]
    assert lowered("A", 3) == "D"
    assert lowered("", 2) == ""


@pytest.mark.parametrize("name", ["tiny", "one_gigawatt"])
def test_no_shipped_row_is_without_a_grade(name: str) -> None:
    """Each source has a grade, and each row of each table, of an overlay too, cites a source."""
    grades = {row["key"]: row["grade"] for row in rows_of(INPUTS / name / "sources.csv")}
    tables = [path for path in sorted((INPUTS / name).rglob("*.csv")) if "source" in path.read_text().splitlines()[0].split(",")]
    cited = [(path.name, row["source"], row.get("grade")) for path in tables for row in rows_of(path)]
    assert len(cited) > 100
    assert [each for each in cited if (each[2] or grades.get(each[1])) not in SCALE] == []
    assert [key for key, grade in grades.items() if grade not in SCALE] == []


def test_how_a_shipped_source_was_read_agrees_with_its_grade() -> None:
    """An A is read in the original; what is recalled is D at best, a series named from memory C; what is nobody else's is not read."""
    rows = rows_of(INPUTS / "one_gigawatt" / "sources.csv")
    assert {row["read"] for row in rows if row["grade"] == "A"} == {"direct"}
    assert all(row["grade"] >= "C" for row in rows if row["read"] == "memory")
    assert {row["key"] for row in rows if not row["read"]} == {"derived", "judgement", "planner_choice"}
    assert {row["grade"] for row in rows if not row["read"]} == {"E", "F", "P"}
