"""Whatever stands in a cell, a set or a file: a case, or faults in words; never a traceback."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwplan.common.errors import InputFaults
from gwplan.inputs.case_files import frame
from gwplan.planning.build import read_definition
from tests.inputs.folders import ROOT, case_of, tiny_copy

TABLES = sorted(path.name for path in (ROOT / "inputs" / "tiny").glob("*.csv"))
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "0", "-1", "1e308", "1e-308", "nan", "2027", "2027-Q1", "*", "label", "date", "1", "grid", "hall", "north", "h100",
                     "MW", "USD_2026", "USD_9999/kW", "cent_nominal", "|", "prime|backup", "|||"]),
)  # fmt: skip
COMMON = {"max_examples": 60, "deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def outcome(folder: Path, sets: tuple[str, ...] = ()) -> str:
    """What comes of a folder: `case`, or the faults as text."""
    try:
        case = case_of(folder, sets=sets)
    except InputFaults as error:
        assert error.faults
        assert all(fault.file and fault.message for fault in error.faults)
        return str(error)
    assert len(frame(case)) > 0
    return "case"


@settings(**COMMON)  # type: ignore[arg-type]
@given(st.data())
def test_any_cell(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tiny_copy(tmp_path_factory.mktemp("any"))
    path = folder / data.draw(st.sampled_from(TABLES))
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(CELLS)
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        csv.writer(file).writerows(rows)
    assert outcome(folder)


@settings(**COMMON)  # type: ignore[arg-type]
@given(st.binary(max_size=200), st.sampled_from(TABLES))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    folder = tiny_copy(tmp_path_factory.mktemp("any"))
    (folder / name).write_bytes(content)
    assert name in outcome(folder)


@settings(**COMMON)  # type: ignore[arg-type]
@given(st.sampled_from(["halls.hall.price", "power.grid@north.earliest", "power.*@*@*.most", "halls.hall.covers", "model.horizon.end"]), CELLS)
def test_any_set(tmp_path_factory: pytest.TempPathFactory, target: str, value: str) -> None:
    folder = tiny_copy(tmp_path_factory.mktemp("any"))
    found = outcome(folder, (f"{target}={value}",))
    assert found == "case" or ".csv" in found or "--set" in found


@settings(**COMMON)  # type: ignore[arg-type]
@given(st.text(max_size=200))
def test_any_model(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "asked.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(InputFaults):
        read_definition(path)


@settings(**COMMON)  # type: ignore[arg-type]
@given(st.text(alphabet="model.goatruhzn12=*+ ", max_size=25))
def test_any_set_of_a_model(text: str) -> None:
    try:
        found = read_definition(ROOT / "models" / "tiny.toml", (f"model.{text}",))
    except InputFaults as error:
        assert f"--set model.{text}" in str(error)
    else:
        assert found.calendar.periods


@settings(**COMMON)  # type: ignore[arg-type]
@given(st.sampled_from(["title", "parts", "precision", "horizon.start", "horizon.step", "horizon.dollars", "horizon.timing", "target", "goal",
                        "target.1.amount", "target.1.by", "goal.kind", "goal.most_it", "solver.gap", "solver.time_limit", "inputs"]),
       st.one_of(CELLS, st.sampled_from(["[]", "{}", "[[]]", "[{}]", "true", "1.5", "-3", "1979-05-27", "{a = 1}", "*2", "+1", "+1 year"])))
def test_any_value_of_a_model(key: str, value: str) -> None:
    try:
        found = read_definition(ROOT / "models" / "tiny.toml", (f"model.{key}={value}",))
    except InputFaults as error:
        assert key.split(".")[0] in str(error)
    else:
        assert found.calendar.periods
