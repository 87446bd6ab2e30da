"""`gwplan worth`: slopes against finite differences of the linear program, and worths against solves of the changed model."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gwplan
from gwplan.analysis.explain.limits import Limit, binding, limits_of, rounded
from gwplan.analysis.explain.local import Local, local
from gwplan.analysis.explain.worth import Worth, agreed
from gwplan.audit import audit
from gwplan.model.assemble import Plan
from gwplan.planning.build import build, load, options_of, read
from gwplan.planning.request import Request
from gwplan.reports.worth import keep
from gwplan.solving.highs import solve_problem
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.linear_program import Arrays
from gwplan.solving.problem import Problem
from gwplan.solving.ranging import Ranged, ranged
from tests.commands.program import run
from tests.support import TINY, solve_model

COMPUTE = "model.goal.kind=most_compute"
SPLIT = "model.solver.whole_units_from=100 MW"
VALUE = ("model.goal.kind=most_value", "model.goal.most_it=14 MW", "compute.compute.value=3 USD_2026/H100e/hour", SPLIT)
KINDS = {
    "budget.capital.cap": (COMPUTE, "budget.capital.cap=0.4 GUSD_2026"),
    "model.target.1.amount": (COMPUTE, "budget.capital.cap=0.4 GUSD_2026"),
    "accelerators.new_rack.most_bought": (COMPUTE, "accelerators.new_rack.most_bought=10 1/year", "accelerators.old_rack.most_bought=90 1/year"),
    "power.gas_engine.most": (COMPUTE, "power.grid@north.most=6 MW", SPLIT, "power.gas_engine.most=8 MW"),
    "model.goal.most_it": VALUE,
    "sites.north.water_limit": (COMPUTE, "sites.north.water_limit=9000 m**3/year", "sites.south.most_it=0 MW", "model.target.1.amount=5 MW"),
}
"""A model in which each kind of limit binds."""
SMALL = 1e-3
"""Share of a number by which it is changed for a finite difference."""


def solved(sets: tuple[str, ...]) -> tuple[Plan, Arrays, Ranged]:
    """A model, its plan loaded, and the linear program of its plan."""
    plan, arrays = build(read(Request(TINY, sets=sets)))
    answer = solve_goals(arrays, options_of(plan.case))
    assert answer.x is not None
    load(plan, arrays, answer)
    found = ranged(Problem(arrays, arrays.costs[0], start=arrays.rounded(answer.x)), options_of(plan.case))
    assert found is not None
    return plan, arrays, found


def fixed(sets: tuple[str, ...], found: Ranged, base: Arrays) -> float:
    """The goal of a changed model with the whole numbers of another plan, solved by itself."""
    _, arrays = build(read(Request(TINY, sets=sets)))
    by_name = {name: base.columns[name] for name in arrays.columns if name in base.columns}
    whole = {column: round(float(found.x[by_name[name]])) for name, column in arrays.columns.items() if arrays.whole[column]}
    result = solve_problem(Problem(arrays, arrays.costs[0]).relaxed().fixed(whole), options_of(read(Request(TINY))))
    return math.nan if result.x is None else result.objective


def limit_of(name: str, sets: tuple[str, ...]) -> tuple[Limit, Local, Arrays, Ranged]:
    """A limit that binds, and its slope for its own step."""
    plan, arrays, found = solved(sets)
    limits, _ = limits_of(plan.case, binding(plan))
    limit = next(each for each in limits if each.name == name)
    _, stepped = build(read(Request(TINY, sets=(*sets, *limit.number.sets(limit.number.base + limit.step)))))
    slope = local(arrays, found, stepped)
    assert slope is not None
    return limit, slope, arrays, found


@pytest.mark.parametrize("name", KINDS)
def test_slopes_are_finite_differences_of_the_linear_program(name: str) -> None:
    """The value of a linear program is concave or convex in a bound: its slope lies between the differences to both sides.

    Where the range goes on to a side, the slope is the difference to that side.
    """
    sets = KINDS[name]
    limit, found, arrays, plan = limit_of(name, sets)
    base, small = limit.number.base, SMALL * limit.number.base
    per_unit = found.slope / limit.step
    assert per_unit != 0
    differences = {sign: (fixed((*sets, *limit.number.sets(base + sign * small)), plan, arrays) - plan.objective) / (sign * small)
                   for sign in (-1, 1)}
    known = [each for each in differences.values() if not math.isnan(each)]
    assert known
    scale = abs(per_unit) * 1e-5
    assert len(known) < 2 or min(known) - scale <= per_unit <= max(known) + scale
    assert found.low is not None and found.high is not None and found.low <= 0 <= found.high
    for end, sign in ((found.low, -1), (found.high, 1)):
        side = sign if limit.step > 0 else -sign
        if abs(end * limit.step) >= small:
            assert differences[side] == pytest.approx(per_unit, rel=1e-5)


def test_a_slope_holds_in_its_range_and_not_beyond() -> None:
    """The budget of 400 MUSD: linear from 317.5 to 437.9 MUSD, flatter above."""
    name = "budget.capital.cap"
    sets = KINDS[name]
    limit, found, arrays, plan = limit_of(name, sets)
    assert found.high is not None and math.isfinite(found.high)
    end = found.high * limit.step

    def at(change: float) -> float:
        return fixed((*sets, *limit.number.sets(limit.number.base + change)), plan, arrays) - plan.objective

    per_unit = found.slope / limit.step
    assert at(end) == pytest.approx(per_unit * end, rel=1e-6)
    assert at(0.5 * end) == pytest.approx(per_unit * 0.5 * end, rel=1e-6)
    assert at(2 * end) < 0.999 * per_unit * 2 * end


def test_every_kind_of_number_is_found_with_its_row() -> None:
    plan, _, _ = solved(VALUE)
    limits, unknown = limits_of(plan.case, binding(plan))
    places = {limit.name: [place.where for place in limit.number.places] for limit in limits}
    lines = (TINY.parents[1] / "inputs" / "tiny" / "sites.csv").read_text().splitlines()
    file, row = places["sites.north.most_it"][0].split(":")
    assert file == "sites.csv" and lines[int(row) - 1].startswith("north,,,most_it,")
    assert places["model.goal.most_it"] == ["tiny.toml"]
    assert unknown == []
    # Halls come whole: less than one more hall of 10 MW, or one more start, changes nothing.
    assert {limit.name: limit.step for limit in limits}["sites.north.most_it"] == 10
    assert {limit.name: limit.step for limit in limits}["halls.hall.most_started"] == 1


@pytest.mark.parametrize(("amount", "nearest"), [(1.1, 1), (1.5, 2), (3, 2), (3.3, 5), (8, 10), (0.037, 0.05), (996, 1000), (0, 0)])
def test_steps_are_round(amount: float, nearest: float) -> None:
    assert rounded(amount) == pytest.approx(nearest)


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> gwplan.Run:
    """A written run in which the budget and the target bind."""
    case = gwplan.read_case(TINY, set=KINDS["budget.capital.cap"])
    return gwplan.solve(case).write(tmp_path_factory.mktemp("runs"), pages=False)


def test_the_worth_is_that_of_a_solve_with_more(budget: gwplan.Run) -> None:
    found = gwplan.worth(budget)
    worths = {each.limit.name: each for each in found.found}
    cap = worths["budget.capital.cap"]
    more = solve_model(TINY, sets=(COMPUTE, "budget.capital.cap=0.41 GUSD_2026")).objective
    assert cap.limit.step == 10 and cap.limit.number.unit == "MUSD_2026"
    assert cap.amount == pytest.approx(more - budget.summary["objective"], abs=1e-4)
    assert cap.least is not None and cap.most is not None and cap.least <= cap.amount + 1e-9 and cap.amount <= cap.most + 1e-9  # type: ignore[operator]
    assert cap.cold and cap.slope is not None
    # 410 is within the range of the slope, and the new plan keeps the whole numbers.
    assert cap.amount == pytest.approx(10 * cap.slope, rel=1e-4)
    amounts = [each.amount for each in found.found if each.amount is not None]
    assert amounts == sorted(amounts, reverse=True) and len(amounts) == 2


def test_a_date_beyond_the_horizon_says_so(budget: gwplan.Run) -> None:
    date = next(each for each in gwplan.worth(budget, confirm=0).found if each.limit.number.is_date)
    assert date.amount is None and "outside the horizon" in date.note
    assert date.limit.step == 12, "a period of this model is a year"


def test_a_target_a_year_later_is_worth_what_a_solve_says(tmp_path: Path) -> None:
    sets = ("model.target.1.by=2027-Q1",)
    plan = gwplan.solve(gwplan.read_case(TINY, set=sets)).write(tmp_path, pages=False)
    date = next(each for each in gwplan.worth(plan).found if each.limit.number.is_date)
    later = solve_model(TINY).objective
    assert date.amount == pytest.approx(plan.summary["objective"] - later)
    assert date.amount is not None and date.amount > 0 and date.cold and date.slope is None


def test_the_command(budget: gwplan.Run, tmp_path: Path) -> None:
    assert budget.path is not None
    found = run("worth", budget.path, "--json", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    content = json.loads(found.stdout)
    first = content["limits"][0]
    assert first["limit"] == "budget.capital.cap" and first["rows"] == [{"row": "budget.csv:2", "name": "capital.cap"}]
    assert first["local"]["between"][0] < 400 < first["local"]["between"][1]
    shown = run("worth", budget.path, "--top", "1", cwd=tmp_path)
    assert shown.returncode == 0 and "times the time of the run" in shown.stdout and "Not solved" in shown.stdout
    assert list(tmp_path.iterdir()) == []
    # The first result stays: the second one solved no limit but a date beyond the horizon. The audit says that it does not read it.
    assert json.loads((budget.path / "worth.json").read_text()) == content
    assert any(line.startswith("worth.json") for line in audit(budget.path).not_checked)


def test_what_is_kept_beside_a_run(budget: gwplan.Run, tmp_path: Path) -> None:
    found = gwplan.worth(budget, top=2, confirm=0)
    assert keep(tmp_path, replace(found, found=())) is None, "nothing is solved"
    assert keep(tmp_path, replace(found, stopped=True)) == tmp_path / "worth.json"
    assert keep(tmp_path, found) is not None
    assert keep(tmp_path, replace(found, stopped=True)) is None, "a complete result is not replaced by one that was stopped"
    assert json.loads((tmp_path / "worth.json").read_text())["stopped"] is False


def test_ctrl_c_keeps_the_limits_that_are_solved(budget: gwplan.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from gwplan.analysis.explain import resolve

    solved_built, count = resolve.solve_built, 0

    def interrupted(*given: object) -> object:
        nonlocal count
        count += 1
        if count > 2:
            raise KeyboardInterrupt
        return solved_built(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(resolve, "solve_built", interrupted)
    found = gwplan.worth(budget)
    assert found.stopped and [each.limit.name for each in found.found if each.amount is not None] == ["budget.capital.cap"]


def test_two_solves_that_contradict_each_other_are_told() -> None:
    plan, _, _ = solved(KINDS["budget.capital.cap"])
    limit = limits_of(plan.case, binding(plan))[0][0]
    warm = Worth(limit, amount=1.0, least=0.5, most=2.0)
    both = agreed(warm, replace(warm, amount=1.5, least=0.9, most=1.6))
    assert (both.amount, both.least, both.most, both.cold) == (1.5, 0.9, 1.6, True)
    against = agreed(warm, replace(warm, amount=3.0, least=2.5, most=3.0))
    assert not against.cold and "contradicts" in against.note


def test_several_rows_share_a_range_by_the_100_percent_rule() -> None:
    """Rows with rooms of 2 and 4 upwards that move by 1 each: 1 / (1/2 + 1/4) steps. A row that does not move does not count."""
    from gwplan.analysis.explain.local import rooms

    found = Ranged(np.zeros(1), 0.0, np.zeros(3), np.array([9.0, -np.inf, 0.0]), np.array([12.0, 14.0, 0.0]))
    low, high = rooms(np.array([10.0, 10.0, 0.0]), np.array([1.0, 1.0, 0.0]), found)
    assert high == pytest.approx(4 / 3) and low == pytest.approx(-1)
