"""The smallest change of one number that is enough where there is no plan: by hand, and by solving on both sides of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gwplan
from gwplan.planning.levers import Lever
from gwplan.planning.remedies import rounded
from gwplan.planning.remedy import Remedy
from gwplan.planning.request import Request
from gwplan.planning.why import Unmet, why
from tests.commands.program import run
from tests.support import TINY

NORTH_ALONE = ("model.target.1.amount=30 MW", "sites.south.most_it=0 MW", "power.grid@south.most=0 MW")
FEW_HALLS = (*NORTH_ALONE, "halls.hall.room=12 MW", "sites.north.most_it=24 MW", "power.grid@north.most=100 MW")
LITTLE_POWER = (*NORTH_ALONE, "sites.north.most_it=40 MW", "halls.hall.most_started=4 1/year", "power.gas_engine.most=0 MW")
LITTLE_MONEY = ("budget.capital.cap=200 MUSD_2026",)


def explained(*sets: str) -> Unmet:
    found = why(Request(TINY, sets=sets, time_limit="300 s"))
    assert found is not None
    return found


def remedies(*sets: str) -> dict[str, Remedy]:
    return {each.lever.key: each for each in explained(*sets).enough}


def has_plan(*sets: str) -> bool:
    case = gwplan.read_case(TINY, set=list(sets))
    try:
        gwplan.solve(case, gap=0.9)
    except gwplan.Infeasible:
        return False
    return True


def test_too_little_money() -> None:
    """Site and hall take 110, 12 MW of grid 6 and racks for 10 MW 168: 284. With 200, 7 MW of grid leave 86.5 for racks at 16.8 a MW."""
    found = remedies(*LITTLE_MONEY)
    assert found["budget.capital.cap"].change == "budget.capital.cap=284 MUSD_2026"
    assert found["model.target.1.amount"].change == f"model.target.1.amount={int(86.5 / 16.8 * 100) / 100:g} MW"


def test_halls_for_too_few_megawatts() -> None:
    """Two halls of 12 MW fit on a site for 24 MW: a third one takes half as much again, and without it 24 of the 30 MW can be had."""
    found = remedies(*FEW_HALLS)
    assert found["model.target.1.amount"].change == "model.target.1.amount=24 MW"
    assert found["sites.north.most_it"].change == "sites.north.most_it=36 MW"


def test_too_little_power() -> None:
    """24 MW of grid carry 20 MW of IT, whose worst hour takes 1.2 of it; 30 MW take 36."""
    found = remedies(*LITTLE_POWER)
    assert found["model.target.1.amount"].change == "model.target.1.amount=20 MW"
    assert found["power.grid@north.most"].change == "power.grid@north.most=36 MW"


def test_a_date_before_any_lead_time() -> None:
    """A hall takes a year to build and the grid comes in 2027 and takes a year: nothing runs in 2026, and with engines from 2027 on."""
    found = remedies("model.target.1.by=2026-Q1")
    assert found["model.target.1.by"].change == "model.target.1.by=2027-Q1"
    assert [each.name for each in explained("model.target.1.by=2026-Q1").not_enough] == ["target 1, amount"]


def test_a_change_of_all_by_one_share_is_enough_too() -> None:
    """Cap and target give way alike: both less than each alone."""
    found = explained(*LITTLE_MONEY)
    cap, target = (each for each in found.compromise)
    assert has_plan(*LITTLE_MONEY, *found.compromise)
    new_cap, new_target = (float(each.partition("=")[2].split(" ")[0]) for each in (cap, target))
    assert 200 < new_cap < 284 and 5.14 < new_target < 10
    assert new_cap / 200 - 1 == pytest.approx(1 - new_target / 10, abs=0.01)


def test_a_model_with_a_plan_has_nothing_to_explain() -> None:
    assert why(Request(TINY)) is None
    done = run("why", TINY)
    assert done.returncode == 0
    assert done.stdout.startswith("The model has a plan. What holds it back:\n")


def test_the_command_says_the_row_to_edit() -> None:
    done = run("why", TINY, "--set", LITTLE_MONEY[0])
    assert done.returncode == 0, done.stderr
    assert "No plan keeps all of these promises: target 1 (10 MW IT by 2028-Q1); the budget" in done.stdout
    assert "284 MUSD_2026" in done.stdout and "tiny.toml" in done.stdout
    told = json.loads(run("why", TINY, "--set", LITTLE_MONEY[0], "--json").stdout)
    assert {each["set"] for each in told["enough"]} == {"budget.capital.cap=284 MUSD_2026", "model.target.1.amount=5.14 MW"}


def test_a_solve_says_what_is_enough(tmp_path: Path) -> None:
    done = run("solve", TINY, "--set", LITTLE_MONEY[0], "--runs", tmp_path)
    assert done.returncode == 4
    assert "Enough alone, each verified by a solve: --set budget.capital.cap=200 MUSD_2026 capital.cap 200 MUSD_2026 -> 284 MUSD_2026" in " ".join(
        (done.stdout + done.stderr).split())


def test_two_that_are_enough_together_are_printed_and_in_the_record(tmp_path: Path) -> None:
    """Nothing runs in 2026, whatever is spent, and in 2027 racks are dearer than in 2028, when 284 would do."""
    sets = (*LITTLE_MONEY, "model.target.1.by=2026-Q1")
    done = run("solve", TINY, "--set", sets[0], "--set", sets[1], "--runs", tmp_path)
    told = " ".join((done.stdout + done.stderr).split())
    assert "No change of one number is enough. Enough together, verified by a solve: tiny.toml target 1, by 2026-Q1 -> 2027-Q1 and --set " in told
    printed = " ".join(run("why", TINY, "--set", sets[0], "--set", sets[1]).stdout.split())
    assert "Each of these pairs is enough together, verified by a solve of the changed model" in printed
    assert "add --set 'model.target.1.by=2027-Q1' --set 'budget.capital.cap=" in printed
    record = explained(*sets).as_json
    dates, cap = record["pairs"][0]["changes"]
    assert (dates["row"], dates["set"]) == ("tiny.toml", "model.target.1.by=2027-Q1") and record["enough"] == []
    assert 284 < float(cap["set"].partition("=")[2].split()[0]) < 310 and cap["row"] == f"--set {LITTLE_MONEY[0]}"


def test_the_row_of_a_file_is_named() -> None:
    """A cap that stands in the table: its file and line."""
    found = explained("model.target.1.amount=40 MW", "sites.*.most_it=40 MW", "halls.hall.most_started=9 1/year", "power.grid@*.most=90 MW")
    (cap,) = [each for each in found.enough if each.lever.key == "budget.capital.cap"]
    assert cap.words.startswith("budget.csv:2 capital.cap 1 GUSD_2026 -> ")


def test_numbers_are_rounded_to_the_feasible_side() -> None:
    assert 25 * rounded(1.46962, up=True, base=25) == pytest.approx(36.8)
    assert 1000 * rounded(0.6897, up=False, base=1000) == pytest.approx(689)
    assert rounded(1.5, up=True, base=None) == pytest.approx(1.5)
    assert rounded(0.0, up=False, base=10) == 0


def test_a_lever_of_all_rows_is_a_factor() -> None:
    lever = Lever("power.csv", "most of all rows", "power.*@*@*.most", (), more=True)
    assert (lever.by(1.25), lever.words(lever.new("power.*@*@*.most=*1.25"))) == ("power.*@*@*.most=*1.25", "power.csv most of all rows x 1.25")


def test_a_date_after_the_cap_says_that_nothing_is_capped_then() -> None:
    """The cap of nothing holds to the end of 2027; what is paid in 2028 counts nowhere. A year of building: 2026's target needs 2027."""
    found = remedies("model.target.1.by=2026-Q1", "budget.capital.until=2026-Q4")["model.target.1.by"]
    assert found.note == "the cap on capital ends with 2026-Q4: what is paid later is not capped"
    assert remedies("model.target.1.by=2026-Q1")["model.target.1.by"].note == ""
