"""What `gwplan hedge` prints, writes and draws, and the audit of what it writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import gwplan
from gwplan.audit.shared_decisions import shared
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from gwplan.reports import hedge as words
from gwplan.reports.webpage.studies.write import is_study, redraw
from tests.support import TINY

HEADER = "scenario,probability,known,set,overlay,note\n"
LOST = "sites.north.most_it=0 MW"
ROWS = f"stays,0.6,,,,\nlost,0.4,2027,{LOST},,\n"
PERIODS = ["2026", "2027", "2028"]


def asked(folder: Path, rows: str, *more: str) -> Result:
    (folder / "scenarios.csv").write_text(HEADER + rows)
    return CliRunner().invoke(program, ["hedge", str(TINY), "--scenarios", str(folder / "scenarios.csv"), "--runs", str(folder), *more])


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    done = asked(tmp_path_factory.mktemp("hedge"), ROWS, "--json")
    assert done.exit_code == Exit.SOLVED, done.output
    return dict(json.loads(done.output))


def test_the_document_has_the_worth_of_the_hedge_by_hand(found: dict[str, Any]) -> None:
    """North is opened in 2026 by the base plan for 10 MUSD, and lost with 0.4; knowing is worth nothing, for it is known in time."""
    assert found["value_of_hedge"]["found"] == pytest.approx(4.0)
    assert found["value_of_knowing"]["most"] == pytest.approx(0.0, abs=1e-6)
    assert found["expected"] == pytest.approx(0.6 * found["tables"]["table"]["alone"][0] + 0.4 * found["tables"]["table"]["alone"][1])
    assert found["base_kept"] - found["expected"] == pytest.approx(4.0)
    assert found["decisions_are_shared"]["passed"]
    assert found["met"] == {"hedge": 1.0, "base": 1.0, "stays": 1.0, "lost": 1.0}


@pytest.mark.parametrize(("names", "said"), [((), ""), (("late",), "late may take up"), (("a", "b", "c"), "a, b and c may take up")])
def test_scenarios_whose_payments_are_not_shared_are_named(found: dict[str, Any], names: tuple[str, ...], said: str) -> None:
    text = " ".join(words.sentences({**found, "unshared_money": list(names)}, found["tables"], str))
    assert ("are not shared with the others" in text) is bool(names)
    assert said in text


def test_the_folder_holds_plans_that_can_be_fixed_and_a_page(found: dict[str, Any]) -> None:
    folder = Path(found["folder"])
    assert is_study(folder) and (folder / "report.html").stat().st_size and redraw(folder).exists()
    case = gwplan.read_case(TINY, set=[LOST])
    fixed = CliRunner().invoke(program, ["solve", str(TINY), "--set", LOST, "--fix", str(folder / "plan_lost.csv"), "--runs", str(folder), "--json"])
    assert fixed.exit_code == Exit.SOLVED, fixed.output
    objective = json.loads(fixed.output)["summary"]["objective"]
    assert objective == pytest.approx(found["tables"]["table"]["hedge"][1])
    assert objective == pytest.approx(gwplan.solve(case).summary["objective"])


def test_the_terminal_says_now_and_then_and_regret(tmp_path: Path) -> None:
    done = asked(tmp_path, ROWS)
    assert done.exit_code == Exit.SOLVED
    for text in ("The hedge waits", "is worth $4M on average", "Now: what is decided before 2027", "open North", "If stays", "If lost",
                 "Regret of each plan", "Audited: the written plans decide the same"):
        assert text in done.output
    regret = next(line.split() for line in done.output.splitlines() if line.startswith("base plan"))
    assert regret == ["base", "plan", "0", "10", "4", "100%"]


def test_a_scenario_without_a_plan_ends_with_4_and_faults_with_3(tmp_path: Path) -> None:
    ruined = asked(tmp_path, "stays,0.5,,,,\nruin,0.5,2028,budget.capital.cap=0.1 GUSD_2026,,\n")
    assert ruined.exit_code == Exit.INFEASIBLE
    assert "The scenario ruin has no plan" in ruined.output
    faulty = asked(tmp_path, "stays,0.5,,,,\nlost,0.4,2028,x=1,,\n")
    assert faulty.exit_code == Exit.INPUT
    assert "scenarios.csv:3 the probabilities sum to 0.9" in " ".join(faulty.output.split())
    assert asked(tmp_path, ROWS, "--weight", "0.5").exit_code == Exit.USAGE


def test_a_case_without_scenarios_says_how_to_give_them(tmp_path: Path) -> None:
    done = CliRunner().invoke(program, ["hedge", str(TINY), "--runs", str(tmp_path)])
    assert done.exit_code == Exit.INPUT
    assert "give a file of scenarios" in " ".join(done.output.split())


def test_python_has_it_too(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_text(HEADER + ROWS)
    found = gwplan.hedge(gwplan.read_case(TINY), path, measure="cvar", alpha=0.4, weight=1.0)
    worst = found.chosen.values[1]  # the lost north, of chance 0.4, is the worst 0.4
    assert found.reached == pytest.approx(worst)
    with pytest.raises(ValueError, match="alpha 0"):
        gwplan.hedge(gwplan.read_case(TINY), path, measure="cvar", alpha=0.0)


def test_an_order_that_comes_later_is_said_and_put_back_by_the_audit(tmp_path: Path) -> None:
    """With 24 months of lead the grid is ordered in 2026 for 2028, but for one scenario, where it takes 12 from an order in 2027."""
    rows = "stays,0.5,,,,\nlate,0.5,2028,power.grid.lead_months=12 month,,\nlate,,2028,power.grid@north.earliest=2028,,\n"
    done = asked(tmp_path, rows, "--json", "--set", "model.exclude=power=gas_engine", "--set", "power.grid.lead_months=24 month",
                 "--set", "model.exclude=sites=south")
    assert done.exit_code == Exit.SOLVED, done.output
    found = json.loads(done.output)
    assert found["decisions_are_shared"]["passed"], found["decisions_are_shared"]
    moved = found["tables"]["moved"]
    assert moved["item"] == ["grid"] and moved["scenario"] == ["late"]
    assert (moved["ordered"], moved["taken_up"]) == (["2026"], ["2027"])
    assert moved["amount"] == pytest.approx([12.0])  # 10 MW of IT at a peak ratio of 1.2
    assert found["decisions_are_shared"]["compared"]


PLAN = "part,decision,item,site,when,amount\nsites,opening,north,north,{},1\n"


@pytest.mark.parametrize(("whens", "known", "passed"), [
    (("2026", "2026"), "2028", True),
    (("2026", "2027"), "2028", False),
    (("2027", "2026"), "2026", True),
    (("2028", "2027"), "2027", True),
    (("2026", "2028"), "never", False),
])
def test_the_audit_sees_decisions_that_differ_too_early(whens: tuple[str, str], known: str, passed: bool) -> None:
    plans = {"a": PLAN.format(whens[0]), "b": PLAN.format(whens[1])}
    check = shared(HEADER + f"a,0.5,,,,\nb,0.5,{known},x=1,,\n", plans, [], PERIODS)
    assert check.passed is passed
    assert bool(check.where) is not passed


def test_the_audit_knows_halves_and_quarters() -> None:
    plans = {"a": PLAN.format("2027-H1"), "b": PLAN.format("2027-H2")}
    rows = HEADER + "a,0.5,,,,\nb,0.5,{},x=1,,\n"
    halves = ["2027-H1", "2027-H2"]
    assert not shared(rows.format("2027-Q3"), plans, [], halves).passed
    assert shared(rows.format("2027-Q2"), plans, [], halves).passed


def test_the_audit_puts_a_late_order_back() -> None:
    plans = {"a": PLAN.format("2026"), "b": PLAN.format("2027")}
    late = {"scenario": "b", "part": "sites", "decision": "opening", "item": "north", "site": "north", "ordered": "2026", "taken_up": "2027",
            "units": "1.0"}
    assert shared(HEADER + "a,0.5,,,,\nb,0.5,2028,x=1,,\n", plans, [late], PERIODS).passed


def test_plans_that_are_alike_order_the_same() -> None:
    names = ("part", "decision", "item", "site", "when", "unit", "hedge", "base")
    row = ("halls", "started", "hall", "north", "2026", "halls", 2.0, 2.0)
    tables = {"now": {name: [cell] for name, cell in zip(names, row, strict=True)}}
    assert words.differs({"base_kept": 1.0}, tables, str.title) == "The hedge orders the same as the base plan"
    tables["now"]["hedge"] = [3.0]
    assert words.differs({"base_kept": 1.0}, tables, str.title) == "The hedge decides otherwise than the base plan (start Hall at North)"


def test_written_tables_are_those_of_the_document(found: dict[str, Any]) -> None:
    with (Path(found["folder"]) / "regret.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert [float(row["regret"]) for row in rows] == pytest.approx(found["tables"]["regret"]["regret"])
