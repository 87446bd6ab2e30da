"""Another price on Inputs gives, calculated by LibreOffice, what `solve --fix` gives of the changed tables."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.workbook import write
from gwplan.reports.workbook.assumptions import BASE, HEADER, HIGH, LOW, OWN, USED, model_of
from gwplan.reports.workbook.drivers import Driven, Line, Rules
from gwplan.reports.workbook.payment_rules import fitted, terms_of
from gwplan.results.run_folder import RunFolder
from tests.support import TINY

CHANGES = {
    "halls_hall_price": ("halls.hall.price", 11.7, "MUSD_2026/MW"), "halls_hall_contingency": ("halls.hall.contingency", 0.07, "1"),
    "halls_hall_upkeep": ("halls.hall.upkeep", 0.13, "MUSD_2026/MW/year"), "halls_hall_insurance": ("halls.hall.insurance", 0.003, "1/year"),
    "sites_north_opening_price": ("sites.north.opening_price", 17.0, "MUSD_2026"),
    "sites_north_property_tax": ("sites.north.property_tax", 0.017, "1/year"),
    "accelerators_old_rack_2027_price": ("accelerators.old_rack@@2027.price", 0.9, "MUSD_2026"),
    "accelerators_old_rack_network_price": ("accelerators.old_rack.network_price", 0.17, "MUSD_2026"),
    "accelerators_old_rack_upkeep": ("accelerators.old_rack.upkeep", 0.043, "1/year"),
    "power_grid_price": ("power.grid.price", 0.57, "MUSD_2026/MW"), "power_gas_engine_price": ("power.gas_engine.price", 1.43, "MUSD_2026/MW"),
    "power_natural_gas_north_fuel_price": ("power.natural_gas@north.fuel_price", 4.4, "USD_2026/MMBtu"),
    "power_gas_engine_running_price": ("power.gas_engine.running_price", 9.1, "USD_2026/MWh"),
}  # fmt: skip
"""By the name of a cell: the row and its new number. All are of what the plan of the tiny case builds."""
FIGURES = {
    "Capital of the whole horizon": "capital_musd", "Capital of the first build": "capital_first_build_musd",
    "Residual value at the end of the horizon, undiscounted": "residual_musd", "Net present cost": "npv_cost_musd",
}  # fmt: skip
SCENARIO = (1, USED + 1)


def opened(path: Path, **options: Any) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **options)


def inputs_of(workbook: Any) -> dict[str, int]:
    """The row of each number on Inputs by its name."""
    return {str(row[HEADER.index("name")].value): row[0].row for row in workbook["Inputs"].iter_rows(min_row=4) if row[0].value}


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> dict[str, Path]:
    return {name: request.getfixturevalue(f"{name}_run") for name in ("tiny", "one_gigawatt")}


@pytest.fixture(scope="module")
def calculated(runs: dict[str, Path], office: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Workbooks saved without any value of a formula, and calculated: as they are, changed, and in two scenarios."""
    folder = tmp_path_factory.mktemp("workbooks")
    for name, run in (("own", "tiny"), ("base", "tiny"), ("text", "tiny"), ("none", "tiny"), ("low", "one_gigawatt"), ("high", "one_gigawatt"), ("plain", "one_gigawatt")):
        workbook = opened(write(runs[run], folder / f"{name}.xlsx"))
        rows = inputs_of(workbook)
        if name in ("own", "base"):
            for cell, (_, number, _) in CHANGES.items():
                workbook["Inputs"].cell(rows[cell], 1 + (OWN if name == "own" else BASE)).value = number
        elif name == "text":
            workbook["Inputs"].cell(rows["halls_hall_price"], 1 + OWN).value = "11,7"
        elif name != "plain":
            workbook["Inputs"].cell(*SCENARIO).value = name
        workbook.save(folder / f"{name}.xlsx")
    out = office(folder / "out", *sorted(folder.glob("*.xlsx")))
    return {path.stem: opened(path, data_only=True) for path in sorted(out.glob("*.xlsx"))}


def shown(workbook: Any) -> dict[str, tuple[Any, Any]]:
    """Each figure of Summary: this workbook's and the model's."""
    return {str(row[0]): (row[1], row[2]) for row in workbook["Summary"].iter_rows(min_row=7, values_only=True) if row[0]}


def checks(workbook: Any) -> Iterator[tuple[str, str]]:
    """The checks with their results."""
    for row in workbook["Checks"].iter_rows(min_row=7, values_only=True):
        if row[0]:
            yield str(row[0]), str(row[4])


