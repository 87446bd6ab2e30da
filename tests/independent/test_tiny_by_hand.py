"""models/tiny.toml by hand: every sensible plan is priced with the arithmetic written out, and the cheapest must be what is found.

The question: at least 10 MW IT throughout 2028, years 2026, 2027, 2028, no discounting, so that a plan costs what is paid less
what is left at the end of 2028. One hall has exactly 10 MW and halls are whole. The numbers are those of inputs/tiny.

Why the plans below are all that matter:
- Ten megawatts in one hall are enough; a second hall or a megawatt more only adds cost (test_two_sites_cost_more).
- Opening, hall, racks and power are priced apart and added: none changes the price of another once the site is chosen.
- Supplies: units beyond the peak are for energy alone. A MW of grid more in the south saves at most 2 USD on 8,760 MWh (0.0175) and
  costs 0.0225 a year; an engine more in the north is among the plans (three and four engines).
- Racks cost the same each, so a mixture of kinds or years is never cheaper than the cheapest kind and year alone.
- What enters service in year x stands for 2029 - x years at the end. Chains: hall 12 months, racks 6, supplies 12: one year each,
  so what is started or ordered in 2026 serves from 2027, in 2027 from 2028, and 2028 is too late.
"""
from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import solve_model

from .planner import solve

MODEL = Path(__file__).parent.parent.parent / "models" / "tiny.toml"
OPENING = {"north": 10.0, "south": 20.0}  # MUSD
INDEX = {"north": 1.0, "south": 1.2}
PEAK = {"north": 10 * 1.2, "south": 10 * 1.4}  # MW at the meter at the worst hour
MEAN = {"north": 10 * 0.8 * 1.1, "south": 10 * 0.8 * 1.2}  # MW at the meter over the year: 8.8 and 9.6
GRID_PRICE = {"north": 50.0, "south": 40.0}  # USD/MWh
GRID_FROM = {"north": 2027, "south": 2028}
ENGINE_ENERGY = 10 + 8 * 4  # USD/MWh: 10 to run, 8 MMBtu of gas at 4 USD


class Plan(NamedTuple):
    site: str
    hall_from: int
    racks: str
    racks_from: int
    engines: int
    power_from: int


def hall(site: str, service: int) -> float:
    """100 MUSD x index, of 20 years of life; 1.0 of upkeep, 0.2 % insurance and 1 % tax of what was paid, each year."""
    paid, years = 10 * 10 * INDEX[site], 2029 - service
    left = paid * (1 - years / 20)
    return paid - left + years * (10 * 0.1 + paid * (0.002 + 0.01))


def racks(kind: str, service: int) -> float:
    """Ordered in the year before, at the middle of that year; upkeep at 2 % of the price of the day, without the network.

    old_rack: 80 of 0.125 MW. 2 MUSD is a year before the row of 2027, so at the start of 2026, and 1.6 at the start of 2027:
    half way down in the middle of 2026, 1.8, and 1.6 from then on. new_rack: 40 of 0.25 MW at 6, from 2027.
    """
    count, price, later_price, network = {
        ("old_rack", 2027): (80, 1.8, 1.6, 0.5), ("old_rack", 2028): (80, 1.6, 1.6, 0.5),
        ("new_rack", 2027): (40, 6.0, 6.0, 1.5), ("new_rack", 2028): (40, 6.0, 6.0, 1.5),
    }[kind, service]
    years = 2029 - service
    resale = {1: 0.7, 2: (0.7 + 0.3) / 2}[years]  # 0.7 after one year, 0.3 after three, straight between
    paid = count * (price + network)
    left = paid * min(resale, 1 - years / 5)  # never more than the annuity, which is straight at no interest
    return paid - left + years * 0.02 * later_price * count


def power(site: str, engines: int, service: int) -> float:
    """Engines of 5 MW (4 firm), the rest of the peak from the grid by whole MW; energy of 2028 from the cheaper of the two first."""
    grid = max(0, math.ceil(round(PEAK[site] - 4 * engines, 9)))
    if grid and service < GRID_FROM[site]:
        return math.inf
    years = 2029 - service
    grid_fixed = grid * 0.5 * years / 40 + grid * 0.01 * years  # MUSD 0.5 a MW over 40 years, 10 USD/kW a year
    engines_fixed = 5 * engines * (1.0 * years / 20 + 0.02 * years)  # MUSD 1 a MW over 20 years, 20 USD/kW a year
    on_engines = min(MEAN[site], 5 * engines) if GRID_PRICE[site] > ENGINE_ENERGY else MEAN[site] - min(MEAN[site], grid)
    energy = 8760 * (on_engines * ENGINE_ENERGY + (MEAN[site] - on_engines) * GRID_PRICE[site]) / 1e6
    return grid_fixed + engines_fixed + energy


def cost(plan: Plan) -> float:
    return (OPENING[plan.site] + hall(plan.site, plan.hall_from) + racks(plan.racks, plan.racks_from)
            + power(plan.site, plan.engines, plan.power_from))


