"""Stress tests of tiny: a price moves the fixed plan by what it buys, and knowing is never worth less than nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.analysis.uncertainty.stress import expected
from gwplan.commands.stress import stress as command
from tests.support import TINY, copied, edited

RANGES = {("halls", "hall", "", "price"): ("9", "12"), ("power", "grid", "", "most"): ("2", "30"),
          ("accelerators", "old_rack", "", "price"): ("", "40")}  # fmt: skip
TOLERANCE = 1e-5
"""MUSD: what solver tolerances may take from a value."""


def ranged(folder: Path) -> Path:
    """A copy of tiny with three ranges; the grid can offer as little as 2 MW at either site."""
    model = copied(TINY, folder)

    def edit(table: str, row: dict[str, str]) -> dict[str, str]:
        low, high = RANGES.get((table, row["item"], row["when"], row["quantity"]), (row["low"], row["high"]))
        return row | {"low": low, "high": high}

    edited(model, edit)
    return model


def asked(*words: object) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*map(str, words), "--json"])
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["exit_code"] == result.exit_code
    return document


def plan_of(folder: str) -> list[dict[str, str]]:
    with (Path(folder) / "base_plan.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.long
def test_the_whole_tornado(tmp_path: Path) -> None:
    model = ranged(tmp_path)
    found = asked(model, "--workers", 1, "--runs", tmp_path / "runs")
    rows = {row["key"]: row for row in found["tornado"]}
    assert set(rows) == {"halls.hall.price", "power.grid@north.most", "power.grid@south.most", "accelerators.old_rack.price"}
    swings = [row["swing"] for row in found["tornado"]]
    assert swings == sorted(swings, reverse=True)
    assert rows["accelerators.old_rack.price"]["low"] is None, "a side without a range is not solved"
    for row in rows.values():
        for end in ("low", "high"):
            value = row[f"value_of_knowing_{end}"]
            assert value is None or value >= -row["unproven"] - TOLERANCE
    # Least cost: a dearer number never makes the plan cheaper, nor does an offer of less.
    base = found["base_objective"]
    assert rows["halls.hall.price"]["objective_low"] <= base <= rows["halls.hall.price"]["objective_high"]
    assert rows["accelerators.old_rack.price"]["objective_high"] >= base - TOLERANCE
    # Both sites' price of a hall of 10 MW is linear in the fixed plan: equal steps, so low and high lie as 1 to 2 about the base.
    price = rows["halls.hall.price"]
    down, up = base - price["objective_base_plan_low"], price["objective_base_plan_high"] - base
    assert down > 0 and up == pytest.approx(2 * down, rel=1e-6)
    # The base plan takes more than 2 MW from the grid of its site.
    used = {row["site"] for row in plan_of(found["folder"]) if row["item"] == "grid"}
    assert used
    for site in used:
        assert rows[f"power.grid@{site}.most"]["base_plan_low"] == "cannot be carried out"
        assert rows[f"power.grid@{site}.most"]["value_of_knowing_low"] is None
    again = CliRunner().invoke(command, [str(model), "--workers", "1", "--runs", str(tmp_path / "runs")])
    assert again.exit_code == 0 and "cannot be carried out" in again.stdout and "Folder:" in again.stdout


def test_only_some_numbers(tmp_path: Path) -> None:
    model = ranged(tmp_path)
    found = asked(model, "--only", "halls.*", "--workers", 1, "--runs", tmp_path / "runs")
    assert [row["key"] for row in found["tornado"]] == ["halls.hall.price"] and found["scenarios"] == 4
    result = CliRunner().invoke(command, [str(model), "--only", "hulls.*", "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 3 and "--only hulls.*" in result.stderr


def test_a_case_without_any_range_is_a_fault(tmp_path: Path) -> None:
    assert CliRunner().invoke(command, [str(TINY), "--runs", str(tmp_path)]).exit_code == 3


def test_a_model_without_a_plan_has_nothing_to_stress(tmp_path: Path) -> None:
    words = [str(ranged(tmp_path)), "--set", "budget.capital.cap=1 MUSD_2026", "--runs", str(tmp_path / "runs")]
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 4 and "no plan to stress" in result.stderr


def test_the_expected_time_shares_the_solves_among_the_workers() -> None:
    assert "about 20 min" in expected(300, 600, 4.0, 2)
    assert "about 8 s" in expected(2, 8, 1.0, 1)
