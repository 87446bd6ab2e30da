"""Power alone: hours, prices and factors count for a supply of any role that has them, each worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from tests.parts.stage import Stage, tiny
from tests.parts.test_power import ENGINE, GRID, MEAN, YEARLY, on_the_grid, serve, staged
from tests.parts.test_power_roles import BATTERY, DIESEL, SUN, WIND_PPA, beside_the_grid, item

SUN_AT = ("sun", "north")


def test_full_load_hours_limit_an_engine(tmp_path: Path) -> None:
    """At 876 of 8,760 hours 20 MW of engines give 2 MW in the mean, though they could run all the time."""
    stage = staged(tmp_path, "power.gas_engine.most_hours=876 hour/year")
    beside_the_grid(stage, ENGINE, [0, 20, 20], [0, 2.0, 2.1])
    assert stage.broken("output_within_capacity") == {("output_within_capacity", (*ENGINE, 2, "year"))}


def test_full_load_hours_limit_the_sun_where_they_are_fewer(tmp_path: Path) -> None:
    """40 MW at a factor of 0.25 would give 10 MW; 1,314 hours, 0.15 of the year, leave 1.5 of 10 MW."""
    stage = staged(tmp_path, *item("sun", *SUN), "power.sun.most_hours=1314 hour/year")
    beside_the_grid(stage, SUN_AT, [0, 10, 10], [0, 1.5, 1.6])
    assert stage.broken("output_within_capacity") == {("output_within_capacity", (*SUN_AT, 2, "year"))}


@pytest.mark.parametrize(("role", "where"), [(DIESEL, ("diesel", "north")), ((), ENGINE)])
def test_a_capacity_factor_limits_what_could_run_more(tmp_path: Path, role: tuple[str, ...], where: tuple[str, str]) -> None:
    """0.05 of 20 MW is 1 MW: less than the 876 hours of diesel (2 MW), and than engines that may always run."""
    rows = item("diesel", *role) if role else []
    stage = staged(tmp_path, *rows, f"power.{where[0]}.capacity_factor=0.05 1")
    beside_the_grid(stage, where, [0, 20, 20], [0, 1.0, 1.1])
    assert stage.broken("output_within_capacity") == {("output_within_capacity", (*where, 2, "year"))}


def test_energy_of_the_sun_is_billed_where_it_has_a_price(tmp_path: Path) -> None:
    """1.5 MW throughout a year at 400 USD/MWh are 5.256 MUSD, paid to whoever sells the panels, and to no utility."""
    stage = staged(tmp_path, *item("sun", *SUN), "power.sun.energy_price=400 USD_2026/MWh")
    beside_the_grid(stage, SUN_AT, [0, 6, 6], [0, 1.5, 1.5])
    stage.follow("contracted", SUN_AT, [0, 6, 6])
    stage.follow("bill", SUN_AT, [0, 400 * 1.5 * YEARLY, 399 * 1.5 * YEARLY])
    assert stage.broken("bill_pays_energy") == {("bill_pays_energy", (*SUN_AT, 2))}
    paid = stage.money("running", "energy")
    assert paid["energy", "sun", "north", "suppliers", 1] == pytest.approx(5.256)
    assert paid["energy", "grid", "north", "utilities", 1] == pytest.approx(50 * (MEAN - 1.5) * YEARLY)


def test_an_engine_with_an_energy_price_pays_it_beside_its_fuel(tmp_path: Path) -> None:
    """Its owner asks 20 USD/MWh, and the gas is the planner's: 8 MMBtu at 4 USD. It is no grid connection."""
    stage = staged(tmp_path, "power.gas_engine.energy_price=20 USD_2026/MWh")
    stage.put("ordered_whole", {(*ENGINE, 0): 3})
    serve(stage, ENGINE, [0, 15, 15], [0, MEAN, MEAN])
    stage.follow("contracted", ENGINE, [0, 15, 15])
    stage.follow("bill", ENGINE, [0, 20 * MEAN * YEARLY, 20 * MEAN * YEARLY])
    assert stage.broken() == set()
    paid = stage.money("running", "energy")
    assert paid["energy", "gas_engine", "north", "fuel suppliers", 1] == pytest.approx(32 * MEAN * YEARLY)
    # Its own 10 USD/MWh of running price and its bill go to one payee.
    assert paid["energy", "gas_engine", "north", "suppliers", 1] == pytest.approx((10 + 20) * MEAN * YEARLY)


