"""Calculations that others have published, as small cases: each must come out to the tolerance of its figures.

The figures are theirs; what they mean here stands in the README of each case folder.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve

HERE = Path(__file__).parent


def solved(model: str, runs: Path, fix: str | None = None, sets: tuple[str, ...] = ()) -> tuple[dict[str, Any], Path]:
    """Summary and folder of a run, solved and audited."""
    path = HERE / f"{model}.toml"
    outcome = solve(Request(path, sets=sets, fix=path.parent / fix if fix else None, runs=runs))
    assert (outcome.exit_code, outcome.status) == (0, "optimal"), outcome.message
    assert outcome.run is not None
    assert json.loads((outcome.run / "audit.json").read_text())["ok"] is True
    return json.loads((outcome.run / "summary.json").read_text()), outcome.run


def values(run: Path, table: str) -> list[float]:
    with (run / "tables" / f"{table}.csv").open(newline="") as file:
        return [float(row["value"]) for row in csv.DictReader(file)]


# Bernstein, October 2025: a gigawatt of GB200 NVL72 for 35 GUSD at 5.9 MUSD a rack.
RACK, INFRASTRUCTURE = 3.4, 2.5


def test_a_gigawatt_of_gpu_racks_costs_35_gusd(tmp_path: Path) -> None:
    summary, run = solved("bernstein_gw_2025/gigawatt", tmp_path, "plan_gpu.csv")
    assert summary["facility_mw"] == pytest.approx([1000])
    [racks] = summary["systems"].values()
    assert list(summary["systems"]) == ["gb200_nvl72"]
    assert racks == pytest.approx(1e6 / 168.6)
    assert math.ceil(racks) == 5932  # the first whole number of racks that is a gigawatt
    assert values(run, "accelerators.bought") == pytest.approx([racks])
    assert summary["capital_musd"] == pytest.approx(35_000, rel=0.02)
    assert summary["capital_musd"] / racks == pytest.approx(RACK + INFRASTRUCTURE, rel=1e-5)  # 5.9 MUSD all in
    shares = {cost_class: amount / summary["capital_musd"] for cost_class, amount in summary["capital_by_class_musd"].items()}
    assert shares["accelerators"] + shares["networks"] == pytest.approx(3.4 / 5.9, abs=1e-4)
    assert shares["networks"] == pytest.approx(0.13 + 0.014, abs=1e-4)
    assert shares["power"] == pytest.approx(0.06, abs=1e-4)
    assert shares["halls"] == pytest.approx(1 / 3, abs=0.04)  # "close to one third" is mechanical and electrical plant; shells are in it too


def test_asics_save_a_fifth_of_it(tmp_path: Path) -> None:
    gpu, _ = solved("bernstein_gw_2025/gigawatt", tmp_path, "plan_gpu.csv")
    asic, _ = solved("bernstein_gw_2025/gigawatt", tmp_path, "plan_asic.csv")
    assert list(asic["systems"]) == ["asic_rack"]
    assert 1 - asic["capital_musd"] / gpu["capital_musd"] == pytest.approx(0.19, abs=0.01)
    assert gpu["capital_musd"] - asic["capital_musd"] == pytest.approx((2.3 - 1.2) * 1e6 / 168.6)
    free, _ = solved("bernstein_gw_2025/gigawatt", tmp_path)
    assert free["capital_musd"] == pytest.approx(asic["capital_musd"])  # asked for the cheapest gigawatt, the plan takes them


# aiinframap: five years of 1,024 H100, H200 or B200: acquisition, energy, both, and USD per effective PFLOP year as printed and in full.
GENERATIONS = {
    "h100": (30.72, 2.11, 32.83, 9300, 9261.98), "h200": (35.84, 2.11, 37.95, 10700, 10706.44), "b200": (40.96, 3.01, 43.97, 5500, 5453.13),
}
H100_PFLOP = 0.989


def per_pflop_year(summary: dict[str, Any]) -> float:
    """USD per effective PFLOP year: kH100e of each year, at 0.989 PFLOP/s an H100."""
    return float(summary["npv_cost_musd"] * 1e6 / (sum(summary["compute_kh100e"]) * 1000 * H100_PFLOP))


@pytest.mark.parametrize("name", GENERATIONS)
def test_five_years_of_a_given_fleet(name: str, tmp_path: Path) -> None:
    acquisition, energy, total, printed, in_full = GENERATIONS[name]
    summary, _ = solved("gpu_generation_tco/fleet", tmp_path, f"plan_{name}.csv")
    assert summary["systems"] == {f"{name}_server": 128}
    assert summary["capital_musd"] == pytest.approx(acquisition, abs=0.006)
    assert summary["capital_by_class_musd"]["accelerators"] == pytest.approx(summary["capital_musd"])
    assert sum(summary["running_by_class_musd"].values()) == pytest.approx(energy, abs=0.006)
    assert summary["residual_musd"] == 0
    assert summary["npv_cost_musd"] == pytest.approx(total, abs=0.006)
    assert per_pflop_year(summary) == pytest.approx(printed, abs=60)
    assert per_pflop_year(summary) == pytest.approx(in_full, abs=0.01)


def test_the_plan_chooses_b200_for_the_same_compute(tmp_path: Path) -> None:
    summary, _ = solved("gpu_generation_tco/choice", tmp_path)
    assert list(summary["systems"]) == ["b200_server"]
    # 708.9 effective PFLOP/s at 8 x 2.25 x 0.7 a server.
    assert summary["systems"]["b200_server"] == pytest.approx(1024 * 0.989 * 0.7 / (8 * 2.25 * 0.7))
    assert 1 - per_pflop_year(summary) / 9261.98 == pytest.approx(0.41, abs=0.002)


def test_the_chain_from_chips_to_the_utility(tmp_path: Path) -> None:
    """aiinframap: 10,000 H100 of 700 W; servers 1.3, PUE 1.3, redundancy 1.1, 0.08 USD/kWh."""
    summary, run = solved("datacenter_power_10k_h100/power_chain", tmp_path, "plan.csv")
    within = 0.002
    assert summary["it_mw"] == pytest.approx([9.1], rel=within)
    assert summary["facility_mw"] == pytest.approx([11.83], rel=within)
    assert summary["supplies_mw"] == pytest.approx({"utility": 13.01}, rel=within)
    [mean] = values(run, "power.output")
    assert mean * 8760 / 1000 == pytest.approx(103.6, rel=within)  # GWh a year
    assert summary["running_by_class_musd"]["energy"] == pytest.approx(8.3, rel=within)
