"""The bridge of the hand-made run, each step by hand (see hand_made.py for the pieces)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.analysis.bridge import build
from gwplan.results.run_folder import RunFolder


def test_classes_sum_to_the_plan(run_folder: Path) -> None:
    found = build(RunFolder(run_folder))
    assert found is not None
    classes = {step.name: step.amount for step in found.steps if step.kind == "class"}
    assert list(classes) == ["accelerators", "networks", "halls", "power", "sites"]
    assert classes == pytest.approx({"accelerators": 30.0, "networks": 5.0, "halls": 11.0, "power": 0.61, "sites": 0.2})
    assert sum(classes.values()) == pytest.approx(found.steps[0].amount) == pytest.approx(46.81)


def test_steps_by_hand(run_folder: Path) -> None:
    found = build(RunFolder(run_folder))
    assert found is not None
    steps = {step.name: step.amount for step in found.steps if step.kind != "class"}
    assert steps == pytest.approx(
        {
            "plan, per GW of IT": 46.81,
            "spares": -7.0,  # 3,500 x 0.25 / 1.25 = 700
            "contingency": -1.11,  # halls 100, grid 6, engines 5
            "power plants beyond the grid": -0.2,  # 20 MW of engines at 1
            "like for like, per GW of IT": 38.5,
            "generation: the median of those on offer": 7.0,  # 38.5 with racks, 52.5 with fast racks
            "basis: per GW at the meter": -9.1,  # 100 MW of IT are 125 MW at the meter
            "median generation, per GW at the meter": 36.4,
            "not explained": 3.6,
            "published, median, at the meter": 40.0,  # of 30 x 0.8, 40 and 50
            "dollar years": -4.0,  # 24 and 40 are of 2024: x 90 / 100; 50 is of 2026
            "published, median, as published": 36.0,
        }
    )


def test_changes_lead_from_level_to_level(run_folder: Path) -> None:
    found = build(RunFolder(run_folder))
    assert found is not None
    level = found.steps[0].amount
    for step in found.steps[1:]:
        if step.kind == "change":
            level += step.amount
        elif step.kind == "level":
            assert step.amount == pytest.approx(level), step.name


def test_published_on_their_own_basis(run_folder: Path) -> None:
    found = build(RunFolder(run_folder))
    assert found is not None
    plans = {figure.name: figure.plan for figure in found.published}
    assert plans["bank"] == pytest.approx((38.5,))
    assert plans["vendor"] == pytest.approx((30.8,))
    assert plans["paper"] == pytest.approx((30.8, 38.5))
    assert plans["shell"] == pytest.approx((8.4, 10.5)), "halls 10, grid 0.3, sites 0.2: no systems"
    vendor = next(figure for figure in found.published if figure.name == "vendor")
    assert (vendor.low, vendor.base, vendor.high) == (40, 40, 40), "no range is given"


def test_generations_by_hand(run_folder: Path) -> None:
    found = build(RunFolder(run_folder))
    assert found is not None
    assert [generation.system for generation in found.generations] == ["rack", "fast"]
    rack, fast = found.generations
    assert (rack.gigawatts, rack.systems, rack.all_in) == pytest.approx((0.1, 3.5 / 0.125, 38.5))
    # The racks are ordered in 2027-Q2, whose middle is 4.5 months into 2027: 4 + 2 x 4.5 / 12 = 4.75.
    assert (fast.gigawatts, fast.systems, fast.all_in) == pytest.approx((0, 5.25 / 0.125, 52.5))


def test_nothing_built_has_no_bridge(run_folder: Path) -> None:
    summary = json.loads((run_folder / "summary.json").read_text())
    (run_folder / "summary.json").write_text(json.dumps(summary | {"capital_first_build_musd": 0, "capital_musd_per_it_gw": None}))
    assert build(RunFolder(run_folder)) is None


def test_without_published_figures_the_bridge_ends_at_the_meter(run_folder: Path) -> None:
    (run_folder / "inputs" / "published.csv").unlink()
    found = build(RunFolder(run_folder))
    assert found is not None
    assert found.published == ()
    assert found.steps[-1].name == "median generation, per GW at the meter"


def test_figures_of_one_family_have_one_vote(run_folder: Path) -> None:
    path = run_folder / "inputs" / "published.csv"
    with path.open("a") as file:
        file.writelines(f"{item},,,family,,research,,label,{source},\n" for item, source in (("bank", "bank_note"), ("vendor", "vendor_talk")))
    found = build(RunFolder(run_folder))
    assert found is not None
    assert {figure.name: figure.family for figure in found.published} == {"bank": "research", "vendor": "research", "paper": "paper", "shell": "shell"}
    steps = {step.name: step for step in found.steps}
    # research: the median of 30 x 0.8 = 24 and 40 is 32; paper: 50. With three votes the median was 40.
    assert steps["published, median, at the meter"].amount == pytest.approx((32 + 50) / 2)
    assert steps["published, median, at the meter"].why == "2 families from 32 to 50, one vote each, of 3 figures"
    assert steps["not explained"].amount == pytest.approx(41 - 36.4)
    # In the dollars of their years: 24 and 40 are of 2024, x 90 / 100, with the median 28.8; 50 is of 2026.
    assert steps["published, median, as published"].amount == pytest.approx((28.8 + 50) / 2)


def test_what_is_not_for_sale_is_no_generation_on_offer(run_folder: Path) -> None:
    with (run_folder / "inputs" / "accelerators.csv").open("a") as file:
        file.write("fast,,,most_bought,,0,,1/year,round_numbers,rented only\n")
    found = build(RunFolder(run_folder))
    assert found is not None
    assert [generation.system for generation in found.generations] == ["rack"]


def test_stakes_are_no_part_of_what_is_like_for_like(run_folder: Path) -> None:
    """Another 100 MUSD for a share of a company, in a plan of 0.1 GW."""
    summary = json.loads((run_folder / "summary.json").read_text())
    (run_folder / "summary.json").write_text(json.dumps(summary | {"capital_first_build_musd": 4781.0, "capital_musd_per_it_gw": 47810.0}))
    with (run_folder / "tables" / "ledger.csv").open("a") as file:
        file.write("capital,contracts,stakes,lab_stake,cloud,lab,2027-Q1,100\n")
    found = build(RunFolder(run_folder))
    assert found is not None
    steps = {step.name: (step.kind, step.amount) for step in found.steps if step.kind != "class"}
    assert steps["stakes"] == ("change", pytest.approx(-1.0))
    assert steps["like for like, per GW of IT"] == ("level", pytest.approx(38.5))
