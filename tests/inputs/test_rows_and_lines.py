"""Each fault has the row or the line that it is about; and names of items are such that --set can say them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.inputs.definition_text import lines_of
from gwplan.planning import build, request
from gwplan.planning.build import read_definition
from tests.inputs.folders import ROOT, TOML, appended, faults_of, found_at, removed, replaced, tiny_copy
from tests.support import TINY, copied

MODEL = '''title = """
horizon = 3
[goal]
"""
inputs = "inputs"
parts = [
  "sites",
  "halls",
]
precision = "fp8"

[horizon]
start = "2026-Q1"
end = "2028-Q4"
# a comment
dollars = 2026
discount_rate = 0.0

[horizon.timing]
capital = "start"

[[target]]
measure = "it"
amount = "1 MW"
by = "2027-Q1"

[[target]]
measure = "it"
amount = "2 MW"
by = "2028-Q1"

[goal]
kind = "least_cost"
any_hardware = true
'''


def test_lines_of_keys() -> None:
    found = lines_of(MODEL)
    assert (found["title"], found["inputs"], found["parts"], found["precision"]) == (1, 5, 6, 10)
    assert (found["horizon"], found["horizon.dollars"], found["horizon.timing"], found["horizon.timing.capital"]) == (12, 16, 19, 20)
    assert (found["target"], found["target.1"], found["target.1.by"], found["target.2"], found["target.2.amount"]) == (22, 22, 25, 27, 29)
    assert (found["goal"], found["goal.kind"]) == (32, 33)
    assert lines_of("goal = { kind = 'x' }") == {"goal": 1, "goal.kind": 1}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("precision = \"fp8\"", "precision = \"fp7\"", 10),
        ("dollars = 2026", "dollars = 1999", 16),
        ("dollars = 2026", "", 12),
        ("dollars = 2026", "dollers = 2026", 16),
        ("capital = \"start\"", "capital = \"soon\"", 20),
        ("amount = \"2 MW\"", "amount = \"2 MWh\"", 29),
        ("by = \"2028-Q1\"", "by = \"2038-Q1\"", 30),
        ("by = \"2028-Q1\"", "", 27),
        ("kind = \"least_cost\"", "kind = \"most_value\"", 32),
        ("discount_rate = 0.0", "discount_rate = inf", 17),
        ("end = \"2028-Q4\"", "end = \"2028-02\"", 12),
        ("  \"halls\",", "  \"hals\",", 6),
    ],
)
def test_faults_of_a_model_name_the_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    path = tmp_path / "asked.toml"
    path.write_text(MODEL.replace(old, new))
    with pytest.raises(InputFaults) as error:
        read_definition(path)
    assert [(fault.file, fault.row) for fault in error.value.faults if fault.row == line], error.value.faults
    assert all(fault.row for fault in error.value.faults)


def test_a_set_is_its_own_place(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as error:
        read_definition(TINY, ("model.horizon.dollars=1999",))
    assert [(fault.file, fault.row) for fault in error.value.faults] == [("--set model.horizon.dollars=1999", 0)]


@pytest.mark.parametrize(("option", "value", "name"), [("gap", float("nan"), "--gap nan"), ("time_limit", "9" * 400, f"--time-limit {'9' * 400}"),
                                                       ("threads", 10**9, "--threads 1000000000"), ("seed", 2**40, f"--seed {2**40}")])
def test_options_are_called_by_their_own_name(option: str, value: object, name: str) -> None:
    with pytest.raises(InputFaults) as error:
        build.read(request.Request(TINY, **{option: value}))  # type: ignore[arg-type]
    assert [fault.file for fault in error.value.faults] == [name]


def test_faults_of_parts_about_the_model_name_the_line(tmp_path: Path) -> None:
    model = copied(ROOT / "models" / "three_way_pact.toml", tmp_path)
    text = model.read_text()
    line = next(number for number, each in enumerate(text.splitlines(), 1) if each.startswith("without"))
    model.write_text(text.replace("without = [", 'without = ["nobody", '))
    with pytest.raises(InputFaults) as error:
        build.read(request.Request(model))
    assert found_at(error.value.faults, model.name, line, "no contract 'nobody'")


def test_thirds_of_the_spend(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    for third in ("first", "middle", "last"):
        removed(folder / "halls.csv", f"hall,,,spend_{third}_third")
    row = appended(folder / "halls.csv", "hall,,,spend_first_third,,0.5,,1,round_numbers,")
    assert found_at(faults_of(folder), "halls.csv", row, "thirds of the spend sum to")


def test_covers(tmp_path: Path) -> None:
    """A thing that nobody pays for is a fault at a row of the system, though it has no row `covers`."""
    folder = tiny_copy(tmp_path)
    rows = {}
    for number, line in enumerate((folder / "accelerators.csv").read_text().splitlines(), 1):
        rows.setdefault(line.split(",")[0], number)
    replaced(folder / "halls.csv", "hall,,,covers", "hall,,,covers,,shell,,label,round_numbers,")
    for system in ("old_rack", "new_rack"):
        path = folder / "accelerators.csv"
        path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith(f"{system},,,covers")) + "\n")
    faults = [fault for fault in faults_of(folder) if "covers" in fault.message]
    assert faults
    assert all(fault.row for fault in faults)


@pytest.mark.parametrize("whole", [False, True])
def test_a_missing_rate_of_the_h100(tmp_path: Path, whole: bool) -> None:
    folder = tiny_copy(tmp_path)
    path = folder / "compute.csv"
    lines = path.read_text().splitlines()
    start = "h100," if whole else "h100,,,fp8_rate"
    path.write_text("\n".join(line for line in lines if not line.startswith(start)) + "\n")
    (fault,) = faults_of(folder)
    assert (fault.file, "fp8_rate" in fault.message) == ("compute.csv", True)
    assert fault.row >= 1


@pytest.mark.parametrize("name", ["a.b", "a@b", "a=b", "a*", "*", "a b", "a[1]", "a\nb", "-a", "=a()", "a,b", "a|b", "x" * 81, "e\u0301"])
def test_names_that_a_set_cannot_say(tmp_path: Path, name: str) -> None:
    folder = tiny_copy(tmp_path)
    path = folder / "halls.csv"
    quoted = '"' + name + '"'
    path.write_text(path.read_text().replace("\nhall,", f"\n{quoted},"))
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", 2, "the name of an item has"), [str(fault) for fault in faults]
    assert len(faults) == 1
    assert all(str(fault).isprintable() for fault in faults)


@pytest.mark.parametrize("name", ["a", "A1", "1", "gb300_nvl72", "x-1", "_x", "Zürich", "x" * 80])
def test_names_that_a_set_can_say(tmp_path: Path, name: str) -> None:
    folder = tiny_copy(tmp_path)
    path = folder / "halls.csv"
    path.write_text(path.read_text().replace("\nhall,", f"\n{name},"))
    assert not faults_of(folder, sets=[f"halls.{name}.price=*2"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a = " + "[" * 50_000, "nested"),
        ("a = " + "[" * 100 + "]" * 100, "nested"),
        (".".join("a" * 3000) + " = 1", "nested"),
        ("[" + ".".join("a" * 3000) + "]", "nested"),
        ("a = " + "{b = " * 5000, "nested"),
        ("title = 'x'\na = " + "9" * 5000, "more than 1000 digits"),
        ("a = 2026-02-31", "is not TOML"),
        ("a = " + "9" * 900, "above 1e+15"),
        (TOML.split("[horizon]")[0].replace("{parts}", '"halls"') + "#" * 1_100_000, "larger than 1,000,000 bytes"),
        ("\x00", "is not TOML"),
    ],
)
def test_toml_beyond_any_model(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(content)
    began = time.perf_counter()
    with pytest.raises(InputFaults) as error:
        read_definition(path)
    assert any(words in fault.message for fault in error.value.faults), error.value.faults[:3]
    assert time.perf_counter() - began < 5
    assert all(len(str(fault)) < 2000 for fault in error.value.faults)


@pytest.mark.parametrize("value", ["[" * 50_000, "{a = " * 500, "9" * 5000, "9" * 900, "1e400", "[" * 40 + "]" * 40, '"' + "x" * 9000 + '"'])
def test_sets_beyond_any_model(value: str) -> None:
    with pytest.raises(InputFaults) as error:
        read_definition(TINY, (f"model.title={value}", f"model.solver.gap={value}", "model.solver.seed=*1e30"))
    assert all(len(str(fault)) < 2000 for fault in error.value.faults)