@pytest.fixture(scope="module")
def fixed(runs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The summary of the tiny case with other numbers and the same decisions."""
    sets = tuple(f"{row}={number} {unit}" for row, number, unit in CHANGES.values())
    outcome = solve(Request(TINY, sets=sets, fix=runs["tiny"] / "plan.csv", runs=tmp_path_factory.mktemp("fixed")))
    assert outcome.run is not None, outcome.message
    return dict(json.loads((outcome.run / "summary.json").read_text()))


@pytest.mark.parametrize("name", ["own", pytest.param("base", marks=pytest.mark.long)])
def test_changed_inputs_give_what_the_fixed_plan_costs(name: str, calculated: dict[str, Any], fixed: dict[str, Any]) -> None:
    found = shown(calculated[name])
    for title, key in FIGURES.items():
        assert found[title][0] == pytest.approx(fixed[key], rel=1e-6), title
        assert found[title][0] != pytest.approx(found[title][1], rel=1e-3), title
    for sheet, kind in (("Capital", "capital"), ("Running", "running")):
        sums: dict[str, float] = {}
        for row in calculated[name][sheet].iter_rows(min_row=4, values_only=True):
            if row[1]:
                sums[row[0]] = sums.get(row[0], 0.0) + row[4]
        assert sums == pytest.approx({each: amount for each, amount in fixed[f"{kind}_by_class_musd"].items() if amount}, rel=1e-6)


def test_as_it_is_it_gives_the_models_figures_and_all_checks_hold(calculated: dict[str, Any]) -> None:
    for title, (here, model) in shown(calculated["plain"]).items():
        if model is not None:
            assert here == pytest.approx(model, rel=1e-6), title
    results = dict(checks(calculated["plain"]))
    assert len(results) > 10 and set(results.values()) == {"ok"}
    assert calculated["plain"]["Summary"]["D4"].value == "base" and calculated["plain"]["Summary"]["D5"].value == 0


def test_changed_inputs_are_no_failed_checks(calculated: dict[str, Any]) -> None:
    for name in ("own", "base", "low", "high"):
        assert {result for _, result in checks(calculated[name])} == {"ok", "changed"}, name
        assert calculated[name]["Checks"]["E4"].value == "no" and calculated[name]["Summary"]["D5"].value == 0


def test_a_text_in_place_of_a_number_and_an_unknown_scenario_are_failed_checks(calculated: dict[str, Any]) -> None:
    (text,) = [title for title, result in checks(calculated["text"]) if result == "WRONG"]
    assert "your own" in text and calculated["text"]["Summary"]["D5"].value == 1
    # The scenario `none` is none of three, so what the numbers give are errors, and none of them is a check that holds.
    failed = [result for _, result in checks(calculated["none"]) if result not in ("ok", "changed")]
    assert failed and calculated["none"]["Summary"]["D5"].value == len(failed)


def test_a_scenario_uses_an_end_of_each_range(calculated: dict[str, Any]) -> None:
    for name, column in (("low", LOW), ("high", HIGH)):
        rows = [row for row in calculated[name]["Inputs"].iter_rows(min_row=4, values_only=True) if row[0]]
        assert any(row[column] is not None for row in rows)
        for row in rows:
            assert row[USED] == pytest.approx(row[BASE] if row[column] is None else row[column], rel=1e-12), row[:5]
    low, plain, high = (shown(calculated[name])["Capital of the whole horizon"][0] for name in ("low", "plain", "high"))
    assert low < plain < high


def test_every_payment_of_the_shipped_plans_is_driven(runs: dict[str, Path]) -> None:
    for run in runs.values():
        model = model_of(RunFolder(run))
        assert [each.line for each in model.payments if each.fixed] == []
        for each in model.payments:
            own = terms_of(model.rules, each.line)
            paid = [sum(model.rules.worth(factors) * amounts[n] for factors, amounts in own.items()) for n in range(model.rules.count)]
            assert paid == pytest.approx(each.amounts, rel=1e-9, abs=1e-9), each.line


def test_a_payment_that_no_rule_gives_stays_a_number(runs: dict[str, Path]) -> None:
    rules = Rules(RunFolder(runs["tiny"]))
    line = Line("capital", "power", "grid", "north", "suppliers")
    other = Line("capital", "power", "gas_engine", "north", "suppliers")
    both = terms_of(rules, line) | terms_of(rules, other)
    amounts = [7.0] * rules.count
    assert fitted(rules, both, amounts) == {} and Driven(line, {}, amounts).fixed
    (factors,) = terms_of(rules, line)
    assert fitted(rules, terms_of(rules, line), amounts) == {factors: pytest.approx([7.0 / rules.worth(factors)] * rules.count)}


def test_what_is_used_has_a_name(runs: dict[str, Path], tmp_path: Path) -> None:
    workbook = opened(write(runs["tiny"], tmp_path / "plan.xlsx"))
    rows = inputs_of(workbook)
    for name, row in rows.items():
        assert workbook.defined_names[name].attr_text == f"Inputs!$F${row}"
    assert set(CHANGES) <= set(rows)
    assert {"scenario", "scenario_number", "discount_rate", "inputs_unchanged", "checks_failed"} <= set(workbook.defined_names)
