"""Explanations with a model or a run: numbers with sources and grades, and values, on the case that is checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.analysis.explain import explain as explaining
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from gwplan.results.figures import summary_keys
from tests.parts.stage import tiny
from tests.support import TINY


@pytest.fixture(scope="module")
def run() -> gwplan.Run:
    return gwplan.solve(gwplan.read_case(TINY))


def test_the_rows_of_an_item_in_a_model_with_file_source_and_grade() -> None:
    found = gwplan.explain("accelerators.old_rack.price", gwplan.read_case(TINY)).found
    rows = {each.name: each for each in found[0].numbers}
    # inputs/tiny/accelerators.csv: 2 in all years, 1.6 from 2027.
    assert {name: row.base for name, row in rows.items()} == {"accelerators.old_rack.price": "2", "accelerators.old_rack@@2027.price": "1.6"}
    lines = (TINY.parents[1] / "inputs" / "tiny" / "accelerators.csv").read_text(encoding="utf-8").splitlines()
    file, line = rows["accelerators.old_rack@@2027.price"].file.split(":")
    assert file == "accelerators.csv"
    assert lines[int(line) - 1].startswith("old_rack,,2027,price")
    assert {(row.source, row.grade, row.unit) for row in rows.values()} == {("round_numbers", "F", "MUSD_2026")}


def test_every_key_of_a_summary_has_a_meaning(run: gwplan.Run) -> None:
    assert set(run.summary) <= set(summary_keys())
    for key in run.summary:
        assert gwplan.explain(key, run).found, key


def test_every_name_that_a_run_folder_and_its_audit_hold_has_a_meaning(run: gwplan.Run, tmp_path: Path) -> None:
    written = run.write(tmp_path, pages=False)
    reader = written._reader
    ledger = reader.table("ledger")
    names = {name for column in ("kind", "maker", "class", "item", "payee") for name in ledger[column]} | set(reader.table("limits")["rule"])
    assert written.path is not None
    names |= {path.stem for path in (written.path / "tables").glob("*.csv")} | {each["name"] for each in reader.audit["checks"]}
    assert {"networks", "suppliers", "insurers", "arrive_while_sold", "power.capacity_within_offer", "units"} <= names
    material = explaining.of_reader(reader)
    assert {name for name in names if not explaining.explain(name, material).found} == set()


def test_a_class_and_a_payee_have_their_sums_in_the_ledger(run: gwplan.Run) -> None:
    # By hand: networks 80 x 0.5; halls are built for 100 by builders.
    networks = next(each for each in gwplan.explain("networks", run).found if each.topic.kind == "class of payments")
    assert networks.value is not None and ("capital", "$40M") in networks.value.rows
    builders = gwplan.explain("builders", run).found[0]
    assert builders.value is not None and ("capital", "$100M") in builders.value.rows
    assert builders.topic.meaning == "who is paid for halls"


def test_a_limit_of_a_run_has_its_bound_use_and_slack(run: gwplan.Run) -> None:
    found = gwplan.explain("budget.capital_within_cap", run).found[0]
    # By hand: capital 290 of a cap of 1000.
    assert found.value is not None
    assert found.value.rows[0][:4] == ("capital", "most 1,000", "290", "710")
    assert found.value.text == "binds in 0 of 1 rows"
    assert [each.name for each in found.numbers] == ["budget.capital.cap", "budget.capital.until"]


def test_a_limit_that_binds(run: gwplan.Run) -> None:
    found = gwplan.explain("goal: target is met", run).found[0]
    assert found.value is not None
    assert found.value.text == "binds in 1 of 1 rows"


def test_a_figure_has_its_value_its_parts_and_the_prices_behind_its_money(run: gwplan.Run) -> None:
    found = gwplan.explain("Net present cost", run).found[0]
    # By hand (inputs/tiny/README.md): capital 290; racks 80 x 1.6 = 128 are the most, then the hall 100, networks 40, engines and opening 10, grid 2.
    assert found.topic.name == "npv_cost_musd"
    assert dict(found.parts)["money.capital"].startswith("$290M")
    assert [each.name for each in found.numbers][:3] == [
        "accelerators.old_rack@@2027.price", "halls.hall.price", "accelerators.old_rack.network_price"]
    assert found.numbers[-1].name == "power.grid.price"


def test_a_variable_is_summed_by_period_and_periods_alike_are_one_line(run: gwplan.Run) -> None:
    found = gwplan.explain("cooling.facility_peak", run).found[0]
    # 10 MW of IT at a peak ratio of 1.2, in 2028 alone.
    assert found.value is not None
    assert found.value.rows == (("2026 to 2027", "0"), ("2028", "12"))


def test_an_item_by_name_and_by_label_and_a_source(run: gwplan.Run) -> None:
    named, labelled = gwplan.explain("gas_engine", run), gwplan.explain("Gas engine", run)
    assert named.found == labelled.found
    assert "power.gas_engine.firm_credit" in [each.name for each in named.found[0].numbers]
    source = gwplan.explain("round_numbers", run).found[0]
    assert source.topic.meaning == "Round numbers chosen so that the answer can be checked by hand"


def test_without_a_model_an_item_is_looked_up_in_the_shipped_case() -> None:
    found = gwplan.explain("accelerators.vr_nvl72.price")
    assert found.of == "one_gigawatt"
    assert all(each.name.startswith("accelerators.vr_nvl72") and each.source for each in found.found[0].numbers)


def test_the_command_prints_json_and_text_and_the_nearest_names(run: gwplan.Run, tmp_path: Path) -> None:
    folder = run.write(tmp_path, pages=False).path
    as_json = CliRunner().invoke(program, ["explain", "it_mw", "--of", str(folder), "--json"])
    found = json.loads(as_json.output)
    assert as_json.exit_code == 0
    assert found["found"][0]["value"]["rows"] == [["2026 to 2027", "0"], ["2028", "10"]]
    text = CliRunner().invoke(program, ["explain", "firm_credit", "--of", str(TINY)])
    assert "power.gas_engine.firm_credit" in text.output and "gwplan/model/parts/power/table.py" in text.output
    unknown = CliRunner().invoke(program, ["explain", "frm_credit"])
    assert unknown.exit_code == Exit.INPUT
    assert "firm_credit" in unknown.output


def test_a_firm_credit_that_follows_from_outages_is_shown_with_what_it_follows_from(tmp_path: Path) -> None:
    tiny(tmp_path, "power.gas_engine.firm_credit=", "power.gas_engine.forced_outage_rate=0.03 1", "power.firm_power.wanted_availability=0.999 1",
         "power.natural_gas@south.outage_rate=0.0002 1", more='[[target]]\nmeasure = "it"\namount = "10 MW"\nby = "2028-Q1"')
    case = gwplan.read_case(tmp_path / "part.toml").forbid("power=grid")
    plan = gwplan.solve(case)
    for of in (case, plan):
        rows = {each.name: each for each in gwplan.explain("firm_credit", of).found[0].numbers}
        # Seven of which five suffice for 24 MW run 0.99914 of the time; in the south 16, of which 12 suffice for 56 MW.
        assert {name: each.base for name, each in rows.items()} == {
            "power.grid.firm_credit": "1", "power.gas_engine@north.firm_credit": "0.685714", "power.gas_engine@south.firm_credit": "0.7"}
        south = rows["power.gas_engine@south.firm_credit"]
        assert south.title == ("gas_engine at south: 16 units of 5 MW, each out 0.03 of the time, for 56 MW at an availability of 0.999; "
                               "their fuel is out 0.0002 of the time")
    # 12 MW at the peak take 17.5 MW of engines: four of them, where three were enough for a credit of 0.8.
    assert plan.table("power.capacity")["value"].max() == pytest.approx(20)
    written = plan.write(tmp_path / "runs", pages=False)
    audit = written._reader.audit
    assert audit["ok"] and "supply_covers_peak" in {each["name"] for each in audit["checks"]}


def test_a_faulty_model_is_told_as_by_check(tmp_path: Path) -> None:
    model = tmp_path / "bad.toml"
    model.write_text("nothing = 1\n")
    result = CliRunner().invoke(program, ["explain", "firm_credit", "--of", str(model)])
    assert result.exit_code == Exit.INPUT


def test_the_rows_of_a_run_are_those_of_its_own_inputs(run: gwplan.Run) -> None:
    material = explaining.of_reader(run._reader)
    found = explaining.explain("power.natural_gas@north.fuel_price", material).found[0]
    assert [(each.name, each.file) for each in found.numbers] == [("power.natural_gas@north.fuel_price", "inputs/power.csv")]
