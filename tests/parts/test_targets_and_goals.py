"""Targets and goals alone: which periods they hold in, what they count, and present values by hand."""

from __future__ import annotations

from pathlib import Path

import pyomo.environ as pyo
import pytest

from gwplan.common.errors import InputFaults
from gwplan.model.block import Block
from gwplan.model.exchange import Exchange
from gwplan.model.goals import GOALS, Question, npv_cost, npv_spend, npv_value, state_goals, state_targets
from gwplan.model.ledger import Ledger
from gwplan.model.targets import held_in, measured, wanted
from tests.parts.stage import Key, kept, tiny

TARGETS = """
[[target]]
measure = "it"
amount = "10 MW"
by = "2026-Q3"
until = "2027-Q1"

[[target]]
measure = "it"
amount = "15 MW"
by = "2027-02"
until = "2027"
counts = ["own"]

[[target]]
measure = "compute"
amount = "8 kH100e"
by = "2027-12"
"""
QUARTERS = {"step": "quarter", "end": "2027-Q4"}


def asked(folder: Path, *changes: str, **options: object) -> Question:
    """A question about three years (or more quarters) of 10 own and 4 leased MW of IT, 8 kH100e, and some money."""
    case = tiny(folder, *changes, **options)  # type: ignore[arg-type]
    exchange, ledger = Exchange(), Ledger(len(case.calendar.periods) - 1)
    model = pyo.ConcreteModel()
    model.amount = pyo.Var(pyo.Any, dense=False)

    def variable(name: str, key: Key, value: float) -> object:
        model.amount[name, *key] = value
        return model.amount[name, *key]

    for n in range(len(case.calendar.periods)):
        for tenure, amount in (("own", 10.0), ("leased", 4.0)):
            key: Key = (tenure, "north", "liquid", n)
            exchange.make("it_peak", "test", {key: variable("it", key, amount)})
        exchange.make("facility_peak", "test", {("north", n): variable("facility", ("north", n), 12.0)})
        exchange.make("compute", "test", {("own", "vendor", "north", n): variable("compute", (n,), 8.0)})
    ledger.balance = {
        "capital": {("halls", 0): variable("halls", (0,), 100.0), ("power", 1): variable("power", (1,), 10.0)},
        "running": {("energy", 1): variable("energy", (1,), 5.0), ("energy", 2): variable("energy", (2,), 6.0)},
        "residual": {("halls", 2): variable("left", (2,), 50.0)},
    }
    return Question(Block(model, "goal"), case, exchange, ledger)


def change(question: Question, account: str, key: Key, amount: float) -> None:
    question.exchange.balance(account)[key].set_value(amount)


def broken(question: Question) -> set[tuple[str, Key]]:
    return {(name, key) for name, rule in question.block.rules.items() for key, row in rule.data.items() if not kept(row)}


def test_a_target_holds_from_the_period_that_contains_by_to_the_one_that_contains_until(tmp_path: Path) -> None:
    case = asked(tmp_path, more=TARGETS, **QUARTERS).case
    assert [list(held_in(case, target)) for target in case.definition.targets] == [[2, 3, 4], [4, 5, 6, 7], [7]]
    assert wanted(case, "it") == {2: 10, 3: 10, 4: 15, 5: 15, 6: 15, 7: 15}
    assert wanted(case, "compute") == {7: 8}
    assert wanted(case, "facility") == {}


def test_what_counts_as_which_measure(tmp_path: Path) -> None:
    question = asked(tmp_path)
    first = {(measure, counts): pyo.value(measured(question.case, question.exchange, measure, counts)[0])
             for measure, counts in (("it", ("own",)), ("it", ("own", "leased")), ("facility", ("own",)), ("compute", ("own",)))}
    assert list(first.values()) == [10, 14, 12, 8]


def test_targets_are_rows_of_what_they_count(tmp_path: Path) -> None:
    question = asked(tmp_path, more=TARGETS, **QUARTERS)
    state_targets(question)
    # The second wants 15 own MW, and 10 are there; the 4 that are leased count for the first alone.
    assert broken(question) == {("target_is_met", (2, n)) for n in range(4, 8)}
    for n in range(4, 8):
        change(question, "it_peak", ("own", "north", "liquid", n), 15)
    change(question, "it_peak", ("own", "north", "liquid", 3), 5.9)
    change(question, "compute", ("own", "vendor", "north", 7), 7.9)
    assert broken(question) == {("target_is_met", (1, 3)), ("target_is_met", (3, 7))}


def test_demand_ends_what_is_worth_building(tmp_path: Path) -> None:
    question = asked(tmp_path, goal='kind = "most_value"\nmost_it = "14 MW"')
    state_targets(question)
    assert broken(question) == set()
    change(question, "it_peak", ("leased", "north", "liquid", 1), 4.1)
    assert broken(question) == {("it_within_demand", (1,))}


