"""`--fix` and `--start`: a plan given is carried out as it is, in part or in whole, or refused by the name of what is wrong with it.

By hand (tests/independent/test_tiny_by_hand.py): the best plan of tiny costs 74.187696 MUSD; in the south, opening 20 + hall 8.44 + racks
52.96 + power 0.175 + 0.14 + 84,096 MWh at 40 USD (3.36384).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.planning.build import build, read
from gwplan.planning.request import Outcome, Request
from gwplan.planning.run import solve
from gwplan.reports import first_screen
from gwplan.results.run_folder import RunFolder
from gwplan.solving import decisions
from gwplan.solving.options import SolveResult
from tests.support import THREE_SITES, TINY, read_rows

BEST, SOUTH = 74.187696, 20 + 8.44 + 52.96 + 0.175 + 0.14 + 84_096 * 40e-6
HEADER = "part,decision,item,site,when,amount"
SAME = 1e-6


def worth(outcome: Outcome) -> float:
    """The objective of a run."""
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    return float(json.loads((outcome.run / "summary.json").read_text())["objective"])


def fixed(folder: Path, *rows: str, sets: tuple[str, ...] = ()) -> Outcome:
    """Tiny with the decisions of these rows."""
    plan = folder / "given.csv"
    plan.write_text("\n".join([HEADER, *rows]) + "\n")
    return solve(Request(TINY, fix=plan, runs=folder / "runs", pages=None, sets=sets))


@pytest.fixture(scope="module")
def three_sites(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run of the case of three sites in half-years."""
    return solve(Request(THREE_SITES / "most_value.toml", runs=tmp_path_factory.mktemp("runs"), pages=None, sets=("model.horizon.step=half",)))


def test_a_start_leaves_the_goal_alone(three_sites: Outcome, tmp_path: Path) -> None:
    again = solve(Request(THREE_SITES / "most_value.toml", start=three_sites.run, runs=tmp_path, pages=None, sets=("model.horizon.step=half",)))
    assert worth(again) == pytest.approx(worth(three_sites), rel=SAME)
    assert again.run is not None
    assert "MIP start solution is feasible" in (again.run / "solver.log").read_text(), "it was indeed started from"


def test_a_start_from_a_worse_plan_finds_the_best(tmp_path: Path) -> None:
    """South opens a year later than it may at the same cost: HiGHS's presolve drops that opening, and the 20 MUSD of it, from the start."""
    south = fixed(tmp_path, "sites,opening,south,south,2027,1")
    again = solve(Request(TINY, start=south.run, runs=tmp_path / "again", pages=None))
    assert (worth(south), worth(again)) == pytest.approx((SOUTH, BEST), rel=1e-9)


def test_a_start_from_a_plan_that_is_no_plan_any_more(tmp_path: Path) -> None:
    """Sites, dates and limits may have changed since; twice the target needs more than the plan to start from has."""
    south = fixed(tmp_path, "sites,opening,south,south,2027,1")
    assert south.run is not None
    sets = ("model.target.1.amount=20 MW",)
    plain, again = (solve(Request(TINY, start=run, sets=sets, runs=tmp_path / "again", pages=None)) for run in (None, south.run))
    assert worth(again) == pytest.approx(worth(plain), rel=1e-9)


def test_what_is_not_named_is_decided_and_said_to_be_free(tmp_path: Path) -> None:
    outcome = fixed(tmp_path, "sites,opening,south,south,2027,1")
    assert worth(outcome) == pytest.approx(SOUTH, rel=1e-9)
    assert outcome.run is not None
    run = RunFolder(outcome.run)
    # Tiny has no contracts: all other kinds of decisions are these four.
    assert sorted(run.manifest["free"]) == ["accelerators.bought", "accelerators.retired", "halls.started", "power.ordered"]
    assert first_screen.fixed(run) == ["by given.csv", "free: halls, systems, retirements and supplies"]
    # In the north it costs less (BEST), so this plan is not the best of all.
    assert first_screen.proven(run) == "proven: no plan with what is fixed is better"


def test_of_what_is_named_all_else_is_0(tmp_path: Path) -> None:
    """Without its second engine the best plan is dearer by 0.006304 MUSD: one engine of 4 firm MW leaves 8 MW to the grid."""
    found = fixed(tmp_path, "power,ordered,gas_engine,north,2027,1", "power,ordered,grid,north,2027,8")
    assert worth(found) == pytest.approx(BEST + 0.006304, rel=1e-9)
    assert found.run is not None
    ordered = {(row["item"], float(row["amount"])) for row in read_rows(found.run / "plan.csv") if row["part"] == "power"}
    assert ordered == {("gas_engine", 1.0), ("grid", 8.0)}


