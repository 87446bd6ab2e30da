"""Models without a plan, of many causes: the sentence names the numbers, each change is enough, and 2 % less of it is not."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from gwplan.common.calendar import month_name, parse_date
from gwplan.planning.build import build, options_of, read
from gwplan.planning.remedies import Remedy
from gwplan.planning.request import Request
from gwplan.planning.why import Unmet, why
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.problem import Problem
from tests.support import TINY

LESS = 0.98
"""Of a change that is the smallest, this share is not enough."""
NORTH = ("sites.south.most_it=0 MW", "power.grid@south.most=0 MW")
THIRTY = ("model.target.1.amount=30 MW", *NORTH)
ROOMY = ("halls.hall.most_started=9 1/year", "sites.*.most_it=90 MW", "power.grid@*.most=200 MW")


@dataclass(frozen=True)
class Case:
    """Changes that leave no plan of tiny. names: in the sentence; enough: `--set`s by hand that are to be among the smallest changes."""

    sets: tuple[str, ...]
    names: tuple[str, ...]
    enough: tuple[str, ...] = ()


CASES = {
    "money": Case(("budget.capital.cap=200 MUSD_2026",), ("10 MW IT by 2028-Q1", "capital.cap 200 MUSD_2026"), ("budget.capital.cap=284 MUSD_2026",)),
    "hardly any money": Case(("budget.capital.cap=1 MUSD_2026",), ("capital.cap 1 MUSD_2026",), ("budget.capital.cap=284 MUSD_2026",)),
    "halls": Case((*THIRTY, "halls.hall.room=12 MW", "sites.north.most_it=24 MW", "power.grid@north.most=100 MW"),
                  ("30 MW IT", "north.most_it 24 MW"), ("sites.north.most_it=36 MW", "model.target.1.amount=24 MW")),
    "power": Case((*THIRTY, "sites.north.most_it=40 MW", "halls.hall.most_started=4 1/year", "power.gas_engine.most=0 MW"),
                  ("30 MW IT", "grid@north.most 24 MW"), ("power.grid@north.most=36 MW", "model.target.1.amount=20 MW")),
}


def explained(*sets: str) -> Unmet:
    found = why(Request(TINY, sets=sets, time_limit="300 s"))
    assert found is not None
    return found


def has_plan(*sets: str) -> bool:
    case = read(Request(TINY, sets=sets))
    plan, arrays = build(case)
    return not any(rule.broken for rule in plan.rules) and solve_problem(Problem(arrays, nothing(arrays)), options_of(case)).x is not None


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_change_is_enough_and_a_little_less_is_not(case: Case) -> None:
    found = explained(*case.sets)
    for name in case.names:
        assert name in found.sentence
    assert found.enough and not found.unknown
    assert set(case.enough) <= {each.change for each in found.enough}
    for each in found.enough:
        assert has_plan(*case.sets, each.change), each.words
        less = lesser(each)
        assert less is None or not has_plan(*case.sets, less), f"{less}: less than {each.words}"
    for lever in found.not_enough:
        if lever.date:
            assert not has_plan(*case.sets, f"{lever.key}=2028-Q4")
        elif lever.more:
            assert not has_plan(*case.sets, lever.by(10))


def lesser(remedy: Remedy) -> str | None:
    """The `--set` of a change that is a little smaller; of a date, a period earlier; of months, one month."""
    lever = remedy.lever
    given, chosen = lever.date, remedy.change.partition("=")[2]
    if lever.rules and lever.date:
        return f"{lever.key}={int(chosen[:4]) - 1}-Q1"
    if not lever.rules and re.fullmatch(r"\d{4}-\d\d", chosen):
        months = [parse_date(each).first for each in (given, chosen)]
        return f"{lever.key}={month_name(months[1] + (1 if months[0] > months[1] else -1))}"
    if not lever.rules:
        ends = [re.fullmatch(r"([*+]?)([\d.e+-]+)(.*)", each) for each in (given, chosen)]
        assert ends[0] and ends[1]
        first, last = (float(each[2]) for each in ends if each)
        less = last + (1 if first > last else -1) if "month" in chosen else first + LESS * (last - first)
        return f"{lever.key}={ends[1][1]}{less!r}{ends[1][3]}"
    value = float(chosen.removeprefix("*").split(" ")[0])
    factor = value if lever.before is None else value / lever.before
    return lever.by(1 + LESS * (factor - 1))
