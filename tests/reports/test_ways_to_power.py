"""The ways to the first megawatt of a site, and waiting against bridging: worked out by hand."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.analysis.ways_to_power import BRIDGE, FIRM, INTERIM, OWN, all_ways, lost_value, wait_of, ways_of, ways_to_power
from gwplan.commands.cli import gwplan
from gwplan.commands.plain_console import Plain
from gwplan.common.status import Exit
from gwplan.planning.build import read
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.terminal.ways_to_power import show
from gwplan.results.run_folder import RunFolder
from tests.hours.small import GRID, LOST, SITE, case_of
from tests.support import ROOT

BURNING = {"role": "prime", "fuel": "gas", "unit": "1 MW", "most": "50 MW", "heat_rate": "10 MMBtu/MWh", "firm_credit": "0.8 1"}
SUPPLIES = {
    "grid": GRID | {"price": "0.3 MUSD_2026/MW", "contingency": "0.1 1", "lead_months": "40 month", "demand_charge": "0.02 MUSD_2026/MW/year",
                    "energy_price": "60 USD_2026/MWh", "firm_credit": "1 1"},
    "early": GRID | {"curtailed_hours": "100 hour/year", "equipment_months": "30 month", "energy_price": "60 USD_2026/MWh"},
    "engine": BURNING | {"price": "1.6 MUSD_2026/MW", "lead_months": "20 month", "permit_months": "22 month", "life": "20 year",
                         "fixed_upkeep": "0.016 MUSD_2026/MW/year", "running_price": "5 USD_2026/MWh"},
    "slow_engine": BURNING | {"price": "0.1 MUSD_2026/MW", "lead_months": "30 month", "life": "20 year"},
    "rented": BURNING | {"price": "0 MUSD_2026/MW", "lead_months": "6 month", "life": "3 year", "rent": "0.04 MUSD_2026/MW/month"},
    "dear_rented": BURNING | {"price": "0 MUSD_2026/MW", "lead_months": "2 month", "life": "3 year", "rent": "0.05 MUSD_2026/MW/month"},
    "sets": {"role": "backup", "fuel": "gas", "price": "0 MUSD_2026/MW", "unit": "1 MW", "lead_months": "0 month", "life": "10 year",
            "most": "50 MW", "heat_rate": "10 MMBtu/MWh", "most_hours": "100 hour/year"},
    "gas": {"fuel_price": "4 USD_2026/MMBtu"}, "unserved_energy": LOST,
}


def test_the_first_supply_of_each_way_by_date() -> None:
    """In years: both rented sets serve in 2027, the cheaper one counts; the engine of 22 months in 2028, interim in 2029, firm in 2030."""
    ways = ways_of(case_of(SUPPLIES, "0 MW", None, 2031), SITE, {("engine", SITE): 7.0, ("slow_engine", SITE): 2.0})
    assert [(way.way, way.supply, way.date) for way in ways] == [
        (BRIDGE, "rented", "2027"), (OWN, "engine", "2028"), (INTERIM, "early", "2029"), (FIRM, "grid", "2030")]
    bridge, own, _, firm = ways
    assert (bridge.power, bridge.capital, bridge.yearly, bridge.energy) == pytest.approx((40, 0, 0.48 / 0.8, 40))
    assert (own.power, own.capital, own.yearly, own.energy) == pytest.approx((40, 2, 0.02, 45))
    assert (own.limit, own.months, own.built) == ("air permit", 22, 9)
    assert (firm.limit, firm.months) == ("lead time", 40)
    assert (firm.capital, firm.yearly, firm.energy) == pytest.approx((0.33, 0.02, 60))


def test_waiting_against_bridging() -> None:
    """Three years from 2027 to 2030: rent of 0.6 MUSD a year for the term of three, and energy 20 USD/MWh cheaper than the grid's.

    A MW that does not run at 1,000 USD/MWh is 8.76 MUSD a year.
    """
    case = case_of(SUPPLIES, "0 MW", None, 2031)
    ways = {way.way: way for way in ways_of(case, SITE, {})}
    wait = wait_of(case, ways[BRIDGE], ways[FIRM], 8.76)
    assert (wait.since, wait.until, wait.years, wait.lost) == ("2027", "2030", 3, pytest.approx(26.28))
    assert wait.bridged == pytest.approx(3 * 0.6 - 3 * 20 * 8760 / 1e6)
    never = wait_of(case, ways[BRIDGE], None, None)
    assert (never.until, never.years, never.lost) == ("", 5, None)
    assert never.bridged == pytest.approx(2 * 3 * 0.6 + 5 * 40 * 8760 / 1e6), "a second term of three years is paid to its end"
    set_up = wait_of(case, replace(ways[BRIDGE], capital=0.1), None, None)
    assert set_up.bridged == pytest.approx(never.bridged + 2 * 0.1), "each term brings the sets once more"


def test_what_has_no_firm_power_is_no_way() -> None:
    assert ways_of(case_of({"grid": GRID | {"firm_credit": "0 1"}}, "5 MW", None, 2031), SITE, {}) == []


def test_what_the_model_excludes_is_no_way_and_a_site_without_load_has_none() -> None:
    """Abilene alone has a load off the grid; the model excludes what comes over the grid."""
    from gwplan.planning.build import read_case, read_definition

    case = read_case(read_definition(ROOT / "models" / "off_grid.toml", ()))
    assert {(way.site, way.way) for way in all_ways(case, {})} == {("abilene_tx", OWN)}


def test_no_way_comes_before_its_site() -> None:
    """Engines of the north could serve in 2027; ground can be broken in 2028."""
    case = read(Request(ROOT / "models" / "tiny.toml", sets=("sites.north.earliest=2028",)))
    assert {way.date for way in ways_of(case, "north", {})} == {"2028"}
    assert {(way.limit, way.months) for way in ways_of(case, "north", {})} == {("ground of the site", None)}
    assert min(way.date for way in ways_of(case, "south", {})) == "2027"


def test_no_word_is_broken_on_eighty_columns(run: Path) -> None:
    """Each word of the page is one that stands in it on 120 columns too, and no line is longer than the terminal."""
    found, pages = ways_to_power(RunFolder(run)), []
    for width in (80, 120):
        stream = io.StringIO()
        show(found, RunFolder(run), Plain(file=stream, width=width, highlight=False))
        assert max(map(len, stream.getvalue().splitlines())) <= width
        pages.append(set(re.split(r"[/\s]+", stream.getvalue())))
    assert pages[0] <= pages[1]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outcome = solve(Request(ROOT / "models" / "tiny.toml", runs=tmp_path_factory.mktemp("ways"), vendors=False))
    assert outcome.run is not None
    return Path(outcome.run)


def test_the_command_shows_each_site(run: Path) -> None:
    result = CliRunner().invoke(gwplan, ["show", str(run), "--power", "--json"])
    assert result.exit_code == Exit.SOLVED, result.output
    found = json.loads(result.output)
    assert {way["site"] for way in found["ways"]} == {"north", "south"}
    built = {way["site"]: way["built"] for way in found["ways"] if way["way"] == FIRM}
    capacity = RunFolder(run).table("power.capacity")
    for site, most in built.items():
        there = capacity[(capacity["supply"] == "grid") & (capacity["site"] == site)]["value"]
        assert most == pytest.approx(max(there, default=0.0))
    assert max(built.values()) > 0
    shown = CliRunner().invoke(gwplan, ["show", str(run), "--power"])
    assert "ways to the first megawatt" in shown.output


def test_what_does_not_run_is_worth_the_compute_of_the_plan(run: Path) -> None:
    """H100e per MW at the meter, in the period with the most IT power, at their rent of a year."""
    from gwplan.planning.build import read_case, read_definition

    case = read_case(read_definition(ROOT / "models" / "tiny.toml", ()))
    summary = RunFolder(run).summary
    full = max(range(len(summary["it_mw"])), key=lambda period: summary["it_mw"][period])
    rent = case.number("compute", "compute", "value", period=full)
    value, by = lost_value(case, RunFolder(run))
    assert by == "value of the plan's compute"
    assert value == pytest.approx(rent * 8760 * 1000 * summary["compute_kh100e"][full] / summary["facility_mw"][full] / 1e6)
