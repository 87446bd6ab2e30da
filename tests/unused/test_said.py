"""What check says of numbers that a model has no use for: each kind of reason, with its file and row; and that nobody draws them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.inputs.case import Case
from gwplan.inputs.unused import lines
from gwplan.planning.build import build, read_case, read_definition
from tests.commands.program import ROOT, run
from tests.inputs.folders import appended, replaced, tiny_copy
from tests.support import TINY, copied

END = "round_numbers,"
SUN = ("price,,100,,USD_2026/kW", "unit,,1,,MW", "lead_months,,6,,month", "life,,20,,year", "most,,50,,MW", "capacity_factor,,0.25,,1",
       "direct_share,,0.2,,1", "role,,variable,,label")


def built(folder: Path, **more: tuple[str, ...]) -> Case:
    """The tiny model with rows added to its tables, assembled."""
    model = copied(TINY, folder)
    for table, rows in more.items():
        appended(folder / "inputs" / f"{table}.csv", *(f"{row},{END}" for row in rows))
    case = read_case(read_definition(model))
    build(case)
    return case


def supply(name: str, *rows: str) -> tuple[str, ...]:
    return tuple(f"{name},,,{row}" for row in rows)


def warned(case: Case, quantity: str) -> list[str]:
    return [str(warning) for warning in case.warnings if f": {quantity} is not used" in warning.message]


def reasons(case: Case, item: str, quantity: str) -> set[str]:
    return {each.reason for each in case.unused if (each.value.row.item, each.value.row.quantity) == (item, quantity)}


@pytest.mark.parametrize(("row", "quantity", "words"), [
    ("availability,,0.9,,1", "availability", "it applies only if the role is prime or backup or storage"),
    ("firm_credit,,0.5,,1", "firm_credit", "it applies only if the role is prime or storage"),
    ("minimum_take,,0.5,,1", "minimum_take", "it is a matter of bought energy, and the supply has no energy_price"),
    ("contract_term,,5,,year", "contract_term", "it is a matter of bought energy, and the supply has no energy_price"),
])  # fmt: skip
def test_a_number_that_a_role_has_no_use_for_is_a_warning_with_its_row(tmp_path: Path, row: str, quantity: str, words: str) -> None:
    more = ("contract_term,,5,,year",) if quantity == "minimum_take" else ()
    case = built(tmp_path, power=supply("sun", *SUN, *more, row))
    last = len((tmp_path / "inputs" / "power.csv").read_text().splitlines())
    assert warned(case, quantity) == [f"power.csv:{last} sun: {quantity} is not used: {words}"]


@pytest.mark.parametrize("row", ["direct_share,,0.3,,1", "minimum_take,,0.3,,1"])
def test_a_fuel_burner_has_no_use_for_what_is_the_suns_or_the_grids(tmp_path: Path, row: str) -> None:
    rows = supply("gas_engine", row, *(["contract_term,,5,,year"] if "take" in row else []))
    assert len(warned(built(tmp_path, power=rows), row.split(",")[0])) == 1


def test_hours_prices_and_factors_are_used_whatever_the_role(tmp_path: Path) -> None:
    rows = (*supply("sun", *SUN, "energy_price,,40,,USD_2026/MWh", "most_hours,,1000,,hour/year"),
            *supply("gas_engine", "most_hours,,1000,,hour/year", "energy_price,,4,,USD_2026/MWh", "emission_rate,,3,,kg/MWh"))
    case = built(tmp_path, power=rows)
    assert not [warning for warning in case.warnings if "is not used" in warning.message]
    # The hours are the lower limit of the two: 1,000 of 8,760 for 0.25 of the sun, and for engines that may always run.
    assert reasons(case, "sun", "most_hours") == reasons(case, "gas_engine", "most_hours") == set()
    assert reasons(case, "sun", "capacity_factor") == reasons(case, "gas_engine", "availability") == {"another limit of its output is the lower one"}
    assert reasons(case, "sun", "energy_price") == reasons(case, "gas_engine", "energy_price") == set()


def test_one_warning_for_a_number_of_several_supplies(tmp_path: Path) -> None:
    case = built(tmp_path, power=supply("sun", *SUN, "firm_credit,,0.1,,1") + supply("wind", *SUN, "firm_credit,,0.2,,1"))
    (line,) = warned(case, "firm_credit")
    assert "sun, wind: firm_credit is not used" in line and line.endswith(")") and "also row " in line


def test_what_only_waits_is_summed_up(tmp_path: Path) -> None:
    """Another precision, storage, a price level without nominal money, a date after the horizon, a row that each site has of its own."""
    battery = supply("battery", "role,,storage,,label", "price,,1,,MUSD_2026/MW", "unit,,1,,MW", "lead_months,,6,,month", "life,,15,,year",
                     "duration,,4,,hour", "efficiency,,0.9,,1", "storage_price,,100,,USD_2026/kWh", "most,,9,,MW", "availability,,0.9,,1")
    case = built(tmp_path, power=(*battery, "grid,,,energy_price,,45,,USD_2026/MWh", "grid,,2033,demand_charge,,1,,USD_2026/kW/year"),
                 accelerators=("old_rack,,,fp4_rate,,200,,PFLOP/s",))
    said = "\n".join(lines(case.unused))
    assert "9 rows of battery: storage and unserved energy need a plan with hours" in said
    assert reasons(case, "old_rack", "fp4_rate") == {"the precision of the model is fp8"}
    assert "each site of the model has its own row" in reasons(case, "grid", "energy_price")
    assert "other rows of the same quantity apply in all periods of the model" in reasons(case, "grid", "demand_charge")
    assert not [warning for warning in case.warnings if "is not used" in warning.message]


def test_caps_that_say_nothing(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    replaced(folder / "budget.csv", "capital,,,cap", f"capital,,2027,cap,,1,,GUSD_2026,{END}")
    model = tmp_path / "tiny.toml"
    model.write_text(TINY.read_text(encoding="utf-8").replace("../inputs/tiny", "inputs"), encoding="utf-8")
    case = read_case(read_definition(model))
    build(case)
    assert warned(case, "until") == ["budget.csv:4 capital: until is not used: there is no cap in all, only by year"]


def test_check_says_it_and_lists_it(tmp_path: Path) -> None:
    model = copied(TINY, tmp_path)
    appended(tmp_path / "inputs" / "power.csv", *(f"{row},{END}" for row in supply("sun", *SUN, "firm_credit,,0.1,,1")))
    short = run("check", model)
    assert short.returncode == 0, short.stderr
    assert "Not used by this model:" in short.stdout and "accelerators.csv: 2 rows of old_rack, new_rack: embodied carbon" in " ".join(
        short.stdout.split())
    assert "warning: power.csv:48 sun: firm_credit is not used" in short.stdout
    listed = json.loads(run("check", model, "--json").stdout)["unused"]
    assert {"file": "power.csv", "row": 48, "item": "sun", "site": "", "quantity": "firm_credit",
            "reason": "it applies only if the role is prime or storage"} in listed
    long = run("check", model, "--unused").stdout
    assert all(f"{each['file']}:{each['row']} " in long for each in listed)


def test_check_says_that_hours_are_not_read() -> None:
    assert "profiles/: hourly series, which a plan of yearly means does not read" in run("check", ROOT / "models" / "one_gigawatt.toml").stdout


def test_shipped_models_have_few_lines() -> None:
    """One line for a file and a reason; and none of the numbers that are shipped is a warning."""
    for name in ("one_gigawatt", "three_way_pact", "neocloud"):
        case = read_case(read_definition(ROOT / "models" / f"{name}.toml", ("model.horizon.step=year",)))
        build(case)
        assert len(list(lines(case.unused))) < 30
        assert [str(warning) for warning in case.warnings if "is not used" in warning.message] == []
