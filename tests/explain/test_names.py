"""Every name has an explanation, and it is the one that the assembled model and the documents give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gwplan.analysis.explain import reading, source_code, topics
from gwplan.analysis.explain.explain import explain, matching
from gwplan.inputs.definition_schema import Document
from gwplan.model.assemble import Plan
from gwplan.model.exchange import ACCOUNTS
from gwplan.reports.reference.data_dictionary import all_tables
from gwplan.reports.reference.model_reference import every_hourly_rule, every_rule
from gwplan.results.figures import CATALOGUE, GOALS, INNER, summary_keys
from tests.support import ROOT


@pytest.fixture(scope="module")
def plan() -> Plan:
    return every_rule()


@pytest.mark.parametrize("quantity, file", [("power.firm_credit", "power/table.py"), ("power.forced_outage_rate", "power/table.py"),
                                            ("finance.tenor", "finance/quantities.py"), ("power.permit_months", "power/table.py")])
def test_a_quantity_is_declared_where_it_is_stated_and_not_where_it_is_read(quantity: str, file: str) -> None:
    places = {topic.name: topic.file for topic in topics.every() if topic.kind == "quantity"}
    place, _, line = places[quantity].partition(":")
    text = (ROOT / place).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert place.endswith(file) and f'"{quantity.split(".")[1]}"' in text and "case." not in text


def test_every_rule_of_the_assembled_model_is_read_from_the_code_as_it_is(plan: Plan) -> None:
    read = {each.full_name: (each.over, each.unit, each.doc) for each in source_code.rules()}
    assert len(plan.rules) > 100
    stated = [*plan.rules, *every_hourly_rule().rules]
    assert {rule.full_name: (rule.over, rule.promise, rule.doc) for rule in stated} == read
    assert len({(rule.full_name, rule.doc) for rule in stated}) == len(read), "a name is one rule, with hours or without"


def test_every_variable_of_the_assembled_model_is_read_from_the_code_as_it_is(plan: Plan) -> None:
    read = {each.full_name: (each.over, each.unit, each.doc) for each in source_code.variables()}
    built = {f"{each.part}.{each.name}": (each.over, each.unit, each.doc) for each in plan.variables if each.part != "money"}
    assert {name: read.get(name) for name in built} == built
    # The goal `soonest` is the only one whose variable is left out where another goal comes first.
    money = {topic.name: (topic.over, topic.unit, topic.meaning) for topic in topics.of_money() if topic.name.startswith("money.")}
    assert money == {f"money.{each.name}": (each.over, each.unit, each.doc) for each in plan.variables if each.part == "money"}


def test_the_makers_of_accounts_are_those_of_the_assembled_model(plan: Plan) -> None:
    made = {name: set(makers) for name, makers in reading.makers().items()}
    assert made == plan.exchange.makers


def test_a_file_and_line_holds_what_it_is_said_to_declare() -> None:
    for topic in topics.every():
        if topic.kind in ("rule", "account", "quantity", "goal") and ":" in topic.file:
            file, line = topic.file.split(":")
            text = (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
            assert topic.name.rpartition(".")[2] in text, topic.name
    assert all((ROOT / topic.file.split(":")[0]).exists() for topic in topics.every())


def test_every_kind_of_name_is_known() -> None:
    names = {topic.name for topic in topics.every()}
    assert {f"account.{name}" for name in ACCOUNTS} | set(CATALOGUE) | set(GOALS) | set(INNER) <= names
    assert {f"{table.name}.{each.name}" for table in all_tables() for each in table.quantities} <= names
    keys = {"title", "horizon.discount_rate", "target.amount", "goal.kind", "solver.gap"}
    assert keys <= names and set(Document.model_json_schema()["properties"]) - {"horizon", "target", "goal", "solver"} - names <= {"compute", "contracts", "hours", "require", "exclude"}
    assert all(topic.meaning for topic in topics.every())


def test_names_that_others_are_made_from_or_used_by_have_an_explanation_themselves() -> None:
    names = {topic.name for topic in topics.every()}
    assert {other for topic in topics.every() for other in (*topic.made_from, *topic.used_by)} <= names


def test_the_meanings_of_keys_are_those_of_the_page_on_results() -> None:
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1])] for line in text.splitlines() if line.startswith("| `")]
    page = {row[0].strip("`"): (row[1], row[2].replace("`", "")) for row in rows if len(row) == 3}
    keys = {key: (each.unit, each.meaning) for key, each in summary_keys().items()}
    assert {key: page.get(key) for key in keys} == keys


@pytest.mark.parametrize(("rule", "numbers"), [
    # By hand, from the equations in words of docs/model.md.
    ("power.supply_covers_peak", {("power", "firm_credit"), ("power", "forced_outage_rate"), ("power", "planned_outage_rate"),
                                  ("power", "outage_rate"), ("power", "wanted_availability"), ("power", "fleet_load"), ("power", "unit"),
                                  ("power", "heat_rate"), ("sites", "most_it"), ("cooling", "peak_ratio"), ("demand", "power")}),
    ("budget.capital_within_year", {("budget", "cap"), ("budget", "carries")}),
    ("cooling.peak_at_the_meter", {("cooling", "peak_ratio")}),
    ("cooling.water_follows_load", {("cooling", "water")}),
    ("sites.water_within_limit", {("sites", "water_limit")}),
    ("accelerators.peak_is_what_runs", {("accelerators", "power"), ("accelerators", "overhead")}),
    ("accelerators.mean_is_what_runs", {("accelerators", "power"), ("accelerators", "overhead"), ("accelerators", "load_factor")}),
])
def test_the_numbers_of_a_rule_are_those_of_its_equation(rule: str, numbers: set[tuple[str, str]]) -> None:
    assert reading.of_rules()[rule].numbers == numbers


def test_the_accounts_and_variables_of_a_rule_are_those_of_its_equation() -> None:
    read = reading.of_rules()["power.supply_covers_peak"]
    assert (read.variables, read.accounts) == ({"power.capacity"}, {"facility_peak"})


@pytest.mark.parametrize(("name", "meant"), [
    ("npv_cost_musd", "npv_cost_musd"), ("Net present cost", "npv_cost_musd"), ("firm_credit", "power.firm_credit"),
    ("it_mw_most", "it_mw"), ("goal: target is met", "goal.target_is_met"), ("capital_within_cap", "budget.capital_within_cap"),
    ("model.horizon.end", "horizon.end"), ("account.it_peak", "account.it_peak"), ("money.capital", "money.capital"),
    ("most_value", "most_value"), ("halls.csv", "halls.csv"),
])
def test_names_as_commands_print_them(name: str, meant: str) -> None:
    assert meant in [topic.name for topic in matching(name, topics.every())]


def test_one_name_with_several_meanings_has_them_all() -> None:
    found = {topic.name for topic in matching("compute", topics.every())}
    assert {"account.compute", "accelerators.compute", "compute.csv"} <= found


def test_an_unknown_name_gets_the_nearest() -> None:
    found = explain("frm_credit")
    assert not found.found
    assert "firm_credit" in found.near


def test_package_data_is_in_the_wheel() -> None:
    assert (Path(source_code.PACKAGE) / "results" / "summary_keys.csv").is_file()