ALTERNATIVES = [Plan(*choice) for choice in product(OPENING, (2027, 2028), ("old_rack", "new_rack"), (2027, 2028), range(5), (2027, 2028))]
BEST = min(ALTERNATIVES, key=cost)


def test_the_pieces_by_hand() -> None:
    assert hall("north", 2028) == pytest.approx(100 - 95 + 1.0 + 0.2 + 1.0)  # 7.2
    assert hall("north", 2027) == pytest.approx(100 - 90 + 2 * 2.2)  # a year longer: 14.4
    assert hall("south", 2028) == pytest.approx(120 - 114 + 1.0 + 0.24 + 1.2)  # 8.44
    assert racks("old_rack", 2028) == pytest.approx(168 - 0.7 * 168 + 80 * 0.032)  # 52.96
    assert racks("old_rack", 2027) == pytest.approx(184 - 0.5 * 184 + 2 * 80 * 0.032)  # 97.12
    assert racks("new_rack", 2028) == pytest.approx(300 - 0.7 * 300 + 40 * 0.12)  # 94.8
    # All grid: 12 MW. 6 - 5.85 + 0.12 + 77,088 MWh at 50.
    assert power("north", 0, 2028) == pytest.approx(0.15 + 0.12 + 3.8544)
    # One engine: 5 MW of it always on, 3.8 MW from the 8 MW of grid.
    assert power("north", 1, 2028) == pytest.approx(0.25 + 0.1 + 0.1 + 0.08 + 43_800 * 42e-6 + 33_288 * 50e-6)
    # Two engines carry all the energy; their second saves 8 USD on 33,288 MWh (0.2663) and 4 MW of grid (0.09) for 0.35: just worth it.
    assert power("north", 2, 2028) == pytest.approx(0.5 + 0.2 + 0.05 + 0.04 + 77_088 * 42e-6)
    # Three engines are for the peak alone: the third saves 0.09 of grid and costs 0.35.
    assert power("north", 3, 2028) == pytest.approx(0.75 + 0.3 + 77_088 * 42e-6)
    # South: 14 MW of grid at 40 USD, cheaper than engines at 42, so none.
    assert power("south", 0, 2028) == pytest.approx(0.175 + 0.14 + 84_096 * 40e-6)


def test_the_best_plan_by_hand() -> None:
    assert Plan("north", 2028, "old_rack", 2028, 2, 2028) == BEST
    assert cost(BEST) == pytest.approx(10 + 7.2 + 52.96 + 4.027696)  # 74.187696 MUSD
    assert min(cost(plan) for plan in ALTERNATIVES if plan.site == "south") > 20 + 8.44 + 52.96 + 3  # dearer by its opening alone
    next_best = min((plan for plan in ALTERNATIVES if plan != BEST), key=cost)
    assert next_best == BEST._replace(engines=1)  # the second engine is worth 0.266304 + 0.09 - 0.35 = 0.006304 MUSD
    assert cost(next_best) - cost(BEST) == pytest.approx(0.006304, abs=1e-9)


def test_two_sites_cost_more() -> None:
    """Both openings, both halls and the same racks, with power and energy given away, already cost more than the best plan."""
    assert 10 + 20 + hall("north", 2028) + hall("south", 2028) + racks("old_rack", 2028) > cost(BEST) + 20


def test_independent_planner_finds_the_plan_made_by_hand() -> None:
    result = solve(MODEL)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(cost(BEST), rel=1e-9)
    levels = result.levels
    assert {site for site, _ in levels["opening"]} == {"north"}  # 2026 or 2027: it costs the same
    assert levels["halls"] == pytest.approx({("north", "hall", 1): 1})  # started in 2027
    assert levels["bought"] == pytest.approx({("north", "old_rack", 1): 80})
    assert levels["ordered"] == pytest.approx({("north", "gas_engine", 1): 2, ("north", "grid", 1): 4})  # units of 5 and 1 MW
    assert levels["output"] == pytest.approx({("north", "gas_engine", 2): 8.8})
    assert levels["it_peak"] == pytest.approx({("north", 2): 10})


def test_gwplan_finds_the_plan_made_by_hand() -> None:
    result = solve_model(MODEL)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(cost(BEST), rel=1e-6)

    def built(family: str) -> dict[tuple[object, ...], float]:
        return {key: value for (name, key), value in result.levels.items() if name == family and value}

    assert {site for site, _ in built("sites.opening")} == {"north"}
    assert built("halls.started") == pytest.approx({("north", "hall", 1): 1})
    assert built("accelerators.bought") == pytest.approx({("old_rack", "north", 1): 80})
    assert built("power.ordered_whole") == pytest.approx({("gas_engine", "north", 1): 2, ("grid", "north", 1): 4})
    assert built("power.output") == pytest.approx({("gas_engine", "north", 2, "year"): 8.8})
