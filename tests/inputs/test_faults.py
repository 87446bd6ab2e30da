"""Each way to spoil the inputs, alone and all together: reported by file and row, in one pass, and nothing else with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning.build import read_case
from tests.inputs.folders import HEADER, PARTS, appended, defined, faults_of, found_at, line_of, removed, replaced, tiny_copy

Spoiler = Callable[[Path], tuple[str, int, tuple[str, ...]]]
"""Spoils a folder and gives file, row and words of the fault to expect."""


def line(file: str, start: str, spoilt: str, *words: str) -> Spoiler:
    """Put a spoilt line in the place of the one that begins with `start`."""
    return lambda folder: (file, replaced(folder / file, start, spoilt), words)


def extra(file: str, spoilt: str, *words: str) -> Spoiler:
    """Add a spoilt line."""
    return lambda folder: (file, appended(folder / file, spoilt), words)


def without_quantity(folder: Path) -> tuple[str, int, tuple[str, ...]]:
    removed(folder / "power.csv", "gas_engine,,,unit")
    return "power.csv", line_of(folder / "power.csv", "gas_engine,,,price"), ("gas_engine", "no row for 'unit'")


def without_file(folder: Path) -> tuple[str, int, tuple[str, ...]]:
    (folder / "compute.csv").unlink()
    return "compute.csv", 0, ("missing",)


def without_column(folder: Path) -> tuple[str, int, tuple[str, ...]]:
    text = "item,quantity,low,base,unit,source,note\nsomeone,capital_per_gw,,40,GUSD_2026/GW,round_numbers,\n"
    (folder / "published.csv").write_text(text)
    return "published.csv", 1, ("no column 'high'",)


def empty(folder: Path) -> tuple[str, int, tuple[str, ...]]:
    (folder / "budget.csv").write_text(f"{HEADER}\n")
    return "budget.csv", 0, ("empty",)


def not_utf8(folder: Path) -> tuple[str, int, tuple[str, ...]]:
    good = "hall,north,2026,count,,1,,1,round_numbers,good row\n"
    (folder / "existing.csv").write_bytes(f"{HEADER}\n{good}".encode() + b"hall,north,2027,count,,1,,1,round_numbers,caf\xe9\n")
    return "existing.csv", 3, ("not UTF-8",)


def binary(folder: Path) -> tuple[str, int, tuple[str, ...]]:
    (folder / "carbon.csv").write_bytes(b"PK\x03\x04\x14\x00\x06\x00item,site\x00\x00")
    return "carbon.csv", 1, ("binary",)


ROUND = "round_numbers,round number"
COVERED = "shell|electrical|cooling|backup|substation|fit_out"
SPOILERS: dict[str, Spoiler] = {
    "wrong dimension": line("halls.csv", "hall,,,price", f"hall,,,price,,10,,USD_2026/kg,{ROUND}", "hall.price: 'USD_2026/kg' is not",
                            "money per power (MUSD/MW)"),
    "unparsable unit": line("halls.csv", "hall,,,room", f"hall,,,room,,10,,MW//,{ROUND}", "'MW//' is not a unit"),
    "unknown unit": line("halls.csv", "hall,,,acres", f"hall,,,acres,,1,,acres/mw,{ROUND}", "'mw' is unknown", "'MW'"),
    "bare dollars": line("power.csv", "grid,,,price", f"grid,,,price,,500,,USD/kW,{ROUND}", "'USD' has no year", "USD_2026"),
    "text for a number": line("halls.csv", "hall,,,life", f"hall,,,life,,twenty,,year,{ROUND}", "'twenty' is not a number"),
    "not a number": line("accelerators.csv", "old_rack,,,power", f"old_rack,,,power,,nan,,kW,{ROUND}", "'nan' is not a finite number"),
    "infinity": line("accelerators.csv", "new_rack,,,power", f"new_rack,,,power,,1,-inf,kW,{ROUND}",
                     "high", "'-inf' is not a finite number"),
    "low above base": line("halls.csv", "hall,,,upkeep", f"hall,,,upkeep,200,100,300,USD_2026/kW/year,{ROUND}",
                           "low 200 is above base 100"),
    "base above high": line("halls.csv", "hall,,,embodied", f"hall,,,embodied_carbon,,500,400,t/MW,{ROUND}", "base 500 is above high 400"),
    "misspelt item": extra("power.csv", f"gas_engin,,,acres,,1,,acre/MW,{ROUND}", "no item 'gas_engin'; did you mean 'gas_engine'?"),
    "misspelt site": extra("cooling.csv", f"liquid,nroth,,water,,0.1,,L/kWh,{ROUND}", "no site 'nroth'; did you mean 'north'?"),
    "misspelt quantity": extra("halls.csv", f"hall,,,acers,,1,,acre/MW,{ROUND}", "no quantity 'acers'; did you mean 'acres'?"),
    "misspelt label": line("power.csv", "grid,,,role", f"grid,,,role,,prim,,label,{ROUND}", "no label 'prim'; did you mean 'prime'?"),
    "misspelt reference": line("accelerators.csv", "old_rack,,,cooling", f"old_rack,,,cooling,,liqid,,label,{ROUND}",
                               "no cooling 'liqid' in cooling.csv; did you mean 'liquid'?"),
    "duplicate row": extra("halls.csv", f"hall,,,density,,260,,kW,{ROUND}", "hall.density: duplicates row"),
    "missing quantity": without_quantity,
    "missing file": without_file,
    "missing column": without_column,
    "blank source": line("sites.csv", "north,,,land", "north,,,land,,100,,acre,,round number", "the source is blank"),
    "unknown source": line("sites.csv", "south,,,land", "south,,,land,,100,,acre,round_number,",
                           "no source 'round_number'", "'round_numbers'"),
    "dollars of no known year": line("power.csv", "gas_engine,,,price", f"gas_engine,,,price,,1000,,USD_2019/kW,{ROUND}",
                                     "deflators.csv has no year 2019"),
    "negative price": line("sites.csv", "north,,,opening_price", f"north,,,opening_price,,-10,,MUSD_2026,{ROUND}", "-10 MUSD is below the minimum 0"),
    "PUE below 1": line("cooling.csv", "liquid,north,,mean_ratio", f"liquid,north,,mean_ratio,,0.9,,1,{ROUND}", "0.9 is below the minimum 1"),
    "share above 1": line("halls.csv", "hall,,,contingency", f"hall,,,contingency,,1.5,,1,{ROUND}", "1.5 is above the maximum 1"),
    "no such quarter": line("sites.csv", "south,,,earliest", f"south,,,earliest,,2027-Q5,,date,{ROUND}", "'2027-Q5' is not a date"),
    "a date long ago": line("sites.csv", "north,,,earliest", f"north,,,earliest,,1999,,date,{ROUND}", "'1999' is not a date", "2000-2100"),
    "when is no date": extra("sites.csv", f"south,,later,property_tax,,0.01,,1/year,{ROUND}", "when: 'later' is not a date"),
    "fits no hall": line("accelerators.csv", "new_rack,,,rack_density", f"new_rack,,,rack_density,,900,,kW,{ROUND}",
                         "new_rack fits no hall"),
    "paid twice": line("halls.csv", "hall,,,covers", f"hall,,,covers,,land|{COVERED},,label,{ROUND}",
                       "'land' is paid for twice"),
    "empty table": empty,
    "not UTF-8": not_utf8,
    "binary file": binary,
    "too few cells": extra("sites.csv", "south,,water", "3 cells, not 10"),
}  # fmt: skip
ALL_PARTS = (*PARTS, "carbon")


def carbon(folder: Path) -> None:
    """The tiny case has no carbon table of its own."""
    (folder / "carbon.csv").write_text(f"{HEADER}\nemissions,,,price,,0,,USD_2026/t,round_numbers,\n")


def test_the_unspoilt_folder_has_no_faults(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    carbon(folder)
    assert faults_of(folder, parts=ALL_PARTS) == []


@pytest.mark.parametrize("name", SPOILERS)
def test_alone(tmp_path: Path, name: str) -> None:
    folder = tiny_copy(tmp_path)
    carbon(folder)
    file, row, words = SPOILERS[name](folder)
    faults = faults_of(folder, parts=ALL_PARTS)
    assert found_at(faults, file, row, *words), [str(fault) for fault in faults]
    assert {fault.file for fault in faults} == {file}, "one slip must not be reported at other tables too"


def test_all_together_in_one_pass(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    carbon(folder)
    expected = {name: spoil(folder) for name, spoil in SPOILERS.items()}
    faults = faults_of(folder, parts=ALL_PARTS, sets=["halls.hal.price=*2"])
    missed = {name: found for name, found in expected.items() if not found_at(faults, found[0], moved(folder, *found[:2]), *found[2])}
    assert missed == {}, [str(fault) for fault in faults]
    assert found_at(faults, "--set halls.hal.price=*2", 0, "no item 'hal'", "did you mean 'hall'?")


def moved(folder: Path, file: str, row: int) -> int:
    """The row after the one line that a later spoiler took out of power.csv."""
    if file != "power.csv":
        return row
    taken = 1 + (Path(__file__).parents[2] / "inputs" / "tiny" / file).read_text().splitlines().index(
        "gas_engine,,,unit,,5,,MW,round_numbers,round number"
    )
    spoilt_after = {"gas_engin,,,acres"}
    text = (folder / file).read_text().splitlines()
    return row if row < taken else row - 1 if any(text[row - 2].startswith(start) for start in spoilt_after) else row


def test_a_table_of_the_wrong_columns_says_which(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    text = (folder / "halls.csv").read_text()
    (folder / "halls.csv").write_text(text.replace("item,site,when,quantity", "item,site,date,quantity", 1))
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", 1, "no column 'when'", "unknown column 'date'")


def test_a_misspelt_item_of_an_open_kind_is_reported_at_each_of_its_rows(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    rows = [appended(folder / "accelerators.csv", f"old_rak,,{year},price,,1,,MUSD_2026,round_numbers,") for year in ("2027", "2028")]
    faults = faults_of(folder)
    assert [fault.row for fault in faults] == rows
    assert all("no item 'old_rak'; did you mean 'old_rack'?" in fault.message for fault in faults)


def test_a_new_item_that_lacks_something_is_told_what(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = appended(folder / "cooling.csv", "immersion,,,mean_ratio,,1.05,,1,round_numbers,")
    assert [str(fault) for fault in faults_of(folder)] == [f"cooling.csv:{row} immersion: the cooling has no row for 'peak_ratio'"]


def test_a_quantity_given_at_some_sites_only(tmp_path: Path) -> None:
    """South is described (peak_ratio), but for its mean_ratio."""
    folder = tiny_copy(tmp_path)
    removed(folder / "cooling.csv", "liquid,south,,mean_ratio")
    row = line_of(folder / "cooling.csv", "liquid,south,,peak_ratio")
    assert [str(fault) for fault in faults_of(folder)] == [f"cooling.csv:{row} liquid: no 'mean_ratio' at south, nor one for all sites"]


def test_a_row_with_a_site_or_date_that_its_quantity_does_not_know(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = appended(folder / "halls.csv", "hall,north,2027,room,,10,,MW,round_numbers,")
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", row, "does not depend on a site")
    assert found_at(faults, "halls.csv", row, "does not depend on a date")


def test_a_yearly_quantity_takes_a_year(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = appended(folder / "budget.csv", "capital,,2027-Q2,cap,,100,,MUSD_2026,round_numbers,")
    assert found_at(faults_of(folder), "budget.csv", row, "needs a year", "2027-Q2")


def test_deflators_without_the_dollars_of_the_model(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    removed(folder / "deflators.csv", "2026")
    faults = faults_of(folder)
    assert [str(fault) for fault in faults] == ["deflators.csv: has no year 2026, the dollars of the model"]


def test_a_source_table_that_is_wrong_itself(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = appended(folder / "sources.csv", "round_numbers,Again,me,2026,,estimate", "other,,me,2026,,guess")
    faults = faults_of(folder)
    assert found_at(faults, "sources.csv", row - 1, "duplicate key 'round_numbers'")
    assert found_at(faults, "sources.csv", row, "title is blank")
    assert found_at(faults, "sources.csv", row, "no kind of source 'guess'")
    assert len(faults) == 3


@pytest.mark.parametrize("file", ["sources.csv", "sites.csv", "cooling.csv", "deflators.csv"])
def test_a_missing_file_is_one_fault_not_a_thousand(tmp_path: Path, file: str) -> None:
    folder = tiny_copy(tmp_path)
    (folder / file).unlink()
    faults = faults_of(folder)
    assert [(fault.file, fault.row) for fault in faults] == [(file, 0)]


def test_no_folder(tmp_path: Path) -> None:
    faults = faults_of(tmp_path / "inputs")
    assert len(faults) == 1
    assert "there is no folder" in faults[0].message
    long = replace(defined(tmp_path / "inputs"), inputs=tmp_path / ("x" * 5000))
    with pytest.raises(InputFaults, match="there is no folder"):
        read_case(long)
