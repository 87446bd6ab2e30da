"""`behind_the_meter` in years: a gigawatt at one site, as soon as the steps of its supplies allow, audited, and served in all hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.dispatch.whole_year import dispatch
from gwplan.planning.build import read_case, read_definition
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.support import ROOT

MODEL = ROOT / "models" / "behind_the_meter.toml"
SETS = ("model.horizon.step=year", "model.horizon.end=2030-Q4", "model.hours.n=1", "model.hours.segments=2")


@pytest.mark.long
def test_a_gigawatt_is_served_in_full_as_soon_as_it_can_be(tmp_path: Path) -> None:
    """No supply of a gigawatt can serve before the year that its gas line ends in; from then on all of it is taken up, and kept."""
    outcome = solve(Request(MODEL, sets=SETS, runs=tmp_path, vendors=False))
    assert outcome.run is not None, outcome.message
    run = RunFolder(outcome.run)
    assert run.audit is not None and run.audit["ok"]
    case = read_case(read_definition(MODEL, SETS))
    line = case.number("power", "fuel_cell", "fuel_line_months", "abilene_tx")
    first = str(2027 + case.calendar.steps(line))
    taken = run.table("demand.taken")
    taken = taken[taken["value"] > 1e-3]
    assert set(taken["period"]) == {year for year in run.periods if year >= first}
    assert list(taken["value"]) == pytest.approx([1000.0] * len(taken), rel=1e-5)
    assert len(set(taken["site"])) == 1
    (site,) = dispatch(run).sites
    assert site.unserved_gwh == pytest.approx(0, abs=1e-3)
