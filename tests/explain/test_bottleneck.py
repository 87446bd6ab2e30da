"""What comes first, on the case that is checked by hand: the edits, the gains, the cost of a delay and the chains."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.analysis.bottleneck import bottleneck as asking
from gwplan.analysis.bottleneck.bottleneck import DELAYED, EASED, Bottleneck, NoBasePlan
from gwplan.analysis.bottleneck.edits import CLASSES, Steps, delayed, eased
from gwplan.analysis.scenarios.scenario import Result, Scenario, ask
from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.analysis.scenarios.worker import solve_scenario
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit, Status
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.bottleneck import sentence
from gwplan.reports.webpage.studies.write import write
from tests.support import TINY, copied

ONE = TINY.parent / "one_gigawatt.toml"
COMPUTE = ("model.goal.kind=most_compute", "budget.capital.cap=150 MUSD_2026", "model.target=[]")


def of(folder: Path, *sets: str) -> Bottleneck:
    return asking.bottleneck(StudyRequest(TINY, (), sets=sets, runs=folder, workers=1, no_cache=True))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Bottleneck:
    return of(tmp_path_factory.mktemp("runs"))


def test_the_edits_are_a_tenth_more_and_a_quarter_sooner() -> None:
    case = gwplan.read_case(ONE).facts
    money, power, chips, buildings = (eased(case, each, Steps(0.1, 3)) for each in CLASSES)
    assert money == ("budget.*@*@*.cap=*1.1",)
    assert power[:2] == ("power.*@*@*.most=*1.1", "power.*@*@*.earliest=+-3 months")
    assert chips[:2] == ("accelerators.*@*@*.most_bought=*1.1", "accelerators.*@*@*.earliest=+-3 months")
    assert buildings == ("halls.*@*@*.most_started=*1.1", "halls.*@*@*.build_months=+-3 months")
    assert delayed(case, CLASSES[3], Steps(0.1, 3)) == ("halls.*@*@*.build_months=+3 months",)
    assert delayed(case, CLASSES[0], Steps(0.1, 3)) == ()


def test_the_edited_case_has_the_edited_numbers() -> None:
    edited = gwplan.read_case(ONE)
    for limited in CLASSES:
        for text in eased(edited.facts, limited, Steps(0.1, 3)):
            edited = edited.set(*text.split("=", 1))
    before, after = gwplan.read_case(ONE).rows, edited.rows
    for quantity, table, check in (("most", "power", lambda old, new: new == pytest.approx(1.1 * old)),
                                   ("lead_months", "power", lambda old, new: new == max(old - 3, 0)),
                                   ("lead_months", "accelerators", lambda old, new: new == max(old - 3, 0)),
                                   ("build_months", "halls", lambda old, new: new == old - 3)):
        rows = (before["table"] == table) & (before["quantity"] == quantity)
        assert rows.any()
        assert all(check(old, new) for old, new in zip(before[rows]["base"], after[rows]["base"], strict=True)), quantity


def test_a_lead_time_goes_down_to_nothing_and_no_further() -> None:
    case = gwplan.read_case(TINY).facts
    texts = [text for text in eased(case, CLASSES[2], Steps(0.1, 12)) if "lead_months" in text]
    # Both racks take 6 months (inputs/tiny/accelerators.csv).
    assert texts == ["accelerators.old_rack.lead_months=+-6 months", "accelerators.new_rack.lead_months=+-6 months"]


def test_a_gain_is_that_of_a_plan_solved_from_scratch(tmp_path: Path) -> None:
    """With a budget that binds, a tenth more of it gives the compute that a direct solve gives, and money comes first."""
    found = of(tmp_path, *COMPUTE)
    money = next(each for each in found.gains if each.name == "money")
    plain, more = (solve_scenario(ask(TINY, sets=COMPUTE), Scenario((), sets=sets)).summary for sets in ((), money.sets))
    assert more["objective"] > plain["objective"]
    assert money.value == pytest.approx(more["objective"] - plain["objective"], rel=1e-6)
    assert not money.within_gap
    hours = sum(more["it_mw"]) - sum(plain["it_mw"])
    assert money.gw_months == pytest.approx(hours * 12 / 1000, abs=1e-9)
    assert all(each.value is None or each.value >= -1e-6 for each in found.gains)
    assert all(each.value is None or each.value <= 1e-6 for each in found.delays)


def test_what_a_month_of_delay_costs_by_hand(found: Bottleneck) -> None:
    """Racks a year later are ordered in 2026, at 1.8 in its middle rather than 1.6: 80 x 0.2 = 16 more, of which 0.7 is left at the end."""
    costs = {each.name: each.value for each in found.delays}
    assert costs == {"power": pytest.approx(0, abs=1e-6), "chips": pytest.approx(-80 * 0.2 * 0.3), "buildings": pytest.approx(0, abs=1e-6)}
    assert found.steps == Steps(0.1, 12)  # at least one period: a year


def test_where_nothing_is_gained_no_class_comes_first(found: Bottleneck) -> None:
    assert all(each.value == 0 and each.within_gap for each in found.gains)
    assert sentence(found.facts, [vars(each) for each in found.gains]) == "No class comes first: none gains more than the gap."


def test_a_gain_smaller_than_the_gap_is_not_proven() -> None:
    case = gwplan.read_case(TINY).facts
    summary = {"objective": 100.0, "bound": 99.0, "goal": ["least_cost"], "it_mw": [0.0, 0.0, 10.0]}
    base = Result(Status.OPTIMAL, summary=summary)
    scenario = Scenario((("class", "money"), ("way", EASED)))
    # By hand: the base plan may be 1 too dear. Saving 0.5 may be that; saving 1.5 is at least 0.5. A bound 1 below allows 1 more.
    small = asking.effect_of(scenario, Result(Status.OPTIMAL, summary=summary | {"objective": 99.5, "bound": 98.5}), base, case)
    large = asking.effect_of(scenario, Result(Status.OPTIMAL, summary=summary | {"objective": 98.5, "bound": 97.5}), base, case)
    assert (small.value, small.proven, small.possible, small.within_gap) == (0.5, -0.5, 1.5, True)
    assert (large.value, large.proven, large.possible, large.within_gap) == (1.5, 0.5, 2.5, False)


def test_the_chains_by_hand(found: Bottleneck, tmp_path: Path) -> None:
    """Halls take a year from 2026, the grid comes in 2027, racks take half a year: each allows 2027, a year before the target needs it."""
    assert [(each.site, each.first, each.name, each.soonest, each.slack, each.sets) for each in found.chains] == [
        ("north", "2028", name, "2027", 12, False) for name in ("halls", "power", "systems")]
    # A target of 2027 leaves no slack in any of them, and a year of delay leaves no plan.
    hurried = of(tmp_path, "model.target.1.by=2027-Q1")
    assert [(each.first, each.slack, each.sets) for each in hurried.chains] == [("2027", 0, True)] * 3
    assert {each.name: each.status for each in hurried.delays} == dict.fromkeys(("power", "chips", "buildings"), Status.INFEASIBLE)
    assert hurried.exit_code == Exit.SOLVED


def test_a_slow_hall_alone_sets_the_first_power(tmp_path: Path) -> None:
    slow = of(tmp_path, "halls.hall.build_months=24 month")
    assert {each.name: (each.soonest, each.slack, each.sets) for each in slow.chains} == {
        "halls": ("2028", 0, True), "power": ("2027", 12, False), "systems": ("2027", 12, False)}


def test_the_chain_of_power_names_what_sets_it(found: Bottleneck, tmp_path: Path) -> None:
    """A lead time of a year allows 2027, as does the queue. With an air permit of two years, and transformers of three, engines set 2028."""
    assert [each.step for each in found.chains] == ["", "lead time", ""]
    model = copied(TINY, tmp_path)
    with (model.parent / "inputs" / "power.csv").open("a", encoding="utf-8") as file:
        file.write("grid,,,equipment_months,,36,,month,round_numbers,\ngas_engine,,,permit_months,,24,,month,round_numbers,\n")
    slow = asking.bottleneck(StudyRequest(model, (), runs=tmp_path / "runs", workers=1, no_cache=True))
    assert {each.name: (each.soonest, each.slack, each.sets, each.step) for each in slow.chains}["power"] == (
        "2028", 0, True, "air permit")
    outcome = solve(Request(model, runs=tmp_path / "runs", pages=None))
    assert outcome.exit_code == Exit.SOLVED, "the audit reads the sentence"
    told = json.loads((Path(str(outcome.run)) / "summary.json").read_text())["held_back"]
    assert told.startswith("First IT power in 2028 at north; power held it back, by the air permit of gas_engine (soonest:")


def test_what_was_found_before_an_interruption_is_kept(tmp_path: Path) -> None:
    heard = []

    def stop(number: int, result: Result) -> None:
        heard.append(number)
        if len(heard) == 2:
            raise KeyboardInterrupt

    order = StudyRequest(TINY, (), runs=tmp_path, workers=1, no_cache=True, on_result=stop, page=write)
    found = asking.bottleneck(order)
    assert found.stopped and found.exit_code == Exit.STOPPED
    assert [each.name for each in found.gains] == ["money", "power"] and not found.delays
    assert json.loads((found.folder / "manifest.json").read_text())["stopped"] is True
    assert "that was solved comes first" in sentence(found.facts, [vars(each) for each in found.gains])
    assert "Stopped early" in (found.folder / "report.html").read_text(encoding="utf-8")


def test_a_model_without_a_plan_is_told(tmp_path: Path) -> None:
    with pytest.raises(gwplan.NoPlan, match="no plan"):
        gwplan.bottleneck(gwplan.read_case(TINY).set("budget.capital.cap", "1 MUSD_2026"), runs=tmp_path, workers=1)


def test_a_model_without_a_budget_cannot_be_eased_by_money(tmp_path: Path) -> None:
    found = of(tmp_path, 'model.parts=["sites", "halls", "accelerators", "cooling", "power"]')
    assert found.missing == ("money",)


def test_the_command_writes_json_a_page_and_tables(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["bottleneck", str(TINY), "--runs", str(tmp_path), "--workers", "1", "--no-cache", "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    assert {each["name"] for each in shown["gains"]} == {"money", "power", "chips", "buildings"}
    assert {each["way"] for each in shown["gains"]} == {EASED} and {each["way"] for each in shown["delays"]} == {DELAYED}
    page = Path(shown["page"]).read_text(encoding="utf-8")
    assert "North: halls" in page and "What a month of delay costs" in page
    text = CliRunner().invoke(program, ["bottleneck", str(TINY), "--runs", str(tmp_path), "--workers", "1"])
    assert "No class comes first" in text.output and "$400K" in text.output  # 4.8 of MUSD over 12 months


def test_a_base_plan_stopped_without_a_plan_ends_with_its_code() -> None:
    base = Result(Status.STOPPED_EMPTY, "no time")
    assert NoBasePlan(base).base.exit_code == Exit.STOPPED_EMPTY
    assert "no time" in str(NoBasePlan(replace(base)))
