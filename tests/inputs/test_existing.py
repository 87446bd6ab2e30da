"""existing.csv: what is already there, and what cannot be."""

from __future__ import annotations

from pathlib import Path

from gwplan.model.existing_assets import already_open
from tests.inputs.folders import appended, case_of, faults_of, found_at, replaced, tiny_copy

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
        "hall,south,2024,count,,2.5,,1": "not a whole number",
        "hall,south,2025,capacity,,20,,MW": "a design needs a count",
        "grid,nort,2024,capacity,,20,,MW": "no site 'nort'; did you mean 'north'?",
        "grid,north,2024,count,,-1,,1": "below the minimum 0",
        "grid,north,2025,most,,1,,MW": "no quantity 'most'",
        "natural_gas,north,2024,count,,1,,1": "no design, system or supply 'natural_gas'",
    }
    appended(folder / "existing.csv", *(f"{row},{END}" for row in rows))
    faults = faults_of(folder)
    missed = [words for number, words in enumerate(rows.values(), 2) if not found_at(faults, "existing.csv", number, words)]
    assert missed == []
    assert len(faults) == len(rows)


def warned(folder: Path, *rows: str) -> list[str]:
    appended(folder / "existing.csv", *(f"{row},{END}" for row in rows))
    case = case_of(folder)
    return [f"{warning.file}:{warning.row} {warning.message}" for warning in case.warnings]


def test_nothing_and_the_same_thing_twice_are_faults(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    rows = {
        "hall,north,2024,count,,0,,1": "0 is not needed",
        "grid,south,2024,capacity,,0,,MW": "0 is not needed",
        "gas_engine,north,2024,count,,1,,1": "",
        "gas_engine,north,2024-Q1,capacity,,5,,MW": "row 4 gives the same supply as count",
        "gas_engine,north,2025,capacity,,5,,MW": "",
    }
    appended(folder / "existing.csv", *(f"{row},{END}" for row in rows))
    faults = faults_of(folder)
    assert [fault.row for fault in faults] == [2, 3, 5]
    assert all(found_at(faults, "existing.csv", number, words) for number, words in enumerate(rows.values(), 2) if words)


def test_what_is_not_there_any_more_or_not_yet_is_not_there(tmp_path: Path) -> None:
    """Old racks live four years, halls twenty: racks of 2021 are gone in 2026, those of 2022 serve it by their last day."""
    folder = tiny_copy(tmp_path)
    life = {line.split(",")[0]: line for line in (folder / "accelerators.csv").read_text().splitlines() if ",life," in line}
    years = int(life["old_rack"].split(",")[5])
    said = warned(folder, f"old_rack,north,{2026 - years},count,,10,,1", "hall,north,2029,count,,1,,1", "hall,south,2024,count,,1,,1")
    assert len(said) == 2
    assert said[0].startswith("existing.csv:2 old_rack.count: its life of") and "it is not counted" in said[0]
    assert said[1].startswith("existing.csv:3 hall.count: it enters service in 2029") and said[1].endswith("never in service")
    assert [(thing.item, thing.site) for thing in case_of(folder).existing()] == [("hall", "south")]


def test_halls_above_what_the_site_takes(tmp_path: Path) -> None:
    """Tiny: a hall has 10 MW and an acre a MW; the north takes 20 MW on 100 acres."""
    folder = tiny_copy(tmp_path)
    appended(folder / "existing.csv", f"hall,north,2024,count,,2,,1,{END}", f"hall,north,2027,count,,1,,1,{END}")
    (fault,) = faults_of(folder)
    assert (fault.file, fault.row) == ("existing.csv", 3)
    assert fault.message == "hall.count: the IT power of halls existing in 2027 takes 30 MW, more than most_it of north, 20 MW"


def test_halls_above_the_land(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    replaced(folder / "sites.csv", "north,,,land", f"north,,,land,,15,,acre,{END}")
    appended(folder / "existing.csv", f"hall,north,2024,count,,2,,1,{END}")
    (fault,) = faults_of(folder)
    assert "the land under halls existing in 2026 takes 20 acre, more than land of north, 15 acre" in fault.message


def test_supplies_and_systems_that_are_too_much_stay_and_wait(tmp_path: Path) -> None:
    """50 MW of grid where 24 MW are offered; racks without a hall."""
    folder = tiny_copy(tmp_path)
    said = warned(folder, "grid,north,2024,capacity,,50,,MW", "old_rack,north,2025,count,,10,,1")
    assert any(line.startswith("existing.csv:2 grid.capacity: 50 MW existing in 2026 exceeds the limit of north, 24 MW") for line in said)
    assert any(line.startswith("existing.csv:3 old_rack.count: existing systems with liquid cooling") and "hold only 0 MW" in line for line in said)


def test_a_thing_whose_life_is_over_opens_no_site(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    appended(folder / "existing.csv", f"hall,north,2000,count,,1,,1,{END}", f"gas_engine,south,2027,count,,1,,1,{END}")
    assert already_open(case_of(folder)) == {"south": 1}
