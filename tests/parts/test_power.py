"""Power alone: supplies ordered and paid, what they may give, and what their energy costs.

Tiny: a grid connection at 0.5 MUSD/MW in units of 1 MW, energy at 50 USD/MWh in the north; gas engines at 1 MUSD/MW in units of 5 MW,
firm by 0.8, on 8 MMBtu/MWh of gas at 4 USD. Both a year from order to service.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts.stage import Key, Stage, tiny

GRID, ENGINE = ("grid", "north"), ("gas_engine", "north")
PEAK, MEAN = 12.0, 8.8
YEARLY = 8760 / 1e6
"""USD/MWh of one MW throughout a year to MUSD."""


def staged(folder: Path, *changes: str, opened: float = 1, load: float = 1, **options: object) -> Stage:
    """The supplies of two open sites; from the second period on 12 MW at the peak and 8.8 in the mean in the north."""
    case = tiny(folder, *changes, **options)  # type: ignore[arg-type]
    stage = Stage(case, "power").decide()
    places = [(site, n) for site in ("north", "south") for n in range(len(case.calendar.periods))]
    served = {place: load if place[0] == "north" and place[1] > 0 else 0.0 for place in places}
    stage.fake("opened", dict.fromkeys(places, opened))
    stage.fake("facility_peak", {place: PEAK * share for place, share in served.items()})
    stage.fake("facility_mean", {(*place, "year"): MEAN * share for place, share in served.items()})
    return stage.bind()


def serve(stage: Stage, where: Key, capacity: list[float], output: list[float]) -> None:
    """Capacity and mean output of a supply by period."""
    stage.follow("capacity", where, capacity)
    for n, amount in enumerate(output):
        stage.block.variables["output"].data[(*where, n, "year")].set_value(amount)


def on_the_grid(stage: Stage) -> Stage:
    """Twelve MW of grid from 2027 on, all energy from it, the bill paid."""
    stage.put("ordered_whole", {(*GRID, 0): 12})
    serve(stage, GRID, [0, 12, 12], [0, MEAN, MEAN])
    stage.follow("contracted", GRID, [0, 12, 12])
    stage.follow("bill", GRID, [0, 50 * MEAN * YEARLY, 50 * MEAN * YEARLY])
    return stage


def test_a_connection_ordered_in_the_first_year(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path))
    assert stage.broken() == set()
    assert stage.money("capital") == pytest.approx({("power", "grid", "north", "suppliers", 1): 12 * 0.5})
    assert stage.money("residual") == pytest.approx({("power", "grid", "north", "suppliers", 2): 6 * (1 - 2 / 40)})
    assert stage.money("running", "power") == pytest.approx({("power", "grid", "north", "suppliers", n): 0.12 for n in (1, 2)})
    assert stage.money("running", "energy") == pytest.approx({("energy", "grid", "north", "utilities", n): 3.8544 for n in (1, 2)})
    assert stage.amounts("emissions") == pytest.approx({("operational", "north", n): 77_088 * 200 / 1e6 for n in (1, 2)})


def test_deposit_contingency_demand_charge_and_price_of_the_order(tmp_path: Path) -> None:
    stage = on_the_grid(staged(
        tmp_path, "power.grid.deposit=0.25 1", "power.grid@north.contingency=0.1 1", "power.grid@@2027.price=700 USD_2026/kW",
        "power.grid@north@2028.demand_charge=90 USD_2026/kW/year", rate=0.1,
    ))
    price = 12 * 0.6 * 1.1  # half way between 500 and 700 USD/kW in the middle of 2026
    assert stage.money("capital") == pytest.approx(
        {("power", "grid", "north", "suppliers", 0): 0.25 * price, ("power", "grid", "north", "suppliers", 1): 0.75 * price}
    )
    left = (1 - 1.1**-38) / (1 - 1.1**-40)
    assert stage.money("residual") == pytest.approx({("power", "grid", "north", "suppliers", 2): price / 1.1 * left})
    assert stage.money("running", "power") == pytest.approx(
        {("power", "grid", "north", "suppliers", 1): 12 * 0.01, ("power", "grid", "north", "suppliers", 2): 12 * (0.01 + 0.09)}
    )


def test_orders_wait_for_the_queue_and_end_with_the_horizon(tmp_path: Path) -> None:
    stage = staged(tmp_path, "power.gas_engine@south@2028.most=0 MW")
    # The grid comes to the south in 2028; engines may serve there in 2027 alone. All take a year.
    assert stage.keys("ordered_whole") == [
        ("gas_engine", "north", 0), ("gas_engine", "north", 1), ("gas_engine", "south", 0), ("grid", "north", 0), ("grid", "north", 1),
        ("grid", "south", 1),
    ]


def test_small_units_may_be_split(tmp_path: Path) -> None:
    stage = staged(tmp_path, whole_units_from="2 MW")
    assert {key[0] for key in stage.keys("ordered_whole")} == {"gas_engine"}
    assert {key[0] for key in stage.keys("ordered_split")} == {"grid"}
    whole, split = (stage.block.variables[name].data for name in ("ordered_whole", "ordered_split"))
    assert all(variable.is_integer() for variable in whole.values())
    assert all(variable.is_continuous() for variable in split.values())
    assert stage.block.expressions["ordered"].data.keys() == whole.keys() | split.keys()


def test_engines_burn_their_fuel(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("ordered_whole", {(*ENGINE, 0): 3})
    serve(stage, ENGINE, [0, 15, 15], [0, MEAN, MEAN])
    assert stage.broken() == set()  # 15 x 0.8 is just the peak of 12
    assert stage.money("capital") == pytest.approx({("power", "gas_engine", "north", "suppliers", 1): 15})
    assert stage.money("running", "power") == pytest.approx({("power", "gas_engine", "north", "suppliers", n): 15 * 0.02 for n in (1, 2)})
    running = {("energy", "gas_engine", "north", "suppliers", n): 10 * MEAN * YEARLY for n in (1, 2)}
    fuel = {("energy", "gas_engine", "north", "fuel suppliers", n): 8 * 4 * MEAN * YEARLY for n in (1, 2)}
    assert stage.money("running", "energy") == pytest.approx(running | fuel)
    # 8 MMBtu at 50 kg make 400 kg a MWh.
    assert stage.amounts("emissions") == pytest.approx({("operational", "north", n): 77_088 * 400 / 1e6 for n in (1, 2)})


def test_capacity_is_what_was_ordered_until_its_life_ends(tmp_path: Path) -> None:
    stage = staged(tmp_path, "power.gas_engine.life=1 year", load=0)
    stage.put("ordered_whole", {(*ENGINE, 0): 3})
    serve(stage, ENGINE, [0, 15, 0], [])
    assert stage.broken() == set()
    assert stage.money("residual") == {}
    serve(stage, ENGINE, [0, 15, 15], [])
    assert stage.broken() == {("capacity_follows_orders", (*ENGINE, 2))}


def test_the_peak_is_covered_by_what_is_firm(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path))
    stage.put("ordered_whole", {(*GRID, 0): 11})
    serve(stage, GRID, [0, 11, 11], [0, MEAN, MEAN])
    stage.follow("contracted", GRID, [0, 11, 11])
    assert stage.broken() == {("supply_covers_peak", ("north", 1)), ("supply_covers_peak", ("north", 2))}


def test_no_energy_is_unserved_and_none_is_thrown_away(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path))
    serve(stage, GRID, [0, 12, 12], [0, MEAN - 0.1, MEAN + 0.1])
    assert stage.broken("energy_is_balanced") == {("energy_is_balanced", ("north", 1, "year")), ("energy_is_balanced", ("north", 2, "year"))}


def test_output_is_within_availability(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path, "power.grid@north.availability=0.75 1"))
    assert stage.broken() == set()  # 12 x 0.75 = 9
    serve(stage, GRID, [0, 11, 12], [0, MEAN, MEAN])
    assert stage.broken("output_within_capacity") == {("output_within_capacity", (*GRID, 1, "year"))}  # 8.25


def test_capacity_is_within_the_offer_of_an_open_site(tmp_path: Path) -> None:
    """Twelve of the 11 MW on offer from 2027 on; the 24 MW of 2026, which they are within, are no more on offer where the site is shut."""
    stage = on_the_grid(staged(tmp_path, "power.grid@north@2027.most=11 MW"))
    assert stage.broken() == {("capacity_within_offer", (*GRID, 1)), ("capacity_within_offer", (*GRID, 2))}
    stage.faked["opened", ("north", 1)].set_value(0)
    within_offer = {("capacity_within_offer", (*GRID, 1)), ("capacity_within_offer", (*GRID, 2))}
    assert stage.broken() == within_offer | {("capacity_within_larger_offer", (*GRID, 1, 24.0))}


def test_the_bill_is_never_below_what_is_used_nor_below_the_minimum_take(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path, "power.grid.minimum_take=0.8 1"))
    used, least = 50 * MEAN * YEARLY, 0.8 * 50 * 12 * YEARLY  # 3.8544 for 8.8 MW, 4.2048 for 80 % of 12 MW
    stage.follow("bill", GRID, [0, used, least])
    assert stage.broken() == {("bill_pays_minimum_take", (*GRID, 1))}
    stage.follow("bill", GRID, [0, least, 3.8])
    assert stage.broken() == {("bill_pays_minimum_take", (*GRID, 2)), ("bill_pays_energy", (*GRID, 2))}


def test_the_minimum_take_ends_with_the_contract(tmp_path: Path) -> None:
    stage = on_the_grid(staged(tmp_path, "power.grid.minimum_take=0.8 1", "power.grid@north.contract_term=1 year"))
    stage.follow("contracted", GRID, [0, 12, 0])
    stage.follow("bill", GRID, [0, 0.8 * 50 * 12 * YEARLY, 50 * MEAN * YEARLY])
    assert stage.broken() == set()
    stage.follow("contracted", GRID, [0, 12, 12])
    assert stage.broken("contract_follows_orders") == {("contract_follows_orders", (*GRID, 2))}


def test_a_quarter_costs_a_quarter(tmp_path: Path) -> None:
    stage = staged(tmp_path, step="quarter", end="2027-Q4")
    stage.put("ordered_whole", {(*GRID, 0): 12})
    serve(stage, GRID, [0] * 4 + [12] * 4, [0] * 4 + [MEAN] * 4)
    stage.follow("bill", GRID, [0] * 4 + [3.8544 / 4] * 4)
    assert stage.broken("bill_pays_energy", "capacity_follows_orders") == set()
    assert stage.money("running", "power") == pytest.approx({("power", "grid", "north", "suppliers", n): 0.03 for n in range(4, 8)})
    stage.follow("bill", GRID, [0] * 4 + [0.96] * 4)
    assert len(stage.broken("bill_pays_energy")) == 4


def test_what_stands_already_has_no_price_and_no_minimum_take(tmp_path: Path) -> None:
    changes = ("existing.grid@north@2020.capacity=30 MW", "existing.gas_engine@north@2007.count=1 1", "power.grid.minimum_take=0.8 1")
    stage = staged(tmp_path, *changes)
    serve(stage, GRID, [30, 30, 30], [0, MEAN, MEAN])  # more than the 24 MW that are offered
    serve(stage, ENGINE, [5, 0, 0], [])  # one unit of 5 MW, twenty years old at the start of 2027
    stage.follow("bill", GRID, [0, 50 * MEAN * YEARLY, 50 * MEAN * YEARLY])
    assert stage.broken() == set()
    assert stage.money("capital") == stage.money("residual") == {}
    serve(stage, GRID, [30, 30, 31], [0, MEAN, MEAN])
    assert stage.broken("capacity_within_offer") == {("capacity_within_offer", (*GRID, 2))}
