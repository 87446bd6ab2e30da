"""Power alone: backup, sun and wind, contracts and storage, each beside a grid connection."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.model.parts.power import offered
from tests.parts.stage import Key, Stage, tiny
from tests.parts.test_power import GRID, MEAN, YEARLY, on_the_grid, serve, staged

COMMON = ("price=0.8 MUSD_2026/MW", "unit=1 MW", "lead_months=12 month", "most=100 MW")
DIESEL = ("role=backup label", "heat_rate=9 MMBtu/MWh", "fuel=natural_gas label", "most_hours=876 hour/year", "life=20 year",
          "firm_credit=1 1")
SUN = ("role=variable label", "capacity_factor=0.25 1", "direct_share=0.2 1", "life=20 year", "firm_credit=1 1")
WIND_PPA = ("role=contract label", "capacity_factor=0.4 1", "energy_price=40 USD_2026/MWh", "contract_term=1 year", "emission_rate=10 kg/MWh")
BATTERY = ("role=storage label", "duration=4 hour", "efficiency=0.9 1", "storage_price=200 USD_2026/kWh", "life=15 year")


def item(name: str, *quantities: str) -> list[str]:
    """Rows of a supply: those of its role, and what each needs."""
    return [f"power.{name}.{row}" for row in (*COMMON, *quantities)]


def beside_the_grid(stage: Stage, where: Key, capacity: list[float], output: list[float]) -> None:
    """A supply gives part of the energy, the grid the rest, and the grid's bill is paid."""
    on_the_grid(stage)
    serve(stage, where, capacity, output)
    rest = [0, *(MEAN - amount for amount in output[1:])]
    serve(stage, GRID, [0, 12, 12], rest)
    stage.follow("bill", GRID, [50 * amount * YEARLY for amount in rest])


def test_backup_never_covers_the_peak(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("diesel", *DIESEL))
    stage.put("ordered_whole", {("diesel", "north", 0): 20})
    serve(stage, ("diesel", "north"), [0, 20, 20], [])
    assert stage.broken("supply_covers_peak") == {("supply_covers_peak", ("north", 1)), ("supply_covers_peak", ("north", 2))}


def test_backup_runs_for_its_hours_alone(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("diesel", *DIESEL))
    where = ("diesel", "north")
    beside_the_grid(stage, where, [0, 20, 20], [0, 2.0, 2.1])
    stage.put("ordered_whole", {(*GRID, 0): 12, (*where, 0): 20})
    assert stage.broken() == {("output_within_capacity", (*where, 2, "year"))}  # 876 of 8,760 hours: a tenth of 20 MW


def test_sun_gives_its_capacity_factor_and_serves_its_share_of_a_flat_load(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("sun", *SUN))
    where = ("sun", "north")
    beside_the_grid(stage, where, [0, 6, 40], [0, 1.5, 0.2 * MEAN])
    stage.put("ordered_whole", {(*GRID, 0): 12, (*where, 0): 6, (*where, 1): 34})
    assert stage.broken() == set()  # 6 x 0.25 = 1.5; 40 x 0.25 = 10, but the load takes no more than 1.76
    beside_the_grid(stage, where, [0, 6, 40], [0, 1.6, 1.8])
    stage.put("ordered_whole", {(*GRID, 0): 12, (*where, 0): 6, (*where, 1): 34})
    assert stage.broken() == {("output_within_capacity", (*where, 1, "year")), ("output_serves_directly", (*where, 2, "year"))}


def test_sun_is_no_firm_energy(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("sun", *SUN))
    stage.put("ordered_whole", {("sun", "north", 0): 100})
    serve(stage, ("sun", "north"), [0, 100, 100], [0, 0.2 * MEAN, 0.2 * MEAN])
    assert stage.broken("supply_covers_peak", "energy_is_balanced") == {
        (rule, key) for n in (1, 2) for rule, key in (("supply_covers_peak", ("north", n)), ("energy_is_balanced", ("north", n, "year")))
    }