def test_no_contract_comes_over_an_engine(tmp_path: Path) -> None:
    rows = (*item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year", "power.gas_engine.energy_price=20 USD_2026/MWh")
    stage = staged(tmp_path, *rows)
    where, rule = ("wind_ppa", "north"), "contracts_use_the_connection"
    serve(stage, ENGINE, [0, 15, 15], [0, MEAN - 3, MEAN - 3])
    serve(stage, where, [0, 8, 8], [0, 3, 3])
    assert stage.broken(rule) == {(rule, ("north", 1, "year")), (rule, ("north", 2, "year"))}


def test_minimum_take_of_an_engine_whose_energy_is_bought(tmp_path: Path) -> None:
    """Half of 15 contracted MW is paid at 20 USD/MWh though nothing is taken."""
    stage = staged(tmp_path, "power.gas_engine.energy_price=20 USD_2026/MWh", "power.gas_engine.minimum_take=0.5 1",
                   "power.gas_engine.contract_term=10 year")
    stage.follow("contracted", ENGINE, [0, 15, 15])
    stage.follow("bill", ENGINE, [0, 0.5 * 15 * 20 * YEARLY, 0.49 * 15 * 20 * YEARLY])
    assert stage.broken("bill_pays_minimum_take") == {("bill_pays_minimum_take", (*ENGINE, 2))}


def test_a_contract_pays_all_it_can_give(tmp_path: Path) -> None:
    """Of a factor of 0.4 only 0.1 of the year's hours are agreed: 0.1 of 8 MW is paid and comes, not 0.4."""
    stage = staged(tmp_path, *item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year", "power.wind_ppa.most_hours=876 hour/year")
    where = ("wind_ppa", "north")
    beside_the_grid(stage, where, [0, 8, 8], [0, 0.8, 0.9])
    assert stage.broken("output_within_capacity") == {("output_within_capacity", (*where, 2, "year"))}
    assert stage.money("running", "energy")["energy", "wind_ppa", "north", "wind_ppa", 1] == pytest.approx(40 * 0.8 * YEARLY)


def test_a_contract_may_say_what_it_serves_of_a_flat_load(tmp_path: Path) -> None:
    stage = staged(tmp_path, *item("wind_ppa", *WIND_PPA), "power.wind_ppa.contract_term=20 year", "power.wind_ppa.direct_share=0.3 1")
    where = ("wind_ppa", "north")
    beside_the_grid(stage, where, [0, 20, 20], [0, 0.3 * MEAN, 0.31 * MEAN])
    assert stage.broken("output_serves_directly") == {("output_serves_directly", (*where, 2, "year"))}


def test_what_a_supply_emits_itself_comes_on_top_of_its_fuel(tmp_path: Path) -> None:
    """50 kg/MMBtu x 8, and 30 kg/MWh of its own."""
    stage = staged(tmp_path, "power.gas_engine.emission_rate=30 kg/MWh")
    serve(stage, ENGINE, [0, 15, 0], [0, MEAN, 0])
    assert stage.amounts("emissions") == pytest.approx({("operational", "north", 1): (400 + 30) * MEAN * 8760 / 1e6})


def test_three_that_come_when_they_will(tmp_path: Path) -> None:
    """Two of share 0.5 serve 0.75 of a load; a third of share 0.9 adds 0.25 of what it could give, up to 0.225 of the load."""
    half = ("role=variable label", "capacity_factor=0.5 1", "direct_share=0.5 1", "life=20 year")
    tide = (*half[:2], "direct_share=0.9 1", "life=20 year")
    stage = staged(tmp_path, *item("sun", *half), *item("wind", *half), *item("tide", *tide), "power.sun.most=1 GW", "power.wind.most=1 GW",
                   "power.tide.most=1 GW")
    pair, trio = ("north", "sun|wind"), ("north", "sun|tide|wind")
    overlaps, gaps = "direct_supplies_overlap", "others_fill_gaps"

    def broken(sun: float, wind: float, tide: float, built: float) -> set[tuple[str, tuple[object, ...]]]:
        """Shares of the load in the last period; `built`: what the tide could give, as a share of the load."""
        for name, share, capacity in (("sun", sun, 100), ("wind", wind, 100), ("tide", tide, built * MEAN / 0.5)):
            serve(stage, (name, "north"), [0, 0, capacity], [0, 0, share * MEAN])
        return {(rule, key[:-2]) for rule, key in stage.broken(overlaps, gaps) if key[-2] == 2}

    assert broken(0.375, 0.375, 0, 0) == set()
    assert broken(0.38, 0.375, 0, 0) == {(overlaps, pair), (gaps, (*pair, "tide"))}
    # One thousandth of the load from the tide lifts no limit of the two, and adds a quarter of itself at most.
    assert broken(0.376, 0.375, 0, 0.001) == {(overlaps, pair), (gaps, (*pair, "tide"))}
    assert broken(0.375, 0.375, 0.00025, 0.001) == set()
    assert broken(0.375, 0.375, 0.0003, 0.001) == {(gaps, (*pair, "tide"))}
    # Built in full it covers 0.9 of the quarter that the two leave.
    assert broken(0.375, 0.375, 0.225, 0.9) == set()
    assert (overlaps, trio) in broken(0.375, 0.375, 0.226, 1.0)


HALF = ("role=variable label", "capacity_factor=0.5 1", "direct_share=0.5 1", "life=20 year")


def test_eleven_that_could_come_when_they_will_are_too_many(tmp_path: Path) -> None:
    many = [row for n in range(11) for row in item(f"sun{n}x", *HALF)]
    with pytest.raises(InputFaults, match=r"north: 11 supplies that serve a load directly are offered .*; at most 10 may be"):
        tiny(tmp_path / "many", *many)
    # One that comes after the end of the horizon is none of them.
    tiny(tmp_path / "late", *many, "power.sun0x.lead_months=48 month")


def test_more_than_six_have_the_same_limit_by_what_is_beyond_the_gaps(tmp_path: Path) -> None:
    """Two serve 0.75 of the load, 0.25 of the time neither comes; of five others that could give 0.02 each, 0.005 each is of use."""
    names = ["sun0x", "sun1x", *(f"tide{n}x" for n in range(5))]
    stage = staged(tmp_path, *(row for name in names for row in item(name, *HALF)), "power.sun0x.most=1 GW", "power.sun1x.most=1 GW")
    pair, period = ("north", "sun0x|sun1x"), 2
    for name in names:
        built, given = (100, 0.375) if name.startswith("sun") else (0.02 * MEAN / 0.5, 0.005)
        serve(stage, (name, "north"), [0, 0, built], [0, 0, given * MEAN])
    beyond = stage.block.variables["beyond_gaps"].data
    for site, supplies, supply, n, part in beyond:
        rest = 0.0
        if (site, n) == ("north", period):
            built, given = (100, 0.375) if supply.startswith("sun") else (0.02 * MEAN / 0.5, 0.005)
            rest = max(given * MEAN - 0.5 ** len(supplies.split("|")) * 0.5 * built, 0.0)
        beyond[site, supplies, supply, n, part].set_value(rest)
    rules = ("direct_supplies_overlap", "beyond_gaps_is_the_rest", "others_stay_in_gaps")
    assert stage.broken(*rules) == set()
    assert not [key for key in stage.keys("others_fill_gaps") if key[-2] == period]
    # Two thousandths more from one of the others are beyond the gaps of the two.
    stage.block.variables["output"].data["tide0x", "north", period, "year"].set_value(0.007 * MEAN)
    key = (*pair, "tide0x", period, "year")
    assert ("beyond_gaps_is_the_rest", key) in stage.broken(*rules)
    beyond[key].set_value(0.002 * MEAN)
    assert ("others_stay_in_gaps", (*pair, period, "year")) in stage.broken(*rules)


def test_a_prime_supply_pays_for_its_energy_at_each_site(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="grid: a prime supply needs energy_price or heat_rate at south"):
        tiny(tmp_path, "power.grid@south.energy_price=")


def test_storage_may_have_a_price_for_its_energy(tmp_path: Path) -> None:
    stage = Stage(tiny(tmp_path, *item("battery", *BATTERY), "power.battery.energy_price=10 USD_2026/MWh"), "power").decide()
    assert not [key for key in stage.keys("bill") if key[0] == "battery"]


def test_the_grid_is_billed_as_before(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path))
    stage.follow("bill", GRID, [0, 50 * MEAN * YEARLY, 49 * MEAN * YEARLY])
    assert stage.broken("bill_pays_energy") == {("bill_pays_energy", (*GRID, 2))}
