"""The published ladder of off-grid power in West Texas: turbines alone, 44 % and 90 % sun, as 100 MW would pay for it over twenty years.

Dispatch is gwplan's, over all hours of a year; the finance is the published model's own, and is checked against its figures first.
"""

from __future__ import annotations

import json
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gwplan.analysis.dispatch.program import run_year
from gwplan.analysis.dispatch.site_year import Floats, Plant, SiteYear, Store
from gwplan.inputs.profiles import read_profiles
from gwplan.solving.options import Options

HERE = Path(__file__).parent
CASE: dict[str, Any] = json.loads((HERE / "offgrid_ladder.json").read_text(encoding="utf-8"))
FINANCE, LADDER = CASE["inputs"]["finance"], CASE["ladder"]
YEARS, HOURS = range(1, 21), 8760
LOAD = 100.0


def worth(yearly: float, growth: float = 0.0) -> float:
    """Present value at the start of construction, two years before operation, of a sum paid in each of twenty years."""
    return float(sum(yearly * (1 + growth) ** (year - 1) * (1 + FINANCE["cost_of_equity"]) ** -(year + 2) for year in YEARS))


def price(hard: float, creditable: float, fixed: float, burnt: tuple[float, float, float], energy: float) -> dict[str, float]:
    """USD/MWh at which equity earns its return, and the parts. creditable: hard cost that earns the tax credit; burnt: MMBtu, and MWh of
    engines and of turbines; energy: MWh served, all in a year."""
    soft, tax, equity = 1 + FINANCE["capex"]["soft_share"], FINANCE["tax"], FINANCE["cost_of_equity"]
    capex, om = hard * soft, FINANCE["om"]
    credit = FINANCE["itc"] * creditable * soft
    debt, rate = FINANCE["leverage"] * capex, FINANCE["cost_of_debt"]
    service, owed, interest = debt * rate / (1 - (1 + rate) ** -FINANCE["debt_years"]), debt, 0.0
    for year in YEARS:
        interest += owed * rate * (1 + equity) ** -(year + 2)
        owed -= service - owed * rate
    basis = capex - credit / 2
    written_off = sum(share * basis * (1 + equity) ** -(year + 2) for year, share in enumerate(FINANCE["depreciation"], 1))
    paid_in = (capex - debt) / 2 * ((1 + equity) ** -1 + (1 + equity) ** -2)
    growth = FINANCE["om_escalator"]
    found = {"fuel_npv": worth(burnt[0] * FINANCE["fuel_usd_per_mmbtu"], FINANCE["fuel_escalator"]), "fixed_om_npv": worth(fixed, growth),
             "variable_om_npv": worth(1e3 * (burnt[1] * om["engine_usd_per_kwh"] + burnt[2] * om["turbine_usd_per_kwh"]), growth),
             "debt_service_npv": worth(service), "equity_capex_npv": paid_in, "depreciation_npv": written_off, "interest_npv": interest}
    after_tax = (1 - tax) * (found["fuel_npv"] + found["fixed_om_npv"] + found["variable_om_npv"])
    needed = found["debt_service_npv"] + paid_in - tax * (written_off + interest) + after_tax - credit * (1 + equity) ** -3
    return {**found, "total_capex": capex, "lcoe_usd_per_mwh": needed / ((1 - tax) * worth(energy))}


def cost_of(design: dict[str, Any]) -> tuple[float, float, float]:
    """Hard cost, the part of it that earns the tax credit, and fixed cost a year, in USD."""
    capex, om = FINANCE["capex"], FINANCE["om"]
    solar, battery_mw, battery_mwh, engine, turbine = (float(design[f"{name}"]) for name in
                                                       ("solar_mw", "battery_mw", "battery_mwh", "engine_mw", "turbine_mw"))
    creditable = solar * 1e6 * capex["solar_usd_per_w"] + battery_mwh * 1e3 * capex["battery_usd_per_kwh"]
    hard = creditable + 1e3 * (engine * capex["engine_usd_per_kw"] + turbine * capex["turbine_usd_per_kw"]
                               + LOAD * capex["system_integration_usd_per_kw_load"])
    fixed = 1e3 * (solar * om["solar_usd_per_kw"] + battery_mw * om["battery_usd_per_kw"] + engine * om["engine_usd_per_kw"]
                   + turbine * om["turbine_usd_per_kw"] + LOAD * om["bos_usd_per_kw_load"]) + om["soft_share_of_hard_capex"] * hard
    return hard, creditable, fixed


