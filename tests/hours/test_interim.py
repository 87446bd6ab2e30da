"""Interim connections, with and without hours: what an optimiser would take of the hours that are cut. Each is worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.hours.small import BATTERY, GRID, LOST, SUN, Hours, case_of, system
from tests.support import ROOT

YEAR = 8760
CUT = 876
"""Hours that are cut: a tenth of the year."""
INTERIM = GRID | {"curtailed_hours": f"{CUT} hour/year", "energy_price": "50 USD_2026/MWh"}
BACKUP = {"role": "backup", "fuel": "oil", "price": "0 MUSD_2026/MW", "unit": "1 MW", "lead_months": "0 month", "life": "10 year",
          "most": "1000 MW", "heat_rate": "10 MMBtu/MWh", "most_hours": "8760 hour/year"}
OIL = {"fuel_price": "30 USD_2026/MMBtu"}
LOSS = LOST | {"lost_load_price": "1000 USD_2026/MWh"}
TENTHS = Hours({"price": [1.0] * 9 + [2.0]})
"""The dearest tenth of the year is the one that is cut; the mean of the shape is 1.1."""
BOTH = [None, TENTHS]


def bought(hours: Hours | None, megawatts: float = 10) -> float:
    """MUSD for power over the connection in the nine tenths that are not cut."""
    return megawatts * 0.9 * YEAR * 50 / 1e6


@pytest.mark.parametrize("hours", BOTH)
def test_the_cut_hours_are_not_free(hours: Hours | None) -> None:
    """10 MW: nine tenths bought at 50 USD/MWh, a tenth from oil at 300; the connection, however large, gives nothing then."""
    found = system({"interim": INTERIM, "diesel": BACKUP, "oil": OIL}, "10 MW", hours)
    assert found.cost == pytest.approx(bought(hours) + 10 * CUT * 300 / 1e6)
    assert found.values("capacity")["diesel", 0] >= 10 - 1e-6


@pytest.mark.parametrize("hours", BOTH)
def test_a_larger_connection_does_not_serve_the_cut_hours(hours: Hours | None) -> None:
    """9 MW of backup beside it: no connection of any size, though a tenth more would have the energy over the year."""
    assert system({"interim": INTERIM, "diesel": BACKUP | {"most": "9 MW"}, "oil": OIL}, "10 MW", hours).answer.x is None


@pytest.mark.parametrize("hours", BOTH)
def test_backup_is_limited_to_its_hours(hours: Hours | None) -> None:
    """Backup of half the cut hours needs twice the power; of a hundred MW for one hour in the year, too little energy."""
    half = BACKUP | {"most_hours": f"{CUT / 2} hour/year"}
    assert system({"interim": INTERIM, "diesel": half, "oil": OIL}, "10 MW", hours).values("capacity")["diesel", 0] >= 20 - 1e-6
    few = BACKUP | {"most_hours": "1 hour/year", "most": "100 MW"}
    assert system({"interim": INTERIM, "diesel": few, "oil": OIL}, "10 MW", hours).answer.x is None


@pytest.mark.parametrize("hours", BOTH)
def test_what_others_give_in_other_hours_does_not_serve_the_cut_ones(hours: Hours | None) -> None:
    """An engine of 5 MW has the energy of the cut hours many times over, but in them it gives 5 MW; backup of 5 MW gives the rest."""
    engine = {key: text for key, text in GRID.items() if key != "energy_price"} | {"fuel": "oil", "most": "5 MW", "heat_rate": "5 MMBtu/MWh"}
    supplies = {"interim": INTERIM, "engine": engine, "oil": OIL}
    assert system(supplies, "10 MW", hours).answer.x is None
    found = system({**supplies, "diesel": BACKUP | {"most": "5 MW"}}, "10 MW", hours)
    assert found.cost == pytest.approx(bought(hours) + 5 * CUT * (150 + 300) / 1e6)


@pytest.mark.parametrize("hours", BOTH)
def test_load_that_is_turned_down_is_paid_for(hours: Hours | None) -> None:
    """A tenth of the year unserved at 1,000 USD/MWh, though a connection of any size costs nothing; and with fewer hours than that no plan."""
    found = system({"interim": INTERIM, "unserved_energy": LOSS}, "10 MW", hours)
    assert found.cost == pytest.approx(bought(hours) + 10 * CUT * 1000 / 1e6)
    few = LOSS | {"curtailable_hours": f"{CUT - 1} hour/year"}
    assert system({"interim": INTERIM, "unserved_energy": few}, "10 MW", hours).answer.x is None


def test_hours_of_load_turned_down_are_spread_over_the_cut() -> None:
    """Half of the cut hours' load may go: half is turned down throughout, and 5 MW of backup serve the rest of them."""
    half = LOSS | {"curtailable_hours": f"{CUT / 2} hour/year", "lost_load_price": "100 USD_2026/MWh"}
    found = system({"interim": INTERIM, "diesel": BACKUP | {"price": "1 MUSD_2026/MW"}, "oil": OIL, "unserved_energy": half}, "10 MW", None)
    assert found.values("capacity")["diesel", 0] == pytest.approx(5)
    assert found.cost == pytest.approx(bought(None) + 5 * CUT * (100 + 300) / 1e6 + 5 * 0.1)


