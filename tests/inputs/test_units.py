"""Units: what is converted and how much, what is refused and with which advice. Factors are worked out by hand."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwplan.common import units
from gwplan.common.unit_grammar import parse
from gwplan.common.units import UnitError, amount, dimension, factor, with_year
from gwplan.reports.reference.data_dictionary import all_tables
from tests.support import ROOT, read_rows

BY_HAND = [
    ("USD_2026/kW", "MUSD/MW", 0.001, 2026),  # 1 USD/kW = 1000 USD/MW
    ("kUSD_2026/kW", "MUSD/MW", 1.0, 2026),
    ("GUSD_2025/GW", "MUSD/MW", 1.0, 2025),
    ("USD_2026/kW/month", "MUSD/MW/year", 0.012, 2026),  # twelve months
    ("cent_2026/kWh", "USD/MWh", 10.0, 2026),
    ("USD_2026/kW/year", "USD/MWh", 1 / 8.76, 2026),  # a year has 8,760 h
    ("USD_2026/H100e/year", "USD/H100e/hour", 1 / 8760, 2026),
    ("kW", "MW", 0.001, None),
    ("year", "month", 12.0, None),
    ("year", "hour", 8760.0, None),
    ("month", "hour", 730.0, None),
    ("week", "hour", 168.0, None),
    ("1/month", "1/year", 12.0, None),
    ("percent", "1", 0.01, None),
    ("%", "1", 0.01, None),
    ("m**3/year", "ML/year", 0.001, None),
    ("L/kWh", "L/kWh", 1.0, None),
    ("t/year", "kt/year", 0.001, None),  # a thousand tonnes, not knots
    ("Mt", "kt", 1000.0, None),
    ("g/kWh", "kg/MWh", 1.0, None),
    ("kWh/kWh", "1", 1.0, None),
    ("Btu/kWh", "MMBtu/MWh", 0.001, None),
    ("PFLOP/s", "TFLOP/s", 1000.0, None),
    ("H100e", "kH100e", 0.001, None),
    ("1000 kW", "MW", 1.0, None),
]


@pytest.mark.parametrize(("text", "declared", "expected", "year"), BY_HAND)
def test_by_hand(text: str, declared: str, expected: float, year: int | None) -> None:
    assert factor(text, declared) == (pytest.approx(expected, rel=1e-12), year)


@pytest.mark.parametrize(
    ("text", "declared", "words"),
    [
        ("USD_2026/kg", "MUSD/MW", "'USD_2026/kg' is not money per power (MUSD/MW)"),
        ("USD/kg", "MUSD/MW", "'USD/kg' is not money per power (MUSD/MW)"),
        ("USD/kW", "MUSD/MW", "'USD' has no year: write the year of its prices, such as USD_2026"),
        ("MUSD", "MUSD", "'MUSD' has no year: write the year of its prices, such as MUSD_2026"),
        ("cent/kWh", "USD/MWh", "such as cent_2026"),
        ("cents/kWh", "USD/MWh", "such as cent_2026"),
        ("dollar/kW", "MUSD/MW", "USD_2026"),
        ("EUR/kW", "MUSD/MW", "unknown currency"),
        ("ton", "kt", "short, long or metric: write t"),
        ("kiloton/year", "kt/year", "write t"),
        ("c", "1", "speed of light"),
        ("quarter", "month", "write 3*month"),
        ("MBtu/MWh", "MMBtu/MWh", "write MMBtu"),
        ("kw", "MW", "did you mean 'kW'?"),
        ("mwh", "MWh", "did you mean 'MWh'?"),
        ("degC", "1", "is not a plain ratio"),
        ("dB", "1", "is not a plain ratio"),
        ("USD_nominal/kW", "MUSD/MW", "nominal"),
        ("USD_2025*USD_2026/USD_2026/kW", "MUSD/MW", "different years"),
        ("", "MW", "has no unit; power is expected"),
        ("-MW", "MW", "is not a unit"),
        ("0*MW", "MW", "is not a unit"),
        ("MW +", "MW", "is not a unit"),
        ("9**9**9**9", "1", "is not a unit"),
        ("(9**9)**(9**9)", "1", "is not a unit"),
        ("MW" * 200, "MW", "is not a unit"),
        ("__import__('os').remove('x')", "1", "is not a unit"),
    ],
)
def test_refused_with_advice(text: str, declared: str, words: str) -> None:
    with pytest.raises(UnitError) as error:
        factor(text, declared)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(MW**99999)**99999", "exponent that is not an integer up to 9"),
        ("((((((((((MW**9)**9)**9)**9)**9)**9)**9)**9)**9)**9)", "brackets more than 8 deep"),
        ("(MW**9)**9", "raises 'MW' to a power above 9"),
        ("(1e9*MW)**9/MW**8", "out of range"),
        ("1e300*1e300*MW", "out of range"),
        ("MW**0.5", "not an integer"),
        ("MW**(1)", "not an integer"),
        ("USD_2026/kW year", "is ambiguous"),
        ("(MW", "a bracket that is not closed"),
        ("MW)", "is not a unit"),
        ("m²/year", "write **2 or **3"),
        ("USD_٢٠٢٦/kW", "'٢' is not one of the digits 0 to 9"),
        ("M" * 5000 + "W", "longer than 120 characters"),
        ("MW;MW", "the character ';'"),
        ("MW\x1b[31m", "unprintable character"),
    ],
)
def test_a_bounded_grammar_reads_any_unit_at_once(text: str, words: str) -> None:
    began = time.perf_counter()
    with pytest.raises(UnitError) as error:
        factor(text, "MW")
    assert words in str(error.value)
    assert time.perf_counter() - began < 1
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("kW h", "MWh", 0.001),
        ("kg/(MW h)", "kg/MWh", 1.0),
        ("(USD_2026/kW)/(1/year)**-1", "MUSD/MW/year", 0.001),
        ("10**3 kW", "MW", 1.0),
        ("kW^2/kW", "MW", 0.001),
        ("1e3*kW", "MW", 1.0),
        ("m**+3", "ML", 0.001),
    ],
)
def test_products_brackets_and_small_powers(text: str, declared: str, expected: float) -> None:
    assert factor(text, declared)[0] == pytest.approx(expected, rel=1e-12)


def test_every_unit_of_the_shipped_tables_is_one() -> None:
    units = {row["unit"] for path in (ROOT / "inputs").glob("*/*.csv") for row in read_rows(path) if "unit" in row}
    assert len(units) > 50
    for text in units - {"label", "date"}:
        assert parse(text).powers or text == "1"


@given(st.text(alphabet="MWkUSD_206/*()^-+. 1eht%°", max_size=25))
def test_any_text_is_a_unit_or_a_fault(text: str) -> None:
    try:
        value, _ = factor(text, "MW")
    except UnitError as error:
        assert str(error)
    else:
        assert 0 < value < float("inf")


@given(st.sampled_from(["kW", "MW", "GW"]), st.sampled_from(["hour", "month", "year"]), st.integers(2000, 2100))
def test_a_chain_of_units_is_the_product_of_its_links(power: str, time: str, year: int) -> None:
    whole, found = factor(f"kUSD_{year}/{power}/{time}", "MUSD/MW/year")
    assert found == year
    assert whole == pytest.approx(0.001 / factor(power, "MW")[0] / factor(time, "year")[0], rel=1e-12)


def test_each_declared_unit_is_its_own_unit() -> None:
    """A table written in model units is read again without a factor."""
    for table in all_tables():
        for quantity in table.quantities:
            if quantity.unit not in ("label", "date"):
                assert factor(with_year(quantity.unit, 2026), quantity.unit)[0] == 1.0
                assert "money" in dimension(quantity.unit) or "USD" not in quantity.unit


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [("1 GW", "MW", 1000.0), ("1GW", "MW", 1000.0), ("1.5e3 MW", "MW", 1500.0), ("10 min", "second", 600.0), ("5e5 H100e", "kH100e", 500.0)],
)
def test_amounts(text: str, declared: str, expected: float) -> None:
    assert amount(text, declared) == expected


@pytest.mark.parametrize("text", ["1", "GW", "one GW", "1 GWh", "1 USD_2026", "", "1,5 GW", "nan GW", "1e999 GW"])
def test_what_is_no_amount_of_power(text: str) -> None:
    with pytest.raises(UnitError):
        amount(text, "MW")


def test_the_module_does_not_import_pint() -> None:
    program = "import sys, gwplan.common.units, gwplan.inputs.definition; print('pint' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_the_usual_units_are_pints(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(units._known())
    assert len(known) > 50
    monkeypatch.setattr(units, "_known", dict)
    for name, (scale, bases) in known.items():
        assert units._basic.__wrapped__(name) == (pytest.approx(scale, rel=1e-14), bases), name


def test_the_usual_units_need_no_registry() -> None:
    """Every unit that shipped tables write: pint, which takes most of a second to start, stays outside."""
    code = "import sys, gwplan; gwplan.read_case('models/one_gigawatt.toml'); sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
