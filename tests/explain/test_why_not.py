"""`gwplan why-not` on the case that is checked by hand: what an option costs when it is forced, and what lets it in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import gwplan
from gwplan.analysis.explain.forced import Forced, compared
from gwplan.analysis.explain.number import number_of
from gwplan.analysis.explain.why_not import earlier, together
from gwplan.analysis.scenarios.scenario import Result
from gwplan.common.status import Status
from gwplan.solving.options import SolveResult
from tests.commands.program import run
from tests.contracts.small import CLOUD, model, target
from tests.support import TINY, solve_model

OLD = 8 * (0.32 * 1.6 + 0.5 * 0.3)
NEW = 4 * (0.32 * 6 + 1.5 * 0.3)
"""MUSD of a MW of IT of each rack, bought in 2027 for 2028: a price counts 1 + 0.02 - 0.7 of itself, a network price 1 - 0.7."""


@pytest.fixture(scope="module")
def case() -> gwplan.Case:
    return gwplan.read_case(TINY)


def test_a_rack_that_is_left_out(case: gwplan.Case) -> None:
    """One rack of 0.25 MW is forced, more than 1 % of 10 MW: it costs 0.25 MW of the difference. Its price would have to be 2.73125."""
    found = gwplan.why_not(case, "new_rack", changes=("price",))
    assert not found.chosen and found.forced is not None
    assert found.forced.words == "at least 0.25 MW of IT"
    assert found.forced.cost == pytest.approx(0.25 * (NEW - OLD))
    assert found.forced.kept == pytest.approx(0.25 * (NEW - OLD)), "no other hall is needed for it"
    assert [change.found.value for change in found.changes] == [pytest.approx(2.73125)]
    assert found.changes[0].found.confirmed


def test_a_vendor_is_its_systems(case: gwplan.Case) -> None:
    found = gwplan.why_not(case, "second_vendor", changes=("price",))
    assert found.option.items == ("new_rack",)
    assert found.changes[0].found.value == pytest.approx(2.73125)


def test_a_site_enters_at_its_price_less_what_it_costs_to_force_it(case: gwplan.Case) -> None:
    """An opening is paid once and keeps no value, so each MUSD less of it is one less of the cost of a plan with it."""
    found = gwplan.why_not(case, "South", changes=("price", "date"))
    assert found.forced is not None and found.forced.cost is not None and found.forced.kept is None
    price, = found.changes
    assert price.found.value == pytest.approx(20 - found.forced.cost)
    base = solve_model(TINY).objective
    low = solve_model(TINY, sets=("sites.south.opening_price=5 MUSD_2026",))
    assert low.objective == pytest.approx(base + found.forced.cost - (20 - 5))
    assert low.levels["halls.started", ("south", "hall", 0)] + low.levels["halls.started", ("south", "hall", 1)] >= 1


def test_a_supply_at_one_site(case: gwplan.Case) -> None:
    """Engines at the south need the site there, too: forcing them costs more than the site alone. No price of engines pays for it."""
    found = gwplan.why_not(case, "gas_engine@south", changes=("price",))
    site = gwplan.why_not(case, "south", changes=("none",))
    assert found.forced is not None and site.forced is not None and found.forced.cost is not None and site.forced.cost is not None
    assert found.forced.cost > site.forced.cost and site.changes == ()
    assert found.changes[0].found.sides is None and "does not have it at both ends" in found.changes[0].found.message


def test_a_rack_that_only_its_date_keeps_out() -> None:
    """At 1 MUSD it is the cheapest, but from 2029 it cannot serve in 2028: there is no decision to force, and from 2028 it enters."""
    late = gwplan.read_case(TINY, set=("accelerators.new_rack.price=1 MUSD_2026", "accelerators.new_rack.earliest=2029"))
    found = gwplan.why_not(late, "new_rack")
    assert found.forced is None and "no decision for it" in found.message
    date = next(change for change in found.changes if change.what == "date")
    sides = date.found.sides
    assert sides is not None and sides[0].yes and not sides[1].yes
    for side in sides:
        sets = ("accelerators.new_rack.price=1 MUSD_2026", f"accelerators.new_rack.earliest={date.found.number.text(side.value)}")
        level = sum(value for (name, key), value in solve_model(TINY, sets=sets).levels.items() if name == "accelerators.bought" and key[0] == "new_rack")
        assert (level > 0) == side.yes
    assert date.found.number.text(sides[1].value) == date.found.number.text(date.found.value or 0)


def test_a_rate_that_lets_a_rack_in() -> None:
    """Least cost of 8,000 H100e at 400 TFLOP/s a new accelerator: two per cent beside the rate that is found it is in or out."""
    sets = ("model.target.1.measure=compute", "model.target.1.amount=8 kH100e", "accelerators.new_rack.price=40 MUSD_2026")
    found = gwplan.why_not(gwplan.read_case(TINY, set=sets), "new_rack", changes=("rate",))
    rate = found.changes[0].found
    assert rate.value is not None and rate.confirmed and rate.value > 400
    for factor, there in ((0.98, False), (1.02, True)):
        levels = solve_model(TINY, sets=(*sets, f"accelerators.new_rack.fp8_rate={factor * rate.value} TFLOP/s")).levels
        bought = sum(value for (name, key), value in levels.items() if name == "accelerators.bought" and key[0] == "new_rack")
        assert (bought > 1e-6) == there


def test_what_is_chosen_is_not_asked_why_not(case: gwplan.Case) -> None:
    found = gwplan.why_not(case, "north")
    assert found.chosen and found.amount == 1 and found.forced is None and found.changes == () and found.solves == 1


def test_what_cannot_be_had_says_so() -> None:
    """Land for one hall at the south, whose power comes with the hall: none is allowed, so no plan has it."""
    narrow = gwplan.read_case(TINY, set=("budget.capital.cap=0.292 GUSD_2026",))
    found = gwplan.why_not(narrow, "south", changes=("none",))
    assert found.forced is not None and found.forced.cost is None and found.forced.status == "infeasible"


def test_rented_compute_enters_where_it_costs_what_the_racks_do(tmp_path: Path) -> None:
    """4 kH100e in 2028, rented at 1 MUSD a kH100e and year times the price over UNIT_PRICE, or built for whatever the plan costs.

    Site and hall are paid whole, so either all of it is rented or none.
    """
    wanted = [target("compute", "4 kH100e", "2028-Q1", "2028-Q4", ("own", "leased", "cloud"))]
    path = model(tmp_path, *CLOUD, f"rented.price={100 / 8.76!r} USD_2026/H100e/hour", targets=wanted)
    found = gwplan.why_not(gwplan.read_case(path), "rented", changes=("price",))
    built = solve_model(path).objective
    assert not found.chosen and found.forced is not None and found.forced.words == "at least 0.04 kH100e"
    assert found.changes[0].found.value == pytest.approx(built / 4 / 8.76, rel=1e-4)
    assert found.changes[0].found.confirmed


@pytest.mark.parametrize(("bound", "kept", "cost", "ends"), [
    (108.0, None, 5.0, (0.0, 15.0)), (96.0, None, 5.0, (4.0, 15.0)), (96.0, 97.0, 3.0, (4.0, 13.0)), (float("nan"), None, 5.0, (0.0, 15.0)),
])
def test_the_cost_is_what_both_bounds_leave(bound: float, kept: float | None, cost: float, ends: tuple[float, float]) -> None:
    """The most value without it is 100 and at most 110; with it 95 was found, or 97 with the halls as planned."""
    before = Result(Status.OPTIMAL, summary={"objective": 100.0, "bound": 110.0})
    with_it = SolveResult(Status.OPTIMAL, None, 95.0, bound, 0.0, 0.0)
    found = compared(Forced("one", Status.OPTIMAL), before, with_it, kept, 1.0)
    assert (found.cost, (found.least, found.most)) == (cost, ends)
    mirrored = compared(Forced("one", Status.OPTIMAL), Result(Status.OPTIMAL, summary={"objective": -100.0, "bound": -110.0}),
                        SolveResult(Status.OPTIMAL, None, -95.0, -bound, 0.0, 0.0), None if kept is None else -kept, -1.0)
    assert mirrored == replace(found, kept=mirrored.kept)


def test_several_numbers_move_by_one_factor_and_dates_by_the_same_months(case: gwplan.Case) -> None:
    prices = [number_of(case.facts, f"accelerators.{rack}.price", "") for rack in ("new_rack", "old_rack")]
    varied = together(prices)
    assert varied.sets(1.0) == ()
    assert varied.sets(0.5) == ("accelerators.new_rack.price=3.0 MUSD_2026", "accelerators.old_rack@@*.price=*0.5")
    assert varied.name == "accelerators.new_rack|old_rack.price"
    dates = [number_of(case.facts, f"accelerators.{rack}.earliest", "") for rack in ("new_rack", "old_rack")]
    assert earlier(case.facts, dates).sets(-12.0) == ("accelerators.new_rack.earliest=2026-01", "accelerators.old_rack.earliest=2025-01")


def test_the_command_on_a_model_and_on_its_run(tmp_path: Path, case: gwplan.Case) -> None:
    plan = gwplan.solve(case).write(tmp_path / "runs", pages=False)
    assert plan.path is not None
    texts = [run("why-not", what, "new_rack", "--only", "price", "--json") for what in (TINY, plan.path)]
    contents = [json.loads(each.stdout) for each in texts]
    for content in contents:
        assert content["forced"]["cost"] == pytest.approx(0.25 * (NEW - OLD))
        change, = content["changes"]
        assert change["rows"] == [{"row": "accelerators.csv:30", "name": "new_rack.price", "unit": "MUSD_2026", "base": 6.0,
                                   "enters_at": pytest.approx(2.73125)}]
    assert contents[1]["solves"] == contents[0]["solves"] - 1, "the run's own plan is not solved again"
    shown = run("why-not", plan.path, "new_rack", "--only", "none")
    assert "worse by $1.05M" in " ".join(shown.stdout.split())
    assert run("why-not", plan.path, "new_rack", "--set", "halls.hall.price=*2").returncode == 2


def test_a_name_that_matches_nothing() -> None:
    found = run("why-not", TINY, "new_rak")
    assert found.returncode == 3 and "did you mean 'new_rack'?" in found.stderr


def test_ctrl_c_keeps_the_cost(case: gwplan.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from gwplan.analysis.explain import why_not

    def interrupted(*given: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(why_not, "breakeven", interrupted)
    found = gwplan.why_not(case, "new_rack")
    assert found.stopped and found.forced is not None and found.forced.cost == pytest.approx(0.25 * (NEW - OLD))
