"""The model's TOML: read, refused by key, changed by --set, and given back in the same shape."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.inputs.definition import Definition
from gwplan.planning.build import read_definition
from tests.inputs.folders import ROOT

TOML = """
title = "By hand"
inputs = "case"
parts = ["sites", "halls", "budget"]
precision = "fp4"

[horizon]
start = "2027-Q1"
end = "2030-Q4"
step = "half"
dollars = 2026
discount_rate = 0.08
timing = { capital = "start" }

[[target]]
measure = "it"
amount = "1.2 GW"
by = "2028-Q3"
until = "2030"

[[target]]
measure = "compute"
amount = "2 MH100e"
by = 2029
counts = ["own"]

[goal]
kind = "least_cost"

[solver]
time_limit = "10 min"
threads = 2
"""


def read(folder: Path, text: str = TOML, *sets: str) -> Definition:
    path = folder / "asked.toml"
    path.write_text(text)
    return read_definition(path, sets)


def faults(folder: Path, text: str = TOML, *sets: str) -> list[Fault]:
    with pytest.raises(InputFaults) as error:
        read(folder, text, *sets)
    return error.value.faults


def test_each_value_by_hand(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.name, found.title, found.precision) == ("asked", "By hand", "fp4")
    assert found.inputs == (tmp_path / "case").resolve()
    assert found.parts == ("sites", "halls", "budget")
    assert found.calendar.names == [f"{year}-H{half}" for year in range(2027, 2031) for half in (1, 2)]
    assert found.calendar.timing == {"capital": "start", "running": "middle"}
    assert (found.horizon.dollars, found.calendar.rate) == (2026, 0.08)
    power, compute = found.targets
    assert (power.measure, power.amount, power.by, power.until) == ("it", 1200.0, parse_date("2028-Q3"), parse_date("2030"))
    assert (compute.measure, compute.amount, compute.by, compute.until) == ("compute", 2000.0, parse_date("2029"), None)
    assert (power.counts, compute.counts) == (("own", "leased"), ("own",))
    (goal,) = found.goals
    assert (goal.kind, goal.most_it, goal.any_hardware) == ("least_cost", None, False)
    solver = found.solver
    assert (solver.gap, solver.time_limit, solver.whole_units_from, solver.threads, solver.seed) == (0.005, 600.0, 100.0, 2, 0)


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "models").glob("*.toml")))
def test_shipped_models_read_and_read_again(tmp_path: Path, name: str) -> None:
    found = read_definition(ROOT / "models" / f"{name}.toml")
    again = read(tmp_path, as_toml(found.resolved()))
    assert again.resolved() == found.resolved()
    assert (again.targets, again.goals, again.solver, again.calendar) == (found.targets, found.goals, found.solver, found.calendar)
    assert found.inputs.is_dir()
    assert found.title != name


def as_toml(document: dict[str, Any]) -> str:
    """Plain data as TOML, for nothing deeper than what a model has; read back to be sure."""
    lines = [f"{key} = {written(value)}" for key, value in document.items() if not table(value)]
    for key, value in document.items():
        for each in value if table(value) and isinstance(value, list) else [value] if table(value) else []:
            lines.append(f"[[{key}]]" if isinstance(value, list) else f"[{key}]")
            lines += [f"{name} = {written(inner)}" for name, inner in each.items()]
    text = "\n".join(lines)
    assert tomllib.loads(text) == {key: value for key, value in document.items() if value != []} | (
        {key: [] for key, value in document.items() if value == []}
    )
    return text


def table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).replace("'", '"')


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('title = "By hand"', 'titel = "By hand"', "titel", "not a key of a model; did you mean 'title'?"),
        ('step = "half"', 'stepp = "half"', "horizon.stepp", "did you mean 'step'?"),
        ('step = "half"', 'step = "week"', "horizon.step", "'week' is not 'quarter', 'half' or 'year'"),
        ('precision = "fp4"', 'precision = "fp5"', "precision", "did you mean"),
        ('inputs = "case"', 'inputs = " "', "inputs", "is not a folder"),
        ('inputs = "case"', 'inputs = "\\u0000"', "inputs", "has the control character"),
        ('precision = "fp4"', "", "precision", "is missing"),
        ('"halls", "budget"]', '"hals"]', "parts", "no part 'hals'; did you mean 'halls'?"),
        ('"halls", "budget"]', '"sites"]', "parts", "'sites' is listed twice"),
        ('"halls", "budget"]', '"finanse"]', "parts", "no part 'finanse'; did you mean 'finance'?"),
        ('start = "2027-Q1"', 'start = "2027-Q5"', "horizon.start", "'2027-Q5' is not a date"),
        ('start = "2027-Q1"', 'start = "2027-Q2"', "horizon", "whole number of steps"),
        ('start = "2027-Q1"', 'start = "2031-Q1"', "horizon", "whole number of steps"),
        ("discount_rate = 0.08", "discount_rate = 8", "horizon.discount_rate", "less than 1"),
        ("discount_rate = 0.08", 'discount_rate = "8 %"', "horizon.discount_rate", "valid number"),
        ("dollars = 2026", "dollars = true", "horizon.dollars", "valid integer"),
        ('capital = "start"', 'capitol = "start"', "horizon.timing.capitol", "'capital' or 'running'"),
        ('amount = "1.2 GW"', 'amount = "1.2 GWh"', "target.1.amount", "'GWh' is not power"),
        ('amount = "1.2 GW"', "amount = 1.2", "target.1.amount", "needs its unit"),
        ('amount = "1.2 GW"', 'amount = "-1 GW"', "target.1.amount", "not positive"),
        ('amount = "2 MH100e"', 'amount = "2 GW"', "target.2.amount", "'GW' is not compute"),
        ('measure = "it"', "", "target.1.measure", "is missing"),
        ('by = "2028-Q3"', 'by = "2026-Q3"', "target.1.by", "outside the horizon, 2027-Q1 to 2030-Q4"),
        ("by = 2029", "by = 2031", "target.2.by", "outside the horizon"),
        ('until = "2030"', 'until = "2028-Q2"', "target.1.until", "before by"),
        ('counts = ["own"]', 'counts = ["clouds"]', "target.2.counts.1", "'own', 'leased' or 'cloud'"),
        ('measure = "compute"\namount = "2 MH100e"', 'measure = "it"\namount = "1 GW"', "goal", "cheapest megawatt"),
        ('kind = "least_cost"', 'kind = "leastcost"', "goal.kind", "did you mean 'least_cost'?"),
        ('kind = "least_cost"', 'kind = "most_value"', "goal.most_it", "is missing"),
        ('kind = "least_cost"', 'kind = "least_cost"\nspend = "capital"', "goal.spend", "belongs to most_compute"),
        ('kind = "least_cost"', 'kind = "least_cost"\namount = "1 GW"', "goal.amount", "belongs to soonest"),
        ('kind = "least_cost"', 'kind = "least_cost"\nmost_it = "1"', "goal.most_it", "has no unit"),
        ('time_limit = "10 min"', 'time_limit = "10 MW"', "solver.time_limit", "'MW' is not time"),
        ('time_limit = "10 min"', "time_limit = 0", "solver.time_limit", "not positive"),
        ("threads = 2", "threads = 0", "solver.threads", "greater than or equal to 1"),
        ("threads = 2", "gap = -0.1", "solver.gap", "greater than or equal to 0"),
        ('[goal]\nkind = "least_cost"', "goal = []", "goal", "there is no goal"),
        ('measure = "compute"', 'measure = "computing"', "target.2.measure", "did you mean 'compute'?"),
    ],
)
def test_each_fault_names_its_key(tmp_path: Path, old: str, new: str, key: str, words: str) -> None:
    assert TOML.count(old) == 1
    text = TOML.replace(old, new)
    if new == "goal = []":
        text = f"{new}\n{TOML.replace(old, '')}"
    found = faults(tmp_path, text)
    assert [(fault.file, fault.message.split(": ")[0]) for fault in found] == [("asked.toml", key)]
    assert words in found[0].message


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = TOML.replace("fp4", "fp3").replace("2028-Q3", "2028-Q9").replace("least_cost", "most").replace("dollars = 2026", "")
    assert {fault.message.split(": ")[0] for fault in faults(tmp_path, text)} == {"precision", "target.1.by", "goal.kind", "horizon.dollars"}


def test_soonest_needs_an_amount_or_a_target(tmp_path: Path) -> None:
    text = TOML.replace('"least_cost"', '"soonest"')
    assert read(tmp_path, text).goals[0].amount is None
    alone = text[: text.index("[[target]]")] + text[text.index("[goal]") :]
    (fault,) = faults(tmp_path, alone)
    assert fault.message.startswith("goal.amount: is missing")


def test_no_end_without_a_budget(tmp_path: Path) -> None:
    text = TOML.replace('"least_cost"', '"most_compute"').replace(', "budget"', "")
    assert "needs the part 'budget'" in faults(tmp_path, text)[0].message


def test_goals_in_order_of_rank(tmp_path: Path) -> None:
    two = '[[goal]]\nkind = "soonest"\namount = "1 GW"\n\n[[goal]]\nkind = "least_cost"\n'
    found = read(tmp_path, TOML.replace('[goal]\nkind = "least_cost"\n', two))
    assert [(goal.kind, goal.measure, goal.amount) for goal in found.goals] == [("soonest", "it", 1000.0), ("least_cost", "it", None)]
    wrong = TOML.replace('[goal]\nkind = "least_cost"\n', two.replace("least_cost", "most_value"))
    assert faults(tmp_path, wrong)[0].message.startswith("goal.2.most_it: is missing")


def test_one_word_of_timing_stands_for_both(tmp_path: Path) -> None:
    found = read(tmp_path, TOML.replace('{ capital = "start" }', '"end"'))
    assert found.calendar.timing == {"capital": "end", "running": "end"}


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [(b'title = "x"\ninputs = \n', 2, "is not TOML"), (b"\xff\xfe\x00", 1, "is not UTF-8"), (b'a = 1\na = 2\n', 2, "is not TOML")],
)
def test_what_is_no_toml(tmp_path: Path, content: bytes, row: int, words: str) -> None:
    path = tmp_path / "asked.toml"
    path.write_bytes(content)
    with pytest.raises(InputFaults) as error:
        read_definition(path)
    (fault,) = error.value.faults
    assert (fault.file, fault.row) == ("asked.toml", row)
    assert words in fault.message


def test_no_file_and_a_byte_order_mark(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="there is no file"):
        read_definition(tmp_path / "asked.toml")
    (tmp_path / "asked.toml").write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
    assert read_definition(tmp_path / "asked.toml").title == "By hand"


def test_sets_of_the_definition(tmp_path: Path) -> None:
    sets = ["model.target.1.by=2029-Q1", "model.target.2.by=+6 months", "model.target.1.amount=*0.5", "model.target.2.amount=+500 kH100e",
            "model.horizon.discount_rate=*0.5", "model.goal.most_it=2 GW", "model.goal.1.any_hardware=true", "model.solver.gap=0.1",
            "model.horizon.timing.running=end", "model.title=Another question", "model.target.1.until=+6 months",
            "halls.hall.price=*2"]  # fmt: skip
    found = read(tmp_path, TOML, *sets)
    assert [str(target.by) for target in found.targets] == ["2029-Q1", "2029-07"]
    assert [target.amount for target in found.targets] == [600.0, 2500.0]
    assert str(found.targets[0].until) == "2031-06"
    assert found.calendar.rate == 0.04
    assert (found.goals[0].most_it, found.goals[0].any_hardware, found.solver.gap) == (2000.0, True, 0.1)
    assert found.calendar.timing == {"capital": "start", "running": "end"}
    assert found.title == "Another question"
    assert found.resolved()["target"][0]["by"] == "2029-Q1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model.target.3.by=2029", "has the numbers 1 to 2, not '3'"),
        ("model.target.by=2029", "needs a number, from 1 to 2"),
        ("model.goal.2.kind=soonest", "there is one goal"),
        ("model.horizon.stp=year", "did you mean 'step'?"),
        ("model.hrizon.step=year", "no table 'hrizon'"),
        ("model.titel=x", "did you mean 'title'?"),
        ("model.solver.gap", "is not model.KEY=VALUE"),
        ("model.=3", "is not model.KEY=VALUE"),
        ("model.solver.seed=*2", "no such value to change"),
        ("model.solver.gap=dear", "valid number"),
        ("model.target.1.by=2029-Q7", "'2029-Q7' is not a date"),
        ("model.target.1.by=+1 week", "whole months"),
        ("model.target.1.by=+3 MW", "'MW' is not time"),
        ("model.target.1.amount=*x", "'x' is not a number"),
        ("model.target.1.amount=+1 MWh", "'MWh' is not"),
        ("model.horizon.discount_rate=+1 MW", "has no unit"),
        ("model.precision=*2", "can be changed by * or +"),
    ],
)
def test_sets_that_cannot_be_are_named(tmp_path: Path, text: str, words: str) -> None:
    (fault,) = faults(tmp_path, TOML, text)
    assert fault.file == f"--set {text}"
    assert words in fault.message
