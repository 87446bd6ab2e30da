"""What if: each answer is the plan that a solve from nothing finds, whatever was asked before."""

from __future__ import annotations

import threading

import pytest

from gwplan.analysis.scenarios.scenario import ask
from gwplan.analysis.what_if import Superseded, WhatIf
from gwplan.common.errors import InputFaults
from gwplan.planning.build import build, options_of, read
from gwplan.planning.request import Request, WholeNumbers
from gwplan.planning.run import start_of
from gwplan.planning.why import why
from gwplan.solving.lexicographic import settle
from gwplan.solving.problem import Problem
from tests.support import TINY, solve_model

EDITS = ((), ("halls.hall.price=14 MUSD_2026/MW",), ("model.target.1.amount=6 MW",), ("accelerators.new_rack.price=2 MUSD_2026",),
         ("power.grid@north.earliest=2028", "halls.hall.price=*0.9"), ())  # fmt: skip


def test_answers_are_those_of_a_solve_from_nothing() -> None:
    model = WhatIf(ask(TINY))
    for sets in EDITS:
        found = model.ask(sets)
        assert found.status == "optimal" and found.run is not None
        assert found.run.summary["objective"] == pytest.approx(solve_model(TINY, sets=sets).objective, rel=1e-6)
        assert found.sets == sets and model.last == found


def test_without_a_plan_the_last_one_stays() -> None:
    model = WhatIf(ask(TINY))
    first = model.ask()
    missed = model.ask(("budget.capital.cap=10 MUSD_2026",))
    assert missed.status == "infeasible" and missed.run is None and "budget.capital_within_cap" in missed.message
    assert model.last == first


def test_a_plan_to_begin_with_is_possible_and_changes_no_answer() -> None:
    """The plan that verified a remedy names all whole numbers, and one that is no longer possible does no harm."""
    short = ("budget.capital.cap=200 MUSD_2026",)
    found = why(Request(TINY, sets=short, time_limit="300 s"))
    assert found is not None
    for remedy in found.enough:
        sets, start = (*short, remedy.change), WholeNumbers(remedy.x)
        case = read(Request(TINY, sets=sets))
        plan, arrays = build(case)
        values = start_of(start, (case, plan, arrays))
        problem = Problem(arrays, arrays.costs[0], start=values)
        assert problem.start_is_complete and settle(problem, options_of(case)).x is not None
        least = solve_model(TINY, sets=sets).objective
        other = WholeNumbers(dict.fromkeys(remedy.x, 7.0))
        for begun in (start, other):
            answer = WhatIf(ask(TINY)).ask(sets, None, None, begun)
            assert answer.run is not None and answer.run.summary["objective"] == pytest.approx(least, rel=1e-6)


def test_a_wrong_number_is_a_fault_and_the_next_question_is_answered() -> None:
    model = WhatIf(ask(TINY))
    with pytest.raises(InputFaults):
        model.ask(("halls.hall.price=14 MW",))
    assert model.ask().run is not None


def test_a_question_that_is_called_off() -> None:
    off = threading.Event()
    off.set()
    with pytest.raises(Superseded):
        WhatIf(ask(TINY)).ask((), off)
    later = threading.Event()

    def seen(progress: object) -> None:
        later.set()

    with pytest.raises(Superseded):
        WhatIf(ask(TINY)).ask((), later, seen)
