"""What a slip costs: by hand and by properties on the tiny case, whose plan opens north in 2026 and orders the rest in 2027."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.analysis.slip import Slipped
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from tests.support import TINY, solve_model

NORTH_IS_LOST = "sites.north.most_it=0 MW"
OPENING = 10.0
"""MUSD to open north, which is worth nothing afterwards."""
FIRST, DONE, AFTER_END = "2026", "2028", "2031-Q1"
LONGER = ("model.horizon.end=2029-Q4", "model.exclude=power=gas_engine")


@cache
def planned(*sets: str) -> gwplan.Run:
    return gwplan.solve(gwplan.read_case(TINY, set=sets))


def slipped(changes: str, after: str, *sets: str) -> Slipped:
    return gwplan.slip(planned(*sets), [changes], after)


def test_what_is_paid_for_a_site_that_is_lost_is_what_knowing_is_worth() -> None:
    """Known in 2027, north is opened for nothing; the plan in advance is the one without north, and so is the rest of the late one."""
    found = slipped(NORTH_IS_LOST, "2027")
    without = solve_model(TINY, sets=("model.exclude=sites=north",)).objective - solve_model(TINY).objective
    assert found.cost(found.ahead) == pytest.approx(without)
    assert found.cost(found.late) == pytest.approx(without + OPENING)
    assert found.knowing == pytest.approx(OPENING)
    assert [(each.part, each.item, each.when) for each in found.made] == [("sites", "north", "2026")]


@pytest.mark.parametrize("after", ["2027", DONE, AFTER_END])
def test_a_slip_of_nothing_costs_nothing(after: str) -> None:
    found = slipped("power.grid@north.earliest=+0 months", after)
    assert found.cost(found.late) == pytest.approx(0, abs=1e-6)
    assert found.cost(found.ahead) == pytest.approx(0, abs=1e-6)
    assert not found.moved


def test_before_the_first_order_it_is_known_in_advance() -> None:
    found = slipped("accelerators.old_rack.price=*3", FIRST)
    assert found.late.objective == found.ahead.objective == pytest.approx(solve_model(TINY, sets=("accelerators.old_rack.price=*3",)).objective)
    assert found.made == ()


@pytest.mark.parametrize("changes", ["accelerators.old_rack@@*.price=*1.5", "halls.hall.upkeep=*4"])
def test_after_the_end_all_of_the_plan_is_fixed(changes: str) -> None:
    found = slipped(changes, AFTER_END)
    fixed = gwplan.solve(gwplan.read_case(TINY, set=(changes,)), fix=planned())
    assert found.late.objective == pytest.approx(fixed.summary["objective"])
    assert found.after == ""


@pytest.mark.parametrize(("changes", "after"), [
    (NORTH_IS_LOST, "2027"), ("power.grid@north.energy_price=*20", "2028"), ("accelerators.old_rack@@*.price=*9", "2027"),
    ("halls.hall.price=*2", "2028"),
])
def test_to_know_later_is_never_better(changes: str, after: str) -> None:
    found = slipped(changes, after)
    assert found.knowing >= -1e-6
    assert found.ahead.objective >= planned().summary["objective"] - 1e-6


def test_an_order_that_comes_later_is_taken_up_as_soon_as_it_can_be() -> None:
    """Ordered in 2027 for 2028; with the queue of north open in 2029 it serves then, and 10 MW are missed for the year 2028."""
    found = slipped("power.grid@north.earliest=2029", DONE, *LONGER)
    assert found.moved == (("power.ordered grid at north in 2027", "2028"),)
    (missed,) = found.late.missed
    assert (missed.most, missed.months, missed.again) == (10, 12, "2029")
    assert found.late.met == "2029"
    assert not found.ahead.missed, "south has a grid from 2028 on"
    assert not found.alike
    rows = [line.split(",") for line in found.late.plan.splitlines()]
    ordered = {(row[2], row[3], row[4]): float(row[5]) for row in rows if row[1] == "ordered"}
    assert ordered["grid", "north", "2028"] >= 12 * (1 - 1e-9)


def test_an_order_that_cannot_come_any_more_is_left_out_and_named() -> None:
    found = slipped("halls.hall.build_months=24 month", DONE)
    assert found.lost == ("halls.started hall at north in 2027",)
    assert [each.most for each in found.late.missed] == [10]


@pytest.mark.parametrize(("changes", "after", "words"), [
    ([], "2027", "--set: is missing"), (["power.grid@nort.earliest=2029"], "2027", "no row"),
    (["halls.hall.upkeep=*2"], "soon", "--after soon"), (["model.horizon.step=half"], "2027", "changes the horizon"),
])
def test_what_is_wrong_is_said(changes: list[str], after: str, words: str) -> None:
    with pytest.raises(gwplan.InputFaults) as raised:
        gwplan.slip(planned(), changes, after)
    assert words in str(raised.value)


def test_the_command_says_it_in_a_sentence_and_as_json(tmp_path: Path) -> None:
    run = planned().write(tmp_path, pages=False).path
    asked = ["slip", str(run), "--set", NORTH_IS_LOST, "--after", "2027"]
    shown = CliRunner().invoke(program, asked)
    assert shown.exit_code == Exit.SOLVED
    assert "Knowing in advance is worth $10M." in " ".join(shown.output.split())
    assert max(map(len, shown.output.splitlines())) <= 100
    told = json.loads(CliRunner().invoke(program, [*asked, "--json"]).output)
    assert told["value_of_knowing"] == pytest.approx(OPENING)
    assert told["stands"] == [{"part": "sites", "decision": "opening", "item": "north", "site": "north", "when": "2026", "amount": 1.0}]