def test_a_contract_is_paid_whether_it_is_taken_or_not(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("wind_ppa", *WIND_PPA), "power.wind_ppa.price=0 MUSD_2026/MW")
    where = ("wind_ppa", "north")
    beside_the_grid(stage, where, [0, 8, 0], [0, 3.2, 0])
    stage.put("ordered_whole", {(*GRID, 0): 12, (*where, 0): 8})
    assert stage.broken() == set()  # the term of one year is over in the third period
    due = {("energy", "wind_ppa", "north", "wind_ppa", 1): 40 * 0.4 * 8 * YEARLY}
    assert {key: amount for key, amount in stage.money("running", "energy").items() if key[1] == "wind_ppa"} == pytest.approx(due)
    beside_the_grid(stage, where, [0, 8, 0], [0, 0, 0])
    assert {key: amount for key, amount in stage.money("running", "energy").items() if key[1] == "wind_ppa"} == pytest.approx(due)
    assert not [key for key in stage.money("residual") if key[1] == "wind_ppa"]


def test_a_contract_leaves_nothing_even_where_it_has_a_price(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year")
    stage.put("ordered_whole", {("wind_ppa", "north", 0): 8})
    assert stage.money("capital") == pytest.approx({("power", "wind_ppa", "north", "wind_ppa", 1): 6.4})
    assert stage.money("residual") == {}


def test_contracted_energy_comes_over_the_connection(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year", "power.grid@north.availability=0.7 1")
    where = ("wind_ppa", "north")
    beside_the_grid(stage, where, [0, 8, 8], [0, 3.2, 0])
    stage.put("ordered_whole", {(*GRID, 0): 12, (*where, 0): 8})
    # Over 12 x 0.7 = 8.4 MW no 8.8 MW come, whoever made them; from the grid alone they could not come either.
    rule = "contracts_use_the_connection"
    assert stage.broken() == {(rule, ("north", 1, "year")), (rule, ("north", 2, "year")), ("output_within_capacity", (*GRID, 2, "year"))}
    assert stage.amounts("emissions")["operational", "north", 1] == pytest.approx((3.2 * 10 + 5.6 * 200) * 8760 / 1e6)


def test_contracts_serve_their_capacity_factor_of_the_load_at_most(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year")
    where = ("wind_ppa", "north")
    beside_the_grid(stage, where, [0, 20, 20], [0, 0.4 * MEAN, 3.6])  # 3.52 MW of 8.8
    stage.put("ordered_whole", {(*GRID, 0): 12, (*where, 0): 20})
    assert stage.broken() == {("output_serves_directly", (*where, 2, "year"))}


def test_what_comes_when_it_will_overlaps_by_chance(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("sun", *SUN), *item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year")
    sun, wind, rule = ("sun", "north"), ("wind_ppa", "north"), "direct_supplies_overlap"
    serve(stage, sun, [0, 40, 40], [0, 0.2 * MEAN, 0.2 * MEAN])
    # Where neither comes, 0.8 x 0.6 of the time, the two together serve 0.52 of the load: 4.576 MW, not 0.6 of it.
    serve(stage, wind, [0, 20, 20], [0, 0.32 * MEAN, 0.33 * MEAN])
    assert stage.broken(rule, "output_serves_directly") == {(rule, ("north", "sun|wind_ppa", 2, "year"))}
    alone = staged(tmp_path / "alone", *item("sun", *SUN))
    assert alone.keys(rule) == []  # one of them has its own share already


def test_storage_waits_for_plans_with_hours(tmp_path: Path) -> None:
    case = tiny(tmp_path, *item("battery", *BATTERY))
    assert "battery" in case.items("supply")
    assert "battery" not in {supply for supply, _ in offered(case)}
    stage = Stage(case, "power").decide()
    assert not [key for name in stage.block.variables for key in stage.keys(name) if key[0] == "battery"]
