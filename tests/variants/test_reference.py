"""Reference plans: each is what the tiny case gives without the thing that it leaves out, found here by changed tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.analysis.reference import BEST, Reference, References
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit, Status
from tests.contracts.small import LEASE, NO_NEW_RACKS, model, target
from tests.support import TINY, copied, edited, solve_model

WORTH = ("model.goal.kind=most_value", "model.goal.most_it=10 MW", "compute.compute.value=3 USD_2026/H100e/hour",
         "model.target.1.by=2028-Q1")  # fmt: skip
"""Compute is worth so much that systems pay in 2027 already, before the target."""


@cache
def referred(*sets: str) -> References:
    return gwplan.reference_plans(gwplan.read_case(TINY, set=sets), runs=RUNS[0], workers=1)


RUNS: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    RUNS.append(tmp_path_factory.mktemp("reference"))
    yield
    referred.cache_clear()
    RUNS.clear()


def plan(name: str, *sets: str) -> Reference:
    (found,) = [each for each in referred(*sets).plans if each.name == name]
    return found


def objective(*sets: str) -> float:
    return solve_model(TINY, sets=sets).objective


def test_which_there_are() -> None:
    assert [each.name for each in referred().plans] == [
        BEST, "current generation only", "without first_vendor", "without second_vendor", "grid only", "North only", "South only",
        "as early as can be", "as late as allowed"]


@pytest.mark.parametrize(("name", "changes"), [
    (BEST, ()), ("current generation only", (NO_NEW_RACKS,)), ("without first_vendor", ("accelerators.old_rack.most_bought=0 1/year",)),
    ("grid only", ("power.gas_engine.most=0 MW",)), ("as early as can be", ("model.target.1.by=2027-Q1",)),
])
def test_each_is_the_plan_of_a_changed_model(name: str, changes: tuple[str, ...]) -> None:
    found = plan(name)
    assert found.objective == pytest.approx(objective(*changes), rel=1e-6)
    assert found.cost == pytest.approx(objective(*changes) - objective(), abs=1e-4)


def test_one_site_is_the_case_without_the_others(tmp_path: Path) -> None:
    case = copied(TINY, tmp_path)
    edited(case, lambda table, row: None if "north" in (row["site"], row["item"]) else row)
    assert plan("South only").objective == pytest.approx(solve_model(case).objective)
    assert plan("South only").sites == ("south",)


@pytest.mark.parametrize("name", ["without second_vendor", "North only"])
def test_what_the_best_plan_does_anyway_is_not_solved_again(name: str) -> None:
    found = plan(name)
    assert found.cost == 0
    assert found.message.startswith("the best plan itself: ")


def test_as_late_as_allowed_nothing_runs_before_the_target() -> None:
    best, late = plan(BEST, *WORTH), plan("as late as allowed", *WORTH)
    assert (best.first_it, late.first_it) == ("2027", "2028")
    delivered = ("accelerators.old_rack.earliest=2028", "accelerators.new_rack.earliest=2028")
    assert late.objective == pytest.approx(objective(*WORTH, *delivered), rel=1e-6)
    assert late.cost is not None
    assert late.cost > 0


def test_the_dates_at_which_targets_hold() -> None:
    assert {each.name: each.met for each in referred().plans if each.met != "2028"} == {"as early as can be": "2027"}


def test_a_plan_that_cannot_be_had_says_why() -> None:
    tight = ("budget.capital.cap=0.3 GUSD_2026",)
    found = plan("South only", *tight)
    assert (found.status, found.objective, found.cost) == (Status.INFEASIBLE, None, None)
    assert "budget.capital_within_cap" in found.message
    assert "ban of 'sites=north'" in found.message
    assert referred(*tight).exit_code == Exit.SOLVED


def test_rented_is_without_own_halls(tmp_path: Path) -> None:
    path = model(tmp_path, *LEASE, NO_NEW_RACKS, targets=[target("it", "10 MW")])
    found = gwplan.reference_plans(gwplan.read_case(path), runs=tmp_path, workers=1)
    (rented,) = [each for each in found.plans if each.name == "rent it all"]
    assert rented.objective == pytest.approx(solve_model(path, sets=("halls.hall.most_started=0 1/year",)).objective)


def test_beside_a_run_they_are_the_same(tmp_path: Path) -> None:
    run = gwplan.solve(gwplan.read_case(TINY)).write(tmp_path, pages=False)
    shown = CliRunner().invoke(program, ["reference", str(run.path), "--runs", str(tmp_path), "--workers", "1", "--json"])
    assert shown.exit_code == Exit.SOLVED, shown.output
    told = {each["name"]: each["objective"] for each in json.loads(shown.output)["plans"]}
    assert told == pytest.approx({each.name: each.objective for each in referred().plans}, rel=1e-6)


def test_the_command_prints_a_line_for_each(tmp_path: Path) -> None:
    shown = CliRunner().invoke(program, ["reference", str(TINY), "--runs", str(RUNS[0]), "--workers", "1"])
    assert shown.exit_code == Exit.SOLVED, shown.output
    assert all(any(line.startswith(each.name) for line in shown.output.splitlines()) for each in referred().plans)
    assert max(map(len, shown.output.splitlines())) <= 100
