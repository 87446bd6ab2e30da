"""Halls renewed in place, by hand. A hall of tiny: 10 MW at 100 MUSD, a year to build; renewed for 30 MUSD, 3 MUSD/MW."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.model.existing_assets import ending
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import events
from tests.audit.hand_made import failed
from tests.parts import test_halls as halls
from tests.parts.stage import apply, tiny

NORTH, PRICE = ("north", "hall"), "halls.hall.renewal_price=3 MUSD_2026/MW"
BUILDERS = ("halls", "hall", "north", "builders")
OPERATORS, COUNTIES = ("halls", "hall", "north", "operators"), ("property_tax", "hall", "north", "counties")


def test_without_a_price_no_hall_is_renewed(tmp_path: Path) -> None:
    assert halls.staged(tmp_path, "halls.hall.life=1 year", end="2030-Q4").keys("renewed") == []


def test_a_hall_is_renewed_when_its_life_is_over(tmp_path: Path) -> None:
    """Open from 2027 for two years, renewed in 2029 without a build, for two years of which one is left at the end of 2029."""
    stage = halls.staged(tmp_path, "halls.hall.life=2 year", PRICE, end="2029-Q4")
    assert stage.keys("renewed") == [("north", "hall", 3), ("south", "hall", 3)]
    stage.put("started", {(*NORTH, 0): 1})
    stage.put("renewed", {(*NORTH, 3): 1})
    for name, amounts in {"standing": [1, 1, 1, 1], "stock": [0, 1, 1, 1], "value_open": [0, 100, 100, 30]}.items():
        stage.follow(name, NORTH, amounts)
    assert stage.broken() == set()
    assert stage.money("capital") == pytest.approx({(*BUILDERS, 0): 100, (*BUILDERS, 3): 30})
    assert stage.money("residual") == pytest.approx({(*BUILDERS, 3): 15}), "one of its two years is left"
    assert stage.money("running", "halls") == pytest.approx({(*OPERATORS, year): 1 for year in (1, 2, 3)})
    assert stage.money("running", "property_tax") == pytest.approx({(*COUNTIES, 1): 1, (*COUNTIES, 2): 1, (*COUNTIES, 3): 0.3})
    assert {key[-1] for key in stage.amounts("emissions")} == {0}, "no shell is built again"
    stage.put("renewed", {(*NORTH, 3): 2})
    assert ("renewed_is_ending", (*NORTH, 3)) in stage.broken(), "only one was there"


def test_it_is_renewed_again_and_again_at_the_price_of_its_site_and_date(tmp_path: Path) -> None:
    """Open from 2027 for a year at a time, to 2030; the south costs a fifth more; 4 at the start of 2028, 2 at that of 2030, halfway 3."""
    changes = ["halls.hall@@2028.renewal_price=4 MUSD_2026/MW", "halls.hall@@2030.renewal_price=2 MUSD_2026/MW"]
    stage = halls.staged(tmp_path, "halls.hall.life=1 year", *changes, end="2030-Q4")
    assert {key[-1] for key in stage.keys("renewed")} == {2, 3, 4}
    stage.put("renewed", {("south", "hall", 2): 1, ("south", "hall", 3): 1})
    paid = {key[-1]: amount for key, amount in stage.money("capital").items()}
    assert paid == pytest.approx({2: 10 * 3.5 * 1.2, 3: 10 * 2.5 * 1.2}), "at the middle of each year"


def test_what_is_left_of_a_life_is_given_up_by_its_renewal(tmp_path: Path) -> None:
    """Open from 2027 for a year and a quarter: renewed in 2028 it is there once, not for a quarter more."""
    stage = halls.staged(tmp_path, "halls.hall.life=1.25 year", PRICE)
    stage.put("started", {(*NORTH, 0): 1})
    stage.put("renewed", {(*NORTH, 2): 1})
    for name, amounts in {"standing": [1, 1, 1.25], "stock": [0, 1, 1.25], "value_open": [0, 100, 55]}.items():
        stage.follow(name, NORTH, amounts)
    assert ("renewed_is_closed_first", (*NORTH, 2, 0.25)) in stage.broken()
    stage.put("closed_early", {(*NORTH, 2): 0.25})
    for name, amounts in {"standing": [1, 1, 1], "stock": [0, 1, 1]}.items():
        stage.follow(name, NORTH, amounts)
    assert stage.broken() == set()


def test_those_with_the_least_left_are_renewed_first(tmp_path: Path) -> None:
    """Three from before, of a life of five years: one ends with 2026, one a quarter and one a half into 2027."""
    rows = ["sites.north.most_it=40 MW"] + [f"existing.hall@north@{when}.count=1 1" for when in ("2022-01", "2022-04", "2022-07")]
    case = tiny(tmp_path / "case", "halls.hall.life=5 year", *rows)
    assert ending(case, "design", lambda item, site: 5.0) == {("hall", "north", 1): [(0.0, 1), (0.25, 1), (0.5, 1)]}
    stage = halls.staged(tmp_path / "stage", "halls.hall.life=5 year", PRICE, *rows)
    for count, least in ((1, 0), (2, 0.25), (3, 0.75)):
        stage.put("renewed", {(*NORTH, 1): count})
        for closed, enough in ((least, True), (least - 0.01, False)):
            stage.put("closed_early", {(*NORTH, 1): closed})
            assert (not stage.broken("renewed_is_closed_first", "renewed_is_ending")) is enough, (count, closed)
    stage.put("renewed", {(*NORTH, 1): 4})
    assert ("renewed_is_ending", (*NORTH, 1)) in stage.broken()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten megawatts through 2030 in the one hall that there may ever be, open from 2027 for a year and a half at a time."""
    folder = tmp_path_factory.mktemp("renewed")
    goal = 'kind = "least_cost"\nany_hardware = true\n\n[[target]]\nmeasure = "it"\namount = "10 MW"\nby = "2027-Q1"'
    tiny(folder, "halls.hall.life=1.5 year", PRICE, "sites.south.earliest=2030 date", "sites.north.most_it=10 MW", end="2030-Q4", goal=goal,
         parts=("sites", "halls", "accelerators", "cooling", "power", "budget"))
    outcome = solve(Request(folder / "part.toml", runs=folder / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_a_horizon_beyond_the_life_of_a_hall_is_kept_by_renewals(run: Path) -> None:
    """Renewed in 2028, 2029 and 2030, each time with half a year left to it; of the last renewal a third of 30 MUSD is left."""
    made = [(event.period, event.what, event.amount) for event in events(RunFolder(run)) if event.what in ("halls", "renewals")]
    assert made == [("2026", "halls", 1), ("2028", "renewals", 1), ("2029", "renewals", 1), ("2030", "renewals", 1)]
    ledger = pd.read_csv(run / "tables" / "ledger.csv", dtype={"period": str})
    paid = ledger[(ledger["class"] == "halls") & (ledger["kind"] == "capital")].set_index("period")["amount"]
    assert paid.to_dict() == pytest.approx({"2026": 100, "2028": 30, "2029": 30, "2030": 30})
    left = ledger[(ledger["class"] == "halls") & (ledger["kind"] == "residual")]["amount"].sum()
    assert left == pytest.approx(30 * 0.5 / 1.5)
    assert failed(audit(run)) == set()


def test_without_a_price_there_is_no_such_plan(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run.parents[1], tmp_path / "copy"))
    apply(copy / "inputs", "halls.hall.renewal_price=")
    assert solve(Request(copy / "part.toml", runs=copy / "runs", pages=None)).run is None


@pytest.mark.parametrize(("change", "expected"), [
    (lambda plan: plan.assign(amount=plan["amount"].where(plan["decision"] != "renewed", 2.0)), "halls.renewed_is_ending"),
    (lambda plan: plan.assign(amount=plan["amount"].where(plan["decision"] != "renewed", 0.5)), "halls.renewals_are_whole"),
    (lambda plan: plan[plan["when"] != "2029"], "halls.renewed_is_ending"),
    (lambda plan: plan[plan["when"] != "2030"], "money.ledger_of_capital_is_what_follows"),
])
def test_the_audit_names_a_change(tmp_path: Path, run: Path, change: object, expected: str) -> None:
    copy = Path(shutil.copytree(run, tmp_path / run.name))
    plan = pd.read_csv(copy / "plan.csv", dtype={"when": str})
    change(plan).to_csv(copy / "plan.csv", index=False)  # type: ignore[operator]
    assert expected in failed(audit(copy))


def test_the_audit_names_a_hall_that_is_there_twice(tmp_path: Path, run: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / run.name))
    file = copy / "tables" / "halls.closed_early.csv"
    frame = pd.read_csv(file, dtype={"period": str})
    frame[frame["period"] != "2029"].to_csv(file, index=False)
    assert "halls.renewed_is_closed_first" in failed(audit(copy))
