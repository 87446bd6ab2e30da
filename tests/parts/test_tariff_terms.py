"""Terms of a large-load tariff, by hand: the ramp of a minimum take, collateral posted and returned, a fee for leaving early."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from tests.exploits.taken import overlay, solved, tiny_folder
from tests.parts.test_power import ENGINE, GRID, YEARLY, on_the_grid, staged

WHOM = ("collateral", "grid", "north", "utilities")
LONG = {"end": "2031-Q4", "rate": 0.1}


def test_the_minimum_rises_year_by_year(tmp_path: Path) -> None:
    """Four years from 0.5 on: 12 MW count as 6, 7.5, 9, 10.5 and 12 MW; half of them is paid at 50 USD/MWh though nothing is taken."""
    stage = staged(tmp_path, "power.grid.ramp_years=4 year", "power.grid.ramp_from=0.5 1", "power.grid.minimum_take=0.5 1", load=0,
                   end="2032-Q4")
    stage.put("ordered_whole", {(*GRID, 0): 12})
    counted = [0, 6, 7.5, 9, 10.5, 12, 12]
    stage.follow("contracted", GRID, counted)
    stage.follow("bill", GRID, [0.5 * each * 50 * YEARLY for each in counted])
    rules = ("contract_follows_orders", "bill_pays_minimum_take")
    assert stage.broken(*rules) == set()
    stage.follow("contracted", GRID, [0, 6, 7.5, 9, 10.4, 11.9, 11.9])
    assert stage.broken(*rules) == {("contract_follows_orders", (*GRID, 4))}


def test_a_ramp_ends_with_its_term_and_counts_each_order_from_its_own_service(tmp_path: Path) -> None:
    """Two years of ramp from nothing: 0, a half, all, and after a term of three years nothing again; quarters of a year are one step."""
    stage = staged(tmp_path, "power.grid.ramp_years=2 year", "power.grid.contract_term=3 year", "power.grid.minimum_take=0.5 1", load=0,
                   end="2031-Q4")
    stage.put("ordered_whole", {(*GRID, 0): 8, (*GRID, 1): 4})
    stage.follow("contracted", GRID, [0, 0, 4, 8 + 2, 4, 0])
    assert stage.broken("contract_follows_orders") == set()


def test_what_is_used_is_paid_on_the_ramp_too(tmp_path: Path) -> None:
    """A ramp that asks for nothing leaves the bill of what is used as it is."""
    stage = on_the_grid(staged(tmp_path, "power.grid.ramp_years=10 year", "power.grid.minimum_take=1 1"))
    stage.follow("bill", GRID, [0, 3.8, 3.8544])
    assert stage.broken("bill_pays_energy") == {("bill_pays_energy", (*GRID, 1))}


def test_collateral_comes_back_at_the_end_of_the_term(tmp_path: Path) -> None:
    """0.4 MUSD for each of 12 MW in 2026, and the same sum in 2029, when a term of two years is over."""
    stage = on_the_grid(staged(tmp_path, "power.grid.collateral=400 USD_2026/kW", "power.grid.contract_term=2 year", **LONG))
    assert stage.money("capital", "collateral") == pytest.approx({(*WHOM, 0): 4.8})
    assert stage.money("resale", "collateral") == pytest.approx({(*WHOM, 3): 4.8})
    assert stage.money("residual", "collateral") == {}


def test_collateral_after_the_end_is_worth_what_it_will_be_then(tmp_path: Path) -> None:
    """A term of ten years from 2027 on ends with 2036: in the middle of 2037 the sum comes back, 5.5 years after the horizon.

    With prices that rise by 3 % it is worth 1.03^-11 of what was posted in the middle of 2026.
    """
    rows = ("power.grid.collateral=400 USD_2026/kW", "power.grid@@2027.collateral=9 MUSD_2026/MW", "prices.prices.inflation=0.03 1/year")
    stage = on_the_grid(staged(tmp_path, *rows, **LONG))
    assert stage.money("capital", "collateral") == pytest.approx({(*WHOM, 0): 4.8})
    assert stage.money("resale", "collateral") == {}
    assert stage.money("residual", "collateral") == pytest.approx({(*WHOM, 5): 4.8 * 1.03**-11 * 1.1**-5.5})


def test_a_longer_term_is_never_cheaper(tmp_path: Path) -> None:
    """Exploit: collateral that comes back beyond the horizon is no gift at its end; each year more of the term costs more."""
    model = tiny_folder(tmp_path)
    model.write_text(model.read_text().replace("discount_rate = 0.0", "discount_rate = 0.1"))
    costs = []
    for years in (1, 2, 3, 10, 30):
        rows = overlay(tmp_path, "power,grid,,,collateral,0.02,MUSD_2026/MW", f"power,grid,,,contract_term,{years},year")
        costs.append(solved(model, overlays=[rows]).objective)
    plain = solved(model).objective
    assert plain is not None and None not in costs
    assert all(one < other for one, other in pairwise([plain, *costs])), costs  # type: ignore[operator]


def test_who_leaves_before_the_term_is_over_pays(tmp_path: Path) -> None:
    """Engines under a term of ten years that are gone in 2029 pay 0.1 MUSD for each of 15 MW, then; those whose life is long pay nothing."""
    rows = ("power.gas_engine.exit_fee=100 USD_2026/kW", "power.gas_engine.contract_term=10 year")
    stage = staged(tmp_path / "gone", *rows, "power.gas_engine@north.until=2029 date", **LONG)
    stage.put("ordered_whole", {(*ENGINE, 0): 3})
    fees = {key: amount for key, amount in stage.money("running", "power").items() if key[-1] >= 3}
    stage.follow("capacity", ENGINE, [0] * 6)
    assert fees == pytest.approx({("power", "gas_engine", "north", "suppliers", 3): 1.5})
    assert stage.money("commitment") == {}
    stays = staged(tmp_path / "stays", *rows, **LONG)
    stays.put("ordered_whole", {(*ENGINE, 0): 3})
    assert stays.money("running", "power") == {}
    assert stays.money("commitment") == {}


def test_a_date_of_leaving_after_the_horizon_does_not_spare_the_fee(tmp_path: Path) -> None:
    """Exploit: gone in 2034, two and a half years after the end of 2031 in the middle of that year, it owes the fee at its value then."""
    stage = staged(tmp_path, "power.gas_engine.exit_fee=100 USD_2026/kW", "power.gas_engine.contract_term=10 year",
                   "power.gas_engine@north.until=2034 date", **LONG)
    stage.put("ordered_whole", {(*ENGINE, 0): 3})
    assert stage.money("running", "power") == {}
    assert stage.money("commitment") == pytest.approx({("commitments", "gas_engine", "north", "suppliers", 5): 1.5 * 1.1**-2.5})


def test_a_life_that_ends_within_a_period_returns_collateral_in_parts(tmp_path: Path) -> None:
    """Two and a half years from 2027 on: half of the sum comes back in 2029, half in 2030."""
    stage = on_the_grid(staged(tmp_path, "power.grid.collateral=400 USD_2026/kW", "power.grid.contract_term=2.5 year", **LONG))
    assert stage.money("resale", "collateral") == pytest.approx({(*WHOM, 3): 2.4, (*WHOM, 4): 2.4})


def test_a_fee_for_leaving_needs_a_term(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="exit_fee needs contract_term"):
        staged(tmp_path, "power.gas_engine.exit_fee=100 USD_2026/kW")
