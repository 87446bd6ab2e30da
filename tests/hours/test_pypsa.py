"""Sizing and dispatch of small systems stated in PyPSA, where it is installed: the same cost.

    pip install pypsa==1.4.0, into an environment of its own beside gwplan's packages, for it brings many of its own
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from math import pi, sin, sqrt
from typing import Any

import numpy as np
import pytest

from tests.hours.small import BATTERY, GRID, LIFE, SUN, Hours, system

pytest.importorskip("pypsa", reason="PyPSA brings many packages, and is no dependency of the tests")

LOAD, HEAT_RATE, DURATION, EFFICIENCY = 10.0, 9.0, 4.0, 0.86


def drawn(seed: int, steps: int) -> dict[str, Any]:
    """Prices in MUSD/MW, USD/kWh, USD/MWh and USD/MMBtu; most in MW; series by step, and hours of each."""
    draw = random.Random(seed)
    return {
        "hours": [draw.choice([1.0, 2.0, 3.0]) if seed else 1.0 for _ in range(steps)], "price": [draw.uniform(0.3, 2) for _ in range(steps)],
        "solar": [max(0.0, sin((step % 24 - 6) / 12 * pi)) * draw.uniform(0.5, 1) for step in range(steps)],
        "wind": [draw.random() for _ in range(steps)], "energy": draw.uniform(40, 90), "fuel": draw.uniform(3, 9), "kwh": draw.uniform(20, 150),
        "built": {"grid": (draw.uniform(0.1, 0.5), 6), "engine": (draw.uniform(0.3, 1), 20), "solar": (draw.uniform(0.3, 0.8), 60),
                  "wind": (draw.uniform(0.8, 1.5), 30), "battery": (draw.uniform(0.1, 0.3), 20)}}


@contextmanager
def silent() -> Iterator[None]:
    """Without what PyPSA logs."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


def by_pypsa(given: dict[str, Any]) -> float:
    """MUSD of the year: a tenth of each price, and running."""
    import pypsa

    network, hours = pypsa.Network(), np.array(given["hours"])
    network.set_snapshots(range(len(hours)))
    network.snapshot_weightings["objective"] = hours / hours.sum() * 8760
    network.snapshot_weightings["stores"] = hours
    network.add("Bus", "place")
    network.add("Load", "campus", bus="place", p_set=LOAD)

    def sized(name: str, more: float = 0.0) -> dict[str, Any]:
        price, most = given["built"][name]
        return {"bus": "place", "p_nom_extendable": True, "p_nom_max": most, "capital_cost": (price + more) * 1e6 / LIFE}

    network.add("Generator", "grid", **sized("grid"), marginal_cost=np.array(given["price"]) * given["energy"])
    network.add("Generator", "engine", **sized("engine"), marginal_cost=HEAT_RATE * given["fuel"], p_max_pu=0.95)
    for name in ("solar", "wind"):
        network.add("Generator", name, **sized(name), p_max_pu=np.array(given[name]))
    network.add("StorageUnit", "battery", **sized("battery", DURATION * given["kwh"] / 1e3), max_hours=DURATION, cyclic_state_of_charge=True,
                efficiency_store=sqrt(EFFICIENCY), efficiency_dispatch=sqrt(EFFICIENCY))
    network.optimize(solver_name="highs", include_objective_constant=False)
    return float(network.objective) / 1e6


@pytest.mark.filterwarnings("ignore")  # of PyPSA's own, about packages that it uses
@pytest.mark.parametrize(("seed", "steps"), [(0, 24), (1, 48), (2, 96)])
def test_a_system_costs_what_it_costs_in_pypsa(seed: int, steps: int) -> None:
    given = drawn(seed, steps)
    with silent():
        expected = by_pypsa(given)
    price = {name: {"price": f"{price!r} MUSD_2026/MW", "most": f"{most} MW"} for name, (price, most) in given["built"].items()}
    engine = {name: text for name, text in GRID.items() if name != "energy_price"}
    found = system({
        "grid": GRID | price["grid"] | {"energy_price": f"{given['energy']!r} USD_2026/MWh"},
        "engine": engine | price["engine"] | {"fuel": "gas", "heat_rate": f"{HEAT_RATE} MMBtu/MWh", "availability": "0.95 1"},
        "gas": {"fuel_price": f"{given['fuel']!r} USD_2026/MMBtu"},
        "sun": SUN | price["solar"], "wind": SUN | price["wind"] | {"fuel": "wind"},
        "battery": BATTERY | price["battery"] | {"storage_price": f"{given['kwh']!r} USD_2026/kWh", "duration": f"{DURATION} hour",
                                                 "efficiency": f"{EFFICIENCY} 1"},
    }, f"{LOAD} MW", Hours({name: given[name] for name in ("solar", "wind", "price")}, hours=given["hours"]))
    assert found.cost == pytest.approx(expected, rel=1e-6)
