"""Look-up by hand: site beats date, step, linear and own, undated beside dated, labels, dates, defaults, missing values."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gwplan.common.calendar import parse_date
from gwplan.common.errors import InputFaults, MissingValue
from gwplan.inputs.case_files import frame
from tests.inputs.folders import appended, case_of, faults_of, line_of, removed, replaced, tiny_copy

END = "round_numbers,"
QUARTERS = {"step": "quarter"}


def test_linear_between_points_at_the_middle_of_the_period(tmp_path: Path) -> None:
    """old_rack: 2 undated, 1.6 from 2027. The undated row is a point at 2026-01, so mid-2026 lies halfway: 1.8."""
    case = case_of(tiny_copy(tmp_path))
    prices = [case.number("accelerators", "old_rack", "price", period=period) for period in range(3)]
    assert prices == pytest.approx([1.8, 1.6, 1.6], rel=1e-12)
    assert case.number("accelerators", "old_rack", "price") == 2.0


def test_linear_in_quarters(tmp_path: Path) -> None:
    """2026-Q1 has its middle 1.5 months after 2026-01: 2 - 0.4 * 1.5 / 12 = 1.95; 2026-Q4 10.5 months: 1.65."""
    case = case_of(tiny_copy(tmp_path), step="quarter")
    prices = [case.number("accelerators", "old_rack", "price", period=period) for period in (0, 3, 4, 11)]
    assert prices == pytest.approx([1.95, 1.65, 1.6, 1.6], rel=1e-12)


def test_linear_undated_is_constant_until_a_year_before_the_first_date(tmp_path: Path) -> None:
    """With the first date in 2028 the undated 2 holds through 2026; mid-2027 lies halfway to 1.6."""
    folder = tiny_copy(tmp_path)
    replaced(folder / "accelerators.csv", "old_rack,,2027,price", f"old_rack,,2028,price,,1.6,,MUSD_2026,{END}")
    case = case_of(folder)
    assert [case.number("accelerators", "old_rack", "price", period=p) for p in range(3)] == pytest.approx([2.0, 1.8, 1.6], rel=1e-12)


def test_linear_without_an_undated_row_does_not_hold_before_its_first_date(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    removed(folder / "compute.csv", "compute,,,value")
    for when, value in (("2027-07", 0.5), ("2028-07", 0.3)):
        appended(folder / "compute.csv", f"compute,,{when},value,,{value},,USD_2026/H100e/hour,{END}")
    case = case_of(folder)
    assert case.get("compute", "compute", "value", period=0) is None
    assert case.get("compute", "compute", "value") is None
    # The middle of 2027 is the first day of July: the first point itself.
    assert case.get("compute", "compute", "value", period=1) == pytest.approx(0.5)
    assert case.get("compute", "compute", "value", period=2) == pytest.approx(0.3)
    with pytest.raises(MissingValue, match=r"compute\.csv: compute has no 'value' in 2026"):
        case.number("compute", "compute", "value", period=0)


def test_linear_rows_of_a_site_are_a_series_of_their_own(tmp_path: Path) -> None:
    """North has one row from 2027: before it the row for all sites holds, from then on north's own, never a mixture."""
    folder = tiny_copy(tmp_path)
    appended(folder / "power.csv", f"gas_engine,north,2027,running_price,,20,,USD_2026/MWh,{END}")
    case = case_of(folder)
    north = [case.number("power", "gas_engine", "running_price", "north", period) for period in range(3)]
    south = [case.number("power", "gas_engine", "running_price", "south", period) for period in range(3)]
    assert north == [10.0, 20.0, 20.0]
    assert south == [10.0, 10.0, 10.0]


