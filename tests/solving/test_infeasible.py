"""Where there is no plan: which promises clash and by how much the nearest plan misses, by hand."""

from __future__ import annotations

import math
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gwplan.common.status import Status
from gwplan.planning import blame, run
from gwplan.planning.build import build, options_of, read
from gwplan.planning.request import Clock, Request
from gwplan.planning.run import solve
from gwplan.solving import infeasibility, search
from gwplan.solving.highs import solve_problem
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.linear_program import Cost
from gwplan.solving.options import Deadline, Options, SolveResult
from gwplan.solving.problem import Problem

ROOT = Path(__file__).parents[2]
TINY = ROOT / "models" / "tiny.toml"
ONE_GIGAWATT = ROOT / "models" / "one_gigawatt.toml"
NORTH_ALONE = ("model.target.1.amount=30 MW", "sites.south.most_it=0 MW", "power.grid@south.most=0 MW")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is explained does not depend on how busy the machine is."""
    monkeypatch.setattr(run, "EXPLAIN_SECONDS", 300.0)


def message(folder: Path, *sets: str) -> str:
    outcome = solve(Request(TINY, sets=sets, runs=folder / "runs"))
    assert (outcome.exit_code, outcome.status, outcome.run) == (4, "infeasible", None)
    assert not (folder / "runs").exists()
    return outcome.message


def test_thirty_megawatts_where_halls_for_24_fit(tmp_path: Path) -> None:
    """A site for 24 MW holds two halls of 12 MW: 6 MW too few."""
    found = message(tmp_path, *NORTH_ALONE, "halls.hall.room=12 MW", "sites.north.most_it=24 MW", "power.grid@north.most=100 MW")
    assert "target 1 (30 MW IT by 2028-Q1); halls.halls_within_site" in found
    assert "misses target 1 (30 MW IT by 2028-Q1) by 6 MW IT in 2028" in found


def test_thirty_megawatts_where_power_for_20_is_offered(tmp_path: Path) -> None:
    """24 MW of grid and no engines carry 24 / 1.2 = 20 MW of IT: 10 MW too few."""
    found = message(tmp_path, *NORTH_ALONE, "sites.north.most_it=40 MW", "halls.hall.most_started=4 1/year", "power.gas_engine.most=0 MW")
    assert "power.capacity_within_offer" in found
    assert "misses target 1 (30 MW IT by 2028-Q1) by 10 MW IT in 2028" in found


def test_ten_megawatts_for_too_little_money(tmp_path: Path) -> None:
    """Of 200 MUSD, site and hall take 110; 7 MW of grid take 3.5, and 86.5 at 16.8 a MW buy 5.1488 MW of racks: 4.851 too few.

    6 MW of grid would carry 5 MW only.
    """
    found = message(tmp_path, "budget.capital.cap=200 MUSD_2026")
    assert "target 1 (10 MW IT by 2028-Q1); budget.capital_within_cap (capital, $200M)" in found
    assert f"misses target 1 (10 MW IT by 2028-Q1) by {10 - 86.5 / 16.8:.4f} MW IT in 2028 ({86.5 / 16.8:.4f} MW IT can be had)" in found


def test_what_the_budget_would_have_to_be(tmp_path: Path) -> None:
    """Ten megawatts take site and hall for 110, racks for 168 and 12 MW of grid for 6: 284 MUSD, 84 more than there are."""
    found = message(tmp_path, "budget.capital.cap=200 MUSD_2026")
    assert "or budget.capital_within_cap (capital, $200M) by $84M ($284M is needed)" in found
    enough, short = (solve(Request(TINY, sets=(f"budget.capital.cap={cap} MUSD_2026",), runs=tmp_path / "runs")) for cap in (284.001, 283.999))
    assert (enough.exit_code, short.exit_code) == (0, 4)


def test_the_number_that_was_changed_is_named(tmp_path: Path) -> None:
    cap, price = "budget.capital.cap=200 MUSD_2026", "halls.hall.upkeep=*1.01"
    assert message(tmp_path, price, cap).endswith(f"Without --set '{cap}' there is a plan.")
    target = "model.target.1.by=2026-Q1"
    assert message(tmp_path, target, "model.solver.seed=3").endswith(f"Without --set '{target}' there is a plan.")


@pytest.mark.parametrize(("change", "named"), [("budget.capital.cap=200 MUSD_2026", True), ("halls.hall.upkeep=*1.01", False)])
def test_without_time_to_build_once_more_the_number_is_named_that_takes_part(change: str, named: bool, tmp_path: Path,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blame, "PATIENCE", math.inf)
    cap = "budget.capital.cap=150 MUSD_2026"
    found = message(tmp_path, *dict.fromkeys((cap, change)))
    assert (f"--set '{change}' changed one of these numbers." in found) == named
    assert f"--set '{cap}' changed one of these numbers." in found


def test_changes_that_only_together_are_too_much_are_named_together(tmp_path: Path) -> None:
    """Either of them alone leaves no plan: without one the other still does."""
    north, target = "budget.capital.cap=200 MUSD_2026", "model.target.1.by=2026-Q1"
    assert message(tmp_path, north, target).endswith(f"Without --set '{north}' and --set '{target}' there is a plan.")


def test_the_row_of_an_overlay_is_named(tmp_path: Path) -> None:
    overlay = tmp_path / "dear.csv"
    rows = ("halls,hall,,,upkeep,,101,,USD_2026/kW/year,round_numbers,", "budget,capital,,,cap,,200,,MUSD_2026,round_numbers,")
    overlay.write_text("table,item,site,when,quantity,low,base,high,unit,source,note\n" + "\n".join(rows) + "\n")
    outcome = solve(Request(TINY, overlays=(overlay,), runs=tmp_path / "runs"))
    assert outcome.exit_code == 4
    assert outcome.message.endswith("Without row 3 of dear.csv (budget,capital,cap,200,MUSD_2026,round_numbers) there is a plan.")


def test_whole_numbers_alone_leave_no_plan(tmp_path: Path) -> None:
    """A part of a site and of a hall would do for less; 284 MUSD is what whole ones take, and 283 are too few."""
    cap = "budget.capital.cap=283 MUSD_2026"
    case = read(Request(TINY, sets=(cap,)))
    assert infeasibility.clashing(build(case)[1], Deadline(Options())) is None
    found = message(tmp_path, cap)
    assert "budget.capital_within_cap (capital, $283M) by $1M ($284M is needed)" in found
    assert f"Without --set '{cap}' there is a plan." in found


def test_a_limit_of_many_rows_is_missed_by_no_less_than_the_worst_of_them_must_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sites for 12 MW each, and 30 MW wanted: 6 too few, or 15 MW at each, 3 MW more than there are."""
    monkeypatch.setattr(infeasibility, "SMALL", 0)
    plenty = ("halls.hall.room=1 MW", "halls.hall.most_started=90 1/year", "power.grid@*.most=100 MW", "budget.capital.cap=9 GUSD_2026")
    found = message(tmp_path, "model.target.1.amount=30 MW", *(f"sites.{site}.most_it=12 MW" for site in ("north", "south")), *plenty)
    assert "target 1 (30 MW IT by 2028-Q1) by at least 6 MW IT in 2028 (at most 24 MW IT can be had)" in found
    assert "or halls.halls_within_site by at least 3 MW in at least one of its rows" in found


