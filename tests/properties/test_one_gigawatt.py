"""The shipped case with its plan fixed: the same decisions are worth the same however the tables are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from gwplan.planning.build import build, options_of, read
from gwplan.planning.request import Request
from gwplan.solving import decisions
from gwplan.solving.lexicographic import solve_goals
from tests.properties.rewritten import (
    in_dollars_of,
    in_other_units,
    renamed,
    shuffled,
    with_another_base_year,
    with_money_times,
    with_parts_backwards,
)
from tests.support import HALF_YEARS, ONE_GIGAWATT, copied, read_rows, write_rows

SAME = 1e-6
NAMES = {"abilene_tx": "zz_abilene", "new_carlisle_in": "aa_carlisle", "memphis_tn": "m", "richland_la": "zz_richland"}


class Solved(NamedTuple):
    """A plan of the shipped case, and what it is worth."""

    plan: Path
    objective: float


@pytest.fixture(scope="module")
def solved(one_gigawatt_run: Path) -> Solved:
    """The shipped case, solved once to two per cent."""
    plan = one_gigawatt_run / "plan.csv"
    objective = json.loads((one_gigawatt_run / "summary.json").read_text())["objective"]
    assert fixed(ONE_GIGAWATT, plan) == pytest.approx(objective, rel=SAME), "the table of decisions says all that counts"
    return Solved(plan, objective)


def fixed(model: Path, plan: Path) -> float:
    """What a plan is worth in a model: its decisions fixed, what runs and which supply gives how much still free."""
    case = read(Request(model, sets=HALF_YEARS))
    built, arrays = build(case)
    fixing = decisions.fix(built, arrays, decisions.read_plan(plan, case))
    assert len(fixing.values) > 500 and not fixing.impossible
    answer = solve_goals(arrays, options_of(case, None, None), fixed=fixing.values)
    assert answer.status == "optimal"
    return answer.objective


def test_written_otherwise(solved: Solved, tmp_path: Path) -> None:
    model = copied(ONE_GIGAWATT, tmp_path)
    rows = [{**row, "site": NAMES.get(row["site"], row["site"]), "item": NAMES.get(row["item"], row["item"])} for row in read_rows(solved.plan)]
    write_rows(tmp_path / "plan.csv", rows)
    for profile in (tmp_path / "inputs" / "profiles").glob("*.csv"):
        profile.rename(profile.with_stem(NAMES.get(profile.stem, profile.stem)))
    changes = [change(model) for change in (shuffled, in_other_units, in_dollars_of(2024), with_another_base_year, with_parts_backwards)]
    assert min([*changes, renamed(model, NAMES)]) > 5, "each of them changed something"
    assert fixed(model, tmp_path / "plan.csv") == pytest.approx(solved.objective, rel=SAME)


def test_twice_the_money(solved: Solved, tmp_path: Path) -> None:
    model = copied(ONE_GIGAWATT, tmp_path)
    assert with_money_times(2)(model) > 100
    assert fixed(model, solved.plan) == pytest.approx(2 * solved.objective, rel=SAME)
