"""Cooling: power at the meter and water follow from IT power."""

from __future__ import annotations

import numpy as np

from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import product


def check(answer: Answer) -> None:
    """Recompute facility power, peak and mean, and water."""
    inputs, known, coolings = answer.inputs, answer.known, answer.axis["cooling"]
    rate = {quantity: inputs.grid("cooling", coolings, quantity, answer.sites) for quantity in ("peak_ratio", "mean_ratio", "water")}
    # Load powered and cooled by a landlord is not on the planner's meter.
    peak, mean_it = (known[name] - known[f"{name}_hosted"] for name in ("it_peak", "it_mean"))
    known["facility_peak"] = product(peak, rate["peak_ratio"]).sum(axis=0)
    known["facility_mean"] = product(mean_it, rate["mean_ratio"]).sum(axis=0)
    known["water"] = product(mean_it, rate["water"]).sum(axis=0) * answer.hours
    mean = np.repeat(known["facility_mean"][:, :, None], len(answer.axis["slice"]), axis=2)
    for prefix in ("account", "cooling"):
        answer.compare(f"{prefix}.facility_peak", known["facility_peak"], "site", "period")
        answer.compare(f"{prefix}.facility_mean", mean, "site", "period", "slice")
    answer.compare("account.water", known["water"], "site", "period")
    answer.compare_if_there("cooling.water", known["water"], "site", "period")
