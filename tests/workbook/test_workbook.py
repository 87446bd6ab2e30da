"""The workbook, calculated anew by LibreOffice: the model's figures, and another discount rate followed through."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.workbook import write
from tests.support import ONE_GIGAWATT, TINY

FIGURES = {
    "Capital over the horizon": "capital_musd", "Capital of the first build": "capital_first_build_musd", "Capital per GW of IT": "capital_musd_per_it_gw",
    "Left at the end, undiscounted": "residual_musd", "Net present cost": "npv_cost_musd", "Present value of compute": "npv_value_musd",
}  # fmt: skip
SHEETS = ["Summary", "Schedule", "Capital", "Running", "Cash by year", "Fleet", "Assumptions", "Sources"]
RATE = "B4"


@pytest.fixture(scope="module", params=[TINY, ONE_GIGAWATT], ids=lambda path: path.stem)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    outcome = solve(Request(request.param, runs=tmp_path_factory.mktemp("runs"), gap=0.05))
    assert outcome.run is not None
    return outcome.run


def opened(path: Path, **options: Any) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **options)


def recalculated(workbook: Any, folder: Path) -> dict[str, dict[str, Any]]:
    """A workbook saved without any value of a formula, calculated by LibreOffice: Summary by name of the figure."""
    source = folder / "changed.xlsx"
    workbook.save(source)
    assert opened(source, data_only=True)["Summary"]["B7"].value is None
    out = folder / "out"
    profile = (folder / "profile").as_uri()
    subprocess.run([str(shutil.which("soffice")), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", str(out),
                    str(source)], check=True, capture_output=True, timeout=120)
    sheet = opened(out / "changed.xlsx", data_only=True)["Summary"]
    return {str(row[0]): {"here": row[1], "model": row[2]} for row in sheet.iter_rows(min_row=7, values_only=True) if row[0] and row[1] is not None}


def test_calculated_anew_it_gives_the_models_figures(run: Path, tmp_path: Path) -> None:
    summary = json.loads((run / "summary.json").read_text())
    found = recalculated(opened(run / "plan.xlsx"), tmp_path)
    assert set(FIGURES) <= set(found)
    for name, key in FIGURES.items():
        assert found[name]["here"] == pytest.approx(summary[key], rel=1e-6), name
        assert found[name]["model"] == pytest.approx(summary[key], rel=1e-12), name


def test_another_discount_rate_is_followed_through(run: Path, tmp_path: Path) -> None:
    workbook, rate = opened(run / "plan.xlsx"), 0.05
    workbook["Summary"][RATE] = rate
    found = recalculated(workbook, tmp_path)
    horizon = json.loads((run / "manifest.json").read_text())["definition"]["horizon"]
    assert horizon["timing"] == {"capital": "middle", "running": "middle"}
    with (run / "tables" / "periods.csv").open() as file:
        months = {row["period"]: (int(row["number"]), int(row["months"])) for row in csv.DictReader(file)}
    years = sum(length for _, length in months.values()) / 12
    cost = 0.0
    with (run / "tables" / "ledger.csv").open() as file:
        for row in csv.DictReader(file):
            number, length = months[row["period"]]
            sign = {"capital": 1, "running": 1, "commitment": 1, "resale": -1, "residual": -1}.get(row["kind"], 0)
            later = years if row["kind"] in ("residual", "commitment") else (number + 0.5) * length / 12
            cost += sign * float(row["amount"]) / (1 + rate) ** later
    assert found["Net present cost"]["here"] == pytest.approx(cost, rel=1e-6)
    assert found["Net present cost"]["here"] != pytest.approx(found["Net present cost"]["model"], rel=1e-3)


def test_values_stand_beside_formulas_for_readers_that_do_not_calculate(run: Path) -> None:
    workbook = opened(run / "plan.xlsx", data_only=True)
    assert workbook.sheetnames == SHEETS
    summary = json.loads((run / "summary.json").read_text())
    shown = {row[0]: row[1] for row in workbook["Summary"].iter_rows(min_row=7, values_only=True)}
    for name, key in FIGURES.items():
        assert shown[name] == pytest.approx(summary[key], rel=1e-6), name


def test_every_assumption_is_there_and_estimates_are_marked(run: Path) -> None:
    sheet = opened(run / "plan.xlsx", data_only=True)["Assumptions"]
    rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    with (run / "inputs" / "sources.csv").open(encoding="utf-8") as file:
        kinds = {row["key"]: row["kind"] for row in csv.DictReader(file)}
    written = 0
    for path in (run / "inputs").glob("*.csv"):
        if path.stem not in ("sources", "deflators"):
            with path.open(encoding="utf-8") as file:
                written += sum(1 for _ in csv.DictReader(file))
    assert len(rows) == written
    assert all((row[11] == "yes") == (kinds[row[9]] == "estimate") for row in rows)


def test_a_text_that_begins_as_a_formula_stays_a_text(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    summary = json.loads((copy / "summary.json").read_text())
    (copy / "summary.json").write_text(json.dumps({**summary, "title": '=HYPERLINK("http://x")'}))
    cell = opened(write(copy))["Summary"]["A1"]
    assert cell.value == '=HYPERLINK("http://x")'
    assert cell.data_type == "s"
