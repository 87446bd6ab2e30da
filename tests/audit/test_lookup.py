"""The audit's own look-up and units: by hand, and against the model's, which they share no line with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gwplan.audit.inputs import DECLARED, FUEL_EMISSION, RENTED_EMISSION, Inputs
from gwplan.audit.units import UnknownUnit, amount, convert, parse_unit
from gwplan.common.calendar import Calendar, parse_date
from gwplan.inputs.case_files import write as write_case
from gwplan.inputs.declarations import Quantity, Table
from gwplan.model.compute_measure import TABLE as COMPUTE
from gwplan.model.parts import PARTS, load
from gwplan.model.price_level import TABLE as PRICES
from gwplan.planning.build import read_case, read_definition

ROOT = Path(__file__).parents[2]
TABLES: dict[str, Table] = {table.name: table for table in (*(load(part).TABLE for part in PARTS), COMPUTE, PRICES)}
OF_KINDS = {("power", "fuel", "emission_rate"): FUEL_EMISSION, ("contracts", "cloud", "emission_rate"): RENTED_EMISSION,
            ("contracts", "option", "emission_rate"): RENTED_EMISSION}
"""Numbers that mean another thing, or have another default, for one kind of items."""
MODELS = [ROOT / "models" / "one_gigawatt.toml", ROOT / "tests" / "cases" / "three_sites" / "least_cost.toml"]


def inputs_of(table: str, rows: Sequence[tuple[str, str, str, str, object, str]], step: str = "year") -> Inputs:
    """Inputs of one table, in 2026 to 2029; rows are item, site, when, quantity, base, unit."""
    frame = pd.DataFrame([[*row[:4], str(row[4]), row[5]] for row in rows], columns=["item", "site", "when", "quantity", "base", "unit"])
    calendar = Calendar.of(parse_date("2026"), parse_date("2029"), "quarter" if step == "quarter" else "year", 0.0)
    return Inputs({table: frame}, calendar, {"precision": "fp8", "horizon": {"dollars": 2026}})


def test_a_step_holds_from_its_date_and_a_site_beats_a_date() -> None:
    most = inputs_of("power", [("grid", "", "", "most", 10, "MW"), ("grid", "", "2027-07", "most", 20, "MW"),
                               ("grid", "here", "", "most", 5, "MW"), ("grid", "here", "2029", "most", 6, "MW"),
                               ("grid", "late", "2028", "most", 7, "MW")])
    assert most.path("power", "grid", "most").tolist() == [10, 10, 20, 20]
    assert most.path("power", "grid", "most", "here").tolist() == [5, 5, 5, 6]
    # Before its first row holds, the site has none: the rows without a site count.
    assert most.path("power", "grid", "most", "late").tolist() == [10, 10, 7, 7]
    assert np.isnan(most.path("power", "engine", "most")).all()


def test_a_line_is_read_at_the_middle_of_the_period() -> None:
    """4 until January 2026, 2 in January 2027, 8 in January 2029: half way 3, then 3.5, 6.5, and 8 from then on."""
    price = inputs_of("accelerators", [("rack", "", "", "price", 4, "MUSD_2026"), ("rack", "", "2027", "price", 2, "MUSD_2026"),
                                       ("rack", "", "2029-Q1", "price", 8, "MUSD_2026")])
    assert price.path("accelerators", "rack", "price").tolist() == [3, 3.5, 6.5, 8]


def test_a_line_without_an_undated_row_does_not_hold_before_its_first_date() -> None:
    value = inputs_of("compute", [("compute", "", "2027", "value", 1, "USD_2026/H100e/hour"),
                                  ("compute", "", "2028", "value", 2, "USD_2026/H100e/hour")])
    path = value.path("compute", "compute", "value")
    assert np.isnan(path[0])
    # USD per H100e-hour are thousandths of MUSD per kH100e-hour.
    assert path[1:].tolist() == pytest.approx([1.5e-3, 2e-3, 2e-3])


def test_defaults_hold_where_no_row_does() -> None:
    rows = inputs_of("accelerators", [("rack", "", "2028", "upkeep", 0.5, "1/year")])
    assert rows.path("accelerators", "rack", "upkeep").tolist() == [0, 0, 0.5, 0.5]
    assert rows.number("accelerators", "rack", "availability") == 1
    assert np.isnan(rows.number("accelerators", "rack", "life"))


def test_earliest_is_the_first_period_that_starts_on_or_after_it() -> None:
    rows = [("one", "", "", "earliest", "2026-07", "date"), ("two", "", "", "earliest", "2020", "date"),
            ("three", "", "", "earliest", "2031", "date")]
    yearly, quarterly = inputs_of("sites", rows), inputs_of("sites", rows, "quarter")
    assert [yearly.begun("sites", item) for item in ("one", "two", "three", "four")] == [1, 0, 4, 0]
    assert [quarterly.begun("sites", item) for item in ("one", "two", "three")] == [2, 0, 16]


def test_dollars_of_another_year_are_a_fault() -> None:
    rows = inputs_of("sites", [("north", "", "", "opening_price", 10, "MUSD_2024")])
    rows.path("sites", "north", "opening_price")
    assert rows.faults == ["sites.csv north.opening_price: dollars of 2024, should be of 2026"]


def test_another_unit_and_no_number_are_faults() -> None:
    rows = inputs_of("sites", [("north", "", "", "land", 10, "MW"), ("south", "", "", "land", "much", "acre")])
    assert np.isnan(rows.number("sites", "north", "land"))
    assert np.isnan(rows.number("sites", "south", "land"))
    assert len(rows.faults) == 2
    assert "has a different dimension from" in rows.faults[0]


@pytest.mark.parametrize(("value", "unit", "wanted", "expected"), [
    (100, "kW", "MW", 0.1), (100, "USD_2026/kW/year", "MUSD/MW/year", 0.1), (50, "USD_2026/MWh", "MUSD/MWh", 50e-6),
    (0.1, "L/kWh", "ML/MWh", 1e-4), (500, "t/MW", "kt/MW", 0.5), (200, "kg/MWh", "kt/MWh", 2e-4), (1, "GUSD_2026", "MUSD", 1000),
    (1000, "m**3/year", "ML/year", 1), (12, "month", "year", 1), (8760, "hour", "year", 1), (2, "GW", "MW", 2000), (3, "1", "1", 3),
    (20, "USD_2026/t", "MUSD/kt", 0.02), (1, "USD/H100e/hour", "MUSD/kH100e/hour", 1e-3), (7, "1/month", "1/year", 84),
    (1, "W*hour", "kWh", 1e-3),
])
def test_units_are_converted(value: float, unit: str, wanted: str, expected: float) -> None:
    assert convert(value, unit, wanted) == pytest.approx(expected, rel=1e-12)


def test_units_of_something_else_are_refused() -> None:
    for unit, wanted in (("USD/kW/year", "USD/MWh/year"), ("kW", "kWh"), ("m**2", "ML")):
        with pytest.raises(UnknownUnit, match="has a different dimension from"):
            convert(1, unit, wanted)
    with pytest.raises(UnknownUnit, match="is not a unit"):
        parse_unit("furlong/year")
    with pytest.raises(UnknownUnit, match="is not a unit"):
        parse_unit("MW//year")


def test_amounts_of_the_definition() -> None:
    assert amount("1 GW", "MW") == 1000
    assert amount("500 kH100e", "kH100e") == 500
    assert amount("2e6 H100e", "kH100e") == 2000
    assert amount(48, "MW") == 48
    with pytest.raises(UnknownUnit):
        amount("1 GWh", "MW")


def declared_pairs() -> list[tuple[str, str, Quantity]]:
    """(table, kind, quantity) of each number that the audit reads."""
    return [(name, quantity.of, quantity) for name in DECLARED for quantity in TABLES[name].quantities
            if quantity.name in DECLARED[name] and quantity.unit not in ("label", "date")]


def test_the_audit_reads_each_number_as_it_is_declared() -> None:
    pairs = declared_pairs()
    assert {(table, quantity.name) for table, _, quantity in pairs} == {(table, name) for table, names in DECLARED.items() for name in names}
    for table, kind, quantity in pairs:
        mine = OF_KINDS.get((table, kind, quantity.name), DECLARED[table][quantity.name])
        convert(1.0, quantity.unit, mine.unit)
        # Caps by year and dates are read by their own functions; here only steps and lines.
        assert quantity.between in (mine.between, "own"), f"{table}.{quantity.name}"
        if (table, kind, quantity.name) == ("finance", "cash", "rate"):
            continue  # one name of several kinds, of which only cash has a default: the audit gives it where it asks
        if quantity.default is None:
            assert np.isnan(mine.default), f"{table}.{quantity.name}"
        else:
            assert mine.default == quantity.default, f"{table}.{quantity.name}"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_both_look_ups_agree_on_every_number_of_a_case(path: Path, tmp_path: Path) -> None:
    case = read_case(read_definition(path), (), ())
    write_case(case, tmp_path)
    wanted = [name for name in DECLARED if (tmp_path / f"{name}.csv").exists()]
    frames = {name: pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False) for name in wanted}
    inputs = Inputs(frames, case.calendar, case.definition.resolved())
    periods, compared = [period.number for period in case.calendar.periods], 0
    for table, kind, quantity in declared_pairs():
        if table not in frames or quantity.between == "own":
            continue
        fuel = OF_KINDS.get((table, kind, quantity.name))
        unit = (fuel or DECLARED[table][quantity.name]).unit
        for item in case.items(kind):
            for site in ("", *case.items("site")) if "site" in quantity.by else ("",):
                theirs = [case.get(table, item, quantity.name, site, period) for period in periods]
                expected = [np.nan if value is None else convert(value, quantity.unit, unit) for value in theirs]
                mine = inputs.path(table, item, quantity.name, site, fuel)
                np.testing.assert_allclose(mine, expected, rtol=1e-12, err_msg=f"{table} {item}@{site}.{quantity.name}")
                compared += len(periods)
    assert inputs.faults == []
    assert compared > 1000
