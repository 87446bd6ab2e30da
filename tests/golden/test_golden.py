"""The rows of each part on the tiny case, compared with the LP files that stand beside this test.

They guard against change and prove nothing: a file is right because the tests by hand, the audit and the independent
formulation agree with the program, not because it is here. Where a change is meant, `make golden` writes the files again; read the
difference before committing it.
"""

from __future__ import annotations

import difflib
import os
import shutil
from pathlib import Path

import highspy
import pytest

from gwplan.model.assemble import Plan, assemble
from gwplan.model.parts import PARTS
from gwplan.planning.build import read_case, read_definition
from tests.golden.rows import lp_text, objective_text
from tests.hours.small import BATTERY, GRID, LOST, SUN, Hours, case_of

HERE = Path(__file__).parent
FINANCE = "finance"
HOURLY = "power_by_the_hour"
INTERIM = "power_with_interim"
BLOCKS = (*(part for part in PARTS if part not in (FINANCE, "demand")), "money", "goal")
"""The parts of the first plan; finance has a plan of its own, with years in which a dividend may be paid; demand states no rule."""
REWRITE = "If the change is meant, `make golden` (or GWPLAN_GOLDEN=write pytest tests/golden) writes the file again."


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The tiny case with carbon, shares, a budget in more detail and contracts of every kind, assembled."""
    folder = tmp_path_factory.mktemp("golden")
    shutil.copytree(HERE.parents[1] / "inputs" / "tiny", folder / "inputs")
    for table in ("carbon.csv", "budget.csv", "contracts.csv", "prices.csv", "diversification.csv"):
        shutil.copy(HERE / table, folder / "inputs")
    model = shutil.copy(HERE / "tiny_with_carbon.toml", folder)
    return assemble(read_case(read_definition(model)))


@pytest.fixture(scope="module")
def financed(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The tiny case with lenders, an investor and taxes, assembled."""
    folder = tmp_path_factory.mktemp("financed")
    shutil.copytree(HERE.parents[1] / "inputs" / "tiny", folder / "inputs")
    for table, name in (("finance.csv", "finance.csv"), ("prices.csv", "prices.csv"), ("investor.csv", "contracts.csv")):
        shutil.copy(HERE / table, folder / "inputs" / name)
    model = shutil.copy(HERE / "tiny_financed.toml", folder)
    return assemble(read_case(read_definition(model)))


@pytest.fixture(scope="module")
def hourly() -> Plan:
    """Supplies of every role by the hour, in two typical days of two halves, over two years, assembled."""
    night = Hours({"solar": [0.8, 0.0, 0.3, 0.0], "temperature": [30.0, 20.0, 10.0, 5.0], "price": [-0.5, 1.5, 1.0, 2.0],
                   "coincident": [0.0, 1.0, 0.0, 0.0]}, hours=[12] * 4, day=[0, 0, 1, 1], days=(0, 1, 1),
                  months=[(0,), (0,), (0, 1), (0, 1)], share=[1 / 6, 1 / 6, 1 / 3, 1 / 3])
    tariff = {"energy_price": "40 USD_2026/MWh", "minimum_take": "0.5 1", "monthly_charge": "0.01 MUSD_2026/MW/month", "ratchet": "0.8 1",
              "highest_before": "3 MW", "tier_from": "4 MW", "tier_charge": "0.005 MUSD_2026/MW/month", "export_price": "20 USD_2026/MWh",
              "coincident_charge": "0.05 MUSD_2026/MW/year", "contract_term": "5 year", "ramp_years": "2 year", "ramp_from": "0.25 1", "collateral": "0.3 MUSD_2026/MW", "renewable": "0.1 1", "carbon_free": "0.25 1"}
    engine = GRID | {"fuel": "none", "most_hours": "4000 hour/year", "derate": "0.01 1/K", "derate_from": "15 degC", "minimum_load": "0.4 1", "ramp": "0.05 1/hour",
                     "firm_credit": "0.9 1", "running_price": "60 USD_2026/MWh"}
    contract = SUN | {"role": "contract", "profile": "flat", "capacity_factor": "0.9 1", "energy_price": "70 USD_2026/MWh",
                      "contract_term": "5 year"}
    interim = GRID | {"energy_price": "30 USD_2026/MWh", "curtailed_hours": "4000 hour/year", "most": "3 MW", "until": "2027 date"}
    supplies = {"grid": GRID | tariff | {"most": "8 MW"}, "interim": interim, "engine": engine, "sun": SUN | {"price": "1 MUSD_2026/MW", "ptc": "10 USD_2026/MWh", "ptc_years": "1 year"},
                "contract": contract,
                "battery": BATTERY | {"most": "5 MW", "efficiency": "0.81 1", "storage_price": "200 USD_2026/kWh", "firm_credit": "0.5 1",
                                       "firm_hours": "2 hour"},
                "store": BATTERY | {"most": "5 MW", "duration": "4 hour"}, "matching": {"annual_share": "0.6 1", "hourly_share": "0.3 1"}, "unserved_energy": LOST | {"curtailable": "0.2 1"}}
    return assemble(case_of(supplies, "10 MW", night, end=2027))


