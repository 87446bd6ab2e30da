"""The year of a site, hour by hour, with what is built: each cost is worked out by hand."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gwplan.analysis.dispatch.program import run_year
from gwplan.analysis.dispatch.site_year import Plant, SiteYear, Store
from gwplan.analysis.dispatch.whole_year import CannotDispatch, SiteDispatch, WholeYear, dispatch
from gwplan.audit import audit
from gwplan.commands.cli import gwplan
from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.status import Exit, Status
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.dispatch import MISSED
from gwplan.reports.terminal.dispatch import hours_text, sentence
from gwplan.reports.webpage import write
from gwplan.reports.webpage.run import hours as hours_page
from gwplan.reports.webpage.run.hours import section as hours_section
from gwplan.results.run_folder import RunFolder
from gwplan.solving.options import Options
from tests.support import ROOT

FLAT = np.ones(HOURS_A_YEAR)
DAY = np.arange(HOURS_A_YEAR) % 24 < 12
GRID = Plant("grid", "prime", 20.0, 20 * FLAT, 0.0, bought=50 * FLAT, wired=True)
SUN = Plant("sun", "variable", 30.0, 30.0 * DAY, 0.0)


def cost_of(*plants: Plant, stores: tuple[Store, ...] = (), load: float = 10.0) -> float:
    """MUSD of the year."""
    return run_year(SiteYear("place", 0, load * FLAT, list(plants), list(stores), 1000.0), Options()).cost / 1e6


def test_sun_serves_the_day_and_the_grid_the_night() -> None:
    assert cost_of(SUN, GRID) == pytest.approx(10 * 50 * HOURS_A_YEAR / 2 / 1e6)


def test_a_minimum_take_is_billed_beside_what_running_costs() -> None:
    """Take or pay for 15 MW of energy at 50 USD/MWh, of which 10 are used, and 3 USD/MWh of running."""
    plant = replace(GRID, cost=3.0, take=15 * 50 * HOURS_A_YEAR)
    assert cost_of(plant) == pytest.approx((15 * 50 + 10 * 3) * HOURS_A_YEAR / 1e6)


def test_a_ratchet_and_what_was_before_are_billed() -> None:
    """Load in January alone, at 1,000 USD/MW a month: eleven months pay 80 % of its 10 MW, and all of them the 9 MW of the year before."""
    january = 10.0 * (np.arange(HOURS_A_YEAR) < 31 * 24)
    grid = replace(GRID, bought=0 * FLAT, monthly=1000.0, ratchet=0.8)

    def paid(plant: Plant) -> float:
        return run_year(SiteYear("place", 0, january, [plant], [], 1000.0), Options()).cost

    assert paid(replace(grid, ratchet=0.0)) == pytest.approx(10 * 1000)
    assert paid(grid) == pytest.approx((10 + 11 * 8) * 1000)
    assert paid(replace(grid, billed=9.0)) == pytest.approx((10 + 11 * 9) * 1000)


def test_what_is_left_over_is_sold_against_the_bill() -> None:
    """20 MW of sun by day beyond the load are sold at 20 USD/MWh over a connection of 20 MW, against the 10 MW bought at 50 by night."""
    assert cost_of(SUN, replace(GRID, sold=20 * FLAT)) == pytest.approx((10 * 50 - 20 * 20) * HOURS_A_YEAR / 2 / 1e6)


def test_what_is_sold_is_in_the_table_of_hours() -> None:
    """By day 30 MW of sun serve 10 and sell 20, by night the grid serves 10: each row is balanced, and 20 MW x 4,380 hours are sold."""
    found = run_year(SiteYear("place", 0, 10 * FLAT, [SUN, replace(GRID, sold=20 * FLAT)], [], None), Options())
    year = WholeYear(None, "2026", None, [], [found], Status.OPTIMAL)  # type: ignore[arg-type]
    assert "-0" not in hours_text(year)
    rows = [{name: float(text) for name, text in row.items() if name != "site"} for row in csv.DictReader(io.StringIO(hours_text(year)))]
    assert sum(row["grid_sold_mw"] for row in rows) == pytest.approx(20 * HOURS_A_YEAR / 2)
    for row in rows:
        assert row["sun_mw"] + row["grid_mw"] + row["unserved_mw"] == pytest.approx(row["load_mw"] + row["grid_sold_mw"])


@pytest.mark.parametrize(("missed", "said"), [(876.0, "100% of"), (87.6, "10% of"), (0.876, "0.1% of")])
def test_a_share_that_goes_unserved_is_a_plain_number(missed: float, said: str) -> None:
    one = SiteDispatch("place", 876.0, {}, 0, 0, missed, 10, 10, 0, 100, 0, 1, 1, 0, 0)
    assert sentence(WholeYear(None, "2026", None, [one], [], Status.OPTIMAL)).startswith(said)  # type: ignore[arg-type]


def test_energy_below_zero_is_neither_burnt_nor_resold() -> None:
    """At -100 USD/MWh by day and 300 by night, 4 MW of storage of 50 % take in 4 MW by day and give out 2 by night, and no more.

    A bill below 0 would be money; what is sold at a price below 0 is nothing.
    """
    grid = replace(GRID, bought=np.where(DAY, -100.0, 300.0), sold=np.where(DAY, -40.0, 0.0))
    store = Store("battery", 4.0, 48.0, np.sqrt(0.5))
    assert cost_of(grid, stores=(store,)) == pytest.approx((8 * 300 - 14 * 100) * HOURS_A_YEAR / 2 / 1e6)
    assert cost_of(grid) == pytest.approx(10 * (300 - 100) * HOURS_A_YEAR / 2 / 1e6)


def test_load_beyond_all_supplies_goes_unserved() -> None:
    """At its price, where it has one; without one it is no money."""
    without = run_year(SiteYear("place", 0, 25.0 * FLAT, [GRID], [], None), Options())
    assert without.unserved == pytest.approx(5 * FLAT)
    assert without.cost == pytest.approx(20 * 50 * HOURS_A_YEAR)
    assert cost_of(GRID, load=25.0) == pytest.approx((20 * 50 + 5 * 1000) * HOURS_A_YEAR / 1e6)


def test_output_earns_its_tax_credit() -> None:
    """10 MW of sun by day at 12 USD/MWh; of 20,000 MWh alone where no more entered service in time."""
    night = 10 * 50 * HOURS_A_YEAR / 2
    by_day = 10 * HOURS_A_YEAR / 2
    assert cost_of(replace(SUN, credit=12.0, credited=1e9), GRID) == pytest.approx((night - 12 * by_day) / 1e6)
    assert cost_of(replace(SUN, credit=12.0, credited=20_000.0), GRID) == pytest.approx((night - 12 * 20_000) / 1e6)


def test_no_credit_is_earned_by_burning_energy() -> None:
    """4 MW of storage of 50 % take in 4 MW of sun by day and give out 2 by night; to give by day too would earn a credit for what is lost."""
    store = Store("battery", 4.0, 48.0, np.sqrt(0.5))
    paid = 8 * 50 - 14 * 12
    assert cost_of(replace(SUN, credit=12.0, credited=1e9), GRID, stores=(store,)) == pytest.approx(paid * HOURS_A_YEAR / 2 / 1e6)


def test_load_is_turned_down_as_far_as_it_may_be() -> None:
    """Energy at 50 USD/MWh, loss at 20: 1 of 10 MW may go in an hour, and 5,000 MWh in all; of a load of 25, 5 MW go beyond that."""
    year = SiteYear("place", 0, 10 * FLAT, [GRID], [], 20.0, down=FLAT, down_mwh=5000.0)
    found = run_year(year, Options())
    assert found.unserved.sum() == pytest.approx(5000)
    assert found.unserved.max() <= 1 + 1e-6
    assert found.beyond.sum() == pytest.approx(0)
    assert found.cost == pytest.approx((10 * HOURS_A_YEAR - 5000) * 50 + 5000 * 20)
    short = run_year(replace(year, load=25 * FLAT, down_mwh=1000.0), Options())
    assert short.unserved == pytest.approx(5 * FLAT)
    assert short.beyond.sum() == pytest.approx(5 * HOURS_A_YEAR - 1000)
    assert short.cost == pytest.approx(20 * 50 * HOURS_A_YEAR + 5 * 20 * HOURS_A_YEAR)


def test_nothing_goes_unserved_to_spare_a_demand_charge() -> None:
    """An hour of 15 MW beside 10 costs 5 MW x 12 months x 1,000 USD under a ratchet of 1, and is served nevertheless."""
    load = 10 * FLAT + 5 * (np.arange(HOURS_A_YEAR) == 7)
    found = run_year(SiteYear("place", 0, load, [replace(GRID, monthly=1000.0, ratchet=1.0)], [], None), Options())
    assert found.unserved.sum() == pytest.approx(0, abs=1e-6)


def weeks_are_on_the_page(folder: Path, missed: list[float]) -> None:
    """The week with the most missed load is drawn whole on the run's page, with what storage holds on the second axis; the audit says so."""
    run = RunFolder(folder)
    section = hours_section(run)
    write(folder)
    assert hours_page.TITLE in (folder / "report.html").read_text(encoding="utf-8")
    chart = next(each for each in section.charts if each.title.startswith(MISSED))
    drawn = {trace["name"]: trace for trace in chart.traces}
    worst = max(sum(missed[first:first + 168]) for first in range(HOURS_A_YEAR - 167))
    assert sum(drawn["not served"]["y"]) == pytest.approx(worst, rel=1e-3)
    assert [trace["yaxis"] for name, trace in drawn.items() if name.endswith("MWh")] == ["y2"]
    assert section.tables[0].header[0] == "site"
    assert any(line.startswith("dispatch.json") for line in audit(folder).not_checked)


