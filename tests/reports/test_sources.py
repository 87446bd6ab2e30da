"""Where numbers come from: counts by source, capital and numbers by grade, half-lives, the class of estimate."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from rich.console import Console

from gwplan.inputs.tables import Source
from gwplan.planning import build
from gwplan.planning.build import check
from gwplan.planning.request import Request
from gwplan.reports.terminal import sources, summary
from gwplan.results.grading import ByGrade, Grader, estimate_class, estimate_classes
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import (
    Numbers,
    capital_by_grade,
    capital_sentence,
    estimate_shares,
    lines,
    listed,
    numbers_sentence,
    of_case,
    of_run,
    row_shares,
)

MODELS = Path(__file__).parents[2] / "models"


def test_estimates_by_class(run_folder: Path) -> None:
    shares = estimate_shares(RunFolder(run_folder))
    # Power: the grid's 36 are an estimate, of the engines' 25 one of two dated prices is.
    engines = 25 / 2
    assert shares == pytest.approx(
        {
            "sites": 1.0,
            "accelerators": 1.0,
            "networks": 0.0,
            "halls": 0.0,
            "power": (36 + engines) / 61,
            "all": (20 + 3300 + 36 + engines) / 5031,
        }
    )


def test_capital_and_numbers_by_grade(run_folder: Path) -> None:
    """The study is a C, the guess an F: site, racks and grid rest on it; it is behind 4 of 29 numbers. The engines are paid at the price of 2028."""
    run = RunFolder(run_folder)
    judged = 20 + 3300 + 36
    assert capital_by_grade(run) == pytest.approx({"C": 5031 - judged, "F": judged})
    assert lines(run) == ["Of $5.03B of capital: A-B 0%, C-D 33%, E-F 67%.", "Of 29 numbers used: A-B 0%, C-D 86%, E-F 14%."]


def test_a_run_of_before_there_were_grades_says_so(run_folder: Path) -> None:
    path = run_folder / "inputs" / "sources.csv"
    with path.open(newline="") as file:
        rows = [row[:6] for row in csv.reader(file)]
    path.write_text("\n".join([*map(",".join, rows), ""]))
    assert lines(RunFolder(run_folder))[0] == "Of $5.03B of capital: A-B 0%, C-D 0%, E-F 0%, no grade 100%."


def test_half_lives_of_a_run_lower_the_grades_and_show_the_money(run_folder: Path) -> None:
    """The study is made half a year old: it is of June 2025, and the newest source of December 2025. A price lives three months."""
    path = run_folder / "inputs" / "sources.csv"
    path.write_text(path.read_text().replace("Institute,2026", "Institute,2025-06").replace("2026", "2025-12"))
    (run_folder / "inputs" / "half_lives.csv").write_text("table,quantity,months,source,note\nhalls,price,3,guess,\nhalls,*,24,guess,\n")
    found = of_run(run_folder)
    assert found.as_of == "2025-12"
    (past,) = found.past
    assert (past.item, past.quantity, past.stated, past.grade, past.months, past.passed) == ("hall", "price", "C", "E", 6, 2)
    assert past.money == pytest.approx(1100)
    assert found.capital is not None
    assert found.capital.amounts["E"] == pytest.approx(1100)
    assert found.capital.total == pytest.approx(5031)
    assert {source.key: source.money for source in found.sources} == pytest.approx({"study": 5031 - 3356, "guess": 3356})


def test_share_of_each_row_in_a_dated_price() -> None:
    """Linear between the dates, constant outside, as the price itself."""
    points = [(100, 7), (112, 3), (124, 5)]
    assert row_shares(points, 90) == row_shares(points, 100) == [(7, 1.0)]
    assert row_shares(points, 103) == [(7, 0.75), (3, 0.25)]
    assert row_shares(points, 118) == [(3, 0.5), (5, 0.5)]
    assert row_shares(points, 130) == [(5, 1.0)]
    assert row_shares([], 100) == []


def test_an_undated_price_counts_from_a_year_before_the_first_dated_one(run_folder: Path) -> None:
    """Engines: the guess until 2027-01, the study from 2028-01. What is paid in mid-2027-Q3, 7.5 months on, is five eighths the study's."""
    ledger = run_folder / "tables" / "ledger.csv"
    ledger.write_text(ledger.read_text().replace("engine,north,suppliers,2028-Q1,25", "engine,north,suppliers,2027-Q3,25"))
    judged = 20 + 3300 + 36 + 25 * 3 / 8
    assert capital_by_grade(RunFolder(run_folder)) == pytest.approx({"C": 5031 - judged, "F": judged})


def numbers(rows: list[tuple[str, str, str, str, str]], dates: dict[str, str], grades: dict[str, str]) -> Numbers:
    """Numbers of rows: table, quantity, unit, source, own grade."""
    names = ["table", "quantity", "unit", "source", "grade"]
    frame = pd.DataFrame(rows, columns=names).assign(item="thing", site="", when="")
    sources = {key: Source(key, key.upper(), "x", date, "", "study", grades[key]) for key, date in dates.items()}
    return Numbers(frame, Grader(sources, {("halls", "price"): 6.0, ("halls", "*"): 12.0}))


