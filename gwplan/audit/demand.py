"""Demand: power that is wanted at a site, all of it, or as much as the plan takes up."""

from __future__ import annotations

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer


def check(answer: Answer) -> None:
    """Add the load of the table to that of halls; both together are what supplies serve."""
    inputs, loads, sites = answer.inputs, answer.inputs.items.get("demand", []), answer.sites
    power, share = (np.nan_to_num(inputs.grid("demand", loads, name, sites)) for name in ("power", "mean_share"))
    power = taken(answer, loads, power)
    shapes = [answer.year.series.get(("", inputs.text("demand", load, "shape")), None) if answer.year else None for load in loads]
    slices = np.zeros((len(sites), answer.last + 1, len(answer.axis["slice"])))
    for number, shape in enumerate(shapes):
        slices += (power[number] * share[number])[..., None] * (1.0 if shape is None else shape)
    add_load(answer, power.sum(axis=0), slices)
    answer.compare("account.facility_peak", answer.known["facility_peak"], "site", "period")
    answer.compare("account.facility_mean", answer.known["facility_slices"], "site", "period", "slice")


def taken(answer: Answer, loads: list[str], wanted: Array) -> Array:
    """Load by (load, site, period): all that is wanted, or, of a load that is taken up as it is served, what is written."""
    served = np.array([answer.inputs.text("demand", load, "taken") == "as_served" for load in loads], dtype=bool)
    if not served.any():
        return wanted
    written = answer.table("demand.taken", "load", "site", "period")
    found = np.where(served[:, None, None], written, wanted)
    axes = answer.axes("load", "site", "period")
    answer.checks.at_most("demand.taken_within_wanted", found, wanted, axes)
    answer.checks.at_least("demand.taken_is_not_negative", found, np.zeros_like(found), axes)
    fallen = np.minimum(0.0, np.diff(wanted, axis=-1))
    answer.checks.at_least("demand.taken_is_kept", np.diff(found, axis=-1), fallen, [*axes[:2], axes[2][1:]])
    return found


def add_load(answer: Answer, peak: Array, slices: Array) -> None:
    """Add load on the planner's meter: of the worst hour by (site, period), and by (site, period, slice)."""
    known, share = answer.known, np.array([part.share for part in answer.calendar.slices])
    known["facility_peak"] = known.get("facility_peak", 0.0) + peak
    known["facility_slices"] = known.get("facility_slices", 0.0) + slices
    known["facility_mean"] = (known["facility_slices"] * share).sum(axis=2)
