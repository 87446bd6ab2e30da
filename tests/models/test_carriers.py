"""What carries the answer: the ends of a number do to a fixed plan what a solve of it with that number finds."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

import gwplan
from gwplan.results.carriers import Carrier, carriers
from gwplan.results.run_folder import RunFolder
from tests.parts.stage import apply
from tests.parts.test_compute_measure import ACHIEVED
from tests.support import TINY

RANGES = {("accelerators", "price"): (0.5, 2.0), ("halls", "price"): (0.8, 1.5), ("compute", "value"): (0.4, 3.0),
          ("accelerators", "achieved_decode_fp8"): (0.5, 1.25)}
"""Low and high of some quantities over their base."""


def model(folder: Path) -> Path:
    """The tiny case with some ranges, compute as delivered, for the most value."""
    shutil.copytree(TINY.parents[1] / "inputs" / "tiny", folder / "inputs")
    for change in ACHIEVED:
        apply(folder / "inputs", change)
    for table in {table for table, _ in RANGES}:
        path = folder / "inputs" / f"{table}.csv"
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for row in rows:
            if (table, row["quantity"]) in RANGES:
                row["low"], row["high"] = (f"{float(row['base']) * ratio:.6g}" for ratio in RANGES[table, row["quantity"]])
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    text = TINY.read_text(encoding="utf-8").replace("../inputs/tiny", "inputs").replace('kind = "least_cost"', 'kind = "most_value"\nmost_it = "10 MW"')
    text = text.replace("any_hardware", "# any_hardware") + "\n[compute]\nworkload = { training = 0.5, prefill = 0.2, decode = 0.3 }\n"
    (folder / "model.toml").write_text(text, encoding="utf-8")
    return folder / "model.toml"


def value(plan: gwplan.Run) -> float:
    return float(plan.summary["npv_value_musd"] - plan.summary["npv_cost_musd"])


def test_each_end_does_what_a_solve_of_the_fixed_plan_finds(tmp_path: Path) -> None:
    case = gwplan.read_case(model(tmp_path), set=["compute.compute.value=*4", "halls.hall.insurance=0 1/year", "sites.*.property_tax=0 1/year"])
    plan = gwplan.solve(case)
    found = {(each.table, each.item, each.quantity): each for each in carriers(RunFolder(plan.write(tmp_path / "runs", pages=False).path))}
    assert {("halls", "hall", "price"), ("compute", "compute", "value")} < set(found)
    assert any(quantity == "achieved_decode_fp8" for _, _, quantity in found)
    assert any(table == "accelerators" and quantity == "price" for table, _, quantity in found)
    before = value(plan)
    for (table, item, quantity), each in found.items():
        for end, change in zip(RANGES[table, quantity], (each.at_low, each.at_high), strict=True):
            key = f"{table}.{item}@@*.{quantity}" if quantity == "price" else f"{table}.{item}.{quantity}"
            after = value(gwplan.solve(case.set(key, f"*{end}"), fix=plan))
            assert after - before == pytest.approx(change, rel=1e-6, abs=1e-6 * abs(before)), (each, end)


def test_the_widest_swing_comes_first(tmp_path: Path) -> None:
    plan = gwplan.solve(gwplan.read_case(model(tmp_path))).write(tmp_path / "runs", pages=False)
    found = carriers(RunFolder(plan.path))
    swings = [each.swing for each in found]
    assert swings == sorted(swings, reverse=True) and swings[-1] > 0
    assert carriers(RunFolder(plan.path), 2) == found[:2]


def test_a_number_without_a_range_carries_nothing(tmp_path: Path) -> None:
    plan = gwplan.solve(gwplan.read_case(TINY)).write(tmp_path / "runs", pages=False)
    assert carriers(RunFolder(plan.path)) == []


def test_the_swing_is_between_the_ends() -> None:
    one = Carrier("halls", "hall", "", "price", "", 8.0, 10.0, 15.0, "MUSD/MW", "F", 20.0, -50.0)
    assert one.swing == 70


def test_a_goal_that_does_not_count_compute_hangs_on_what_is_paid_alone(tmp_path: Path) -> None:
    """The same prices do the same to the same plan; rents and delivered rates do nothing to its cost."""
    path, kinds = model(tmp_path), {}
    text = path.read_text(encoding="utf-8")
    for kind, others in (("most_value", 'most_it = "10 MW"'), ("least_cost", "any_hardware = true")):
        path.write_text(text.replace('kind = "most_value"\nmost_it = "10 MW"', f"kind = \"{kind}\"\n{others}"), encoding="utf-8")
        case = gwplan.read_case(path)
        plan = gwplan.solve(case).write(tmp_path / kind, pages=False)
        kinds[kind] = {(each.table, each.item, each.quantity) for each in carriers(RunFolder(plan.path), 100)}
    assert {quantity for _, _, quantity in kinds["least_cost"]} == {"price"}
    assert ("compute", "compute", "value") in kinds["most_value"] and ("halls", "hall", "price") in kinds["least_cost"]
