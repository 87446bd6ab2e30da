"""`first_power` in years: solved and audited; what is rented and what is interim goes when its row says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gwplan
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.commands.program import ROOT

IN_YEARS = ("model.horizon.step=year", "model.target.1.by=2030", "model.target.1.until=2033")

pytestmark = pytest.mark.long  # tests/hours and tests/parts check the same connections on small cases


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("first_power")
    outcome = solve(Request(ROOT / "models" / "first_power.toml", sets=IN_YEARS, gap=0.02, runs=folder, pages=None))
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    return RunFolder(Path(outcome.run))


def test_the_gigawatt_is_built_and_passes_the_audit(run: RunFolder) -> None:
    assert run.audit is not None and run.audit["ok"]
    summary = json.loads((Path(str(run.path)) / "summary.json").read_text())
    assert dict(zip(run.periods, summary["it_mw"], strict=True))["2030"] >= 1000 * (1 - 1e-6)


def test_bridges_and_interim_connections_leave(run: RunFolder) -> None:
    """A lease of five years has its sets there for five years from each order's service, and no longer."""
    capacity, orders = run.table("power.capacity"), run.table("power.ordered")
    rented = sorted({item for item in capacity["supply"] if str(item).startswith("bridge_")})
    assert rented, "a gigawatt this soon rents some"
    case = gwplan.read_case(ROOT / "models" / "first_power.toml", set=list(IN_YEARS)).facts
    for supply in rented:
        for site in sorted(set(capacity["site"])):
            there = capacity[(capacity["supply"] == supply) & (capacity["site"] == site) & (capacity["value"] > 1e-6)]["period"]
            bought = orders[(orders["supply"] == supply) & (orders["site"] == site) & (orders["value"] > 1e-9)]["period"]
            starts = [int(when) + case.calendar.steps(max(case.number("power", supply, step, site, 0) for step in (
                "lead_months", "permit_months", "fuel_line_months", "equipment_months"))) for when in bought]
            assert {int(year) for year in there} == {year for start in starts for year in range(start, start + 5) if year <= 2035}
    interim = capacity[(capacity["supply"] == "interim") & (capacity["value"] > 1e-6)]
    ends = {site: int(date[:4]) for site, _, date in run.rows("power", "interim", "until")}
    assert all(int(year) <= ends[site] for site, year in zip(interim["site"], interim["period"], strict=True))