def test_nothing_is_turned_down_but_in_the_cut_hours() -> None:
    """Without hours: at a price below that of power, no more than the cut tenth of the load goes unserved."""
    cheap = LOSS | {"lost_load_price": "1 USD_2026/MWh"}
    found = system({"interim": INTERIM, "unserved_energy": cheap}, "10 MW", None)
    assert found.values("unserved")[0, "year"] == pytest.approx(1)


def test_nothing_is_turned_down_for_a_connection_that_is_not_built() -> None:
    """An interim one is on offer at a price that nobody would pay: all load is served, though turning it down would cost next to nothing."""
    cheap = LOSS | {"lost_load_price": "1 USD_2026/MWh"}
    firm = GRID | {"energy_price": "40 USD_2026/MWh"}
    found = system({"grid": firm, "interim": INTERIM | {"price": "900 MUSD_2026/MW"}, "unserved_energy": cheap}, "10 MW", None)
    assert found.values("unserved")[0, "year"] == pytest.approx(0)


@pytest.mark.parametrize("hours", BOTH)
def test_backup_counts_once(hours: Hours | None) -> None:
    """Backup covers the cut hours, and never the peak of the others: without a connection 10 MW of it serve nothing."""
    firm = GRID | {"most": "4 MW"}
    found = system({"interim": INTERIM | {"most": "6 MW"}, "grid": firm, "diesel": BACKUP, "oil": OIL}, "10 MW", hours)
    assert found.values("capacity")["diesel", 0] >= 6 - 1e-6
    assert system({"interim": INTERIM | {"most": "5 MW"}, "grid": firm, "diesel": BACKUP, "oil": OIL}, "10 MW", hours).answer.x is None


@pytest.mark.parametrize("hours", BOTH)
def test_an_offer_that_is_not_taken_changes_nothing(hours: Hours | None) -> None:
    """A firm connection alone costs the same whether an interim one is on offer too, at a price that nobody would pay."""
    firm = GRID | {"energy_price": "40 USD_2026/MWh", "availability": "0.999 1"}
    contract = SUN | {"role": "contract", "profile": "flat", "capacity_factor": "0.9 1", "energy_price": "30 USD_2026/MWh",
                      "contract_term": "10 year", "direct_share": "1 1"}
    alone = {"grid": firm, "contract": contract, "unserved_energy": LOSS}
    beside = {**alone, "interim": INTERIM | {"price": "900 MUSD_2026/MW"}}
    assert system(beside, "10 MW", hours).cost == pytest.approx(system(alone, "10 MW", hours).cost)


def test_a_contract_is_cut_with_its_connection() -> None:
    """Contracted power over the interim connection alone serves nothing in the cut hours: oil does."""
    contract = SUN | {"role": "contract", "capacity_factor": "1 1", "energy_price": "10 USD_2026/MWh", "contract_term": "10 year",
                      "direct_share": "1 1", "most": "10 MW"}
    found = system({"interim": INTERIM, "contract": contract, "diesel": BACKUP, "oil": OIL}, "10 MW", None)
    assert found.values("cut_output") == pytest.approx({("diesel", 0): 1, ("contract", 0): 0})
    assert found.cost == pytest.approx(10 * YEAR * 10 / 1e6 + 10 * CUT * 300 / 1e6), "all that the contract could give is paid for"


