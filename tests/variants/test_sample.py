"""Samples of tiny: how they are counted, what is conditional on a plan, and the answer at the base."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from gwplan.analysis.scenarios.scenario import Scenario, ask
from gwplan.analysis.scenarios.worker import solve_scenario
from gwplan.analysis.uncertainty.ranges import drawables, rows_at
from gwplan.analysis.uncertainty.sample import choices, quantiles
from gwplan.commands.sample import sample as command
from gwplan.planning import build, request
from gwplan.reports.terminal.sample import histogram
from tests.support import TINY, copied, edited

SAMPLES = 5
RANGES = {("accelerators", "old_rack", "", "price"): ("1.5", "2.5"), ("halls", "hall", "", "price"): ("8", "15")}


def ranged(folder: Path) -> Path:
    """A copy of tiny with two ranges."""
    model = copied(TINY, folder)

    def edit(table: str, row: dict[str, str]) -> dict[str, str]:
        low, high = RANGES.get((table, row["item"], row["when"], row["quantity"]), (row["low"], row["high"]))
        return row | {"low": low, "high": high}

    assert edited(model, edit) == len(RANGES)
    return model


def asked(*words: object) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*map(str, words), "--json"])
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["exit_code"] == result.exit_code
    return document


def table_of(folder: str, name: str) -> list[dict[str, str]]:
    with (Path(folder) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sample_is_written_whole_and_a_smaller_one_is_its_beginning(tmp_path: Path) -> None:
    model = ranged(tmp_path)
    found = asked(model, "-n", SAMPLES, "--workers", 1, "--runs", tmp_path / "runs")
    assert found["exit_code"] == 0 and found["with_plan"] == SAMPLES and found["keys"] == len(RANGES)
    draws, table = table_of(found["folder"], "draws"), table_of(found["folder"], "table")
    assert [row["sample"] for row in draws] == [row["sample"] for row in table] == [str(number) for number in range(1, SAMPLES + 1)]
    assert all(8 <= float(row["halls.hall.price [MUSD_2026/MW]"]) <= 15 for row in draws)
    (objective,) = [row for row in table_of(found["folder"], "quantiles") if row["figure"] == "objective"]
    values = [float(row["objective"]) for row in table]
    assert float(objective["p50"]) == pytest.approx(np.median(values)) and float(objective["mean"]) == pytest.approx(np.mean(values))
    assert {row["key"] for row in table_of(found["folder"], "drivers")} == {"accelerators.old_rack.price", "halls.hall.price"}
    for name in ("table", "draws", "quantiles", "choices", "drivers"):
        assert (Path(found["folder"]) / f"{name}.parquet").is_file()
    smaller = asked(model, "-n", 2, "--workers", 1, "--runs", tmp_path / "runs")
    assert table_of(smaller["folder"], "draws") == draws[:2]
    assert smaller["cached"] == 2
    printed = CliRunner().invoke(command, [str(model), "-n", str(SAMPLES), "--workers", "1", "--runs", str(tmp_path / "runs")])
    assert printed.exit_code == 0 and "5 have a plan, 0 are infeasible" in printed.stdout and "Drivers" in printed.stdout


def test_a_draw_at_the_base_gives_the_base_objective(tmp_path: Path) -> None:
    model = ranged(tmp_path)
    case = build.read(request.Request(model))
    rows = tuple(row for each in drawables(case) for row in rows_at(case, each, lambda low, base, high: base))
    question = ask(model)
    base, again = (solve_scenario(question, scenario).summary["objective"] for scenario in (Scenario(()), Scenario((), rows=rows)))
    assert len(rows) == 3 and again == pytest.approx(base, rel=1e-9)


def test_a_case_without_any_range_is_a_fault(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(TINY), "-n", "2", "--runs", str(tmp_path)])
    assert result.exit_code == 3 and "no number that this model uses has a range" in result.stderr


def test_fewer_than_one_sample_is_wrong_usage() -> None:
    assert CliRunner().invoke(command, [str(TINY), "-n", "0"]).exit_code == 2


def columns(**more: list[Any]) -> dict[str, list[Any]]:
    return {"status": ["optimal", "infeasible", "optimal", "optimal"], "objective": [1.0, None, 3.0, 8.0],
            "sites": ["north", None, "north|south", "south"], "halls.hall": [2.0, None, 0.0, 4.0], **more}  # fmt: skip


def test_quantiles_are_of_the_samples_with_a_plan() -> None:
    found = quantiles(columns())
    assert (found["figure"], found["mean"], found["p50"], found["n"], found["infeasible"]) == (["objective"], [4.0], [3.0], [3], [1])


def test_shares_of_choices_count_the_samples_with_a_plan_and_amounts_those_that_chose() -> None:
    found = choices(columns())
    rows = list(zip(found["kind"], found["item"], found["share"], found["mean_amount"], strict=True))
    third = pytest.approx(2 / 3)
    assert rows == [("site", "north", third, 1.0), ("site", "south", third, 1.0), ("design", "hall", third, 3.0)]


def test_every_value_stands_in_one_bin() -> None:
    values = [1.0, 2.0, 2.5, 9.0]
    bins = histogram(values, bins=4, width=10)
    assert [count for _, _, count, _ in bins] == [3, 0, 0, 1] and bins[0][3] == "#" * 10
    assert [count for _, _, count, _ in histogram([5.0, 5.0])] == [2] and histogram([]) == []
