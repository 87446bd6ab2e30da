"""What a case writes it reads again as the same numbers: the run folder's inputs are complete in themselves."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from gwplan.inputs.case_files import frame
from gwplan.inputs.case_files import write as write_case
from gwplan.planning.build import read_case, read_definition
from tests.inputs.folders import ROOT, appended, case_of, defined, tiny_copy

SHIPPED = ["one_gigawatt", "tiny", "most_compute", "soonest", "least_cost"]
SAID = ["table", "item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note", "estimate", "text"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cases(tmp_path: Path, name: str) -> None:
    definition = read_definition(ROOT / "models" / f"{name}.toml")
    case = read_case(definition)
    write_case(case, tmp_path / "inputs")
    again = read_case(replace(definition, inputs=tmp_path / "inputs"))
    assert frame(again)[SAID].equals(frame(case)[SAID])
    assert dict(again.sources) == dict(case.sources)
    assert dict(again.deflators) == dict(case.deflators)
    # Storage needs hours, which no shipped model has yet.
    assert [str(warning) for warning in case.warnings if "is storage" not in warning.message] == []


def test_with_overlays_sets_and_things_already_there(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    (inputs / "deflators.csv").write_text("year,index\n2024,313.689\n2026,330.5\n")
    appended(inputs / "existing.csv", "gas_engine,north,2025-04,count,,3,,1,round_numbers,engines")
    (inputs / "published.csv").write_text(
        "item,quantity,low,base,high,unit,source,note\nsomeone,capital_per_gw,30,35.5,41,GUSD_2024/GW,round_numbers,basis IT\n"
    )
    sets = ["halls.hall.price=9.7 MUSD_2024/MW", "power.grid@*.earliest=+5 months", "accelerators.*@@*.price=*0.937"]
    case = case_of(inputs, sets=sets)
    write_case(case, tmp_path / "again")
    again = read_case(replace(defined(inputs), inputs=tmp_path / "again"))
    assert frame(again)[SAID].equals(frame(case)[SAID])
    assert again.existing() == case.existing()
    assert again.number("halls", "hall", "price") == case.number("halls", "hall", "price")
    assert dict(again.sources) == dict(case.sources)


def test_written_in_model_units_and_dollars(tmp_path: Path) -> None:
    """500 USD/kW are 0.5 MUSD/MW; with an index of 100 in 2026 and 110 in 2028, 0.55 of 2028."""
    inputs = tiny_copy(tmp_path)
    (inputs / "deflators.csv").write_text("year,index\n2026,100\n2028,110\n")
    write_case(read_case(defined(inputs, dollars=2028)), tmp_path / "again")
    with (tmp_path / "again" / "power.csv").open(newline="") as file:
        rows = {(row["item"], row["site"], row["quantity"]): row for row in csv.DictReader(file)}
    price = rows["grid", "", "price"]
    assert (float(price["base"]), price["unit"]) == (pytest.approx(0.55, rel=1e-12), "MUSD_2028/MW")
    assert (rows["grid", "", "role"]["base"], rows["grid", "", "role"]["unit"]) == ("prime", "label")
    assert (rows["grid", "north", "earliest"]["base"], rows["grid", "north", "earliest"]["unit"]) == ("2027", "date")


def test_ranges_of_dates_survive(tmp_path: Path) -> None:
    definition = read_definition(ROOT / "models" / "one_gigawatt.toml")
    write_case(read_case(definition), tmp_path)
    with (tmp_path / "power.csv").open(newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if (row["item"], row["site"], row["quantity"]) == ("grid", "abilene_tx", "earliest")]
    assert [row["low"], row["base"], row["high"]] == ["2028-Q4", "2030-Q2", "2032-Q4"]
