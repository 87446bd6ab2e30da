"""Firm credits that follow from outages, recomputed by adding one unit after another to the distribution of those that run."""

from __future__ import annotations

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer

FIRM_POWER = "firm_power"
PART = 1e-9
"""Part of a unit by which rounding may miss a whole number of them."""


def credits_of(answer: Answer) -> Array:
    """Firm / nameplate power by (supply, site): the row, else from the outages of its units and of its fuel."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    credit = inputs.flat("power", names, "firm_credit", sites)
    forced = inputs.flat("power", names, "forced_outage_rate", sites)
    for item, site in np.argwhere(~np.isnan(forced)).tolist():
        name, place = names[item], sites[site]
        if inputs.text("power", name, "role") != "prime" or inputs.text("power", name, "firm_credit", place):
            continue
        rate = float(forced[item, site]) + inputs.number("power", name, "planned_outage_rate", place)
        fuel = inputs.text("power", name, "fuel") if inputs.number("power", name, "heat_rate", place) > 0 else ""
        together = inputs.number("power", fuel, "outage_rate", place) if fuel else 0.0
        wanted = inputs.number("power", FIRM_POWER, "wanted_availability", place) / (1 - together)
        unit, load = inputs.number("power", name, "unit", place), load_of(answer, place)
        # A supply that is not offered at the site needs none of this.
        if load > 0 and wanted < 1 and rate < 1:
            credit[item, site] = load / (unit * units_of(int(np.ceil(load / unit - PART)), rate, wanted))
    return credit


def load_of(answer: Answer, site: str) -> float:
    """MW at the meter that a fleet at the site is sized for."""
    given = answer.inputs.number("power", FIRM_POWER, "fleet_load", site)
    if not np.isnan(given):
        return given
    most = answer.inputs.grid("sites", [site], "most_it")[0, 0, :]
    ratios = answer.inputs.grid("cooling", answer.axis["cooling"], "peak_ratio", [site])[:, 0, :]
    built = most * np.max(np.nan_to_num(ratios, nan=1.0), axis=0, initial=1.0) * ("halls" in answer.folder.parts)
    wanted = np.nan_to_num(answer.inputs.grid("demand", answer.inputs.items.get("demand", []), "power", [site]))[:, 0, :].sum(axis=0)
    return float(np.max(built + wanted))


def units_of(needed: int, rate: float, wanted: float) -> int:
    """Fewest units, one spare at least, of which `needed` run with the probability wanted."""
    # chances[k]: probability that k units run; what runs beyond the need is added up in the last.
    chances, units = np.zeros(needed + 1), 0
    chances[0] = 1.0
    while units <= needed or chances[needed] < wanted:
        one_more = rate * chances
        one_more[1:] += (1 - rate) * chances[:-1]
        one_more[needed] = chances[needed] + (1 - rate) * chances[needed - 1]
        chances, units = one_more, units + 1
    return units
