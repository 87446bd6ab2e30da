"""How compute is counted: at peak or as delivered in a mix of workloads, and what that does to rents and contracts. By hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults, MissingValue
from gwplan.model.compute_measure import h100e
from gwplan.model.systems import usable
from tests.parts.stage import tiny

SHARES = {"h100": (0.25, 0.2, 0.08), "old_rack": (0.5, 0.3, 0.04), "new_rack": (0.25, 0.4, 0.16)}
"""Share of peak achieved in training, prefill and decode."""
ACHIEVED = tuple(f"{'compute' if item == 'h100' else 'accelerators'}.{item}.achieved_{work}_fp8={share} 1"
                 for item, shares in SHARES.items() for work, share in zip(("training", "prefill", "decode"), shares, strict=True))
MIX = {"more": "\n[compute]\nworkload = { training = 0.5, prefill = 0.2, decode = 0.3 }"}
ON_NEW = "compute.compute.reference_system=new_rack label"


def test_delivered_compute_is_the_mean_over_the_workload(tmp_path: Path) -> None:
    """old_rack: 100 by peak, times 0.5 x 2 + 0.2 x 1.5 + 0.3 x 0.5 = 1.45; new_rack: 400, times 0.5 x 1 + 0.2 x 2 + 0.3 x 2 = 1.5."""
    case = tiny(tmp_path, *ACHIEVED, **MIX)
    assert h100e(case, "old_rack") == pytest.approx(145)
    assert h100e(case, "new_rack") == pytest.approx(600)


def test_a_workload_of_one_kind_needs_no_other(tmp_path: Path) -> None:
    only = [change for change in ACHIEVED if "decode" in change]
    case = tiny(tmp_path, *only, more="\n[compute]\nworkload = { decode = 1 }")
    assert h100e(case, "new_rack") == pytest.approx(400 * 2)


def test_peak_is_the_measure_of_a_model_that_says_nothing(tmp_path: Path) -> None:
    case = tiny(tmp_path, *ACHIEVED, ON_NEW)
    assert case.definition.measure == "fp8 peak"
    assert h100e(case, "new_rack") == pytest.approx(400)
    assert case.number("compute", "compute", "value", period=0) == pytest.approx(0.5)


def test_an_hour_of_the_machine_costs_the_same_at_every_measure(tmp_path: Path) -> None:
    """0.5 USD for each of 400 H100e by peak is 200 USD an hour: a third of a dollar for each of the 600 that it delivers."""
    case = tiny(tmp_path, *ACHIEVED, ON_NEW, **MIX)
    assert case.definition.measure == "fp8 delivered 50/20/30"
    assert case.number("compute", "compute", "value", period=0) * 600 == pytest.approx(0.5 * 400)


def test_each_row_follows_the_machine_of_its_own_date(tmp_path: Path) -> None:
    """To 2027 rents are those of old_rack (100 for 145), from 2028 on those of new_rack (400 for 600); between the middles straight lines."""
    dated = [f"compute.compute@@{year}.{quantity}" for year, quantity in (("2027", "value=0.4 USD_2026/H100e/hour"),
             ("2027", "reference_system=old_rack label"), ("2028", "value=0.3 USD_2026/H100e/hour"), ("2028", "reference_system=new_rack label"))]
    case = tiny(tmp_path, *ACHIEVED, "compute.compute.value=", *dated, **MIX, start="2027-Q1")
    first, second = 0.4 * 100 / 145, 0.3 * 400 / 600
    assert case.number("compute", "compute", "value", period=1) == pytest.approx((first + second) / 2)
    assert case.number("compute", "compute", "value", period=2) == pytest.approx(second)


def test_rows_without_a_reference_are_in_the_models_own_measure(tmp_path: Path) -> None:
    case = tiny(tmp_path, *ACHIEVED, **MIX)
    assert case.number("compute", "compute", "value", period=0) == pytest.approx(0.5)


def test_a_rent_at_another_precision_is_converted_too(tmp_path: Path) -> None:
    """new_rack does four times as much at fp4 as at fp8, an H100 no more: a quarter of the price for each of four times as many."""
    fp4 = ("accelerators.new_rack.fp4_rate=1600 TFLOP/s", "compute.h100.fp4_rate=1 TFLOP/s")
    case = tiny(tmp_path, *fp4, ON_NEW, precision="fp4")
    assert h100e(case, "new_rack") == pytest.approx(1600)
    assert case.number("compute", "compute", "value", period=0) == pytest.approx(0.125)


def test_a_system_that_nobody_measured_is_left_out_and_said(tmp_path: Path) -> None:
    case = tiny(tmp_path, *(change for change in ACHIEVED if "old_rack.achieved_prefill" not in change), **MIX)
    assert usable(case) == ["new_rack"]
    assert any("old_rack has no achieved_prefill_fp8" in str(warning) for warning in case.warnings)


@pytest.mark.parametrize(("changes", "said"), [
    ([change for change in ACHIEVED if "h100.achieved_decode" not in change], "h100 has no 'achieved_decode_fp8'"),
    ([*(change for change in ACHIEVED if "new_rack" not in change), ON_NEW],
     "new_rack is the reference system of compute and has no 'achieved_training_fp8'"),
])
def test_a_share_that_is_needed_and_missing_is_a_fault(tmp_path: Path, changes: list[str], said: str) -> None:
    with pytest.raises((InputFaults, MissingValue)) as raised:
        case = tiny(tmp_path, *changes, **MIX)
        case.number("compute", "compute", "value", period=0)
    assert said in str(raised.value)


@pytest.mark.parametrize(("more", "said"), [
    ("workload = { training = 0.5, prefill = 0.2 }", "the shares of the workload sum to 0.7, not to 1"),
    ("workload = { training = 1.5, decode = -0.5 }", "a share of the workload is not between 0 and 1"),
    ('basis = "peak"\nworkload = { training = 1 }', 'basis = "peak" has no workload'),
    ("workload = { inference = 1 }", "inference"),
    ('basis = "real"', "real"),
])
def test_a_workload_is_whole(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(InputFaults) as raised:
        tiny(tmp_path, *ACHIEVED, more=f"\n[compute]\n{more}")
    assert said in str(raised.value) and "compute" in str(raised.value)
