"""The audit's own calculation of the capital by grade, against shares worked out by hand."""

from __future__ import annotations

from pathlib import Path

from tests.audit.hand_made import Run, audited, failed

COLUMNS = ("key", "title", "publisher", "date", "address", "kind", "grade", "read")
WRONG = {"summary.capital_by_grade_musd_is_what_follows"}


def with_grades(run: Run) -> None:
    """The hall's price (100) is a B of 13 months before the newest source, and one grade is lost in six; the grid's (6) is chosen.

    The racks' network (40) has no grade, their price (144) own grades that do not age: it is paid in 2027, at the
    price of the row of that year. The site (10) stays an F.
    """
    for key, date, grade in (("old", "2025-10", "B"), ("none", "2025-10", ""), ("chosen", "2020", "P")):
        run.inputs["sources"].append(dict(zip(COLUMNS, (key, "T", "Us", date, "", "study", grade, ""), strict=True)))
    places = {("halls", "hall", "price"): ("old", ""), ("power", "grid", "price"): ("chosen", ""),
              ("accelerators", "old_rack", "price"): ("old", "A"), ("accelerators", "old_rack", "network_price"): ("none", "")}
    for (table, item, quantity), (source, grade) in places.items():
        for row in run.inputs[table]:
            row.setdefault("grade", "")
            if (row["item"], row["quantity"]) == (item, quantity):
                row |= {"source": source, "grade": "C" if grade and row["when"] else grade}
    run.inputs["half_lives"] = [{"table": table, "quantity": quantity, "months": "6", "source": "round_numbers", "note": ""}
                                for table, quantity in (("halls", "*"), ("accelerators", "price"), ("power", "price"))]  # fmt: skip
    run.summary |= {"estimate_share": 10 / 300, "capital_by_grade_musd": {"C": 144, "D": 100, "F": 10, "P": 6, "ungraded": 40}}


def test_grades_by_hand(tmp_path: Path) -> None:
    found = audited(tmp_path, with_grades)
    assert failed(found) == set()
    assert "summary.capital_by_grade_musd_is_what_follows" in {f"{check.part}.{check.name}" for check in found.checks}


def test_a_price_between_two_dates_counts_for_both_rows(tmp_path: Path) -> None:
    """The row of 2027 made one of 2028: the undated one counts from 2027 on, and in the middle of that year each counts half."""
    def later(run: Run) -> None:
        with_grades(run)
        for row in run.inputs["accelerators"]:
            if row["item"] == "old_rack" and row["when"] == "2027":
                row["when"] = "2028"
        run.summary["capital_by_grade_musd"] |= {"A": 72, "C": 72}

    assert not WRONG & failed(audited(tmp_path, later))


def test_a_grade_that_was_not_lowered_is_found(tmp_path: Path) -> None:
    def flatter(run: Run) -> None:
        with_grades(run)
        run.summary["capital_by_grade_musd"] = {"C": 144, "B": 100, "F": 10, "P": 6, "ungraded": 40}

    assert failed(audited(tmp_path, flatter)) == WRONG


def test_a_change_of_a_source_or_a_half_life_is_found(tmp_path: Path) -> None:
    def better(run: Run) -> None:
        with_grades(run)
        run.inputs["sources"][1]["grade"] = "A"

    def longer(run: Run) -> None:
        with_grades(run)
        run.inputs["half_lives"][0]["months"] = "12"

    assert failed(audited(tmp_path / "better", better)) == WRONG
    assert failed(audited(tmp_path / "longer", longer)) == WRONG
