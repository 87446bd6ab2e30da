"""Numbers outside their usual range, with the slip they likely are; names that are nearly the same as another."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwplan.common.spelling import alike, alike_pairs, nearest, suggestion
from tests.inputs.folders import appended, case_of, faults_of, replaced, tiny_copy

END = "round_numbers,"


@pytest.mark.parametrize(
    ("file", "start", "line", "slip"),
    [
        ("halls.csv", "hall,,,room", "hall,,,room,,10,,kW", "kW for MW?"),
        ("halls.csv", "hall,,,room", "hall,,,room,,10000,,MW", "MW for kW?"),
        ("halls.csv", "hall,,,price", "hall,,,price,,10,,kUSD_2026/MW", "kUSD_2026/MW for kUSD_2026/kW?"),
        ("power.csv", "grid,north,,energy_price", "grid,north,,energy_price,,0.05,,USD_2026/MWh", "USD_2026/MWh for USD_2026/kWh?"),
        ("power.csv", "grid,north,,energy_price", "grid,north,,energy_price,,30,,USD_2026/kW/year", "USD_2026/kW/year for USD_2026/MWh?"),
        ("sites.csv", "north,,,property_tax", "north,,,property_tax,,0.6,,1/year", ""),
        ("power.csv", "gas_engine,,,availability", "gas_engine,,,availability,,0.009,,1", ""),
        ("halls.csv", "hall,,,contingency", "hall,,,contingency,,0.8,,1", "percent for a share?"),
        ("halls.csv", "hall,,,build_months", "hall,,,build_months,,12,,year", "year for month?"),
        ("sites.csv", "north,,,opening_price", "north,,,opening_price,,10,,USD_2026", "USD_2026 for MUSD_2026?"),
        ("accelerators.csv", "old_rack,,,power", "old_rack,,,power,,0.8,,kW", "per accelerator for per system (of 50)?"),
    ],
)
def test_a_number_outside_its_usual_range(tmp_path: Path, file: str, start: str, line: str, slip: str) -> None:
    folder = tiny_copy(tmp_path)
    row = replaced(folder / file, start, f"{line},{END}")
    (warning,) = case_of(folder).warnings
    assert (warning.file, warning.row) == (file, row)
    assert "is outside the usual" in warning.message
    assert warning.message.endswith(slip)


def test_a_range_may_reach_outside_too(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    replaced(folder / "halls.csv", "hall,,,price", f"hall,,,price,9,10,100,MUSD_2026/MW,{END}")
    (warning,) = case_of(folder).warnings
    assert "100 MUSD/MW is outside the usual 2 to 60" in warning.message


def test_open_names_that_are_nearly_the_same(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    replaced(folder / "accelerators.csv", "old_rack,,,vendor", f"old_rack,,,vendor,,second_vendr,,label,{END}")
    (warning,) = case_of(folder).warnings
    assert warning.message.endswith("'second_vendr' is very similar to 'second_vendor': is it the same name?")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("nvidia", "Nvidia", True),
        ("nvidia", "nvida", True),
        ("nvidia", "nvidai", True),
        ("nvidia", "nvidka", True),
        ("south_east", "south-east", True),
        ("south_east", "south_west", False),
        ("gb200_nvl72", "gb300_nvl72", False),
        ("site1", "site12", False),
        ("ppa", "tpa", False),
        ("north", "south", False),
    ],
)
def test_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


@given(st.lists(st.text(alphabet="abAB_12", min_size=1, max_size=7), max_size=12, unique=True))
def test_alike_pairs_finds_what_comparing_each_with_each_does(names: list[str]) -> None:
    assert set(alike_pairs(names)) == {(one, other) for one, other in combinations(sorted(names), 2) if alike(one, other)}


def test_nearest_among_few_and_among_many() -> None:
    few = {"gas_engine", "gas_turbine", "grid"}
    assert nearest("gas_engin", few) == "gas_engine"
    assert nearest("zzz", few) is None
    many = {f"site_{letter}{number}" for letter in "abcdef" for number in range(100)}
    assert nearest("site_a1x", many) == "site_a1"
    assert suggestion("zzz", many) == ""


@pytest.mark.parametrize("sites", [1500, pytest.param(14_000, marks=pytest.mark.long)])
def test_a_hundred_thousand_rows(tmp_path: Path, sites: int) -> None:
    """14,000 sites with unlike, alike and unknown names, three of the rows spoilt: all of it is told, none of it twice."""
    folder = tiny_copy(tmp_path)
    rows = [("opening_price", "10", "MUSD_2026"), ("land", "100", "acre"), ("earliest", "2026", "date"), ("most_it", "20", "MW"),
            ("construction_index", "1", "1"), ("property_tax", "0.01", "1/year"), ("region", "cold", "label")]  # fmt: skip
    lines = [f"s{number}x,,,{quantity},,{base},,{unit},{END}" for number in range(sites) for quantity, base, unit in rows]
    last = appended(folder / "sites.csv", *lines)
    extra = appended(folder / "sites.csv", f"s5x,,2027,land,,x,,acre,{END}", f"s7x,,,land,,1,,acre,{END}")
    wrong = appended(folder / "cooling.csv", f"liquid,s{sites - 1}y,,water,,0,,L/kWh,{END}")
    faults = faults_of(folder)
    assert extra == last + 2
    assert [(fault.file, fault.row) for fault in faults] == [("cooling.csv", wrong), ("sites.csv", last + 1), ("sites.csv", extra)]
    assert f"did you mean 's{sites - 1}x'?" in faults[0].message
