"""What a MWh of the tiny supplies costs, by hand, and on stated terms."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from tests.parts.stage import tiny
from tests.support import ROOT, TINY

HOURS = 8760 / 1000
"""Of a year, so that USD/kW become USD/MWh."""


@pytest.fixture(scope="module")
def case() -> gwplan.Case:
    return gwplan.read_case(TINY)


def test_grid_and_engines_by_hand(case: gwplan.Case) -> None:
    frame = gwplan.levelised(case).frame.set_index(["site", "supply"])
    # No discounting: 500 USD/kW over 40 years and 10 a year; 1,000 over 20 and 20 a year, 8 MMBtu at 4 USD, 10 USD/MWh.
    for site, energy, first in (("north", 50, "2027"), ("south", 40, "2028")):
        grid, engine = frame.loc[(site, "grid")], frame.loc[(site, "gas_engine")]
        assert list(grid[["capital", "fixed", "running", "fuel", "energy"]]) == pytest.approx([12.5 / HOURS, 10 / HOURS, 0, 0, energy])
        assert list(engine[["capital", "fixed", "running", "fuel", "energy"]]) == pytest.approx([50 / HOURS, 20 / HOURS, 10, 32, 0])
        assert (grid["service"], engine["service"]) == (first, "2027")
        assert grid["total"] == pytest.approx(22.5 / HOURS + energy)
    assert list(frame.index) == [("north", "gas_engine"), ("north", "grid"), ("south", "grid"), ("south", "gas_engine")]


def test_deposits_are_carried_and_less_running_spreads_fixed_cost_on_less_energy(tmp_path: Path) -> None:
    tiny(tmp_path, "power.gas_engine.deposit=0.4 1", "power.gas_engine.availability=0.8 1", "power.gas_engine.contingency=0.1 1", rate=0.1)
    engine = gwplan.levelised(gwplan.read_case(tmp_path / "part.toml")).frame.set_index(["site", "supply"]).loc[("north", "gas_engine")]
    price = 1000 * 1.1 * (0.4 * 1.1 + 0.6)  # a year from order to service
    assert engine["capital"] == pytest.approx(price * 0.1 / (1 - 1.1**-20) / (0.8 * HOURS))
    assert engine["fixed"] == pytest.approx(20 / (0.8 * HOURS))
    assert engine["running"] + engine["fuel"] == pytest.approx(42)


def test_stated_terms_change_capital_alone(case: gwplan.Case) -> None:
    plain, taxed = (gwplan.levelised(case, rate=0.05, **more).frame for more in ({}, {"tax": 0.25, "tax_life": 5, "inflation": 0.02, "itc": 0.3}))
    shares = (0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
    written = sum(share / 1.071**year for year, share in enumerate(shares, 1))
    assert list(taxed["capital"] / plain["capital"]) == pytest.approx([(1 - 0.25 * written * 0.85 - 0.3) / 0.75] * 4)
    assert list(taxed["total"] - taxed["capital"]) == pytest.approx(list(plain["total"] - plain["capital"]))
    averaged = gwplan.levelised(case, debt_share=0.5, interest=0.06, equity_return=0.1, inflation=0.02)
    assert averaged.terms.rate == pytest.approx(1.08 / 1.02 - 1)


def test_credits_of_the_tables(tmp_path: Path) -> None:
    tiny(tmp_path, "power.gas_engine.itc=0.3 1", "power.gas_engine.ptc=10 USD_2026/MWh", "power.gas_engine.ptc_years=5 year")
    engine = gwplan.levelised(gwplan.read_case(tmp_path / "part.toml")).frame.set_index(["site", "supply"]).loc[("north", "gas_engine")]
    # 0.7 of 1,000 USD/kW over 20 years, and 10 USD/MWh in five years of twenty; stated, 0.1 takes the place of 0.3.
    assert list(engine[["capital", "credit"]]) == pytest.approx([35 / HOURS, -2.5])
    assert engine["total"] == pytest.approx(55 / HOURS + 42 - 2.5)
    stated = gwplan.levelised(gwplan.read_case(tmp_path / "part.toml"), itc=0.1).frame.set_index(["site", "supply"])
    assert stated.loc[("north", "gas_engine"), "capital"] == pytest.approx(45 / HOURS)


def test_the_shipped_tax_credits_are_those_of_fuel_cells_once_sun_and_wind_are_too_late() -> None:
    model = ROOT / "models" / "one_gigawatt.toml"
    plain, credited = (gwplan.levelised(gwplan.read_case(model, overlays=overlays)).frame.set_index(["site", "supply"])["capital"]
                       for overlays in ((), [ROOT / "inputs" / "one_gigawatt" / "overlays" / "tax_credits.csv"]))
    ratio = (credited / plain)[plain > 0]
    assert ratio.xs("fuel_cell", level="supply").to_numpy() == pytest.approx(0.7)
    assert ratio.drop("fuel_cell", level="supply").to_numpy() == pytest.approx(1)


def test_what_a_model_excludes_cannot_be_ordered() -> None:
    """Off the grid neither the connection nor a contract that comes over it; and on 80 columns no word of the table is broken."""
    from gwplan.commands.plain_console import Plain
    from gwplan.planning.build import read_case, read_definition
    from gwplan.reports.terminal.levelised import show

    labels = read_case(read_definition(ROOT / "models" / "off_grid.toml", ())).checked.labels
    off = gwplan.read_case(ROOT / "models" / "off_grid.toml")
    found, pages = gwplan.levelised(off), []
    assert {"gas_engine", "solar"} <= set(found.frame["supply"])
    assert not {"grid", "ppa"} & set(found.frame["supply"])
    for width in (80, 120):
        stream = io.StringIO()
        show(found, labels, Plain(file=stream, width=width, highlight=False))
        assert max(map(len, stream.getvalue().splitlines()[2:])) <= width
        pages.append(set(stream.getvalue().split()))
    assert pages[0] <= pages[1]


def test_a_date_leaves_out_what_cannot_serve_then(case: gwplan.Case) -> None:
    assert set(gwplan.levelised(case, when="2028").frame["service"]) == {"2028"}
    assert gwplan.levelised(case, when="2029").costs == ()


def test_the_command_prints_and_tells_terms_that_do_not_go_together() -> None:
    shown = CliRunner().invoke(program, ["levelised", str(TINY), "--rate", "0.05"])
    assert shown.exit_code == 0 and "Capital at 0.05 a year, real" in shown.output and "North" in shown.output
    found = json.loads(CliRunner().invoke(program, ["levelised", str(TINY), "--json"]).output)
    assert found["unit"] == "USD_2026/MWh" and len(found["costs"]) == 4
    wrong = CliRunner().invoke(program, ["levelised", str(TINY), "--tax", "0.2", "--interest", "0.1", "--rate", "0.1"])
    assert wrong.exit_code == Exit.INPUT
    assert all(text in wrong.output for text in ("--debt-share: is needed with --interest", "--tax-life: is needed with --tax", "--rate: is what"))
    assert CliRunner().invoke(program, ["levelised", str(TINY), "--when", "soon"]).exit_code == Exit.INPUT
