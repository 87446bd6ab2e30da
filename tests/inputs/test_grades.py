"""Grades of sources and of single numbers: read where they are given, refused where they are none, kept by a run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from gwplan.common.errors import Fault
from gwplan.inputs.case_files import frame, write
from gwplan.inputs.grades import SCALE, lowered
from gwplan.inputs.half_lives import as_of, month_of
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


HALF_LIVES = "table,quantity,months,source,note\n"


def test_faults_of_half_lives(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    rows = ["halls,price,6,round_numbers,", "halls,prize,6,round_numbers,", "halls,life,0,round_numbers,", "halls,*,6,nobody,",
            "halls,price,6,round_numbers,", "contracts,anything,6,round_numbers,a table that this model does not read"]  # fmt: skip
    (folder / "half_lives.csv").write_text(HALF_LIVES + "\n".join([*rows, ""]))
    faults = faults_of(folder)
    assert found_at(faults, "half_lives.csv", 3, "no quantity 'prize' in halls.csv")
    assert found_at(faults, "half_lives.csv", 4, "'0' is not a positive number of months")
    assert found_at(faults, "half_lives.csv", 5, "no source 'nobody' in sources.csv")
    assert found_at(faults, "half_lives.csv", 6, "is given twice")
    assert len(faults) == 4


def test_a_run_keeps_the_half_lives(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path / "case")
    (folder / "half_lives.csv").write_text(f"{HALF_LIVES}halls,price,6,round_numbers,why\n")
    write(case_of(folder), tmp_path / "run")
    assert (tmp_path / "run" / "half_lives.csv").read_text() == f"{HALF_LIVES}halls,price,6,round_numbers,why\n"


@pytest.mark.parametrize(("date", "month"), [("2026-11", 10), ("2026-11-30", 10), ("2026", 5), ("2026-Q1", 1), ("", None), ("soon", None)])
def test_month_of_a_source(date: str, month: int | None) -> None:
    assert month_of(date) == (None if month is None else 2026 * 12 + month)


def test_the_date_of_the_tables_is_that_of_the_newest_source() -> None:
    assert as_of(["2024", "2026-03", "", "2025-12-31"]) == 2026 * 12 + 2
    assert as_of([""]) is None


def test_a_shipped_number_past_two_half_lives_states_a_lowered_grade() -> None:
    """In its own row, and no better than its source's less one for each half-life passed."""
    folder = INPUTS / "one_gigawatt"
    known = {row["key"]: row for row in rows_of(folder / "sources.csv")}
    lives = {(row["table"], row["quantity"]): float(row["months"]) for row in rows_of(folder / "half_lives.csv")}
    today = max(each for each in (month_of(row["date"]) for row in known.values()) if each is not None)
    checked = 0
    for path in sorted(folder.glob("*.csv")):
        for number, row in enumerate(rows_of(path) if path.stem in {table for table, _ in lives} else [], 2):
            source, life = known[row["source"]], lives.get((path.stem, row["quantity"]), lives.get((path.stem, "*")))
            month = month_of(source["date"])
            if life is None or month is None or row["unit"] == "label" or source["grade"] == "P":
                continue
            passed = int((today - month) // life)
            if passed >= 2:
                checked += 1
                assert row.get("grade"), f"{path.name}:{number} is {passed} half-lives old and states no grade of its own"
                assert row["grade"] >= lowered(source["grade"], passed), f"{path.name}:{number}: {row['grade']} is too good"
    assert checked > 10
