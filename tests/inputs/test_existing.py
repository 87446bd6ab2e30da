"""existing.csv: what is already there, and what cannot be."""

from __future__ import annotations

from pathlib import Path

from tests.inputs.folders import appended, case_of, faults_of, found_at, tiny_copy

END = "round_numbers,"


def test_halls_systems_and_supplies(tmp_path: Path) -> None:
    """A supply given as a count of units is held as its capacity: three engines of 5 MW are 15 MW."""
    folder = tiny_copy(tmp_path)
    rows = ["hall,north,2024-Q3,count,,2,,1", "old_rack,north,2025,count,,80,,1", "grid,north,2024,capacity,,0.03,,GW",
            "gas_engine,south,2027-07,count,,3,,1"]  # fmt: skip
    appended(folder / "existing.csv", *(f"{row},{END}" for row in rows))
    found = {(thing.item, thing.site, str(thing.when), thing.quantity): thing.amount for thing in case_of(folder).existing()}
    assert found == {
        ("hall", "north", "2024-Q3", "count"): 2.0,
        ("old_rack", "north", "2025", "count"): 80.0,
        ("grid", "north", "2024", "capacity"): 30.0,
        ("gas_engine", "south", "2027-07", "capacity"): 15.0,
    }


def test_nothing_is_there_without_the_file(tmp_path: Path) -> None:
    assert case_of(tiny_copy(tmp_path)).existing() == ()


def test_what_cannot_be(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    rows = {
        "hal,north,2024,count,,2,,1": "no design, system or supply 'hal'; did you mean 'hall'?",
        "hall,,2024,count,,2,,1": "the site is blank",
        "hall,north,,count,,2,,1": "its date of service, is blank",
        "hall,south,2024,count,,2.5,,1": "no whole number",
        "hall,south,2025,capacity,,20,,MW": "a design is counted",
        "grid,nort,2024,capacity,,20,,MW": "no site 'nort'; did you mean 'north'?",
        "grid,north,2024,count,,-1,,1": "below 0",
        "grid,north,2025,most,,1,,MW": "no quantity 'most'",
        "natural_gas,north,2024,count,,1,,1": "no design, system or supply 'natural_gas'",
    }
    appended(folder / "existing.csv", *(f"{row},{END}" for row in rows))
    faults = faults_of(folder)
    missed = [words for number, words in enumerate(rows.values(), 2) if not found_at(faults, "existing.csv", number, words)]
    assert missed == []
    assert len(faults) == len(rows)