def test_the_finance_is_that_of_the_published_model() -> None:
    """Gas engines alone: every part of the published model's own run, and its price."""
    wanted, engine = CASE["expected"], CASE["inputs"]["system"]["gas_mw"]
    hard, creditable, fixed = cost_of({**dict.fromkeys(("solar_mw", "battery_mw", "battery_mwh", "turbine_mw"), 0), "engine_mw": engine})
    energy = LOAD * HOURS
    found = price(hard, creditable, fixed, (energy * FINANCE["heat_rate_engine_btu_per_kwh"] / 1e3, energy, 0.0), energy)
    assert hard == pytest.approx(wanted["hard_capex"])
    for name, value in found.items():
        assert value == pytest.approx(abs(wanted[name]), rel=1e-6), name


def sun() -> Floats:
    """Output per MW of panels: the series of Abilene, brought to the published capacity factor."""
    profiles = read_profiles(HERE.parents[1] / "inputs" / "one_gigawatt", ["abilene_tx"], [], [])
    series = profiles.series["abilene_tx", "solar"]
    return series * LADDER["solar_capacity_factor_dc"] / series.mean()


def dispatched(design: dict[str, Any]) -> tuple[float, float]:
    """MWh of engines and of turbines in a year, with the fuel as the only running cost."""
    capacity = {name: float(design[f"{name}_mw"]) for name in ("solar", "engine", "turbine")}
    plants = [Plant("sun", "variable", capacity["solar"], capacity["solar"] * sun(), 0.0)] if capacity["solar"] else []
    plants += [Plant(name, "prime", capacity[name], np.full(HOURS, capacity[name]), 50.0) for name in ("engine", "turbine")
               if capacity[name]]
    stores = [Store("battery", float(design["battery_mw"]), float(design["battery_mwh"]), sqrt(LADDER["battery_efficiency"]))]
    year = SiteYear("place", 0, np.full(HOURS, LOAD), plants, stores if design["battery_mwh"] else [], None)
    found = run_year(year, Options())
    assert found.unserved.max() == pytest.approx(0, abs=1e-6)
    engine, turbine = (float(found.output[name].sum()) if name in found.output else 0.0 for name in ("engine", "turbine"))
    return engine, turbine


@pytest.mark.parametrize("design", LADDER["designs"], ids=[each["name"] for each in LADDER["designs"]])
def test_the_ladder_is_reproduced_within_five_percent(design: dict[str, Any]) -> None:
    """The published price, from public inputs; and the share of sun that it is called after, within three points."""
    engine, turbine = dispatched(design)
    hard, creditable, fixed = cost_of(design)
    heat = engine * LADDER["heat_rate_engine_mmbtu_per_mwh"] + turbine * LADDER["heat_rate_turbine_mmbtu_per_mwh"]
    found = price(hard, creditable, fixed, (heat, engine, turbine), LOAD * HOURS)
    assert found["lcoe_usd_per_mwh"] == pytest.approx(design["published"], rel=0.05)
    if "share" in design:
        assert 1 - (engine + turbine) / (LOAD * HOURS) == pytest.approx(design["share"], abs=0.03)


def test_it_is_flat_to_four_fifths_and_steep_after_nine_tenths() -> None:
    """Price by size of panels, with a battery that grows with them: what a percent more of sun costs grows from step to step.

    Engines alone are dearer than engines with some sun, as published, for their fuel and service cost more than panels.
    """
    prices = []
    for solar, battery in ((0.0, 0.0), (200.0, 200.0), (400.0, 1200.0), (500.0, 1600.0), (700.0, 2400.0)):
        design = {"solar_mw": solar, "battery_mw": battery / 4, "battery_mwh": battery, "engine_mw": 125, "turbine_mw": 0}
        engine, _ = dispatched(design)
        hard, creditable, fixed = cost_of(design)
        heat = engine * LADDER["heat_rate_engine_mmbtu_per_mwh"]
        found = price(hard, creditable, fixed, (heat, engine, 0.0), LOAD * HOURS)
        prices.append((1 - engine / (LOAD * HOURS), found["lcoe_usd_per_mwh"]))
    slopes = [(after[1] - before[1]) / (100 * (after[0] - before[0])) for before, after in pairwise(prices)]
    assert slopes[0] < 0 < slopes[1]
    assert slopes == sorted(slopes)
    assert prices[2][0] == pytest.approx(0.8, abs=0.05)
    assert slopes[1] < 0.5, "USD/MWh for a percent more of sun, up to four fifths"
    assert slopes[-1] > 1, "and after nine tenths"
