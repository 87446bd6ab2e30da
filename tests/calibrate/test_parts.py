"""What an error comes from, what cannot be reproduced, one vote for each family, and faults of the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from tests.calibrate.hand_made import CLASSES, HEAD, OLD, calibrated, case, folder


def test_the_largest_difference_of_a_published_split(tmp_path: Path) -> None:
    """Of 36, half is compute and a quarter the hall: 18 and 9 against 20 and 10; with a tenth for systems alone it is 16 against 3.6."""
    figure = "capital_per_gw=36 GUSD_2026/GW"
    found = {each.name: each.part for each in calibrated(
        tmp_path, case("halves", figure, **OLD, split_compute="0.5 1", split_hall="0.25 1"), case("systems", figure, **OLD, split_systems="0.1 1"),
    ).cases}  # fmt: skip
    assert found["halves"] == "compute: 20 against 18"
    # All but the systems together: 4 + 10 against 0.9 x 36 = 32.4, further away than 16 against 3.6.
    assert found["systems"] == "network, hall: 14 against 32.4"


def test_the_number_whose_own_range_covers_the_miss(tmp_path: Path) -> None:
    model = folder(tmp_path, case("one", "capital_per_gw=25 GUSD_2026/GW", **OLD))
    for name, row, ranged in (("accelerators", "old_rack,,,price,,2,", "old_rack,,,price,1.5,2,3"), ("halls", "hall,,,price,,10,", "hall,,,price,4,10,11")):
        path = tmp_path / "inputs" / "tiny" / f"{name}.csv"
        text = path.read_text()
        assert row in text
        path.write_text(text.replace(row, ranged))
    from gwplan.analysis.calibrate.calibrate import of_request
    from gwplan.planning.request import Request

    # 5 too many: racks at 1.5 take off 8 x 0.5 = 4 of it, the hall at 4 takes off 6.
    assert of_request(Request(model)).cases[0].part == "hall: price of Standard hall, whose range covers it"
    far = tmp_path / "inputs" / "tiny" / "calibration.csv"
    far.write_text(far.read_text().replace(",,25,,", ",,18,,"))
    assert of_request(Request(model)).cases[0].part == "hall: price of Standard hall, whose range covers 50% of it", "6 of 12"


@pytest.mark.parametrize(("rows", "reason"), [
    ({"design": "hall"}, "it names no system of the tables"),
    ({**OLD, "covers": "chips"}, "no table has a price of its chips"),
    ({**OLD, "basis": "count"}, "it states no power per system"),
])  # fmt: skip
def test_what_cannot_be_reproduced_says_why(tmp_path: Path, rows: dict[str, str], reason: str) -> None:
    found = calibrated(tmp_path, case("one", "capital_per_gw=30 GUSD_2026/GW", **rows)).cases[0]  # type: ignore[arg-type]
    assert (found.verdict, found.plan, found.error, found.reason) == ("not reproduced", (), None, reason)


def test_a_cost_of_owning_needs_the_return_it_was_worked_out_with(tmp_path: Path) -> None:
    row = case("own", "cost_per_gpu_hour=2 USD_2026/hour", basis="unit", covers="systems|network", kind="cost_model", **OLD)
    found = calibrated(tmp_path, row).cases[0]
    assert (found.verdict, found.reason) == ("not reproduced", "it states no rate of return")
    assert found.plan == pytest.approx((2.5 / 5 * 1e6 / (50 * 8760),)), "the plan's own is shown: no return, five years"


def test_all_figures_of_a_family_have_one_vote(tmp_path: Path) -> None:
    """The plan is 30: a bank's 25, 24 and 20 are 20, 25 and 50 % below it, 25 % in the median; a paper's 40 is 25 % above."""
    rows = [case(f"bank_{figure}", f"capital_per_gw={figure} GUSD_2026/GW", family="bank", **OLD) for figure in (25, 24, 20)]
    found = calibrated(tmp_path, *rows, case("paper", "capital_per_gw=40 GUSD_2026/GW", **OLD))
    assert found.votes == pytest.approx({"bank": 0.25, "paper": -0.25})
    assert found.median_vote == pytest.approx(0)


def test_a_source_behind_both_sides_is_said(tmp_path: Path) -> None:
    model = folder(tmp_path, case("one", "facility_per_gw=10 GUSD_2026/GW", covers="hall", design="hall"))
    sources = tmp_path / "inputs" / "tiny" / "sources.csv"
    sources.write_text(sources.read_text() + "guide,A guide,Us,2026,,study,D,direct\n")
    table = tmp_path / "inputs" / "tiny" / "calibration.csv"
    table.write_text(table.read_text().replace("one,,2025-12,facility_per_gw,,10,,GUSD_2026/GW,round_numbers", "one,,2025-12,facility_per_gw,,10,,GUSD_2026/GW,guide"))
    from gwplan.analysis.calibrate.calibrate import of_request
    from gwplan.planning.request import Request

    assert of_request(Request(model)).cases[0].shared == ()
    halls = tmp_path / "inputs" / "tiny" / "halls.csv"
    halls.write_text(halls.read_text().replace("hall,,,price,,10,,MUSD_2026/MW,round_numbers,round number", "hall,,,price,,10,,MUSD_2026/MW,round_numbers,from guide"))
    assert of_request(Request(model)).cases[0].shared == ("guide",)


@pytest.mark.parametrize(("row", "message"), [
    ("one,,2026,facility_per_gw,,9,,GUSD_2026/GW,round_numbers,", "it has capital_per_gw, facility_per_gw"),
    ("one,,,systems,,old_rack,,label,round_numbers,", "did you mean 'system'"),
    ("one,,,system,,older_rack,,label,round_numbers,", "no system 'older_rack' in accelerators.csv"),
    ("one,,,life,,5,,kW,round_numbers,", "'kW' is not"),
    ("two,,2026,capital_per_gw,,9,,GUSD_2026/GW,round_numbers,", "two"),
])  # fmt: skip
def test_faults_name_file_row_and_rule(tmp_path: Path, row: str, message: str) -> None:
    rows = [line for line in case("one", "capital_per_gw=30 GUSD_2026/GW", **OLD) if ",system," not in line or "system,," not in row]
    with pytest.raises(InputFaults) as error:
        calibrated(tmp_path, rows, [row])
    assert any("calibration.csv" in str(fault) and message in str(fault) for fault in error.value.faults), str(error.value)


def test_a_figure_without_a_date_and_a_class_without_a_tolerance_are_faults(tmp_path: Path) -> None:
    rows = case("one", "capital_per_gw=30 GUSD_2026/GW", kind="identity", **OLD)
    rows[0] = rows[0].replace(",2025-12,", ",,", 1)
    model = folder(tmp_path, rows, classes=CLASSES[2:])
    from gwplan.analysis.calibrate.calibrate import of_request
    from gwplan.planning.request import Request

    with pytest.raises(InputFaults) as error:
        of_request(Request(model))
    assert "when is blank: the date of publication is needed" in str(error.value)
    assert "no row gives the tolerance of the class 'identity'" in str(error.value)
    assert HEAD.startswith("item,")


def test_a_case_without_the_table_is_a_fault(tmp_path: Path) -> None:
    model = folder(tmp_path)
    (tmp_path / "inputs" / "tiny" / "calibration.csv").unlink()
    from gwplan.analysis.calibrate.calibrate import of_request
    from gwplan.planning.request import Request

    with pytest.raises(InputFaults, match=r"calibration.csv: the file is missing"):
        of_request(Request(model))
