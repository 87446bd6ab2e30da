"""Each kind of figure worked out by hand from the round numbers of the tiny case (inputs/tiny/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.status import Exit
from tests.calibrate.hand_made import OLD, calibrated, case

PER_MW = 8 * 2.5
"""MUSD: 8 racks of 0.125 MW at 2 + 0.5."""


@pytest.mark.parametrize(("basis", "rows", "expected"), [
    ("it", {}, PER_MW + 10),
    ("meter", {"site": "north"}, (PER_MW + 10) / 1.2),
    ("meter", {}, (PER_MW + 10) / 1.3),  # without a site: the median of 1.2 and 1.4
    ("it", {"site": "south"}, PER_MW + 10 * 1.2),  # the site's construction index
    ("count", {"count_per_gw": "4000 1/GW"}, 4 * 2.5 + 4 * 0.125 * 10),  # 4 racks a MW are half a MW of IT
    ("count", {"power_per_system": "250 kW"}, 4 * 2.5 + 4 * 0.125 * 10),
])  # fmt: skip
def test_capital_on_each_basis(tmp_path: Path, basis: str, rows: dict[str, str], expected: float) -> None:
    found = calibrated(tmp_path, case("one", "capital_per_gw=30 GUSD_2026/GW", basis=basis, **OLD, **rows)).cases[0]
    assert found.plan == pytest.approx((expected,))
    assert found.error == pytest.approx(expected / 30 - 1)


@pytest.mark.parametrize(("covers", "expected"), [
    ("hall", 10.0), ("systems", 16.0), ("systems|network", PER_MW), ("hall|grid", 10 + 0.5 * 1.3), ("hall|plant", 10 + 1.3 * 0.5),
    ("hall|land", 10 + 0.5), ("hall|contingency", 10 * 1.1), ("systems|hall|contingency", 16 + 11),
])  # fmt: skip
def test_only_what_the_figure_includes(tmp_path: Path, covers: str, expected: float) -> None:
    """The grid is 0.5 and engines 1 a MW at the meter, of which half is asked; a site of 10 or 20 opens 20 or 40 MW; halls get a tenth more."""
    more = {"supply": "gas_engine", "plant_share": "0.5 1"}
    found = calibrated(tmp_path, case("one", "capital_per_gw=10 GUSD_2026/GW", covers=covers, **OLD, **more), sets=("halls.hall.contingency=0.1",))
    assert found.cases[0].plan == pytest.approx((expected,))
    assert sum(found.cases[0].components.values()) == pytest.approx(expected)


def test_a_price_is_that_of_the_figures_date_and_a_figure_comes_to_the_dollars_of_the_model(tmp_path: Path) -> None:
    row = case("late", "price_per_system=2.1 MUSD_2026", basis="unit", covers="systems|network", **OLD)
    row[0] = row[0].replace(",2025-12,", ",2027-07,").replace("2.1,,MUSD_2026", "1.05,,MUSD_2027")
    # The index is 100 in 2026; at 50 in 2027 a dollar of 2027 is two of 2026. From 2027 on a rack is 1.6 + 0.5.
    model = calibrated(tmp_path / "plain", row).cases[0]
    assert (model.plan, model.published) == (pytest.approx((2.1,)), pytest.approx(1.05))
    (tmp_path / "plain" / "inputs" / "tiny" / "deflators.csv").write_text("year,index\n2026,100\n2027,50\n2028,50\n")
    from gwplan.analysis.calibrate.calibrate import of_request
    from gwplan.planning.request import Request

    again = of_request(Request(tmp_path / "plain" / "models" / "tiny.toml")).cases[0]
    assert (again.published, again.error) == pytest.approx((2.1, 0.0))


def test_other_figures(tmp_path: Path) -> None:
    found = calibrated(
        tmp_path,
        case("plant", "power_plant_price=1000 USD_2026/kW", basis="unit", covers="plant", supply="gas_engine"),
        case("racks", "systems_per_gw=4000 1/GW", basis="count", covers="systems", kind="identity", system="old_rack", power_per_system="250 kW"),
        case("chips", "systems_per_gw=400 1/GW", basis="count", covers="systems", kind="identity", system="old_rack",
             accelerators_per_gw="20000 1/GW"),
        case("quick", "build_months=9 month", basis="unit", covers="time", kind="dates", design="hall"),
    )
    plans = {each.name: (each.plan[0], each.error, each.verdict) for each in found.cases}
    assert plans["plant"] == (pytest.approx(1.0), pytest.approx(0), "inside")
    assert plans["racks"] == (pytest.approx(4000), pytest.approx(0), "inside")
    assert plans["chips"] == (pytest.approx(400), pytest.approx(0), "inside")
    assert plans["quick"] == (pytest.approx(12), pytest.approx(3), "inside")


def test_the_cost_of_owning_an_accelerator(tmp_path: Path) -> None:
    """At no return over 4 years: 2 / 4 of the rack, 0.5 / 4 of its network, 1.25 / 20 of its hall; 0.125 MW x 0.8 x 1.15 at 45 a MWh; upkeep."""
    row = case("own", "cost_per_gpu_hour=2 USD_2026/hour", basis="unit", covers="systems|network|hall|energy|upkeep", kind="cost_model", **OLD,
               rate="0 1/year", life="4 year")
    found = calibrated(tmp_path, row).cases[0]
    hours = 50 * 8760
    energy = 0.125 * 0.8 * 1.15 * 8760 * 45
    upkeep = 0.02 * 2e6 + 0.125 * 0.1e6
    assert found.components == pytest.approx({"systems": 0.5e6 / hours, "network": 0.125e6 / hours, "hall": 0.0625e6 / hours,
                                              "energy": energy / hours, "upkeep": upkeep / hours})
    # 785,333 USD over 438,000 hours are 1.793, a tenth below 2.
    assert (found.error, found.verdict) == (pytest.approx(-0.1035, abs=1e-4), "outside")


@pytest.mark.parametrize(("kind", "figure", "verdict"), [
    ("cost_model", "28.1", "inside"), ("cost_model", "27.9", "outside"), ("filed", "26.1", "inside"), ("filed", "26", "outside"),
    ("announcement", "20/25/30", "inside"), ("announcement", "31/35/40", "outside"), ("identity", "29.8", "inside"), ("identity", "29.6", "outside"),
])  # fmt: skip
def test_the_tolerance_is_that_of_the_class(tmp_path: Path, kind: str, figure: str, verdict: str) -> None:
    """The plan is 30: 6.8 and 7.5 %, 14.9 and 15.4 %, 0.7 and 1.4 % above; an announcement holds from its low to its high."""
    found = calibrated(tmp_path, case("one", f"capital_per_gw={figure} GUSD_2026/GW", kind=kind, **OLD))
    assert found.cases[0].verdict == verdict
    assert found.exit_code == (Exit.OTHER if verdict == "outside" and kind != "announcement" else Exit.SOLVED)


def test_a_case_outside_with_a_reason_is_listed_and_is_no_error(tmp_path: Path) -> None:
    found = calibrated(tmp_path, case("one", "capital_per_gw=20 GUSD_2026/GW", **OLD, reason="the racks are of another year"))
    assert (found.cases[0].verdict, found.cases[0].reason, found.exit_code) == ("outside", "the racks are of another year", Exit.SOLVED)


def test_without_a_basis_the_verdict_is_where_both_agree(tmp_path: Path) -> None:
    """30 per GW of IT, 30 / 1.3 = 23.1 at the meter."""
    figures = {"between": 26, "meter": 23, "below": 10}
    rows = [case(name, f"capital_per_gw={figure} GUSD_2026/GW", basis="unstated", **OLD) for name, figure in figures.items()]
    found = {each.name: each for each in calibrated(tmp_path, *rows).cases}
    assert found["below"].plan == pytest.approx((30 / 1.3, 30))
    assert {name: each.verdict for name, each in found.items()} == {"between": "not reproduced", "meter": "not reproduced", "below": "outside"}
    assert found["meter"].reason == "it states no basis, and the verdict depends on it"
    assert found["meter"].error == pytest.approx(30 / 1.3 / 23 - 1), "of the nearer one"
