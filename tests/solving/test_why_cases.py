"""Models without a plan, of many causes: the sentence names the numbers, each change is enough, and 2 % less of it is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from gwplan.common.calendar import month_name, parse_date
from gwplan.planning.build import build, options_of, read
from gwplan.planning.remedy import Remedy
from gwplan.planning.request import Request
from gwplan.planning.why import Unmet, why
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.problem import Problem
from tests.contracts import small
from tests.contracts.small import SALE, target
from tests.contracts.test_options_and_sales import CONTRACTED
from tests.parts.stage import CARBON, PHYSICAL
from tests.support import TINY

LESS = 0.98
"""Of a change that is the smallest, this share is not enough."""
NEAR = 0.02
"""Width of the bracket of a number that is found by bisection, and a little more."""
VERIFIED = 3
"""Pairs of a case that are verified, the smallest first."""
NORTH = ("sites.south.most_it=0 MW", "power.grid@south.most=0 MW")
THIRTY = ("model.target.1.amount=30 MW", *NORTH)
NO_ENGINES = "power.gas_engine.most=0 MW"
CAP, TARGET = "capital.cap 1 GUSD_2026", "10 MW IT by 2028-Q1"
HEADER = "table,item,site,when,quantity,low,base,high,unit,source,note"
YEARS = tuple(f"budget,capital,,{year},cap,,{cap},,MUSD_2026,round_numbers," for year, cap in ((2026, 20), (2027, 30), (2028, 40)))
DEAR = ("halls,hall,,,upkeep,,101,,USD_2026/kW/year,round_numbers,", "budget,capital,,,cap,,200,,MUSD_2026,round_numbers,")


@dataclass(frozen=True)
class Case:
    """Changes that leave no plan of tiny, and rows of an overlay. names: in the sentence; enough: `--set`s by hand, among the smallest changes.

    near: what a number that is found by bisection comes near to, by its key; part: of a model with one more part, its table.
    alone: whether one change is enough; pairs: `--set`s by hand, of a pair that is enough together.
    """

    sets: tuple[str, ...]
    names: tuple[str, ...]
    enough: tuple[str, ...] = ()
    near: tuple[tuple[str, float], ...] = ()
    rows: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    alone: bool = True
    pairs: tuple[tuple[str, str], ...] = ()


CASES = {
    "money": Case(("budget.capital.cap=200 MUSD_2026",), (TARGET, "capital.cap 200 MUSD_2026"), ("budget.capital.cap=284 MUSD_2026",)),
    "hardly any money": Case(("budget.capital.cap=1 MUSD_2026",), ("capital.cap 1 MUSD_2026",), ("budget.capital.cap=284 MUSD_2026",)),
    "money in a row of an overlay": Case((), ("capital.cap 200 MUSD_2026",), ("budget.capital.cap=284 MUSD_2026",), rows=DEAR),
    "yearly caps": Case((), ("the budget of the year", "20 MUSD_2026 in 2026"), rows=YEARS),
    "a dear hall": Case(("halls.hall.price=*50",), (CAP,), ("budget.capital.cap=5.19 GUSD_2026",), (("halls.hall.price", 8.16 / 50),)),
    "a dear site": Case(("sites.*.opening_price=2 GUSD_2026",), (CAP,), (), (("sites.*.opening_price", 726),)),
    "dear racks": Case(("accelerators.*@@*.price=*10",), (CAP,)),
    "halls": Case((*THIRTY, "halls.hall.room=12 MW", "sites.north.most_it=24 MW", "power.grid@north.most=100 MW"),
                  ("30 MW IT", "north.most_it 24 MW"), ("sites.north.most_it=36 MW", "model.target.1.amount=24 MW")),
    "small halls": Case(("halls.hall.room=1 MW",), ("10 MW IT", "hall.most_started 2 1/year"), (), (("halls.hall.room", 1.25),)),
    "starts": Case(("halls.hall.most_started=1 1/year", *THIRTY, "sites.north.most_it=40 MW"), ("30 MW IT",)),
    "sites that are too small": Case(("sites.*.most_it=9 MW", "halls.hall.room=3 MW", "model.target.1.amount=25 MW",
                                      "halls.hall.most_started=9 1/year"), ("25 MW IT", "north.most_it 9 MW; south.most_it 9 MW")),
    "land": Case(("sites.*.land=5 acre",), ("the land of the site", "north.land 5 acre"), ("sites.north.land=10 acre", "sites.south.land=10 acre")),
    "water": Case(("sites.*.water_limit=10 m**3/year",), ("the water of the site", "north.water_limit 10 m**3/year")),
    "power": Case((*THIRTY, "sites.north.most_it=40 MW", "halls.hall.most_started=4 1/year", NO_ENGINES),
                  ("30 MW IT", "grid@north.most 24 MW"), ("power.grid@north.most=36 MW", "model.target.1.amount=20 MW")),
    "a queue for the grid": Case((NO_ENGINES, "power.grid@*.earliest=2030"), (TARGET,), ("power.grid@*.earliest=2028-01",)),
    "allocation": Case(("accelerators.*.most_bought=10 1/year",), ("old_rack.most_bought 10 1/year", "new_rack.most_bought 10 1/year")),
    "no allocation": Case(("accelerators.*.most_bought=0 1/year",), (TARGET,), (), (("accelerators.*.most_bought", 40 / 3),)),
    "racks after the target": Case(("accelerators.*.earliest=2030",), (TARGET,), ("accelerators.*.earliest=2028-01",)),
    "a date before any lead time": Case(("model.target.1.by=2026-Q1",), ("10 MW IT by 2026-Q1",), ("model.target.1.by=2027-Q1",)),
    "a slip of 1000": Case(("halls.hall.build_months=+1000 month",), (TARGET,), ("halls.hall.build_months=+-988 month",)),
    "halls that take long": Case(("halls.hall.build_months=36 month",), (TARGET,), ("halls.hall.build_months=24 month",)),
    "a floor above a cap": Case(("model.goal.kind=most_value", "model.goal.most_it=8 MW"), ("the demand (8 MW)", TARGET),
                                ("model.goal.most_it=10 MW", "model.target.1.amount=8 MW")),
    "emissions": Case(("carbon.operational.cap=5 kt/year",), ("the yearly cap on emissions (operational.cap 5 kt/year)",),
                      ("carbon.operational.cap=15.5 kt/year",), part=("carbon", *CARBON)),
    "carbon in what is built": Case(("carbon.embodied.total_cap=2 kt",), ("embodied.total_cap 2 kt",), part=("carbon", *CARBON)),
    "a signed sale": Case(("contracts.buyer.most=200 kH100e", "budget.capital.cap=9 GUSD_2026"), ("is signed", "contracts."), (),
                          (("contracts.buyer.most", 96),), part=("contracts", *SALE, *CONTRACTED)),
    "money and power": Case(("budget.capital.cap=150 MUSD_2026", "power.grid@*.most=6 MW", NO_ENGINES), ("150 MUSD_2026",)),
    "money and time": Case(("budget.capital.cap=200 MUSD_2026", "model.target.1.by=2026-Q1"), ("10 MW IT by 2026-Q1",), alone=False,
                           pairs=(("model.target.1.amount=5.14 MW", "model.target.1.by=2028-Q1"),)),
    "money and power for a site that is required": Case(
        ("budget.capital.cap=150 MUSD_2026", "power.grid@*.most=6 MW", NO_ENGINES, "model.require=systems@north>=10 MW"), ("10 MW IT",),
        alone=False, pairs=(("budget.capital.cap=284 MUSD_2026", "power.grid@north.most=12 MW"),)),
    "no allocation and long halls": Case(("accelerators.*.most_bought=0 1/year", "halls.hall.build_months=36 month"), (TARGET,), (),
                                         (("accelerators.*.most_bought", 40 / 3), ("halls.hall.build_months", 24)), alone=False),
}
"""By hand: site, hall, racks and grid of 10 MW take 10, 100, 168 and 6 MUSD; 10 MW on the grid emit 77,088 MWh x 200 kg; a hall takes an
acre a megawatt and a year; four halls a year on two sites in two years make 8; racks of 0.125 and 0.25 MW come in two years each;
sites for 60 MW hold new racks for 1.6 kH100e a megawatt."""


def request(case: Case, folder: Path, *sets: str) -> Request:
    """A case, with more changes."""
    overlay = folder / "rows.csv"
    overlay.write_text("\n".join([HEADER, *case.rows, ""]))
    model = TINY
    if case.part and not (folder / "model.toml").exists():
        name, *rows = case.part
        (folder / "signed").mkdir()
        parts = (*PHYSICAL[:5], "budget", name)
        model = small.model(folder / "signed", *rows, parts=parts, targets=[target("it", "10 MW")], signed=["buyer"] * (name == "contracts"))
        text = model.read_text()
        model.write_text(text if name == "contracts" else text.replace("[contracts]\nsigned = []\nwithout = []\n", ""))
        (folder / "model.toml").symlink_to(model)
    model = (folder / "model.toml").resolve() if case.part else TINY
    return Request(model, (overlay,) if case.rows else (), (*case.sets, *sets), time_limit="300 s")


def has_plan(asked: Request) -> bool:
    case = read(asked)
    plan, arrays = build(case)
    return not any(rule.broken for rule in plan.rules) and solve_problem(Problem(arrays, nothing(arrays)), options_of(case)).x is not None


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_change_is_enough_and_a_little_less_is_not(case: Case, tmp_path: Path) -> None:
    found = why(request(case, tmp_path))
    assert found is not None and not found.unknown
    for name in case.names:
        assert name in found.sentence
    verify_pairs(case, tmp_path, found)
    chosen = {each.lever.key: each.change for each in (*found.enough, *(each for pair in found.pairs for each in pair.both))}
    assert set(case.enough) <= set(chosen.values())
    assert bool(found.enough) == case.alone
    assert set(case.pairs) <= {pair.changes for pair in found.pairs}
    assert bool(found.pairs) != case.alone
    for key, value in case.near:
        (amount,) = re.findall(r"=\*?([\d.]+)", chosen[key])
        assert float(amount) == pytest.approx(value, rel=NEAR)
    for each in found.enough:
        assert has_plan(request(case, tmp_path, each.change)), each.words
        less = lesser(each)
        assert less is None or not has_plan(request(case, tmp_path, less)), f"{less}: less than {each.words}"
    for lever in found.not_enough:
        assert not has_plan(request(case, tmp_path, f"{lever.key}=2028-Q4" if lever.date else lever.by(10 if lever.more else 0.01)))


def verify_pairs(case: Case, folder: Path, found: Unmet) -> None:
    """Both changes of a pair are enough together, and a little less of either is not."""
    for pair in found.pairs[:VERIFIED]:
        assert has_plan(request(case, folder, *pair.changes)), pair.words
        for each, other in (pair.both, pair.both[::-1]):
            less = lesser(each)
            assert less is None or not has_plan(request(case, folder, other.change, less)), f"{less} and {other.words}"


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
        ends = [re.fullmatch(r"([*+]?)([-\d.e+]+)(.*)", each) for each in (given, chosen)]
        assert ends[0] and ends[1]
        first, last = (float(each[2]) for each in ends if each)
        first = {"*": 1.0, "+": 0.0}.get(ends[1][1], first)
        less = last + (1 if first > last else -1) if "month" in chosen else first + LESS * (last - first)
        return f"{lever.key}={ends[1][1]}{less!r}{ends[1][3]}"
    value = float(chosen.removeprefix("*").split(" ")[0])
    factor = value if lever.before is None else value / lever.before
    return lever.by(1 + LESS * (factor - 1))
