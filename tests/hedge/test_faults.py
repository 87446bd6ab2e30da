"""Scenarios' files as people and programs write them: line ends, blanks, names that clash; and the unit of every decision."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from gwplan.analysis.hedge.branches import read_tree
from gwplan.analysis.hedge.futures import tree_for
from gwplan.analysis.hedge.hedge import made_of
from gwplan.analysis.hedge.study import NAMES, UNITS
from gwplan.analysis.hedge.ties import FAMILIES, Ties
from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.audit.shared_decisions import known_from
from gwplan.common.calendar import Calendar, parse_date
from gwplan.common.errors import InputFaults
from gwplan.reports.hedge import DEEDS
from gwplan.solving.extensive import SharedDecision
from tests.support import TINY

HEADER = "scenario,probability,known,set,overlay,note\n"
LOST = "sites.north.most_it=0 MW"
ROWS = f"stays,0.6,,,,\nlost,0.4,2027,{LOST},,\n"
CALENDAR = Calendar.of(parse_date("2026"), parse_date("2028"), "year", 0.0)


@pytest.mark.parametrize("text", [
    HEADER + ROWS, (HEADER + ROWS).replace("\n", "\r"), (HEADER + ROWS).replace("\n", "\r\n"), "\ufeff" + HEADER.replace(",", " , ") + "\n\n" + ROWS,
    HEADER + f'"lost",0.4,"2027-11","{LOST}",,"of two\nlines"\nstays,0.6\n',
])
def test_line_ends_blanks_and_quotes_do_not_matter_to_hedge_and_its_audit(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_bytes(text.encode())
    tree = read_tree(path, CALENDAR)
    assert {each.name: (each.probability, each.seen(1)) for each in tree.branches} == {
        "stays": (pytest.approx(0.6), frozenset()), "lost": (pytest.approx(0.4), {(LOST, "")})}
    assert known_from(tree.text, tree.names) == {"stays": {}, "lost": {(LOST, ""): 1}}


@pytest.mark.parametrize(("rows", "words"), [
    (f"a/b,0.5,,,,\na:B,0.5,2027,{LOST},,\n", "scenarios.csv:3 the plans of a/b and a:B would have the same file name"),
    (f"base,0.5,,,,\nb,0.5,2027,{LOST},,\n", "scenarios.csv:2 a scenario cannot be called base"),
    (f"a,0.5,,,,\nhedge,0.5,2027,{LOST},,\n", "scenarios.csv:3 a scenario cannot be called hedge"),
    (f"a,0.5,,,,{'x' * 200_000}\n", "field larger than field limit"),
    (f"a|b,0.5,,,,\nc,0.5,2027,{LOST},,\n", "scenarios.csv:2 the name 'a|b' holds a line break or '|'"),
    (f'a,0.5,,,,\n"c\nd",0.5,2027,{LOST},,\n', "scenarios.csv:3 the name 'c\\nd' holds a line break"),
])
def test_names_that_clash_and_cells_without_end_are_faults(tmp_path: Path, rows: str, words: str) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_text(HEADER + rows)
    with pytest.raises(InputFaults) as caught:
        read_tree(path, CALENDAR)
    assert words in str(caught.value)


def test_every_decision_that_is_shared_has_a_name_a_unit_and_a_verb() -> None:
    assert set(NAMES) == FAMILIES
    assert {decision for _, decision in NAMES.values()} == set(UNITS) == set(DEEDS)


def test_two_groups_of_one_period_have_their_own_amounts() -> None:
    """Members 0 and 1 order 5 together, members 2 and 3 order 7 of the same in the same period."""
    what = (("power.ordered_split", ("grid", "north")), 1)
    shared = (SharedDecision({0: 0, 1: 0}, frozenset({0, 1})), SharedDecision({2: 0, 3: 0}, frozenset({2, 3})))
    whole = cast(Any, SimpleNamespace(shared=(0, 1)))
    found = [made_of(Ties(shared, (what, what), (), ()), whole, np.array([5.0, 7.0]), member) for member in range(4)]
    assert found == [{what: 5.0}, {what: 5.0}, {what: 7.0}, {what: 7.0}]


@pytest.mark.parametrize(("rows", "words"), [
    (f'a,0.3,,,,\nb,0.3,2027,"{LOST},,\nc,0.2,,,,\nd,0.2,2028,{LOST},,\n',
     r"scenarios.csv:3 the quote that begins 'sites.north.most_it=0 MW,,' is not closed in its row: it takes in 2 more rows, from 'c,0.2"),
    (f'a,0.3,,,,"note\nb,0.3,2027,{LOST},,\nc,0.4,2027,,"x.csv",\n',
     r"scenarios.csv:2 the quote that begins 'note' is not closed in its row: it takes in 2 more rows, from 'b,0.3,2027"),
    (f'a,0.5,,,,\nb,0.5,2027,"{LOST},,\n', "scenarios.csv:3 a quote is not closed before the end of the file"),
    (f'a,0.5,,,,\nb,0.5,2027,{LOST},,"as they said\n', "scenarios.csv:3 a quote is not closed before the end of the file"),
])
def test_a_quote_that_is_not_closed_is_found_in_its_row(tmp_path: Path, rows: str, words: str) -> None:
    """Else the rows that it takes in are missing, and all that is said is that the probabilities do not sum to 1."""
    path = tmp_path / "scenarios.csv"
    path.write_text(HEADER + rows)
    with pytest.raises(InputFaults) as caught:
        read_tree(path, CALENDAR)
    assert words in str(caught.value) and "sum to" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_a_fault_that_says_how_to_save_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_bytes(f"{HEADER}fällt weg,1,2027,{LOST},,\n".encode(encoding))
    with pytest.raises(InputFaults, match="is not UTF-8; save it as CSV UTF-8"):
        read_tree(path, CALENDAR)


@pytest.mark.parametrize(("change", "words"), [
    ("model.goal.kind=most_compute", "b changes the goal: outcomes of different goals have no mean"),
    ("model.horizon.end=2029-Q4", "b changes the horizon or its step"),
    ("power.gas_engine.unit=10 MW", "b changes the unit of gas_engine, in which orders are counted"),
])
def test_what_all_scenarios_have_alike_is_not_changed(tmp_path: Path, change: str, words: str) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_text(f"{HEADER}a,0.5,,,,\nb,0.5,2027,halls.hall.upkeep=*2,,\nb,,2027,{change},,\n")
    with pytest.raises(InputFaults, match=f"scenarios.csv:4 {words}"):
        tree_for(StudyRequest(TINY, ()), path)
