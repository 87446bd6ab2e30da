"""A hedge and the independent planner, whose models of the scenarios are put into one matrix with rows that tie their decisions."""
from __future__ import annotations

import csv
import random
from itertools import pairwise
from pathlib import Path

import pytest

from gwplan.analysis.hedge.hedge import hedge
from gwplan.analysis.scenarios.study import StudyRequest
from tests.support import TINY, copied, read_rows, write_rows

from .matrix import Matrix, Sum
from .plan import Plan
from .planner import build, cost_of

TIED = ("opening", "halls", "bought", "ordered")
YEARS = ("2026", "2027", "2028")
NUMBERS = (
    ("halls", "hall", "", "", "price"), ("halls", "hall", "", "", "upkeep"), ("accelerators", "old_rack", "", "2027", "price"),
    ("accelerators", "old_rack", "", "", "price"), ("accelerators", "old_rack", "", "", "network_price"),
    ("accelerators", "old_rack", "", "", "upkeep"), ("power", "gas_engine", "", "", "price"), ("power", "grid", "", "", "price"),
    ("sites", "north", "", "", "opening_price"), ("sites", "south", "", "", "construction_index"),
)  # fmt: skip
"""Numbers that no order's date depends on."""
Change = tuple[int, float, str]
"""Place in `NUMBERS`, factor, and the year from which it is known."""


def drawn(seed: int) -> list[tuple[float, list[Change]]]:
    """Two to four scenarios with a probability and up to three changes each."""
    chance = random.Random(seed)
    count = chance.randint(2, 4)
    weights = [chance.randint(1, 9) for _ in range(count)]
    found = []
    for weight in weights:
        places = chance.sample(range(len(NUMBERS)), chance.randint(0, 3))
        found.append((weight / sum(weights), [(each, chance.choice((0.2, 0.5, 3.0, 6.0)), chance.choice(YEARS[1:])) for each in places]))
    return found


def of_scenario(folder: Path, changes: list[Change]) -> Plan:
    """The independent model of a scenario, from a copy of the tables with its numbers."""
    model = copied(TINY, folder)
    for place, factor, _ in changes:
        table, item, site, when, quantity = NUMBERS[place]
        path = folder / "inputs" / f"{table}.csv"
        rows = read_rows(path)
        (row,) = [row for row in rows if (row["item"], row.get("site", ""), row["when"], row["quantity"]) == (item, site, when, quantity)]
        row["base"] = repr(float(row["base"]) * factor)
        write_rows(path, rows)
    return build(model)


def shifted(each: Sum, by: int) -> Sum:
    return Sum({column + by: value for column, value in each.terms.items()}, each.constant)


def together(folder: Path, scenarios: list[tuple[float, list[Change]]]) -> float:
    """The least expected cost: all models in one matrix, and a row for each decision that two of them cannot make apart."""
    plans = [of_scenario(folder / str(number), changes) for number, (_, changes) in enumerate(scenarios)]
    whole, goal, starts = Matrix(), Sum(), []
    for (chance, _), plan in zip(scenarios, plans, strict=True):
        starts.append(len(whole.upper))
        whole.integer += plan.matrix.integer
        whole.upper += plan.matrix.upper
        whole.rows += [({column + starts[-1]: value for column, value in terms.items()}, low, high) for terms, low, high in plan.matrix.rows]
        goal.gain(shifted(cost_of(plan), starts[-1]), -chance)
    for period in range(len(YEARS)):
        groups: dict[frozenset[tuple[int, float]], list[int]] = {}
        for number, (_, changes) in enumerate(scenarios):
            groups.setdefault(frozenset(each[:2] for each in changes if each[2] <= YEARS[period]), []).append(number)
        for one, other in (pair for group in groups.values() for pair in pairwise(group)):
            for name in TIED:
                for index, amount in plans[one].decided[name].items():
                    if index[-1] == period:
                        whole.equal(shifted(amount, starts[one]), shifted(plans[other].decided[name][index], starts[other]))
    return -goal.value(whole.maximise(goal, 0.0))


def written(path: Path, scenarios: list[tuple[float, list[Change]]]) -> Path:
    """The scenarios as a file of gwplan's."""
    rows = []
    for number, (chance, changes) in enumerate(scenarios):
        lines = [("", "")]
        if changes:
            lines = []
            for place, factor, known in changes:
                table, item, site, when, quantity = NUMBERS[place]
                lines.append((known, f"{table}.{item}{'@' + site if site else ''}{'@@' + when if when else ''}.{quantity}=*{factor}"))
        rows += [(f"scenario {number}", repr(chance) if not line else "", known, text, "", "") for line, (known, text) in enumerate(lines)]
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([("scenario", "probability", "known", "set", "overlay", "note"), *rows])
    return path


@pytest.mark.parametrize("seed", range(12))
def test_a_hedge_has_the_least_expected_cost_of_the_independent_planner(tmp_path: Path, seed: int) -> None:
    scenarios = drawn(seed)
    found = hedge(StudyRequest(TINY, ()), written(tmp_path / "scenarios.csv", scenarios))
    assert found.reached == pytest.approx(together(tmp_path, scenarios), rel=1e-6)
    assert found.knowing.found >= -1e-6
    assert found.worth is None or found.worth.found >= -1e-6


NORTH, SOUTH, HALL = 8, 9, 0
"""Places of the opening of north, the construction index of south and the price of halls."""


@pytest.mark.parametrize("scenarios", [
    [(0.5, []), (0.5, [(NORTH, 6.0, "2028")])],
    [(0.4, [(HALL, 3.0, "2028"), (SOUTH, 0.2, "2028")]), (0.3, [(NORTH, 6.0, "2028")]), (0.3, [])],
])
def test_it_does_where_knowing_and_hedging_are_worth_something(tmp_path: Path, scenarios: list[tuple[float, list[Change]]]) -> None:
    """In 2028 it is too late: the hall of north or south is started a year before."""
    found = hedge(StudyRequest(TINY, ()), written(tmp_path / "scenarios.csv", scenarios))
    assert found.reached == pytest.approx(together(tmp_path, scenarios), rel=1e-6)
    assert found.knowing.found > 1 and found.worth is not None and found.worth.found > 1