def test_rows_by_the_hour_are_as_expected(hourly: Plan, tmp_path: Path) -> None:
    compare(f"{HOURLY}.lp", lp_text(hourly, "power"))
    weigh(hourly, "power", tmp_path / "power.lp")
    unstated = {"day_ends_as_it_began", "level_within_energy", "capacity_within_larger_offer", "given_up_is_ending"}
    assert {name for name, rule in hourly.blocks["power"].rules.items() if not rule.data} <= unstated


def test_rows_of_an_interim_connection_are_as_expected() -> None:
    """A connection that is cut for a tenth of the year, beside a firm one, an engine, backup and a contract, in a plan of yearly means."""
    engine = {key: text for key, text in GRID.items() if key != "energy_price"} | {"heat_rate": "8 MMBtu/MWh", "firm_credit": "0.9 1",
                                                                                "most": "3 MW"}
    backup = engine | {"role": "backup", "most_hours": "500 hour/year", "availability": "0.98 1", "rent": "20 USD_2026/kW/month"}
    contract = SUN | {"role": "contract", "capacity_factor": "0.9 1", "energy_price": "70 USD_2026/MWh", "contract_term": "5 year"}
    supplies = {"firm": GRID | {"most": "4 MW"}, "interim": GRID | {"curtailed_hours": "876 hour/year", "energy_price": "30 USD_2026/MWh"},
                "engine": engine, "diesel": backup, "contract": contract, "grid": {"fuel_price": "4 USD_2026/MMBtu"},
                "unserved_energy": LOST | {"curtailable": "0.2 1", "curtailable_hours": "600 hour/year"}}
    plan = assemble(case_of(supplies, {"power": "10 MW", "mean_share": "0.8 1"}, None))
    text = lp_text(plan, "power")
    assert not [name for name in ("cut_is_covered", "cut_hours_are_served", "contracts_use_all_in_the_rest", "rest_within_capacity",
                                  "turned_down_within_cut") if not plan.blocks["power"].rules[name].data]
    compare(f"{INTERIM}.lp", text)


def compare(name: str, text: str) -> None:
    """Compare with the expected file, or write it where that is asked for."""
    path = HERE / name
    if os.environ.get("GWPLAN_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != expected:
        lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), f"expected {name}", "now", lineterm="", n=1)
        pytest.fail("\n".join([*list(lines)[:60], REWRITE]), pytrace=False)


@pytest.mark.parametrize("part", BLOCKS)
def test_rows_are_as_expected(plan: Plan, part: str) -> None:
    assert plan.blocks[part].rules, f"{part} states no rule"
    compare(f"{part}.lp", lp_text(plan, part))


def test_rows_of_finance_are_as_expected(financed: Plan) -> None:
    (goal,) = financed.objectives
    compare("finance.lp", lp_text(financed, FINANCE) + objective_text(goal, financed))


def test_every_rule_of_finance_is_there(financed: Plan) -> None:
    """A rule without a row in the expected file would change unseen; that losses are used elsewhere is the one that is not."""
    assert {name for name, rule in financed.blocks[FINANCE].rules.items() if not rule.data} == {"loss_saves_tax_elsewhere"}


def test_goals_are_as_expected(plan: Plan) -> None:
    assert [goal.kind for goal in plan.objectives] == ["soonest", "most_value", "most_compute", "least_cost"]
    compare("objectives.lp", "\n".join(objective_text(goal, plan) for goal in plan.objectives))


@pytest.mark.parametrize("part", BLOCKS)
def test_the_text_is_true_lp(plan: Plan, part: str, tmp_path: Path) -> None:
    """HiGHS reads it and finds as many rows and whole columns as the part has."""
    weigh(plan, part, tmp_path / f"{part}.lp")


def test_the_text_of_finance_is_true_lp(financed: Plan, tmp_path: Path) -> None:
    weigh(financed, FINANCE, tmp_path / "finance.lp")


def weigh(plan: Plan, part: str, path: Path) -> None:
    """HiGHS reads the rows of a part and finds as many, and as many whole columns."""
    path.write_text(lp_text(plan, part), encoding="utf-8")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    lp = highs.getLp()
    assert lp.num_row_ == sum(len(rule.data) for rule in plan.blocks[part].rules.values())
    counted = sum(len(family.data) for family in plan.blocks[part].variables.values() if family.whole)
    assert sum(kind == highspy.HighsVarType.kInteger for kind in lp.integrality_) == counted


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.lp")} == {*BLOCKS, FINANCE, HOURLY, INTERIM, "objectives"}