def test_present_value_of_cost(tmp_path: Path) -> None:
    question = asked(tmp_path, rate=0.1)
    spend = 100 * 1.1**-0.5 + 10 * 1.1**-1.5 + 5 * 1.1**-1.5 + 6 * 1.1**-2.5
    assert pyo.value(npv_spend(question.case, question.ledger)) == pytest.approx(spend)
    assert pyo.value(npv_cost(question.case, question.ledger)) == pytest.approx(spend - 50 * 1.1**-3)
    goal = GOALS["least_cost"](question, question.case.definition.goals[0])
    assert (goal.sense, goal.relative_to) == ("minimize", None)
    assert pyo.value(goal.expression) == pytest.approx(spend - 50 * 1.1**-3)


@pytest.mark.parametrize(("timing", "shift"), [("start", 0), ("end", 1)])
def test_present_value_at_another_time_of_the_period(tmp_path: Path, timing: str, shift: float) -> None:
    question = asked(tmp_path, rate=0.1, timing=timing)
    by_hand = 100 * 1.1**-shift + 15 * 1.1 ** -(1 + shift) + 6 * 1.1 ** -(2 + shift) - 50 * 1.1**-3
    assert pyo.value(npv_cost(question.case, question.ledger)) == pytest.approx(by_hand)


def test_present_value_of_compute_and_the_most_of_it(tmp_path: Path) -> None:
    question = asked(tmp_path, "compute.compute@@2027.value=0.3 USD_2026/H100e/hour", rate=0.1, goal='kind = "most_value"\nmost_it = "1 GW"')
    # 8,000 H100e at 0.4 USD in the middle of 2026 (half way from 0.5 to 0.3) and 0.3 from then on, 8,760 hours a year.
    worth = 8000 * 8760 / 1e6 * (0.4 * 1.1**-0.5 + 0.3 * 1.1**-1.5 + 0.3 * 1.1**-2.5)
    assert pyo.value(npv_value(question.case, question.exchange)) == pytest.approx(worth)
    [goal] = state_goals(question)
    spend = 100 * 1.1**-0.5 + 15 * 1.1**-1.5 + 6 * 1.1**-2.5
    assert goal.sense == "maximize"
    assert pyo.value(goal.expression) == pytest.approx(worth - spend + 50 * 1.1**-3)
    assert pyo.value(goal.relative_to) == pytest.approx(spend)  # a value near zero has no relative gap


def test_the_most_compute_within_a_whole_life_budget(tmp_path: Path) -> None:
    question = asked(tmp_path, "budget.capital.cap=121 MUSD_2026", rate=0.1, goal='kind = "most_compute"')
    first, second = state_goals(question)
    assert (first.kind, first.sense, second.kind) == ("most_compute", "maximize", "least_cost")
    assert pyo.value(first.expression) == pytest.approx(8 * (1.1**-0.5 + 1.1**-1.5 + 1.1**-2.5))  # kH100e years
    assert broken(question) == set()  # 100 + 10 + 5 + 6, undiscounted
    assert question.ledger.takers == {"goal"}
    question.ledger.running["energy", 2].set_value(6.1)
    assert broken(question) == {("spend_within_budget", ("capital",))}


def test_compute_without_a_cap_is_a_fault_not_a_plan_without_end(tmp_path: Path) -> None:
    question = asked(tmp_path, "budget.capital.cap=", goal='kind = "most_compute"')
    with pytest.raises(InputFaults, match=r"undated capital\.cap"):
        state_goals(question)


def test_soonest_delivers_what_is_there_up_to_the_amount_and_never_less_again(tmp_path: Path) -> None:
    question = asked(tmp_path, goal='kind = "soonest"\nmeasure = "it"\namount = "8 MW"')
    first, second = state_goals(question)
    assert (first.sense, second.kind) == ("maximize", "least_cost")
    delivered = question.block.variables["delivered"].data

    def deliver(*amounts: float) -> set[tuple[str, Key]]:
        for n, amount in enumerate(amounts):
            delivered[n,].set_value(amount)
        return broken(question)

    assert deliver(6, 8, 8) == set()
    assert pyo.value(first.expression) == 22
    assert deliver(6, 9, 9) == {("delivered_within_amount", (1,)), ("delivered_within_amount", (2,))}
    assert deliver(6, 8, 7) == {("delivered_never_falls", (2,))}
    # Leased room delivers as own halls do: one MW of each own and four leased are five.
    change(question, "it_peak", ("own", "north", "liquid", 0), 1)
    assert deliver(6, 8, 8) == {("delivered_is_there", (0,))}


def test_soonest_without_an_amount_asks_for_the_first_target(tmp_path: Path) -> None:
    question = asked(tmp_path, more='[[target]]\nmeasure = "compute"\namount = "5 kH100e"\nby = "2028"', goal='kind = "soonest"')
    state_goals(question)
    for n, amount in enumerate((5.0, 5.0, 5.1)):
        question.block.variables["delivered"].data[n,].set_value(amount)
    assert broken(question) == {("delivered_within_amount", (2,))}