def test_a_contract_is_cut_with_its_connection_by_the_hour() -> None:
    """Half of a slice of a tenth is cut: contracted power over the interim connection alone stops with it, and oil serves that half.

    A firm connection that is on offer and not built carries nothing.
    """
    some = INTERIM | {"curtailed_hours": f"{CUT / 2} hour/year", "energy_price": "1000 USD_2026/MWh"}
    contract = SUN | {"role": "contract", "profile": "flat", "capacity_factor": "1 1", "energy_price": "10 USD_2026/MWh",
                      "contract_term": "10 year", "most": "20 MW"}
    supplies = {"interim": some, "contract": contract, "diesel": BACKUP, "oil": OIL, "grid": GRID | {"price": "900 MUSD_2026/MW"}}
    found = system(supplies, "10 MW", TENTHS)
    assert found.values("output")["diesel", 0, "s9"] == pytest.approx(5)
    assert found.values("capacity")["diesel", 0] >= 10 - 1e-6
    assert found.cost == pytest.approx(10 * YEAR * 10 / 1e6 + 10 * CUT / 2 * 300 / 1e6)


def test_storage_serves_the_cut_hours_of_a_plan_with_hours() -> None:
    """A battery that was filled in the other hours: 10 MW for the cut hour of ten, at the price of the others; half an hour is too little."""
    hours = Hours({"price": [1.0] * 9 + [2.0]}, hours=[1] * 10)
    battery = BATTERY | {"duration": "2 hour", "firm_credit": "0 1", "most": "10 MW"}
    found = system({"interim": INTERIM, "battery": battery}, "10 MW", hours)
    assert found.cost == pytest.approx(10 * YEAR * 50 / 1e6)
    assert system({"interim": INTERIM, "battery": battery | {"duration": "0.5 hour"}}, "10 MW", hours).answer.x is None


def test_a_slice_that_is_cut_in_part_gives_the_rest() -> None:
    """A twentieth of the year is cut of a slice of a tenth: half of that slice is served by oil, however large the connection."""
    some = INTERIM | {"curtailed_hours": f"{CUT / 2} hour/year", "energy_price": "0 USD_2026/MWh"}
    found = system({"interim": some, "diesel": BACKUP, "oil": OIL}, "10 MW", TENTHS)
    assert found.cost == pytest.approx(10 * CUT / 2 * 300 / 1e6)
    assert found.values("output")["interim", 0, "s9"] == pytest.approx(5)


def test_the_hottest_hours_are_cut_where_there_are_no_prices() -> None:
    hours = Hours({"temperature": [20.0, 35.0] + [10.0] * 8})
    found = system({"interim": INTERIM, "diesel": BACKUP, "oil": OIL}, "10 MW", hours)
    assert {key[2]: value for key, value in found.values("output").items() if key[0] == "diesel" and value > 1e-6} == {
        "s1": pytest.approx(10)}


@pytest.mark.parametrize("hours", BOTH)
def test_it_becomes_firm_when_no_hours_are_cut_any_more(hours: Hours | None) -> None:
    """Cut in the first of two years alone: oil is burnt in it, and none in the second."""
    dated = {key: text for key, text in INTERIM.items() if key != "curtailed_hours"} | {"curtailed_hours@2026": f"{CUT} hour/year",
                                                                                       "curtailed_hours@2027": "0 hour/year"}
    found = system({"interim": dated, "diesel": BACKUP, "oil": OIL}, "10 MW", hours, end=2027)
    shares = [found.values("output")["diesel", period, part] for period in (0, 1)
              for part in (["year"] if hours is None else ["s9"])]
    assert shares == pytest.approx([1 if hours is None else 10, 0])


