"""Every shipped model can be read and built; those of finance are solved elsewhere, in years."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.planning.build import check, read_case, read_definition
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.commands.program import ROOT

MODELS = sorted((ROOT / "models").glob("*.toml"))


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_it_is_without_fault_and_can_be_built(model: Path) -> None:
    report = check(Request(model))
    assert report.sizes is not None
    assert report.sizes["columns"] > 0
    # Supplies that need hours are left out, and no nuclear plant is near Abilene; nothing else is to be said of what is shipped.
    assert {warning.message.split(" ")[0] for warning in report.warnings} <= {"battery", "nuclear_ppa"}


def test_a_load_off_the_grid_is_served_in_all_hours(tmp_path: Path) -> None:
    """Engines alone are cheapest: 100 MW over their firm credit. By the hour they cost what the plan took them to cost, and serve all."""
    import gwplan

    sets = ("model.hours.n=2", "model.hours.segments=3", "model.horizon.end=2036")
    case = gwplan.read_case(ROOT / "models" / "off_grid.toml", set=sets)
    plan = gwplan.solve(case, gap=0.0)
    rows = read_case(read_definition(ROOT / "models" / "off_grid.toml", sets))
    credit = rows.number("power", "gas_engine", "firm_credit", "abilene_tx")
    assert plan.summary["supplies_mw"] == pytest.approx({"gas_engine": 100 / credit})
    (site,) = gwplan.dispatch(plan).sites
    assert site.unserved_gwh == 0
    assert site.load_gwh == pytest.approx(876)
    assert site.cost_musd == pytest.approx(site.planned_musd)


def test_a_neocloud_is_paid_what_was_published(tmp_path: Path) -> None:
    """9.7 GUSD over five years, a fifth of it at signing; about 5.8 GUSD of systems, with their networks."""
    import csv
    import json

    outcome = solve(Request(ROOT / "models" / "neocloud.toml", sets=("model.horizon.step=year",), gap=0.02, runs=tmp_path, pages=None))
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    with (outcome.run / "tables" / "finance.flow.csv").open(newline="") as file:
        flows = list(csv.DictReader(file))
    revenue = {row["period"]: float(row["value"]) for row in flows if row["line"] == "revenue"}
    assert sum(revenue.values()) == pytest.approx(9700, rel=0.01)
    assert revenue["2026"] == pytest.approx(9700 * 0.2, rel=0.01)
    summary = json.loads((outcome.run / "summary.json").read_text())
    assert summary["systems"].keys() == {"gb300_nvl72"}
    hardware = summary["capital_by_class_musd"]["accelerators"] + summary["capital_by_class_musd"]["networks"]
    assert hardware == pytest.approx(5800, rel=0.1)


@pytest.mark.long
def test_stargate_builds_ten_gigawatts_on_six_campuses(tmp_path: Path) -> None:
    outcome = solve(Request(ROOT / "models" / "stargate.toml", sets=("model.horizon.step=year",), gap=0.03, runs=tmp_path, pages=None))
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    import json

    summary = json.loads((outcome.run / "summary.json").read_text())
    assert summary["it_mw"][-1] == pytest.approx(10000, rel=1e-6)
    assert len(summary["sites"]) >= 6
    assert summary["first_build_until"] == "2033", "to which the $500B are a cap; what is renewed later is not capped"
    assert summary["capital_first_build_musd"] <= 500e3 * (1 + 1e-6)
