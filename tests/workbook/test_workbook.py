"""The workbook, calculated again by LibreOffice: the model's figures, and another discount rate followed through."""

from __future__ import annotations

import csv
import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.workbook import write

FIGURES = {
    "Capital of the whole horizon": "capital_musd", "Capital of the first build": "capital_first_build_musd", "Capital per GW of IT": "capital_musd_per_it_gw",
    "Residual value at the end of the horizon, undiscounted": "residual_musd", "Net present cost": "npv_cost_musd", "Present value of compute": "npv_value_musd",
}  # fmt: skip
SHEETS = ["Summary", "Inputs", "Quantities", "Schedule", "Capital", "Running", "Cash by year", "Charts", "Fleet", "Assumptions", "Sources", "Checks"]
RATE, OTHER_RATE = "B4", 0.05


@pytest.fixture(scope="module", params=["tiny", "one_gigawatt"])
def run(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(f"{request.param}_run")
    return folder


def opened(path: Path, **options: Any) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **options)


Calculated = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def calculated(run: Path, office: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Calculated:
    """The workbook as it is and with another discount rate, saved without any value of a formula and calculated by LibreOffice.

    Summary by name of the figure.
    """
    folder, found = tmp_path_factory.mktemp("workbooks"), {}
    for name in ("plain", "changed"):
        workbook = opened(run / "plan.xlsx")
        if name == "changed":
            workbook["Summary"][RATE] = OTHER_RATE
        workbook.save(folder / f"{name}.xlsx")
        assert opened(folder / f"{name}.xlsx", data_only=True)["Summary"]["B7"].value is None
    out = office(folder / "out", folder / "plain.xlsx", folder / "changed.xlsx")
    for name in ("plain", "changed"):
        sheet = opened(out / f"{name}.xlsx", data_only=True)["Summary"]
        rows = [row for row in sheet.iter_rows(min_row=7, values_only=True) if row[0] and row[1] is not None]
        found[name] = {str(row[0]): {"here": row[1], "model": row[2]} for row in rows}
    return found


def test_calculated_anew_it_gives_the_models_figures(run: Path, calculated: Calculated) -> None:
    summary, found = json.loads((run / "summary.json").read_text()), calculated["plain"]
    assert set(FIGURES) <= set(found)
    for name, key in FIGURES.items():
        assert found[name]["here"] == pytest.approx(summary[key], rel=1e-6), name
        assert found[name]["model"] == pytest.approx(summary[key], rel=1e-12), name


def test_another_discount_rate_is_followed_through(run: Path, calculated: Calculated) -> None:
    found, rate = calculated["changed"], OTHER_RATE
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
        if path.stem not in ("sources", "deflators", "labels", "half_lives"):
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