def test_an_explanation_without_time_says_so(tmp_path: Path) -> None:
    request = Request(TINY, sets=("budget.capital.cap=200 MUSD_2026",), time_limit="1 s", runs=tmp_path)
    clock, case = Clock(None), read(request)
    built = (case, *build(case))
    for left in (0.0, -3.0):
        assert run.why_not(request, clock, built, Options(time_limit=left), None) == (
            "No plan keeps all the rules. There was no time left to find the conflicting ones.")


def test_ctrl_c_ends_the_explanation_and_leaves_the_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(infeasibility, "clashing", pressed)
    assert message(tmp_path, "budget.capital.cap=200 MUSD_2026").endswith("Stopped before the conflicting ones were found.")


def test_a_cap_far_too_low_is_proven_without_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigawatt for 25 GUSD, in half-years. The cap that is told to be needed is what plain HiGHS finds to be the least capital, halls in parts."""
    case = read(Request(ONE_GIGAWATT, sets=("budget.capital.cap=25 GUSD_2026", "model.horizon.step=half")))
    plan, arrays = build(case)

    def waiting(problem: Problem, options: Options, *_: object) -> SolveResult:
        assert options.cancel is not None
        end = time.monotonic() + 120
        while not options.cancel.is_set():
            assert time.monotonic() < end, "the proof ends the relaxation"
            time.sleep(0.01)
        return SolveResult.without_plan(Status.STOPPED)

    monkeypatch.setattr(search, "relax", waiting)
    monkeypatch.setattr(infeasibility, "SMALL", 0)
    assert solve_goals(arrays, options_of(case, None, None)).status == "infeasible"
    deadline = Deadline(Options())
    told = infeasibility.explain(plan, arrays, deadline, infeasibility.clashing(arrays, deadline)).sentence
    (row,) = [number for number, (rule, _) in enumerate(arrays.rows) if rule.full_name == "budget.capital_within_cap"]
    upper = arrays.upper.copy()
    upper[row] = math.inf
    capital = Cost("capital", False, np.asarray(arrays.matrix[[row]].toarray()).ravel(), 0.0, None, 0.0)
    least = solve_problem(Problem(replace(arrays, upper=upper, whole=np.zeros_like(arrays.whole)), capital), Options()).objective
    (needed,) = re.findall(r"at least \$([0-9.]+)B is needed", told)
    assert 0.98 * least < 1000 * float(needed) <= least + 0.5
    assert "misses target 1 (1,000 MW IT by 2030-Q4) by at least " in told
    assert "budget.capital_within_cap (capital, $25B) by at least " in told


def test_a_target_before_anything_can_be_built(tmp_path: Path) -> None:
    """Ten megawatts in 2026, when halls take a year: no other promise is to blame."""
    found = message(tmp_path, "model.target.1.by=2026-Q1")
    assert found.startswith("No plan keeps target 1 (10 MW IT by 2026-Q1).")
    assert "by 10 MW IT in 2026" in found


def test_a_wrong_answer_is_never_passed_on_as_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the halls are written: the audit says so, the folder is marked, and the exit code is that of a failure."""
    from gwplan.results import tables

    honest = tables.tables_of

    def halved(*words: Any) -> tables.Tables:
        found = honest(*words)
        stock = found.columns["halls.stock"]
        assert any(stock["value"])
        return replace(found, columns={**found.columns, "halls.stock": {**stock, "value": [0.5 * value for value in stock["value"]]}})

    monkeypatch.setattr(tables, "tables_of", halved)
    outcome = solve(Request(TINY, runs=tmp_path))
    assert (outcome.exit_code, outcome.status) == (1, "audit failed")
    assert outcome.run is not None and outcome.run.name.endswith("_FAILED_AUDIT")
