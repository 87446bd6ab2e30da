"""What-ifs: files laid over the tables in order, then single sets; what they name must be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.calendar import parse_date
from gwplan.inputs.case import Case
from gwplan.inputs.case_files import frame
from tests.inputs.folders import HEADER, PARTS, appended, case_of, faults_of, found_at, line_of, tiny_copy

OVERLAY = f"table,{HEADER}"


def overlay(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join([OVERLAY, *rows]) + "\n")
    return path


def range_of(case: Case, quantity: str, item: str, when: str = "") -> tuple[float | None, float | None, float | None]:
    """low, base and high of the one row for all sites."""
    rows = frame(case)
    row = rows[(rows.quantity == quantity) & (rows.item == item) & (rows.when == when) & (rows.site == "")].iloc[0]
    low, base, high = (None if value != value else value for value in (row.low, row.base, row.high))
    return low, base, high


def test_a_row_replaces_the_one_it_names_or_is_added(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    path = overlay(
        tmp_path,
        "cheaper.csv",
        "halls,hall,,,price,8,9,12,MUSD_2026/MW,round_numbers,cheaper",
        "power,grid,north,2028,most,,48,,MW,round_numbers,a second step",
        "accelerators,old_rack,,2027-Q1,price,,1.5,,MUSD_2026,round_numbers,the same date as 2027",
    )
    case = case_of(inputs, [path])
    assert range_of(case, "price", "hall") == (8.0, 9.0, 12.0)
    assert [case.number("power", "grid", "most", "north", period) for period in range(3)] == [24.0, 24.0, 48.0]
    assert case.number("accelerators", "old_rack", "price", period=2) == 1.5
    assert len(frame(case)) == len(frame(case_of(inputs))) + 1
    assert case.location("halls", "hall", "price") == ("cheaper.csv", 2)


def test_files_in_order_then_sets(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    first = overlay(tmp_path, "first.csv", "halls,hall,,,price,,9,,MUSD_2026/MW,round_numbers,")
    second = overlay(tmp_path, "second.csv", "halls,hall,,,price,,8,,MUSD_2026/MW,round_numbers,")
    assert case_of(inputs, [first, second]).number("halls", "hall", "price") == 8.0
    assert case_of(inputs, [second, first]).number("halls", "hall", "price") == 9.0
    sets = ["halls.hall.price=*0.5", "halls.hall.price=+1 kUSD_2026/kW"]
    assert case_of(inputs, [first, second], sets).number("halls", "hall", "price") == pytest.approx(5.0)
    assert case_of(inputs, [first, second], sets[::-1]).number("halls", "hall", "price") == pytest.approx(4.5)


def test_faults_of_an_overlay_name_its_file_and_row(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    path = overlay(
        tmp_path,
        "what_if.csv",
        "hals,hall,,,price,,9,,MUSD_2026/MW,round_numbers,",
        "halls,hal,,,price,,9,,MUSD_2026/MW,round_numbers,",
        "halls,hall,,,pryce,,9,,MUSD_2026/MW,round_numbers,",
        "halls,hall,,,price,,9,,USD/MW,round_numbers,",
        "halls,hall,,,room,,9,,MW,,",
        "power,grid,nroth,,most,,9,,MW,round_numbers,",
        "power,grid,north,,most,,9,,MW,round_numbers,",
        "power,grid,north,,most,,8,,MW,round_numbers,",
    )
    faults = faults_of(inputs, [path, tmp_path / "absent.csv"])
    assert found_at(faults, "what_if.csv", 2, "no table 'hals'; did you mean 'halls'?")
    assert found_at(faults, "what_if.csv", 3, "no item 'hal'", "did you mean 'hall'?")
    assert found_at(faults, "what_if.csv", 4, "no quantity 'pryce'; did you mean 'price'?")
    assert found_at(faults, "what_if.csv", 5, "'USD' has no year")
    assert found_at(faults, "what_if.csv", 6, "source is blank")
    assert found_at(faults, "what_if.csv", 7, "no site 'nroth'")
    assert found_at(faults, "what_if.csv", 9, "duplicates row 8")
    assert found_at(faults, "absent.csv", 0, "missing")
    assert len(faults) == 8


def test_an_overlay_may_bring_a_supply_with_its_role(tmp_path: Path) -> None:
    """The row that marks its kind makes an item, wherever in the file it stands; without it the name is a fault, as in a slip of the pen."""
    inputs = tiny_copy(tmp_path)
    rows = [f"power,spare,,,{quantity},,{base},,{unit},round_numbers," for quantity, base, unit in (
        ("unit", 1, "MW"), ("lead_months", 12, "month"), ("price", 1, "MUSD_2026/MW"), ("life", 20, "year"), ("firm_credit", 1, "1"),
        ("energy_price", 50, "USD_2026/MWh"))]
    role = "power,spare,,,role,,prime,,label,round_numbers,"
    assert "spare" in case_of(inputs, [overlay(tmp_path, "whole.csv", *rows, role)]).items("supply")
    assert found_at(faults_of(inputs, [overlay(tmp_path, "bare.csv", *rows)]), "bare.csv", 2, "no item 'spare' in power.csv")


def test_an_overlay_may_bring_a_contract_with_its_kind(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    write = "{},,,{},,{},,{},round_numbers,".format
    (inputs / "prices.csv").write_text(f"{HEADER}\n{write('prices', 'inflation', 0.02, '1/year')}\n")
    cells = (("company", "lab", "label"), ("cap", 5, "MUSD_nominal"), ("share_held", 0.1, "1"), ("mark", 5000, "MUSD_nominal"))
    held, bare = ([write(name, *each) for each in cells] for name in ("held_stake", "lab_stake"))
    kind = write("held_stake", "kind", "stake", "label")
    (inputs / "contracts.csv").write_text("\n".join([HEADER, kind, *held]) + "\n")
    rows, kind = [f"contracts,{row}" for row in bare], "contracts," + write("lab_stake", "kind", "stake", "label")
    parts = (*PARTS, "contracts")
    assert faults_of(inputs, [overlay(tmp_path, "whole.csv", *rows, kind)], parts=parts) == []
    assert found_at(faults_of(inputs, [overlay(tmp_path, "bare.csv", *rows)], parts=parts), "bare.csv", 2, "no item 'lab_stake'")


def test_an_overlay_may_name_a_part_that_is_left_out(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    path = overlay(tmp_path, "tax.csv", "carbon,emissions,,,price,,50,,USD_2026/t,round_numbers,")
    case = case_of(inputs, [path])
    assert [str(warning) for warning in case.warnings] == ["tax.csv:2 the table 'carbon' is not read: the model leaves that part out"]


def test_a_budget_for_a_class_that_had_none(tmp_path: Path) -> None:
    """The classes of capital are declared: they need no row of their own before."""
    path = overlay(tmp_path, "cap.csv", "budget,halls,,,cap,,90,,MUSD_2026,round_numbers,")
    assert case_of(tiny_copy(tmp_path), [path]).own("budget", "halls", "cap") == {None: 90.0}


def test_a_new_base_drops_the_range_and_a_factor_moves_it(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    appended(inputs / "power.csv", "grid,,,acres,1,2,4,acre/MW,round_numbers,")
    assert range_of(case_of(inputs, sets=["power.grid.acres=*1.5"]), "acres", "grid") == (1.5, 3.0, 6.0)
    assert range_of(case_of(inputs, sets=["power.grid.acres=+1 acre/MW"]), "acres", "grid") == (2.0, 3.0, 5.0)
    assert range_of(case_of(inputs, sets=["power.grid.acres=0.003 acre/kW"]), "acres", "grid") == (None, 3.0, None)


def test_each_existing_row(tmp_path: Path) -> None:
    """`*` reaches a whole price path, or each site; exact blanks reach the undated row only."""
    inputs = tiny_copy(tmp_path)
    path = case_of(inputs, sets=["accelerators.old_rack@@*.price=*0.5"])
    assert [path.number("accelerators", "old_rack", "price", period=p) for p in range(3)] == pytest.approx([0.9, 0.8, 0.8])
    undated = case_of(inputs, sets=["accelerators.old_rack.price=*0.5"])
    assert [undated.number("accelerators", "old_rack", "price", period=p) for p in range(3)] == pytest.approx([1.3, 1.6, 1.6])
    dated = case_of(inputs, sets=["accelerators.*@@2027.price=1 MUSD_2026"])
    assert dated.number("accelerators", "old_rack", "price", period=2) == 1.0
    assert dated.number("accelerators", "new_rack", "price", period=2) == 6.0
    sites = case_of(inputs, sets=["power.grid@*.most=*2"])
    assert [sites.number("power", "grid", "most", site) for site in ("north", "south")] == [48.0, 48.0]
    items = case_of(inputs, sets=["accelerators.*.availability=0.5"])
    assert [items.number("accelerators", item, "availability") for item in items.items("system")] == [0.5, 0.5]


def test_dates_and_months_and_labels(tmp_path: Path) -> None:
    sets = [
        "power.grid@south.earliest=+6 months",
        "power.grid@north.earliest=2026-Q2",
        "power.grid.lead_months=+1 year",
        "budget.capital.until=+6 months",
        "sites.north.region=warm",
        "sites.south.earliest=+1 year",
    ]
    case = case_of(tiny_copy(tmp_path), sets=sets)
    assert case.date("power", "grid", "earliest", "south") == parse_date("2028-07")
    assert case.date("power", "grid", "earliest", "north") == parse_date("2026-Q2")
    assert case.number("power", "grid", "lead_months") == 24.0
    assert case.date("budget", "capital", "until") == parse_date("2029-Q2")
    assert case.label("sites", "north", "region") == "warm"
    assert case.date("sites", "south", "earliest") == parse_date("2027")


def test_what_is_set_is_no_longer_what_its_source_says(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    (inputs / "sources.csv").write_text((inputs / "sources.csv").read_text().replace("estimate", "study"))
    case = case_of(inputs, sets=["halls.hall.price=*2"])
    estimated = frame(case)[frame(case).estimate]
    assert list(estimated.item + "." + estimated.quantity) == ["hall.price"]
    assert "round_numbers" in estimated.note.iloc[0]
    assert case.sources[estimated.source.iloc[0]].kind == "estimate"
    assert set(case_of(inputs).sources) == {"round_numbers"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("halls.hall.price", "is not table.item"),
        ("halls.hall.price=", "is not table.item"),
        ("price=2", "is not table.item"),
        ("hals.hall.price=2 MUSD_2026/MW", "no table 'hals'; did you mean 'halls'?"),
        ("halls.hal.price=2 MUSD_2026/MW", "no item 'hal' in halls.csv; did you mean 'hall'?"),
        ("halls.hall.pric=2 MUSD_2026/MW", "no quantity 'pric' in halls.csv; did you mean 'price'?"),
        ("carbon.emissions.price=*2", "leaves that part out"),
        ("halls.hall@north.price=*2", "matches no row; it has rows for no site and no date"),
        ("halls.hall@@2027.price=*2", "matches no row"),
        ("power.grid.most=*2", "matches no row; it has rows for @north, @south"),
        ("halls.hall@*@*.deposit=*2", "no quantity 'deposit'"),
        ("halls.hall.price=15", "'15' has no unit; write 15 MUSD_2026/MW"),
        ("halls.hall.price=dear", "'dear' is not a number"),
        ("halls.hall.price=*dear", "'dear' is not a number"),
        ("halls.hall.price=*2 MUSD_2026", "a factor has no unit"),
        ("halls.hall.price=+2", "the amount has no unit"),
        ("halls.hall.price=+2 MW", "'MW' is not money per power"),
        ("halls.hall.price=2 MW", "'MW' is not money per power"),
        ("halls.hall.price=*-1", "is below the minimum 0"),
        ("halls.hall.covers=*2", "is a label and cannot be scaled"),
        ("halls.hall.covers=roof", "no label 'roof'"),
        ("power.grid@north.earliest=*2", "a date can be shifted by months"),
        ("power.grid@north.earliest=+1 MW", "'MW' is not time"),
        ("power.grid@north.earliest=+2 week", "whole months"),
        ("power.grid@north.earliest=+900 year", "is not a date"),
        ("power.grid@north.earliest=soon", "'soon' is not a date"),
    ],
)
def test_sets_that_cannot_be(tmp_path: Path, text: str, words: str) -> None:
    inputs = tiny_copy(tmp_path)
    faults = faults_of(inputs, sets=[text, "halls.hall.room=20 MW"])
    assert len(faults) == 1, [str(fault) for fault in faults]
    assert text in str(faults[0])
    assert words in faults[0].message


def test_a_factor_that_breaks_a_bound_is_told_at_the_row_and_the_set(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    faults = faults_of(inputs, sets=["cooling.liquid@north.mean_ratio=*0.5"])
    assert [(fault.file, fault.row) for fault in faults] == [("cooling.csv", line_of(inputs / "cooling.csv", "liquid,north,,mean_ratio"))]
    assert "(after --set cooling.liquid@north.mean_ratio=*0.5)" in faults[0].message


def test_something_existing_by_overlay(tmp_path: Path) -> None:
    path = overlay(tmp_path, "standing.csv", "existing,hall,north,2025,count,,2,,1,round_numbers,two halls stand")
    (thing,) = case_of(tiny_copy(tmp_path), [path]).existing()
    assert (thing.item, thing.site, thing.when, thing.quantity, thing.amount) == ("hall", "north", parse_date("2025"), "count", 2.0)
