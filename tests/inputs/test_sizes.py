"""Numbers that are not finite, too large or too small, as written and after their unit: a fault at the row; and digits of other scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.common.units import UnitError, amount
from gwplan.planning.build import read_definition
from tests.inputs.folders import ROOT, case_of, faults_of, found_at, replaced, tiny_copy

LIFE = "hall,,,life,,{},,{},round_numbers"
PRICE = "hall,,,price,,{},,{},round_numbers"


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        ("inf", "year", "'inf' is not a finite number"),
        ("-Infinity", "year", "not a finite number"),
        ("nan", "year", "not a finite number"),
        ("1.1e15", "year", "'1.1e15' is above 1e+15"),
        ("-1e16", "year", "above 1e+15"),
        ("1e999", "year", "above 1e+15"),
        ("9" * 400, "year", "is not a number"),
        ("1e-31", "year", "below 1e-30"),
        ("5e-324", "year", "below 1e-30"),
        ("1e-400", "year", "below 1e-30"),
        ("1e15", "Eyear", "1e+33 year is above 1e+15"),
        ("1e-29", "second", "below 1e-30"),
        ("٢٠", "year", "'٢' is not one of the digits 0 to 9"),
        ("２０", "year", "'２' is not one of the digits 0 to 9"),
    ],
)
def test_the_size_of_a_number(tmp_path: Path, number: str, unit: str, words: str) -> None:
    folder = tiny_copy(tmp_path)
    row = replaced(folder / "halls.csv", "hall,,,life", LIFE.format(number, unit) + ",")
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", row, words), faults
    assert all(fault.row == row for fault in faults)


def test_the_largest_and_the_smallest_number_are_numbers(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    for number in ("1e15", "1e-30", "0", "0.000", "0e5"):
        replaced(folder / "halls.csv", "hall,,,price", PRICE.format(number, "MUSD_2026/MW") + ",")
        assert not faults_of(folder), number


@pytest.mark.parametrize("value", ["*1e16", "*inf", "+1e16 MUSD_2026/MW", "1e16 MUSD_2026/MW", "1e-400 MUSD_2026/MW", "*1e15", "nan MUSD_2026/MW"])
def test_a_set_that_is_too_large(tmp_path: Path, value: str) -> None:
    folder = tiny_copy(tmp_path)
    faults = faults_of(folder, sets=(f"halls.hall.price={value}", "halls.hall.price=*1e15"))
    assert faults
    assert any("number" in fault.message for fault in faults)


@pytest.mark.parametrize("text", ["1e16 MW", "1e999 MW", "1e15 PW", "1e-29 mW", "nan MW", "inf MW", "١ GW"])
def test_amounts_of_a_model(text: str) -> None:
    with pytest.raises(UnitError):
        amount(text, "MW")


@pytest.mark.parametrize("date", ["٢٠٢٧", "2027-Q٣", "２０２７", "2027\n"])
def test_dates_have_the_digits_0_to_9(tmp_path: Path, date: str) -> None:
    folder = tiny_copy(tmp_path)
    row = replaced(folder / "power.csv", "grid,north,,earliest", f"grid,north,,earliest,,{date.strip()},,date,round_numbers,")
    if date.strip() != date:
        assert not faults_of(folder)
        return
    assert found_at(faults_of(folder), "power.csv", row, "is not one of the digits 0 to 9")


@pytest.mark.parametrize(("key", "value"), [("horizon.discount_rate", "inf"), ("horizon.discount_rate", "nan"), ("solver.gap", "nan"),
                                            ("solver.time_limit", "inf"), ("solver.time_limit", "1e400"), ("solver.time_limit", "9" * 400),
                                            ("solver.time_limit", "-1"), ("solver.threads", "9" * 400), ("solver.seed", "9" * 400),
                                            ("horizon.dollars", "9" * 400), ("solver.time_limit", "9" * 5000)])
def test_numbers_of_a_model(key: str, value: str) -> None:
    with pytest.raises(InputFaults) as error:
        read_definition(ROOT / "models" / "tiny.toml", (f"model.{key}={value}",))
    assert key in str(error.value)
    assert len(str(error.value)) < 2000


def test_what_is_near_the_edge_is_read(tmp_path: Path) -> None:
    assert case_of(tiny_copy(tmp_path), sets=("halls.hall.price=1e15 USD_2026/MW",)).number("halls", "hall", "price") == 1e9
