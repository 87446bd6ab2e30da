"""`gwplan why` of a plan: what a cheaper, a sooner and a larger one would take, against solves of models that ask for just that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gwplan
from gwplan.analysis.explain import holding
from gwplan.analysis.explain.holding import Holding
from gwplan.analysis.explain.resolve import question_of
from gwplan.planning.wishes import Answer
from tests.commands.program import run
from tests.support import TINY, copied

LESS, MORE = 0.95, 1.05
"""Of the cost, and of the IT power, that is asked for."""
VALUE = ("model.goal.kind=most_value", "model.goal.most_it=10 MW", "compute.compute.value=3 USD_2026/H100e/hour")


@pytest.fixture(scope="module")
def plan() -> gwplan.Run:
    return gwplan.solve(gwplan.read_case(TINY))


@pytest.fixture(scope="module")
def found() -> Holding:
    answer = gwplan.why(gwplan.read_case(TINY))
    assert isinstance(answer, Holding)
    return answer


def by_question(found: Holding) -> dict[str, Answer]:
    return {each.wish.question: each for each in found.answers}


def objective(*sets: str, model: Path = TINY) -> float:
    return float(gwplan.solve(gwplan.read_case(model, set=list(sets))).summary["objective"])


def test_a_cheaper_plan_needs_a_smaller_target(found: Holding, plan: gwplan.Run) -> None:
    """The smallest target that is told makes the least cost a twentieth less; one that is 2 % of the change larger does not."""
    cheaper = by_question(found)["cheaper"]
    assert cheaper.cost is None and "10 MW IT by 2028-Q1" in cheaper.clash and cheaper.unmet is not None
    (change,) = [each for each in cheaper.unmet.enough if each.lever.key == "model.target.1.amount"]
    amount, most = float(change.change.split("=")[1].split()[0]), LESS * plan.summary["objective"]
    assert objective(change.change) <= most < objective(f"model.target.1.amount={10 - 0.98 * (10 - amount)} MW")


def test_a_sooner_plan_costs_what_a_second_target_costs(found: Holding, plan: gwplan.Run, tmp_path: Path) -> None:
    """A tenth of a megawatt, a hundredth of the peak, a year earlier."""
    model = copied(TINY, tmp_path / "sooner")
    model.write_text(model.read_text().replace("[goal]", '[[target]]\nmeasure = "it"\namount = "0.1 MW"\nby = "2027"\nuntil = "2027-Q4"\n\n[goal]'))
    sooner = by_question(found)["sooner"]
    assert sooner.cost == pytest.approx(objective(model=model) - plan.summary["objective"], rel=1e-6)
    assert sooner.least == pytest.approx(sooner.cost) == sooner.most


def test_a_larger_plan_costs_what_a_larger_target_costs(found: Holding, plan: gwplan.Run) -> None:
    larger = by_question(found)["larger"]
    assert larger.cost == pytest.approx(objective(f"model.target.1.amount={10 * MORE} MW") - plan.summary["objective"], rel=1e-6)


def test_the_target_binds_and_its_slope_is_that_of_less_of_it(found: Holding, plan: gwplan.Run) -> None:
    """A hundredth of a megawatt less takes the same hall and the same grid, which come whole: the slope is the difference."""
    (held,) = found.limits
    assert (held.words, held.periods, held.limit.number.key) == ("the target", ("2028",), "model.target.1.amount")
    less = 0.01
    assert held.slope == pytest.approx((objective(f"model.target.1.amount={10 - less} MW") - plan.summary["objective"]) / less, rel=1e-4)


def test_a_plan_that_the_demand_ends_is_larger_with_more_of_it() -> None:
    """Compute is worth three dollars an hour: all that is asked for is built, and 5 % more needs 5 % more demand."""
    answer = gwplan.why(gwplan.read_case(TINY, set=list(VALUE)))
    assert isinstance(answer, Holding)
    larger = by_question(answer)["larger"]
    assert larger.clash == "the demand (10 MW)" and larger.unmet is not None
    assert "model.goal.most_it=10.5 MW" in {each.change for each in larger.unmet.enough}
    demand = next(each for each in answer.limits if each.words == "the demand")
    assert demand.slope > 0


def test_a_run_is_explained_as_its_model(found: Holding, plan: gwplan.Run, tmp_path: Path) -> None:
    written = plan.write(tmp_path, pages=False)
    again = gwplan.why(written)
    assert isinstance(again, Holding)
    assert [(each.wish.words, each.cost) for each in again.answers] == [(each.wish.words, pytest.approx(each.cost)) for each in found.answers]
    done = run("why", written.path, "--json")
    told = json.loads(done.stdout)
    assert told["has_plan"] and [each["question"] for each in told["answers"]] == ["cheaper", "sooner", "larger"]
    assert run("why", written.path, "--set", VALUE[0]).returncode == 2


def test_an_interrupted_explanation_keeps_what_it_has() -> None:
    def pressed(words: str) -> None:
        if words.startswith("why not sooner"):
            raise KeyboardInterrupt

    answer = holding.of_question(question_of(TINY), "60 s", pressed)
    assert isinstance(answer, Holding) and answer.stopped
    assert [each.wish.question for each in answer.answers] == ["cheaper"] and len(answer.left) == 2
