"""Planning again as things become known: by hand on the tiny case, and against perfect foresight and the hedge.

North costs 10 MUSD to open and is the cheaper site; its loss is the scenario. The hall has to be started in 2027 for 2028, and the base
plan opens north in 2026. Tests of the hedge have the same figures.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

import gwplan
from gwplan.analysis.hedge.rolling import Rolled, rolling
from gwplan.analysis.hedge.rolling_study import facts_of, steps_of, write
from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from gwplan.planning.build import build, options_of
from gwplan.reports.rolling import hedged
from gwplan.reports.terminal.rolling import show
from gwplan.reports.webpage.studies.write import redraw
from gwplan.solving.decisions import fix, read_plan
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.settled import settled
from tests.support import TINY, solve_model

HEADER = "scenario,probability,known,set,overlay,note\n"
LOST = "sites.north.most_it=0 MW"
DEAR = "halls.hall.upkeep=*4"
IN_TIME, TOO_LATE = (f"stays,0.6,,,,\nlost,0.4,{known},{LOST},,\n" for known in ("2027", "2028"))
OPENING = 10.0
LINES, COLUMNS = 24, 80


def cost(*sets: str) -> float:
    return float(solve_model(TINY, sets=sets).objective)


def revealed(folder: Path, rows: str) -> Path:
    path = folder / "scenarios.csv"
    path.write_text(HEADER + rows)
    return path


def rolled(folder: Path, rows: str, *, hedge: bool = False, sets: tuple[str, ...] = ()) -> Rolled:
    return rolling(StudyRequest(TINY, (), sets=sets), revealed(folder, rows), hedge)


def asked(folder: Path, rows: str, *more: str) -> Result:
    return CliRunner().invoke(program, ["rolling", str(TINY), "--reveal", str(revealed(folder, rows)), "--runs", str(folder), *more])


def test_by_hand_north_is_opened_for_nothing_where_it_is_lost(tmp_path: Path) -> None:
    """Who knew opens south alone; who plans again has paid for north by then; the hedge waits a year, as waiting costs nothing."""
    found = rolled(tmp_path, IN_TIME, hedge=True)
    south = cost("model.exclude=sites=north")
    assert found.policy.values == pytest.approx([cost(), south + OPENING])
    assert found.foresight == pytest.approx([cost(), south])
    assert found.hedge is not None and found.hedge.chosen.values == pytest.approx([cost(), south])
    assert found.price is not None and found.price.found == pytest.approx(0.4 * OPENING)
    assert found.price.least <= found.price.found <= found.price.most
    assert found.regret == pytest.approx([0.0, OPENING], abs=1e-6)
    assert (found.met, str(found.status)) == (1.0, "optimal")


def test_what_is_known_too_late_leaves_no_plan_where_it_comes(tmp_path: Path) -> None:
    """By 2028 the hall stands at north, and none can be started at south any more: a plan with chance 0.6. The hedge has one in both."""
    found = rolled(tmp_path, TOO_LATE, hedge=True)
    assert found.policy.values[0] == pytest.approx(cost()) and found.policy.values[1] != found.policy.values[1]
    assert found.met == pytest.approx(0.6) and found.price is None
    assert [str(found.status_of(number)) for number in (0, 1)] == ["optimal", "infeasible"]
    assert found.hedge is not None and found.hedge.chosen.complete and found.hedge.worth is None


def test_no_plan_in_any_scenario_is_said_without_a_chance_of_nothing(tmp_path: Path) -> None:
    """North is lost for certain, and nobody knows before the end."""
    done = asked(tmp_path, "lost,1,never,sites.north.most_it=0 MW,,")
    words = " ".join(done.output.split())
    assert done.exit_code == 4 and "leaves no plan in lost: planning again has none." in words, words


def test_time_that_is_over_before_any_plan_is_said_of_the_model_as_it_stands(tmp_path: Path) -> None:
    done = asked(tmp_path, IN_TIME, "--time-limit", "0.001 ms")
    assert done.exit_code == 6 and "No plan was found for the model as it stands: the time limit was reached." in done.output, done.output


def test_where_no_plan_does_for_all_there_is_no_hedge_and_it_is_said(tmp_path: Path) -> None:
    """Either site may be lost when it is too late for another hall, and the budget of 340 pays for one only: 290 at north, 325 at south."""
    rows = f"south,0.5,2028,sites.south.most_it=0 MW,,\nnorth,0.5,2028,{LOST},,\n"
    found = rolled(tmp_path, rows, hedge=True, sets=("budget.capital.cap=0.34 GUSD_2026",))
    assert found.hedge is None and found.asked
    assert found.met == pytest.approx(0.5)
    assert hedged(facts_of(found)) == "No plan does for all of them: there is no hedge."
    assert hedged({**facts_of(found), "hedge_asked": False}) == ""
    done = CliRunner().invoke(program, ["hedge", str(TINY), "--scenarios", str(tmp_path / "scenarios.csv"), "--runs", str(tmp_path),
                                        "--set", "budget.capital.cap=0.34 GUSD_2026"])
    assert done.exit_code == Exit.INFEASIBLE
    assert "Each scenario has a plan of its own, but no plan does for all of them" in " ".join(done.output.split())


@pytest.mark.parametrize("rows", [
    f"a,0.3,,,,\nb,0.3,2027,{DEAR},,\nc,0.4,2028,sites.north.opening_price=*6,,\n",
    f"a,0.25,,,,\nb,0.25,2027,{DEAR},,\nc,0.25,2027,{LOST},,\nd,0.25,2027,{DEAR},,\nd,,2028,halls.hall.price=*1.5,,\n",
    f"a,0.5,,,,\nb,0.5,never,{DEAR},,\n",
])
def test_knowing_costs_least_and_planning_again_most(tmp_path: Path, rows: str) -> None:
    found = rolled(tmp_path, rows, hedge=True)
    assert found.hedge is not None and found.policy.complete
    known, hedge, again = (found.mean(each) for each in (found.foresight, found.hedge.chosen.values, found.policy.values))
    assert known <= hedge + 1e-6 and hedge <= again + 1e-6
    assert found.price is not None and found.price.found == pytest.approx(again - known)


def test_news_that_all_scenarios_share_is_news_all_the_same(tmp_path: Path) -> None:
    """Who plans again learns in 2027 that halls are dear, and only in 2028 that north is lost, though no other scenario is left by then."""
    rows = f"c,1,2027,{DEAR},,\nc,,2028,sites.north.opening_price=*6,,\n"
    found = rolled(tmp_path, rows)
    assert (found.until, found.revealed(0)) == ("2027", "2027, 2028")
    table = steps_of(found)
    assert table["when"] == ["2026", "2027", "2028"]
    assert table["expected"][1] == pytest.approx(cost(DEAR))
    assert table["expected"][2] == pytest.approx(cost(DEAR) + 5 * OPENING) == found.policy.values[0]


def test_the_plans_on_the_way_expect_what_is_known_by_then(tmp_path: Path) -> None:
    """In 2027 dear halls are known, in 2028 a dearer opening too, which is sunk by then: it adds what opening at north costs more."""
    rows = f"a,0.5,,,,\nb,0.25,2027,{DEAR},,\nc,0.25,2027,{DEAR},,\nc,,2028,sites.north.opening_price=*6,,\n"
    found = rolled(tmp_path, rows)
    table = steps_of(found)
    plans = dict(zip(zip(table["when"], table["scenarios"], strict=True), table["expected"], strict=True))
    assert plans["2026", "a|b|c"] == plans["2027", "a"] == pytest.approx(cost())
    assert plans["2027", "b|c"] == plans["2028", "b"] == pytest.approx(found.policy.values[1])
    assert plans["2028", "c"] == pytest.approx(plans["2028", "b"] + 5 * OPENING)


def test_the_screen_fits_24_lines_of_80_and_the_folder_holds_plans_tables_and_a_page(tmp_path: Path) -> None:
    order = StudyRequest(TINY, (), runs=tmp_path)
    found = rolling(order, revealed(tmp_path, IN_TIME), True)
    folder, facts, tables = write(order, found)
    text = io.StringIO()
    show(found, folder, (facts, tables), Console(file=text, width=COLUMNS))
    printed = text.getvalue().splitlines()
    assert len(printed) <= LINES
    assert max(len(line) for line in printed if not line.startswith(("Folder:", "Page:"))) <= COLUMNS
    assert [row.split()[-2] for row in printed if row.startswith("lost ")] == ["10"]
    assert facts["decisions_are_shared"]["passed"] and facts["decisions_are_shared"]["compared"]
    assert {"plan_stays.csv", "plan_lost.csv", "scenarios.csv", "steps.csv", "table.csv"} <= {path.name for path in folder.iterdir()}
    page = redraw(folder).read_text(encoding="utf-8")
    assert "Plans on the way" in page and "short of one who knew" in page
    with (folder / "table.csv").open(encoding="utf-8") as file:
        assert [float(row["replanned"]) for row in csv.DictReader(file)] == pytest.approx(found.policy.values)


def test_the_screen_of_many_scenarios_fits_too(tmp_path: Path) -> None:
    rows = "".join(f"scenario_{n},0.125,2027,{DEAR},,\nscenario_{n},,2028,"
                   f"halls.hall.upkeep=*{1 + n / 8},,\n" for n in range(1, 8))
    order = StudyRequest(TINY, (), runs=tmp_path)
    found = rolling(order, revealed(tmp_path, rows + "stays,0.125,,,,\n"))
    folder, facts, tables = write(order, found)
    text = io.StringIO()
    show(found, folder, (facts, tables), Console(file=text, width=COLUMNS))
    printed = text.getvalue().splitlines()
    assert len(printed) <= LINES and any(line.startswith("and 4 more") for line in printed)
    assert len(tables["table"]["scenario"]) == 8


def test_the_plan_of_a_scenario_costs_the_same_when_it_is_fixed(tmp_path: Path) -> None:
    done = asked(tmp_path, IN_TIME, "--json")
    assert done.exit_code == Exit.SOLVED, done.output
    document = json.loads(done.output)
    lost = gwplan.read_case(TINY, set=[LOST])
    plan, arrays = build(lost.facts)
    decisions = read_plan(Path(document["folder"]) / "plan_lost.csv", lost.facts)
    answer = solve_goals(settled(arrays, fix(plan, arrays, decisions).values).arrays, options_of(lost.facts))
    assert answer.objective == pytest.approx(document["tables"]["table"]["replanned"][1])


def test_no_plan_to_begin_with_and_faults_end_with_their_codes(tmp_path: Path) -> None:
    ruined = asked(tmp_path, IN_TIME, "--set", "budget.capital.cap=0.1 GUSD_2026")
    assert ruined.exit_code == Exit.INFEASIBLE
    scenario = asked(tmp_path, "a,0.5,,,,\nruin,0.5,2028,budget.capital.cap=0.1 GUSD_2026,,\n")
    assert scenario.exit_code == Exit.INFEASIBLE and "The scenario ruin has no plan" in scenario.output
    assert asked(tmp_path, "a,0.5,,,,\nb,0.4,2027,x=1,,\n").exit_code == Exit.INPUT
    alone = asked(tmp_path, f"lost,1,2028,{LOST},,\n")
    assert alone.exit_code == Exit.INFEASIBLE and "leaves no plan in lost" in " ".join(alone.output.split())
    failing = asked(tmp_path, TOO_LATE)
    assert failing.exit_code == Exit.SOLVED and "leaves no plan in lost" in " ".join(failing.output.split())


def test_python_has_it_too(tmp_path: Path) -> None:
    found = gwplan.rolling(gwplan.read_case(TINY), revealed(tmp_path, IN_TIME))
    assert found.hedge is None and found.regret[1] == pytest.approx(OPENING)
    with pytest.raises(gwplan.NoPlan, match="has no plan to begin with"):
        poor = gwplan.read_case(TINY, set=["budget.capital.cap=0.1 GUSD_2026"])
        gwplan.rolling(poor, revealed(tmp_path, "rich,1,2027,budget.capital.cap=1 GUSD_2026,,\n"))