def test_a_number_loses_a_grade_for_each_half_life_passed() -> None:
    dates = {"new": "2026-11-30", "old": "2025-11", "year": "2026", "choice": "2020", "undated": ""}
    grades = {"new": "A", "old": "B", "year": "C", "choice": "P", "undated": "D"}
    found = numbers([("halls", "price", "MW", "old", ""), ("halls", "life", "MW", "old", ""), ("power", "price", "MW", "old", ""),
                     ("halls", "price", "MW", "old", "C"), ("halls", "price", "MW", "year", ""), ("halls", "price", "MW", "choice", ""),
                     ("halls", "price", "MW", "undated", ""), ("halls", "price", "MW", "new", "")], dates, grades)
    # A year stands for its middle, June: five months. A grade in the row is that of today; choices and the undated do not age.
    assert [each.grade for each in found.graded] == ["D", "C", "B", "C", "C", "P", "D", "A"]
    assert [each.passed for each in found.graded] == [2, 1, 0, 2, 0, 0, 0, 0]
    assert [(each.grade, each.passed) for each in listed("case", found).past] == [("D", 2), ("C", 2), ("C", 1)]


def test_choices_of_the_planner_are_left_out_and_said() -> None:
    assert capital_sentence(ByGrade.of([("A", 100.0), ("D", 300.0), ("P", 600.0)])) == (
        "Of $1B of capital: A-B 25%, C-D 75%, E-F 0%; $600M at prices chosen by the planner left out.")
    assert capital_sentence(ByGrade.of([("P", 2.0)])) == "Of $2M of capital: none is graded; $2M at prices chosen by the planner left out."
    assert capital_sentence(None) == capital_sentence(ByGrade.of([])) == ""


@pytest.mark.parametrize(("amounts", "number"), [
    ({"A": 90, "D": 10}, 1), ({"A": 90, "F": 10}, 3), ({"B": 60, "C": 36, "F": 4}, 2), ({"B": 30, "C": 50, "E": 20}, 3),
    ({"B": 10, "D": 40, "F": 50}, 4), ({"B": 5, "D": 95}, 5), ({"F": 1}, 5), ({}, 5), ({"A": 1, "P": 99}, 1),
])  # fmt: skip
def test_class_of_estimate(amounts: dict[str, float], number: int) -> None:
    """The thresholds of estimate_classes.csv, at and below them."""
    assert estimate_class(ByGrade(amounts)).number == number


def test_classes_of_estimate_get_worse_in_every_column() -> None:
    rows = estimate_classes()
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    for better, worse in pairwise(rows):
        assert better.least_ab > worse.least_ab
        assert better.least_abcd > worse.least_abcd
        assert worse.low < better.low < 0 < better.high < worse.high


def test_labels_dates_and_published_figures_are_no_numbers_used() -> None:
    rows = [("halls", "a", unit, source, "") for unit, source in (("MW", "a"), ("label", "a"), ("date", "b"), ("1", "b"), ("MW", "b"))]
    found = listed("case", numbers([*rows, ("published", "a", "MW", "b", "")], {"a": "2026", "b": "2026"}, {"a": "C", "b": "F"}))
    assert [(source.key, source.numbers) for source in found.sources] == [("b", 2), ("a", 1)]
    assert found.numbers.amounts == {"C": 1, "F": 2}


def test_shipped_tiny_case_is_all_estimates() -> None:
    found = of_case(build.read(Request(MODELS / "tiny.toml")))
    assert [source.key for source in found.sources] == ["round_numbers"]
    assert found.estimate_share == 1.0
    assert list(found.numbers.amounts) == ["F"]
    assert found.numbers.total > 100


def test_shares_of_the_shipped_case_sum_to_one() -> None:
    found = of_case(build.read(Request(MODELS / "one_gigawatt.toml")))
    assert sum(source.share for source in found.sources) == pytest.approx(1)
    assert sum(source.numbers for source in found.sources) == found.numbers.total
    assert all(source.title and source.publisher for source in found.sources)


def test_the_two_lines_are_the_same_wherever_they_are_told(tiny_run: Path) -> None:
    """In the tiny case every number is made up. `check` and `sources MODEL` have no plan, and so no capital."""
    run = RunFolder(tiny_run)
    capital, counted = lines(run)
    assert capital.endswith(" of capital: A-B 0%, C-D 0%, E-F 100%.")
    assert counted == numbers_sentence(of_case(build.read(Request(MODELS / "tiny.toml"))).numbers)
    assert counted == numbers_sentence(check(Request(MODELS / "tiny.toml")).numbers)
    stream = io.StringIO()
    summary.show(tiny_run, Console(file=stream, width=300))
    listing = io.StringIO()
    sources.show(of_run(tiny_run), Console(file=listing, width=80))
    assert max(map(len, listing.getvalue().splitlines())) <= 80
    page = (tiny_run / "report.html").read_text(encoding="utf-8")
    cells = " ".join(str(cell.value) for cell in openpyxl.load_workbook(tiny_run / "plan.xlsx")["Summary"]["A"])
    for text in (stream.getvalue(), page, cells, listing.getvalue()):
        assert capital in text
        assert counted in text
    assert run.summary["capital_by_grade_musd"] == pytest.approx({"F": run.summary["capital_musd"]})


def test_pages_name_the_folder_that_they_end_up_in(tiny_run: Path) -> None:
    """They are written while the folder is a draft under another name."""
    page = (tiny_run / "report.html").read_text(encoding="utf-8")
    assert tiny_run.name in page
    assert "unfinished" not in page
    assert RunFolder(tiny_run).name == RunFolder(tiny_run).manifest["run"] == tiny_run.name
