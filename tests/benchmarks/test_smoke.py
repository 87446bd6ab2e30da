"""The benchmarks run: each of their measurements once, on the tiny case. How long things take is no matter of a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.benchmarks import page
from tests.benchmarks.cases import read, with_sites
from tests.benchmarks.measure import WAYS, hand_over

TINY = Path(__file__).parents[2] / "models" / "tiny.toml"


@pytest.mark.long
def test_every_section_on_the_tiny_case(tmp_path: Path) -> None:
    text = "\n".join([
        page.opening(), page.phases(tmp_path, (TINY,), times=1), page.growth(tmp_path, 20, TINY, sites=(3,), quarters=(12,)),
        page.starts(tmp_path, TINY, (("tiny", ()),), seeds=("0",)),
    ])
    rows = [line for line in text.splitlines() if line.startswith("| ") and re.search(r"\d", line)]
    assert len(rows) == 1 + 1 + 1 + 2
    assert "no plan" not in text and ">" not in text.replace("`>`", "")


def test_each_way_hands_over_the_same_model() -> None:
    found = {way: hand_over(way, str(TINY)) for way in WAYS}
    assert {(each["rows"], each["columns"]) for each in found.values()} == {(found["arrays"]["rows"], found["arrays"]["columns"])}
    assert all(each["hand"] > 0 for each in found.values())


def test_copied_sites_differ_a_little_and_those_left_out_are_gone(tmp_path: Path) -> None:
    folder = with_sites(tmp_path / "three", 3, TINY).parent / "inputs"
    prices = {row["item"]: float(row["base"]) for row in read(folder / "sites.csv") if row["quantity"] == "opening_price"}
    assert set(prices) == {"north", "north_2", "south"}
    assert prices["north_2"] != prices["north"] == 10
    assert 9.5 <= prices["north_2"] <= 10.5
    folder = with_sites(tmp_path / "one", 1, TINY).parent / "inputs"
    assert {row["site"] for row in read(folder / "power.csv")} == {"", "north"}