@pytest.mark.parametrize("hours", BOTH)
def test_it_must_be_replaced_when_it_ends(hours: Hours | None) -> None:
    """Until 2027: in 2027 only what else is there serves; with a firm connection from then on there is a plan, without one none."""
    supplies = {"interim": INTERIM | {"until": "2027 date"}, "diesel": BACKUP, "oil": OIL}
    assert system(supplies, "10 MW", hours, end=2027).answer.x is None
    firm = GRID | {"earliest": "2027 date", "energy_price": "40 USD_2026/MWh"}
    found = system({**supplies, "grid": firm}, "10 MW", hours, end=2027)
    assert found.values("capacity")["interim", 1] == pytest.approx(0)
    assert {key[0]: value for key, value in found.values("output").items() if key[1] == 1 and value > 1e-6} == {"grid": pytest.approx(10)}


def test_what_cannot_be_cut_is_a_fault() -> None:
    engine = {"engine": INTERIM | {"fuel": "oil", "heat_rate": "8 MMBtu/MWh"}, "oil": OIL}
    with pytest.raises(InputFaults, match="is of a grid connection"):
        case_of(engine, "10 MW", None)
    with pytest.raises(InputFaults, match="one supply with curtailed_hours may be offered at a site"):
        case_of({"interim": INTERIM, "another": INTERIM}, "10 MW", None)


@pytest.mark.parametrize("hours", BOTH)
def test_a_supply_that_leaves_after_the_horizon_is_worth_what_is_left_until_then(hours: Hours | None) -> None:
    """At 1 MUSD/MW from 2026 until 2030, four years of its life of ten: after two of them half of the price of 10 MW is left."""
    grid = GRID | {"price": "1 MUSD_2026/MW", "until": "2030 date"}
    assert system({"grid": grid}, "10 MW", hours, end=2027).cost == pytest.approx(10 / 2)
    interim = INTERIM | {"price": "1 MUSD_2026/MW", "until": "2030 date"}
    found = system({"interim": interim, "diesel": BACKUP, "oil": OIL}, "10 MW", hours, end=2027)
    assert found.cost == pytest.approx(10 / 2 + 2 * (bought(hours) + 10 * CUT * 300 / 1e6))


@pytest.mark.slow
@pytest.mark.parametrize("until", ["2034-Q3", "2040-Q1"], ids=["within the horizon", "after it"])
def test_a_plan_with_an_interim_connection_by_the_hour_is_audited(tmp_path: Path, until: str) -> None:
    """Sixty megawatts of it at Abilene, cut for 600 hours a year; then backup runs, and nothing comes over it."""
    text = (ROOT / "models" / "off_grid.toml").read_text(encoding="utf-8")
    for old, new in (('inputs = "../inputs', f'inputs = "{ROOT.as_posix()}/inputs'), ('["off_grid.csv"]', '["off_grid.csv", "connections.csv"]'),
                     ('fuel = ["grid", "sun_and_wind", "uranium"]', 'fuel = ["sun_and_wind", "uranium"]'), ("n = 6", "n = 2"),
                     ('end = "2044"', 'end = "2035"')):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "interim.toml").write_text(f'{text}\n[require]\npower = "interim@abilene_tx >= 60 MW"\n', encoding="utf-8")
    sets = (f"power.interim@abilene_tx.until={until}", "power.interim@abilene_tx.curtailed_hours=600 hour/year")
    outcome = solve(Request(tmp_path / "interim.toml", sets=sets, gap=0.02, runs=tmp_path / "runs"))
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    run = RunFolder(outcome.run)
    output = run.table("power.output")
    given = output[(output["supply"] == "interim") & (output["value"] > 1e-6)]
    slices = run.table("slices")
    share, warm = dict(zip(slices["slice"], slices["share"], strict=True)), run.table("hours")
    heat = warm[(warm["site"] == "abilene_tx") & (warm["series"] == "temperature")].sort_values("value", ascending=False)
    gone, rest = 600 / YEAR, {}
    for part in heat["slice"]:
        rest[part] = 1 - min(1.0, gone / float(share[part]))
        gone = max(0.0, gone - float(share[part]))
    assert min(rest.values()) < 0.6, "the hottest slice loses a good part of its hours"
    assert len(given) > 0
    assert all(value <= 60 * rest[part] + 1e-6 for part, value in zip(given["slice"], given["value"], strict=True))