def test_step_holds_from_its_first_day_on(tmp_path: Path) -> None:
    """A row of 2026-Q2 holds in quarters that begin in April or later; of two the later."""
    folder = tiny_copy(tmp_path)
    appended(folder / "power.csv", f"grid,north,2026-Q2,most,,30,,MW,{END}", f"grid,north,2026-08,most,,40,,MW,{END}")
    case = case_of(folder, step="quarter")
    assert [case.number("power", "grid", "most", "north", period) for period in range(4)] == [24.0, 30.0, 30.0, 40.0]
    assert case.number("power", "grid", "most", "north") == 24.0


def test_site_beats_date(tmp_path: Path) -> None:
    """The undated row of north comes before a dated row for all sites."""
    folder = tiny_copy(tmp_path)
    appended(folder / "power.csv", f"grid,,2027,most,,7,,MW,{END}")
    case = case_of(folder)
    assert case.number("power", "grid", "most", "north", 2) == 24.0
    removed(folder / "power.csv", "grid,north,,most")
    case = case_of(folder)
    assert case.get("power", "grid", "most", "north", 0) is None
    assert case.number("power", "grid", "most", "north", 2) == 7.0


def test_own_years(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    appended(folder / "budget.csv", f"capital,,2027,cap,,200,,MUSD_2026,{END}")
    case = case_of(folder)
    assert case.own("budget", "capital", "cap") == {None: 1000.0, 2027: 200.0}
    assert case.own("budget", "halls", "cap") == {}
    assert [case.get("budget", "capital", "cap", period=period) for period in (None, 0, 1, 2)] == [1000.0, None, 200.0, None]


def test_defaults_labels_and_dates(tmp_path: Path) -> None:
    case = case_of(tiny_copy(tmp_path))
    assert case.number("power", "grid", "deposit") == 0.0
    assert not case.has("power", "grid", "deposit")
    assert case.has("power", "grid", "most")
    assert not case.has("power", "grid", "most", "")
    assert case.has("power", "grid", "most", "south")
    assert case.label("power", "gas_engine", "role", period=1) == "prime"
    assert case.labels("accelerators", "old_rack", "covers") == ("system", "network", "storage")
    assert case.labels("power", "grid", "fuel") == ("grid",)
    assert case.get_label("sites", "north", "region") == "cold"
    assert case.date("power", "grid", "earliest", "south") == parse_date("2028")
    assert case.date("power", "gas_engine", "earliest", "south") is None
    assert case.get("power", "gas_engine", "energy_price", "south", 0) is None


def test_a_quantity_of_two_kinds_is_told_apart_by_its_item(tmp_path: Path) -> None:
    """emission_rate: kg/MWh of a supply, kg/MMBtu of a fuel."""
    case = case_of(tiny_copy(tmp_path))
    assert case.number("power", "grid", "emission_rate", "north") == 200.0
    assert case.number("power", "natural_gas", "emission_rate") == 50.0


def test_items_by_kind(tmp_path: Path) -> None:
    case = case_of(tiny_copy(tmp_path))
    assert case.items("site") == ("north", "south")
    assert case.items("system") == ("new_rack", "old_rack")
    assert case.items("supply") == ("gas_engine", "grid")
    assert case.items("fuel") == ("natural_gas",)
    assert case.items("nonsense") == ()


def test_missing_values_name_table_item_site_and_date(tmp_path: Path) -> None:
    case = case_of(tiny_copy(tmp_path))
    with pytest.raises(MissingValue, match=r"power\.csv: grid has no 'heat_rate' at north in 2027"):
        case.number("power", "grid", "heat_rate", "north", 1)
    with pytest.raises(MissingValue, match=r"carbon\.csv is not read"):
        case.number("carbon", "emissions", "price")
    assert case.get("carbon", "emissions", "price") is None
    with pytest.raises(KeyError, match="declares no 'pryce'"):
        case.get("halls", "hall", "pryce")


def test_location_of_the_row_that_is_used(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    case = case_of(folder)
    assert case.location("power", "grid", "most", "south") == ("power.csv", line_of(folder / "power.csv", "grid,south,,most"))
    assert case.location("power", "grid", "price", "south") == ("power.csv", line_of(folder / "power.csv", "grid,,,price"))
    assert case.location("power", "grid", "most") == ("power.csv", line_of(folder / "power.csv", "grid,north,,most"))
    assert case.location("power", "grid", "deposit") == ("power.csv", 2), "the first row of the item, where it has none of the quantity"
    assert case.location("power", "nobody", "price") == ("power.csv", 1), "the header, where there is no such item"


def test_dollars_of_different_years(tmp_path: Path) -> None:
    """The index is 80 in 2024 and 100 in 2026: 8 USD of 2024 buy what 10 of 2026 do, or 12 of a 2028 index of 120."""
    folder = tiny_copy(tmp_path)
    (folder / "deflators.csv").write_text("year,index\n2024,80\n2026,100\n2028,120\n")
    replaced(folder / "halls.csv", "hall,,,price", f"hall,,,price,,8,,MUSD_2024/MW,{END}")
    assert case_of(folder).number("halls", "hall", "price") == pytest.approx(10.0, rel=1e-12)
    assert case_of(folder, dollars=2028).number("halls", "hall", "price") == pytest.approx(12.0, rel=1e-12)  # type: ignore[arg-type]


def test_the_order_of_rows_means_nothing(tmp_path: Path) -> None:
    plain = tiny_copy(tmp_path / "plain")
    for row in ("grid,north,2027,most,,30", "grid,,2027,most,,5", "grid,north,2028,most,,40"):
        appended(plain / "power.csv", f"{row},,MW,{END}")
    expected = case_of(plain)
    for seed in range(5):
        folder = tiny_copy(tmp_path / f"shuffled_{seed}")
        for path in plain.glob("*.csv"):
            header, *rows = path.read_text().splitlines()
            random.Random(seed).shuffle(rows)
            (folder / path.name).write_text("\n".join([header, *rows]) + "\n")
        case = case_of(folder)
        for line in frame(expected).itertuples():
            if line.unit in ("label", "date"):
                assert case.get_label(line.table, line.item, line.quantity) == expected.get_label(line.table, line.item, line.quantity)
                continue
            for site in ("", "north", "south"):
                for period in (None, 0, 1, 2):
                    key = line.table, line.item, line.quantity, site, period
                    assert case.get(*key) == expected.get(*key), key


def test_a_value_that_a_part_misses_is_a_fault_not_a_traceback(tmp_path: Path) -> None:
    """The fits-a-hall check reads numbers: where all else is right, a value that it misses is reported in the same way."""
    folder = tiny_copy(tmp_path)
    replaced(folder / "power.csv", "grid,,,fuel", f"grid,,,fuel,,grid,,label,{END}")
    removed(folder / "power.csv", "natural_gas,north,,fuel_price")
    removed(folder / "power.csv", "natural_gas,south,,fuel_price")
    faults = faults_of(folder)
    assert faults
    assert all(fault.file == "power.csv" for fault in faults)
    with pytest.raises(InputFaults, match="fuel_price"):
        case_of(folder)


def test_what_is_worked_out_once_counts_its_look_ups_each_time(tmp_path: Path) -> None:
    """What reads a number is stated again when it changes: a second reader has read it too, and a new record begins with nothing."""
    case, done = case_of(tiny_copy(tmp_path)), list[float]()

    def work() -> float:
        done.append(case.number("halls", "hall", "price"))
        return done[-1]

    for _ in range(2):
        found: set[tuple[str, str, str]] = set()
        case.read_into(None)
        case.once("a name", work)
        case.reading = found
        assert case.once("a name", work) == done[0] and found == {("halls", "hall", "price")}
        case.reading = None
    assert len(done) == 2, "once for each record"
    case.start_record()
    case.once("a name", work)
    assert len(done) == 3 and ("halls", "hall", "price") in {(each.row.table, each.row.item, each.row.quantity) for each in case.used}
