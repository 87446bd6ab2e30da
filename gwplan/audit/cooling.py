"""Cooling: power at the meter and water follow from IT power."""

from __future__ import annotations

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.demand import add_load
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import product
from gwplan.audit.year import Year

TEMPERATURE, TRAINING, INFERENCE = "temperature", "training", "inference"


def check(answer: Answer) -> None:
    """Recompute facility power, peak and mean, and water."""
    inputs, known, coolings = answer.inputs, answer.known, answer.axis["cooling"]
    rate = {quantity: inputs.grid("cooling", coolings, quantity, answer.sites) for quantity in ("peak_ratio", "mean_ratio", "water")}
    # Load powered and cooled by a landlord is not on the planner's meter.
    peak, mean_it = (known[name] - known[f"{name}_hosted"] for name in ("it_peak", "it_mean"))
    worst_hour = product(peak, rate["peak_ratio"]).sum(axis=0)
    known["water"] = product(mean_it, rate["water"]).sum(axis=0) * answer.hours
    slope = inputs.flat("cooling", coolings, "ratio_per_degree", answer.sites)[:, :, None]
    in_slices = product(mean_it, rate["mean_ratio"])[..., None] * np.ones(len(answer.axis["slice"]))
    if answer.year is not None:
        warm = answer.year.of(answer.sites, TEMPERATURE, np.nan)
        usual = np.array([answer.year.means.get((site, TEMPERATURE), np.nan) for site in answer.sites])[:, None]
        more = np.nan_to_num(slope * (warm - usual)[None])[:, :, None, :]
        ratio = np.where(more == 0, rate["mean_ratio"][..., None], np.maximum(1.0, rate["mean_ratio"][..., None] + more))
        in_slices = product(mean_it[..., None], ratio) * load_shape(answer, answer.year)
    mean = in_slices.sum(axis=0)
    add_load(answer, worst_hour, mean)
    answer.compare("cooling.facility_peak", worst_hour, "site", "period")
    answer.compare("cooling.facility_mean", mean, "site", "period", "slice")
    answer.compare("account.water", known["water"], "site", "period")
    answer.compare_if_there("cooling.water", known["water"], "site", "period")


def load_shape(answer: Answer, year: Year) -> Array:
    """Load in the slices over its mean: by the workload's shares of training and of inference."""
    found = np.zeros(len(year.share))
    for name, share in answer.inputs.workload.items():
        found += share * year.series.get(("", TRAINING if name == TRAINING else INFERENCE), np.ones(len(year.share)))
    return found if answer.inputs.workload else np.ones(len(year.share))