def test_a_blank_amount_is_free(tmp_path: Path) -> None:
    found = fixed(tmp_path, "power,ordered,gas_engine,north,2027,", "power,ordered,grid,north,2027,", "halls,started,hall,north,2027,1")
    assert worth(found) == pytest.approx(BEST, rel=1e-9)


def test_decisions_that_come_too_late_or_early_are_named(tmp_path: Path) -> None:
    """A chain of one year from 2028 ends after the horizon; new racks ship from 2027, so none is ordered for 2026."""
    good = "accelerators,bought,old_rack,north,2027,80"
    found = fixed(tmp_path, "halls,started,hall,north,2028,1", good, "power,ordered,grid,south,2028,3", "accelerators,bought,new_rack,north,2028,1")
    assert (found.exit_code, found.status, found.run) == (4, "infeasible", None)
    for name in ("halls.started hall at north in 2028 (row 2)", "power.ordered grid at south in 2028 (row 4)", "accelerators.bought new_rack at north in 2028 (row 5)"):
        assert name in found.message
    assert "old_rack" not in found.message
    assert not (tmp_path / "runs").exists()


def test_a_plan_that_breaks_rules_is_told_which(tmp_path: Path) -> None:
    """Forty old racks are 5 MW of the 10: five are missing."""
    found = fixed(tmp_path, "accelerators,bought,old_rack,north,2027,40")
    assert found.exit_code == 4
    assert "target 1 (10 MW IT by 2028-Q1) by 5 MW IT in 2028" in found.message


def test_rows_that_mean_nothing_are_all_listed(tmp_path: Path) -> None:
    rows = ("halls,started,hall,nowhere,2027,1", "halls,started,shed,north,2027,1", "halls,built,hall,north,2027,1", "halls,started,hall,north,2040,1",
            "halls,started,hall,north,2027,-1", "halls,started,hall,north,2026,many")
    with pytest.raises(InputFaults) as caught:
        fixed(tmp_path, *rows)
    assert {fault.row for fault in caught.value.faults} == set(range(2, 8))


def test_half_a_hall_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="whole"):
        fixed(tmp_path, "halls,started,hall,north,2027,0.5")


@pytest.mark.parametrize("threads", [1, None])
@pytest.mark.parametrize("reason", ["interrupted", "time"])
def test_a_start_is_kept_when_the_first_relaxation_is_stopped(reason: str, threads: int | None, three_sites: Outcome, tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of other plans then, but the start is one with the numbers of now: it was lost, and `no plan` said."""
    from gwplan.solving import search

    def stopped(*_: object) -> SolveResult:
        return SolveResult.without_plan(Status.STOPPED, interrupted=reason == "interrupted", reason="why")

    monkeypatch.setattr(search, "relax", stopped)
    outcome = solve(Request(THREE_SITES / "most_value.toml", start=three_sites.run, threads=threads, gap=0.01, runs=tmp_path,
                            sets=("model.horizon.step=half",)))
    assert (outcome.exit_code, outcome.status) == (5, "stopped"), outcome.message
    assert outcome.message == "Stopped early, as why: this is the best plan found so far."
    assert outcome.run is not None
    summary = json.loads((outcome.run / "summary.json").read_text())
    assert summary["objective"] == pytest.approx(worth(three_sites), rel=SAME)
    assert (summary["bound"], summary["gap"]) == (None, None), "no other plan was looked at"
    assert json.loads((outcome.run / "audit.json").read_text())["ok"]


def test_a_plan_without_decisions_builds_nothing(tmp_path: Path) -> None:
    """The plan that rents all has a table without rows: it can be fixed, where nothing need be built, and started from."""
    case, (plan, arrays) = read(Request(TINY)), build(read(Request(TINY)))
    assert decisions.plan_of(f"{HEADER}\n", "plan.csv", case) == decisions.start_of(f"{HEADER}\n", "plan.csv", case) == []
    assert set(decisions.start(plan, arrays, [])) == set(np.flatnonzero(arrays.whole)) and not any(decisions.start(plan, arrays, []).values())
    assert fixed(tmp_path).status == Status.INFEASIBLE, "a target of 10 MW is not met by nothing"
    (tmp_path / "given.csv").write_text(f"{HEADER}\n")
    assert worth(solve(Request(TINY, start=tmp_path / "given.csv", runs=tmp_path, pages=None))) == pytest.approx(BEST, rel=1e-9)
    for text in ("", "part,decision\n", f"{HEADER}\nsites,opening,moon,moon,2026,1\n"):
        with pytest.raises(InputFaults, match="no decision that this model knows"):
            decisions.start_of(text, "plan.csv", case)
