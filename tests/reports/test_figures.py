"""The catalogue of headline figures: it knows every number of a summary, and what it lists is what it describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from gwplan.inputs.definition_schema import GoalKind
from gwplan.model.goals import GOALS as MODEL_GOALS
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.formatting import figure_text
from gwplan.results import figures
from gwplan.results.figures import CATALOGUE, GOALS, INNER
from gwplan.results.run_folder import RunFolder
from tests.financed import solved
from tests.support import TINY

ROOT = Path(__file__).parents[2]
LISTS = ("SUMMARISED", "COMPARED", "STUDIED", "STUDIED_FINANCE", "STUDIED_SERIES", "SAMPLED", "DRIVEN", "LEADING", "LEADING_OF_STUDY",
         "SWEPT", "LISTED_OF_FRONTIER", "CARDS")  # fmt: skip


def holds_number(value: Any) -> bool:
    """True for a number, or what holds one; truths are none."""
    if isinstance(value, Mapping):
        return any(map(holds_number, value.values()))
    if isinstance(value, list):
        return any(map(holds_number, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def test_every_number_of_a_summary_is_in_the_catalogue_or_an_inner_key(tmp_path: Path) -> None:
    """Of a plan without finance and of one with it; a number that is new has to be given a title, or named as no headline figure."""
    plain = solve(Request(TINY, runs=tmp_path, pages=None)).run
    assert plain is not None
    with_finance = RunFolder(solved())
    for run in (RunFolder(plain), with_finance):
        unknown = [key for key, value in run.summary.items() if holds_number(value) and key not in CATALOGUE and key not in INNER]
        assert not unknown
    assert "irr" in with_finance.summary, "the second plan has finance"
    assert not set(INNER) & set(CATALOGUE)


def test_the_documented_keys_are_the_catalogue() -> None:
    """docs/results.md and the catalogue give each figure the same kind of unit."""
    told = {}
    for line in (ROOT / "docs" / "results.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            told[cells[0].strip("`")] = cells[1]
    for key, figure in CATALOGUE.items():
        assert key in told
        if figure.format == "money":
            assert told[key] == figure.unit.replace("_nominal", "")


@pytest.mark.parametrize("name", LISTS)
def test_what_is_listed_is_described(name: str) -> None:
    listed = getattr(figures, name)
    assert len(set(listed)) == len(listed)
    for key in listed:
        if key not in ("bound", "gap", "first_build_until"):
            assert figures.figure_of(key) is not None


def test_formats_follow_from_keys_and_units() -> None:
    """What is money says so in its key and its unit, and nominal money says that it is."""
    for key, figure in CATALOGUE.items():
        assert (figure.format == "money") == ("_musd" in key) is figure.unit.startswith("MUSD")
        assert ("nominal" in key) == (figure.unit == figures.NOMINAL)
        assert (figure.format == "price") == (figure.unit.startswith("USD/"))
        assert figure.title == figure.title.strip()
        assert figure.title[0].isupper()
    assert len({figure.title for figure in CATALOGUE.values()}) == len(CATALOGUE), "no two figures are called the same"


def test_goals_are_those_of_the_model() -> None:
    assert set(GOALS) == set(get_args(GoalKind))
    for goal in MODEL_GOALS:
        assert figures.less_is_better(goal) == (goal == "least_cost")


@pytest.mark.parametrize(("key", "value", "text"), [
    ("capital_first_build_musd", 39_771.2, "$39.77B"), ("capital_musd_per_it_gw", 39_771.2, "$39.77B"),
    ("npv_cost_musd", -850.0, "-$850M"), ("running_musd_per_year_final", 729.61, "$729.6M"), ("it_mw", 1000.4, "1,000 MW"),
    ("compute_kh100e_most", 2463.2, "2,463 kH100e"), ("irr", 0.1234, "12.34%"), ("least_coverage", 1.3, "1.30"),
    ("payback_years", 4.25, "4.2 years"), ("target_met", True, "yes"), ("first_it_period", "2028-Q4", "2028-Q4"), ("irr", None, "-"),
    ("levelised_usd_per_h100e_hour", 0.42, "$0.420 per H100e-hour"),
])  # fmt: skip
def test_a_figure_as_people_read_it(key: str, value: Any, text: str) -> None:
    assert figure_text(key, value) == text
