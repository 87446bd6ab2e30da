"""Carbon: emissions follow from output, building and buying; caps hold; the price is paid."""

from __future__ import annotations

import numpy as np

from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import rolling

SCOPES = ["operational", "embodied"]


def check(answer: Answer) -> None:
    """Compare the account of emissions; if the part is in the model, check its caps and enter its price."""
    known, inputs = answer.known, answer.inputs
    answer.axis["scope"] = SCOPES
    # Emissions of rented compute are at none of the planner's sites.
    rented = known.get("rented_carbon", np.zeros(answer.last + 1))[None, :]
    operational, embodied = np.concatenate([known["operational"], rented]), np.concatenate([known["embodied"], np.zeros(rented.shape)])
    answer.compare("account.emissions", np.array([operational, embodied]), "scope", "place", "period")
    if "carbon" not in answer.folder.parts:
        return
    answer.compare_if_there("carbon.operational", operational, "place", "period")
    price = inputs.path("carbon", "emissions", "price")
    answer.expect("running", "carbon", (["emissions"], answer.axis["place"], ["treasury"]), (operational * price)[None, :, :])
    year = answer.calendar.steps_a_year
    first = min(year, answer.last + 1) - 1
    emitted = rolling(operational.sum(axis=0), year)[first:]
    cap = inputs.path("carbon", "operational", "cap")[first:]
    answer.checks.at_most("carbon.operational_within_cap", emitted, cap, [answer.axis["period"][first:]])
    total = np.array([inputs.number("carbon", "embodied", "total_cap")])
    answer.checks.at_most("carbon.embodied_within_cap", np.array([known["embodied"].sum()]), total, [["in all"]])
