"""Random systems by the hour cost what an independent statement of them costs."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from tests.hours.independent import LIFE, Store, System, least_cost
from tests.hours.small import BATTERY, GRID, LOST, SUN, Hours, Rows
from tests.hours.small import system as planned

RANGES: Mapping[str, tuple[float, float]] = {
    "sun_price": (0.3, 1.2), "sun_most": (20, 60), "sun_running": (0, 2),
    "wind_price": (0.8, 2), "wind_most": (5, 40), "wind_running": (0, 5), "wind_factor": (0.25, 0.5),
    "ppa_price": (0, 0), "ppa_most": (5, 20), "ppa_energy": (10, 60), "ppa_factor": (0.3, 0.6),
    "plant_price": (0.3, 1.5), "plant_most": (3, 12), "plant_running": (40, 120), "plant_firm": (0.8, 1), "plant_availability": (0.85, 1),
    "plant_minimum": (0.1, 0.6), "plant_ramp": (0.01, 0.2), "derate": (0, 0.02), "derate_from": (10, 25),
    "grid_price": (0.05, 0.6), "grid_most": (4, 15), "grid_firm": (0.5, 1), "grid_availability": (0.9, 1), "grid_energy": (30, 90),
    "grid_export": (5, 29), "grid_take": (0, 0.5), "grid_term": (1, 2), "grid_upkeep": (0, 0.02), "grid_monthly": (0.001, 0.02),
    "grid_ratchet": (0.5, 0.9), "grid_before": (0, 8), "grid_tier_from": (2, 6), "grid_tier": (0.001, 0.02),
    "grid_coincident": (0.01, 0.15),
    "lost_load_price": (150, 800), "curtailable": (0.2, 0.8), "curtailable_hours": (100, 900),
    "firm_hours": (0.5, 4),
}


def drawn(draw: random.Random) -> System:
    """A system of two years: typical days of slices of different length in some order, or one stretch of the year in order."""
    typical = draw.randint(2, 3)
    hours = [length for _ in range(typical) for length in draw.choice([(6, 6, 12), (4, 8, 8, 4), (9, 6, 6, 3)])]
    begun, day = 0.0, []
    for length in hours:
        day.append(int(begun // 24))
        begun += length
    in_order = draw.random() < 0.3
    days = [0] if in_order else [*range(typical), *(draw.randrange(typical) for _ in range(draw.randint(0, 3)))]
    draw.shuffle(days)
    count = len(hours)
    shape, price = ([draw.uniform(0.3, 1.5) for _ in range(count)] for _ in range(2))
    months = [tuple(sorted(draw.sample(range(12), draw.randint(1, 12)))) for _ in range(count)]
    system = System(
        [draw.uniform(8, 12), draw.uniform(4, 14)], draw.uniform(0.5, 0.65), shape, hours, [0] * count if in_order else day, days, months,
        in_order or draw.random() < 0.8, *([draw.choice([0.0, draw.random()]) for _ in range(count)], [draw.random() for _ in range(count)]),
        [draw.uniform(-5, 40) for _ in range(count)], price, [draw.choice([0.0, 0.0, 0.5, 1.0]) for _ in range(count)],
        {name: draw.uniform(*limits) for name, limits in RANGES.items()}, {
            "battery": Store(draw.uniform(0.05, 0.3), draw.uniform(0.02, 0.2), draw.choice([2.0, 4.0, 8.0]), draw.uniform(0.7, 1),
                             draw.uniform(0.9, 1), draw.uniform(0, 0.9), draw.uniform(4, 20)),
            "reservoir": Store(draw.uniform(0.1, 0.8), draw.uniform(0.005, 0.08), None, draw.uniform(0.4, 0.8), draw.uniform(0.9, 1),
                               draw.uniform(0, 0.9), draw.uniform(4, 20))})
    system.numbers["grid_term"] = float(draw.randint(1, 2))  # type: ignore[index]
    mean = sum(share * each for share, each in zip(system.share, shape, strict=True))
    system.shape = [each / mean for each in shape]
    return system


def supplies_of(system: System) -> Rows:
    """The rows of the system as gwplan reads them."""
    n = system.numbers

    def musd(value: float, unit: str = "MW") -> str:
        return f"{value!r} MUSD_2026/{unit}"

    def energy(value: float) -> str:
        return f"{value!r} USD_2026/MWh"

    rows: Rows = {
        name: SUN | {"fuel": fuel, "price": musd(n[f"{name}_price"]), "most": f"{n[f'{name}_most']!r} MW",
                     "running_price": energy(n[f"{name}_running"])} for name, fuel in (("sun", "solar"), ("wind", "wind"))}
    rows["wind"]["capacity_factor"] = f"{n['wind_factor']!r} 1"
    rows["ppa"] = {"role": "contract", "fuel": "wind", "price": musd(0), "unit": "1 MW", "lead_months": "0 month",
                   "contract_term": f"{LIFE} year", "most": f"{n['ppa_most']!r} MW", "energy_price": energy(n["ppa_energy"]),
                   "capacity_factor": f"{n['ppa_factor']!r} 1", "profile": "other_wind"}
    rows["plant"] = GRID | {
        "fuel": "gas", "price": musd(n["plant_price"]), "most": f"{n['plant_most']!r} MW", "firm_credit": f"{n['plant_firm']!r} 1",
        "availability": f"{n['plant_availability']!r} 1", "minimum_load": f"{n['plant_minimum']!r} 1", "ramp": f"{n['plant_ramp']!r} 1/hour",
        "derate": f"{n['derate']!r} 1/K", "derate_from": f"{n['derate_from']!r} degC", "heat_rate": "10 MMBtu/MWh"}
    del rows["plant"]["energy_price"]
    rows["gas"] = {"fuel_price": f"{n['plant_running'] / 10!r} USD_2026/MMBtu"}
    rows["grid"] = GRID | {
        "price": musd(n["grid_price"]), "most": f"{n['grid_most']!r} MW", "firm_credit": f"{n['grid_firm']!r} 1",
        "availability": f"{n['grid_availability']!r} 1", "energy_price": energy(n["grid_energy"]), "export_price": energy(n["grid_export"]),
        "minimum_take": f"{n['grid_take']!r} 1", "contract_term": f"{n['grid_term']} year", "demand_charge": musd(n["grid_upkeep"], "MW/year"),
        "monthly_charge": musd(n["grid_monthly"], "MW/month"), "ratchet": f"{n['grid_ratchet']!r} 1",
        "highest_before": f"{n['grid_before']!r} MW", "tier_from": f"{n['grid_tier_from']!r} MW",
        "tier_charge": musd(n["grid_tier"], "MW/month"), "coincident_charge": musd(n["grid_coincident"], "MW/year")}
    rows["unserved_energy"] = LOST | {"lost_load_price": energy(n["lost_load_price"]), "curtailable": f"{n['curtailable']!r} 1",
                                      "curtailable_hours": f"{n['curtailable_hours']!r} hour/year"}
    for name, store in system.stores.items():
        rows[name] = BATTERY | {"price": musd(store.price), "storage_price": f"{store.energy_price * 1e3!r} USD_2026/kWh",
                                "efficiency": f"{store.efficiency!r} 1", "availability": f"{store.availability!r} 1",
                                "firm_credit": f"{store.firm!r} 1", "firm_hours": f"{n['firm_hours']!r} hour", "most": f"{store.most!r} MW"}
        if store.duration is not None:
            rows[name]["duration"] = f"{store.duration!r} hour"
    return rows


def hours_of(system: System) -> Hours:
    """The slices of the system as gwplan reads them."""
    series = {"solar": system.sun, "wind": system.wind, "other_wind": system.wind, "temperature": system.heat, "price": system.price,
              "coincident": system.coincident, "_load": system.shape}
    return Hours(series, system.hours, system.day, system.months, tuple(system.days), system.share)


@pytest.mark.parametrize("seed", range(10))
def test_a_random_system_costs_the_same(seed: int) -> None:
    """Sun, wind, a contract, a plant, two kinds of storage, a grid with each kind of charge, load not served: both statements agree."""
    system = drawn(random.Random(seed))
    demand = {f"power@{2026 + year}": f"{load!r} MW" for year, load in enumerate(system.load)}
    demand |= {"mean_share": f"{system.mean_share!r} 1", "shape": "load"}
    found = planned(supplies_of(system), demand, hours_of(system), end=2027, linked=system.linked)
    expected = least_cost(system)
    assert expected > 0
    assert found.cost == pytest.approx(expected, rel=1e-6)