def test_the_command_says_what_goes_unserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan without fuel from two typical days falls short in the full year: exit code 4, and each hour of the CSV is balanced."""
    monkeypatch.chdir(tmp_path)
    sets = ("model.hours.n=2", "model.hours.segments=2", "model.horizon.end=2034", "carbon.operational.cap=0 t/year")
    plan = solve(Request(ROOT / "models" / "off_grid.toml", sets=sets, gap=0.02, runs=tmp_path / "runs"))
    assert plan.run is not None, plan.message
    result = CliRunner().invoke(gwplan, ["dispatch", str(plan.run), "--csv", "hours.csv", "--page", "hours.html", "--json"])
    assert result.exit_code == Exit.INFEASIBLE, result.output
    (site,) = json.loads(result.output)["sites"]
    with Path("hours.csv").open(newline="") as file:
        rows = [{name: float(text) for name, text in row.items() if name != "site"} for row in csv.DictReader(file)]
    assert [row["hour"] for row in rows] == list(range(HOURS_A_YEAR))
    missed = [row["unserved_mw"] for row in rows]
    assert sum(missed) / 1e3 == pytest.approx(site["unserved_gwh"], rel=1e-4)
    assert sum(each > 1e-6 for each in missed) == site["unserved_hours"]
    assert max(missed) == pytest.approx(site["worst_mw"], rel=1e-4)
    for row in rows:
        given = sum(row.get(f"{name}_mw", 0.0) for name in ("solar", "wind", "unserved")) + row.get("battery_discharge_mw", 0.0)
        assert given == pytest.approx(row["load_mw"] + row.get("battery_charge_mw", 0.0), abs=0.01)
    page = Path("hours.html").read_text(encoding="utf-8")
    assert "The week with the most load that is not served" in page
    assert "The week with the highest load" not in page, "the load is flat"
    weeks_are_on_the_page(plan.run, missed)
    late = CliRunner().invoke(gwplan, ["dispatch", str(plan.run), "--csv", "nowhere/hours.csv"])
    assert late.exit_code == 2
    assert "there is no folder nowhere" in late.output
    with pytest.raises(CannotDispatch, match="the year of abilene_tx could not be solved"):
        dispatch(RunFolder(plan.run), options=Options(time_limit=0.0))
    wrong = CliRunner().invoke(gwplan, ["dispatch", str(plan.run), "--period", "2033"])
    assert wrong.exit_code == Exit.INPUT
    assert "no load is on the planner's meter in 2033" in wrong.output
