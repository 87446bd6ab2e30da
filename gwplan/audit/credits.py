"""Tax credits of supplies: the output that earns one is within its limits, and the money follows; a part of an ITC leaves the tax basis."""

from __future__ import annotations

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import CREDITS, Answer
from gwplan.audit.stocks import Whole, length_of, moved, product, within

INDEX = ("supply", "site", "period")
STATE = "tax authority"


def check(answer: Answer, entered: Array, life: Array) -> None:
    """Output that earns a credit: at most the output, and what eligible capacity could give. entered: MW by period of service."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    rate = np.where(own(answer), inputs.grid("power", names, "ptc", sites), 0.0)
    years = length_of(answer, inputs.flat("power", names, "ptc_years", sites))
    eligible = within(np.where(rate > 0, entered, 0.0), np.fmin(years, life)) * answer.known["supply_stays"]
    credited, axes = answer.table("power.credited", *INDEX), answer.axes(*INDEX)
    shares = np.array([part.share for part in answer.calendar.slices])
    answer.checks.at_most("power.credited_is_output", credited, (answer.known["output"] * shares).sum(axis=3), axes)
    could = eligible * answer.known["limit"][:, :, None]
    answer.checks.at_most("power.credited_is_of_what_is_eligible", credited, could, axes, entered.sum(axis=2, keepdims=True))
    # The rate of what has entered: the inputs have one until it ends.
    earned = np.where(entered > 0, rate, 0.0).max(axis=2, keepdims=True)
    answer.known["production_credits"] = product(credited, earned) * answer.hours


def enter(answer: Answer, paid: Array, steps: Whole) -> None:
    """The credits as ledger entries; the tax basis of supplies. paid: price by period of order."""
    names, sites = answer.axis["supply"], answer.sites
    share = investment(answer)
    off = answer.inputs.flat("power", names, "itc_off_basis")[:, :, None]
    back = product(moved(paid, steps), share)
    answer.known["basis_power"] = (answer.known["entering_power"] * (1 - off * share)).sum(axis=(0, 1))
    received = back + answer.known["production_credits"]
    answer.known["credits_by_period"] = received.sum(axis=(0, 1))
    answer.expect("running", CREDITS, (names, sites, [STATE] * len(names)), -received)


def investment(answer: Answer) -> Array:
    """Investment tax credit as a share of the price, over (supply, site, period of service)."""
    return np.where(own(answer), answer.inputs.grid("power", answer.axis["supply"], "itc", answer.sites), 0.0)


def own(answer: Answer) -> Array:
    """1 for each supply that is no contract, over (supply, 1, 1)."""
    roles = [answer.inputs.text("power", name, "role") != "contract" for name in answer.axis["supply"]]
    return np.array(roles, dtype=float).reshape(-1, 1, 1)
