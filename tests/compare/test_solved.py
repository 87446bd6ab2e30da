"""Comparisons of plans of tiny that were really solved: the steps sum to the difference, and say what was edited."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.analysis.compare.comparison import compare
from gwplan.commands.compare import compare as command
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.support import TINY

HOURS = 8760
VALUE = ("model.goal.kind=most_value", "model.goal.most_it=20 MW")
COMPUTE = ("model.goal.kind=most_compute",)
SOONEST = ("model.goal.kind=soonest",)
DEARER = "halls.hall.price=12 MUSD_2026/MW"

Solve = Callable[..., Path]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Solve:
    """Solves tiny with --set texts, each combination once."""
    runs, found = tmp_path_factory.mktemp("runs"), dict[tuple[str, ...], Path]()

    def run(*sets: str) -> Path:
        if sets not in found:
            outcome = solve(Request(TINY, sets=sets, runs=runs))
            assert outcome.run is not None and outcome.exit_code == 0, outcome.message
            found[sets] = outcome.run
        return found[sets]

    return run


def objective(run: Path) -> float:
    """As the solver gave it."""
    return float(RunFolder(run).summary["objective"])


@pytest.mark.parametrize(("base", "other"), [
    ((), (DEARER,)),
    ((), (DEARER, "model.horizon.discount_rate=0.08")),
    (VALUE, (*VALUE, "compute.compute.value=*2")),
    (VALUE, (*VALUE, "compute.compute.value=*3", "model.horizon.discount_rate=0.05", DEARER)),
    ((*COMPUTE, "budget.capital.cap=350 MUSD_2026"), (*COMPUTE, "budget.capital.cap=600 MUSD_2026")),
    (SOONEST, (*SOONEST, "model.target.1.amount=8 MW")),
])  # fmt: skip
def test_steps_and_parts_sum_to_the_difference_of_the_objectives(solved: Solve, base: tuple[str, ...], other: tuple[str, ...]) -> None:
    first, last = solved(*base), solved(*other)
    fall = compare(first, last).waterfall
    assert fall is not None
    assert sum(step.amount for step in fall.steps) == pytest.approx(fall.after - fall.before, abs=1e-6)
    for step in fall.steps:
        assert sum(part.amount for part in step.parts) == pytest.approx(step.amount, abs=1e-6)
    # The tables are rounded nowhere, so that they give what the solver found.
    assert (fall.before, fall.after) == pytest.approx((objective(first), objective(last)), abs=1e-5)
    assert not compare(first, last).warnings


def test_a_value_twice_as_high_is_worth_the_old_compute_once_more(solved: Solve) -> None:
    base, other = solved(*VALUE), solved(*VALUE, "compute.compute.value=*2")
    fall = compare(base, other).waterfall
    assert fall is not None
    (step,) = (step for step in fall.steps if step.name == "price of compute")
    years_of_compute = sum(RunFolder(base).summary["compute_kh100e"])  # periods of a year, no discounting, 0.5 USD/H100e/hour
    assert years_of_compute > 0
    assert step.amount == pytest.approx(years_of_compute * HOURS * 0.5 / 1000)


def test_more_money_buys_more_compute_by_system(solved: Solve) -> None:
    base, other = (solved(*COMPUTE, f"budget.capital.cap={cap} MUSD_2026") for cap in (350, 600))
    found = compare(base, other)
    assert found.waterfall is not None and found.waterfall.unit == "kH100e years"
    years = [sum(RunFolder(run).summary["compute_kh100e"]) for run in (base, other)]
    assert years[1] > years[0], "the case is made so that money limits compute"
    assert found.waterfall.difference == pytest.approx(years[1] - years[0])
    assert {step.name for step in found.waterfall.steps} <= {"old_rack", "new_rack"}
    assert found.waterfall.better is True


def test_rows_differ_exactly_as_edited(solved: Solve) -> None:
    found = compare(solved(), solved(DEARER))
    (row,) = found.inputs
    assert (row.change, row.table, row.item, row.site, row.when, row.quantity) == ("changed", "halls", "hall", "", "", "price")
    assert (row.before, row.after, row.unit) == (10.0, 12.0, "MUSD_2026/MW")
    assert not found.definition and not found.question and not found.moves
    figures = {figure.key: figure for figure in found.figures}
    # One hall of 10 MW at 2 MUSD/MW more.
    assert figures["capital_musd"].difference == pytest.approx(20)
    assert figures["capital_musd"].percent == pytest.approx(20 / figures["capital_musd"].before * 100)  # type: ignore[operator]
    assert figures["it_mw"].difference == 0


def test_a_worse_objective_is_called_worse(solved: Solve) -> None:
    fall = compare(solved(), solved(DEARER)).waterfall
    back = compare(solved(DEARER), solved()).waterfall
    assert fall is not None and back is not None
    assert fall.better is False and back.better is True
    assert fall.difference == pytest.approx(-back.difference)
    # Tiny is solved to a gap of 0: nothing is unproven.
    assert fall.unproven == pytest.approx(0, abs=1e-5) and not fall.below_gap and "is larger than the unproven amount" in fall.sentence


def test_the_same_run_twice(solved: Solve) -> None:
    found = compare(solved(), solved())
    assert found.nothing_differs and found.waterfall is not None
    assert found.waterfall.sentence == "The objectives are the same."
    shown = CliRunner().invoke(command, [str(solved()), str(solved())])
    assert shown.exit_code == 0 and "Nothing differs" in shown.output


def test_different_questions(solved: Solve) -> None:
    found = compare(solved(), solved(*VALUE))
    assert found.question == ("least_cost changed to most_value (goal)",)
    assert found.waterfall is None and any("the goals differ" in reason for reason in found.left_out)
    assert {figure.key for figure in found.figures} >= {"capital_musd", "it_mw"}, "what can be compared is compared"
    shown = CliRunner().invoke(command, [str(solved()), str(solved(*VALUE))])
    assert shown.exit_code == 0 and "The questions differ" in shown.output


def test_dollars_of_another_year_are_not_set_beside_each_other(solved: Solve) -> None:
    found = compare(solved(), solved("model.horizon.dollars=2027"))
    assert found.waterfall is None and any("dollars of 2026 and of 2027" in reason for reason in found.left_out)
    assert not any("MUSD" in figure.unit for figure in found.figures)
    assert not any("USD" in row.unit for row in found.inputs)
    assert {figure.key for figure in found.figures} >= {"it_mw", "compute_kh100e"}


def test_several_runs_as_json(solved: Solve) -> None:
    runs = [str(solved()), str(solved(DEARER)), str(solved(*VALUE))]
    shown = CliRunner().invoke(command, [*runs, "--json"])
    assert shown.exit_code == 0
    first, second = json.loads(shown.output)["comparisons"]
    assert (first["base"], first["other"], second["other"]) == tuple(runs)
    steps: list[dict[str, Any]] = first["waterfall"]["steps"]
    assert sum(step["amount"] for step in steps) == pytest.approx(first["waterfall"]["difference"])
    assert second["waterfall"] is None
